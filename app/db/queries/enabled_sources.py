"""The sources of the lists of what agreements have enabled (ACC-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.db.functions import bytewise, folded
from app.db.queries.enabled import ENABLED, ORIGIN
from app.db.queries.enabled_prices import price_of_pack
from app.db.queries.lists import Asked, Source
from app.db.queries.masters import visible
from app.db.queries.tenancy import kept
from app.db.tables.agreements import agreement
from app.db.tables.companies import company
from app.db.tables.enabled_services import enabled_service
from app.db.tables.services import service
from app.db.types import Price
from app.domain.enabled import BUNDLES, PACKS, PAYG

_party, _tenant = company.alias("party"), company.alias("tenant")
_EXACT = frozenset(
    {"state", "hidden", "type", "currency", "from_zone", "till_zone", "billing", "auto_extend"}
)


def _yes(column: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
    return sa.case((column == sa.true(), "yes"), else_="no")


def _missed() -> sa.ColumnElement[str]:
    """Return the name of the service; one in the archive is a missed option (SVC-1)."""
    missed = sa.literal("missed option ") + service.c.name
    return sa.case((service.c.archived_at.is_(None), service.c.name), else_=missed)


def _state(asked: Asked) -> sa.ColumnElement[str]:
    c = enabled_service.c
    return sa.case(
        (c.effective_till <= asked.now, "past"),
        (c.effective_from > asked.now, "upcoming"),
        else_="current",
    )


def _columns(asked: Asked) -> dict[str, sa.ColumnElement[Any]]:
    c = enabled_service.c
    code = agreement.c.code + sa.literal(" (") + agreement.c.currency + sa.literal(")")
    plain = ("id", "service_id", "agreement_id", "effective_from", "effective_till")
    more = ("from_zone", "till_zone", "created_at", "updated_at")
    return {
        **{name: c[name] for name in (*plain, *more)},
        "company": _party.c.name,
        "party_id": agreement.c.party_id,
        "agreement": code,
        "service": _missed(),
        "currency": agreement.c.currency,
        "state": _state(asked),
        "hidden": _yes(c.hidden),
        "owner": _tenant.c.name,
        "kept": kept(c.company_id, asked.company_id),
    }


def _source(asked: Asked, types: tuple[str, ...], more: dict[str, sa.ColumnElement[Any]]) -> Source:
    c = enabled_service.c
    origin = ORIGIN.join(_party, _party.c.id == agreement.c.party_id).join(
        _tenant, _tenant.c.id == c.company_id
    )
    return Source(
        id=c.id,
        columns={**_columns(asked), **more},
        origin=origin,
        where=(visible(ENABLED, asked.company_id), service.c.type.in_(types)),
        order=(folded(_party.c.name), bytewise(_party.c.name), c.effective_from),
        exact=_EXACT,
        zones={"effective_from": c.from_zone, "effective_till": c.till_zone},
    )


def _services(asked: Asked) -> Source:
    return _source(asked, (PAYG,), {})


def _initiators(asked: Asked) -> Source:
    return _source(asked, BUNDLES[:1], {})


def _packs(asked: Asked) -> Source:
    return _source(
        asked,
        PACKS,
        {
            "type": service.c.type,
            "size": service.c.size,
            "billing": enabled_service.c.billing,
            "cost": _cost(),
        },
    )


def _cost() -> sa.ColumnElement[Any]:
    """Return what a pack costs that is charged, when it was bought (L7); nothing if no rate."""
    c = enabled_service.c
    found = price_of_pack(c.agreement_id, c.service_id, service.c.type, c.effective_from)
    price = found.correlate(enabled_service, service)
    return sa.type_coerce(sa.case((c.billing == "charge", price)), Price())


def _bundle_packs(asked: Asked) -> Source:
    c = enabled_service.c
    return _source(
        asked,
        BUNDLES[1:],
        {
            # Used contacts are counted from rated events: none before there are any.
            "used": sa.cast(sa.null(), sa.Text),
            "size": service.c.size,
            "auto_extend": _yes(c.auto_extend),
        },
    )


def _order_of_use(asked: Asked) -> Source:
    """Return what is in force, numbered within its agreement; bundles have no number (RAT-1)."""
    c = enabled_service.c
    more = {"place": _place(asked), "type": service.c.type, "enabled_in": enabled_tab()}
    source = _source(asked, (*PACKS, PAYG, *BUNDLES), more)
    now = (_in_force(c, asked), *source.where)
    return replace(source, where=now, exact=_EXACT | {"enabled_in"})


def _place(asked: Asked) -> sa.ColumnElement[Any]:
    """Return 1 + how many of the agreement are used before; the order of app.domain.enabled."""
    c, other, its = enabled_service.c, enabled_service.alias("before"), service.alias("its")
    mine, theirs = (sa.case((s.c.type == PAYG, 1), else_=0) for s in (service, its))
    earlier = sa.or_(
        other.c.effective_from < c.effective_from,
        sa.and_(other.c.effective_from == c.effective_from, other.c.id < c.id),
    )
    before = (
        sa.select(sa.func.count() + 1)
        .select_from(other.join(its, its.c.id == other.c.service_id))
        .where(
            other.c.agreement_id == c.agreement_id,
            its.c.type.not_in(BUNDLES),
            _in_force(other.c, asked),
            sa.or_(theirs < mine, sa.and_(theirs == mine, earlier)),
        )
        .correlate(enabled_service, service)
        .scalar_subquery()
    )
    return sa.case((service.c.type.not_in(BUNDLES), before))


def _in_force(c: Any, asked: Asked) -> sa.ColumnElement[bool]:
    ends_later = sa.or_(c.effective_till.is_(None), c.effective_till > asked.now)
    return sa.and_(c.effective_from <= asked.now, ends_later)


# ------------------------------------------------------------------------------ of services


def agreements_using(service_id: sa.ColumnElement[int], now: dt.datetime) -> sa.ScalarSelect[int]:
    """Return how many agreements have a service enabled now or later."""
    c = enabled_service.c
    mine = sa.select(sa.func.count(c.agreement_id.distinct())).where(
        c.service_id == service_id, sa.or_(c.effective_till.is_(None), c.effective_till > now)
    )
    return mine.correlate(service).scalar_subquery()


def enabled_tab() -> sa.ColumnElement[str]:
    """Return the section in whose list a service stands when it is enabled."""
    tabs = {
        BUNDLES[0]: "enabled_initiators",
        BUNDLES[1]: "enabled_bundle_packs",
        PAYG: "enabled_services",
    }
    return sa.case(tabs, value=service.c.type, else_="enabled_packs")


ENABLED_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "enabled_services": _services,
    "enabled_packs": _packs,
    "enabled_initiators": _initiators,
    "enabled_bundle_packs": _bundle_packs,
    "order_of_use": _order_of_use,
}
