"""Companies: the System owner and whoever it serves."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.db.tables.companies import SYSTEM_OWNER, company


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company as stored; only the System owner has no parent."""

    id: int
    parent_id: int | None
    name: str
    version: int


def system_owner(connection: sa.Connection) -> CompanyRecord:
    """Return the company at the top."""
    columns = (company.c.id, company.c.parent_id, company.c.name, company.c.version)
    statement = sa.select(*columns).where(company.c.id == SYSTEM_OWNER)
    return CompanyRecord(**connection.execute(statement).mappings().one())
