"""Finds the service and the scope that a command names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.queries import scopes, services
from app.db.queries.scopes import ScopeRecord
from app.db.queries.services import ServiceRecord
from app.errors import UserError

MANY = 10_000
"""Services looked through by name; far above any real number of rate plans."""

__all__ = ["ScopeRecord", "ServiceRecord", "find_service", "pick_scope"]


def find_service(connection: Any, company_id: int, name: str) -> ServiceRecord:
    """Return the service called ``name`` (or with that ID); UserError lists those there are."""
    known = services.services(connection, company_id, limit=MANY)
    for found in known:
        if found.name == name:
            return found
    fitting = [s for s in known if str(s.id) == name or s.name.casefold() == name.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(s.name for s in known[:20]) or "none yet"
    raise UserError(
        f'There is no service "{name}"; services: {names}. '
        "Add one with tariffdesk service add --name NAME --type payg --currency EUR."
    )


def pick_scope(
    connection: Any, target: ServiceRecord, scope_id: int | None, now: datetime
) -> ScopeRecord:
    """Return the named scope, else the current one, else the only one (F17)."""
    known = scopes.scopes_of(connection, target.id)
    if scope_id is not None:
        for found in known:
            if found.id == scope_id:
                return found
        ids = ", ".join(str(s.id) for s in known) or "none"
        raise UserError(f'Service "{target.name}" has no scope {scope_id}; its scopes: {ids}.')
    if not known:
        raise UserError(
            f'Service "{target.name}" has no scope yet: add one with '
            f'tariffdesk scope add --service "{target.name}" --from 2026-01-01.'
        )
    current = scopes.current_scope(connection, target.id, now)
    if current is not None:
        return current
    if len(known) == 1:
        return known[0]
    ids = ", ".join(str(s.id) for s in known)
    raise UserError(
        f'Service "{target.name}" has several scopes and none is current: choose one of {ids} '
        "with --scope."
    )
