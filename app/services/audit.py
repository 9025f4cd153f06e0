"""Writes the audit row of a command, in the command's own transaction (USR-6, F15)."""

from __future__ import annotations

import uuid
from typing import Any

from app.db.queries.audit import add_audit
from app.services.context import Context


def record(
    ctx: Context,
    connection: Any,
    action: str,
    table_name: str,
    object_id: object,
    new: dict[str, Any],
    *,
    old: dict[str, Any] | None = None,
) -> None:
    """Say who did ``action`` to which object now, what it became, and what it was (item 26)."""
    add_audit(
        connection,
        ctx.actor.company_id,
        at=ctx.clock(),
        actor=ctx.actor.name,
        action=action,
        table_name=table_name,
        object_id=str(object_id),
        operation_id=str(uuid.uuid4()),
        old=old,
        new=new,
    )
