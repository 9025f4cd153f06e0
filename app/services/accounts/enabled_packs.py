"""Enabled packs: units or money that an agreement has bought ahead (ACC-4, L17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import enabled, enabled_prices
from app.db.queries.agreements import agreement_by_id
from app.domain.records import Record
from app.domain.sections import Choice
from app.services.accounts import enabled_end
from app.services.accounts import enabled_kinds as kinds
from app.services.accounts.enabled_advice import advice, cost_text, price_advice, price_shown
from app.services.accounts.enabled_kinds import PACKS
from app.services.context import Context, service

AREA = "accounts.packs"


@service(AREA, "view")
def load(ctx: Context, enabled_id: int) -> Record:
    """Return what the form shows. Raises UserError if there is none."""
    record = kinds.load(PACKS, ctx, enabled_id)
    with ctx.database.read() as connection:
        row = enabled.enabled_by_id(
            connection, ctx.actor.company_id, enabled_id, PACKS.types, noun=PACKS.noun
        )
        price = enabled_prices.pack_price(
            connection, row.agreement_id, row.service_id, row.type, row.effective_from
        )
        under = agreement_by_id(connection, ctx.actor.company_id, row.agreement_id)
    cost = cost_text(price, under.currency) if row.billing == "charge" else ""
    return replace(record, values={**record.values, "cost": cost})


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Enable a pack on an agreement and return the row's ID. Raises FieldProblem."""
    return kinds.create(PACKS, ctx, values)


@service(AREA, "manage")
def update(ctx: Context, enabled_id: int, version: int, values: dict[str, Any]) -> None:
    """Save the times; Conflict if ``version`` is not the stored one."""
    kinds.update(PACKS, ctx, enabled_id, version, values)


@service(AREA, "manage")
def end(ctx: Context, ids: Sequence[int], values: dict[str, Any]) -> str:
    """Let packs end at a moment, all or none. Raises FieldProblem where they can't."""
    return enabled_end.end(PACKS, ctx, ids, values)


@service(AREA, "manage")
def end_proposed(ctx: Context, ids: Sequence[int]) -> dict[str, tuple[Any, str]]:
    """Return when the chosen packs would end: now."""
    return enabled_end.proposed(PACKS, ctx, ids)


@service(AREA, "view")
def services(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return what can be enabled; the value is the service's ID."""
    return kinds.service_choices(PACKS, ctx, text, values)


@service(AREA, "view")
def agreements(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the agreements that the chosen service fits; the value is the ID."""
    with ctx.database.read() as connection:
        return kinds.agreement_choices(connection, ctx.actor.company_id, text, values)


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], _changed: str) -> dict[str, tuple[Any, str]]:
    """Return now, in the zone of the chosen agreement, and what the pack costs."""
    company, now = ctx.actor.company_id, ctx.clock()
    with ctx.database.read() as connection:
        times = kinds.suggested_times(connection, company, now, values)
        cost = price_shown(connection, company, now, values)
    return {**times, "cost": (cost, "")}


@service(AREA, "view")
def advise(ctx: Context, _enabled_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd and may still be right."""
    with ctx.database.read() as connection:
        found = advice(connection, ctx.actor.company_id, ctx.clock(), values)
        price = price_advice(connection, ctx.actor.company_id, ctx.clock(), values)
    return {**found, "billing": price} if price else found
