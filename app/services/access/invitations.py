"""One-time codes that let somebody in: for an invitation and for a new password (USR-1, A27, L35).

Mailed where this machine can send mail; else shown once to the administrator, who hands them over.
"""

from __future__ import annotations

import datetime as dt
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
from app.services.access.sign_up import INVITATION, RESET, reset_mail

HANDED_OVER = dt.timedelta(days=1)
"""How long a code for a new password holds that an administrator asked for."""


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
    message = _invitation_mail(account, new.code, policy)
    if purpose == RESET:
        message = reset_mail(account, new.code, "one day")
    try:
        mail.send(database, message)
    except UserError as problem:
        return WithSecret(_handed(account, purpose, policy, str(problem)), new.code)
    return WithSecret(f"The code was mailed to {account.email}.")


def _handed(account: Account, purpose: str, policy: Policy, problem: str) -> str:
    way = "I have an invitation" if purpose == INVITATION else "Forgotten password"
    term = f"{policy.invitation_days} days" if purpose == INVITATION else "one day"
    return (
        f"{problem} Hand this code over to {account.email} yourself; it is shown only now, is "
        f"valid for {term} and is typed at the sign-in under “{way}”."
    )


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
