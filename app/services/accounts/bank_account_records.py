"""Bank accounts of clients and resellers (ACC-7)."""

from __future__ import annotations

from typing import Any

from app.db.queries import masters as rows
from app.db.queries.banks import BANK_ACCOUNT
from app.domain.sections import Choice
from app.services.accounts.choices import fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.bank_accounts"


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the accounts in use of the legal entity in ``legal_entity_id``, none without one."""
    return accounts_of(ctx, text, chosen(values, "legal_entity_id"))


def accounts_of(ctx: Context, text: str, entity: int | None) -> list[Choice]:
    """Return the accounts in use of a legal entity whose name holds the words of ``text``."""
    if entity is None:
        return []
    condition = BANK_ACCOUNT.table.c.legal_entity_id == entity
    with ctx.database.read() as connection:
        found = rows.matching(connection, BANK_ACCOUNT, ctx.actor.company_id, condition, text=text)
    return fitting(found, text)
