"""Agreements: contracts with clients and resellers, one balance each (ACC-3).

Who with, in whose names, code, date and currency are fixed after creation; the e-mail lists and the
bank accounts may change. Dates, credit limit and invoicing belong to versions: the form of a new
agreement makes the first one, that of an existing one shows the one in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.queries import agreements as queries
from app.db.queries import masters as rows
from app.db.queries.agreements import AGREEMENT, agreement_title
from app.db.queries.banks import BANK_ACCOUNT
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.tenancy import tenant_of
from app.db.tables.agreements import EMAIL_LISTS
from app.domain.effective import shown
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import FieldProblem
from app.services import masters
from app.services.accounts import agreement_terms as terms
from app.services.accounts import agreement_versions as versions
from app.services.accounts.choices import fitting
from app.services.context import Context, service
from dictionaries.entries import Dictionaries

AREA = "accounts.agreements"

CHANGEABLE = ("bank_account_id", "own_bank_account_id", *EMAIL_LISTS)
"""Fields of an agreement that may change after creation."""

_TITLES = {
    "party_id": "Company",
    "legal_entity_id": "Legal entity",
    "own_legal_entity_id": "Own legal entity",
    "bank_account_id": "Bank account",
    "own_bank_account_id": "Own bank account",
}


@service(AREA, "view")
def load(ctx: Context, agreement_id: int) -> Record:
    """Return what the form of an agreement shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        known = queries.versions_of(connection, agreement_id)
    version = shown(known, lambda one: one.span, ctx.clock())
    nothing = dict.fromkeys(terms.FIELDS)
    return masters.load(
        ctx, AGREEMENT, agreement_id, nothing if version is None else terms.shown(version)
    )


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add an agreement with its first version and return its ID."""
    columns = terms.stored(values)
    company = ctx.actor.company_id
    with ctx.database.write() as connection:
        given = {name: values[name] for name in AGREEMENT.fields}
        row = rows.referred(connection, AGREEMENT, company, _TITLES, given)
        tenant = tenant_of(connection, row["party_id"])
        _refuse_unfit(ctx, row)
        _refuse_strange(connection, company, row, tenant)
        made = masters.create(ctx, connection, AGREEMENT, row, tenant)
        versions.add(connection, ctx, made, tenant, columns)
    return made


@service(AREA, "manage")
def update(ctx: Context, agreement_id: int, version: int, values: dict[str, Any]) -> None:
    """Save bank accounts and e-mails; Conflict if ``version`` is not the stored one."""
    company = ctx.actor.company_id
    with ctx.database.write() as connection:
        row = rows.find(connection, AGREEMENT, company, agreement_id, own=True)
        given = {name: values[name] for name in CHANGEABLE}
        changed = rows.referred(connection, AGREEMENT, company, _TITLES, given, row)
        new = {name: value for name, value in changed.items() if row[name] != value}
        _refuse_accounts(connection, company, {**row, **new}, new)
        masters.update(ctx, connection, AGREEMENT, row, version, changed)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete agreements that nothing names, and their versions. Raises UserError with what does."""

    def versions_too(connection: Any, row: Mapping[str, Any]) -> None:
        owner = queries.agreement_by_id(connection, ctx.actor.company_id, row["id"])
        versions.remove_all(connection, ctx, owner)

    return masters.remove(ctx, AGREEMENT, ids, before=versions_too)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the agreements, one line for each that is in use."""
    return masters.dependants(ctx, AGREEMENT, ids)


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return agreements as "Company - code, CUR"; the value is the ID.

    ``values`` with a ``party_id`` (company) narrow them to that company.
    """
    party = masters.chosen(values, "party_id")
    narrowed = () if party is None else (AGREEMENT.table.c.party_id == party,)
    with ctx.database.read() as connection:
        found = rows.matching(
            connection,
            AGREEMENT,
            ctx.actor.company_id,
            *narrowed,
            label=agreement_title(),
            text=text,
        )
    return fitting(found, text)


# ------------------------------------------------------------------------------ rules


def _refuse_unfit(ctx: Context, row: Mapping[str, Any]) -> None:
    problems = {}
    if row["direction"] != "client":
        problems["direction"] = "Agreements with vendors are not available yet: choose Client."
    if row["party_id"] == ctx.actor.company_id:
        problems["party_id"] = "A company has no agreement with itself: choose one below it."
    if row["currency"] not in Dictionaries.load()["currency"]:
        problems["currency"] = f'"{row["currency"]}" is not a currency: choose one like EUR.'
    if problems:
        raise FieldProblem(problems)


def _refuse_strange(connection: Any, company: int, row: Mapping[str, Any], tenant: int) -> None:
    """Raise FieldProblem unless each side signs in its own name, with its own account."""
    problems = {}
    for name, party, whose in (
        ("legal_entity_id", row["party_id"], "the chosen company"),
        ("own_legal_entity_id", tenant, "the company that sells"),
    ):
        entity = rows.find(connection, LEGAL_ENTITY, company, row[name])
        if entity["party_id"] != party:
            problems[name] = f"{_TITLES[name]} must be one of {whose}: choose another one."
    if problems:
        raise FieldProblem(problems)
    _refuse_accounts(connection, company, row, row)


def _refuse_accounts(
    connection: Any, company: int, row: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Raise FieldProblem for bank accounts among ``new`` that are not of their legal entity."""
    problems = {}
    for name, entity in (
        ("bank_account_id", "legal_entity_id"),
        ("own_bank_account_id", "own_legal_entity_id"),
    ):
        if new.get(name) is None:
            continue
        account = rows.find(connection, BANK_ACCOUNT, company, row[name])
        if account["legal_entity_id"] != row[entity]:
            other = _TITLES[entity][:1].lower() + _TITLES[entity][1:]
            problems[name] = f"{_TITLES[name]} must be one of the {other}: choose another one."
    if problems:
        raise FieldProblem(problems)
