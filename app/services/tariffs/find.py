"""Finds the service and the scope that a command names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import scopes
from app.db.queries.scopes import ScopeRecord
from app.db.queries.service_sight import seen_scopes, seen_service, seen_services
from app.db.queries.services import ServiceRecord
from app.errors import UserError
from app.services.context import Context

MANY = 10_000
"""Services looked through by name; far above any real number of rate plans."""

__all__ = ["ScopeRecord", "ServiceRecord", "find_service", "pick_scope"]


def find_service(
    connection: Any, company_id: int, name: str, *, own: bool = False
) -> ServiceRecord:
    """Return the service in a company's sight that is called ``name``, or has that ID.

    The company's own goes before those of others; ``own``: one that it may change. UserError lists
    what there is, or those of that name.
    """
    found = _named(seen_services(connection, company_id, limit=MANY), company_id, name)
    return seen_service(connection, company_id, found.id, own=own)


def _named(known: Sequence[ServiceRecord], company_id: int, name: str) -> ServiceRecord:
    called = [s for s in known if s.name == name]
    fitting = called or [
        s for s in known if str(s.id) == name or s.name.casefold() == name.casefold()
    ]
    mine = [s for s in fitting if s.company_id == company_id]
    for chosen in (mine, fitting):
        if len(chosen) == 1:
            return chosen[0]
    if len(fitting) > 1:
        listed = ", ".join(f"{s.id} ({s.name})" for s in fitting[:20])
        raise UserError(f'Several services are called "{name}": give the ID of one: {listed}.')
    names = ", ".join(s.name for s in known[:20]) or "none yet"
    raise UserError(
        f'There is no service "{name}"; services: {names}. '
        "Add one with tariffdesk service add --name NAME --type payg --currency EUR."
    )


def pick_scope(
    connection: Any, ctx: Context, target: ServiceRecord, scope_id: int | None
) -> ScopeRecord:
    """Return the named scope, else the current one, else the only one (F17)."""
    known = seen_scopes(connection, ctx.actor.company_id, target)
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
    current = scopes.current_scope(connection, target.id, ctx.clock())
    if current is not None:
        return current
    if len(known) == 1:
        return known[0]
    ids = ", ".join(str(s.id) for s in known)
    raise UserError(
        f'Service "{target.name}" has several scopes and none is current: choose one of {ids} '
        "with --scope."
    )
