"""The sources of the lists Agreements and Agreement versions (ACC-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.db.functions import bytewise, folded, local_date
from app.db.queries.agreements import AGREEMENT, agreement_title
from app.db.queries.enabled import ENABLED
from app.db.queries.lists import Asked, Source
from app.db.queries.masters import visible
from app.db.queries.tenancy import kept
from app.db.tables.agreements import agreement, agreement_version
from app.db.tables.banks import bank_account
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.enabled_services import enabled_service
from app.db.tables.legal_entities import legal_entity
from app.db.tables.services import service

TYPES = {
    "services": ("payg",),
    "packs": ("unit_pack", "monetary_pack"),
}
"""Counts of what is enabled, by the types of its services."""

_TERMS = ("credit_limit", "billing_zone", "billing_period", "days_for_payment")
_EXACT = frozenset(
    {
        "direction",
        "currency",
        "state",
        "billing_zone",
        "billing_period",
        "billing_day",
        "from_zone",
        "till_zone",
    }
)


def _state(version: sa.FromClause, now: dt.datetime) -> sa.ColumnElement[str]:
    c = version.c
    return sa.case(
        (c.effective_till <= now, "past"),
        (c.effective_from <= now, "current"),
        else_="upcoming",
    )


def _billing_day(version: Any) -> sa.ColumnElement[str]:
    """Return the day on which periods begin, as the section's choices; none of daily ones."""
    of_week = {day: f"weekly {day}" for day in range(1, 8)}
    of_month = {day: f"day {day:02}" for day in range(1, 32)}
    return sa.case(
        (version.billing_period == "weekly", sa.case(of_week, value=version.billing_day)),
        (version.billing_period != "daily", sa.case(of_month, value=version.billing_day)),
    )


Order = Callable[[Any], tuple[sa.ColumnElement[Any], ...]]
"""What comes first among the columns of a version."""


def _first_of(alias: sa.FromClause, order: Order) -> sa.ColumnElement[bool]:
    """Return the condition that ``alias`` is the first version of the agreement in an order."""
    found = agreement_version.alias()
    mine = sa.select(found.c.id).where(found.c.agreement_id == agreement.c.id)
    first = mine.order_by(*order(found.c), found.c.id).limit(1)
    return alias.c.id == first.correlate(agreement).scalar_subquery()


def _shown_first(now: dt.datetime) -> Order:
    """Return the order current, next upcoming, last past (``app.domain.effective.shown``)."""

    def order(c: Any) -> tuple[sa.ColumnElement[Any], ...]:
        upcoming = c.effective_from > now
        past = sa.and_(c.effective_till.is_not(None), c.effective_till <= now)
        return (
            sa.case((past, 2), (upcoming, 1), else_=0),
            sa.case((upcoming, c.effective_from)).asc(),
            c.effective_from.desc(),
        )

    return order


def _number(types: tuple[str, ...], asked: Asked) -> sa.ColumnElement[int]:
    """Return how many services of some types are enabled on the agreement, as far as in sight."""
    joined = enabled_service.join(service, enabled_service.c.service_id == service.c.id)
    mine = sa.select(sa.func.count()).select_from(joined)
    mine = mine.where(enabled_service.c.agreement_id == agreement.c.id, service.c.type.in_(types))
    if asked.company_id != SYSTEM_OWNER:  # who sees everything needs no look
        mine = mine.where(visible(ENABLED, asked.company_id))
    return mine.correlate(agreement).scalar_subquery()


def _agreements(asked: Asked) -> Source:
    c = agreement.c
    version, first, last = (agreement_version.alias(n) for n in ("shown", "first", "last"))
    tenant, own = company.alias("tenant"), legal_entity.alias("own_entity")
    account, own_account = bank_account.alias("account"), bank_account.alias("own_account")
    origin = (
        agreement.join(company, c.party_id == company.c.id)
        .join(tenant, c.company_id == tenant.c.id)
        .join(legal_entity, c.legal_entity_id == legal_entity.c.id)
        .join(own, c.own_legal_entity_id == own.c.id)
        .outerjoin(account, c.bank_account_id == account.c.id)
        .outerjoin(own_account, c.own_bank_account_id == own_account.c.id)
        .outerjoin(version, _first_of(version, _shown_first(asked.now)))
        .outerjoin(first, _first_of(first, lambda v: (v.effective_from,)))
        .outerjoin(last, _first_of(last, lambda v: (v.effective_from.desc(),)))
    )
    v = version.c
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in ("id", "party_id", "code", "date", "direction")},
            **{name: c[name] for name in ("legal_entity_id", "own_legal_entity_id")},
            "company": company.c.name,
            "legal_entity": legal_entity.c.name,
            "own_legal_entity": own.c.name,
            "bank_account": account.c.name,
            "own_bank_account": own_account.c.name,
            "currency": c.currency,
            "state": sa.case((v.id.is_(None), "none"), else_=_state(version, asked.now)),
            "effective_from": local_date(first.c.effective_from, first.c.from_zone),
            "effective_till": local_date(last.c.effective_till, last.c.till_zone),
            **{name: v[name] for name in _TERMS},
            "version_id": v.id,
            **{name: _number(types, asked) for name, types in TYPES.items()},
            "tenant": tenant.c.name,
            "kept": kept(c.company_id, asked.company_id),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=origin,
        where=(visible(AGREEMENT, asked.company_id),),
        order=(folded(company.c.name), bytewise(c.code)),
        exact=_EXACT,
    )


def _versions(asked: Asked) -> Source:
    c = agreement_version.c
    origin = agreement_version.join(agreement, c.agreement_id == agreement.c.id).join(
        company, agreement.c.party_id == company.c.id
    )
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in ("id", "agreement_id", *_TERMS, "split_by_month")},
            "agreement": agreement_title(),
            "billing_day": _billing_day(c),
            "company": company.c.name,
            "code": agreement.c.code,
            "currency": agreement.c.currency,
            "kept": kept(agreement.c.company_id, asked.company_id),
            "state": _state(agreement_version, asked.now),
            "effective_from": local_date(c.effective_from, c.from_zone),
            "effective_till": local_date(c.effective_till, c.till_zone),
            "from_zone": c.from_zone,
            "till_zone": c.till_zone,
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=origin,
        where=(visible(AGREEMENT, asked.company_id),),
        order=(folded(company.c.name), bytewise(agreement.c.code), c.effective_from),
        exact=_EXACT,
    )


AGREEMENT_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "agreements": _agreements,
    "agreement_versions": _versions,
}
