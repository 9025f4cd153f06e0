"""Enabled bundle packs: contacts that an agreement has bought for a billing period (ACC-4, L7)."""

from __future__ import annotations

from typing import Any

from app.db.queries import enabled
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import FieldProblem
from app.services.accounts import enabled_kinds as kinds
from app.services.accounts.enabled_advice import advice
from app.services.accounts.enabled_extend import period_at
from app.services.accounts.enabled_kinds import BUNDLE_PACKS
from app.services.context import Context, service

AREA = "accounts.packs"


@service(AREA, "view")
def load(ctx: Context, enabled_id: int) -> Record:
    """Return what the form shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        row = enabled.enabled_by_id(
            connection,
            ctx.actor.company_id,
            enabled_id,
            BUNDLE_PACKS.types,
            noun=BUNDLE_PACKS.noun,
        )
    period = {name: value for name, value in kinds.times_of(row).items() if name != "till_zone"}
    values = {"auto_extend": row.auto_extend, **period}
    return kinds.load(BUNDLE_PACKS, ctx, enabled_id, values)


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Enable a bundle pack from this minute to the end of the billing period (L7).

    Returns the row's ID. Raises FieldProblem.
    """
    with ctx.database.write() as connection:
        under, bought = kinds.checked_pair(BUNDLE_PACKS, ctx, connection, values)
        now = ctx.clock()
        period = period_at(connection, under.id, now)
        if period is None:
            raise FieldProblem(
                {
                    "agreement_id": "The agreement is not in force now: add a version that holds, "
                    "or choose another agreement."
                }
            )
        zone, span = period
        start = max(span[0], now.replace(second=0, microsecond=0))
        times = {
            "effective_from": start,
            "from_zone": zone,
            "effective_till": span[1],
            "till_zone": zone,
        }
        columns = {**times, "auto_extend": bool(values.get("auto_extend"))}
        return kinds.add(BUNDLE_PACKS, ctx, connection, under, bought, columns)


@service(AREA, "manage")
def update(ctx: Context, enabled_id: int, version: int, values: dict[str, Any]) -> None:
    """Save whether it is extended; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = kinds.own_row(BUNDLE_PACKS, ctx, connection, enabled_id, version)
        changes = {"auto_extend": bool(values["auto_extend"])}
        kinds.save(BUNDLE_PACKS, ctx, connection, row, changes)


@service(AREA, "view")
def services(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return what can be enabled; the value is the service's ID."""
    return kinds.service_choices(BUNDLE_PACKS, ctx, text, values)


@service(AREA, "view")
def agreements(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the agreements that the chosen service fits; the value is the ID."""
    with ctx.database.read() as connection:
        return kinds.agreement_choices(connection, ctx.actor.company_id, text, values)


@service(AREA, "view")
def advise(ctx: Context, _enabled_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd and may still be right."""
    with ctx.database.read() as connection:
        return advice(connection, ctx.actor.company_id, ctx.clock(), values)
