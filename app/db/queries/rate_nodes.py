"""Rate nodes one page at a time: children, a node by its path, its history, counts.

The work on whole trees is in the modules rate_tree_*; its functions can be had from here too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from app.db.queries.rate_paths import path_of, paths_of
from app.db.queries.rate_tree_copy import copy_tree
from app.db.queries.rate_tree_read import read_tree, read_tree_at
from app.db.queries.rate_tree_undo import UndoResult, undo_import
from app.db.queries.rate_tree_write import apply_changes
from app.db.tables.rate_nodes import ROOT, rate_node, rate_node_history
from app.db.tables.scopes import scope_revision
from app.domain.tree import OTHERS, PriceType

__all__ = [
    "NodeRecord",
    "NodeVersion",
    "TreeCounts",
    "UndoResult",
    "apply_changes",
    "changed_since",
    "children",
    "copy_tree",
    "node_by_number",
    "node_by_path",
    "node_history",
    "path_of",
    "paths_of",
    "read_tree",
    "read_tree_at",
    "tree_counts",
    "undo_import",
]


class NodeRecord(NamedTuple):
    """A node as stored; intervals in seconds, ``scale`` its canonical text, None = not set."""

    node_no: int
    parent_no: int | None
    key: str
    depends_on: str | None
    price_type: int
    price: Decimal | None
    billing_rule: int
    quantity_rule: int
    connect_price: Decimal | None
    first_interval: int | None
    next_interval: int | None
    scale: str | None
    from_rev: int


@dataclass(frozen=True, slots=True)
class NodeVersion:
    """A version of a node with its time and author; ``to_rev`` None = the live one."""

    node: NodeRecord
    to_rev: int | None
    actor: str | None
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class TreeCounts:
    """Nodes and leaves of a tree, the root not counted; ``by_type`` price type → nodes."""

    nodes: int
    leaves: int
    by_type: dict[int, int]


_COLUMNS = [column for column in rate_node.columns if column.name != "scope_id"]


def children(
    connection: sa.Connection,
    scope_id: int,
    parent_no: int,
    *,
    after_key: str | None = None,
    limit: int = 200,
) -> list[NodeRecord]:
    """Return the page of a node's children behind ``after_key``: by key, ``*`` last (F2)."""
    if after_key == OTHERS:
        return []
    place = sa.and_(rate_node.c.scope_id == scope_id, rate_node.c.parent_no == parent_no)
    statement = sa.select(*_COLUMNS).where(place, rate_node.c.key != OTHERS)
    if after_key is not None:
        statement = statement.where(rate_node.c.key > after_key)
    rows = list(connection.execute(statement.order_by(rate_node.c.key).limit(limit)))
    if len(rows) < limit:
        others = sa.select(*_COLUMNS).where(place, rate_node.c.key == OTHERS)
        rows += connection.execute(others)
    return list(map(NodeRecord._make, rows))


def node_by_number(connection: sa.Connection, scope_id: int, node_no: int) -> NodeRecord | None:
    """Return a live node, or None."""
    statement = sa.select(*_COLUMNS).where(
        rate_node.c.scope_id == scope_id, rate_node.c.node_no == node_no
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else NodeRecord(**row)


def node_by_path(
    connection: sa.Connection, scope_id: int, keys: Sequence[str]
) -> NodeRecord | None:
    """Return the live node at a path of keys below the root (() = the root), or None."""
    node = node_by_number(connection, scope_id, ROOT)
    for key in keys:
        if node is None:
            return None
        statement = sa.select(*_COLUMNS).where(
            rate_node.c.scope_id == scope_id,
            rate_node.c.parent_no == node.node_no,
            rate_node.c.key == key,
        )
        row = connection.execute(statement).mappings().one_or_none()
        node = None if row is None else NodeRecord(**row)
    return node


def node_history(connection: sa.Connection, scope_id: int, node_no: int) -> list[NodeVersion]:
    """Return all versions of a node, oldest first."""
    names = [column.name for column in _COLUMNS]
    closed = rate_node_history
    versions = sa.union_all(
        sa.select(*_COLUMNS, sa.cast(sa.null(), sa.BigInteger).label("to_rev")).where(
            rate_node.c.scope_id == scope_id, rate_node.c.node_no == node_no
        ),
        sa.select(*(closed.c[name] for name in names), closed.c.to_rev).where(
            closed.c.scope_id == scope_id, closed.c.node_no == node_no
        ),
    ).subquery("versions")
    made = scope_revision
    on = sa.and_(made.c.scope_id == scope_id, made.c.rev == versions.c.from_rev)
    statement = (
        sa.select(versions, made.c.actor, made.c.at)
        .select_from(versions.join(made, on, isouter=True))
        .order_by(versions.c.from_rev)
    )
    found = []
    for row in connection.execute(statement).mappings():
        node = NodeRecord(**{name: row[name] for name in names})
        found.append(NodeVersion(node, row["to_rev"], row["actor"], row["at"]))
    return found


def tree_counts(connection: sa.Connection, scope_id: int) -> TreeCounts:
    """Count the live nodes of a scope."""
    statement = (
        sa.select(rate_node.c.price_type, sa.func.count())
        .where(rate_node.c.scope_id == scope_id, rate_node.c.node_no != ROOT)
        .group_by(rate_node.c.price_type)
    )
    by_type = {int(kind): int(count) for kind, count in connection.execute(statement)}
    leaves = sum(count for kind, count in by_type.items() if kind > PriceType.DEPENDS_ON)
    return TreeCounts(sum(by_type.values()), leaves, by_type)


def changed_since(connection: sa.Connection, scope_id: int, rev: int) -> npt.NDArray[np.int64]:
    """Return the sorted numbers of nodes made, changed or removed after revision ``rev`` (F14)."""
    closed = rate_node_history
    statement = sa.union(
        sa.select(rate_node.c.node_no).where(
            rate_node.c.scope_id == scope_id, rate_node.c.from_rev > rev
        ),
        sa.select(closed.c.node_no).where(closed.c.scope_id == scope_id, closed.c.to_rev > rev),
    )
    numbers = sorted(connection.execute(statement).scalars())
    return np.array(numbers, np.int64)
