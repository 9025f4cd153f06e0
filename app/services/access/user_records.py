"""Users as records of lists and forms: invited, edited, switched off and on, deleted (USR-1, L35).

Both tabs of the guide: users of the back office (the System owner and resellers) and users of the
client portal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.queries import masters as rows
from app.db.queries import roles, user_secrets, user_sessions, users
from app.db.queries.companies import COMPANY
from app.db.queries.tenancy import refuse_foreign
from app.db.queries.users import USER, Account
from app.domain.passwords import Policy
from app.domain.permissions import BACKOFFICE, PORTAL
from app.domain.records import NewRecord, Record
from app.domain.sections import Choice
from app.errors import FieldProblem, UserError
from app.services import audit, masters
from app.services.access import mail
from app.services.access.entry import actor_of, is_on, tell
from app.services.access.forgotten import RESET
from app.services.access.invitations import (
    NewCode,
    deliver,
    invitation_end,
    new_code,
    store,
)
from app.services.access.policy import policy_in
from app.services.access.rights import (
    admin_cells,
    cells_of,
    refuse_beyond,
    refuse_stronger,
)
from app.services.access.sign_up import INVITATION
from app.services.accounts.choices import fitting
from app.services.context import Context, service

AREA = "users"
COLUMNS = ("departments", "unrestricted", "active")
NO_ADMIN = (
    "Nobody could change this database any more: keep one active Admin of the System owner, or "
    "switch sign-in off first."
)


def found_user(connection: Any, ctx: Context, user_id: int, *, own: bool = False) -> Account:
    """Return a user in the actor's sight. Raises UserError if there is none."""
    rows.find(connection, USER, ctx.actor.company_id, user_id, own=own)
    account = users.account(connection, user_id)
    if account is None:
        raise UserError(f"There is no user {user_id}: refresh the list.")
    return account


@service(AREA, "view")
def load(ctx: Context, user_id: int) -> Record:
    """Return what the form of a user shows. Raises UserError if there is none."""
    record = masters.load(ctx, USER, user_id)
    with ctx.database.read() as connection:
        account = found_user(connection, ctx, user_id)
        held = users.roles_of(connection, user_id)
        named = [rows.find(connection, roles.ROLE, account.company_id, one) for one in held]
        cells = actor_of(connection, account).permissions
        status = users.status(connection, user_id, ctx.clock())
    record.values.update(
        {
            "company_id": str(account.company_id),
            "name": f"{account.first_name} {account.last_name}".strip() or "Guest",
            "login": account.login or "",
            "phone": account.phone,
            "status": status,
            "application": account.application,
            "roles": None if account.unrestricted else [str(row["id"]) for row in named],
            "permissions": _in_order(cells),
            "two_factor": account.second_factor != "none" or account.company_two_factor,
            "last_active_at": account.last_active_at,
        }
    )
    if account.application == BACKOFFICE:
        del record.values["departments"]
    record.labels["company_id"] = account.company
    record.labels["roles"] = "\n".join(str(row["name"]) for row in named)
    if account.company_two_factor:
        record.locked["two_factor"] = _company_demands(account)
    return record


def _company_demands(account: Account) -> str:
    return (
        f"{account.company} asks all its users for two factors: change that in the company first."
    )


def _in_order(cells: frozenset[tuple[str, str]]) -> dict[str, str]:
    """Return cells as {area: level}; of two roles the wider right counts."""
    return dict(sorted(cells, key=lambda cell: (cell[1] == "manage", cell)))


# ------------------------------------------------------------------------------ invite


@service(AREA, "manage")
def create_backoffice(ctx: Context, values: dict[str, Any]) -> int:
    """Invite a user of the back office and return the ID, with the code where it was not mailed."""
    return _invite(ctx, BACKOFFICE, values)


@service(AREA, "manage")
def create_portal(ctx: Context, values: dict[str, Any]) -> int:
    """Invite a user of the client portal and return the ID, with the code where it stayed here."""
    return _invite(ctx, PORTAL, values)


def _invite(ctx: Context, application: str, values: dict[str, Any]) -> int:
    code, can_mail = new_code(), mail.is_ready(ctx.database)
    with ctx.database.write() as connection:
        invited = invite(connection, ctx, application, values, code, can_mail=can_mail)
    told = deliver(ctx.database, invited.account, INVITATION, code, invited.policy)
    return NewRecord(invited.account.id, told)


@dataclass(frozen=True, slots=True)
class Invited:
    """A new guest, whose code is still to be mailed or handed over."""

    account: Account
    code: NewCode
    policy: Policy


def invite(
    connection: Any,
    ctx: Context,
    application: str,
    values: dict[str, Any],
    code: NewCode,
    *,
    can_mail: bool,
) -> Invited:
    """Add a guest with a code, which the caller delivers after the commit. Raises FieldProblem."""
    email = str(values["email"]).strip().lower()
    if not mail.valid_address(email):
        raise FieldProblem({"email": "Enter one mail address, such as ann@example.com."})
    company = _company(ctx, connection, application, values)
    given = _given_roles(ctx, connection, application, company["id"], values, ())
    if users.taken(connection, email=email):
        raise FieldProblem({"email": f"A user with {email} is there already: take another."})
    now, policy = ctx.clock(), policy_in(connection)
    ends = invitation_end(policy, now)
    two_factor = bool(values["two_factor"]) or company["two_factor"]
    row = {
        "company_id": company["id"],
        "application": application,
        "email": email,
        "departments": values.get("departments") or [],
        "unrestricted": bool(values["unrestricted"]),
        "active": values.get("active") is not False,
        "second_factor": _factor(two_factor=two_factor, can_mail=can_mail),
        "invited_at": now,
        "invitation_ends": ends,
    }
    made = rows.insert(connection, USER, row, now=now)
    users.set_roles(connection, made, [role["id"] for role in given])
    store(connection, made, INVITATION, code, now=now, ends=ends)
    told = {**_shown(values, given), "email": email, "company_id": company["name"]}
    audit.record(
        ctx, connection, "invite user", "user_account", made, told, company_id=company["id"]
    )
    account = users.account(connection, made)
    assert account is not None
    return Invited(account, code, policy)


def _factor(*, two_factor: bool, can_mail: bool) -> str:
    """Return what the second factor is when an administrator asks for one."""
    if not two_factor:
        return "none"
    return "email" if can_mail else "totp"


def _shown(values: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the audit says of a user's form."""
    names = sorted(str(role["name"]) for role in given)
    told = {
        "unrestricted": bool(values["unrestricted"]),
        "roles": names,
        "two_factor": bool(values["two_factor"]),
        "active": values.get("active", True) is not False,
    }
    departments = values.get("departments")
    return told if departments is None else {**told, "departments": list(departments)}


def _company(
    ctx: Context, connection: Any, application: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the chosen company. Raises FieldProblem for one that can't have such users."""
    chosen = masters.chosen(values, "company_id")
    gone = FieldProblem({"company_id": "Company is not there any more: choose another one."})
    if chosen is None:
        raise gone
    try:
        refuse_foreign(connection, ctx.actor.company_id, chosen, "company")
        company = rows.find(connection, COMPANY, ctx.actor.company_id, chosen)
    except UserError:
        raise gone from None
    if application == BACKOFFICE and company["type"] == "client":
        raise FieldProblem(
            {
                "company_id": f"{company['name']} is a client, whose users work in the client "
                "portal: invite them there."
            }
        )
    return company


def _given_roles(
    ctx: Context,
    connection: Any,
    application: str,
    company_id: int,
    values: Mapping[str, Any],
    before: Sequence[int],
) -> list[dict[str, Any]]:
    """Return the chosen roles. Raises FieldProblem for one the actor or the company can't give."""
    if values["unrestricted"]:
        refuse_beyond(ctx.actor, application, sorted(admin_cells(application)), "unrestricted")
        return []
    every = roles.roles_for(connection, company_id, application)
    offered = {str(role["id"]): role for role in every}
    found = []
    for text in map(str, values["roles"] or ()):
        if text not in offered:
            raise FieldProblem({"roles": "A role is not there any more: choose another one."})
        role = {**offered[text], "application": application}
        if role["id"] not in before:
            refuse_beyond(ctx.actor, application, cells_of(connection, role).items(), "roles")
        found.append(role)
    if not found:
        raise FieldProblem({"roles": "Role is required: choose at least one."})
    return found


# ------------------------------------------------------------------------------ edit


@service(AREA, "manage")
def update(ctx: Context, user_id: int, version: int, values: dict[str, Any]) -> None:
    """Save roles, departments, two-factor and whether a user is active; Conflict if stale."""
    can_mail = mail.is_ready(ctx.database)
    with ctx.database.write() as connection:
        users.lock_admins(connection)
        row = rows.find(connection, USER, ctx.actor.company_id, user_id, own=True)
        account = found_user(connection, ctx, user_id)
        refuse_stronger(ctx.actor, connection, account)
        held = users.roles_of(connection, user_id)
        _refuse_own(ctx, account, values)
        given = _given_roles(ctx, connection, account.application, account.company_id, values, held)
        factor = _changed_factor(account, values, can_mail=can_mail)
        columns = {name: values[name] for name in COLUMNS if values.get(name) is not None}
        changed = {n: v for n, v in {**columns, "second_factor": factor}.items() if row[n] != v}
        rows.change(connection, USER, row, version, changed, now=ctx.clock())
        users.set_roles(connection, user_id, [role["id"] for role in given])
        _after_change(ctx, connection, account, changed)
        old = _shown(_old_values(row, account), _named(connection, account, held))
        new = _shown(values, given)
        _tell_difference(ctx, connection, account, old, new)


def _refuse_own(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    """Raise FieldProblem for what nobody does to the own account here."""
    if account.id != ctx.actor.user_id:
        return
    if not values["active"]:
        raise FieldProblem({"active": "You can't switch your own account off: ask another user."})
    if account.second_factor != "none" and not values["two_factor"]:
        problem = "Switch your own second step off under My account, which asks for the password."
        raise FieldProblem({"two_factor": problem})


def _changed_factor(account: Account, values: Mapping[str, Any], *, can_mail: bool) -> str:
    wanted = bool(values["two_factor"])
    if account.company_two_factor and not wanted:
        raise FieldProblem({"two_factor": _company_demands(account)})
    if wanted and account.second_factor != "none":
        return account.second_factor
    return _factor(two_factor=wanted, can_mail=can_mail)


def _after_change(
    ctx: Context, connection: Any, account: Account, changed: Mapping[str, Any]
) -> None:
    """End what no longer holds, and refuse to leave the database without an Admin."""
    if changed.get("second_factor") == "none":
        user_secrets.save_secret(connection, account.id, {"totp_sealed": None})
    if changed.get("second_factor") == "totp":  # a mail is not enough any more
        user_secrets.end_codes(connection, account.id, RESET, ctx.clock())
    if changed.get("active") is False:
        user_sessions.end_sessions(connection, account.id, ctx.clock())
    refuse_no_admin(connection)


def refuse_no_admin(connection: Any) -> None:
    """Raise UserError if sign-in is on and nobody is left who can set everything right."""
    if is_on(connection) and not users.admins(connection):
        raise UserError(NO_ADMIN)


def _old_values(row: Mapping[str, Any], account: Account) -> dict[str, Any]:
    two_factor = account.second_factor != "none" or account.company_two_factor
    portal = account.application == PORTAL
    return {
        "unrestricted": row["unrestricted"],
        "active": row["active"],
        "two_factor": two_factor,
        "departments": row["departments"] if portal else None,
    }


def _named(connection: Any, account: Account, held: Sequence[int]) -> list[dict[str, Any]]:
    return [rows.find(connection, roles.ROLE, account.company_id, one) for one in held]


def _tell_difference(
    ctx: Context, connection: Any, account: Account, old: dict[str, Any], new: dict[str, Any]
) -> None:
    differing = [name for name in new if new[name] != old.get(name)]
    tell(
        connection,
        ctx,
        "change user",
        account,
        {name: new[name] for name in differing},
        old={name: old.get(name) for name in differing},
    )


# ------------------------------------------------------------------------------ delete


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete guests, and users who never changed anything; the others are switched off instead."""
    names = []
    with ctx.database.write() as connection:
        users.lock_admins(connection)
        for user_id in ids:
            account = found_user(connection, ctx, user_id, own=True)
            refuse_stronger(ctx.actor, connection, account)
            if account.id == ctx.actor.user_id:
                raise UserError("You can't delete yourself here: use My account.")
            if users.has_acted(connection, account):
                raise UserError(
                    f"{account.name} has changed things that the audit names, so the account "
                    "can't be deleted: deactivate it instead."
                )
            users.delete_account(connection, account.id)
            tell(connection, ctx, "delete user", account, {}, old={"email": account.email})
            names.append(account.email)
        refuse_no_admin(connection)
    return f"Deleted {names[0] if len(names) == 1 else f'{len(names)} users'}."


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return which of the users can't be deleted, one line for each."""
    lines = []
    with ctx.database.read() as connection:
        for user_id in ids:
            account = found_user(connection, ctx, user_id)
            if users.has_acted(connection, account):
                lines.append(f"{account.email}: has entries in the audit; deactivate it instead")
    return lines


# ------------------------------------------------------------------------------ choices


@service(AREA, "view")
def companies_backoffice(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the companies that have users of the back office: the owner and resellers."""
    return _companies(ctx, text, COMPANY.table.c.type != "client")


@service(AREA, "view")
def companies_portal(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the companies that have users of the client portal: all."""
    return _companies(ctx, text)


def _companies(ctx: Context, text: str, *conditions: Any) -> list[Choice]:
    company_id = ctx.actor.company_id
    with ctx.database.read() as connection:
        found = rows.matching(connection, COMPANY, company_id, *conditions, text=text)
    return fitting(found, text)


@service(AREA, "view")
def roles_backoffice(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the roles of the back office that the chosen company may give."""
    return _role_choices(ctx, text, values, BACKOFFICE)


@service(AREA, "view")
def roles_portal(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the roles of the client portal that the chosen company may give."""
    return _role_choices(ctx, text, values, PORTAL)


def _role_choices(
    ctx: Context, text: str, values: Mapping[str, Any], application: str
) -> list[Choice]:
    company_id = masters.chosen(values, "company_id")
    if company_id is None:
        return []
    with ctx.database.read() as connection:
        refuse_foreign(connection, ctx.actor.company_id, company_id, "company")
        found = roles.roles_for(connection, company_id, application)
    return fitting([(str(role["id"]), str(role["name"])) for role in found], text)


@service(AREA, "view")
def suggest_backoffice(
    ctx: Context, values: dict[str, Any], changed: str
) -> dict[str, tuple[Any, str]]:
    """Propose the actor's own company for a new user, and show what the roles allow."""
    return _suggest(ctx, BACKOFFICE, values, changed)


@service(AREA, "view")
def suggest_portal(
    ctx: Context, values: dict[str, Any], changed: str
) -> dict[str, tuple[Any, str]]:
    """Do the same for a user of the client portal."""
    return _suggest(ctx, PORTAL, values, changed)


def _suggest(
    ctx: Context, application: str, values: dict[str, Any], changed: str
) -> dict[str, tuple[Any, str]]:
    company_id = masters.chosen(values, "company_id")
    with ctx.database.read() as connection:
        if company_id is None:
            own = rows.find(connection, COMPANY, ctx.actor.company_id, ctx.actor.company_id)
            mine = {} if changed else {"company_id": (str(own["id"]), str(own["name"]))}
            return {**mine, "permissions": ({}, "")}
        company = rows.find(connection, COMPANY, ctx.actor.company_id, company_id)
        shown = _allowed(connection, application, company_id, values)
    demanded = {"two_factor": (True, "")} if company["two_factor"] else {}
    return {**demanded, "permissions": (shown, "")}


def _allowed(
    connection: Any, application: str, company_id: int, values: Mapping[str, Any]
) -> dict[str, str]:
    """Return what the chosen roles allow together, as {area: level}."""
    if values.get("unrestricted"):
        return _in_order(admin_cells(application))
    chosen = set(map(str, values.get("roles") or ()))
    offered = roles.roles_for(connection, company_id, application)
    cells = {
        cell
        for role in offered
        if str(role["id"]) in chosen
        for cell in cells_of(connection, {**role, "application": application}).items()
    }
    return _in_order(frozenset(cells))
