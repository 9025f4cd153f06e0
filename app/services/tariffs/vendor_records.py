"""Vendors as records of a list and a form: create, rename, delete (F7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import vendors
from app.db.queries.record_history import authors, record_history
from app.domain.counting import counted
from app.domain.records import Record
from app.errors import FieldProblem, UserError
from app.services import audit
from app.services.context import Context, service

AREA = "finance.services"


@service(AREA, "view")
def load(ctx: Context, vendor_id: int) -> Record:
    """Return what the form of a vendor shows. Raises UserError if there is none."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        row = vendors.vendor_by_id(connection, company, vendor_id)
        tenant = row["company_id"]
        created_by, updated_by = authors(connection, tenant, "vendor", vendor_id)
        history = record_history(connection, tenant, "vendor", vendor_id)
    return Record(
        id=row["id"],
        version=row["version"],
        values={"name": row["name"]},
        title=row["name"],
        created_at=row["created_at"],
        created_by=created_by,
        updated_at=row["updated_at"],
        updated_by=updated_by,
        history=history,
    )


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a vendor and return its ID."""
    with ctx.database.write() as connection:
        _refuse_taken(connection, ctx.actor.company_id, values["name"])
        name = str(values["name"]).strip()
        made = vendors.add_vendor(connection, ctx.actor.company_id, name, now=ctx.clock())
        audit.record(ctx, connection, "add vendor", "vendor", made, {"name": name})
    return made


@service(AREA, "manage")
def update(ctx: Context, vendor_id: int, version: int, values: dict[str, Any]) -> None:
    """Rename a vendor; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = vendors.vendor_by_id(connection, ctx.actor.company_id, vendor_id)
        if values["name"] != row["name"]:
            _refuse_taken(connection, row["company_id"], values["name"])
        vendors.update_vendor(connection, vendor_id, version, now=ctx.clock(), name=values["name"])
        old, new = {"name": row["name"]}, {"name": values["name"]}
        audit.record(
            ctx,
            connection,
            "rename vendor",
            "vendor",
            vendor_id,
            new,
            old=old,
            company_id=row["company_id"],
        )


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete vendors that nothing names. Raises UserError with what does."""
    names = []
    with ctx.database.write() as connection:
        for vendor_id in ids:
            row = vendors.vendor_by_id(connection, ctx.actor.company_id, vendor_id)
            used = _uses(connection, vendor_id)
            if used:
                raise UserError(
                    f"The vendor {row['name']} can't be deleted because of its {used}: rename it, "
                    "or delete these first; imports stay for good."
                )
            vendors.remove_vendor(connection, vendor_id)
            old = {"name": row["name"]}
            audit.record(
                ctx,
                connection,
                "delete vendor",
                "vendor",
                vendor_id,
                {},
                old=old,
                company_id=row["company_id"],
            )
            names.append(row["name"])
    return f"Deleted {names[0] if len(names) == 1 else counted(len(names), 'vendor')}."


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the vendors, one line for each that is in use."""
    lines = []
    with ctx.database.read() as connection:
        for vendor_id in ids:
            row = vendors.vendor_by_id(connection, ctx.actor.company_id, vendor_id)
            used = _uses(connection, vendor_id)
            if used:
                lines.append(f"{row['name']}: {used}")
    return lines


def _uses(connection: Any, vendor_id: int) -> str:
    used = vendors.uses_of(connection, vendor_id)
    return ", ".join(counted(count, word) for word, count in used.items() if count)


def _refuse_taken(connection: Any, company: int, name: str) -> None:
    if vendors.find_vendor(connection, company, name) is not None:
        raise FieldProblem({"name": f'There is a vendor "{name}" already: choose another name.'})
