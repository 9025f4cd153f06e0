"""The audit trail: written in the transaction of the change itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.audit import audit


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as stored; ``login`` is the server's own word for who it was."""

    id: int
    company_id: int
    at: dt.datetime
    actor: str
    login: str | None
    address: str
    action: str
    table_name: str
    object_id: str
    operation_id: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


def add_audit(
    connection: sa.Connection,
    company_id: int,
    *,
    at: dt.datetime,
    actor: str,
    action: str,
    table_name: str,
    object_id: str,
    operation_id: str,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    address: str = "",
) -> None:
    """Write an entry; an import writes one, which points at its scope and revision (F15)."""
    connection.execute(
        sa.insert(audit).values(
            company_id=company_id,
            at=at,
            actor=actor,
            address=address,
            action=action,
            table_name=table_name,
            object_id=object_id,
            operation_id=operation_id,
            old=old,
            new=new,
        )
    )


def audit_trail(
    connection: sa.Connection,
    company_id: int,
    *,
    table_name: str | None = None,
    object_id: str | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[AuditRecord]:
    """Return a page of entries, newest first; ``before`` is the last id of the page above."""
    statement = sa.select(audit).where(audit.c.company_id == company_id)
    if table_name is not None:
        statement = statement.where(audit.c.table_name == table_name)
    if object_id is not None:
        statement = statement.where(audit.c.object_id == object_id)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    statement = statement.order_by(audit.c.id.desc()).limit(limit)
    return [AuditRecord(**row) for row in connection.execute(statement).mappings()]
