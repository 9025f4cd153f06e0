"""Users, roles and companies by the names that people type on a command line or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import masters as rows
from app.db.queries import roles, users
from app.db.queries.companies import COMPANY
from app.errors import UserError
from app.services.access.user_records import AREA, found_user
from app.services.context import Context, service


@service(AREA, "view")
def user_id(ctx: Context, name: str) -> int:
    """Return the ID of the user with a login or mail address. Raises UserError if none is seen."""
    with ctx.database.read() as connection:
        account = users.account_named(connection, name)
        try:
            return found_user(connection, ctx, account.id if account else 0).id
        except UserError:
            raise UserError(f"There is no user {name}: see tariffdesk users.") from None


@service(AREA, "view")
def form_of_user(
    ctx: Context,
    application: str,
    *,
    email: str,
    company: str,
    role_names: Sequence[str],
    unrestricted: bool = False,
    two_factor: bool = False,
    departments: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the values of a user's form by names; an empty company = the actor's own.

    Raises UserError for a company or role that is not there.
    """
    with ctx.database.read() as connection:
        company_id = _company_id(ctx, connection, company)
        offered = roles.roles_for(connection, company_id, application)
    known = {str(role["name"]).casefold(): str(role["id"]) for role in offered}
    missing = [name for name in role_names if name.casefold() not in known]
    if missing:
        listed = ", ".join(sorted(str(role["name"]) for role in offered))
        raise UserError(f'There is no role "{missing[0]}" for this company: choose of {listed}.')
    values: dict[str, Any] = {
        "email": email,
        "company_id": str(company_id),
        "unrestricted": unrestricted,
        "roles": [known[name.casefold()] for name in role_names],
        "two_factor": two_factor,
        "active": True,
    }
    return values if application == "backoffice" else {**values, "departments": list(departments)}


def _company_id(ctx: Context, connection: Any, name: str) -> int:
    if not name:
        return ctx.actor.company_id
    same = COMPANY.table.c.name == name
    found = rows.matching(connection, COMPANY, ctx.actor.company_id, same)
    if len(found) != 1:
        several = "several companies" if found else "no company"
        raise UserError(f'There is {several} called "{name}" here: check tariffdesk companies.')
    return int(found[0][0])
