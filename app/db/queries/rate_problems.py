"""Finds the live nodes of a tree that can't be used or look forgotten, by sets (SVC-4, F4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from app.db.queries.rate_browse import batches, childless, lacks_price
from app.db.tables.rate_nodes import rate_node
from app.domain.kinds import OTHERS, PriceType

node = rate_node
parent = rate_node.alias("above")
child = rate_node.alias("other")


def unpriced(connection: sa.Connection, scope_id: int, limit: int) -> tuple[list[int], int]:
    """Return the first nodes without a usable price, and how many there are."""
    return _first(connection, scope_id, lacks_price(), limit)


def empty(connection: sa.Connection, scope_id: int, limit: int) -> tuple[list[int], int]:
    """Return the first branches without children, and how many there are."""
    return _first(connection, scope_id, sa.and_(_branch(), childless(scope_id)), limit)


def without_others(
    connection: sa.Connection, scope_id: int, attributes: Collection[str], limit: int
) -> tuple[list[int], int]:
    """Return the first branches by one of ``attributes`` that have children but no Others."""
    others = sa.exists().where(
        child.c.scope_id == scope_id, child.c.parent_no == node.c.node_no, child.c.key == OTHERS
    )
    condition = sa.and_(
        _branch(), node.c.depends_on.in_(list(attributes)), ~others, ~childless(scope_id)
    )
    return _first(connection, scope_id, condition, limit)


def used_keys(
    connection: sa.Connection, scope_id: int, attributes: Collection[str]
) -> list[tuple[str, str]]:
    """Return the distinct (attribute, key) pairs of the nodes keyed by one of ``attributes``."""
    statement = (
        sa.select(parent.c.depends_on, node.c.key)
        .select_from(node.join(parent, _above(scope_id)))
        .where(
            node.c.scope_id == scope_id,
            parent.c.depends_on.in_(list(attributes)),
            node.c.key != OTHERS,
        )
        .distinct()
    )
    return [(attribute, key) for attribute, key in connection.execute(statement)]


def keyed(
    connection: sa.Connection, scope_id: int, attribute: str, keys: Sequence[str]
) -> list[tuple[int, str]]:
    """Return (number, key) of the nodes that have one of ``keys`` at a level of ``attribute``."""
    found: list[tuple[int, str]] = []
    for part in batches(keys):
        statement = (
            sa.select(node.c.node_no, node.c.key)
            .select_from(node.join(parent, _above(scope_id)))
            .where(
                node.c.scope_id == scope_id,
                node.c.key.in_(part),
                parent.c.depends_on == attribute,
            )
        )
        found += [(number, key) for number, key in connection.execute(statement)]
    return found


def repeated_keys(
    connection: sa.Connection, scope_id: int, attribute: str, limit: int
) -> list[str]:
    """Return keys that stand more than once at levels of ``attribute``, first ones first."""
    if not _has_branches(connection, scope_id, attribute):
        return []
    statement = (
        sa.select(node.c.key)
        .select_from(node.join(parent, _above(scope_id)))
        .where(
            node.c.scope_id == scope_id,
            parent.c.depends_on == attribute,
            node.c.key != OTHERS,
        )
        .group_by(node.c.key)
        .having(sa.func.count() > 1)
        .order_by(node.c.key)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def _has_branches(connection: sa.Connection, scope_id: int, attribute: str) -> bool:
    """Tell whether several branches depend on ``attribute``; one can't repeat a key."""
    statement = (
        sa.select(node.c.node_no)
        .where(node.c.scope_id == scope_id, node.c.depends_on == attribute)
        .limit(2)
    )
    return len(list(connection.execute(statement))) > 1


def _first(
    connection: sa.Connection, scope_id: int, condition: sa.ColumnElement[bool], limit: int
) -> tuple[list[int], int]:
    here = [node.c.scope_id == scope_id, node.c.parent_no.is_not(None), condition]
    numbers = sa.select(node.c.node_no).where(*here).order_by(node.c.node_no).limit(limit)
    found = list(connection.execute(numbers).scalars())
    if len(found) < limit:
        return found, len(found)
    count = sa.select(sa.func.count()).select_from(node).where(*here)
    return found, int(connection.execute(count).scalar_one())


def _branch() -> sa.ColumnElement[bool]:
    return node.c.price_type == int(PriceType.DEPENDS_ON)


def _above(scope_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(parent.c.scope_id == scope_id, parent.c.node_no == node.c.parent_no)
