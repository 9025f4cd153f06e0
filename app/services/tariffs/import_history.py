"""Lists what was imported and the profiles that were saved (IMP-13, IMP-14)."""

from __future__ import annotations

from typing import Any

from app.db.queries import import_runs, profiles, vendors
from app.errors import UserError
from app.services.context import Context, service
from app.services.tariffs.find import find_service

SIGNATURE_SHOWN = 12
"""Characters of a profile's signature that tell it from others."""


@service("finance.services", "view")
def list_imports(ctx: Context, service_name: str = "", *, limit: int = 200) -> list[dict[str, Any]]:
    """Return the newest imports as plain data, of one service or of all."""
    with ctx.database.read() as connection:
        company = ctx.actor.company_id
        target = find_service(connection, company, service_name).id if service_name else None
        runs = import_runs.listed_runs(connection, company, service_id=target, limit=limit)
    return [
        {
            "id": run.id,
            "at": run.at.isoformat(timespec="seconds"),
            "by": run.actor,
            "service": run.service,
            "scope": run.scope_id,
            "revision": run.rev,
            "file": run.file_name,
            "vendor": run.vendor,
            "profile": run.report.get("profile"),
            "changes": run.counts,
            "undone_by": run.undone_by,
        }
        for run in runs
    ]


@service("finance.services", "view")
def list_profiles(ctx: Context) -> list[dict[str, Any]]:
    """Return the saved profiles as plain data by name, with the start of their signatures."""
    with ctx.database.read() as connection:
        names = _vendor_names(connection, ctx.actor.company_id)
        known = profiles.profiles(connection, ctx.actor.company_id)
    return [
        {
            "name": profile.name,
            "vendor": names.get(profile.vendor_id),
            "signature": profile.signature[:SIGNATURE_SHOWN],
            "updated": profile.updated_at.isoformat(timespec="seconds"),
        }
        for profile in sorted(known, key=lambda p: (p.name.casefold(), p.name))
    ]


def refuse_unknown_profile(connection: Any, company_id: int, name: str, vendor: str) -> None:
    """Raise UserError listing the profiles with their vendors unless ``vendor`` can use ``name``.

    A profile saved without a vendor fits any; one saved for a vendor needs its name.
    """
    names = _vendor_names(connection, company_id)
    known = {p.name: names.get(p.vendor_id) for p in profiles.profiles(connection, company_id)}
    if name in known and known[name] in (None, vendor.strip()):
        return
    listed = ", ".join(f"{p} ({known[p] or 'any vendor'})" for p in sorted(known)) or "none"
    if name in known:
        raise UserError(
            f'The profile "{name}" is for the vendor {known[name]}: '
            f'say --vendor "{known[name]}", or choose another profile; known profiles: {listed}.'
        )
    raise UserError(f'There is no profile "{name}"; known profiles: {listed}.')


def _vendor_names(connection: Any, company_id: int) -> dict[int | None, str]:
    return {vendor.id: vendor.name for vendor in vendors.vendors(connection, company_id)}
