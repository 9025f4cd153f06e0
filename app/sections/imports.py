"""The section Imports: which file changed which rates, when and by whom (IMP-13)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section

STATES = (Choice("applied", "Applied", "ok"), Choice("undone", "Undone", "neutral"))

IMPORTS = Section(
    id="imports",
    title="Imports",
    singular="import",
    group="Tariffs",
    icon="import",
    area="finance.services",
    source="imports",
    columns=(
        Column("id", "ID", Kind.NUMBER, 5),
        Column("at", "When", Kind.INSTANT, 17),
        Column("file_name", "File", Kind.TEXT, 23),
        Column(
            "service", "Service", Kind.TEXT, 14, link="service?id={service_id}&scope={scope_id}"
        ),
        Column("state", "Status", Kind.STATUS, 10, choices=STATES),
        Column("rows", "Rows read", Kind.NUMBER, 8),
        Column("new", "New", Kind.NUMBER, 6),
        Column("increased", "Increased", Kind.NUMBER, 7),
        Column("decreased", "Decreased", Kind.NUMBER, 7),
        Column("changed", "Changed", Kind.NUMBER, 7),
        Column("removed", "Closed", Kind.NUMBER, 7),
        Column("vendor", "Vendor", Kind.TEXT, 10),
        Column("actor", "By", Kind.TEXT, 7),
        Column("profile", "Profile", Kind.TEXT, 18, hidden=True),
        Column("sheet", "Sheet", Kind.TEXT, 16, hidden=True),
        Column("unchanged", "Unchanged", Kind.NUMBER, 10, hidden=True),
        Column("revision", "Revision", Kind.NUMBER, 9, hidden=True),
        Column("undone_by", "Undone by revision", Kind.NUMBER, 16, hidden=True),
        Column("service_id", "Service ID", Kind.NUMBER, 9, hidden=True),
        Column("scope_id", "Scope", Kind.NUMBER, 13, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("id", True),),
    search=("file_name", "service", "vendor"),
    open_row="service?id={service_id}&scope={scope_id}",
    commands=(
        Command(
            "open",
            "Open service",
            "tree",
            opens="service?id={service_id}&scope={scope_id}",
            level="view",
        ),
        Command(
            "undo",
            "Undo this import",
            "undo",
            service="tariffs.import_records.undo",
            danger=True,
            confirm="Undo the import of {names}? The rates become what they were before it, at "
            "once where the scope is in force; what was edited since stays.",
            details="tariffs.import_records.edited_since",
            when=("state", ("applied",)),
        ),
    ),
    nouns=("imports", "rates", "scopes", "services"),
    name_column="file_name",
    empty="Nothing was imported yet.",
    empty_hint="Import a vendor's price list: drop an .xlsx or .csv file on the window.",
    help="history",
)
