"""Writes the audit rows of a command, in the command's own transaction (USR-6, F15)."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.db.queries.audit import add_audit
from app.services.context import Context

MASK = "••••"
SMALL = 10_000
"""Numbers below are lengths and days of rules about secrets."""

_SECRET = ("password", "secret", "token", "totp", "code_hash", "api_key")


def record(
    ctx: Context,
    connection: Any,
    action: str,
    table_name: str,
    object_id: object,
    new: Mapping[str, Any],
    *,
    old: Mapping[str, Any] | None = None,
    company_id: int | None = None,
) -> None:
    """Say who did ``action`` to which object now, what it became, and what it was (item 26).

    ``company_id`` = the tenant of the object, where it is not the actor's; its chain gets the
    entry. Values of secrets are masked.
    """
    add_audit(
        connection,
        company_id or ctx.actor.company_id,
        at=ctx.clock(),
        actor=ctx.actor.name,
        action=action,
        table_name=table_name,
        object_id=str(object_id),
        operation_id=ctx.operation,
        old=None if old is None else masked(old),
        new=masked(new),
        address=_machine(),
    )


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with those of secrets, however deep, replaced by a mask.

    An empty value stays empty; yes, no and small numbers are settings about secrets, not secrets.
    """
    return {
        name: _hidden(value) if any(word in name.lower() for word in _SECRET) else _inside(value)
        for name, value in values.items()
    }


def _hidden(value: Any) -> Any:
    if isinstance(value, int) and abs(value) < SMALL:
        return value
    return MASK if value else value


def _inside(value: Any) -> Any:
    if isinstance(value, Mapping):
        return masked(value)
    return [_inside(one) for one in value] if isinstance(value, list | tuple) else value


@cache
def _machine() -> str:
    """Return the name of this computer; a server's trigger writes the client's address instead."""
    return socket.gethostname()[:200]
