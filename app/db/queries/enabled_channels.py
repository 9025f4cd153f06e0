"""Which channels of an agreement a pay-as-you-go service holds, and when (G4, A17).

A channel is "domain/resource". A scope prices a resource when its node has a usable price, or is a
branch with anything below it; *Not included* and unfinished nodes leave the channel free. Whatever
changes that – an enabling, a tree, the dates of a scope – calls :func:`keep_service`, in the same
transaction. The service's row is the lock: who enables it and who changes its scopes take turns.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight
from app.db.tables.agreements import agreement
from app.db.tables.companies import company
from app.db.tables.enabled_services import enabled_channel, enabled_service
from app.db.tables.rate_nodes import ROOT, rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.unit_of_work import holding
from app.domain.effective import Span
from app.domain.enabled import PAYG, channel_times, common, held
from app.domain.kinds import PriceType
from app.domain.zones import local_of
from app.errors import UserError

LONGEST = 200
"""Characters of a channel that are kept; the catalogue's keys are far shorter."""

BATCH = 400
_PRICED = tuple(map(int, (PriceType.FREE, PriceType.INCLUDED, PriceType.BLOCKED)))
"""Price types that need nothing more; what is blocked is decided too, so it holds its channel."""

TOLD = 3
"""Collisions that a refusal names; more are counted."""


class Held(NamedTuple):
    """A channel that an enabling holds for a time."""

    enabled_id: int
    agreement_id: int
    channel: str
    span: Span


@dataclass(frozen=True, slots=True)
class Taken:
    """A channel that two enabled services of an agreement would hold at once.

    ``agreement`` "Company - code, CUR"; ``mine`` and ``other`` are names of services; ``span`` the
    time they share, ``zone`` the one in which the other's end was entered.
    """

    channel: str
    agreement_id: int
    agreement: str
    mine: str
    other: str
    span: Span
    zone: str


class ChannelTaken(UserError):
    """Two services would hold a channel of an agreement at once; nothing was written.

    ``taken`` = the first collisions, ``count`` = how many there are.
    """

    def __init__(self, taken: Sequence[Taken], count: int) -> None:
        self.taken = tuple(taken)
        told = "; ".join(map(_sentence, taken))
        more = f"; and {count - len(taken)} more" if count > len(taken) else ""
        super().__init__(
            f"{told}{more}. Two services can't price one resource at once: end the enabling of one "
            "of them there first, leave this resource out, or put it into a scope that begins "
            "later."
        )


def _sentence(one: Taken) -> str:
    return (
        f'"{one.mine}" would price {channel_name(one.channel)} on the agreement {one.agreement} '
        f'together with "{one.other}" {shared_time(one)}'
    )


def shared_time(one: Taken) -> str:
    """Return "from 2026-01-01", with "till …" if it ends."""
    start, end = (at and local_of(at, one.zone).date().isoformat() for at in one.span)
    return f"from {start} till {end}" if end else f"from {start}"


def channel_name(channel: str) -> str:
    """Return a channel as people know it: the name of the resource."""
    from dictionaries.catalogue import load_catalogue

    domain, _, resource = channel.partition("/")
    catalogue = load_catalogue()
    known = catalogue.resources.get(resource)
    if known is not None and known.domain == domain:
        return known.name
    return channel


# ------------------------------------------------------------------------------ keeping


def keep_scope(connection: sa.Connection, scope_id: int) -> None:
    """Keep the channels of a scope's service after its tree changed; drafts price nothing."""
    row = connection.execute(
        sa.select(scope.c.service_id, scope.c.draft).where(scope.c.id == scope_id)
    ).one()
    if not row.draft:
        keep_service(connection, row.service_id)


def keep_service(
    connection: sa.Connection, service_id: int, *, only: Collection[int] | None = None
) -> None:
    """Make the stored channels of a service's enablings (``only`` these) what its scopes price.

    Raises ChannelTaken if another service of an agreement holds one of them then.
    """
    kind = _locked(connection, service_id)
    if kind != PAYG:
        return
    rows = _enablings(connection, service_id, only)
    if not rows:
        return
    wanted = _wanted(connection, service_id, rows)
    if only is None and _counted(connection, service_id) == Counter(row[2:] for row in wanted):
        return
    stored = _stored(connection, [row.id for row in rows])
    _drop(connection, [stored[gone] for gone in stored.keys() - wanted])
    new = sorted(wanted - stored.keys())
    _refuse_taken(connection, new)
    _insert(connection, new)


def _locked(connection: sa.Connection, service_id: int) -> str:
    """Return the type of a service whose enablings and scopes nobody else changes till the end."""
    row = sa.select(service.c.type).where(service.c.id == service_id)
    return str(connection.execute(holding(connection, row, key_share=True)).scalar_one())


def _enablings(
    connection: sa.Connection, service_id: int, only: Collection[int] | None
) -> list[sa.Row[Any]]:
    c = enabled_service.c
    names = (c.id, c.agreement_id, c.effective_from, c.effective_till)
    statement = sa.select(*names).where(c.service_id == service_id)
    if only is not None:
        statement = statement.where(c.id.in_(only))
    return list(connection.execute(statement))


def _wanted(
    connection: sa.Connection,
    service_id: int,
    rows: Iterable[sa.Row[Any]],
) -> set[Held]:
    times = priced_times(connection, service_id)
    return {
        Held(row.id, row.agreement_id, channel, span)
        for row in rows
        for channel, span in held((row.effective_from, row.effective_till), times)
    }


def priced_times(connection: sa.Connection, service_id: int) -> dict[str, list[Span]]:
    """Return when a service prices each channel, by its scopes that are no drafts."""
    c = scope.c
    statement = sa.select(c.id, c.effective_from, c.effective_till).where(
        c.service_id == service_id, c.draft == sa.false()
    )
    live = connection.execute(statement).all()
    return channel_times(
        ((row.effective_from, row.effective_till), priced_channels(connection, row.id))
        for row in live
    )


def priced_channels(connection: sa.Connection, scope_id: int) -> set[str]:
    """Return the channels that a scope's tree prices; looks at its first levels only."""
    above, node, child = (rate_node.alias(name) for name in ("above", "node", "child"))
    has_child = sa.exists().where(child.c.scope_id == scope_id, child.c.parent_no == node.c.node_no)
    usable = sa.or_(
        node.c.price_type.in_(_PRICED),
        sa.and_(node.c.price_type == int(PriceType.FLAT), node.c.price.is_not(None)),
        sa.and_(node.c.price_type == int(PriceType.SCALE), node.c.scale.is_not(None)),
        sa.and_(node.c.price_type == int(PriceType.DEPENDS_ON), has_child),
    )
    statement = (
        sa.select(above.c.key, node.c.key)
        .select_from(above.join(node, node.c.parent_no == above.c.node_no))
        .where(
            above.c.scope_id == scope_id,
            above.c.parent_no == ROOT,
            node.c.scope_id == scope_id,
            usable,
        )
    )
    return {f"{one}/{two}"[:LONGEST] for one, two in connection.execute(statement)}


def _as_held(row: sa.Row[Any]) -> Held:
    span = (row.effective_from, row.effective_till)
    return Held(row.enabled_service_id, row.agreement_id, row.channel, span)


def _stored(connection: sa.Connection, enabled_ids: Sequence[int]) -> dict[Held, int]:
    """Return the stored rows of some enablings and their ids."""
    c = enabled_channel.c
    found = {}
    for part in _batches(enabled_ids):
        mine = sa.select(enabled_channel).where(c.enabled_service_id.in_(part))
        for row in connection.execute(mine):
            found[_as_held(row)] = row.id
    return found


def _counted(connection: sa.Connection, service_id: int) -> dict[tuple[str, Span], int]:
    """Return how many enablings of a service hold a channel for a time.

    Few rows instead of one for each agreement. What was right before and has the same numbers after
    a change of scopes is right: who holds a channel for a time T is who is enabled all through T.
    """
    c = enabled_channel.c
    when = (c.channel, c.effective_from, c.effective_till)
    joined = enabled_channel.join(enabled_service, enabled_service.c.id == c.enabled_service_id)
    statement = (
        sa.select(*when, sa.func.count())
        .select_from(joined)
        .where(enabled_service.c.service_id == service_id)
        .group_by(*when)
    )
    rows = connection.execute(statement)
    return {(channel, (start, end)): count for channel, start, end, count in rows}


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]


def _drop(connection: sa.Connection, ids: Sequence[int]) -> None:
    for part in _batches(ids):
        connection.execute(sa.delete(enabled_channel).where(enabled_channel.c.id.in_(part)))


def _insert(connection: sa.Connection, rows: Sequence[Held]) -> None:
    if rows:
        connection.execute(
            sa.insert(enabled_channel),
            [
                {
                    "agreement_id": row.agreement_id,
                    "enabled_service_id": row.enabled_id,
                    "channel": row.channel,
                    "effective_from": row.span[0],
                    "effective_till": row.span[1],
                }
                for row in rows
            ],
        )


# ------------------------------------------------------------------------------ collisions


def _refuse_taken(connection: sa.Connection, new: Sequence[Held]) -> None:
    pairs = [*_among(new), *_with_stored(connection, new)]
    if pairs:
        raise ChannelTaken(_told(connection, pairs[:TOLD]), len(pairs))


def _with_stored(connection: sa.Connection, new: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """Yield the new rows with the stored ones that they collide with."""
    wanted: dict[tuple[int, str], list[Held]] = {}
    for row in new:
        wanted.setdefault((row.agreement_id, row.channel), []).append(row)
    channels = {row.channel for row in new}
    c = enabled_channel.c
    for part in _batches(sorted({row.agreement_id for row in new})):
        known = sa.select(enabled_channel).where(c.agreement_id.in_(part), c.channel.in_(channels))
        for there in map(_as_held, connection.execute(known)):
            for mine in wanted.get((there.agreement_id, there.channel), ()):
                if common(mine.span, there.span):
                    yield mine, there


def _among(new: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """Yield the new rows that collide with each other: the service is enabled twice at once."""
    place = sorted(new, key=lambda row: (row.agreement_id, row.channel, row.span[0]))
    for _, rows in groupby(place, key=lambda row: (row.agreement_id, row.channel)):
        last: Held | None = None
        for row in rows:
            if last is not None and common(last.span, row.span):
                yield row, last
            last = row


def _told(connection: sa.Connection, pairs: Sequence[tuple[Held, Held]]) -> list[Taken]:
    """Return collisions with the names of agreements and services."""
    ids = {row.enabled_id for pair in pairs for row in pair}
    party = sa.select(company.c.name).where(company.c.id == agreement.c.party_id)
    statement = (
        sa.select(
            enabled_service.c.id,
            enabled_service.c.from_zone,
            service.c.name,
            agreement.c.code,
            agreement.c.currency,
            party.correlate(agreement).scalar_subquery().label("party"),
        )
        .select_from(
            enabled_service.join(service, enabled_service.c.service_id == service.c.id).join(
                agreement, enabled_service.c.agreement_id == agreement.c.id
            )
        )
        .where(enabled_service.c.id.in_(ids))
    )
    named = {row.id: row for row in connection.execute(statement)}
    told = []
    for mine, there in pairs:
        own, other = named[mine.enabled_id], named[there.enabled_id]
        shared = common(mine.span, there.span)
        assert shared is not None
        told.append(
            Taken(
                channel=mine.channel,
                agreement_id=mine.agreement_id,
                agreement=f"{own.party} - {own.code}, {own.currency}",
                mine=own.name,
                other=other.name,
                span=shared,
                zone=other.from_zone,
            )
        )
    return told


# ------------------------------------------------------------------------------ checking


def difference(connection: sa.Connection, service_id: int) -> tuple[set[Held], set[Held]]:
    """Return the channels of a service that are missing in the store, and those too many."""
    rows = _enablings(connection, service_id, None)
    wanted = _wanted(connection, service_id, rows)
    stored = _stored(connection, [row.id for row in rows]).keys()
    return wanted - stored, stored - wanted


def enabled_payg(connection: sa.Connection, company_id: int) -> list[int]:
    """Return the pay-as-you-go services that agreements in a company's sight have enabled."""
    joined = enabled_service.join(service, enabled_service.c.service_id == service.c.id)
    statement = (
        sa.select(service.c.id)
        .select_from(joined)
        .where(service.c.type == PAYG, in_sight(enabled_service.c.company_id, company_id))
        .distinct()
    )
    return sorted(connection.execute(statement).scalars())


def forget(connection: sa.Connection, service_id: int) -> None:
    """Drop the stored channels of a service, to be stored anew."""
    ids = sa.select(enabled_service.c.id).where(enabled_service.c.service_id == service_id)
    gone = enabled_channel.c.enabled_service_id.in_(ids)
    connection.execute(sa.delete(enabled_channel).where(gone))


def channels_at(connection: sa.Connection, service_id: int, at: dt.datetime) -> set[str]:
    """Return what a service of any type prices or covers at an instant (F17)."""
    instant = sa.literal(at, scope.c.effective_from.type)
    found = connection.execute(scope_at(sa.literal(service_id), instant)).scalar()
    return set() if found is None else priced_channels(connection, found)


def scope_at(
    service_id: sa.ColumnElement[int], at: sa.ColumnElement[dt.datetime]
) -> sa.Select[Any]:
    """Return the select of the scope of a service in force at a time: the first activated (F17)."""
    of = scope.alias("in_force")
    return (
        sa.select(of.c.id)
        .where(
            of.c.service_id == service_id,
            of.c.draft == sa.false(),
            of.c.effective_from <= at,
            sa.or_(of.c.effective_till.is_(None), of.c.effective_till > at),
        )
        .order_by(of.c.activated_at, of.c.id)
        .limit(1)
    )
