"""What was saved of one record, when and by whom: the audit trail as a form shows it (item 26)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.db.queries.audit import audit_trail
from app.db.tables.audit import audit
from app.domain.records import HistoryEntry

LONGEST = 200
"""Newest entries shown; a record that is edited more often is nobody's form."""


def record_history(
    connection: sa.Connection, company_id: int, table_name: str, object_id: int | str
) -> tuple[HistoryEntry, ...]:
    """Return the saved changes, newest first; changes are (field name, old, new) as stored."""
    trail = audit_trail(
        connection,
        company_id,
        table_name=table_name,
        object_id=str(object_id),
        limit=LONGEST,
    )
    return tuple(
        HistoryEntry(
            entry.at,
            entry.actor,
            entry.action,
            _changes(entry.old or {}, entry.new or {}),
            table_name,
        )
        for entry in trail
    )


def authors(
    connection: sa.Connection, company_id: int, table_name: str, object_id: int | str
) -> tuple[str, str]:
    """Return who saved a record first and last; "" where the trail does not say."""
    mine = (
        audit.c.company_id == company_id,
        audit.c.table_name == table_name,
        audit.c.object_id == str(object_id),
    )
    ends = []
    for order in (audit.c.id, audit.c.id.desc()):
        statement = sa.select(audit.c.actor).where(*mine).order_by(order).limit(1)
        ends.append(connection.execute(statement).scalar() or "")
    return ends[0], ends[1]


def _changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(
        (name, old.get(name), new.get(name))
        for name in {**old, **new}
        if _or_none(old.get(name)) != _or_none(new.get(name))
    )


def _or_none(value: Any) -> Any:
    """Return a value, None for an empty text, list or mapping."""
    return None if value in ("", [], {}) else value
