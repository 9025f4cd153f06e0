"""What the start page shows of an open database: what waits for somebody, what came in lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.db.queries import overview as queries
from app.services.context import Context, service

WEEK = dt.timedelta(days=7)
SHOWN = 6
"""Lines of a card; one more is asked for, so that the card can say that there are more."""


@dataclass(frozen=True, slots=True)
class EmptyScope:
    """A scope in force or coming without a price."""

    id: int
    service_id: int
    service: str
    effective_from: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RecentImport:
    """An import of the last seven days."""

    id: int
    at: dt.datetime
    file_name: str
    scope_id: int
    service_id: int
    service: str
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Lines for the cards, at most SHOWN + 1 each."""

    services: int
    empty_scopes: tuple[EmptyScope, ...]
    imports: tuple[RecentImport, ...]


@service("finance.services", "view")
def overview(ctx: Context) -> Overview:
    """Return what the start page shows; a few indexed reads, also on a million rates."""
    now, company = ctx.clock(), ctx.actor.company_id
    with ctx.database.read() as connection:
        return Overview(
            queries.service_count(connection, company),
            tuple(
                EmptyScope(**row)
                for row in queries.scopes_without_rates(connection, company, now, limit=SHOWN + 1)
            ),
            tuple(
                RecentImport(**row)
                for row in queries.imports_since(connection, company, now - WEEK, limit=SHOWN + 1)
            ),
        )
