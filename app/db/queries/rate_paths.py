"""Where nodes stand: node numbers to paths of keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app.db.tables.rate_nodes import rate_node, rate_node_history

_BATCH = 500
"""Numbers per IN list; SQLite allows some thousand parameters a statement."""


def path_of(connection: sa.Connection, scope_id: int, node_no: int) -> tuple[str, ...] | None:
    """Return the keys from the root down to a node, live or closed; None if it never was."""
    return paths_of(connection, scope_id, [node_no]).get(node_no)


def paths_of(
    connection: sa.Connection, scope_id: int, node_nos: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """Return node number → keys from the root down, for live and closed nodes."""
    wanted = sorted(set(node_nos))
    steps: dict[int, tuple[int | None, str]] = {}
    missing = wanted
    while missing:
        found = _steps(connection, scope_id, missing)
        steps |= found
        parents = {parent for parent, _ in found.values() if parent is not None}
        missing = sorted(parents - steps.keys())
    return {number: _path(steps, number) for number in wanted if number in steps}


def _steps(
    connection: sa.Connection, scope_id: int, node_nos: Sequence[int]
) -> dict[int, tuple[int | None, str]]:
    """Return node number → (parent number, key); neither ever changes."""
    found: dict[int, tuple[int | None, str]] = {}
    for table in (rate_node, rate_node_history):
        left = [number for number in node_nos if number not in found]
        for start in range(0, len(left), _BATCH):
            statement = sa.select(table.c.node_no, table.c.parent_no, table.c.key).where(
                table.c.scope_id == scope_id, table.c.node_no.in_(left[start : start + _BATCH])
            )
            found |= {no: (parent, key) for no, parent, key in connection.execute(statement)}
    return found


def _path(steps: dict[int, tuple[int | None, str]], number: int) -> tuple[str, ...]:
    keys: list[str] = []
    parent, key = steps[number]
    while parent is not None:
        keys.append(key)
        parent, key = steps[parent]
    return tuple(reversed(keys))
