"""Services: rate plans and cost price lists (SVC-1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.db.queries.versioned import save
from app.db.tables.services import service
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service as stored; ``type`` and ``side`` are words of app.db.tables.services."""

    id: int
    company_id: int
    name: str
    type: str
    side: str
    currency: str | None
    size: Decimal | None
    description: str
    time_zone: str
    archived_at: dt.datetime | None
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


def create_service(
    connection: sa.Connection,
    company_id: int,
    *,
    name: str,
    now: dt.datetime,
    currency: str | None,
    type: str = "payg",  # noqa: A002 - the field's name
    side: str = "sell",
    size: Decimal | None = None,
    description: str = "",
    time_zone: str = "UTC",
) -> ServiceRecord:
    """Create a service; UserError if the name is taken."""
    _check_name(connection, company_id, name)
    statement = (
        sa.insert(service)
        .values(
            company_id=company_id,
            name=name,
            type=type,
            side=side,
            currency=currency,
            size=size,
            description=description,
            time_zone=time_zone,
            created_at=now,
            updated_at=now,
        )
        .returning(*service.columns)
    )
    return ServiceRecord(**connection.execute(statement).mappings().one())


def _check_name(connection: sa.Connection, company_id: int, name: str) -> None:
    if not name.strip():
        raise UserError("A service needs a name: give one.")
    if len(name) > 200:
        raise UserError(f"The name of a service has at most 200 characters, not {len(name)}.")
    if find_service(connection, company_id, name) is not None:
        raise UserError(f'There is a service "{name}" already: choose another name.')


def find_service(connection: sa.Connection, company_id: int, name: str) -> ServiceRecord | None:
    """Return the service of exactly that name, archived or not, or None."""
    statement = sa.select(service).where(service.c.company_id == company_id, service.c.name == name)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else ServiceRecord(**row)


def service_by_id(connection: sa.Connection, service_id: int) -> ServiceRecord:
    """Return a service; UserError if there is none."""
    statement = sa.select(service).where(service.c.id == service_id)
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise UserError(f"There is no service {service_id}: list the services.")
    return ServiceRecord(**row)


def services(
    connection: sa.Connection,
    company_id: int,
    *,
    after_name: str | None = None,
    limit: int = 200,
    archived: bool = False,
) -> list[ServiceRecord]:
    """Return a page of services by name; archived ones only if asked for."""
    statement = sa.select(service).where(service.c.company_id == company_id)
    if after_name is not None:
        statement = statement.where(service.c.name > after_name)
    if not archived:
        statement = statement.where(service.c.archived_at.is_(None))
    statement = statement.order_by(service.c.name).limit(limit)
    return [ServiceRecord(**row) for row in connection.execute(statement).mappings()]


def update_service(
    connection: sa.Connection, record: ServiceRecord, *, now: dt.datetime, **changes: Any
) -> ServiceRecord:
    """Save changed properties (``archived_at`` too); Conflict if somebody else saved since."""
    if changes.get("name", record.name) != record.name:
        _check_name(connection, record.company_id, changes["name"])
    save(connection, service, record.id, record.version, {**changes, "updated_at": now})
    return service_by_id(connection, record.id)
