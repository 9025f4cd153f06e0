"""Saving an editable row against the version that was read (GEN-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.errors import Conflict


def save(
    connection: sa.Connection,
    table: sa.Table,
    row_id: int,
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Write ``values`` and count the version up; Conflict if the row moved on or is gone."""
    statement = (
        sa.update(table)
        .where(table.c.id == row_id, table.c.version == version)
        .values(**values, version=version + 1)
    )
    if connection.execute(statement).rowcount != 1:
        raise Conflict(
            f"Somebody else changed this {table.name.replace('_', ' ')} meanwhile; nothing was "
            "saved: look at the new values and repeat your change."
        )
