"""Agreements: contracts with clients and resellers, one balance each (ACC-3)."""

from __future__ import annotations

from typing import Any

from app.db.queries import masters as rows
from app.db.queries.agreements import AGREEMENT, agreement_title
from app.domain.sections import Choice
from app.services.accounts.choices import fitting
from app.services.context import Context, service

AREA = "accounts.agreements"


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return agreements as "Company - code, CUR"; the value is the ID.

    ``values`` with a ``party_id`` (company) narrow them to that company.
    """
    party = str(values.get("party_id") or "")
    narrowed = (AGREEMENT.table.c.party_id == int(party),) if party.isdecimal() else ()
    with ctx.database.read() as connection:
        found = rows.matching(
            connection, AGREEMENT, ctx.actor.company_id, *narrowed, label=agreement_title()
        )
    return fitting(found, text)
