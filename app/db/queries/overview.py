"""What the start page tells about a database: scopes without rates, the newest imports."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight
from app.db.tables.import_runs import import_run
from app.db.tables.rate_nodes import rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.domain.kinds import PriceType


def scopes_without_rates(
    connection: sa.Connection, company_id: int, now: dt.datetime, *, limit: int
) -> list[dict[str, Any]]:
    """Return scopes in force or coming, of services in use, whose tree has no price."""
    rate = sa.exists().where(
        rate_node.c.scope_id == scope.c.id, rate_node.c.price_type > int(PriceType.DEPENDS_ON)
    )
    statement = (
        sa.select(
            scope.c.id,
            scope.c.service_id,
            service.c.name.label("service"),
            scope.c.effective_from,
        )
        .join(service, scope.c.service_id == service.c.id)
        .where(
            in_sight(service.c.company_id, company_id),
            service.c.archived_at.is_(None),
            scope.c.draft == sa.false(),
            sa.or_(scope.c.effective_till.is_(None), scope.c.effective_till > now),
            ~rate,
        )
        .order_by(scope.c.effective_from, scope.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def imports_since(
    connection: sa.Connection, company_id: int, since: dt.datetime, *, limit: int
) -> list[dict[str, Any]]:
    """Return imports from ``since`` on, newest first."""
    statement = (
        sa.select(
            import_run.c.id,
            import_run.c.at,
            import_run.c.file_name,
            import_run.c.scope_id,
            import_run.c.undone_by,
            scope.c.service_id,
            service.c.name.label("service"),
        )
        .join(scope, import_run.c.scope_id == scope.c.id)
        .join(service, scope.c.service_id == service.c.id)
        .where(in_sight(import_run.c.company_id, company_id), import_run.c.at >= since)
        .order_by(import_run.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def service_count(connection: sa.Connection, company_id: int) -> int:
    """Return how many services are in use."""
    statement = sa.select(sa.func.count()).where(
        in_sight(service.c.company_id, company_id), service.c.archived_at.is_(None)
    )
    return int(connection.execute(statement).scalar_one())
