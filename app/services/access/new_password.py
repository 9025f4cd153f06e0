"""Giving a user another password: policy, history, the authenticator's secret, the sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from app.db.engine import Database
from app.db.queries import user_secrets, user_sessions, users
from app.db.queries.users import Account
from app.domain.passwords import Policy
from app.errors import Conflict, FieldProblem, UserError
from app.services.access import hashing
from app.services.access.authenticator import new_key, seal
from app.services.access.entry import AGAIN, Clock, system_context, tell
from app.services.access.policy import new_password_problem, policy_in
from app.services.context import Context


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that was checked and hashed before the transaction that stores it."""

    account: Account
    policy: Policy
    before: str | None = field(repr=False)
    hashed: str = field(repr=False)
    sealed: str | None = field(repr=False)


def set_password(
    database: Database,
    user_id: int,
    new: str,
    *,
    clock: Clock,
    totp_secret: str | None = None,
    must_change: bool = False,
    keep_session: int | None = None,
    field: str = "new",
    ctx: Context | None = None,
) -> dt.datetime:
    """Store a new password, end all sessions but ``keep_session``, and return when it was set.

    ``totp_secret`` and ``field`` as for :func:`prepared`; ``ctx`` = who does it, else the user.
    """
    change = prepared(database, user_id, new, totp_secret=totp_secret, field=field)
    told = ctx or system_context(database, change.account, clock)
    with database.write() as connection:
        now = clock()
        store_password(
            connection, change, now, told, must_change=must_change, keep_session=keep_session
        )
    return now


def prepared(
    database: Database,
    user_id: int,
    new: str,
    *,
    totp_secret: str | None = None,
    field: str = "new",
) -> NewPassword:
    """Return a checked password with its hash, which takes its time. Raises FieldProblem.

    ``totp_secret`` is sealed anew; without it an authenticator is dropped. ``field`` names the
    password in a FieldProblem.
    """
    account, policy, before = check_new(database, user_id, new, field=field)
    sealed = seal(totp_secret, new_key(new), user_id) if totp_secret else None
    return NewPassword(account, policy, before, hashing.hash_password(new), sealed)


def store_password(
    connection: Any,
    change: NewPassword,
    now: dt.datetime,
    ctx: Context,
    *,
    must_change: bool = False,
    keep_session: int | None = None,
) -> None:
    """Store a new password, end all sessions but ``keep_session``, and tell the audit.

    Raises Conflict if the password is not the one any more that the new one was checked against.
    """
    user_id = change.account.id
    locked = user_secrets.read_secret(connection, user_id, lock=True)
    if (locked.password_hash if locked else None) != change.before:
        raise Conflict("The password was changed elsewhere meanwhile: sign in again.")
    values = {
        "password_hash": change.hashed,
        "password_at": now,
        "must_change": must_change,
        "totp_sealed": change.sealed,
        "failures": 0,
        "locked_till": None,
    }
    user_secrets.save_secret(connection, user_id, values)
    keep = max(change.policy.history, 1)
    user_secrets.remember_password(connection, user_id, change.hashed, now, keep)
    user_secrets.end_codes(connection, user_id, "reset", now)
    user_sessions.end_sessions(connection, user_id, now, but=keep_session)
    tell(connection, ctx, "change password", change.account, {"password": "changed"})


def check_new(
    database: Database, user_id: int, new: str, *, field: str = "new"
) -> tuple[Account, Policy, str | None]:
    """Return the user, the policy and the hash that holds now.

    Raises FieldProblem unless the password keeps the policy and is really new.
    """
    with database.read() as connection:
        account = users.account(connection, user_id)
        if account is None:
            raise UserError(AGAIN)
        policy = policy_in(connection)
        secret = user_secrets.read_secret(connection, user_id)
        earlier = user_secrets.password_hashes(connection, user_id, policy.history)
    problem = new_password_problem(policy, new, account.names)
    if problem:
        raise FieldProblem({field: problem})
    current = secret.password_hash if secret else None
    for stored in dict.fromkeys([current, *earlier]):
        if stored and hashing.verify_password(stored, new):
            number = policy.history
            last = f"your last {number} passwords" if number > 1 else "your passwords"
            raise FieldProblem({field: f"This is one of {last}: choose another."})
    return account, policy, current
