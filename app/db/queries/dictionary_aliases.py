"""Aliases one by one: what else a key is called, by whom it was added (GEN-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.queries.tenancy import handed_down, in_sight
from app.db.queries.versioned import save
from app.db.tables.dictionary_entries import dictionary_alias as table
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class StoredAlias:
    """An alias as stored: within ``context`` (a country, or "" = anywhere) it means ``key``."""

    id: int
    company_id: int
    dictionary: str
    context: str
    alias: str
    key: str
    created_at: dt.datetime
    version: int
    updated_at: dt.datetime | None


def _records(connection: sa.Connection, statement: sa.Select[tuple[object]]) -> list[StoredAlias]:
    return [StoredAlias(**row) for row in connection.execute(statement).mappings()]


def alias_by_id(
    connection: sa.Connection, company_id: int, alias_id: int, *, own: bool = False
) -> StoredAlias:
    """Return an alias that a company may see; ``own``: that it may change. UserError if none."""
    mine = in_sight(table.c.company_id, company_id)
    seen = mine if own else sa.or_(mine, handed_down(table.c.company_id, company_id))
    found = _records(connection, sa.select(table).where(table.c.id == alias_id, seen))
    if not found:
        raise UserError("There is no such alias here: refresh the list.")
    return found[0]


def aliases_by_id(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> dict[int, StoredAlias]:
    """Return those of the aliases that a company may see, by ID."""
    seen = sa.or_(
        in_sight(table.c.company_id, company_id), handed_down(table.c.company_id, company_id)
    )
    statement = sa.select(table).where(table.c.id.in_(list(ids)), seen)
    return {one.id: one for one in _records(connection, statement)}


def is_own(connection: sa.Connection, company_id: int, alias: StoredAlias) -> bool:
    """Return whether a company may change an alias: its own, or that of a company below it."""
    statement = sa.select(table.c.id).where(
        table.c.id == alias.id, in_sight(table.c.company_id, company_id)
    )
    return connection.execute(statement).first() is not None


def own_aliases(
    connection: sa.Connection, company_id: int, dictionary: str, keys: Sequence[str] = ()
) -> list[StoredAlias]:
    """Return the aliases of one company itself, by alias; ``keys``: of these only."""
    statement = sa.select(table).where(
        table.c.company_id == company_id, table.c.dictionary == dictionary
    )
    if keys:
        statement = statement.where(table.c.key.in_(list(keys)))
    return _records(connection, statement.order_by(table.c.alias, table.c.id))


def add_alias(
    connection: sa.Connection,
    company_id: int,
    *,
    dictionary: str,
    context: str,
    alias: str,
    key: str,
    now: dt.datetime,
) -> int:
    """Add an alias and return its ID."""
    statement = (
        sa.insert(table)
        .values(
            company_id=company_id,
            dictionary=dictionary,
            context=context,
            alias=alias,
            key=key,
            created_at=now,
        )
        .returning(table.c.id)
    )
    return int(connection.execute(statement).scalar_one())


def change_alias(
    connection: sa.Connection,
    record: StoredAlias,
    version: int,
    *,
    now: dt.datetime,
    context: str,
    alias: str,
    key: str,
) -> None:
    """Save an alias; Conflict if ``version`` is not the stored one."""
    values = {"context": context, "alias": alias, "key": key, "updated_at": now}
    save(connection, table, record.id, version, values)


def remove_alias(connection: sa.Connection, alias_id: int) -> None:
    """Remove an alias."""
    connection.execute(sa.delete(table).where(table.c.id == alias_id))
