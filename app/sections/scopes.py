"""The section Validity periods: the scopes of all services (SVC-2)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section
from app.sections.services import SIDES

STATES = (
    Choice("current", "Current", "ok"),
    Choice("upcoming", "Upcoming", "info"),
    Choice("draft", "Draft", "neutral"),
    Choice("overlapped", "Overlapped", "warn"),
    Choice("past", "Past", "neutral"),
)
YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))

SCOPES = Section(
    id="scopes",
    title="Scopes",
    singular="scope",
    group="Tariffs",
    icon="calendar",
    area="finance.services",
    source="scopes",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("service", "Service", Kind.TEXT, 30, link="service?id={service_id}&scope={id}"),
        Column("state", "Status", Kind.STATUS, 12, choices=STATES),
        Column("effective_from", "Effective from", Kind.DATE, 13),
        Column(
            "effective_till",
            "Effective till",
            Kind.DATE,
            13,
            none="∞",
            help="The first day on which it no longer holds; ∞: for ever.",
        ),
        Column(
            "rates",
            "Rates",
            Kind.NUMBER,
            10,
            sortable=False,
            filterable=False,
            link="list?section=rates&scope={id}",
            help="Leaves of the rate tree.",
        ),
        Column("currency", "Currency", Kind.CODE, 9),
        Column("side", "Side", Kind.CHOICE, 8, choices=SIDES),
        Column("revision", "Revision", Kind.NUMBER, 9),
        Column("name", "Name", Kind.TEXT, 20, hidden=True),
        Column("updated_at", "Dates changed", Kind.INSTANT, 17),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("archived", "Archived", Kind.CHOICE, 9, choices=YES_NO, hidden=True),
        Column("service_id", "Service ID", Kind.NUMBER, 9, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("service", False), ("effective_from", False)),
    search=("service", "name"),
    open_row="service?id={service_id}&scope={id}",
    commands=(
        Command(
            "open",
            "Open structure",
            "tree",
            opens="service?id={service_id}&scope={id}",
            level="view",
        ),
        Command("rates", "List of rates", "list", opens="list?section=rates&scope={id}"),
        Command(
            "import",
            "Import rates…",
            "import",
            opens="import?service={service_id}&scope={id}",
            shortcut="Ctrl+I",
        ),
        Command("compare", "Compare…", "compare", opens="compare?first={id}", level="view"),
    ),
    nouns=("scopes", "services", "rates"),
    name_column="service",
    empty="No scope yet.",
    empty_hint="Open a service and give it the dates between which its rates hold.",
    help="services",
    defaults={"archived": "=no"},
)
