"""Roles as records of lists and forms: the system's to look at, one's own to change (USR-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import masters as rows
from app.db.queries import roles
from app.db.queries.companies import COMPANY
from app.db.queries.roles import ROLE
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import FieldProblem, UserError
from app.services import audit, masters
from app.services.access.rights import beyond, cells_of, refuse_beyond
from app.services.accounts.choices import fitting
from app.services.context import Context, service

AREA = "roles"
COLUMNS = ("name", "description", "application")


@service(AREA, "view")
def load(ctx: Context, role_id: int) -> Record:
    """Return what the form of a role shows. Raises UserError if there is none."""
    record = masters.load(ctx, ROLE, role_id)
    with ctx.database.read() as connection:
        row = rows.find(connection, ROLE, ctx.actor.company_id, role_id)
        named = roles.companies_of(connection, role_id, ctx.actor.company_id)
        cells = cells_of(connection, row)
    record.values.update(
        {
            "template": None,
            "companies": [str(company_id) for company_id, _ in named],
            "permissions": cells,
        }
    )
    record.labels["companies"] = "\n".join(name for _, name in named)
    if row["system"] is None:
        return record
    record.locked.update(dict.fromkeys(record.values, _same_for_all(row)))
    return replace(record, title=f"{record.title} (system)")


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a role of the actor's company and return its ID. Raises FieldProblem."""
    refuse_beyond(ctx.actor, values["application"], values["permissions"].items(), "permissions")
    with ctx.database.write() as connection:
        companies = _companies(ctx, connection, values)
        now = ctx.clock()
        columns = {name: values[name] for name in COLUMNS}
        row = {**columns, "company_id": ctx.actor.company_id}
        made = rows.insert(connection, ROLE, row, now=now)
        roles.set_cells(connection, made, values["permissions"])
        roles.set_companies(connection, made, [found for found, _ in companies])
        told = {**columns, **_told(companies, values["permissions"])}
        audit.record(ctx, connection, "add role", "role", made, told)
    return made


@service(AREA, "manage")
def clone(ctx: Context, role_id: int, values: dict[str, Any]) -> int:
    """Copy a role, the system's too, with other values and return the copy's ID."""
    with ctx.database.read() as connection:
        rows.find(connection, ROLE, ctx.actor.company_id, role_id)
    return create(ctx, values)


@service(AREA, "manage")
def update(ctx: Context, role_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a role of one's own; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = rows.find(connection, ROLE, ctx.actor.company_id, role_id, own=True)
        _refuse_system(row)
        had = roles.cells(connection, role_id)
        named = roles.companies_of(connection, role_id, ctx.actor.company_id)
        added = [cell for cell in values["permissions"].items() if cell not in had.items()]
        refuse_beyond(ctx.actor, row["application"], added, "permissions")
        companies = _companies(ctx, connection, values)
        _refuse_held(connection, role_id, companies)
        before = {**{name: row[name] for name in COLUMNS}, **_told(named, had)}
        after = {
            **{name: values[name] for name in COLUMNS},
            **_told(companies, values["permissions"]),
        }
        changed = {name: value for name, value in after.items() if value != before[name]}
        columns = {name: changed[name] for name in COLUMNS if name in changed}
        rows.change(connection, ROLE, row, version, columns, now=ctx.clock())
        roles.set_cells(connection, role_id, values["permissions"])
        roles.set_companies(connection, role_id, [found for found, _ in companies])
        old = {name: before[name] for name in changed}
        tenant = row["company_id"]
        audit.record(
            ctx, connection, "change role", "role", role_id, changed, old=old, company_id=tenant
        )


def _companies(ctx: Context, connection: Any, values: dict[str, Any]) -> list[tuple[int, str]]:
    """Return (id, name) of the chosen companies. Raises FieldProblem for one out of sight."""
    found = []
    try:
        for text in values["companies"] or ():
            company_id = int(text)
            row = rows.find(connection, COMPANY, ctx.actor.company_id, company_id)
            found.append((company_id, str(row["name"])))
    except (UserError, ValueError):
        problem = "Company is not there any more: choose another one."
        raise FieldProblem({"companies": problem}) from None
    return sorted(found, key=lambda one: one[1])


def _told(companies: Sequence[tuple[int, str]], cells: dict[str, str]) -> dict[str, Any]:
    return {"companies": [name for _, name in companies], "permissions": dict(cells)}


def _refuse_system(row: Any) -> None:
    if row["system"] is not None:
        raise UserError(_same_for_all(row))


def _same_for_all(row: Any) -> str:
    return f"{row['name']} is a system role and the same for everybody: make a copy of it."


def _refuse_held(connection: Any, role_id: int, companies: Sequence[tuple[int, str]]) -> None:
    if not companies:
        return
    others = roles.used_elsewhere(connection, role_id, [found for found, _ in companies])
    if others:
        raise FieldProblem(
            {
                "companies": f"Users of {', '.join(others[:3])} hold this role: keep these "
                "companies, or give their users another role first."
            }
        )


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete roles that nobody holds. Raises UserError with what is in the way."""

    def parts(connection: Any, row: Any) -> None:
        _refuse_system(row)
        roles.set_cells(connection, row["id"], {})
        roles.set_companies(connection, row["id"], [])

    return masters.remove(ctx, ROLE, ids, before=parts)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return how many users hold the roles, one line for each that is held."""
    return masters.dependants(ctx, ROLE, ids)


# ------------------------------------------------------------------------------ choices


@service(AREA, "view")
def templates(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the roles whose rights a new role may begin with, those of its group."""
    application = str(values.get("application") or "")
    conditions = [ROLE.table.c.application == application] if application else []
    with ctx.database.read() as connection:
        found = rows.matching(connection, ROLE, ctx.actor.company_id, *conditions, text=text)
    return fitting(found, text)


@service(AREA, "view")
def companies(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the companies in sight whose name holds the words of ``text``."""
    with ctx.database.read() as connection:
        return fitting(rows.matching(connection, COMPANY, ctx.actor.company_id, text=text), text)


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], changed: str) -> dict[str, tuple[Any, str]]:
    """Propose the rights of the chosen template, as far as the actor holds them."""
    chosen = masters.chosen(values, "template")
    if changed != "template" or chosen is None:
        return {}
    with ctx.database.read() as connection:
        row = rows.find(connection, ROLE, ctx.actor.company_id, chosen)
        cells = cells_of(connection, row)
    return {"permissions": (_held(ctx, row["application"], cells), "")}


def _held(ctx: Context, application: str, cells: dict[str, str]) -> dict[str, str]:
    lacking = set(beyond(ctx.actor, application, cells.items()))
    return {name: level for name, level in cells.items() if (name, level) not in lacking}
