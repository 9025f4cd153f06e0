"""Where the rates of one page stand: the attributes and keys above them, and their scales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from app.db.tables.rate_nodes import ROOT, rate_node

_BATCH = 500


class Place(NamedTuple):
    """A node's (attribute, key) pairs from below the root down to itself, and its scale's text."""

    steps: tuple[tuple[str, str], ...]
    scale: str | None


class _Node(NamedTuple):
    parent_no: int | None
    key: str
    depends_on: str | None
    scale: str | None


def places_of(connection: sa.Connection, scope_id: int, numbers: Sequence[int]) -> dict[int, Place]:
    """Return node number → place of live nodes; one statement a level, not one a node."""
    nodes: dict[int, _Node] = {}
    missing = set(numbers)
    while missing:
        nodes |= _nodes(connection, scope_id, missing)
        parents = {n.parent_no for n in nodes.values() if n.parent_no is not None}
        missing = parents - nodes.keys()
    return {no: _place(nodes, no) for no in numbers if no in nodes}


def _nodes(connection: sa.Connection, scope_id: int, numbers: Iterable[int]) -> dict[int, _Node]:
    found: dict[int, _Node] = {}
    wanted = sorted(numbers)
    names = ("node_no", "parent_no", "key", "depends_on", "scale")
    for start in range(0, len(wanted), _BATCH):
        statement = sa.select(*(rate_node.c[name] for name in names)).where(
            rate_node.c.scope_id == scope_id,
            rate_node.c.node_no.in_(wanted[start : start + _BATCH]),
        )
        found |= {row[0]: _Node(*row[1:]) for row in connection.execute(statement)}
    return found


def _place(nodes: dict[int, _Node], number: int) -> Place:
    steps: list[tuple[str, str]] = []
    place = number
    while place != ROOT:
        parent = nodes[place].parent_no or ROOT
        steps.append((nodes[parent].depends_on or "", nodes[place].key))
        place = parent
    return Place(tuple(reversed(steps)), nodes[number].scale)
