"""The sources of the lists of Users and Roles (USR-1, USR-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.db.queries.account_sources import by_name
from app.db.queries.lists import Asked, Source
from app.db.queries.masters import visible
from app.db.queries.roles import ROLE
from app.db.queries.tenancy import in_sight
from app.db.queries.users import USER, status_of
from app.db.tables.companies import company
from app.db.tables.users import role, role_company, user_account, user_role

ADMIN = "admin"
"""The system role, of both applications, of whoever has no restrictions."""

GUEST = "Guest"
"""Name of somebody who was invited and has not signed up (guide 8.1)."""


def _users(application: str) -> Callable[[Asked], Source]:
    def source(asked: Asked) -> Source:
        c = user_account.c
        name = sa.func.trim(c.first_name + " " + c.last_name)
        return Source(
            id=c.id,
            columns={
                "id": c.id,
                "name": sa.case((c.registered_at.is_(None), GUEST), else_=name),
                "email": c.email,
                "company": company.c.name,
                "company_id": c.company_id,
                "status": status_of(asked.now),
                "roles": sa.case((c.unrestricted, "Admin"), else_=_role_names()),
                "last_active_at": c.last_active_at,
                "login": c.login,
                "phone": c.phone,
                "two_factor": sa.or_(c.second_factor != "none", company.c.two_factor),
                "blocked_at": c.blocked_at,
                "invitation_ends": sa.case((c.registered_at.is_(None), c.invitation_ends)),
                "created_at": c.created_at,
                "updated_at": c.updated_at,
            },
            origin=user_account.join(company, c.company_id == company.c.id),
            where=(
                visible(USER, asked.company_id),
                c.application == application,
                c.deleted_at.is_(None),
            ),
            # Guests first, both by address (guide 8.1).
            order=(sa.case((c.registered_at.is_(None), 0), else_=1), *by_name(c.email)),
            exact=frozenset({"status"}),
        )

    return source


def _role_names() -> sa.ColumnElement[Any]:
    """Return the names of a user's roles in one text, by name."""
    mine = (
        sa.select(role.c.name)
        .join(user_role, user_role.c.role_id == role.c.id)
        .where(user_role.c.user_id == user_account.c.id)
        .order_by(*by_name(role.c.name))
        .correlate(user_account)
        .subquery()
    )
    joined = sa.select(sa.func.aggregate_strings(mine.c.name, ", "))
    return sa.func.coalesce(joined.scalar_subquery(), "")


def _roles(asked: Asked) -> Source:
    c = role.c
    held = sa.exists().where(user_role.c.role_id == c.id, user_role.c.user_id == user_account.c.id)
    # Whoever has no restrictions is an Admin, without a role of that name.
    free = sa.and_(
        c.system == ADMIN, user_account.c.application == c.application, user_account.c.unrestricted
    )
    # A role of a tenant above is held by users that are not in sight.
    holders = sa.select(sa.func.count(user_account.c.id)).where(
        visible(USER, asked.company_id), sa.or_(held.correlate(role, user_account), free)
    )
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "name": c.name,
            "application": c.application,
            "kind": sa.case((c.system.is_(None), "custom"), else_="system"),
            "companies": sa.case((c.system.is_not(None), "All"), else_=_role_companies(asked)),
            "users": holders.correlate(role).scalar_subquery(),
            "description": c.description,
            "owner": company.c.name,
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=role.join(company, c.company_id == company.c.id),
        where=(visible(ROLE, asked.company_id),),
        order=(sa.case((c.system.is_(None), 0), else_=1), *by_name(c.name)),
        exact=frozenset({"application", "kind"}),
    )


def _role_companies(asked: Asked) -> sa.ColumnElement[Any]:
    named = (
        sa.select(company.c.name)
        .join(role_company, role_company.c.company_id == company.c.id)
        .where(role_company.c.role_id == role.c.id, in_sight(company.c.id, asked.company_id))
        .order_by(*by_name(company.c.name))
        .correlate(role)
        .subquery()
    )
    return sa.select(sa.func.aggregate_strings(named.c.name, ", ")).scalar_subquery()


ACCESS_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "users": _users("backoffice"),
    "portal_users": _users("portal"),
    "roles": _roles,
}
