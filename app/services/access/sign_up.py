"""From an invitation to an account (A27).

A mail carries a one-time code that is typed here; there is no link, for a desktop has no address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.db.engine import Database
from app.db.queries import roles, user_secrets, users
from app.db.queries.users import Account, account_named
from app.errors import Conflict, FieldProblem, UserError
from app.services.access import hashing
from app.services.access.attempts import (
    WRONG_CODE,
    check_code,
    take_typed_code,
)
from app.services.access.authenticator import new_key
from app.services.access.entry import (
    Clock,
    Proof,
    SignIn,
    advance,
    system_context,
    tell,
)
from app.services.access.phones import checked_phone
from app.services.access.policy import new_password_problem, policy_in

LOGIN = re.compile(r"[a-z0-9._]{1,30}")
LONGEST_NAME = 60
INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation whose code was right.

    ``second_factor_needed``: for this user, or by the company, which then wants a phone as well.
    """

    user_id: int
    email: str
    company: str
    application: str
    roles: tuple[str, ...]
    second_factor_needed: bool
    phone_needed: bool
    names: tuple[str, ...]
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registration:
    """What the sign-up form holds."""

    first_name: str
    last_name: str
    phone: str
    login: str
    password: str = field(repr=False)


def accept_invitation(database: Database, email: str, code: str, *, clock: Clock) -> Invitation:
    """Check the code of an invitation; it is used up by :func:`register`.

    Raises UserError that does not tell whether the address or the code was wrong.
    """
    account = _guest(database, email)
    check_code(database, account, INVITATION, code, clock, email)
    if account is None:
        raise UserError(WRONG_CODE)
    with database.read() as connection:
        named = roles.names(connection, users.roles_of(connection, account.id))
    two_factor = account.company_two_factor or account.second_factor != "none"
    return Invitation(
        account.id,
        account.email,
        account.company,
        account.application,
        ("Admin",) if account.unrestricted else tuple(named),
        two_factor,
        account.company_two_factor,
        account.names,
        code,
    )


def _guest(database: Database, email: str) -> Account | None:
    with database.read() as connection:
        account = account_named(connection, email) if "@" in email else None
    if account is None or not account.active:
        return None
    open_one = account.registered_at is None and account.revoked_at is None
    return account if open_one else None


def register(
    database: Database, invitation: Invitation, registration: Registration, *, clock: Clock
) -> SignIn:
    """Make the account of an invitation and go on as after a right password.

    Raises FieldProblem for what is wrong in the form; the invitation stays good then.
    """
    account = _guest(database, invitation.email)
    check_code(database, account, INVITATION, invitation.code, clock, invitation.email)
    if account is None:
        raise UserError(WRONG_CODE)
    values = checked_registration(
        database, registration, names=account.names, phone_needed=account.company_two_factor
    )
    hashed = hashing.hash_password(registration.password)
    guest = account

    def store(connection: Any) -> None:
        store_registration(connection, guest.id, values, hashed, clock)
        ctx = system_context(database, users.account(connection, guest.id) or guest, clock)
        tell(connection, ctx, "sign up", guest, {**values, "status": "active"})

    try:
        take_typed_code(
            database, guest, INVITATION, invitation.code, clock, invitation.email, then=store
        )
    except Conflict:  # two chose one login at the same moment
        raise FieldProblem(_login_taken(values["login"])) from None
    return go_on(database, guest, registration.password, clock)


def _login_taken(login: str) -> dict[str, str]:
    return {"login": f'The login "{login}" is taken: choose another.'}


def checked_registration(
    database: Database,
    registration: Registration,
    *,
    names: tuple[str, ...],
    phone_needed: bool = False,
) -> dict[str, str]:
    """Return the values of a sign-up form as they are stored. Raises FieldProblem with all.

    ``names`` = what else the password must not consist of: address and company.
    """
    problems: dict[str, str] = {}
    values = {
        "first_name": registration.first_name.strip(),
        "last_name": registration.last_name.strip(),
        "login": registration.login.strip().lower(),
        "phone": "",
    }
    for name, title in (("first_name", "First name"), ("last_name", "Last name")):
        problems |= _name_problem(name, title, values[name])
    try:
        values["phone"] = checked_phone(registration.phone)
    except FieldProblem as wrong:
        problems |= wrong.problems
    if phone_needed and not values["phone"] and "phone" not in problems:
        problems["phone"] = "Your company demands a phone number: enter yours."
    if not LOGIN.fullmatch(values["login"]):
        problems["login"] = (
            "A login has up to 30 Latin letters, digits, dots and underscores: change it."
        )
    with database.read() as connection:
        policy = policy_in(connection)
        if "login" not in problems and users.taken(connection, login=values["login"]):
            problems |= _login_taken(values["login"])
    known = (*names, *(values[n] for n in ("login", "first_name", "last_name")))
    problem = new_password_problem(policy, registration.password, known)
    problems |= {"password": problem} if problem else {}
    if problems:
        raise FieldProblem(problems)
    return values


def _name_problem(name: str, title: str, text: str) -> dict[str, str]:
    if not text:
        return {name: f"{title} is required: fill it in."}
    if len(text) > LONGEST_NAME or not text.isprintable():
        return {name: f"{title} has up to {LONGEST_NAME} characters on one line: shorten it."}
    return {}


def store_registration(
    connection: Any, user_id: int, values: dict[str, str], hashed: str, clock: Clock
) -> None:
    """Turn a guest into a user with a password of the own choice."""
    now = clock()
    if users.taken(connection, login=values["login"]):
        raise FieldProblem(_login_taken(values["login"]))
    users.edit_account(connection, user_id, {**values, "registered_at": now}, now)
    policy = policy_in(connection)
    user_secrets.save_secret(
        connection,
        user_id,
        {"password_hash": hashed, "password_at": now, "must_change": False},
    )
    user_secrets.remember_password(connection, user_id, hashed, now, max(policy.history, 1))


def go_on(database: Database, account: Account, password: str, clock: Clock) -> SignIn:
    """Go on as after this right password, which was chosen just now."""
    wanted = account.second_factor != "none" or account.company_two_factor
    with database.read() as connection:
        secret = user_secrets.read_secret(connection, account.id)
    key = new_key(password) if wanted else None
    return advance(database, Proof(account.id, secret.password_at if secret else None, key), clock)
