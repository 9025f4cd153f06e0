"""What an agreement uses in which order, and whether the stored channels are right (RAT-1, A17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.db.queries import enabled, enabled_channels
from app.db.queries.agreements import agreement_by_id
from app.db.queries.enabled_channels import Held, channel_name
from app.db.queries.services import service_by_id
from app.domain.counting import counted
from app.domain.effective import holds
from app.domain.enabled import BUNDLES
from app.domain.enabled import order_of_use as ordered
from app.services import audit
from app.services.context import Context, service

AREA = "accounts.enabled_services"


@dataclass(frozen=True, slots=True)
class Use:
    """An enabling in the order of use: ``place`` counts from 1, 0 = a bundle, which only counts.

    ``resources`` = names of what it prices or covers at that time; ``missed`` = its service is in
    the archive, so that it is passed over.
    """

    place: int
    enabled_id: int
    service_id: int
    service: str
    type: str
    effective_from: dt.datetime
    effective_till: dt.datetime | None
    resources: tuple[str, ...]
    missed: bool


@service(AREA, "view")
def order_of_use(ctx: Context, agreement_id: int, at: dt.datetime | None = None) -> list[Use]:
    """Return what is in force on an agreement at an instant (now), in the order of use.

    Packs come first, the one enabled first before others, then pay-as-you-go services; bundle
    initiators and bundle packs at the end. Raises UserError for no agreement in sight.
    """
    now = at or ctx.clock()
    found = []
    with ctx.database.read() as connection:
        agreement_by_id(connection, ctx.actor.company_id, agreement_id)
        rows = enabled.enabled_of(connection, ctx.actor.company_id, agreement_id)
        known = {row.id: row for row in rows}
        used = [e.id for e in ordered((row.as_used for row in rows), now)]
        counting = [row.id for row in rows if row.type in BUNDLES and holds(row.span, now)]
        for place, row_id in [*enumerate(used, start=1), *((0, row_id) for row_id in counting)]:
            row = known[row_id]
            channels = enabled_channels.channels_at(connection, row.service_id, now)
            found.append(
                Use(
                    place=place,
                    enabled_id=row.id,
                    service_id=row.service_id,
                    service=row.service,
                    type=row.type,
                    effective_from=row.effective_from,
                    effective_till=row.effective_till,
                    resources=tuple(sorted(map(channel_name, channels))),
                    missed=row.archived_at is not None,
                )
            )
    return found


# ------------------------------------------------------------------------------ checking


@service(AREA, "view", whole=True)
def verify(ctx: Context) -> list[str]:
    """Return a sentence for each service whose stored channels differ from what it prices."""
    told = []
    with ctx.database.read() as connection:
        for service_id in _payg(ctx, connection):
            lost, extra = enabled_channels.difference(connection, service_id)
            if lost or extra:
                name = service_by_id(connection, service_id).name
                told.append(f'"{name}": {_counts(lost, extra)}.')
            ctx.stop_if_cancelled()
    return told


@service(AREA, "manage", whole=True)
def rebuild(ctx: Context) -> int:
    """Store the channels of all enabled services anew; return how many services differed.

    Raises ChannelTaken if two services of an agreement price one channel at once.
    """
    with ctx.database.write() as connection:
        wrong = []
        for service_id in _payg(ctx, connection):
            if any(enabled_channels.difference(connection, service_id)):
                enabled_channels.forget(connection, service_id)
                wrong.append(service_id)
        for service_id in wrong:
            enabled_channels.keep_service(connection, service_id)
        if wrong:
            told = {"services": wrong}
            audit.record(ctx, connection, "rebuild channels", "enabled_channel", "all", told)
    return len(wrong)


def _payg(ctx: Context, connection: Any) -> list[int]:
    return enabled_channels.enabled_payg(connection, ctx.actor.company_id)


def _counts(lost: set[Held], extra: set[Held]) -> str:
    parts = []
    if lost:
        parts.append(f"{counted(len(lost), 'channel')} not stored")
    if extra:
        parts.append(f"{counted(len(extra), 'channel')} stored in vain")
    return ", ".join(parts)
