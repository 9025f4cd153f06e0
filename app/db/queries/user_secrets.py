"""What proves who a user is: password hashes, sealed secrets, one-time codes, counted failures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.users import one_time_code, password_history, unknown_login, user_secret

KEEP_UNKNOWN = dt.timedelta(days=1)
"""For how long attempts under names nobody has are counted."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A user's row of secrets."""

    user_id: int
    password_hash: str | None
    password_at: dt.datetime | None
    must_change: bool
    totp_sealed: str | None
    failures: int
    locked_till: dt.datetime | None
    totp_step: int | None
    code_failures: int
    codes_locked_till: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A one-time code as stored: a hash, never the code."""

    id: int
    user_id: int
    purpose: str
    code_hash: str
    made_at: dt.datetime
    ends_at: dt.datetime
    failures: int
    used_at: dt.datetime | None


def read_secret(connection: sa.Connection, user_id: int, *, lock: bool = False) -> Secret | None:
    """Return a user's secrets, None before the first; ``lock``: until the transaction ends."""
    statement = sa.select(user_secret).where(user_secret.c.user_id == user_id)
    if lock:
        statement = statement.with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else Secret(**row)


def save_secret(connection: sa.Connection, user_id: int, values: Mapping[str, Any]) -> None:
    """Change a user's secrets, or make their row."""
    statement = sa.update(user_secret).where(user_secret.c.user_id == user_id).values(**values)
    if connection.execute(statement).rowcount == 0:
        connection.execute(sa.insert(user_secret).values(user_id=user_id, **values))


def use_totp_step(connection: sa.Connection, user_id: int, step: int) -> bool:
    """Take a step of the authenticator; False if it, or a later one, was used already."""
    c = user_secret.c
    statement = (
        sa.update(user_secret)
        .where(c.user_id == user_id, sa.or_(c.totp_step.is_(None), c.totp_step < step))
        .values(totp_step=step)
    )
    return connection.execute(statement).rowcount == 1


# ------------------------------------------------------------------------------ unknown names


def unknown_failures(connection: sa.Connection, name_hash: str) -> tuple[int, dt.datetime | None]:
    """Return the failures counted under a name nobody has, and till when it waits."""
    statement = (
        sa.select(unknown_login.c.failures, unknown_login.c.locked_till)
        .where(unknown_login.c.name_hash == name_hash)
        .with_for_update()
    )
    row = connection.execute(statement).one_or_none()
    return (0, None) if row is None else (int(row[0]), row[1])


def count_unknown(
    connection: sa.Connection,
    name_hash: str,
    failures: int,
    locked_till: dt.datetime | None,
    now: dt.datetime,
) -> None:
    """Store the failures under a name nobody has; forget names that were tried long ago."""
    c = unknown_login.c
    old = sa.and_(c.at < now - KEEP_UNKNOWN, c.name_hash != name_hash)
    connection.execute(sa.delete(unknown_login).where(old))
    values = {"failures": failures, "locked_till": locked_till, "at": now}
    statement = sa.update(unknown_login).where(c.name_hash == name_hash).values(**values)
    if connection.execute(statement).rowcount == 0:
        connection.execute(sa.insert(unknown_login).values(name_hash=name_hash, **values))


# ------------------------------------------------------------------------------ history


def password_hashes(connection: sa.Connection, user_id: int, number: int) -> list[str]:
    """Return the hashes of a user's last passwords, the newest first."""
    statement = (
        sa.select(password_history.c.password_hash)
        .where(password_history.c.user_id == user_id)
        .order_by(password_history.c.number.desc())
        .limit(number)
    )
    return list(connection.execute(statement).scalars())


def remember_password(
    connection: sa.Connection, user_id: int, password_hash: str, now: dt.datetime, keep: int
) -> None:
    """Add a hash to a user's history and forget all but the last ``keep``."""
    c = password_history.c
    last = connection.execute(sa.select(sa.func.max(c.number)).where(c.user_id == user_id))
    number = int(last.scalar() or 0) + 1
    connection.execute(
        sa.insert(password_history).values(
            user_id=user_id, number=number, password_hash=password_hash, at=now
        )
    )
    forgotten = sa.and_(c.user_id == user_id, c.number <= number - keep)
    connection.execute(sa.delete(password_history).where(forgotten))


# ------------------------------------------------------------------------------ codes


def add_code(
    connection: sa.Connection,
    user_id: int,
    purpose: str,
    code_hash: str,
    *,
    now: dt.datetime,
    ends_at: dt.datetime,
) -> int:
    """Add a code, kill those made before for the same purpose, and return its id."""
    end_codes(connection, user_id, purpose, now)
    made = connection.execute(
        sa.insert(one_time_code).values(
            user_id=user_id, purpose=purpose, code_hash=code_hash, made_at=now, ends_at=ends_at
        )
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def open_code(
    connection: sa.Connection, user_id: int, purpose: str, now: dt.datetime
) -> StoredCode | None:
    """Return the code that a user may still type, None if there is none."""
    c = one_time_code.c
    statement = (
        sa.select(one_time_code)
        .where(c.user_id == user_id, c.purpose == purpose, c.used_at.is_(None), c.ends_at > now)
        .order_by(c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else StoredCode(**row)


def use_code(connection: sa.Connection, code_id: int, now: dt.datetime) -> bool:
    """Mark a code as used; False if somebody used it meanwhile."""
    c = one_time_code.c
    statement = sa.update(one_time_code).where(c.id == code_id, c.used_at.is_(None))
    return connection.execute(statement.values(used_at=now)).rowcount == 1


def miss_code(connection: sa.Connection, code_id: int) -> None:
    """Count a wrong attempt at a code."""
    c = one_time_code.c
    statement = sa.update(one_time_code).where(c.id == code_id)
    connection.execute(statement.values(failures=c.failures + 1))


def end_codes(connection: sa.Connection, user_id: int, purpose: str, now: dt.datetime) -> None:
    """Make the codes of a purpose useless."""
    c = one_time_code.c
    open_ones = sa.and_(c.user_id == user_id, c.purpose == purpose, c.used_at.is_(None))
    connection.execute(sa.update(one_time_code).where(open_ones).values(used_at=now))
