"""Legal entities of clients and resellers (ACC-2)."""

from __future__ import annotations

from typing import Any

from app.db.queries import masters as rows
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.domain.sections import Choice
from app.services.accounts.choices import fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.legal_entities"


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the legal entities in use of the company in ``party_id``, none without one."""
    party = chosen(values, "party_id")
    if party is None:
        return []
    condition = LEGAL_ENTITY.table.c.party_id == party
    with ctx.database.read() as connection:
        found = rows.matching(connection, LEGAL_ENTITY, ctx.actor.company_id, condition, text=text)
    return fitting(found, text)
