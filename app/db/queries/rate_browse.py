"""Pages of live rate nodes for the editor, with what stands above and below them (F13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.queries.rate_tree_read import price_units
from app.db.tables.rate_nodes import rate_node
from app.domain.kinds import OTHERS, PriceType
from app.domain.tree_draft import NodeState

BATCH = 500
"""Numbers per IN list; SQLite allows some thousand parameters a statement."""

CHUNK = 5000
"""Rows per fetch, so that a window's thread is never kept from running for long."""

node = rate_node
child = rate_node.alias("child")


class BrowsedNode(NamedTuple):
    """A live node; ``children`` are counted up to the cap that was asked for."""

    node_no: int
    parent_no: int
    state: NodeState
    from_rev: int
    children: int
    has_others: bool


class Light(NamedTuple):
    """What a node means for those below it."""

    parent_no: int
    key: str
    depends_on: str | None
    price_type: int
    billing_rule: int
    quantity_rule: int
    from_rev: int


def browse_children(
    connection: sa.Connection,
    scope_id: int,
    parent_no: int,
    *,
    after_key: str | None,
    limit: int,
    cap: int,
) -> list[BrowsedNode]:
    """Return the page of a node's children behind ``after_key``: by key, ``*`` last (F2)."""
    if after_key == OTHERS:
        return []
    place = sa.and_(node.c.scope_id == scope_id, node.c.parent_no == parent_no)
    columns = _columns(connection, scope_id, cap)
    page = sa.select(*columns).where(place, node.c.key != OTHERS)
    if after_key is not None:
        page = page.where(node.c.key > after_key)
    rows = list(connection.execute(page.order_by(node.c.key).limit(limit)))
    if len(rows) < limit:
        rows += connection.execute(sa.select(*columns).where(place, node.c.key == OTHERS))
    return list(map(_browsed, rows))


def browse_before(
    connection: sa.Connection,
    scope_id: int,
    parent_no: int,
    *,
    before_key: str,
    limit: int,
    cap: int,
) -> list[BrowsedNode]:
    """Return the page of a node's children that ends before ``before_key``, in sibling order."""
    place = sa.and_(node.c.scope_id == scope_id, node.c.parent_no == parent_no)
    page = sa.select(*_columns(connection, scope_id, cap)).where(place, node.c.key != OTHERS)
    if before_key != OTHERS:
        page = page.where(node.c.key < before_key)
    rows = list(connection.execute(page.order_by(node.c.key.desc()).limit(limit)))
    return list(map(_browsed, reversed(rows)))


def browse_numbers(
    connection: sa.Connection, scope_id: int, numbers: Iterable[int], *, cap: int
) -> dict[int, BrowsedNode]:
    """Return the live nodes of ``numbers`` by number."""
    columns = _columns(connection, scope_id, cap)
    found: dict[int, BrowsedNode] = {}
    for part in batches(sorted(set(numbers))):
        rows = connection.execute(
            sa.select(*columns).where(node.c.scope_id == scope_id, node.c.node_no.in_(part))
        )
        found |= {row[0]: _browsed(row) for row in rows}
    return found


def browse_keys(
    connection: sa.Connection, scope_id: int, parent_no: int, keys: Iterable[str], *, cap: int
) -> dict[str, BrowsedNode]:
    """Return the live children of a node that have one of ``keys``, by key."""
    columns = _columns(connection, scope_id, cap)
    found: dict[str, BrowsedNode] = {}
    for part in batches(sorted(set(keys))):
        rows = connection.execute(
            sa.select(*columns).where(
                node.c.scope_id == scope_id, node.c.parent_no == parent_no, node.c.key.in_(part)
            )
        )
        found |= {browsed.state.key: browsed for browsed in map(_browsed, rows)}
    return found


def states(
    connection: sa.Connection, scope_id: int, numbers: Iterable[int]
) -> dict[int, BrowsedNode]:
    """Return live nodes by number without looking at their children."""
    return browse_numbers(connection, scope_id, numbers, cap=0)


def with_ancestors(
    connection: sa.Connection, scope_id: int, numbers: Iterable[int]
) -> dict[int, Light]:
    """Return the live nodes of ``numbers`` and every node above them, by number."""
    columns = [node.c.node_no, sa.func.coalesce(node.c.parent_no, -1)]
    columns += [node.c[name] for name in Light._fields[1:]]
    found: dict[int, Light] = {}
    missing = sorted(set(numbers))
    while missing:
        level: dict[int, Light] = {}
        for part in batches(missing):
            rows = connection.execute(
                sa.select(*columns).where(node.c.scope_id == scope_id, node.c.node_no.in_(part))
            )
            level |= {row[0]: Light(*row[1:]) for row in rows}
        found |= level
        missing = sorted({light.parent_no for light in level.values()} - found.keys() - {-1})
    return found


def above(found: dict[int, Light], parent_no: int) -> tuple[int, ...]:
    """Return the numbers from the root down to ``parent_no``, itself included."""
    numbers: list[int] = []
    while parent_no >= 0:
        numbers.append(parent_no)
        parent_no = found[parent_no].parent_no
    return tuple(reversed(numbers))


def count_children(connection: sa.Connection, scope_id: int, parent_no: int) -> int:
    """Count the live children of a node."""
    statement = (
        sa.select(sa.func.count())
        .select_from(node)
        .where(node.c.scope_id == scope_id, node.c.parent_no == parent_no)
    )
    return int(connection.execute(statement).scalar_one())


def branches(connection: sa.Connection, scope_id: int) -> Iterator[tuple[int, int]]:
    """Yield (number, parent's number) of all branches below the root, parents first."""
    statement = (
        sa.select(node.c.node_no, node.c.parent_no)
        .where(
            node.c.scope_id == scope_id,
            node.c.price_type == int(PriceType.DEPENDS_ON),
            node.c.parent_no.is_not(None),
        )
        .order_by(node.c.node_no)
    )
    for part in connection.execute(statement).partitions(CHUNK):
        yield from ((number, parent) for number, parent in part)


def incomplete_count(connection: sa.Connection, scope_id: int) -> int:
    """Count the nodes without a usable price type (SVC-4): unset, or branches without children."""
    own = sa.and_(node.c.scope_id == scope_id, node.c.node_no != 0)
    unset = sa.select(sa.func.count()).select_from(node).where(own, lacks_price())
    empty = (
        sa.select(sa.func.count())
        .select_from(node)
        .where(own, node.c.price_type == int(PriceType.DEPENDS_ON), childless(scope_id))
    )
    return int(connection.execute(unset).scalar_one() + connection.execute(empty).scalar_one())


def lacks_price() -> sa.ColumnElement[bool]:
    """Return the condition of a leaf without what its price type needs."""
    return sa.or_(
        node.c.price_type == int(PriceType.NONE),
        sa.and_(node.c.price_type == int(PriceType.FLAT), node.c.price.is_(None)),
        sa.and_(node.c.price_type == int(PriceType.SCALE), node.c.scale.is_(None)),
    )


def childless(scope_id: int) -> sa.ColumnElement[bool]:
    """Return the condition of a node without children."""
    return ~sa.exists().where(child.c.scope_id == scope_id, child.c.parent_no == node.c.node_no)


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield ``values`` in lists short enough for an IN."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


# ------------------------------------------------------------------------------ columns


_STATE = tuple(NodeState.__dataclass_fields__)


def state_columns(kind: str, table: sa.FromClause = node) -> list[sa.ColumnElement[Any]]:
    """Return the columns of a :class:`NodeState` in its order, prices in 1e-8."""
    return [
        price_units(table.c[name], kind) if name in {"price", "connect_price"} else table.c[name]
        for name in _STATE
    ]


def _columns(connection: sa.Connection, scope_id: int, cap: int) -> list[sa.ColumnElement[Any]]:
    kind = connection.dialect.name
    columns = [node.c.node_no, sa.func.coalesce(node.c.parent_no, -1)]
    columns += [*state_columns(kind), node.c.from_rev]
    if not cap:
        return [*columns, sa.literal(0), sa.literal(0)]
    branch = node.c.price_type == int(PriceType.DEPENDS_ON)
    some = (
        sa.select(sa.literal(1).label("one"))
        .where(child.c.scope_id == scope_id, child.c.parent_no == node.c.node_no)
        .limit(cap)
        .correlate(node)
        .subquery("some")
    )
    counted = sa.select(sa.func.count()).select_from(some).correlate(node).scalar_subquery()
    others = sa.exists().where(
        child.c.scope_id == scope_id, child.c.parent_no == node.c.node_no, child.c.key == OTHERS
    )
    return [
        *columns,
        sa.case((branch, counted), else_=0),
        sa.case((sa.and_(branch, others), 1), else_=0),
    ]


def _browsed(row: Sequence[Any]) -> BrowsedNode:
    last = 2 + len(_STATE)
    state = NodeState(*row[2:last])
    return BrowsedNode(row[0], row[1], state, row[last], row[last + 1], bool(row[last + 2]))
