"""Which companies a company sees: itself and all below; what its tenant hands down besides (USR-3).

Rows belong to the tenant in ``company_id``. Row-level security will say the same on PostgreSQL by
``company_id IN (SELECT my_companies())``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.db.tables.companies import company
from app.db.types import BigInt
from app.errors import UserError


def subtree(company_id: int) -> sa.Select[Any]:
    """Return the select of the ids of a company and of all companies below it."""
    mine = sa.select(company.c.id).where(company.c.id == company_id).cte(recursive=True)
    below = sa.select(company.c.id).where(company.c.parent_id == mine.c.id)
    mine = mine.union_all(below)
    return sa.select(mine.c.id)


def ancestors(company_id: int) -> sa.Select[Any]:
    """Return the select of the ids of a company and of all tenants above it."""
    line = (
        sa.select(company.c.id, company.c.parent_id)
        .where(company.c.id == company_id)
        .cte(recursive=True)
    )
    above = sa.select(company.c.id, company.c.parent_id).where(company.c.id == line.c.parent_id)
    line = line.union_all(above)
    return sa.select(line.c.id)


def in_sight(column: sa.ColumnElement[int], company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the tenant in ``column`` is in a company's own subtree."""
    return column.in_(subtree(company_id))


def kept(column: sa.ColumnElement[int], company_id: int) -> sa.ColumnElement[bool]:
    """Return whether a row is a company's to change: not one that its tenant hands down."""
    return sa.case((in_sight(column, company_id), sa.true()), else_=sa.false())


def below(column: sa.ColumnElement[int], company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that ``column`` names a company under ``company_id``, not itself."""
    return sa.and_(column != company_id, in_sight(column, company_id))


def handed_down(column: sa.ColumnElement[int], company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a row of a tenant above is for all below it to use (C3)."""
    return column.in_(ancestors(company_id))


def sees(connection: sa.Connection, company_id: int, other: int) -> bool:
    """Return whether ``other`` is the company or one below it."""
    if other == company_id:
        return True
    asked = {"from": other, "above": company_id}
    return connection.execute(_up_the_line(), asked).first() is not None


@cache
def _up_the_line() -> sa.Select[Any]:
    """Return the select that finds the company ``above`` among the tenants of ``from``.

    Going down would read every company for one answer; it is asked for every row that is touched,
    so it is built once.
    """
    line = (
        sa.select(company.c.id, company.c.parent_id)
        .where(company.c.id == sa.bindparam("from", type_=BigInt))
        .cte(recursive=True)
    )
    above = sa.select(company.c.id, company.c.parent_id).where(company.c.id == line.c.parent_id)
    line = line.union_all(above)
    return sa.select(line.c.id).where(line.c.id == sa.bindparam("above", type_=BigInt))


def refuse_foreign(connection: sa.Connection, company_id: int, other: int, what: str) -> None:
    """Raise UserError unless ``other`` is in the subtree of ``company_id``."""
    if not sees(connection, company_id, other):
        raise UserError(f"There is no {what} here: refresh the list.")


def tenant_of(connection: sa.Connection, party_id: int) -> int:
    """Return the company that keeps the accounts of ``party_id``: the one above, or the owner."""
    found = sa.select(company.c.parent_id).where(company.c.id == party_id)
    parent = connection.execute(found).scalar()
    return int(parent) if parent is not None else party_id
