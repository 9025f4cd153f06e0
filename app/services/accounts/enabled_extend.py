"""Auto extend: buys a bundle pack again for each next billing period of its agreement (L7).

It is due work (``due`` and ``do``, see app.domain.due_work): each period is a row of its own that
points at the one before, so that none is bought twice and missed ones are bought in order.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.db.queries import agreements as agreement_rows
from app.db.queries import enabled
from app.db.queries.enabled import EnabledRecord
from app.domain.billing_periods import Billing, period_of
from app.domain.due_work import Unit
from app.domain.effective import Span
from app.services import audit
from app.services.accounts.enabled_kinds import BUNDLE_PACKS, TABLE, plain
from app.services.context import Context, service

TASK = "bundle_packs"


def period_at(connection: Any, agreement_id: int, at: dt.datetime) -> tuple[str, Span] | None:
    """Return billing zone and billing period of an agreement at an instant, None outside of it."""
    terms = agreement_rows.version_at(connection, agreement_id, at)
    if terms is None:
        return None
    billing = Billing(
        terms.billing_zone, terms.billing_period, terms.billing_day, terms.split_by_month
    )
    found = period_of(at, billing, (terms.effective_from, terms.effective_till))
    return terms.billing_zone, (found.start, found.till)


def due(connection: Any, until: dt.datetime) -> list[Unit]:
    """Return the bundle packs whose period ends up to an instant and that go on after it."""
    return [
        Unit(
            f"{TABLE}:{row.id}",
            row.effective_till,
            f"{row.agreement}: next period of {row.service}",
            row.company_id,
        )
        for row in enabled.due_extensions(connection, until)
        if row.effective_till is not None
    ]


def do(unit: Unit, ctx: Context, connection: Any) -> str:
    """Buy one bundle pack for its next period; once, whoever asks."""
    row = _extended(ctx, connection, unit.number)
    if row is None:
        return "It is extended already, or no longer to be extended."
    return f"Enabled again, with ID {row}."


@service("accounts.packs", "manage")
def extend_due(ctx: Context) -> int:
    """Buy what is due by now in the actor's sight, period by period; return how many."""
    until, made = ctx.clock(), 0
    while True:
        with ctx.database.write() as connection:
            found = enabled.due_extensions(connection, until, ctx.actor.company_id)
            if not found:
                return made
            made += sum(_extended(ctx, connection, row.id) is not None for row in found)
        ctx.stop_if_cancelled()


def _extended(ctx: Context, connection: Any, row_id: int) -> int | None:
    """Return the new row of the next period; None if there is one or none is wanted any more."""
    enabled.hold_enabled(connection, row_id)
    row = enabled.extendable(connection, row_id)
    if row is None or row.effective_till is None:
        return None
    period = period_at(connection, row.agreement_id, row.effective_till)
    if period is None:
        return None
    zone, span = period
    columns = {
        "effective_from": span[0],
        "from_zone": zone,
        "effective_till": span[1],
        "till_zone": zone,
        "hidden": row.hidden,
        "auto_extend": True,
        "extends_id": row.id,
    }
    return _added(ctx, connection, row, columns)


def _added(ctx: Context, connection: Any, row: EnabledRecord, columns: dict[str, Any]) -> int:
    place = {
        "company_id": row.company_id,
        "agreement_id": row.agreement_id,
        "service_id": row.service_id,
    }
    made = enabled.add_enabled(connection, {**place, **columns}, now=ctx.clock())
    told = {"service": row.service, "agreement": row.agreement, **plain(columns)}
    audit.record(
        ctx,
        connection,
        f"extend {BUNDLE_PACKS.noun}",
        TABLE,
        made,
        told,
        company_id=row.company_id,
    )
    return made
