"""Departments of a company's portal users (guide 8.2): proposed in the form, deleted from there.

A department is a word that users are in; it is there as long as somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.db.queries import masters as rows
from app.db.queries import users
from app.db.queries.companies import COMPANY
from app.db.queries.users import USER
from app.domain.counting import counted
from app.domain.sections import Choice
from app.errors import UserError
from app.services import masters
from app.services.access.entry import tell
from app.services.access.user_records import AREA, found_user
from app.services.accounts.choices import fitting
from app.services.context import Context, service


def _members(ctx: Context, connection: Any, values: Mapping[str, Any]) -> dict[int, list[str]]:
    """Return the departments of each portal user of the chosen company, which is the actor's own.

    Without a company there are none.
    """
    chosen = masters.chosen(values, "company_id")
    if chosen is None:
        return {}
    rows.find(connection, COMPANY, ctx.actor.company_id, chosen)
    return users.departments(connection, chosen)


@service(AREA, "view")
def departments(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the departments of the chosen company."""
    with ctx.database.read() as connection:
        found = {word for words in _members(ctx, connection, values).values() for word in words}
    return fitting([(word, word) for word in sorted(found)], text)


@service(AREA, "view")
def members(ctx: Context, values: dict[str, Any], department: str) -> list[str]:
    """Return the mail addresses of who is in a department of the chosen company."""
    with ctx.database.read() as connection:
        found = _members(ctx, connection, values)
        ids = [user_id for user_id, words in found.items() if department in words]
        return sorted(found_user(connection, ctx, user_id).email for user_id in ids)


@service(AREA, "manage")
def delete_department(ctx: Context, values: dict[str, Any], department: str) -> str:
    """Take a department of the chosen company from all users who are in it.

    Raises UserError for users who are in no other, for each has to be in one.
    """
    with ctx.database.write() as connection:
        found = _members(ctx, connection, values)
        inside = {one: words for one, words in found.items() if department in words}
        only = [one for one, words in inside.items() if words == [department]]
        if only:
            named = ", ".join(found_user(connection, ctx, one).email for one in only[:3])
            more = f" and {len(only) - 3} more" if len(only) > 3 else ""
            raise UserError(
                f"{named}{more} would be in no department: give another one before you delete "
                f"{department}."
            )
        for user_id, words in inside.items():
            row = rows.find(connection, USER, ctx.actor.company_id, user_id, own=True)
            left = [word for word in words if word != department]
            new = {"departments": left}
            rows.change(connection, USER, row, row["version"], new, now=ctx.clock())
            account = found_user(connection, ctx, user_id)
            tell(connection, ctx, "delete department", account, new, old={"departments": words})
    had = f"{counted(len(inside), 'user')} {'was' if len(inside) == 1 else 'were'} in it"
    return f"{department} was deleted: {had}."
