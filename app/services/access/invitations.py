"""One-time codes that let somebody in: for an invitation and for a new password (USR-1, A27, L35).

Mailed where this machine can send mail; else shown once to the administrator, who hands them over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db.engine import Database
from app.db.queries import user_secrets
from app.db.queries.users import Account
from app.domain.one_time_codes import long_code
from app.domain.passwords import Policy
from app.domain.records import WithSecret
from app.errors import UserError
from app.services.access import hashing, mail
from app.services.access.forgotten import RESET, mail_is_enough, reset_mail
from app.services.access.sign_up import INVITATION

HANDED_OVER = dt.timedelta(days=1)
"""How long a code for a new password holds that an administrator asked for."""

NO_MAIL = (
    "The code is not mailed to who signs in with an authenticator app, which is added anew with it."
)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code with its hash, made before the transaction: hashing takes its time."""

    code: str = field(repr=False)
    hash: str = field(repr=False)


def new_code() -> NewCode:
    """Return a new code with its hash."""
    code = long_code()
    return NewCode(code, hashing.hash_code(code))


def invitation_end(policy: Policy, now: dt.datetime) -> dt.datetime:
    """Return when an invitation of this moment ends."""
    return now + dt.timedelta(days=policy.invitation_days)


def store(
    connection: Any,
    user_id: int,
    purpose: str,
    new: NewCode,
    *,
    now: dt.datetime,
    ends: dt.datetime,
) -> None:
    """Make a code the only one of its purpose that holds; its misses begin anew."""
    user_secrets.add_code(connection, user_id, purpose, new.hash, now=now, ends_at=ends)
    user_secrets.save_secret(connection, user_id, {"code_failures": 0, "codes_locked_till": None})


def deliver(
    database: Database, account: Account, purpose: str, new: NewCode, policy: Policy
) -> WithSecret:
    """Mail a code, or return it to be handed over; a mail that fails does the same."""
    problem = why_not_mailed(database, account, purpose, new, policy)
    if not problem:
        return WithSecret(f"The code was mailed to {account.email}.")
    told = (
        f"{problem} Hand this code over to {account.email} yourself; it is shown only now, "
        f"{_validity(purpose, policy)}."
    )
    return WithSecret(told, new.code)


def deliver_all(
    database: Database,
    codes: Sequence[tuple[Account, NewCode]],
    purpose: str,
    policy: Policy,
) -> WithSecret:
    """Mail the codes of several users; return those to be handed over, each with its user."""
    if len(codes) == 1:
        return deliver(database, codes[0][0], purpose, codes[0][1], policy)
    left, reasons = [], []
    for account, new in codes:
        reason = why_not_mailed(database, account, purpose, new, policy)
        if reason:
            left.append(f"{account.email}: {new.code}")
            reasons.append(reason)
    what = "invitations" if purpose == INVITATION else "codes for a new password"
    sentence = f"{len(codes)} {what} were made, {len(codes) - len(left)} of them mailed."
    if not left:
        return WithSecret(f"{len(codes)} {what} were mailed.")
    why = " ".join(dict.fromkeys(reasons))
    told = (
        f"{sentence} {why} Hand each of these codes over to its user yourself; they are shown only "
        f"now. Each {_validity(purpose, policy)}."
    )
    return WithSecret(told, "\n".join(left))


def why_not_mailed(
    database: Database, account: Account, purpose: str, new: NewCode, policy: Policy
) -> str:
    """Mail a code and return "", or the sentence why it could not be.

    A code for a new password is not mailed to who signs in with an authenticator app
    (:mod:`app.services.access.forgotten`).
    """
    if purpose == RESET and not mail_is_enough(account):
        return NO_MAIL
    message = _invitation_mail(account, new.code, policy)
    if purpose == RESET:
        message = reset_mail(account, new.code, "one day")
    try:
        mail.send(database, message)
    except UserError as problem:
        return str(problem)
    return ""


def _validity(purpose: str, policy: Policy) -> str:
    way = "I have an invitation" if purpose == INVITATION else "Forgotten password"
    term = f"{policy.invitation_days} days" if purpose == INVITATION else "one day"
    return f"is valid for {term} and is typed at the sign-in under “{way}”"


def _invitation_mail(account: Account, code: str, policy: Policy) -> mail.Mail:
    text = (
        f"You are invited to work for {account.company} in Tariffdesk.\n\nOpen the database that "
        "your administrator named to you, choose “I have an invitation”, and type this address "
        f"and the code {code}. It is valid for {policy.invitation_days} days and works once.\n\n"
        "If you do not expect this, leave it: without the code nothing happens.\n"
    )
    return mail.Mail(account.email, f"Invitation to {_one_line(account.company)}", text)


def _one_line(name: str) -> str:
    return " ".join(name.split())[:120]
