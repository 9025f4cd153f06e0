"""Users of both applications, and roles."""

from __future__ import annotations

from typing import Any

from app.sections.roles import ROLES
from app.sections.users import PORTAL_USERS, USERS
from app.services import records
from app.services.access import user_records
from app.services.context import Context
from tests.contracts.cases import Case, Values

ROLE = {
    "name": "Important role",
    "description": "Looks after banks",
    "application": "backoffice",
    "companies": ["1"],
    "permissions": {"accounts.banks": "manage", "accounts.companies": "view"},
}


def role_id(ctx: Context, name: str, application: str = "backoffice") -> str:
    """Return the ID, as a form has it, of a role that the System owner can give."""
    offered = getattr(user_records, f"roles_{application}")
    return next(c.value for c in offered(ctx, name, {"company_id": "1"}) if c.title == name)


def _user(email: str, application: str = "backoffice", **more: Any) -> Any:
    def values(ctx: Context) -> Values:
        given = role_id(ctx, "Finance manager", application)
        return {"email": email, "company_id": "1", "roles": [given], **more}

    return values


CASES = {
    "users": Case(
        _user("made@harbour.example"), {"two_factor": True}, field="two_factor", taken="email"
    ),
    "portal_users": Case(
        _user("made.portal@harbour.example", "portal", departments=["Support"]),
        {"departments": ["Support", "Sales"]},
        field="departments",
        taken="email",
    ),
    "roles": Case(
        {**ROLE, "name": "Role made here"},
        {"name": "Role made anew", "permissions": {"accounts.banks": "view"}},
    ),
}


def fill(ctx: Context) -> None:
    """Invite one user of each application, and make a role."""
    records.create(ctx, ROLES, ROLE)
    records.create(ctx, USERS, _user("ann@harbour.example")(ctx))
    portal = _user("bob@client.example", "portal", departments=["First line"])(ctx)
    records.create(ctx, PORTAL_USERS, portal)
