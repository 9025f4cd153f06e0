"""Enabled bundle initiators: which traffic of an agreement counts for its bundle (ACC-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.records import Record
from app.domain.sections import Choice
from app.services.accounts import enabled_end
from app.services.accounts import enabled_kinds as kinds
from app.services.accounts.enabled_advice import advice
from app.services.accounts.enabled_kinds import INITIATORS
from app.services.context import Context, service

AREA = "accounts.enabled_services"


@service(AREA, "view")
def load(ctx: Context, enabled_id: int) -> Record:
    """Return what the form shows. Raises UserError if there is none."""
    return kinds.load(INITIATORS, ctx, enabled_id)


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Enable a bundle initiator on an agreement and return the row's ID. Raises FieldProblem."""
    return kinds.create(INITIATORS, ctx, values)


@service(AREA, "manage")
def update(ctx: Context, enabled_id: int, version: int, values: dict[str, Any]) -> None:
    """Save times and flag; Conflict if ``version`` is not the stored one."""
    kinds.update(INITIATORS, ctx, enabled_id, version, values)


@service(AREA, "manage")
def end(ctx: Context, ids: Sequence[int], values: dict[str, Any]) -> str:
    """Let bundle initiators end at a moment, all or none. Raises FieldProblem where they can't."""
    return enabled_end.end(INITIATORS, ctx, ids, values)


@service(AREA, "manage")
def end_proposed(ctx: Context, ids: Sequence[int]) -> dict[str, tuple[Any, str]]:
    """Return when the chosen bundle initiators would end: now."""
    return enabled_end.proposed(INITIATORS, ctx, ids)


@service(AREA, "view")
def services(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return what can be enabled; the value is the service's ID."""
    return kinds.service_choices(INITIATORS, ctx, text, values)


@service(AREA, "view")
def agreements(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the agreements that the chosen service fits; the value is the ID."""
    with ctx.database.read() as connection:
        return kinds.agreement_choices(connection, ctx.actor.company_id, text, values)


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], _changed: str) -> dict[str, tuple[Any, str]]:
    """Return now, in the zone of the chosen agreement."""
    with ctx.database.read() as connection:
        return kinds.suggested_times(connection, ctx.actor.company_id, ctx.clock(), values)


@service(AREA, "view")
def advise(ctx: Context, _enabled_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd and may still be right."""
    with ctx.database.read() as connection:
        return advice(connection, ctx.actor.company_id, ctx.clock(), values)
