"""The section Own legal entities: in whose name the actor's company sells (SET-2)."""

from __future__ import annotations

from app.domain.sections import Panel, Section
from app.sections.common import KEPT, life_commands, load_command
from app.sections.legal_entities import NAME, SEARCH, columns, fields

SERVICE = "accounts.own_legal_records"

OWN_LEGAL_ENTITIES = Section(
    id="own_legal_entities",
    title="Own legal entities",
    singular="own legal entity",
    group="Administration",
    icon="legal",
    area="settings.own_legal_entities",
    source="own_legal_entities",
    columns=columns("own_legal_entity_id"),
    sort=(("name", False),),
    search=SEARCH,
    form=(NAME, *fields("accounts.register_fill.own_legal_entity", own=True)),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(*life_commands(SERVICE, "the own legal entity"), load_command("own_legal_entities")),
    panels=(
        Panel(
            "accounts",
            "Own bank accounts",
            "own_bank_accounts",
            filters=(("legal_entity_id", "={id}"),),
            adds=(("legal_entity_id", "{id}"),),
            hides=("entity",),
        ),
    ),
    nouns=("legal_entities", "companies"),
    empty="No own legal entity yet.",
    empty_hint="An own legal entity is in whose name you sell. Add one before the first agreement.",
    help="legal-entities",
    kept=KEPT.name,
    defaults={"state": "=used"},
)
