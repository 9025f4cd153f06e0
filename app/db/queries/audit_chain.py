"""The chain of the audit as it is stored, entry by entry, for a check that trusts nothing (G5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight
from app.db.tables.audit import audit, audit_link
from app.db.tables.companies import company

CHUNK = 2000
"""Entries per fetch."""

_HEAD_PARTS = ("actor", "login", "address", "action", "table_name", "object_id", "operation_id")
_UTC = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link and the texts of its entry as they are stored; ``parts`` None = there is no entry."""

    company_id: int
    number: int
    audit_id: int
    hash: str
    parts: tuple[str | None, ...] | None


def stored_links(connection: sa.Connection, company_id: int) -> Iterator[StoredLink]:
    """Yield the links of all companies in sight, each chain in its order."""
    link = audit_link.c
    statement = (
        sa.select(link.company_id, link.number, link.audit_id, link.hash, *_parts(connection))
        .select_from(audit_link.outerjoin(audit, link.audit_id == audit.c.id))
        .where(in_sight(link.company_id, company_id))
        .order_by(link.company_id, link.number)
        .execution_options(yield_per=CHUNK)
    )
    for row in connection.execute(statement):
        tenant, entry, *rest = row[4:]
        parts = None if entry is None else (str(tenant), str(entry), *rest)
        yield StoredLink(row[0], row[1], row[2], row[3], parts)


def _parts(connection: sa.Connection) -> list[sa.ColumnElement[Any]]:
    """Return the columns that the hash covers, times and data as the very texts."""
    c = audit.c
    at: sa.ColumnElement[Any] = sa.type_coerce(c.at, sa.Text)
    if connection.dialect.name != "sqlite":
        at = sa.func.to_char(sa.func.timezone("UTC", c.at), _UTC)
    plain = [c[name] for name in _HEAD_PARTS]
    data = [sa.type_coerce(c[name], sa.Text) for name in ("old", "new")]
    return [c.company_id, c.id, at, *plain, *data]


def loose_entries(connection: sa.Connection, company_id: int, most: int) -> list[tuple[int, int]]:
    """Return (company, entry) of entries that no link names, at most so many."""
    named = sa.select(audit_link.c.audit_id).where(audit_link.c.audit_id == audit.c.id)
    statement = (
        sa.select(audit.c.company_id, audit.c.id)
        .where(in_sight(audit.c.company_id, company_id), sa.not_(named.exists()))
        .order_by(audit.c.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def number_of_entries(connection: sa.Connection, company_id: int) -> int:
    """Return how many entries there are in sight."""
    statement = sa.select(sa.func.count()).where(in_sight(audit.c.company_id, company_id))
    return int(connection.execute(statement).scalar_one())


def stored_heads(connection: sa.Connection, company_id: int) -> list[tuple[int, str, int, str]]:
    """Return (company, its name, number, hash) of each chain's last link."""
    last = (
        sa.select(audit_link.c.company_id, sa.func.max(audit_link.c.number).label("number"))
        .where(in_sight(audit_link.c.company_id, company_id))
        .group_by(audit_link.c.company_id)
        .subquery("last")
    )
    link = audit_link.c
    same = sa.and_(link.company_id == last.c.company_id, link.number == last.c.number)
    statement = (
        sa.select(link.company_id, company.c.name, link.number, link.hash)
        .select_from(audit_link.join(last, same).join(company, link.company_id == company.c.id))
        .order_by(link.company_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]
