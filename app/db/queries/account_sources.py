"""The sources of the lists of Account management: master data in a company's sight (SPEC §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.db.functions import bytewise, folded
from app.db.queries.banks import BANK
from app.db.queries.lists import Asked, Source
from app.db.queries.masters import visible
from app.db.tables.banks import bank, bank_account
from app.db.tables.companies import company


def by_name(column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the order of a text column: as people read it, the same on both databases."""
    return folded(column), bytewise(column)


def number_of(column: sa.Column[Any], of: sa.Table) -> sa.ColumnElement[int]:
    """Return how many rows refer to the row of ``of`` around it by ``column``."""
    mine = sa.select(sa.func.count()).where(column == of.c.id)
    return mine.correlate(of).scalar_subquery()


def used_or_retired(table: sa.Table) -> sa.ColumnElement[str]:
    """Return "used" or "retired"."""
    return sa.case((table.c.retired_at.is_(None), "used"), else_="retired")


def _banks(asked: Asked) -> Source:
    c = bank.c
    plain = ("id", "name", "country", "swift", "branch_code", "bank_code")
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in plain},
            "accounts": number_of(bank_account.c.bank_id, bank),
            "owner": company.c.name,
            "state": used_or_retired(bank),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=bank.join(company, c.company_id == company.c.id),
        where=(visible(BANK, asked.company_id),),
        order=by_name(c.name),
        exact=frozenset({"country", "state"}),
    )


ACCOUNT_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "banks": _banks,
}
