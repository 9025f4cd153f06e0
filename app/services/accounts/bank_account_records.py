"""Bank accounts of clients and resellers (ACC-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import masters as rows
from app.db.queries.banks import BANK_ACCOUNT
from app.db.queries.tenancy import tenant_of
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import FieldProblem
from app.services import masters
from app.services.accounts import bank_account_rules as rules
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.bank_accounts"


@service(AREA, "view")
def load(ctx: Context, account_id: int) -> Record:
    """Return what the form of a bank account shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        rules.account(ctx, connection, account_id, own=False)
    return masters.load(ctx, BANK_ACCOUNT, account_id)


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add an account of a company below the actor's own and return its ID."""
    with ctx.database.write() as connection:
        found = rows.referred(connection, BANK_ACCOUNT, ctx.actor.company_id, rules.TITLES, values)
        party = found["party_id"]
        _refuse_own(ctx, party)
        return rules.add(ctx, connection, found, party, tenant_of(connection, party))


@service(AREA, "manage")
def update(ctx: Context, account_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a bank account; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = rules.account(ctx, connection, account_id, own=False, change=True)
        company = ctx.actor.company_id
        found = rows.referred(connection, BANK_ACCOUNT, company, rules.TITLES, values, row)
        _refuse_own(ctx, found["party_id"])
        if tenant_of(connection, found["party_id"]) != row["company_id"]:
            raise FieldProblem(
                {"party_id": "The company is another tenant's: add an account of it instead."}
            )
        rules.save(ctx, connection, row, version, found)


def _refuse_own(ctx: Context, party: int | None) -> None:
    if party in {None, ctx.actor.company_id}:
        raise FieldProblem(
            {"party_id": "Choose a company below yours; yours has own bank accounts."}
        )


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete bank accounts that no agreement names. Raises UserError with what does."""
    return rules.remove(ctx, ids, own=False)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the accounts, one line for each that is in use."""
    return rules.dependants(ctx, ids, own=False)


@service(AREA, "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Offer the accounts no longer; agreements go on."""
    return rules.retire(ctx, ids, own=False)


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Offer retired accounts again."""
    return rules.retire(ctx, ids, own=False, back=True)


@service(AREA, "view")
def advise(_ctx: Context, _account_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a bank account and may still be right."""
    return rules.odd(values)


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the accounts in use of the legal entity in ``legal_entity_id``, none without one."""
    return rules.accounts_of(ctx, text, chosen(values, "legal_entity_id"))
