"""Counts wrong passwords and codes and makes people wait, known or not (USR-4, ASVS 6.3).

An attempt is counted before it is judged, so that a hundred at once are still a hundred.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from app.db.engine import Database
from app.db.queries import user_secrets
from app.db.queries.user_secrets import Secret, StoredCode
from app.db.queries.users import Account, account_named
from app.domain.one_time_codes import pause_after, waiting
from app.domain.passwords import Policy
from app.errors import UserError
from app.services.access import hashing
from app.services.access.entry import Clock, refuse_paused, refuse_till, system_context, tell
from app.services.access.policy import policy_in

WRONG = "The login or the password is wrong: type both again."
WRONG_CODE = "The address or the code is wrong, or the code has ended: check both."


def count_attempt(database: Database, name: str, clock: Clock) -> Account | None:
    """Count an attempt under a login or address; raise UserError while it has to wait."""
    now = clock()
    with database.write() as connection:
        policy = policy_in(connection)
        account = account_named(connection, name)
        failures, locked_till = _counted(connection, account, name)
        waits = locked_till is not None and locked_till > now
        if not waits:
            pause = pause_after(failures + 1, policy.password_tries)
            till = now + pause if pause else None
            _count(connection, account, name, failures + 1, till, now)
    if waits and locked_till is not None:
        hashing.verify_password(None, name)
        raise UserError(
            f"Too many wrong attempts: try again in {waiting(locked_till, now)}, or use Forgotten "
            "password."
        )
    return account


def _counted(connection: Any, account: Account | None, name: str) -> tuple[int, dt.datetime | None]:
    if account is None:
        return user_secrets.unknown_failures(connection, _name_hash(name))
    secret = user_secrets.read_secret(connection, account.id, lock=True)
    return (secret.failures, secret.locked_till) if secret else (0, None)


def _count(
    connection: Any,
    account: Account | None,
    name: str,
    failures: int,
    till: dt.datetime | None,
    now: dt.datetime,
) -> None:
    if account is None:
        user_secrets.count_unknown(connection, _name_hash(name), failures, till, now)
    else:
        values = {"failures": failures, "locked_till": till}
        user_secrets.save_secret(connection, account.id, values)


def _name_hash(name: str) -> str:
    return hashlib.sha256(name.strip().lower().encode("utf-8", "replace")).hexdigest()


def forgive(connection: Any, user_id: int) -> None:
    """Forget the wrong passwords of a user who gave the right one."""
    user_secrets.save_secret(connection, user_id, {"failures": 0, "locked_till": None})


def tell_failure(database: Database, account: Account, clock: Clock, what: str) -> None:
    """Tell the audit that somebody failed to be a user."""
    ctx = system_context(database, account, clock)
    with database.write() as connection:
        tell(connection, ctx, what, account)


# ------------------------------------------------------------------------------ codes


def take_typed_code(
    database: Database,
    account: Account | None,
    purpose: str,
    code: str,
    clock: Clock,
    name: str,
    *,
    then: Callable[[Any], None] | None = None,
) -> None:
    """Use up the code that a mail carried, or raise UserError and count the miss.

    Unknown names are counted and answered like known ones. ``then(connection)`` = what the code is
    for, in the same transaction: if that fails, the code stays good.
    """
    if account is None:
        hashing.verify_code(None, code)
        raise UserError(f"{WRONG_CODE} {_miss_unknown(database, name, clock)}")
    found = find_code(database, account, purpose, clock)
    right = hashing.verify_code(found.code_hash if found else None, code)
    with database.write() as connection:
        secret = user_secrets.read_secret(connection, account.id, lock=True)
        refuse_paused(secret, clock())
        right = right and found is not None and user_secrets.use_code(connection, found.id, clock())
        if right:
            clear_misses(connection, account.id)
            if then is not None:
                then(connection)
        else:
            left = miss(connection, account, secret, policy_in(connection), clock())
            ctx = system_context(database, account, clock)
            tell(connection, ctx, f"wrong {purpose} code", account)
    if not right:
        raise UserError(f"{WRONG_CODE} {left}")


def check_code(
    database: Database, account: Account | None, purpose: str, code: str, clock: Clock, name: str
) -> None:
    """Judge a code without using it up; misses count as in :func:`take_typed_code`."""
    found = find_code(database, account, purpose, clock) if account else None
    # Judged without a code too: time must not tell who has one.
    right = hashing.verify_code(found.code_hash if found else None, code)
    if account and right:
        with database.write() as connection:
            refuse_paused(user_secrets.read_secret(connection, account.id), clock())
            clear_misses(connection, account.id)
        return
    take_typed_code(database, account, purpose, "", clock, name)


def find_code(
    database: Database, account: Account, purpose: str, clock: Clock
) -> StoredCode | None:
    """Return the code that a user may type now."""
    with database.read() as connection:
        refuse_paused(user_secrets.read_secret(connection, account.id), clock())
        return user_secrets.open_code(connection, account.id, purpose, clock())


def miss(
    connection: Any, account: Account, secret: Secret | None, policy: Policy, now: dt.datetime
) -> str:
    """Count a wrong code and return the sentence about what is left; the last one starts a pause.

    Codes of six digits die with the pause; invitations and resets are too long to be guessed.
    """
    failures = (secret.code_failures if secret else 0) + 1
    left = policy.code_tries - failures
    if left > 0:
        user_secrets.save_secret(connection, account.id, {"code_failures": failures})
        return _attempts_left(left)
    till = now + dt.timedelta(minutes=policy.code_pause_minutes)
    user_secrets.end_codes(connection, account.id, "sign_in", now)
    user_secrets.save_secret(
        connection, account.id, {"code_failures": 0, "codes_locked_till": till}
    )
    return f"Try again in {waiting(till, now)}."


def _miss_unknown(database: Database, name: str, clock: Clock) -> str:
    """Count a code for an address nobody has as :func:`miss` does for a user."""
    now = clock()
    name_hash = _name_hash(f"code {name}")
    with database.write() as connection:
        policy = policy_in(connection)
        failures, till = user_secrets.unknown_failures(connection, name_hash)
        refuse_till(till, now)
        left = policy.code_tries - failures - 1
        pause = now + dt.timedelta(minutes=policy.code_pause_minutes)
        failures, till = (failures + 1, None) if left > 0 else (0, pause)
        user_secrets.count_unknown(connection, name_hash, failures, till, now)
    return _attempts_left(left) if till is None else f"Try again in {waiting(till, now)}."


def _attempts_left(left: int) -> str:
    return f"{left} attempt{' is' if left == 1 else 's are'} left."


def clear_misses(connection: Any, user_id: int) -> None:
    """Forget a user's wrong codes."""
    user_secrets.save_secret(connection, user_id, {"code_failures": 0, "codes_locked_till": None})
