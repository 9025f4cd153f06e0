"""What users added to or changed in dictionaries, and their aliases (F18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.functions import bytewise, folded
from app.db.queries.tenancy import handed_down, in_sight
from app.db.queries.versioned import save
from app.db.tables.dictionary_entries import dictionary_alias, dictionary_entry
from app.db.tables.services import service
from app.errors import UserError

CHUNK = 5000
"""Rows of one statement."""


class EntryRecord(NamedTuple):
    """An entry as stored; ``attributes`` are its dictionary attributes, plain JSON data.

    Its fields are the columns of the table, in their order.
    """

    id: int
    company_id: int
    dictionary: str
    key: str
    name: str
    attributes: dict[str, Any]
    retired_at: dt.datetime | None
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """Another name: within ``context`` (or "" = anywhere) ``alias`` means ``key``."""

    dictionary: str
    context: str
    alias: str
    key: str


def entries(
    connection: sa.Connection, company_id: int, *, dictionary: str | None = None
) -> list[EntryRecord]:
    """Return a company's own entries by dictionary and key, retired ones too."""
    table = dictionary_entry
    statement = sa.select(table).where(table.c.company_id == company_id)
    if dictionary is not None:
        statement = statement.where(table.c.dictionary == dictionary)
    statement = statement.order_by(table.c.dictionary, table.c.key)
    return [EntryRecord(**row) for row in connection.execute(statement).mappings()]


def _at(table: sa.Table, places: Mapping[str, Sequence[str]]) -> sa.ColumnElement[bool]:
    """Return the condition that a row is of one of the keys of a dictionary."""
    return sa.or_(
        sa.false(),
        *(
            sa.and_(table.c.dictionary == name, table.c.key.in_(list(keys)))
            for name, keys in places.items()
        ),
    )


def entries_in_force(
    connection: sa.Connection,
    company_id: int,
    *,
    places: Mapping[str, Sequence[str]] | None = None,
) -> list[EntryRecord]:
    """Return the entries that hold for a company, retired ones too, in no order.

    Its own go before those that its tenants hand down, the nearest of these before the others (C3).
    ``places`` = keys by dictionary: only these.
    """
    table = dictionary_entry
    # A company is younger than the one above it.
    statement = sa.select(table).where(handed_down(table.c.company_id, company_id))
    if places is not None:
        statement = statement.where(_at(table, places))
    rows = connection.execute(statement.order_by(table.c.company_id, table.c.id))
    records = map(EntryRecord._make, rows)
    return list({(record.dictionary, record.key): record for record in records}.values())


def add_entry(
    connection: sa.Connection,
    company_id: int,
    *,
    dictionary: str,
    key: str,
    name: str,
    now: dt.datetime,
    attributes: dict[str, Any] | None = None,
    retired: bool = False,
) -> EntryRecord:
    """Add an entry; UserError if the key is taken or is ``*``, which stands for Others."""
    table = dictionary_entry
    if key == "*":
        raise UserError('The key "*" stands for Others: choose another key.')
    taken = sa.select(table.c.id).where(
        table.c.company_id == company_id, table.c.dictionary == dictionary, table.c.key == key
    )
    if connection.scalar(taken) is not None:
        raise UserError(f'The dictionary {dictionary} has an entry "{key}" already: change that.')
    statement = (
        sa.insert(table)
        .values(
            company_id=company_id,
            dictionary=dictionary,
            key=key,
            name=name,
            attributes=attributes or {},
            retired_at=now if retired else None,
            created_at=now,
            updated_at=now,
        )
        .returning(*table.columns)
    )
    return EntryRecord(**connection.execute(statement).mappings().one())


def add_entries(
    connection: sa.Connection, company_id: int, rows: Sequence[dict[str, Any]], *, now: dt.datetime
) -> None:
    """Add many entries at once; each is a dict of dictionary, key, name, attributes, retired."""
    values = [
        {
            "company_id": company_id,
            **{name: row[name] for name in ("dictionary", "key", "name", "attributes")},
            "retired_at": now if row["retired"] else None,
            "created_at": now,
            "updated_at": now,
        }
        for row in rows
    ]
    for start in range(0, len(values), CHUNK):
        connection.execute(sa.insert(dictionary_entry), values[start : start + CHUNK])


def update_entry(
    connection: sa.Connection, record: EntryRecord, *, now: dt.datetime, **changes: Any
) -> EntryRecord:
    """Save changed fields (``retired_at`` too); Conflict if somebody else saved since."""
    table = dictionary_entry
    save(connection, table, record.id, record.version, {**changes, "updated_at": now})
    statement = sa.select(table).where(table.c.id == record.id)
    return EntryRecord(**connection.execute(statement).mappings().one())


def aliases(
    connection: sa.Connection,
    company_id: int,
    *,
    dictionary: str | None = None,
    places: Mapping[str, Sequence[str]] | None = None,
) -> list[AliasRecord]:
    """Return the aliases that hold for a company, by dictionary, context and alias.

    Its own go before those that its tenants hand down (C3).
    """
    table = dictionary_alias
    columns = (table.c.dictionary, table.c.context, table.c.alias, table.c.key)
    statement = sa.select(*columns).where(handed_down(table.c.company_id, company_id))
    if dictionary is not None:
        statement = statement.where(table.c.dictionary == dictionary)
    if places is not None:
        statement = statement.where(_at(table, places))
    statement = statement.order_by(
        table.c.dictionary, table.c.context, table.c.alias, table.c.company_id
    )
    rows = connection.execute(statement).mappings()
    nearest = {(row["dictionary"], row["context"], row["alias"]): row for row in rows}
    return [AliasRecord(**row) for row in nearest.values()]


def set_alias(
    connection: sa.Connection, company_id: int, alias: AliasRecord, *, now: dt.datetime
) -> None:
    """Let an alias mean a key, whatever it meant before."""
    table = dictionary_alias
    same = (
        table.c.company_id == company_id,
        table.c.dictionary == alias.dictionary,
        table.c.context == alias.context,
        table.c.alias == alias.alias,
    )
    moved = {"key": alias.key, "version": table.c.version + 1, "updated_at": now}
    changed = connection.execute(sa.update(table).where(*same).values(moved)).rowcount
    if not changed:
        connection.execute(
            sa.insert(table).values(
                company_id=company_id,
                dictionary=alias.dictionary,
                context=alias.context,
                alias=alias.alias,
                key=alias.key,
                created_at=now,
            )
        )


def entries_by_id(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> list[EntryRecord]:
    """Return the entries with these numbers that a company may change and are still there."""
    table = dictionary_entry
    mine = in_sight(table.c.company_id, company_id)
    statement = sa.select(table).where(mine, table.c.id.in_(list(ids)))
    statement = statement.order_by(table.c.id)
    return [EntryRecord(**row) for row in connection.execute(statement).mappings()]


def own_entry(
    connection: sa.Connection, company_id: int, dictionary: str, key: str
) -> EntryRecord | None:
    """Return what a company itself stores of a key, None if nothing."""
    table = dictionary_entry
    statement = sa.select(table).where(
        table.c.company_id == company_id, table.c.dictionary == dictionary, table.c.key == key
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else EntryRecord(**row)


def remove_entry(connection: sa.Connection, record: EntryRecord) -> None:
    """Remove what is stored of a key; Conflict if somebody else saved it since."""
    save(connection, dictionary_entry, record.id, record.version, {})
    connection.execute(sa.delete(dictionary_entry).where(dictionary_entry.c.id == record.id))


def first_keys(
    connection: sa.Connection, company_id: int, dictionary: str, limit: int, *, digits: bool
) -> list[str]:
    """Return the first keys of a dictionary that are stored, in the order of lists.

    ``digits``: its keys are digits only, so that an index has that order.
    """
    c = dictionary_entry.c
    order = (bytewise(c.key),) if digits else (folded(c.key), bytewise(c.key))
    statement = (
        sa.select(c.key)
        .where(handed_down(c.company_id, company_id), c.dictionary == dictionary)
        .order_by(*order)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def stamp(connection: sa.Connection, company_id: int) -> tuple[int, ...]:
    """Return numbers that differ after every change of what holds for a company."""
    found: list[int] = []
    for table in (dictionary_entry, dictionary_alias):
        numbers = (sa.func.count(), sa.func.max(table.c.id), sa.func.sum(table.c.version))
        statement = sa.select(*numbers).where(handed_down(table.c.company_id, company_id))
        found += [int(number or 0) for number in connection.execute(statement).one()]
    packs = sa.select(sa.func.count(), sa.func.sum(service.c.version)).where(
        service.c.company_id == company_id, service.c.type.endswith("_pack")
    )
    return (*found, *(int(number or 0) for number in connection.execute(packs).one()))
