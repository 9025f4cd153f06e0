"""What is set up for companies, asked as conditions on a row of ``company`` (M4).

Counted are the companies that a tenant serves itself and has not blocked; a reseller's own clients
are its own business.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.agreements import agreement, agreement_version, reselling_agreement
from app.db.tables.banks import bank_account
from app.db.tables.companies import company
from app.db.tables.enabled_services import enabled_service
from app.db.tables.legal_entities import legal_entity
from app.db.tables.rate_nodes import rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.tables.users import user_account
from app.domain.kinds import PriceType

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Found:
    """Companies that meet a condition: how many, and the first of them by name."""

    number: int
    ids: tuple[int, ...]
    names: tuple[str, ...]


def companies(
    connection: sa.Connection, condition: Condition, *more: Condition, limit: int = 3
) -> Found:
    """Return the companies that meet all conditions."""
    where = sa.and_(condition, *more)
    number = connection.execute(sa.select(sa.func.count()).select_from(company).where(where))
    first = sa.select(company.c.id, company.c.name).where(where)
    rows = connection.execute(first.order_by(company.c.name, company.c.id).limit(limit)).all()
    return Found(
        int(number.scalar_one()), tuple(int(row[0]) for row in rows), tuple(r[1] for r in rows)
    )


def served_by(tenant: int) -> Condition:
    """Return the condition that a tenant serves a company itself, and has not blocked it."""
    return sa.and_(company.c.parent_id == tenant, company.c.enabled)


def is_company(company_id: int) -> Condition:
    """Return the condition of being one company."""
    return company.c.id == company_id


def is_reseller() -> Condition:
    """Return the condition of being a reseller."""
    return company.c.type == "reseller"


def has_entity() -> Condition:
    """Return the condition of having a legal entity in use."""
    c = legal_entity.c
    return _exists(c.party_id == company.c.id, c.retired_at.is_(None))


def has_account() -> Condition:
    """Return the condition of having a bank account in use."""
    c = bank_account.c
    return _exists(c.party_id == company.c.id, c.retired_at.is_(None))


def has_own_account() -> Condition:
    """Return the condition that a legal entity of a company has a bank account in use."""
    c = bank_account.c
    return _exists(
        legal_entity.c.id == c.legal_entity_id,
        legal_entity.c.party_id == company.c.id,
        c.retired_at.is_(None),
    )


def has_agreement(now: dt.datetime) -> Condition:
    """Return the condition of having an agreement in force or coming."""
    return _exists(agreement.c.party_id == company.c.id, *_in_force(now))


def has_service(now: dt.datetime) -> Condition:
    """Return the condition that something is or will be enabled on an agreement of a company."""
    c = enabled_service.c
    return _exists(
        agreement.c.party_id == company.c.id,
        c.agreement_id == agreement.c.id,
        _lasts(c.effective_till, now),
    )


def has_reselling(now: dt.datetime) -> Condition:
    """Return the condition that a legal entity of a company has a reselling agreement."""
    c = reselling_agreement.c
    return _exists(
        legal_entity.c.party_id == company.c.id,
        c.legal_entity_id == legal_entity.c.id,
        _lasts(c.effective_till, now),
    )


def has_user(application: str) -> Condition:
    """Return the condition of having a user, or a guest, of an application."""
    c = user_account.c
    return _exists(c.company_id == company.c.id, c.application == application, c.active)


def has_companies() -> Condition:
    """Return the condition of having a company below."""
    below = company.alias("below")
    return _exists(below.c.parent_id == company.c.id)


def sells(now: dt.datetime) -> Condition:
    """Return the condition of having a service for sale with prices in force now."""
    rated = _exists(
        rate_node.c.scope_id == scope.c.id, rate_node.c.price_type > int(PriceType.DEPENDS_ON)
    )
    live = sa.and_(
        scope.c.service_id == service.c.id,
        *_holds(now),
        rated,
    )
    return _exists(*_for_sale(), live)


def has_sale() -> Condition:
    """Return the condition of having a service for sale, with prices or without."""
    return _exists(*_for_sale())


@dataclass(frozen=True, slots=True)
class Sale:
    """A service for sale; ``live``: a scope of it is in force."""

    id: int
    name: str
    live: bool


def newest_sale(connection: sa.Connection, company_id: int, now: dt.datetime) -> Sale | None:
    """Return the newest service that a company sells, one with a scope in force before others."""
    c = service.c
    live = sa.exists().where(scope.c.service_id == c.id, *_holds(now)).correlate(service)
    newest = (
        sa.select(c.id, c.name, live)
        .where(c.company_id == company_id, c.side == "sell", c.archived_at.is_(None))
        .order_by(live.desc(), c.id.desc())
    )
    row = connection.execute(newest.limit(1)).first()
    return None if row is None else Sale(int(row[0]), str(row[1]), bool(row[2]))


def _holds(now: dt.datetime) -> tuple[Condition, ...]:
    """Return the conditions that a scope is in force."""
    c = scope.c
    return c.draft == sa.false(), c.effective_from <= now, _lasts(c.effective_till, now)


def _for_sale() -> tuple[Condition, ...]:
    c = service.c
    return c.company_id == company.c.id, c.side == "sell", c.archived_at.is_(None)


def newest_agreement(connection: sa.Connection, company_id: int, now: dt.datetime) -> int | None:
    """Return the newest agreement with a company that is in force or coming, None without one."""
    found = sa.select(sa.func.max(agreement.c.id)).where(
        agreement.c.party_id == company_id, *_in_force(now)
    )
    return connection.execute(found).scalar()


def entity_of(connection: sa.Connection, company_id: int) -> int | None:
    """Return the first legal entity in use of a company, None without one."""
    c = legal_entity.c
    found = sa.select(sa.func.min(c.id)).where(c.party_id == company_id, c.retired_at.is_(None))
    return connection.execute(found).scalar()


def _in_force(now: dt.datetime) -> tuple[Condition, ...]:
    """Return the conditions that an agreement has a version in force or coming."""
    c = agreement_version.c
    return c.agreement_id == agreement.c.id, _lasts(c.effective_till, now)


def _lasts(till: sa.ColumnElement[Any], now: dt.datetime) -> Condition:
    return sa.or_(till.is_(None), till > now)


def _exists(*conditions: Condition) -> Condition:
    """Return EXISTS over the tables of the conditions, but for ``company`` of the row itself."""
    return sa.exists().where(*conditions).correlate(company, service, scope)
