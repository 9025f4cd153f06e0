"""Learned matches: remembered per vendor or for all; a vendor's own answer goes first (IMP-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db.queries.tenancy import in_sight
from app.db.tables.learned import learned_match


@dataclass(frozen=True, slots=True)
class LearnedMatch:
    """An answer: in ``dictionary``, ``value`` (normalised) within ``context`` means ``key``."""

    dictionary: str
    context: str
    value: str
    key: str


def remember(
    connection: sa.Connection,
    company_id: int,
    matches: Iterable[LearnedMatch],
    *,
    actor: str,
    now: dt.datetime,
    vendor_id: int | None = None,
) -> int:
    """Store answers over what was remembered before; return how many there were."""
    common = {"company_id": company_id, "vendor_id": vendor_id, "actor": actor, "at": now}
    rows: list[dict[str, Any]] = [{**asdict(match), **common} for match in matches]
    if rows:
        connection.execute(_upsert(connection, vendor_id), rows)
    return len(rows)


def _upsert(connection: sa.Connection, vendor_id: int | None) -> sa.Insert:
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert = build(learned_match)
    named = ["company_id", "dictionary", "context", "value"]
    where: sa.ColumnElement[bool] = learned_match.c.vendor_id.is_(None)
    if vendor_id is not None:
        named.insert(1, "vendor_id")
        where = learned_match.c.vendor_id.is_not(None)
    new = {name: insert.excluded[name] for name in ("key", "actor", "at")}
    return insert.on_conflict_do_update(
        index_elements=[learned_match.c[name] for name in named],
        index_where=where,
        set_={**new, "version": learned_match.c.version + 1},
    )


@dataclass(frozen=True, slots=True)
class RecalledMatch:
    """An answer that holds for a vendor, its ``own`` or one for all, with who gave it and when."""

    dictionary: str
    context: str
    value: str
    key: str
    own: bool
    actor: str
    at: dt.datetime


def recall(
    connection: sa.Connection,
    company_id: int,
    *,
    vendor_id: int | None = None,
    dictionaries: Sequence[str] | None = None,
) -> list[RecalledMatch]:
    """Return what holds for a vendor: its own answers, and those for all beside them."""
    table = learned_match
    mine: sa.ColumnElement[bool] = table.c.vendor_id.is_(None)
    if vendor_id is not None:
        mine = sa.or_(mine, table.c.vendor_id == vendor_id)
    own = table.c.vendor_id.is_not(None).label("own")
    statement = sa.select(
        table.c.dictionary,
        table.c.context,
        table.c.value,
        table.c.key,
        own,
        table.c.actor,
        table.c.at,
    )
    statement = statement.where(table.c.company_id == company_id, mine)
    if dictionaries is not None:
        statement = statement.where(table.c.dictionary.in_(dictionaries))
    # Own answers come last and overwrite.
    statement = statement.order_by(table.c.vendor_id.is_not(None), table.c.id)
    found: dict[tuple[str, str, str], RecalledMatch] = {}
    for row in connection.execute(statement):
        match = RecalledMatch(**{**row._asdict(), "own": bool(row.own)})
        found[match.dictionary, match.context, match.value] = match
    return list(found.values())


def forget(
    connection: sa.Connection,
    company_id: int,
    *,
    dictionary: str,
    context: str,
    value: str,
    vendor_id: int | None = None,
) -> bool:
    """Forget one answer; tell whether there was one."""
    table = learned_match
    statement = sa.delete(table).where(
        table.c.company_id == company_id,
        table.c.vendor_id.is_not_distinct_from(vendor_id),
        table.c.dictionary == dictionary,
        table.c.context == context,
        table.c.value == value,
    )
    return connection.execute(statement).rowcount > 0


def meanings(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> list[tuple[str, str]]:
    """Return (dictionary, key) of answers in a company's sight, in the order of ``ids``."""
    table = learned_match
    statement = sa.select(table.c.id, table.c.dictionary, table.c.key).where(
        table.c.id.in_(list(ids)), in_sight(table.c.company_id, company_id)
    )
    found = {row.id: (row.dictionary, row.key) for row in connection.execute(statement)}
    return [found[number] for number in ids if number in found]


def answers_by_id(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return remembered answers as plain rows, those in the company's sight that are there."""
    table = learned_match
    mine = in_sight(table.c.company_id, company_id)
    statement = sa.select(table).where(mine, table.c.id.in_(list(ids)))
    return [dict(row) for row in connection.execute(statement.order_by(table.c.id)).mappings()]


def forget_by_id(connection: sa.Connection, company_id: int, ids: Sequence[int]) -> int:
    """Forget answers in a company's sight by number; return how many there were."""
    table = learned_match
    mine = sa.select(table.c.id).where(
        in_sight(table.c.company_id, company_id), table.c.id.in_(list(ids))
    )
    found = list(connection.execute(mine).scalars())
    connection.execute(sa.delete(table).where(table.c.id.in_(found)))
    return len(found)
