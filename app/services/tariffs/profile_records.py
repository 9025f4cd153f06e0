"""Import profiles as records of a list and a form: rename, give to a vendor, delete (IMP-14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import profiles, vendors
from app.db.queries.record_history import authors, record_history
from app.domain.counting import counted
from app.domain.records import Record
from app.errors import FieldProblem, UserError
from app.services import audit
from app.services.context import Context, service

AREA = "finance.services"


@service(AREA, "view")
def load(ctx: Context, profile_id: int) -> Record:
    """Return what the form of a profile shows; the vendor is its ID as text, None for all."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        found = profiles.profile_by_id(connection, company, profile_id)
        vendor, tenant = _vendor_name(connection, company, found.vendor_id), found.company_id
        created_by, updated_by = authors(connection, tenant, "import_profile", profile_id)
        history = record_history(connection, tenant, "import_profile", profile_id)
    return Record(
        id=found.id,
        version=found.version,
        values={
            "name": found.name,
            "vendor": None if found.vendor_id is None else str(found.vendor_id),
        },
        title=found.name,
        created_at=found.created_at,
        created_by=created_by,
        updated_at=found.updated_at,
        updated_by=updated_by,
        labels={"vendor": vendor},
        history=history,
    )


@service(AREA, "manage")
def update(ctx: Context, profile_id: int, version: int, values: dict[str, Any]) -> None:
    """Save name and vendor; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        found = profiles.profile_by_id(connection, ctx.actor.company_id, profile_id)
        company = found.company_id
        taken = profiles.find_profile(connection, company, values["name"])
        if taken is not None and taken.id != profile_id:
            raise FieldProblem(
                {"name": f'There is a profile "{values["name"]}" already: choose another name.'}
            )
        vendor_id, vendor = _vendor(connection, company, values.get("vendor"))
        old = {"name": found.name, "vendor": _vendor_name(connection, company, found.vendor_id)}
        stale = replace(found, version=version)
        profiles.update_profile(
            connection, stale, now=ctx.clock(), name=values["name"], vendor_id=vendor_id
        )
        new = {"name": values["name"], "vendor": vendor}
        audit.record(
            ctx,
            connection,
            "change profile",
            "import_profile",
            profile_id,
            new,
            old=old,
            company_id=company,
        )


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete profiles; what was imported with them stays."""
    names = []
    with ctx.database.write() as connection:
        for profile_id in ids:
            found = profiles.profile_by_id(connection, ctx.actor.company_id, profile_id)
            profiles.remove_profile(connection, profile_id)
            old = {"name": found.name, "settings": found.settings}
            audit.record(
                ctx,
                connection,
                "delete profile",
                "import_profile",
                profile_id,
                {},
                old=old,
                company_id=found.company_id,
            )
            names.append(found.name)
    return f"Deleted {names[0] if len(names) == 1 else counted(len(names), 'profile')}."


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return for which vendors' files the profiles are offered."""
    company, lines = ctx.actor.company_id, []
    with ctx.database.read() as connection:
        for profile_id in ids:
            found = profiles.profile_by_id(connection, company, profile_id)
            vendor = _vendor_name(connection, company, found.vendor_id)
            lines.append(f"{found.name}: offered for files of {vendor or 'every vendor'}")
    return lines


def _vendor(connection: Any, company: int, value: Any) -> tuple[int | None, str]:
    """Return the vendor that a form names by its ID. Raises FieldProblem for no such vendor."""
    if value in (None, ""):
        return None, ""
    try:
        row = vendors.vendor_by_id(connection, company, int(value))
        if row["company_id"] != company:
            raise UserError
    except (UserError, ValueError):
        sentence = "There is no such vendor: choose one of the list, or leave it empty."
        raise FieldProblem({"vendor": sentence}) from None
    return row["id"], row["name"]


def _vendor_name(connection: Any, company: int, vendor_id: int | None) -> str:
    if vendor_id is None:
        return ""
    return str(vendors.vendor_by_id(connection, company, vendor_id)["name"])
