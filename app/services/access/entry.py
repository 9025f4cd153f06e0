"""What a sign-in consists of: its proof so far, what it still needs, and the session at its end."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.db.engine import Database
from app.db.queries import user_secrets, user_sessions, users
from app.db.queries.user_secrets import Secret
from app.db.queries.users import Account
from app.domain.one_time_codes import six_digits, waiting
from app.domain.passwords import Policy
from app.domain.permissions import MANAGE, ROLES, VIEW, system_role
from app.errors import UserError
from app.services import audit
from app.services.access import mail
from app.services.access.authenticator import Enrolment, Key, enrolment
from app.services.access.hashing import hash_code
from app.services.access.policy import policy_in
from app.services.access.state import is_on, needed
from app.services.context import Actor, Context

Clock = Callable[[], dt.datetime]

__all__ = [
    "AGAIN",
    "Clock",
    "Proof",
    "SignIn",
    "actor_of",
    "advance",
    "closed_because",
    "is_admin",
    "is_expired",
    "is_on",
    "needed",
    "refuse_old",
    "refuse_paused",
    "refuse_till",
    "system_context",
    "tell",
    "veiled",
]

AGAIN = "Sign in again from the start."


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person has shown so far in this sign-in; never stored, never printed.

    ``codes`` = ids of the codes that were mailed for it; a code of another sign-in is none of them.
    ``password_at`` = when the password was set that was shown: a newer one ends this sign-in.
    """

    user_id: int
    password_at: dt.datetime | None
    key: Key | None = field(default=None, repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    new_authenticator: Enrolment | None = field(default=None, repr=False)
    codes: list[int] = field(default_factory=list)
    second_step: bool = False


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where a sign-in stands.

    ``needs`` = "" (done: ``actor`` and ``session_id`` are set), "totp", "email_code",
    "new_password" or "phone". With "totp" and an ``enrolment`` the user adds an authenticator
    first. ``note`` says what to do next.
    """

    needs: str
    actor: Actor | None
    session_id: int | None
    user_id: int
    note: str
    enrolment: Enrolment | None = None
    proof: Proof | None = field(default=None, repr=False)


def system_context(database: Database, account: Account, clock: Clock) -> Context:
    """Return the context in which a sign-in itself is told to the audit: the user's own."""
    actor = Actor(
        account.name,
        company_id=account.company_id,
        owner=False,
        user_id=account.id,
        application=account.application,
    )
    return Context(actor=actor, database=database, clock=clock)


def tell(
    connection: Any,
    ctx: Context,
    action: str,
    account: Account,
    new: dict[str, Any] | None = None,
    *,
    old: dict[str, Any] | None = None,
) -> None:
    """Tell the audit what happened to a user."""
    audit.record(
        ctx,
        connection,
        action,
        "user_account",
        account.id,
        new or {},
        old=old,
        company_id=account.company_id,
    )


def actor_of(connection: Any, account: Account) -> Actor:
    """Return a user as an actor with the cells of all roles; *No restrictions* = the Admin role."""
    cells: set[tuple[str, str]] = set()
    if account.unrestricted:
        cells |= ROLES[account.application][0].cells
    for system, area, level in user_sessions.granted(connection, account.id):
        if system is not None:
            cells |= system_role(account.application, system).cells
        elif level in {VIEW, MANAGE}:
            cells.add((area, level))
    return Actor(
        account.name,
        company_id=account.company_id,
        owner=False,
        permissions=frozenset(cells),
        user_id=account.id,
        application=account.application,
    )


def is_admin(connection: Any, account: Account) -> bool:
    """Return whether a user holds everything that the Admin of the application holds."""
    return actor_of(connection, account).permissions >= ROLES[account.application][0].cells


def closed_because(account: Account) -> str:
    """Return why a user may not work now, "" if nothing is in the way."""
    if account.registered_at is None:
        return "This account is not registered yet: use the code of the invitation."
    if not account.active:
        return "This account is switched off: ask your administrator."
    if account.blocked_at is not None:
        return "This account is blocked because it was not used for long: ask your administrator."
    if not account.company_enabled:
        return "Your company is blocked here: ask the company that you buy from."
    return ""


# ------------------------------------------------------------------------------ the next step


def advance(database: Database, proof: Proof, clock: Clock) -> SignIn:
    """Return the next step of a sign-in whose password was right, or its end: a session.

    In this order: second factor, phone (where the company demands it), new password.
    """
    can_mail = mail.is_ready(database)
    with database.write() as connection:
        account = users.account(connection, proof.user_id)
        secret = user_secrets.read_secret(connection, proof.user_id)
        refuse_old(secret, proof)
        if account is None or secret is None:
            raise UserError(AGAIN)
        reason = closed_because(account)
        if reason:
            raise UserError(reason)
        policy = policy_in(connection)
        now = clock()
        factor = _factor(account, can_mail=can_mail)
        if factor != "none" and not proof.second_step:
            step, code = _second_step(connection, account, secret, proof, factor, policy, now)
        else:
            step, code = (
                _last_steps(database, connection, account, secret, proof, policy, clock),
                "",
            )
    if code:
        _mail_code(database, account, code, policy)
    return step


def refuse_old(secret: Secret | None, proof: Proof) -> None:
    """Raise UserError for a proof of a password that was replaced meanwhile.

    Else who knew the old one could finish with it, even choose the next.
    """
    if secret is None or secret.password_at != proof.password_at:
        raise UserError(AGAIN)


def _factor(account: Account, *, can_mail: bool) -> str:
    """Return the second factor that a user needs: the chosen one, or what the company demands."""
    if account.second_factor != "none" or not account.company_two_factor:
        return account.second_factor
    return "email" if can_mail else "totp"


def _second_step(
    connection: Any,
    account: Account,
    secret: Secret,
    proof: Proof,
    factor: str,
    policy: Policy,
    now: dt.datetime,
) -> tuple[SignIn, str]:
    refuse_paused(secret, now)
    if factor == "totp":
        return _authenticator_step(account, proof), ""
    code = ""
    open_one = user_secrets.open_code(connection, account.id, "sign_in", now)
    if open_one is None or open_one.id not in proof.codes:
        code = six_digits()
        ends = now + dt.timedelta(minutes=policy.code_minutes)
        code_id = user_secrets.add_code(
            connection, account.id, "sign_in", hash_code(code), now=now, ends_at=ends
        )
        proof.codes.append(code_id)
    note = f"A code was sent to {veiled(account.email)}; it is valid for {_minutes(policy)}."
    return SignIn("email_code", None, None, account.id, note, proof=proof), code


def _authenticator_step(account: Account, proof: Proof) -> SignIn:
    if proof.totp_secret is not None:
        note = "Type the code that your authenticator app shows."
        return SignIn("totp", None, None, account.id, note, proof=proof)
    if proof.key is None:
        raise UserError(AGAIN)
    new = proof.new_authenticator or enrolment(account.name, proof.key)
    note = (
        "This account needs a second step: scan the code with an authenticator app, then type what "
        "it shows."
    )
    proof = replace(proof, new_authenticator=new)
    return SignIn("totp", None, None, account.id, note, new, proof)


def _last_steps(
    database: Database,
    connection: Any,
    account: Account,
    secret: Secret,
    proof: Proof,
    policy: Policy,
    clock: Clock,
) -> SignIn:
    now = clock()
    if account.company_two_factor and not account.phone:
        note = (
            "Your company demands a phone number for two-factor authentication: enter yours. Codes "
            "come by mail or from an authenticator app; codes by SMS are not sent yet."
        )
        return SignIn("phone", None, None, account.id, note, proof=proof)
    if secret.must_change:
        note = "Choose a password of your own before you begin."
        return SignIn("new_password", None, None, account.id, note, proof=proof)
    if is_expired(secret, policy, now):
        note = f"Your password is older than {policy.valid_days} days: choose a new one."
        return SignIn("new_password", None, None, account.id, note, proof=proof)
    return _begin(database, connection, account, clock)


def _begin(database: Database, connection: Any, account: Account, clock: Clock) -> SignIn:
    now = clock()
    device = f"{platform.system()} {platform.release()}".strip()[:200]
    ctx = system_context(database, account, clock)
    session_id = user_sessions.begin(
        connection, account.id, now=now, address=platform.node()[:200], device=device
    )
    users.change_account(connection, account.id, {"last_active_at": now})
    tell(connection, ctx, "sign in", account, {"session": session_id})
    return SignIn("", actor_of(connection, account), session_id, account.id, "")


def is_expired(secret: Secret, policy: Policy, now: dt.datetime) -> bool:
    """Return whether a password is older than the policy allows."""
    if not policy.valid_days or secret.password_at is None:
        return False
    return now >= secret.password_at + dt.timedelta(days=policy.valid_days)


# ------------------------------------------------------------------------------ codes


def refuse_paused(secret: Secret | None, now: dt.datetime) -> None:
    """Raise UserError while a user waits after wrong codes."""
    refuse_till(secret.codes_locked_till if secret else None, now)


def refuse_till(till: dt.datetime | None, now: dt.datetime) -> None:
    """Raise UserError while wrong codes have to be waited for."""
    if till is not None and till > now:
        raise UserError(f"Too many wrong codes: try again in {waiting(till, now)}.")


def _mail_code(database: Database, account: Account, code: str, policy: Policy) -> None:
    text = (
        f"Your code to sign in to Tariffdesk is {code}. It is valid for {_minutes(policy)} and "
        "works once.\n\nIf you did not sign in just now, somebody has your password: change it.\n"
    )
    mail.send(database, mail.Mail(account.email, "Your sign-in code", text))


def _minutes(policy: Policy) -> str:
    number = policy.code_minutes
    return f"{number} minute{'' if number == 1 else 's'}"


def veiled(address: str) -> str:
    """Return a mail address so that its owner knows it: "a•••@example.com"."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"
