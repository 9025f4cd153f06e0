"""Giving a user another password: policy, history, the authenticator's secret, the sessions."""

from __future__ import annotations

import datetime as dt
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

    ``totp_secret`` is sealed anew; without it an authenticator is dropped. ``field`` names the
    password in a FieldProblem; ``ctx`` = who does it, else the user.
    """
    account, policy, current = check_new(database, user_id, new, field=field)
    hashed = hashing.hash_password(new)
    sealed = seal(totp_secret, new_key(new), user_id) if totp_secret else None
    with database.write() as connection:
        locked = user_secrets.read_secret(connection, user_id, lock=True)
        if (locked.password_hash if locked else None) != current:
            raise Conflict("The password was changed elsewhere meanwhile: sign in again.")
        now = clock()
        _store(connection, account, hashed, sealed, policy, now, must_change=must_change)
        user_sessions.end_sessions(connection, user_id, now, but=keep_session)
        told = ctx or system_context(database, account, clock)
        tell(connection, told, "change password", account, {"password": "changed"})
    return now


def _store(
    connection: Any,
    account: Account,
    hashed: str,
    sealed: str | None,
    policy: Policy,
    now: dt.datetime,
    *,
    must_change: bool,
) -> None:
    values = {
        "password_hash": hashed,
        "password_at": now,
        "must_change": must_change,
        "totp_sealed": sealed,
        "failures": 0,
        "locked_till": None,
    }
    user_secrets.save_secret(connection, account.id, values)
    user_secrets.remember_password(connection, account.id, hashed, now, max(policy.history, 1))
    user_secrets.end_codes(connection, account.id, "reset", now)


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
