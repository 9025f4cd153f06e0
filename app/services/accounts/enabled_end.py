"""Ending what agreements have enabled: now or at another moment, many at once (ACC-4, L18).

There is no deleting of an enabling: one that is not wanted any more ends. Its channels are free
from then on, for another service. The tabs decide the right and call these functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from app.db.queries import enabled
from app.db.queries.enabled import EnabledRecord
from app.domain.counting import counted
from app.domain.zones import instant_of, local_of
from app.errors import FieldProblem
from app.services.accounts import enabled_kinds as kinds
from app.services.accounts.enabled_kinds import EnabledKind
from app.services.context import Context

Proposals = dict[str, tuple[Any, str]]


def proposed(kind: EnabledKind, ctx: Context, ids: Sequence[int]) -> Proposals:
    """Return this minute in the zone in which the first of the rows ends."""
    with ctx.database.read() as connection:
        zones = [_row(kind, ctx, connection, row_id).till_zone for row_id in ids[:1]]
    zone = zones[0] if zones else "UTC"
    now = local_of(ctx.clock().replace(second=0, microsecond=0), zone)
    return {"effective_till": (now, ""), "till_zone": (zone, zone)}


def end(kind: EnabledKind, ctx: Context, ids: Sequence[int], values: Mapping[str, Any]) -> str:
    """Let rows end at the moment of ``values``, all or none, and return the sentence that says so.

    Raises FieldProblem for a moment at which one of them has not begun or has ended already.
    """
    at, zone = _moment(values)
    done = []
    with ctx.database.write() as connection:
        for row_id in ids:
            enabled.hold_enabled(connection, row_id)
            row = _row(kind, ctx, connection, row_id)
            _refuse_unfit(row, at)
            changes = {"effective_till": at, "till_zone": zone}
            kinds.save(kind, ctx, connection, row, changes, verb="end")
            done.append(row)
            ctx.stop_if_cancelled()
    when = f"{local_of(at, zone):%Y-%m-%d %H:%M} {zone}"
    one = len(done) == 1
    what = kinds.named(done[0]) if one else counted(len(done), kind.noun)
    verb = "ended" if at <= ctx.clock() else "ends" if one else "end"
    return f"{what} {verb} at {when}."


def _row(kind: EnabledKind, ctx: Context, connection: Any, row_id: int) -> EnabledRecord:
    """Return a row that the actor may change. Raises UserError."""
    company = ctx.actor.company_id
    return enabled.enabled_by_id(connection, company, row_id, kind.types, noun=kind.noun, own=True)


def _moment(values: Mapping[str, Any]) -> tuple[dt.datetime, str]:
    """Return the chosen instant and its zone. Raises FieldProblem."""
    local, zone = values.get("effective_till"), values.get("till_zone")
    if not kinds.is_zone(zone):
        raise FieldProblem(
            {"till_zone": f'There is no time zone "{zone}": choose one of the list.'}
        )
    if not isinstance(local, dt.datetime):
        raise FieldProblem({"effective_till": "Effective till is required: fill it in."})
    return instant_of(local, str(zone)), str(zone)


def _refuse_unfit(row: EnabledRecord, at: dt.datetime) -> None:
    """Raise FieldProblem unless a row holds before an instant, and after it."""
    name = f'"{kinds.named(row)}" on {row.agreement}'
    if at <= row.effective_from:
        start = f"{local_of(row.effective_from, row.from_zone):%Y-%m-%d %H:%M} {row.from_zone}"
        raise FieldProblem({"effective_till": f"{name} begins at {start}: choose a later moment."})
    till = row.effective_till
    if till is not None and till <= at:
        stored = f"{local_of(till, row.till_zone):%Y-%m-%d %H:%M} {row.till_zone}"
        raise FieldProblem(
            {
                "effective_till": f"{name} ends at {stored} already: choose an earlier moment, or "
                "edit it to let it go on."
            }
        )
