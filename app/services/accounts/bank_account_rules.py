"""What holds for every bank account, a client's or an own one (ACC-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.queries import banks as queries
from app.db.queries import masters as rows
from app.db.queries.banks import BANK_ACCOUNT, OWN_BANK_ACCOUNT
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.domain.bank_numbers import compact, iban_problem
from app.domain.sections import Choice
from app.errors import FieldProblem, UserError
from app.services import masters
from app.services.accounts.choices import fitting
from app.services.context import Context

TITLES = {"party_id": "Company", "legal_entity_id": "Legal entity", "bank_id": "Bank"}


def add(ctx: Context, connection: Any, values: Mapping[str, Any], party: int, tenant: int) -> int:
    """Add an account of a legal entity of ``party`` that ``tenant`` keeps."""
    found = _checked(ctx, connection, {**values, "party_id": party}, party, tenant)
    return masters.create(ctx, connection, BANK_ACCOUNT, found, tenant)


def save(
    ctx: Context,
    connection: Any,
    row: Mapping[str, Any],
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Save an account; company and legal entity stay while agreements name it."""
    party = int(values.get("party_id") or row["party_id"])
    found = _checked(ctx, connection, values, party, row["company_id"], row)
    moved = [n for n in ("party_id", "legal_entity_id") if n in found and found[n] != row[n]]
    if moved and rows.uses(connection, BANK_ACCOUNT, row["id"]):
        raise FieldProblem(
            {moved[0]: f"Agreements name the account {row['name']}: add another account instead."}
        )
    masters.update(ctx, connection, BANK_ACCOUNT, row, version, found)


def account(
    ctx: Context, connection: Any, row_id: int, *, own: bool, change: bool = False
) -> dict[str, Any]:
    """Return an account: of the actor's own company, or else of one below.

    Each is another area of permissions. ``change``: only one that the actor may change.
    """
    actor = ctx.actor.company_id
    row = rows.find(connection, BANK_ACCOUNT, actor, row_id, own=change)
    if (row["party_id"] == actor) != own:
        raise UserError(f"There is no bank account {row_id}: refresh the list.")
    return row


def remove(ctx: Context, ids: Sequence[int], *, own: bool) -> str:
    """Delete accounts that no agreement names."""
    _look(ctx, ids, own=own)
    return masters.remove(ctx, BANK_ACCOUNT, ids)


def retire(ctx: Context, ids: Sequence[int], *, own: bool, back: bool = False) -> str:
    """Take accounts out of use, or ``back`` into it."""
    _look(ctx, ids, own=own)
    return masters.retire(ctx, BANK_ACCOUNT, ids, back=back)


def dependants(ctx: Context, ids: Sequence[int], *, own: bool) -> list[str]:
    """Return what names the accounts, one line for each that is in use."""
    _look(ctx, ids, own=own)
    return masters.dependants(ctx, BANK_ACCOUNT, ids)


def odd(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what looks odd about an account number and may still be right (C13)."""
    problem = iban_problem(str(values.get("number") or ""))
    return {"number": problem} if problem else {}


def accounts_of(ctx: Context, text: str, entity: int | None) -> list[Choice]:
    """Return the accounts in use of a legal entity whose name holds the words of ``text``."""
    if entity is None:
        return []
    condition = BANK_ACCOUNT.table.c.legal_entity_id == entity
    with ctx.database.read() as connection:
        found = rows.matching(connection, BANK_ACCOUNT, ctx.actor.company_id, condition, text=text)
    return fitting(found, text)


def _look(ctx: Context, ids: Sequence[int], *, own: bool) -> None:
    with ctx.database.read() as connection:
        for row_id in ids:
            account(ctx, connection, row_id, own=own)


def _checked(
    ctx: Context,
    connection: Any,
    values: Mapping[str, Any],
    party: int,
    tenant: int,
    row: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what to store, of a new account or of the stored ``row``.

    Raises FieldProblem: the entity, the bank or the number is wrong.
    """
    fields = BANK_ACCOUNT.fields if "party_id" in values else OWN_BANK_ACCOUNT.fields
    given = {name: values[name] for name in fields if name in values}
    found = rows.referred(connection, BANK_ACCOUNT, ctx.actor.company_id, TITLES, given, row)
    found["number_key"] = compact(found["number"])
    problems = {}
    entity = rows.find(connection, LEGAL_ENTITY, ctx.actor.company_id, found["legal_entity_id"])
    if entity["party_id"] != party:
        problems["legal_entity_id"] = "The legal entity is of another company: choose another one."
    if not queries.bank_serves(connection, found["bank_id"], tenant):
        problems["bank_id"] = "The bank is another tenant's: choose another one."
    if not found["number_key"]:
        problems["number"] = "Account number is required: fill it in."
    but = None if row is None else row["id"]
    taken = queries.taken_number(
        connection, found["legal_entity_id"], found["bank_id"], found["number_key"], but=but
    )
    if taken is not None:
        problems["number"] = f'This is the number of the account "{taken}": choose another one.'
    if problems:
        raise FieldProblem(problems)
    return found
