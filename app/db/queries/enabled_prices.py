"""What packs cost: prices in a pay-as-you-go service that the agreement has enabled (L17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.db.queries.enabled_channels import priced_channels, scope_at
from app.db.tables.enabled_services import enabled_channel, enabled_service
from app.db.tables.rate_nodes import ROOT, rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.types import Price
from app.domain.effective import Span
from app.domain.enabled import PAYG
from app.domain.kinds import OTHERS, PriceType

PURCHASE = "service_purchase"
"""Key of the service domain in whose resources the prices of packs stand (SVC-3)."""


def price_of_pack(
    agreement_id: sa.ColumnElement[int],
    pack_id: sa.ColumnElement[int],
    resource: sa.ColumnElement[str],
    at: sa.ColumnElement[dt.datetime],
) -> sa.ScalarSelect[Decimal]:
    """Return what a pack costs at a time: priced by a service enabled on the agreement (L17).

    ``resource`` = type of the pack. The price stands in the scope in force of a pay-as-you-go
    service enabled there at that time: under the pack itself, else Others, else for all packs.
    """
    holder, priced = enabled_service.alias("holder"), service.alias("priced")
    current = scope_at(priced.c.id, at).correlate(priced).scalar_subquery()
    domain, node, own, rest = (rate_node.alias(n) for n in ("domain", "node", "own", "rest"))
    joined = (
        holder.join(priced, sa.and_(priced.c.id == holder.c.service_id, priced.c.type == PAYG))
        .join(domain, sa.and_(domain.c.scope_id == current, *_child(domain, ROOT, PURCHASE)))
        .join(node, _below(node, domain, resource))
        .outerjoin(own, _below(own, node, sa.cast(pack_id, sa.Text)))
        .outerjoin(rest, _below(rest, node, sa.literal(OTHERS)))
    )
    price = sa.case(
        (node.c.price_type != int(PriceType.DEPENDS_ON), _value(node)),
        (own.c.node_no.is_not(None), _value(own)),
        else_=_value(rest),
    )
    found = (
        sa.select(sa.type_coerce(price, Price()))
        .select_from(joined)
        .where(
            holder.c.agreement_id == agreement_id,
            priced.c.archived_at.is_(None),
            holder.c.effective_from <= at,
            sa.or_(holder.c.effective_till.is_(None), holder.c.effective_till > at),
            price.is_not(None),
        )
        .order_by(holder.c.id)
        .limit(1)
    )
    return found.scalar_subquery()


def _child(node: Any, parent: int, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return node.c.parent_no == parent, node.c.key == key


def _below(node: Any, above: Any, key: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        node.c.scope_id == above.c.scope_id,
        node.c.parent_no == above.c.node_no,
        node.c.key == key,
    )


def _value(node: Any) -> sa.ColumnElement[Decimal]:
    free = sa.literal(Decimal(0), Price())
    return sa.case(
        (node.c.price_type == int(PriceType.FLAT), node.c.price),
        (node.c.price_type == int(PriceType.FREE), free),
    )


def pack_price(
    connection: sa.Connection, agreement_id: int, pack_id: int, resource: str, at: dt.datetime
) -> Decimal | None:
    """Return what a pack costs on an agreement at an instant, None if no rate is found."""
    price = price_of_pack(
        sa.literal(agreement_id),
        sa.literal(pack_id),
        sa.literal(resource),
        sa.literal(at, enabled_service.c.effective_from.type),
    )
    found = connection.execute(sa.select(price)).scalar_one()
    return None if found is None else Decimal(found)


# ------------------------------------------------------------------------------ why there is none


def price_lists(
    connection: sa.Connection, agreement_id: int, resource: str
) -> list[tuple[str, str, Span]]:
    """Return (service, zone, span) of what prices such packs on an agreement, earliest first."""
    c = enabled_channel.c
    joined = enabled_channel.join(
        enabled_service, enabled_service.c.id == c.enabled_service_id
    ).join(service, service.c.id == enabled_service.c.service_id)
    statement = (
        sa.select(service.c.name, enabled_service.c.from_zone, c.effective_from, c.effective_till)
        .select_from(joined)
        .where(c.agreement_id == agreement_id, c.channel == f"{PURCHASE}/{resource}")
        .order_by(c.effective_from)
    )
    rows = connection.execute(statement)
    return [(row.name, row.from_zone, (row.effective_from, row.effective_till)) for row in rows]


def draft_price_lists(connection: sa.Connection, agreement_id: int, resource: str) -> list[str]:
    """Return the enabled services that would price such packs if their scopes were no drafts."""
    joined = enabled_service.join(service, service.c.id == enabled_service.c.service_id).join(
        scope, scope.c.service_id == service.c.id
    )
    statement = (
        sa.select(scope.c.id, service.c.name)
        .select_from(joined)
        .where(
            enabled_service.c.agreement_id == agreement_id,
            service.c.type == PAYG,
            scope.c.draft == sa.true(),
        )
        .distinct()
        .order_by(service.c.name, scope.c.id)
    )
    channel = f"{PURCHASE}/{resource}"
    found = [
        row.name
        for row in connection.execute(statement)
        if channel in priced_channels(connection, row.id)
    ]
    return list(dict.fromkeys(found))
