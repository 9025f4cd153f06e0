"""Own bank accounts: where a company is paid (SET-2, guide 10.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries.banks import OWN_BANK_ACCOUNT
from app.domain.records import Record
from app.domain.sections import Choice
from app.services import masters
from app.services.accounts import bank_account_rules as rules
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "settings.own_bank_accounts"


@service(AREA, "view")
def load(ctx: Context, account_id: int) -> Record:
    """Return what the form of an own bank account shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        rules.account(ctx, connection, account_id, own=True)
    return masters.load(ctx, OWN_BANK_ACCOUNT, account_id)


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add an account of the actor's own company and return its ID."""
    own = ctx.actor.company_id
    with ctx.database.write() as connection:
        return rules.add(ctx, connection, values, own, own)


@service(AREA, "manage")
def update(ctx: Context, account_id: int, version: int, values: dict[str, Any]) -> None:
    """Save an own bank account; one that the tenant assigned can't be changed here."""
    with ctx.database.write() as connection:
        row = rules.account(ctx, connection, account_id, own=True, change=True)
        given = {name: values[name] for name in OWN_BANK_ACCOUNT.fields if name in values}
        rules.save(ctx, connection, row, version, given)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete own bank accounts that no agreement names. Raises UserError with what does."""
    return rules.remove(ctx, ids, own=True)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the accounts, one line for each that is in use."""
    return rules.dependants(ctx, ids, own=True)


@service(AREA, "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Offer the accounts no longer; agreements go on."""
    return rules.retire(ctx, ids, own=True)


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Offer retired accounts again."""
    return rules.retire(ctx, ids, own=True, back=True)


@service(AREA, "view")
def advise(_ctx: Context, _account_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a bank account and may still be right."""
    return rules.odd(values)


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the accounts in use of the own legal entity in ``own_legal_entity_id``."""
    return rules.accounts_of(ctx, text, chosen(values, "own_legal_entity_id"))
