"""The sources of the lists by name: which rows a section shows, and what its columns are in SQL.

One more: a function that returns a Source, and a line in ``SOURCES``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.db.functions import bytewise, folded, json_number, json_value, local_date
from app.db.queries.access_sources import ACCESS_SOURCES
from app.db.queries.account_sources import ACCOUNT_SOURCES
from app.db.queries.agreement_sources import AGREEMENT_SOURCES
from app.db.queries.control_sources import CONTROL_SOURCES
from app.db.queries.enabled_sources import ENABLED_SOURCES, agreements_using, enabled_tab
from app.db.queries.lists import Asked, Source
from app.db.queries.service_sight import scope_in_sight, service_in_sight
from app.db.queries.tenancy import handed_down, in_sight
from app.db.tables.companies import company
from app.db.tables.dictionary_entries import dictionary_alias
from app.db.tables.import_runs import import_run
from app.db.tables.learned import learned_match
from app.db.tables.profiles import import_profile
from app.db.tables.rate_nodes import rate_node
from app.db.tables.scopes import scope, scope_revision
from app.db.tables.services import service
from app.db.tables.vendors import vendor
from app.db.types import Words
from app.domain.kinds import BillingRule, PriceType, QuantityRule


def source(name: str, asked: Asked) -> Source:
    """Return a source. Raises KeyError for an unknown name."""
    return SOURCES[name](asked)


_PRICE_TYPES = Words(tuple((kind.value, kind.name.lower()) for kind in PriceType))
_BILLING = Words(tuple((rule.value, rule.name.lower()) for rule in BillingRule))
_QUANTITY = Words(tuple((rule.value, rule.name.lower()) for rule in QuantityRule))


def _by_name(column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    return folded(column), bytewise(column)


def _company(of: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    """Return the name of the company that a row belongs to."""
    named = sa.select(company.c.name).where(company.c.id == of)
    return named.scalar_subquery()


# ------------------------------------------------------------------------------ services


def _current(now: dt.datetime, of: sa.FromClause) -> sa.Select[Any]:
    """Return the select, from ``of``, of the scope in force of the service around it (F17)."""
    return (
        sa.select(of)
        .where(
            of.c.service_id == service.c.id,
            of.c.draft == sa.false(),
            of.c.effective_from <= now,
            sa.or_(of.c.effective_till.is_(None), of.c.effective_till > now),
        )
        .order_by(of.c.activated_at, of.c.id)
        .limit(1)
        .correlate(service)
    )


def _services(asked: Asked) -> Source:
    current = _current(asked.now, scope)
    own = sa.select(sa.func.count()).where(
        scope.c.service_id == service.c.id, scope_in_sight(asked.company_id)
    )
    revised = (
        sa.select(sa.func.max(scope_revision.c.at))
        .select_from(scope_revision.join(scope, scope_revision.c.scope_id == scope.c.id))
        .where(scope.c.service_id == service.c.id)
    )
    begins = current.with_only_columns(scope.c.effective_from).scalar_subquery()
    c = service.c
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in ("id", "name", "type", "side", "size", "currency")},
            "state": _service_state(current, asked.now),
            "scopes": own.correlate(service).scalar_subquery(),
            # How many others buy it is the seller's to know.
            "agreements": sa.case(
                (in_sight(c.company_id, asked.company_id), agreements_using(c.id, asked.now))
            ),
            "enabled_in": enabled_tab(),
            "current_from": local_date(begins, c.time_zone),
            "last_change": revised.correlate(service).scalar_subquery(),
            "company": _company(c.company_id),
            "description": c.description,
            "time_zone": c.time_zone,
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=service,
        where=(service_in_sight(asked.company_id),),
        order=_by_name(c.name),
        exact=frozenset({"type", "side", "currency", "state", "enabled_in"}),
    )


def _service_state(current: sa.Select[Any], now: dt.datetime) -> sa.ColumnElement[str]:
    def has(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        of = sa.select(scope.c.id).where(scope.c.service_id == service.c.id, *conditions)
        return of.correlate(service).exists()

    return sa.case(
        (service.c.archived_at.is_not(None), "archived"),
        (current.with_only_columns(scope.c.id).exists(), "current"),
        (has(scope.c.draft == sa.false(), scope.c.effective_from > now), "upcoming"),
        (has(scope.c.draft == sa.true()), "draft"),
        (has(), "past"),
        else_="none",
    )


def _scopes(asked: Asked) -> Source:
    c = scope.c
    other = scope.alias("other")
    current = _current(asked.now, other).with_only_columns(other.c.id).scalar_subquery()
    state = sa.case(
        (c.draft == sa.true(), "draft"),
        (c.id == current, "current"),
        (c.effective_till <= asked.now, "past"),
        (c.effective_from > asked.now, "upcoming"),
        else_="overlapped",
    )
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "service": service.c.name,
            "service_id": service.c.id,
            "state": state,
            "effective_from": local_date(c.effective_from, service.c.time_zone),
            "effective_till": local_date(c.effective_till, service.c.time_zone),
            "revision": c.revision,
            "currency": service.c.currency,
            "side": service.c.side,
            "name": c.name,
            "company": _company(service.c.company_id),
            "archived": sa.case((service.c.archived_at.is_(None), "no"), else_="yes"),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=scope.join(service, c.service_id == service.c.id),
        where=(scope_in_sight(asked.company_id),),
        order=(*_by_name(service.c.name), c.effective_from.nulls_last()),
        exact=frozenset({"state", "currency", "side", "archived"}),
    )


# ------------------------------------------------------------------------------ rates


def _rates(asked: Asked) -> Source:
    """Return the leaves of one scope; a million rows, so nothing here is joined or computed."""
    scope_id = int(asked.arguments["scope"])
    c = rate_node.c
    parent = rate_node.alias("parent")
    attribute = sa.select(parent.c.depends_on).where(
        parent.c.scope_id == c.scope_id, parent.c.node_no == c.parent_no
    )
    mine = (
        sa.select(scope.c.service_id)
        .select_from(scope.join(service, scope.c.service_id == service.c.id))
        .where(scope.c.id == scope_id, scope_in_sight(asked.company_id))
    )
    return Source(
        id=c.node_no,
        columns={
            "id": c.node_no,
            "key": c.key,
            "attribute": attribute.correlate(rate_node).scalar_subquery(),
            "price_type": sa.type_coerce(c.price_type, _PRICE_TYPES),
            "price": c.price,
            "connect_price": c.connect_price,
            "first_interval": c.first_interval,
            "next_interval": c.next_interval,
            "billing_rule": sa.type_coerce(sa.func.nullif(c.billing_rule, 0), _BILLING),
            "quantity_rule": sa.type_coerce(sa.func.nullif(c.quantity_rule, 0), _QUANTITY),
            "revision": c.from_rev,
            "scope_id": c.scope_id,
            "service_id": mine.scalar_subquery(),
        },
        origin=rate_node,
        where=(
            c.scope_id == scope_id,
            c.price_type > PriceType.DEPENDS_ON.value,
            mine.exists(),
        ),
        exact=frozenset({"key", "attribute"}),
    )


# ------------------------------------------------------------------------------ of imports


def _imports(asked: Asked) -> Source:
    c = import_run.c
    origin = (
        import_run.join(scope, c.scope_id == scope.c.id)
        .join(service, scope.c.service_id == service.c.id)
        .outerjoin(vendor, c.vendor_id == vendor.c.id)
    )
    words = ("new", "increased", "decreased", "changed", "unchanged", "removed")
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "at": c.at,
            "actor": c.actor,
            "state": sa.case((c.undone_by.is_(None), "applied"), else_="undone"),
            "service": service.c.name,
            "service_id": service.c.id,
            "scope_id": c.scope_id,
            "file_name": c.file_name,
            "sheet": c.sheet,
            "vendor": vendor.c.name,
            "profile": json_value(c.report, "profile"),
            "rows": json_number(c.report, "rows", "read"),
            **{word: json_number(c.counts, word) for word in words},
            "company": _company(c.company_id),
            "revision": c.rev,
            "undone_by": c.undone_by,
        },
        origin=origin,
        where=(in_sight(c.company_id, asked.company_id),),
        order=(c.id.desc(),),
        exact=frozenset({"state"}),
    )


def _profiles(asked: Asked) -> Source:
    c = import_profile.c
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "name": c.name,
            "vendor": vendor.c.name,
            "company": _company(c.company_id),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
            "signature": c.signature,
        },
        origin=import_profile.outerjoin(vendor, c.vendor_id == vendor.c.id),
        where=(in_sight(c.company_id, asked.company_id),),
        order=_by_name(c.name),
        exact=frozenset({"signature"}),
    )


def _vendors(asked: Asked) -> Source:
    c = vendor.c

    def of(table: sa.Table, what: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        mine = sa.select(what).where(table.c.vendor_id == c.id)
        return mine.correlate(vendor).scalar_subquery()

    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "name": c.name,
            "imports": of(import_run, sa.func.count()),
            "last_import": of(import_run, sa.func.max(import_run.c.at)),
            "profiles": of(import_profile, sa.func.count()),
            "answers": of(learned_match, sa.func.count()),
            "company": _company(c.company_id),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=vendor,
        where=(in_sight(c.company_id, asked.company_id),),
        order=_by_name(c.name),
    )


def _answers(asked: Asked) -> Source:
    c = learned_match.c
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "value": c.value,
            "dictionary": c.dictionary,
            "context": c.context,
            "key": c.key,
            "vendor": vendor.c.name,
            "company": _company(c.company_id),
            "actor": c.actor,
            "at": c.at,
        },
        origin=learned_match.outerjoin(vendor, c.vendor_id == vendor.c.id),
        where=(in_sight(c.company_id, asked.company_id),),
        order=_by_name(c.value),
        exact=frozenset({"dictionary", "context", "key"}),
    )


def _aliases(asked: Asked) -> Source:
    c = dictionary_alias.c
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in ("id", "alias", "dictionary", "key", "context")},
            "company": _company(c.company_id),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=dictionary_alias,
        where=(
            sa.or_(
                in_sight(c.company_id, asked.company_id),
                handed_down(c.company_id, asked.company_id),
            ),
        ),
        order=_by_name(c.alias),
        exact=frozenset({"dictionary", "context"}),
    )


SOURCES: dict[str, Callable[[Asked], Source]] = {
    "services": _services,
    "scopes": _scopes,
    "rates": _rates,
    "imports": _imports,
    "profiles": _profiles,
    "vendors": _vendors,
    "answers": _answers,
    "aliases": _aliases,
    **ACCOUNT_SOURCES,
    **AGREEMENT_SOURCES,
    **ENABLED_SOURCES,
    **CONTROL_SOURCES,
    **ACCESS_SOURCES,
}
