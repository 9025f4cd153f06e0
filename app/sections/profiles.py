"""The section Import profiles: the settings saved for vendors' files (IMP-14)."""

from __future__ import annotations

from app.domain.sections import Column, Field, Kind, Section
from app.sections.common import delete_command

PROFILES = Section(
    id="profiles",
    title="Import profiles",
    singular="profile",
    group="Tariffs",
    icon="profile",
    area="finance.services",
    source="profiles",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 34),
        Column("vendor", "Vendor", Kind.TEXT, 28, help="Empty: offered for every vendor's file."),
        Column("updated_at", "Modified", Kind.INSTANT, 17),
        Column("created_at", "Created", Kind.INSTANT, 17),
        Column("signature", "File's shape", Kind.CODE, 20, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("name", False),),
    search=("name", "vendor"),
    form=(
        Field("name", "Name", required=True),
        Field(
            "vendor",
            "Vendor",
            Kind.REFERENCE,
            options="tariffs.choices.vendors",
            help="Whose files it is for; empty: it is offered for every vendor's file.",
        ),
    ),
    load="tariffs.profile_records.load",
    update="tariffs.profile_records.update",
    remove="tariffs.profile_records.remove",
    commands=(
        delete_command(
            "tariffs.profile_records",
            "Delete the profile {names}? Files of its shape are then read by proposals "
            "again; imports made with it stay.",
        ),
    ),
    nouns=("profiles",),
    empty="No profile yet.",
    empty_hint="Save one at the end of an import; the vendor's next file is then read alike.",
    help="profiles",
)
