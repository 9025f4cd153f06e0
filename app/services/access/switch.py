"""Switching sign-in on and off, and the first administrator, who makes that possible."""

from __future__ import annotations

from app.db.queries import user_secrets, users
from app.db.tables.companies import SYSTEM_OWNER
from app.domain.permissions import SELF
from app.errors import FieldProblem, UserError
from app.services import audit
from app.services.access import hashing, mail
from app.services.access.attempts import count_attempt, forgive
from app.services.access.entry import tell
from app.services.access.protection import protection
from app.services.access.sign_up import Registration, checked_registration, store_registration
from app.services.access.state import SWITCH, is_on, set_on
from app.services.context import Context, service

__all__ = [
    "administrators",
    "protection_text",
    "setup_admin",
    "sign_in_is_on",
    "switch_off",
    "switch_on",
]


@service(SELF, "view")
def sign_in_is_on(ctx: Context) -> bool:
    """Return whether the database asks who works on it."""
    with ctx.database.read() as connection:
        return is_on(connection)


@service(SELF, "view")
def protection_text(ctx: Context) -> str:
    """Return what signing in protects here, and what it does not."""
    return protection(ctx.database)


@service("users", "view")
def administrators(ctx: Context) -> list[str]:
    """Return who could sign in and set everything right: name and mail address.

    Only people of the System owner, whose colleagues these are, are told.
    """
    if ctx.actor.company_id != SYSTEM_OWNER:
        return []
    with ctx.database.read() as connection:
        found = [users.account(connection, one) for one in users.admins(connection)]
    return [f"{a.first_name} {a.last_name} ({a.email})".strip() for a in found if a is not None]


@service("users", "manage", whole=True)
def setup_admin(
    ctx: Context, email: str, registration: Registration, *, another: bool = False
) -> int:
    """Make the first administrator, registered at once, and return the user's ID.

    ``another`` = one more while sign-in is off, for who does not know the others' passwords: the
    caller owns the database then. Raises FieldProblem for the form's fields ("email" and those of
    :class:`Registration`).
    """
    address = email.strip().lower()
    if not mail.valid_address(address):
        raise FieldProblem({"email": "Enter one mail address, such as ann@example.com."})
    name = address.partition("@")[0]
    values = checked_registration(ctx.database, registration, names=(name,))
    hashed = hashing.hash_password(registration.password)
    with ctx.database.write() as connection:
        known = users.lock_admins(connection)
        if is_on(connection) or (known and not another):
            raise UserError(
                "This database has an administrator already: invite others under Users."
            )
        if users.taken(connection, email=address):
            raise FieldProblem({"email": f"A user with {address} is there already: take another."})
        user_id = users.add_admin(connection, address, ctx.clock())
        store_registration(connection, user_id, values, hashed, ctx.clock)
        account = users.account(connection, user_id)
        assert account is not None
        told = {"email": address, **values, "unrestricted": True}
        tell(connection, ctx, "add first administrator", account, told)
    return user_id


@service("users", "manage", whole=True)
def switch_on(ctx: Context) -> str:
    """Ask everybody who opens this database who they are, from now on."""
    with ctx.database.write() as connection:
        if is_on(connection):
            return "Sign-in is on already."
        if not users.lock_admins(connection):  # nobody takes the last one away meanwhile
            raise UserError("Nobody could sign in yet: make the first administrator before.")
        set_on(connection, on=True)
        _tell_switch(ctx, connection, on=True)
    return "Sign-in is on: the next command asks for a login."


@service("users", "manage")
def switch_off(ctx: Context, password: str) -> str:
    """Let everybody work who can open this database; the own password is asked for."""
    user_id = ctx.actor.user_id
    with ctx.database.read() as connection:
        on = is_on(connection)
        account = users.account(connection, user_id) if user_id is not None else None
    if not on:
        return "Sign-in is off already."
    with ctx.database.read() as connection:
        allowed = account is not None and account.id in users.admins(connection)
    if account is None or not allowed:
        raise UserError("Only an administrator of the System owner can switch sign-in off.")
    count_attempt(ctx.database, account.name, ctx.clock)
    with ctx.database.read() as connection:
        secret = user_secrets.read_secret(connection, account.id)
    if secret is None or not hashing.verify_password(secret.password_hash, password):
        raise FieldProblem({"password": "The password is wrong: type it again."})
    with ctx.database.write() as connection:
        forgive(connection, account.id)
        set_on(connection, on=False)
        _tell_switch(ctx, connection, on=False)
    return "Sign-in is off: whoever can open this database can work on it."


def _tell_switch(ctx: Context, connection: object, *, on: bool) -> None:
    audit.record(
        ctx,
        connection,
        f"switch sign-in {'on' if on else 'off'}",
        "setting",
        SWITCH,
        {"sign_in": on},
        old={"sign_in": not on},
        company_id=SYSTEM_OWNER,
    )
