"""Signing in to a database that asks who you are; these take the database, for nobody acts yet.

A sign-in goes by steps: :func:`by_password`, then what :attr:`SignIn.needs` says, until it is "".
What each step protects, and what a database file can't protect, :func:`protection` says.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.db.engine import Database
from app.db.queries import user_secrets, user_sessions, users
from app.db.queries.user_secrets import Secret
from app.db.queries.users import Account
from app.domain.one_time_codes import waiting
from app.errors import Busy, FieldProblem, SignedOut, UserError
from app.services.access import hashing
from app.services.access.attempts import (
    WRONG,
    clear_misses,
    count_attempt,
    forgive,
    miss,
    tell_failure,
)
from app.services.access.authenticator import Enrolment, matching_step, new_key, seal, unseal
from app.services.access.entry import (
    AGAIN,
    Clock,
    Proof,
    SignIn,
    actor_of,
    advance,
    closed_because,
    is_admin,
    needed,
    refuse_old,
    refuse_paused,
    system_context,
    tell,
)
from app.services.access.forgotten import RESET, ask_reset, reset_password
from app.services.access.new_password import set_password
from app.services.access.phones import checked_phone
from app.services.access.policy import policy_in
from app.services.access.protection import protection
from app.services.access.sign_up import (
    Invitation,
    Registration,
    accept_invitation,
    register,
)
from app.services.context import Actor

__all__ = [
    "Enrolment",
    "Invitation",
    "Registration",
    "SignIn",
    "accept_invitation",
    "add_phone",
    "ask_reset",
    "by_code",
    "by_password",
    "choose_password",
    "end",
    "needed",
    "protection",
    "refresh",
    "register",
    "reset_password",
    "seen",
    "send_code_again",
]

SEEN_EVERY = dt.timedelta(minutes=1)
"""A session is noted as alive at most so often: it is a write."""

RESEND_AFTER = dt.timedelta(seconds=30)
"""Time between two mails with a sign-in code."""


def by_password(
    database: Database,
    login_or_email: str,
    password: str,
    *,
    clock: Clock,
    new_code: bool = True,
) -> SignIn:
    """Begin a sign-in. Raises UserError that does not tell which of the two was wrong.

    ``new_code`` False: a code that was mailed before may be typed (one command after another).
    """
    account = count_attempt(database, login_or_email, clock)
    secret = _secret(database, account)
    stored = secret.password_hash if secret else None
    if not hashing.verify_password(stored, password) or account is None or secret is None:
        if account is not None:
            tell_failure(database, account, clock, "wrong sign-in")
        raise UserError(WRONG)
    proof = _first_proof(account, secret, password)
    with database.write() as connection:
        forgive(connection, account.id)
        if stored is not None and hashing.is_outdated(stored):
            renewed = {"password_hash": hashing.hash_password(password)}
            user_secrets.save_secret(connection, account.id, renewed)
        if not new_code:
            code = user_secrets.open_code(connection, account.id, "sign_in", clock())
            proof.codes.extend([code.id] if code else [])
    _block_unused(database, account, clock)
    return advance(database, proof, clock)


def _secret(database: Database, account: Account | None) -> Secret | None:
    if account is None:
        return None
    with database.read() as connection:
        return user_secrets.read_secret(connection, account.id)


def _first_proof(account: Account, secret: Secret, password: str) -> Proof:
    """Return what the password opens: the authenticator's secret, and a key for a new one."""
    found = unseal(secret.totp_sealed, password, account.id) if secret.totp_sealed else None
    wanted = account.second_factor != "none" or account.company_two_factor
    key = new_key(password) if wanted and found is None else None
    return Proof(account.id, secret.password_at, key, found)


def _block_unused(database: Database, account: Account, clock: Clock) -> None:
    """Block a user who comes back after too long (not an Admin) and raise UserError."""
    with database.write() as connection:
        now, policy = clock(), policy_in(connection)
        seen_at = account.last_active_at or account.registered_at
        if not policy.block_days or seen_at is None or account.blocked_at is not None:
            return
        if now < seen_at + dt.timedelta(days=policy.block_days) or is_admin(connection, account):
            return
        users.edit_account(connection, account.id, {"blocked_at": now}, now)
        ctx = system_context(database, account, clock)
        tell(connection, ctx, "block unused user", account, {"blocked": True})


# ------------------------------------------------------------------------------ second factor


def by_code(database: Database, sign_in: SignIn, code: str, *, clock: Clock) -> SignIn:
    """Go on with the code of the authenticator or of the mail. Raises UserError if it is wrong."""
    proof = _proof(sign_in, "totp", "email_code")
    mailed = _mailed_code_fits(database, proof, code, clock)
    problem = ""
    with database.write() as connection:
        now = clock()
        account = users.account(connection, proof.user_id)
        secret = user_secrets.read_secret(connection, proof.user_id, lock=True)
        if account is None or secret is None:
            raise UserError(AGAIN)
        refuse_paused(secret, now)
        if sign_in.needs == "email_code":
            right = mailed is not None and user_secrets.use_code(connection, mailed, now)
        else:
            right = _authenticator_fits(connection, proof, code, now)
        ctx = system_context(database, account, clock)
        if right:
            clear_misses(connection, account.id)
            _keep_factor(connection, account, proof, sign_in.needs, now)
        else:
            problem = miss(connection, account, secret, policy_in(connection), now)
            tell(connection, ctx, "wrong sign-in code", account)
    if problem:
        raise UserError(f"The code is wrong or has ended. {problem}")
    proof = replace(
        proof,
        second_step=True,
        totp_secret=_totp_secret(proof),
    )
    return advance(database, proof, clock)


def _totp_secret(proof: Proof) -> str | None:
    return proof.new_authenticator.secret if proof.new_authenticator else proof.totp_secret


def _mailed_code_fits(database: Database, proof: Proof, code: str, clock: Clock) -> int | None:
    """Return the id of the mailed code that this is; outside of the transaction that counts."""
    if not proof.codes:
        return None
    with database.read() as connection:
        found = user_secrets.open_code(connection, proof.user_id, "sign_in", clock())
    if found is None or found.id not in proof.codes:
        return None
    return found.id if hashing.verify_code(found.code_hash, code) else None


def _authenticator_fits(connection: Any, proof: Proof, code: str, now: dt.datetime) -> bool:
    secret = _totp_secret(proof)
    step = matching_step(secret, code, now) if secret else None
    if step is None:
        return False
    if proof.new_authenticator is not None:  # the steps of the old secret mean nothing
        user_secrets.save_secret(connection, proof.user_id, {"totp_step": None})
    return user_secrets.use_totp_step(connection, proof.user_id, step)


def _keep_factor(
    connection: Any, account: Account, proof: Proof, needs: str, now: dt.datetime
) -> None:
    """Store a new authenticator, or that this user's codes come by mail.

    What was mailed to replace the password is not enough any more with an authenticator.
    """
    if proof.new_authenticator is not None and proof.key is not None:
        sealed = seal(proof.new_authenticator.secret, proof.key, account.id)
        user_secrets.save_secret(connection, account.id, {"totp_sealed": sealed})
        user_secrets.end_codes(connection, account.id, RESET, now)
    factor = "totp" if needs == "totp" else "email"
    if account.second_factor != factor:
        users.change_account(connection, account.id, {"second_factor": factor})


def send_code_again(database: Database, sign_in: SignIn, *, clock: Clock) -> SignIn:
    """Mail another code; the one before ends. Raises UserError within half a minute."""
    proof = _proof(sign_in, "email_code")
    with database.read() as connection:
        last = user_secrets.open_code(connection, proof.user_id, "sign_in", clock())
    if last is not None and clock() < last.made_at + RESEND_AFTER:
        raise UserError("A code was sent a moment ago: wait half a minute for it.")
    with database.write() as connection:
        user_secrets.end_codes(connection, proof.user_id, "sign_in", clock())
    return advance(database, proof, clock)


def _proof(sign_in: SignIn, *needs: str) -> Proof:
    if sign_in.proof is None or sign_in.needs not in needs:
        raise UserError(AGAIN)
    return sign_in.proof


# ------------------------------------------------------------------------------ last steps


def choose_password(database: Database, sign_in: SignIn, new: str, *, clock: Clock) -> SignIn:
    """Replace a password that ended or was given by somebody else. Raises FieldProblem."""
    proof = _proof(sign_in, "new_password")
    with database.read() as connection:
        refuse_old(user_secrets.read_secret(connection, proof.user_id), proof)
    set_at = set_password(
        database, proof.user_id, new, clock=clock, totp_secret=proof.totp_secret, field="password"
    )
    return advance(database, replace(proof, password_at=set_at), clock)


def add_phone(database: Database, sign_in: SignIn, phone: str, *, clock: Clock) -> SignIn:
    """Store the phone number that the company demands. Raises FieldProblem."""
    proof = _proof(sign_in, "phone")
    number = checked_phone(phone)
    if not number:
        raise FieldProblem({"phone": "Your company demands a phone number: enter yours."})
    with database.write() as connection:
        account = users.account(connection, proof.user_id)
        refuse_old(user_secrets.read_secret(connection, proof.user_id), proof)
        if account is None:
            raise UserError(AGAIN)
        users.edit_account(connection, account.id, {"phone": number}, clock())
        ctx = system_context(database, account, clock)
        tell(connection, ctx, "add phone", account, {"phone": number}, old={"phone": ""})
    return advance(database, proof, clock)


# ------------------------------------------------------------------------------ sessions


def refresh(database: Database, session_id: int, now: dt.datetime) -> Actor:
    """Return who works in a session, with the rights of this moment.

    Raises SignedOut when it ended, was idle too long, or the user may not work any more.
    """
    with database.read() as connection:
        session = user_sessions.session(connection, session_id)
        account = users.account(connection, session.user_id) if session else None
        if session is None or account is None or session.ended_at is not None:
            raise SignedOut("You were signed out: sign in again to go on.")
        reason = closed_because(account)
        if reason:
            raise SignedOut(reason)
        idle = policy_in(connection).idle_minutes
        actor = actor_of(connection, account)
    if idle and now >= session.last_seen_at + dt.timedelta(minutes=idle):
        end(database, session_id, now=now)
        raise SignedOut(
            f"You were signed out because nothing was done for {_waited(idle)}: sign in again."
        )
    if now >= session.last_seen_at + SEEN_EVERY:
        seen(database, session_id, now)
    return actor


def _waited(minutes: int) -> str:
    start = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    return waiting(start + dt.timedelta(minutes=minutes), start)


def seen(database: Database, session_id: int, now: dt.datetime) -> None:
    """Note that somebody works; nothing happens while others keep the database from being written.

    The window calls it while keys and mouse are used, so that long typing is not idleness.
    """
    with suppress(Busy), database.write(wait=False) as connection:
        user_sessions.seen(connection, session_id, now)


def end(database: Database, session_id: int, *, now: dt.datetime | None = None) -> None:
    """Sign a session out; one that ended before stays as it is."""
    moment = now or dt.datetime.now(dt.UTC)
    with database.write() as connection:
        session = user_sessions.session(connection, session_id)
        account = users.account(connection, session.user_id) if session else None
        if account is not None and user_sessions.end_session(connection, session_id, moment):
            ctx = system_context(database, account, lambda: moment)
            tell(connection, ctx, "sign out", account, {"session": session_id})
