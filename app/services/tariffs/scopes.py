"""Adds and lists the scopes (validity periods) of a service (SVC-2, F17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.db.queries import rate_nodes, scopes
from app.db.queries.service_sight import seen_scope, seen_scopes
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service
from app.services.tariffs.find import ScopeRecord, ServiceRecord, find_service

FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True, slots=True)
class NewScope:
    """Dates as ``YYYY-MM-DD`` in the service's time zone; ``till`` is the first day after it."""

    service: str
    start: str
    till: str = ""
    draft: bool = False
    copy_from: int | None = None


@dataclass(frozen=True, slots=True)
class AddedScope:
    """The new scope's ID, the number of rates copied, and overlaps a person should know of."""

    id: int
    leaves: int
    warnings: list[str]


@service("finance.services", "manage")
def add_scope(ctx: Context, new: NewScope) -> AddedScope:
    """Add a scope, with a copy of another scope's tree if asked."""
    with ctx.database.write(bulk=bool(new.copy_from)) as connection:
        target = find_service(connection, ctx.actor.company_id, new.service, own=True)
        start = instant(new.start, target.time_zone, "--from")
        till = instant(new.till, target.time_zone, "--till") if new.till else None
        warnings = [] if new.draft else _overlaps(connection, target, start, till)
        added = scopes.create_scope(
            connection,
            target.id,
            now=ctx.clock(),
            draft=new.draft,
            effective_from=start,
            effective_till=till,
        )
        leaves = _copy(ctx, connection, new.copy_from, added) if new.copy_from else 0
        told = {"service": target.name, "from": new.start, "till": new.till}
        audit.record(
            ctx, connection, "add scope", "scope", added.id, told, company_id=target.company_id
        )
        ctx.stop_if_cancelled()
    return AddedScope(added.id, leaves, warnings)


def instant(day: str, zone: str, option: str) -> datetime:
    """Return the start of ``day`` in ``zone`` as a UTC instant. Raises UserError for no date."""
    try:
        local = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    except ValueError:
        raise UserError(f'{option} "{day}" is not a date: write it as 2026-01-31.') from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise UserError(f"{option} {day} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return local.astimezone(UTC)


def _overlaps(
    connection: Any, target: ServiceRecord, start: datetime, till: datetime | None
) -> list[str]:
    return [
        f"Scope {other.id} overlaps: it stays current while both cover a day, because it was made "
        "live first."
        for other in scopes.overlapping_scopes(connection, target.id, start, till)
    ]


def _copy(ctx: Context, connection: Any, source: int, added: ScopeRecord) -> int:
    seen_scope(connection, ctx.actor.company_id, source)
    scopes.lock_scope(connection, added.id, 0)
    copied = rate_nodes.copy_tree(connection, source, added.id, 1)
    scopes.add_revision(
        connection,
        added.id,
        1,
        kind="copy",
        actor=ctx.actor.name,
        at=ctx.clock(),
        inserted=copied.inserted,
        updated=copied.updated,
        removed=copied.removed,
    )
    return rate_nodes.tree_counts(connection, added.id).leaves


@service("finance.services", "view")
def list_scopes(ctx: Context, service_name: str) -> list[dict[str, Any]]:
    """Return the scopes of a service as plain data, with their state today."""
    now = ctx.clock()
    with ctx.database.read() as connection:
        target = find_service(connection, ctx.actor.company_id, service_name)
        current = scopes.current_scope(connection, target.id, now)
        return [
            {
                "id": s.id,
                "state": state(s, current.id if current else None, now),
                "from": _day(s.effective_from, target.time_zone),
                "till": _day(s.effective_till, target.time_zone) or "∞",
                "revision": s.revision,
                "rates": rate_nodes.tree_counts(connection, s.id).leaves,
            }
            for s in seen_scopes(connection, ctx.actor.company_id, target)
        ]


def state(scope: ScopeRecord, current: int | None, now: datetime) -> str:
    """Return draft, current, past, upcoming or overlapped."""
    if scope.draft:
        return "draft"
    if scope.id == current:
        return "current"
    if scope.effective_till is not None and scope.effective_till <= now:
        return "past"
    if scope.effective_from is not None and scope.effective_from > now:
        return "upcoming"
    return "overlapped"


def _day(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).date().isoformat() if at else ""
