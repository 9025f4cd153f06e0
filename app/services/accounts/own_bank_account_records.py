"""Own bank accounts: where a company is paid (SET-2, guide 10.7)."""

from __future__ import annotations

from typing import Any

from app.domain.sections import Choice
from app.services.accounts.bank_account_records import accounts_of
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "settings.own_bank_accounts"


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the accounts in use of the own legal entity in ``own_legal_entity_id``."""
    return accounts_of(ctx, text, chosen(values, "own_legal_entity_id"))
