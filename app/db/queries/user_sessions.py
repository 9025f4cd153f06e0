"""Sessions of signed-in users: begun, seen, ended; and what the user behind one may do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.tables.users import role, role_permission, user_account, user_role, user_session


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session; ``ended_at`` None while it goes on."""

    id: int
    user_id: int
    started_at: dt.datetime
    last_seen_at: dt.datetime
    ended_at: dt.datetime | None
    address: str
    device: str


def begin(
    connection: sa.Connection, user_id: int, *, now: dt.datetime, address: str, device: str
) -> int:
    """Begin a session and return its id."""
    made = connection.execute(
        sa.insert(user_session).values(
            user_id=user_id, started_at=now, last_seen_at=now, address=address, device=device
        )
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def session(connection: sa.Connection, session_id: int) -> StoredSession | None:
    """Return a session, None if there is none."""
    statement = sa.select(user_session).where(user_session.c.id == session_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else StoredSession(**row)


def open_sessions(connection: sa.Connection, user_id: int) -> list[StoredSession]:
    """Return a user's sessions that go on, the newest first."""
    c = user_session.c
    statement = sa.select(user_session).where(c.user_id == user_id, c.ended_at.is_(None))
    rows = connection.execute(statement.order_by(c.id.desc())).mappings()
    return [StoredSession(**row) for row in rows]


def seen(connection: sa.Connection, session_id: int, now: dt.datetime) -> None:
    """Note that somebody works in a session."""
    c = user_session.c
    statement = sa.update(user_session).where(c.id == session_id, c.ended_at.is_(None))
    connection.execute(statement.values(last_seen_at=now))
    going_on = sa.and_(c.id == session_id, c.ended_at.is_(None))
    user = sa.select(c.user_id).where(going_on).scalar_subquery()
    active = sa.update(user_account).where(user_account.c.id == user)
    connection.execute(active.values(last_active_at=now))


def end_session(connection: sa.Connection, session_id: int, now: dt.datetime) -> bool:
    """End a session; False if it had ended before."""
    c = user_session.c
    statement = sa.update(user_session).where(c.id == session_id, c.ended_at.is_(None))
    return connection.execute(statement.values(ended_at=now)).rowcount == 1


def end_sessions(
    connection: sa.Connection, user_id: int, now: dt.datetime, *, but: int | None = None
) -> int:
    """End a user's sessions, all ``but`` one, and return how many there were."""
    c = user_session.c
    statement = sa.update(user_session).where(c.user_id == user_id, c.ended_at.is_(None))
    if but is not None:
        statement = statement.where(c.id != but)
    return int(connection.execute(statement.values(ended_at=now)).rowcount)


def granted(connection: sa.Connection, user_id: int) -> list[tuple[str | None, str, str]]:
    """Return the cells of a user's roles as (system role or None, area, level).

    A system role has one row, with empty area and level: its cells stand in the domain.
    """
    statement = (
        sa.select(role.c.system, role_permission.c.area, role_permission.c.level)
        .join(user_role, user_role.c.role_id == role.c.id)
        .outerjoin(role_permission, role_permission.c.role_id == role.c.id)
        .where(user_role.c.user_id == user_id)
    )
    rows = connection.execute(statement)
    return [(system, area or "", level or "") for system, area, level in rows]
