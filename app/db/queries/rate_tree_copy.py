"""Copies a rate tree from one scope into another (SVC-2)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.db.queries.scopes import allocate_nodes
from app.db.tables.rate_nodes import PAYLOAD, ROOT, rate_node, rate_node_history
from app.db.tables.scopes import scope
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class CopyResult:
    """Numbers of nodes; the roots count as updated."""

    inserted: int
    removed: int
    updated: int = 1


def copy_tree(connection: sa.Connection, from_scope: int, to_scope: int, rev: int) -> CopyResult:
    """Make the tree of ``to_scope``, which the caller has locked, equal to that of ``from_scope``.

    ``rev`` is the revision that the caller records for it. What was there goes to the history.
    """
    if from_scope == to_scope:
        raise UserError("A scope can't be copied onto itself: choose another one.")
    _close(connection, to_scope, rev)
    old = sa.delete(rate_node).where(rate_node.c.scope_id == to_scope, rate_node.c.node_no != ROOT)
    removed = connection.execute(old).rowcount
    _copy_root(connection, from_scope, to_scope, rev)
    inserted = _copy_nodes(connection, from_scope, to_scope, rev)
    return CopyResult(inserted=inserted, removed=removed)


def _close(connection: sa.Connection, scope_id: int, rev: int) -> None:
    names = [column.name for column in rate_node_history.columns]
    columns = [sa.literal(rev) if name == "to_rev" else rate_node.c[name] for name in names]
    live = sa.select(*columns).where(rate_node.c.scope_id == scope_id)
    connection.execute(sa.insert(rate_node_history).from_select(names, live))


def _copy_root(connection: sa.Connection, from_scope: int, to_scope: int, rev: int) -> None:
    source = rate_node.alias("source")
    connection.execute(
        sa.update(rate_node)
        .where(
            rate_node.c.scope_id == to_scope,
            rate_node.c.node_no == ROOT,
            source.c.scope_id == from_scope,
            source.c.node_no == rate_node.c.node_no,
        )
        .values({**{name: source.c[name] for name in PAYLOAD}, "from_rev": rev})
    )


def _copy_nodes(connection: sa.Connection, from_scope: int, to_scope: int, rev: int) -> int:
    used = sa.select(scope.c.next_node).where(scope.c.id == from_scope)
    # The copy keeps the gaps, so that one sum renumbers all nodes.
    count = int(connection.execute(used).scalar_one()) - 1
    offset = allocate_nodes(connection, to_scope, count) - 1
    source = rate_node.alias("source")
    columns = {
        "scope_id": sa.literal(to_scope),
        "node_no": source.c.node_no + offset,
        "parent_no": sa.case((source.c.parent_no == ROOT, ROOT), else_=source.c.parent_no + offset),
        "key": source.c.key,
        **{name: source.c[name] for name in PAYLOAD},
        "from_rev": sa.literal(rev),
    }
    nodes = (
        sa.select(*columns.values())
        .where(source.c.scope_id == from_scope, source.c.node_no != ROOT)
        .order_by(source.c.node_no)
    )
    into = sa.insert(rate_node).from_select(list(columns), nodes)
    return connection.execute(into.execution_options(preserve_rowcount=True)).rowcount
