"""What lies below given nodes of a live tree: numbers, counts, values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from app.db.queries.rate_browse import CHUNK, state_columns
from app.db.tables.rate_nodes import rate_node
from app.domain.kinds import PriceType
from app.domain.tree_draft import NodeState

node = rate_node


class SubtreeRow(NamedTuple):
    """A live node at or below one of the given tops."""

    node_no: int
    parent_no: int
    state: NodeState
    from_rev: int


def below(scope_id: int, tops: Sequence[int]) -> sa.CTE:
    """Return the recursive query of (top, node_no) for every node at or below ``tops``."""
    start = sa.select(node.c.node_no.label("top"), node.c.node_no).where(
        node.c.scope_id == scope_id, node.c.node_no.in_(list(tops))
    )
    found = start.cte("below", recursive=True)
    under = node.alias("under")
    step = sa.select(found.c.top, under.c.node_no).where(
        under.c.scope_id == scope_id, under.c.parent_no == found.c.node_no
    )
    return found.union_all(step)


def counts_below(connection: sa.Connection, scope_id: int, tops: Sequence[int]) -> dict[int, int]:
    """Return top → number of live nodes strictly below it; tops that are gone are left out."""
    found = below(scope_id, tops)
    statement = sa.select(found.c.top, sa.func.count() - 1).group_by(found.c.top)
    return {int(top): int(count) for top, count in connection.execute(statement)}


def numbers_below(connection: sa.Connection, scope_id: int, tops: Sequence[int]) -> list[int]:
    """Return the numbers of all live nodes strictly below any of ``tops``, each once."""
    found = below(scope_id, tops)
    statement = sa.select(found.c.node_no).where(found.c.node_no != found.c.top).distinct()
    return [int(number) for number in connection.execute(statement).scalars()]


def changed_below(
    connection: sa.Connection, scope_id: int, tops: Sequence[int], rev: int
) -> dict[int, int]:
    """Return top → number of nodes strictly below it that were written after ``rev``."""
    found = below(scope_id, tops)
    statement = (
        sa.select(found.c.top, sa.func.count())
        .select_from(found)
        .join(node, sa.and_(node.c.scope_id == scope_id, node.c.node_no == found.c.node_no))
        .where(found.c.node_no != found.c.top, node.c.from_rev > rev)
        .group_by(found.c.top)
    )
    return {int(top): int(count) for top, count in connection.execute(statement)}


def rows_below(
    connection: sa.Connection,
    scope_id: int,
    tops: Sequence[int],
    *,
    leaves: bool = False,
    limit: int | None = None,
) -> list[SubtreeRow]:
    """Return the live nodes at or below ``tops`` in number order: parents first; each once.

    ``leaves`` leaves out the branches; nodes without a price type count as leaves here. Stops
    after ``limit`` nodes, whichever come first.
    """
    found = below(scope_id, tops)
    columns = [node.c.node_no, sa.func.coalesce(node.c.parent_no, -1)]
    columns += [*state_columns(connection.dialect.name), node.c.from_rev]
    here = sa.and_(node.c.scope_id == scope_id, node.c.node_no == found.c.node_no)
    statement = sa.select(*columns).select_from(found.join(node, here))
    if leaves:
        statement = statement.where(node.c.price_type != int(PriceType.DEPENDS_ON))
    rows: dict[int, SubtreeRow] = {}
    for part in connection.execute(statement.limit(limit)).partitions(CHUNK):
        for row in part:
            rows[row[0]] = SubtreeRow(row[0], row[1], NodeState(*row[2:-1]), row[-1])
    return [rows[number] for number in sorted(rows)]
