"""Roles: sets of rights that companies give to their users; the system's are for all (USR-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.db.queries.masters import Master, Use
from app.db.queries.tenancy import ancestors, in_sight, subtree
from app.db.tables.companies import company
from app.db.tables.users import role, role_company, role_permission, user_account, user_role


def _sight(company_id: int) -> sa.ColumnElement[bool]:
    """Return that a role is the system's, or that a tenant above made it for this company."""
    named = sa.select(role_company.c.role_id).where(
        role_company.c.company_id.in_(subtree(company_id))
    )
    return sa.or_(
        role.c.system.is_not(None),
        role.c.id.in_(named),
        sa.and_(role.c.company_id.in_(ancestors(company_id)), _for_all()),
    )


def _for_all() -> sa.ColumnElement[bool]:
    return sa.not_(sa.exists().where(role_company.c.role_id == role.c.id).correlate(role))


ROLE = Master(
    table=role,
    noun="role",
    fields=("name", "description", "application"),
    unique=(("name", "company_id", "application"),),
    uses=(Use("user", user_role.c.role_id),),
    sight=_sight,
)


def names(connection: sa.Connection, ids: Sequence[int]) -> list[str]:
    """Return the names of roles, sorted."""
    statement = sa.select(role.c.name).where(role.c.id.in_(list(ids))).order_by(role.c.name)
    return list(connection.execute(statement).scalars())


def cells(connection: sa.Connection, role_id: int) -> dict[str, str]:
    """Return the rights of a role of one's own as {area: level}."""
    c = role_permission.c
    statement = sa.select(c.area, c.level).where(c.role_id == role_id).order_by(c.area)
    return {row[0]: row[1] for row in connection.execute(statement)}


def set_cells(connection: sa.Connection, role_id: int, rights: Mapping[str, str]) -> None:
    """Give a role exactly these rights."""
    connection.execute(sa.delete(role_permission).where(role_permission.c.role_id == role_id))
    rows = [{"role_id": role_id, "area": area, "level": level} for area, level in rights.items()]
    if rows:
        connection.execute(sa.insert(role_permission), rows)


def companies_of(connection: sa.Connection, role_id: int, company_id: int) -> list[tuple[int, str]]:
    """Return (id, name) of the companies that may give a role, as far as ``company_id`` sees them.

    None at all = all of the role's tenant.
    """
    statement = (
        sa.select(company.c.id, company.c.name)
        .join(role_company, role_company.c.company_id == company.c.id)
        .where(role_company.c.role_id == role_id, in_sight(company.c.id, company_id))
        .order_by(company.c.name, company.c.id)
    )
    return [(int(row[0]), str(row[1])) for row in connection.execute(statement)]


def set_companies(connection: sa.Connection, role_id: int, companies: Sequence[int]) -> None:
    """Say which companies may give a role."""
    connection.execute(sa.delete(role_company).where(role_company.c.role_id == role_id))
    rows = [{"role_id": role_id, "company_id": found} for found in dict.fromkeys(companies)]
    if rows:
        connection.execute(sa.insert(role_company), rows)


def given_by(company_id: int, application: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that a company may give a role to its users."""
    named = sa.select(role_company.c.role_id).where(role_company.c.company_id == company_id)
    of_tenant = sa.and_(role.c.company_id.in_(ancestors(company_id)), _for_all())
    return (
        role.c.application == application,
        sa.or_(role.c.system.is_not(None), role.c.id.in_(named), of_tenant),
    )


def roles_for(connection: sa.Connection, company_id: int, application: str) -> list[dict[str, Any]]:
    """Return the roles (id, name, system) that a company may give, the system's first."""
    statement = (
        sa.select(role.c.id, role.c.name, role.c.system)
        .where(*given_by(company_id, application))
        .order_by(role.c.system.is_(None), role.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def used_elsewhere(connection: sa.Connection, role_id: int, companies: Sequence[int]) -> list[str]:
    """Return the companies, other than these, whose users hold a role."""
    statement = (
        sa.select(company.c.name)
        .join(user_account, user_account.c.company_id == company.c.id)
        .join(user_role, user_role.c.user_id == user_account.c.id)
        .where(user_role.c.role_id == role_id, company.c.id.not_in(list(companies)))
        .distinct()
        .order_by(company.c.name)
    )
    return list(connection.execute(statement).scalars())


def delete_role(connection: sa.Connection, role_id: int) -> None:
    """Delete a role that nobody holds."""
    for table in (role_permission, role_company):
        connection.execute(sa.delete(table).where(table.c.role_id == role_id))
    connection.execute(sa.delete(role).where(role.c.id == role_id))
