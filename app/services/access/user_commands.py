"""What is done to users beside their form: invitations again, on and off, a new password (L35)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import user_secrets, user_sessions, users
from app.db.queries.users import Account
from app.errors import UserError
from app.services.access.entry import tell
from app.services.access.forgotten import RESET, mail_is_enough
from app.services.access.invitations import (
    HANDED_OVER,
    deliver_all,
    invitation_end,
    new_code,
    store,
)
from app.services.access.new_password import set_password
from app.services.access.policy import policy_in
from app.services.access.rights import refuse_stronger
from app.services.access.sign_up import INVITATION
from app.services.access.user_records import AREA, found_user, refuse_no_admin
from app.services.context import Context, service


def _changeable(ctx: Context, connection: Any, user_id: int) -> Account:
    account = found_user(connection, ctx, user_id, own=True)
    refuse_stronger(ctx.actor, connection, account)
    return account


@service(AREA, "manage")
def resend(ctx: Context, ids: Sequence[int]) -> str:
    """Make a new code and a new end of invitations; the codes before end."""
    codes = {user_id: new_code() for user_id in ids}
    accounts = []
    with ctx.database.write() as connection:
        now, policy = ctx.clock(), policy_in(connection)
        ends = invitation_end(policy, now)
        for user_id, code in codes.items():
            account = _changeable(ctx, connection, user_id)
            if account.registered_at is not None:
                raise UserError(
                    f"{account.email} has signed up already: reset the password instead."
                )
            values = {"invited_at": now, "invitation_ends": ends, "revoked_at": None}
            users.edit_account(connection, user_id, values, now)
            store(connection, user_id, INVITATION, code, now=now, ends=ends)
            new = {"invitation_ends": ends.isoformat()}
            tell(connection, ctx, "resend invitation", account, new)
            accounts.append(account)
    made = [(account, codes[account.id]) for account in accounts]
    return deliver_all(ctx.database, made, INVITATION, policy)


@service(AREA, "manage")
def revoke(ctx: Context, ids: Sequence[int]) -> str:
    """End invitations: their codes are worth nothing from now on."""
    with ctx.database.write() as connection:
        for user_id in ids:
            account = _changeable(ctx, connection, user_id)
            if account.registered_at is not None:
                raise UserError(f"{account.email} has signed up already: deactivate the user.")
            now = ctx.clock()
            users.edit_account(connection, user_id, {"revoked_at": now}, now)
            user_secrets.end_codes(connection, user_id, INVITATION, now)
            tell(connection, ctx, "revoke invitation", account, {"status": "revoked"})
    return "The invitation was revoked." if len(ids) == 1 else f"{len(ids)} invitations revoked."


@service(AREA, "manage")
def activate(ctx: Context, ids: Sequence[int]) -> str:
    """Let users sign in again: switched off, blocked for not coming, or waiting after mistakes."""
    with ctx.database.write() as connection:
        for user_id in ids:
            account = _registered(ctx, connection, user_id)
            now = ctx.clock()
            # Else a user who was blocked for being away would be blocked again at once.
            values = {"active": True, "blocked_at": None, "last_active_at": now}
            users.edit_account(connection, user_id, values, now)
            pauses = {"failures": 0, "locked_till": None, "code_failures": 0}
            user_secrets.save_secret(connection, user_id, {**pauses, "codes_locked_till": None})
            old = {"active": account.active, "blocked": account.blocked_at is not None}
            new = {"active": True, "blocked": False}
            tell(connection, ctx, "activate user", account, new, old=old)
    return "The user can sign in again." if len(ids) == 1 else f"{len(ids)} users can sign in."


@service(AREA, "manage")
def deactivate(ctx: Context, ids: Sequence[int]) -> str:
    """Let users sign in no longer and end their sessions."""
    with ctx.database.write() as connection:
        users.lock_admins(connection)
        for user_id in ids:
            account = _registered(ctx, connection, user_id)
            if account.id == ctx.actor.user_id:
                raise UserError("You can't switch your own account off: ask another user.")
            users.edit_account(connection, user_id, {"active": False}, ctx.clock())
            user_sessions.end_sessions(connection, user_id, ctx.clock())
            old, new = {"active": account.active}, {"active": False}
            tell(connection, ctx, "deactivate user", account, new, old=old)
        refuse_no_admin(connection)
    return "The user was signed out and can't sign in any more."


def _registered(ctx: Context, connection: Any, user_id: int) -> Account:
    account = _changeable(ctx, connection, user_id)
    if account.registered_at is None:
        raise UserError(f"{account.email} has not signed up yet: resend or revoke the invitation.")
    return account


def _other(ctx: Context, connection: Any, user_id: int) -> Account:
    """Return a registered user who is not the actor: the own password asks for the one before."""
    account = _registered(ctx, connection, user_id)
    if account.id == ctx.actor.user_id:
        raise UserError("Change your own password under My account, which asks for the old one.")
    return account


@service(AREA, "manage")
def reset_password(ctx: Context, ids: Sequence[int]) -> str:
    """Give each user a code for a new password; the old one works until it is used."""
    codes = {user_id: new_code() for user_id in ids}
    with ctx.database.write() as connection:
        now, policy = ctx.clock(), policy_in(connection)
        accounts = [_other(ctx, connection, user_id) for user_id in codes]
        for account in accounts:
            code = codes[account.id]
            store(connection, account.id, RESET, code, now=now, ends=now + HANDED_OVER)
            tell(connection, ctx, "reset password", account)
    made = [(account, codes[account.id]) for account in accounts]
    return deliver_all(ctx.database, made, RESET, policy)


@service(AREA, "manage")
def end_sessions(ctx: Context, ids: Sequence[int]) -> str:
    """Sign users out wherever they are signed in."""
    number = 0
    with ctx.database.write() as connection:
        for user_id in ids:
            account = _changeable(ctx, connection, user_id)
            ended = user_sessions.end_sessions(connection, user_id, ctx.clock())
            tell(connection, ctx, "end sessions", account, {"sessions": ended})
            number += ended
    return f"{number} session{' was' if number == 1 else 's were'} ended."


@service(AREA, "manage")
def give_password(ctx: Context, user_id: int, new: str) -> str:
    """Set another user's password, who is asked for a new one at the first sign-in (guide 15)."""
    with ctx.database.read() as connection:
        account = _other(ctx, connection, user_id)
        policy = policy_in(connection)
    set_password(
        ctx.database, user_id, new, clock=ctx.clock, must_change=policy.first_change, ctx=ctx
    )
    again = " It has to be changed at the next sign-in." if policy.first_change else ""
    if not mail_is_enough(account):
        again += " The authenticator app is added anew then."
    return f"The password was set and all sessions were ended.{again}"
