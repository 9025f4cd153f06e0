"""Which services and scopes a company sees, and which of them it may change (USR-3, C3).

Its own, those of the companies below it, and, to look at only, the services that it buys: those
enabled on its agreements with its tenant, with their scopes that are no drafts.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.db.queries.scopes import ScopeRecord, scope_by_id, scopes_of
from app.db.queries.services import ServiceRecord, service_by_id
from app.db.queries.tenancy import in_sight, sees
from app.db.tables.agreements import agreement
from app.db.tables.enabled_services import enabled_service
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.errors import UserError


def bought(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a company buys a service, as far as its tenant shows it."""
    mine = (
        sa.select(enabled_service.c.service_id)
        .join(agreement, enabled_service.c.agreement_id == agreement.c.id)
        .where(agreement.c.party_id == company_id, enabled_service.c.hidden == sa.false())
    )
    return service.c.id.in_(mine)


def service_in_sight(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a service may be seen from a company."""
    return sa.or_(in_sight(service.c.company_id, company_id), bought(company_id))


def scope_in_sight(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a scope, joined with its service, may be seen from a company."""
    sold = sa.and_(bought(company_id), scope.c.draft == sa.false())
    return sa.or_(in_sight(service.c.company_id, company_id), sold)


def seen_service(
    connection: sa.Connection, company_id: int, service_id: int, *, own: bool = False
) -> ServiceRecord:
    """Return a service in the sight of a company; ``own``: one that it may change.

    Raises UserError if there is none, or if it is the tenant's to change.
    """
    found = service_by_id(connection, service_id)
    if sees(connection, company_id, found.company_id):
        return found
    if not _buys(connection, company_id, service_id):
        raise UserError(f"There is no service {service_id}: look it up in the list of services.")
    if own:
        raise _of_tenant(found)
    return found


def seen_scope(
    connection: sa.Connection, company_id: int, scope_id: int, *, own: bool = False
) -> tuple[ScopeRecord, ServiceRecord]:
    """Return a scope in the sight of a company, and its service; ``own``: one it may change.

    Raises UserError if there is none, or if it is the tenant's to change.
    """
    found = scope_by_id(connection, scope_id)
    owner = service_by_id(connection, found.service_id)
    if sees(connection, company_id, owner.company_id):
        return found, owner
    if found.draft or not _buys(connection, company_id, owner.id):
        raise UserError(f"There is no scope {scope_id}: list the scopes of the service.")
    if own:
        raise _of_tenant(owner)
    return found, owner


def seen_scopes(
    connection: sa.Connection, company_id: int, owner: ServiceRecord
) -> list[ScopeRecord]:
    """Return the scopes of a service in sight by date; a buyer gets no drafts."""
    found = scopes_of(connection, owner.id)
    if sees(connection, company_id, owner.company_id):
        return found
    return [one for one in found if not one.draft]


def seen_services(
    connection: sa.Connection, company_id: int, *, limit: int, own: bool = False
) -> list[ServiceRecord]:
    """Return services in use that a company sees, by name; its own first among equal names.

    ``own``: those that it may change.
    """
    wanted = in_sight(service.c.company_id, company_id) if own else service_in_sight(company_id)
    statement = (
        sa.select(service)
        .where(wanted, service.c.archived_at.is_(None))
        .order_by(service.c.name, service.c.company_id != company_id, service.c.id)
        .limit(limit)
    )
    return [ServiceRecord(**row) for row in connection.execute(statement).mappings()]


def _buys(connection: sa.Connection, company_id: int, service_id: int) -> bool:
    statement: sa.Select[Any] = sa.select(service.c.id)
    statement = statement.where(service.c.id == service_id, bought(company_id))
    return connection.execute(statement).first() is not None


def _of_tenant(owner: ServiceRecord) -> UserError:
    return UserError(
        f"The service {owner.name} belongs to your tenant: you can look at it, ask there for "
        "changes."
    )
