"""Finds live nodes by key or price: conditions on sets, so that a million nodes take one scan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.queries.rate_browse import CHUNK
from app.db.tables.rate_nodes import rate_node
from app.db.types import from_units

node = rate_node
parent = rate_node.alias("above")
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sought; a node fits if any part does.

    ``named`` = (attributes, keys of theirs); ``part`` is held by keys of the ``free`` attributes,
    in any case, ``start`` begins those of the attributes ``prefixes``; ``keys`` are whole keys.
    ``price`` = (operator, 1e-8): = != > >= < <=; then nothing else counts.
    """

    named: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    part: str = ""
    free: tuple[str, ...] = ()
    start: str = ""
    prefixes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    price: tuple[str, int] | None = None


class Hit(NamedTuple):
    """A node that fits."""

    node_no: int
    parent_no: int
    key: str


def hits(connection: sa.Connection, scope_id: int, wanted: Wanted, limit: int) -> list[Hit]:
    """Return up to ``limit`` nodes that fit, in no order."""
    statement = sa.select(node.c.node_no, node.c.parent_no, node.c.key)
    statement = statement.where(*_fits(connection, scope_id, wanted)).limit(limit)
    found: list[Hit] = []
    for part in connection.execute(statement).partitions(CHUNK):
        found += map(Hit._make, part)
    return found


def hit_parents(
    connection: sa.Connection, scope_id: int, wanted: Wanted
) -> Iterator[tuple[int, int]]:
    """Yield (parent, number of its children that fit)."""
    statement = (
        sa.select(node.c.parent_no, sa.func.count())
        .where(*_fits(connection, scope_id, wanted))
        .group_by(node.c.parent_no)
    )
    for part in connection.execute(statement).partitions(CHUNK):
        yield from ((number, count) for number, count in part)


def hits_under(
    connection: sa.Connection, scope_id: int, wanted: Wanted, parent_no: int, limit: int
) -> list[Hit]:
    """Return the first children of a node that fit, by key (``*`` is not last here)."""
    statement = (
        sa.select(node.c.node_no, node.c.parent_no, node.c.key)
        .where(*_fits(connection, scope_id, wanted), node.c.parent_no == parent_no)
        .order_by(node.c.key)
        .limit(limit)
    )
    return list(map(Hit._make, connection.execute(statement)))


def _fits(connection: sa.Connection, scope_id: int, wanted: Wanted) -> list[Condition]:
    here = [node.c.scope_id == scope_id, node.c.parent_no.is_not(None)]
    if wanted.price is not None:
        return [*here, _priced(*wanted.price)]
    parts: list[Condition] = [
        sa.and_(node.c.key.in_(keys), _keyed_by(scope_id, attributes))
        for attributes, keys in wanted.named
    ]
    if wanted.keys:
        parts.append(node.c.key.in_(wanted.keys))
    if wanted.part and wanted.free:
        texts = [_like(connection, form) for form in forms(wanted.part)]
        parts.append(sa.and_(sa.or_(*texts), _keyed_by(scope_id, wanted.free)))
    if wanted.start and wanted.prefixes:
        begins = node.c.key.startswith(wanted.start, autoescape=True)
        parts.append(sa.and_(begins, _keyed_by(scope_id, wanted.prefixes)))
    return [*here, sa.or_(sa.false(), *parts)]


def _keyed_by(scope_id: int, attributes: tuple[str, ...]) -> Condition:
    return sa.exists().where(
        parent.c.scope_id == scope_id,
        parent.c.node_no == node.c.parent_no,
        parent.c.depends_on.in_(attributes),
    )


def forms(text: str) -> list[str]:
    """Return the spellings to look for: SQLite folds the case of ASCII letters only."""
    return list(dict.fromkeys((text, text.lower(), text.upper(), text.title())))


def _like(connection: sa.Connection, text: str) -> Condition:
    if connection.dialect.name == "sqlite":
        return node.c.key.contains(text, autoescape=True)
    return node.c.key.icontains(text, autoescape=True)


def _priced(operator: str, units: int) -> Condition:
    price, value = node.c.price, from_units(units)
    compared: dict[str, Any] = {
        "!=": price != value, ">": price > value, ">=": price >= value,
        "<": price < value, "<=": price <= value,
    }  # fmt: skip
    if operator in compared:
        return compared[operator]  # type: ignore[no-any-return]
    tier = f'["{_plain(units)}",'
    return sa.or_(price == value, node.c.scale.contains(tier, autoescape=True))


def _plain(units: int) -> str:
    text = f"{from_units(units):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
