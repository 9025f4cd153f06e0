"""The register of companies by tax ID, loaded by its users from a file (ACC-1, G6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.queries.tenancy import ancestors, handed_down
from app.db.tables.companies import company_register
from app.db.unit_of_work import driver_connection


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A company as the register has it."""

    tax_id: str
    name: str
    kpp: str = ""
    legal_address: str = ""


FIELDS = ("tax_id", "name", "kpp", "legal_address")

_SQLITE = (
    "INSERT INTO company_register (company_id, tax_id, name, kpp, legal_address) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (company_id, tax_id) DO UPDATE SET "
    "name = excluded.name, kpp = excluded.kpp, legal_address = excluded.legal_address "
    "WHERE (name, kpp, legal_address) IS NOT (excluded.name, excluded.kpp, excluded.legal_address)"
)
_POSTGRES = (
    "INSERT INTO company_register AS known (company_id, tax_id, name, kpp, legal_address) "
    "SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) "
    "ON CONFLICT (company_id, tax_id) DO UPDATE SET "
    "name = excluded.name, kpp = excluded.kpp, legal_address = excluded.legal_address "
    "WHERE (known.name, known.kpp, known.legal_address) "
    "IS DISTINCT FROM (excluded.name, excluded.kpp, excluded.legal_address)"
)


def lookup(connection: sa.Connection, company_id: int, tax_id: str) -> RegisterEntry | None:
    """Return the entry of a tax ID: of the company itself, else of the nearest tenant above."""
    c = company_register.c
    line = ancestors(company_id).subquery()
    statement = (
        sa.select(*(c[name] for name in FIELDS))
        .where(c.company_id.in_(sa.select(line.c.id)), c.tax_id == tax_id)
        # Tenants are made before the companies below them.
        .order_by(c.company_id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else RegisterEntry(*row)


def put(connection: sa.Connection, company_id: int, entries: Sequence[RegisterEntry]) -> int:
    """Add entries or write them over those with the same tax ID; return how many differed.

    No two ``entries`` have the same tax ID.
    """
    driver = driver_connection(connection)
    values = [(e.tax_id, e.name, e.kpp, e.legal_address) for e in entries]
    if not values:
        return 0
    if connection.dialect.name == "sqlite":
        cursor = driver.executemany(_SQLITE, [(company_id, *one) for one in values])
        return int(cursor.rowcount)
    columns = [list(column) for column in zip(*values, strict=True)]
    return int(driver.execute(_POSTGRES, (company_id, *columns)).rowcount)


def size(connection: sa.Connection, company_id: int) -> int:
    """Return how many companies the register of a company has."""
    mine = company_register.c.company_id == company_id
    return int(connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def reach(connection: sa.Connection, company_id: int) -> int:
    """Return how many entries a company may look up: its own and those of tenants above."""
    mine = handed_down(company_register.c.company_id, company_id)
    return int(connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one())
