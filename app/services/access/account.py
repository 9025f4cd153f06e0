"""My account: what every signed-in user may see and change of the own account (USR-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db.queries import roles, user_secrets, user_sessions, users
from app.db.queries.users import Account
from app.domain.permissions import BACKOFFICE, SELF
from app.errors import FieldProblem, UserError
from app.services.access import hashing, mail
from app.services.access.attempts import clear_misses, count_attempt, forgive, miss
from app.services.access.authenticator import (
    Enrolment,
    Key,
    enrolment,
    matching_step,
    new_key,
    seal,
    unseal,
)
from app.services.access.entry import is_admin, is_on, refuse_paused, tell
from app.services.access.forgotten import RESET
from app.services.access.new_password import set_password
from app.services.access.phones import checked_phone
from app.services.access.policy import policy_in
from app.services.context import Context, service

LONGEST_NAME = 60
LARGEST_AVATAR = 1024 * 1024
MOST_PIXELS = 4096
"""Side of the largest picture that is taken; what is stored is smaller."""

DELETE_WORD = "delete-account"
ALONE = (
    "You are the only administrator, and no mail can replace a forgotten password now: invite "
    "another one."
)


@dataclass(frozen=True, slots=True)
class MySession:
    """A session of the own account that goes on."""

    id: int
    started_at: dt.datetime
    last_seen_at: dt.datetime
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class MyAccount:
    """The own account. ``second_factor`` = none, totp or email; ``two_factor_locked``: by company.

    ``avatar`` = PNG or JPEG as stored; ``idle_minutes`` 0 = never signed out.
    """

    user_id: int
    version: int
    first_name: str
    last_name: str
    login: str
    email: str
    phone: str
    company: str
    company_id: int
    application: str
    roles: tuple[str, ...]
    avatar: bytes | None = field(repr=False)
    second_factor: str
    two_factor_locked: bool
    password_at: dt.datetime | None
    idle_minutes: int

    @property
    def name(self) -> str:
        """Return the full name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the words that the own password must not consist of."""
        address = self.email.partition("@")[0]
        words = (self.login, self.first_name, self.last_name, address, self.company)
        return tuple(filter(None, words))


def _me(ctx: Context, connection: Any) -> Account:
    if ctx.actor.user_id is None:
        raise UserError("Nobody signs in to this database, so there is no account here.")
    account = users.account(connection, ctx.actor.user_id)
    if account is None or not is_on(connection):
        raise UserError("This account is not there any more: sign in again.")
    return account


@service(SELF, "view")
def my_account(ctx: Context) -> MyAccount:
    """Return the own account with its picture."""
    with ctx.database.read() as connection:
        me = _me(ctx, connection)
        named = roles.names(connection, users.roles_of(connection, me.id))
        secret = user_secrets.read_secret(connection, me.id)
        return MyAccount(
            user_id=me.id,
            version=me.version,
            first_name=me.first_name,
            last_name=me.last_name,
            login=me.login or "",
            email=me.email,
            phone=me.phone,
            company=me.company,
            company_id=me.company_id,
            application=me.application,
            roles=("Admin",) if me.unrestricted else tuple(named),
            avatar=users.avatar(connection, me.id),
            second_factor=me.second_factor,
            two_factor_locked=me.company_two_factor,
            password_at=secret.password_at if secret else None,
            idle_minutes=policy_in(connection).idle_minutes,
        )


# ------------------------------------------------------------------------------ name, picture


@service(SELF, "manage")
def save_name(ctx: Context, first_name: str, last_name: str) -> None:
    """Save the own name. Raises FieldProblem."""
    values = {"first_name": first_name.strip(), "last_name": last_name.strip()}
    problems = {}
    for name, title in (("first_name", "First name"), ("last_name", "Last name")):
        text = values[name]
        if not text:
            problems[name] = f"{title} is required: fill it in."
        elif len(text) > LONGEST_NAME or not text.isprintable():
            problems[name] = f"{title} has up to {LONGEST_NAME} characters on one line: shorten it."
    if problems:
        raise FieldProblem(problems)
    with ctx.database.write() as connection:
        me = _me(ctx, connection)
        old = {"first_name": me.first_name, "last_name": me.last_name}
        users.edit_account(connection, me.id, values, ctx.clock())
        tell(connection, ctx, "change own name", me, values, old=old)


@service(SELF, "manage")
def save_avatar(ctx: Context, picture: bytes | None) -> None:
    """Save the own picture, or take it away; PNG or JPEG. Raises UserError for anything else."""
    if picture is not None:
        _refuse_picture(picture)
    with ctx.database.write() as connection:
        me = _me(ctx, connection)
        had = users.avatar(connection, me.id) is not None
        users.edit_account(connection, me.id, {"avatar": picture}, ctx.clock())
        new = {"avatar": picture is not None}
        tell(connection, ctx, "change own picture", me, new, old={"avatar": had})


def _refuse_picture(picture: bytes) -> None:
    if len(picture) > LARGEST_AVATAR:
        raise UserError("The picture is larger than 1 MB: choose a smaller one.")
    size = _size(picture)
    if size is None:
        raise UserError("The picture is neither PNG nor JPEG: choose another file.")
    if not all(0 < side <= MOST_PIXELS for side in size):
        raise UserError(f"The picture has more than {MOST_PIXELS} pixels a side: choose another.")


def _size(picture: bytes) -> tuple[int, int] | None:
    """Return width and height that the header of a PNG or JPEG gives, None for other files."""
    if picture[:8] == b"\x89PNG\r\n\x1a\n" and picture[12:16] == b"IHDR" and len(picture) > 33:
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    return _jpeg_size(picture) if picture[:3] == b"\xff\xd8\xff" else None


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame (ITU-T T.81 B.2.2); restart marks carry no length."""
    at = 2
    while at + 9 < len(picture) and picture[at] == 0xFF:
        mark = picture[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            high = int.from_bytes(picture[at + 5 : at + 7], "big")
            return int.from_bytes(picture[at + 7 : at + 9], "big"), high
        at += 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return None


@service(SELF, "manage")
def change_phone(ctx: Context, phone: str) -> str:
    """Save the own phone number and end all sessions, this one too (L33)."""
    number = checked_phone(phone)
    with ctx.database.write() as connection:
        me = _me(ctx, connection)
        if me.company_two_factor and not number:
            raise FieldProblem({"phone": f"{me.company} demands a phone number: enter yours."})
        if number == me.phone:
            return "The phone number is the same as before."
        users.edit_account(connection, me.id, {"phone": number}, ctx.clock())
        user_sessions.end_sessions(connection, me.id, ctx.clock())
        tell(connection, ctx, "change own phone", me, {"phone": number}, old={"phone": me.phone})
    return "The phone number was saved and all your sessions were ended: sign in again."


# ------------------------------------------------------------------------------ password


@service(SELF, "manage")
def change_password(ctx: Context, current: str, new: str, *, session_id: int | None = None) -> str:
    """Change the own password; all sessions but ``session_id`` end. Raises FieldProblem."""
    me, key, totp_secret = _proven(ctx, current)
    del key
    with ctx.database.read() as connection:
        policy = policy_in(connection)
        secret = user_secrets.read_secret(connection, me.id)
        free = me.application == BACKOFFICE or is_admin(connection, me)
    changed_at = secret.password_at if secret else None
    wait = dt.timedelta(hours=policy.least_hours)
    if not free and changed_at is not None and ctx.clock() < changed_at + wait:
        raise UserError(
            f"The password was changed less than {policy.least_hours} hours ago: wait, or ask your "
            "administrator."
        )
    set_password(
        ctx.database,
        me.id,
        new,
        clock=ctx.clock,
        totp_secret=totp_secret,
        keep_session=session_id,
        ctx=ctx,
    )
    return "The password was changed; your other sessions were ended."


def _proven(
    ctx: Context, password: str, field_name: str = "current"
) -> tuple[Account, Key, str | None]:
    """Return the own account, a key and the authenticator's secret that the password opens.

    Raises FieldProblem for a wrong password; wrong ones count as at the sign-in.
    """
    with ctx.database.read() as connection:
        me = _me(ctx, connection)
    count_attempt(ctx.database, me.name, ctx.clock)
    with ctx.database.read() as connection:
        secret = user_secrets.read_secret(connection, me.id)
    if secret is None or not hashing.verify_password(secret.password_hash, password):
        raise FieldProblem({field_name: "The current password is wrong: type it again."})
    with ctx.database.write() as connection:
        forgive(connection, me.id)
    found = unseal(secret.totp_sealed, password, me.id) if secret.totp_sealed else None
    return me, new_key(password), found


# ------------------------------------------------------------------------------ second factor


@service(SELF, "manage")
def enrol(ctx: Context, password: str) -> Enrolment:
    """Begin to use an authenticator app: its secret, which :func:`confirm` stores once it works."""
    me, key, _ = _proven(ctx, password, "password")
    return enrolment(me.name, key)


@service(SELF, "manage")
def confirm(ctx: Context, begun: Enrolment, code: str, *, session_id: int | None = None) -> str:
    """Store a new authenticator whose code is right; other sessions end."""
    problem = ""
    with ctx.database.write() as connection:
        me, now = _me(ctx, connection), ctx.clock()
        secret = user_secrets.read_secret(connection, me.id, lock=True)
        refuse_paused(secret, now)
        step = matching_step(begun.secret, code, now)
        if step is None or begun.key is None:
            problem = miss(connection, me, secret, policy_in(connection), now)
        else:
            sealed = seal(begun.secret, begun.key, me.id)
            user_secrets.save_secret(connection, me.id, {"totp_sealed": sealed, "totp_step": step})
            user_secrets.end_codes(connection, me.id, RESET, now)  # a mail is not enough any more
            clear_misses(connection, me.id)
            _set_factor(ctx, connection, me, "totp", session_id)
        alone = users.admins(connection) == [me.id]
    if problem:
        raise FieldProblem({"code": f"The code is wrong. {problem}"})
    told = "From now on a sign-in asks for a code of your authenticator app."
    return f"{told} {ALONE}" if alone else told


@service(SELF, "manage")
def use_mailed_codes(ctx: Context, password: str, *, session_id: int | None = None) -> str:
    """Let codes for a sign-in come by mail."""
    if not mail.is_ready(ctx.database):
        raise UserError(
            "Codes can't come by mail, for this machine can't send any yet: ask an administrator, "
            "or use an authenticator app."
        )
    me, _, _ = _proven(ctx, password, "password")
    with ctx.database.write() as connection:
        user_secrets.save_secret(connection, me.id, {"totp_sealed": None})
        _set_factor(ctx, connection, me, "email", session_id)
    return f"From now on a sign-in asks for a code that is mailed to {me.email}."


@service(SELF, "manage")
def disable(ctx: Context, password: str, *, session_id: int | None = None) -> str:
    """Sign in with the password alone from now on."""
    me, _, _ = _proven(ctx, password, "password")
    if me.company_two_factor:
        raise UserError(
            f"{me.company} asks all its users for two factors: it can't be switched off."
        )
    with ctx.database.write() as connection:
        user_secrets.save_secret(connection, me.id, {"totp_sealed": None})
        _set_factor(ctx, connection, me, "none", session_id)
    return "From now on your password is enough to sign in."


def _set_factor(
    ctx: Context, connection: Any, me: Account, factor: str, session_id: int | None
) -> None:
    now = ctx.clock()
    users.edit_account(connection, me.id, {"second_factor": factor}, now)
    user_sessions.end_sessions(connection, me.id, now, but=session_id)
    new, old = {"second_factor": factor}, {"second_factor": me.second_factor}
    tell(connection, ctx, "change own second factor", me, new, old=old)


# ------------------------------------------------------------------------------ sessions, the end


@service(SELF, "view")
def my_sessions(ctx: Context) -> list[MySession]:
    """Return the own sessions that go on, the newest first."""
    with ctx.database.read() as connection:
        me = _me(ctx, connection)
        return [
            MySession(s.id, s.started_at, s.last_seen_at, s.address, s.device)
            for s in user_sessions.open_sessions(connection, me.id)
        ]


@service(SELF, "manage")
def end_my_sessions(ctx: Context, ids: Sequence[int]) -> str:
    """End sessions of one's own, at other machines for example."""
    with ctx.database.write() as connection:
        me = _me(ctx, connection)
        mine = {s.id for s in user_sessions.open_sessions(connection, me.id)}
        for session_id in ids:
            if session_id not in mine:
                raise UserError("The session has ended already: refresh the list.")
            user_sessions.end_session(connection, session_id, ctx.clock())
            tell(connection, ctx, "end session", me, {"session": session_id})
    return "The session was ended." if len(ids) == 1 else f"{len(ids)} sessions were ended."


@service(SELF, "view")
def check_password(ctx: Context, password: str) -> None:
    """Raise FieldProblem unless this is the own password: what a danger zone asks first (C12)."""
    _proven(ctx, password, "password")


@service(SELF, "manage")
def delete_my_account(ctx: Context, password: str, word: str) -> str:
    """Delete the own account for good; ``word`` must be "delete-account".

    The name stays in the audit only: the row keeps no name, address or secret.
    """
    me, _, _ = _proven(ctx, password, "password")
    if word != DELETE_WORD:
        raise FieldProblem({"word": f"Type {DELETE_WORD} to delete your account."})
    with ctx.database.write() as connection:
        now = ctx.clock()
        admins = users.lock_admins(connection)
        if admins == [me.id]:
            raise UserError(
                "You are the last administrator: invite another one, or switch sign-in off first."
            )
        tell(connection, ctx, "delete own account", me, {}, old={"login": me.login})
        user_sessions.end_sessions(connection, me.id, now)
        users.forget(connection, me.id, now)
    return "Your account was deleted."
