"""The section Vendors: whose price lists are imported (F7)."""

from __future__ import annotations

from app.domain.sections import Column, Field, Kind, Section
from app.sections.common import delete_command

VENDORS = Section(
    id="vendors",
    title="Vendors",
    singular="vendor",
    group="Tariffs",
    icon="vendor",
    area="finance.services",
    source="vendors",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 34),
        Column("imports", "Imports", Kind.NUMBER, 9),
        Column("last_import", "Last import", Kind.INSTANT, 17),
        Column("profiles", "Profiles", Kind.NUMBER, 9),
        Column("answers", "Remembered answers", Kind.NUMBER, 18),
        Column("created_at", "Created", Kind.INSTANT, 17),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("name", False),),
    search=("name",),
    form=(Field("name", "Name", required=True),),
    load="tariffs.vendor_records.load",
    create="tariffs.vendor_records.create",
    update="tariffs.vendor_records.update",
    remove="tariffs.vendor_records.remove",
    commands=(delete_command("tariffs.vendor_records", "Delete the vendor {names}?"),),
    nouns=("vendors", "profiles", "imports", "learned"),
    empty="No vendor yet.",
    empty_hint="A vendor is made when an import names it, or here.",
    help="profiles",
)
