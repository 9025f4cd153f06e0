"""User accounts: found for a sign-in, kept as master data of a company (USR-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.masters import Master
from app.db.tables.audit import audit
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.users import (
    one_time_code,
    password_history,
    role,
    user_account,
    user_role,
    user_secret,
    user_session,
)
from app.db.unit_of_work import holding

USER = Master(
    table=user_account,
    noun="user",
    fields=("email", "company_id", "departments", "unrestricted", "active"),
    title="email",
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user as sign-in needs one; nothing secret."""

    id: int
    company_id: int
    company: str
    company_enabled: bool
    company_two_factor: bool
    application: str
    email: str
    login: str | None
    first_name: str
    last_name: str
    phone: str
    unrestricted: bool
    active: bool
    second_factor: str
    invitation_ends: dt.datetime | None
    revoked_at: dt.datetime | None
    registered_at: dt.datetime | None
    blocked_at: dt.datetime | None
    last_active_at: dt.datetime | None
    version: int

    @property
    def name(self) -> str:
        """Return how the audit calls the user: the login, which is never given twice."""
        return self.login or self.email

    @property
    def names(self) -> tuple[str, ...]:
        """Return the words that a password of this user must not consist of."""
        address = self.email.partition("@")[0]
        return tuple(
            filter(None, (self.login, self.first_name, self.last_name, address, self.company))
        )


_ACCOUNT = (
    *(user_account.c[name] for name in ("id", "company_id")),
    company.c.name.label("company"),
    company.c.enabled.label("company_enabled"),
    company.c.two_factor.label("company_two_factor"),
    *(
        user_account.c[name]
        for name in (
            *("application", "email", "login", "first_name", "last_name", "phone"),
            *("unrestricted", "active", "second_factor", "invitation_ends", "revoked_at"),
            *("registered_at", "blocked_at", "last_active_at", "version"),
        )
    ),
)


def account(connection: sa.Connection, user_id: int) -> Account | None:
    """Return a user, None if there is none."""
    return _one(connection, user_account.c.id == user_id)


def account_named(connection: sa.Connection, name: str) -> Account | None:
    """Return the user with a login or a mail address, in any case."""
    wanted = name.strip().lower()
    if "\0" in wanted:
        return None
    # A login holds no @, so that no one can sign up under another's address.
    column = user_account.c.email if "@" in wanted else user_account.c.login
    return _one(connection, column == wanted)


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Account | None:
    statement = sa.select(*_ACCOUNT).join(company, user_account.c.company_id == company.c.id)
    statement = statement.where(user_account.c.deleted_at.is_(None))
    row = connection.execute(statement.where(condition)).mappings().one_or_none()
    return None if row is None else Account(**row)


def change_account(connection: sa.Connection, user_id: int, values: Mapping[str, Any]) -> None:
    """Write what happened to a user (signed in, registered …); edits go through the version."""
    statement = sa.update(user_account).where(user_account.c.id == user_id)
    connection.execute(statement.values(**values))


def edit_account(
    connection: sa.Connection, user_id: int, values: Mapping[str, Any], now: dt.datetime
) -> None:
    """Write what a form shows, so that whoever has the old values open is told."""
    changed = {**values, "version": user_account.c.version + 1, "updated_at": now}
    change_account(connection, user_id, changed)


def taken(connection: sa.Connection, *, email: str = "", login: str = "") -> bool:
    """Return whether a user has the address or the login."""
    condition = user_account.c.email == email if email else user_account.c.login == login
    return connection.execute(sa.select(user_account.c.id).where(condition)).first() is not None


def roles_of(connection: sa.Connection, user_id: int) -> list[int]:
    """Return the ids of a user's roles, by name."""
    statement = (
        sa.select(user_role.c.role_id)
        .join(role, user_role.c.role_id == role.c.id)
        .where(user_role.c.user_id == user_id)
        .order_by(role.c.name, role.c.id)
    )
    return list(connection.execute(statement).scalars())


def set_roles(connection: sa.Connection, user_id: int, roles: Sequence[int]) -> None:
    """Give a user exactly these roles."""
    connection.execute(sa.delete(user_role).where(user_role.c.user_id == user_id))
    rows = [{"user_id": user_id, "role_id": role_id} for role_id in dict.fromkeys(roles)]
    if rows:
        connection.execute(sa.insert(user_role), rows)


def admins(connection: sa.Connection) -> list[int]:
    """Return the users who can set everything right: active Admins of the System owner."""
    as_role = (
        sa.select(user_role.c.user_id)
        .join(role, user_role.c.role_id == role.c.id)
        .where(role.c.system == "admin", role.c.application == "backoffice")
    )
    c = user_account.c
    statement = sa.select(c.id).where(
        c.company_id == SYSTEM_OWNER,
        c.application == "backoffice",
        c.registered_at.is_not(None),
        c.active,
        c.blocked_at.is_(None),
        sa.or_(c.unrestricted, c.id.in_(as_role)),
    )
    return list(connection.execute(statement).scalars())


def lock_admins(connection: sa.Connection) -> list[int]:
    """Return :func:`admins` so that two of them can't take each other's right at once."""
    owner = sa.select(company.c.id).where(company.c.id == SYSTEM_OWNER)
    connection.execute(holding(connection, owner))
    return admins(connection)


def add_admin(connection: sa.Connection, email: str, now: dt.datetime) -> int:
    """Add the guest who becomes the first administrator at once."""
    values = {
        "company_id": SYSTEM_OWNER,
        "application": "backoffice",
        "email": email,
        "unrestricted": True,
        "invited_at": now,
        "created_at": now,
        "updated_at": now,
    }
    made = connection.execute(sa.insert(user_account).values(**values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def idle_accounts(connection: sa.Connection, before: dt.datetime) -> list[Account]:
    """Return registered users nobody saw after ``before`` who are not blocked yet."""
    c = user_account.c
    seen = sa.func.coalesce(c.last_active_at, c.registered_at)
    statement = (
        sa.select(*_ACCOUNT)
        .join(company, c.company_id == company.c.id)
        .where(c.registered_at.is_not(None), c.blocked_at.is_(None), c.active, seen <= before)
        .order_by(c.id)
    )
    return [Account(**row) for row in connection.execute(statement).mappings()]


def expired_guests(connection: sa.Connection, now: dt.datetime) -> list[Account]:
    """Return guests whose invitation has ended."""
    c = user_account.c
    statement = (
        sa.select(*_ACCOUNT)
        .join(company, c.company_id == company.c.id)
        .where(c.registered_at.is_(None), c.revoked_at.is_(None), c.invitation_ends <= now)
        .order_by(c.id)
    )
    return [Account(**row) for row in connection.execute(statement).mappings()]


def delete_account(connection: sa.Connection, user_id: int) -> None:
    """Delete a user and all that hangs on it; the audit keeps its words."""
    for table in (one_time_code, password_history, user_session, user_secret, user_role):
        connection.execute(sa.delete(table).where(table.c.user_id == user_id))
    connection.execute(sa.delete(user_account).where(user_account.c.id == user_id))


def avatar(connection: sa.Connection, user_id: int) -> bytes | None:
    """Return a user's picture."""
    statement = sa.select(user_account.c.avatar).where(user_account.c.id == user_id)
    found = connection.execute(statement).scalar()
    return None if found is None else bytes(found)


def departments(connection: sa.Connection, company_id: int) -> dict[int, list[str]]:
    """Return the departments of each user of a company who is in one, by the user's id."""
    c = user_account.c
    found = sa.select(c.id, c.departments).where(c.company_id == company_id).order_by(c.email)
    return {int(one): list(words) for one, words in connection.execute(found) if words}


def has_acted(connection: sa.Connection, found: Account) -> bool:
    """Return whether the audit names a user as who did something."""
    if found.login is None:
        return False
    # What is told of the own account (signed in, password changed) is no trace in the data.
    own = sa.and_(audit.c.table_name == "user_account", audit.c.object_id == str(found.id))
    statement = sa.select(audit.c.id).where(audit.c.actor == found.login, sa.not_(own)).limit(1)
    return connection.execute(statement).first() is not None


def forget(connection: sa.Connection, user_id: int, now: dt.datetime) -> None:
    """Take everything personal from a user who has done things; the login is never given again."""
    for table in (one_time_code, password_history, user_session, user_secret, user_role):
        connection.execute(sa.delete(table).where(table.c.user_id == user_id))
    values: dict[str, Any] = {
        "email": f"deleted-{user_id}@deleted.invalid",
        "first_name": "",
        "last_name": "",
        "phone": "",
        "avatar": None,
        "departments": [],
        "unrestricted": False,
        "active": False,
        "second_factor": "none",
        "deleted_at": now,
    }
    edit_account(connection, user_id, values, now)


def status(connection: sa.Connection, user_id: int, now: dt.datetime) -> str:
    """Return a user's status at a moment: invited, expired, revoked, active or inactive."""
    statement = sa.select(status_of(now)).where(user_account.c.id == user_id)
    return str(connection.execute(statement).scalar_one())


def status_of(now: dt.datetime) -> sa.ColumnElement[str]:
    """Return the status of a user at a moment in SQL: the five of the guide."""
    c = user_account.c
    guest = c.registered_at.is_(None)
    return sa.case(
        (sa.and_(guest, c.revoked_at.is_not(None)), "revoked"),
        (sa.and_(guest, c.invitation_ends <= now), "expired"),
        (guest, "invited"),
        (sa.and_(c.active, c.blocked_at.is_(None)), "active"),
        else_="inactive",
    )
