"""Own legal entities: in whose name a company sells (SET-2). A tenant may hand some down (L34)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import masters as rows
from app.db.queries.legal_entities import OWN_LEGAL_ENTITY
from app.db.queries.tenancy import sees, tenant_of
from app.domain.records import Record
from app.domain.sections import Choice
from app.services import masters
from app.services.accounts import legal_rules
from app.services.accounts.choices import country_name, fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "settings.own_legal_entities"


@service(AREA, "view")
def load(ctx: Context, entity_id: int) -> Record:
    """Return what the form of an own legal entity shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        legal_rules.entity(ctx, connection, entity_id, own=True)
    record = masters.load(ctx, OWN_LEGAL_ENTITY, entity_id)
    record.labels["country"] = country_name(record.values["country"])
    return record


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a legal entity of the actor's own company and return its ID."""
    own = ctx.actor.company_id
    with ctx.database.write() as connection:
        return legal_rules.add(ctx, connection, values, own, own)


@service(AREA, "manage")
def update(ctx: Context, entity_id: int, version: int, values: dict[str, Any]) -> None:
    """Save an own legal entity; one that the tenant handed down can't be changed here."""
    with ctx.database.write() as connection:
        row = legal_rules.entity(ctx, connection, entity_id, own=True, change=True)
        legal_rules.save(ctx, connection, row, version, values)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete own legal entities that nothing names. Raises UserError with what does."""
    return legal_rules.remove(ctx, ids, own=True)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the legal entities, one line for each that is in use."""
    return legal_rules.dependants(ctx, ids, own=True)


@service(AREA, "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Offer the legal entities no longer; agreements go on."""
    return legal_rules.retire(ctx, ids, own=True)


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Offer retired legal entities again."""
    return legal_rules.retire(ctx, ids, own=True, back=True)


@service(AREA, "view")
def advise(ctx: Context, entity_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about an own legal entity and may still be right."""
    return legal_rules.odd(ctx, entity_id, ctx.actor.company_id, values)


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the own legal entities in use of the tenant that ``values`` are about.

    That is the company in ``parent_id`` (form of a company), the tenant of the company in
    ``party_id`` (form of an agreement), else the actor's own.
    """
    with ctx.database.read() as connection:
        condition = OWN_LEGAL_ENTITY.table.c.party_id == _seller(ctx, connection, values)
        found = rows.matching(
            connection, OWN_LEGAL_ENTITY, ctx.actor.company_id, condition, text=text
        )
    return fitting(found, text)


def _seller(ctx: Context, connection: Any, values: dict[str, Any]) -> int:
    """Return the company in whose name something is sold in a form with these values."""
    actor = ctx.actor.company_id
    parent, party = chosen(values, "parent_id"), chosen(values, "party_id")
    tenant = parent or (tenant_of(connection, party) if party else actor)
    return tenant if sees(connection, actor, tenant) else actor
