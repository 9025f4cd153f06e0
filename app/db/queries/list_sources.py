"""The sources of the lists by name: which rows a section shows, and what its columns are in SQL.

One more: a function that returns a Source, and a line in ``SOURCES``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.db.functions import folded, local_date
from app.db.queries.lists import Source
from app.db.tables.scopes import scope, scope_revision
from app.db.tables.services import service


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rows, at which moment, and the fixed parameters of the source."""

    company_id: int
    now: dt.datetime
    arguments: Mapping[str, str] = field(default_factory=dict)


def source(name: str, asked: Asked) -> Source:
    """Return a source. Raises KeyError for an unknown name."""
    return SOURCES[name](asked)


def _current(now: dt.datetime) -> sa.Select[Any]:
    """Return the select of the scope in force of the service around it (F17)."""
    return (
        sa.select(scope)
        .where(
            scope.c.service_id == service.c.id,
            scope.c.draft == sa.false(),
            scope.c.effective_from <= now,
            sa.or_(scope.c.effective_till.is_(None), scope.c.effective_till > now),
        )
        .order_by(scope.c.activated_at, scope.c.id)
        .limit(1)
        .correlate(service)
    )


def _services(asked: Asked) -> Source:
    current = _current(asked.now)
    own = sa.select(sa.func.count()).where(scope.c.service_id == service.c.id)
    revised = (
        sa.select(sa.func.max(scope_revision.c.at))
        .select_from(scope_revision.join(scope, scope_revision.c.scope_id == scope.c.id))
        .where(scope.c.service_id == service.c.id)
    )
    begins = current.with_only_columns(scope.c.effective_from).scalar_subquery()
    c = service.c
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in ("id", "name", "type", "side", "size", "currency")},
            "state": _service_state(current, asked.now),
            "scopes": own.correlate(service).scalar_subquery(),
            "current_from": local_date(begins, c.time_zone),
            "last_change": revised.correlate(service).scalar_subquery(),
            "description": c.description,
            "time_zone": c.time_zone,
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=service,
        where=(c.company_id == asked.company_id,),
        order=(folded(c.name), c.name),
        exact=frozenset({"type", "side", "currency", "state"}),
    )


def _service_state(current: sa.Select[Any], now: dt.datetime) -> sa.ColumnElement[str]:
    def has(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        of = sa.select(scope.c.id).where(scope.c.service_id == service.c.id, *conditions)
        return of.correlate(service).exists()

    return sa.case(
        (service.c.archived_at.is_not(None), "archived"),
        (current.with_only_columns(scope.c.id).exists(), "current"),
        (has(scope.c.draft == sa.false(), scope.c.effective_from > now), "upcoming"),
        (has(scope.c.draft == sa.true()), "draft"),
        (has(), "past"),
        else_="none",
    )


SOURCES: dict[str, Callable[[Asked], Source]] = {"services": _services}
