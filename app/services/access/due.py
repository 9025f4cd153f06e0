"""What time does to users: invitations end, users who stay away are blocked (GEN-9, guide 15).

``*_due`` and the function beside it are tasks of the due work (:mod:`app.domain.due_work`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.db.queries import due_work, users
from app.domain.due_work import Unit
from app.services.access.entry import is_admin, tell
from app.services.access.policy import policy_in
from app.services.context import Context, service

AREA = "users"
INVITATIONS = "invitations"


def invitations_due(connection: Any, until: dt.datetime) -> list[Unit]:
    """Return the invitations that end up to ``until`` and were not told yet."""
    found = [
        Unit(f"user_account:{guest.id}", guest.invitation_ends, guest.email, guest.company_id)
        for guest in users.expired_guests(connection, until)
        if guest.invitation_ends is not None
    ]
    told = due_work.done_keys(connection, INVITATIONS, [unit.subject for unit in found])
    return [unit for unit in found if (unit.subject, unit.at) not in told]


def expire_invitation(unit: Unit, ctx: Context, connection: Any) -> str:
    """Tell the audit that an invitation ended; the status itself is computed from its end."""
    account = users.account(connection, unit.number)
    gone = account is None or account.registered_at is not None or account.revoked_at is not None
    if account is None or gone or account.invitation_ends != unit.at:
        return "The invitation was used, renewed or revoked before."
    old, new = {"status": "invited"}, {"status": "expired"}
    tell(connection, ctx, "invitation expired", account, new, old=old)
    return "The invitation has expired; it can be sent again."


def blocking_due(connection: Any, until: dt.datetime) -> list[Unit]:
    """Return the users whom their absence blocks up to ``until``; Admins never."""
    days = policy_in(connection).block_days
    if not days:
        return []
    term = dt.timedelta(days=days)
    units = []
    for account in users.idle_accounts(connection, until - term):
        seen = account.last_active_at or account.registered_at
        if seen is not None and not is_admin(connection, account):
            subject = f"user_account:{account.id}"
            units.append(Unit(subject, seen + term, account.name, account.company_id))
    return units


def block_unused(unit: Unit, ctx: Context, connection: Any) -> str:
    """Block a user nobody saw for as long as the policy says."""
    account = users.account(connection, unit.number)
    if account is None or unit not in blocking_due(connection, unit.at):
        return "There is no reason to block the user any more."
    users.edit_account(connection, account.id, {"blocked_at": ctx.clock()}, ctx.clock())
    old, new = {"blocked": False}, {"blocked": True}
    tell(connection, ctx, "block unused user", account, new, old=old)
    return "The user was blocked: an administrator can activate the account."


@service(AREA, "manage", whole=True)
def expire_invitations(ctx: Context, now: dt.datetime) -> int:
    """Tell the audit of every invitation that has ended by ``now``; return how many."""
    with ctx.database.write() as connection:
        units = invitations_due(connection, now)
        for unit in units:
            expire_invitation(unit, ctx, connection)
    return len(units)


@service(AREA, "manage", whole=True)
def block_inactive(ctx: Context, now: dt.datetime) -> int:
    """Block every user whom absence blocks by ``now``; return how many."""
    with ctx.database.write() as connection:
        units = blocking_due(connection, now)
        for unit in units:
            block_unused(unit, ctx, connection)
    return len(units)
