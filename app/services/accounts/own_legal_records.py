"""Own legal entities: in whose name a company sells (SET-2). A tenant may hand some down (L34)."""

from __future__ import annotations

from typing import Any

from app.db.queries import masters as rows
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.tenancy import sees, tenant_of
from app.domain.sections import Choice
from app.services.accounts.choices import fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "settings.own_legal_entities"


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the own legal entities in use of the tenant that ``values`` are about.

    That is the company in ``parent_id`` (form of a company), the tenant of the company in
    ``party_id`` (form of an agreement), else the actor's own.
    """
    with ctx.database.read() as connection:
        tenant = seller(ctx, connection, values)
        condition = LEGAL_ENTITY.table.c.party_id == tenant
        found = rows.matching(connection, LEGAL_ENTITY, ctx.actor.company_id, condition, text=text)
    return fitting(found, text)


def seller(ctx: Context, connection: Any, values: dict[str, Any]) -> int:
    """Return the company in whose name something is sold in a form with these values."""
    actor = ctx.actor.company_id
    parent, party = chosen(values, "parent_id"), chosen(values, "party_id")
    tenant = parent or (tenant_of(connection, party) if party else actor)
    return tenant if sees(connection, actor, tenant) else actor
