"""Agreements and their versions as master data and as plain rows (ACC-3).

An agreement is its tenant's (``company_id``); the company that it is with (``party_id``) may look
at it, for it buys under it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.db.queries.banks import BANK_ACCOUNT
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.masters import Master, Reference, Use, find, is_storable, visible
from app.db.queries.tenancy import in_sight
from app.db.tables.agreements import (
    EMAIL_LISTS,
    agreement,
    agreement_version,
    reselling_agreement,
)
from app.db.tables.banks import bank_account
from app.db.tables.companies import company
from app.db.tables.enabled_services import enabled_service
from app.db.tables.services import service
from app.db.unit_of_work import holding
from app.domain.effective import Span
from app.errors import UserError

AGREEMENT = Master(
    table=agreement,
    noun="agreement",
    title="code",
    fields=(
        "party_id",
        "direction",
        "legal_entity_id",
        "own_legal_entity_id",
        "bank_account_id",
        "own_bank_account_id",
        "code",
        "date",
        "currency",
        *EMAIL_LISTS,
    ),
    references={
        "party_id": Reference(COMPANY),
        "legal_entity_id": Reference(LEGAL_ENTITY),
        "own_legal_entity_id": Reference(LEGAL_ENTITY),
        "bank_account_id": Reference(BANK_ACCOUNT),
        "own_bank_account_id": Reference(BANK_ACCOUNT),
    },
    unique=(("code", "party_id"),),
    uses=(
        Use("enabled service", enabled_service.c.agreement_id),
        Use("reselling agreement", reselling_agreement.c.agreement_id),
    ),
    sight=lambda company_id: agreement.c.party_id == company_id,
    instead="end its version in force instead",
)


@dataclass(frozen=True, slots=True)
class AgreementRecord:
    """An agreement as stored, with the name of the company it is with (``party``)."""

    id: int
    company_id: int
    party_id: int
    party: str
    direction: str
    legal_entity_id: int
    own_legal_entity_id: int
    bank_account_id: int | None
    own_bank_account_id: int | None
    code: str
    date: dt.date
    currency: str
    invoice_emails: list[str]
    account_emails: list[str]
    rate_change_emails: list[str]
    service_emails: list[str]
    payment_alert_emails: list[str]
    version: int

    @property
    def title(self) -> str:
        """Return "Company - code, CUR", as choices show it."""
        return f"{self.party} - {self.code}, {self.currency}"


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """The terms of an agreement from one instant up to, not including, another (None = ∞).

    ``from_zone``, ``till_zone`` = the zones in which they were entered; ``credit_limit`` None =
    unlimited; ``billing_day``: 1 for daily, 1 (Monday) to 7 for weekly, else a day of the month.
    """

    id: int
    agreement_id: int
    effective_from: dt.datetime
    from_zone: str
    effective_till: dt.datetime | None
    till_zone: str
    credit_limit: Decimal | None
    billing_zone: str
    days_for_payment: int
    billing_period: str
    billing_day: int
    split_by_month: bool
    version: int

    @property
    def span(self) -> Span:
        """Return the instants between which it holds."""
        return self.effective_from, self.effective_till


def agreement_title() -> sa.ColumnElement[str]:
    """Return "Company - code, CUR" of an agreement in SQL."""
    name = sa.select(company.c.name).where(company.c.id == agreement.c.party_id)
    party = name.correlate(agreement).scalar_subquery()
    return party + sa.literal(" - ") + agreement.c.code + sa.literal(", ") + agreement.c.currency


def _agreements() -> sa.Select[Any]:
    names = [name for name in AgreementRecord.__slots__ if name != "party"]
    columns = [agreement.c[name] for name in names]
    with_party = agreement.join(company, agreement.c.party_id == company.c.id)
    return sa.select(*columns, company.c.name.label("party")).select_from(with_party)


def agreement_by_id(
    connection: sa.Connection, company_id: int, agreement_id: int
) -> AgreementRecord:
    """Return an agreement in the sight of a company. Raises UserError if there is none."""
    find(connection, AGREEMENT, company_id, agreement_id)
    row = connection.execute(_agreements().where(agreement.c.id == agreement_id))
    return AgreementRecord(**row.mappings().one())


def agreements(
    connection: sa.Connection, company_id: int, *conditions: sa.ColumnElement[bool]
) -> list[AgreementRecord]:
    """Return the agreements in the sight of a company, by company and code."""
    statement = _agreements().where(visible(AGREEMENT, company_id), *conditions)
    ordered = statement.order_by(sa.func.lower(company.c.name), agreement.c.code, agreement.c.id)
    return [AgreementRecord(**row) for row in connection.execute(ordered).mappings()]


def hold(connection: sa.Connection, agreement_id: int) -> None:
    """Let nobody else change the versions of an agreement until this transaction ends."""
    row = sa.select(agreement.c.id).where(agreement.c.id == agreement_id)
    connection.execute(holding(connection, row))


# ------------------------------------------------------------------------------ versions


def _versions() -> sa.Select[Any]:
    return sa.select(*(agreement_version.c[name] for name in AgreementVersion.__slots__))


def versions_of(connection: sa.Connection, agreement_id: int) -> list[AgreementVersion]:
    """Return the versions of an agreement, earliest first."""
    mine = _versions().where(agreement_version.c.agreement_id == agreement_id)
    ordered = mine.order_by(agreement_version.c.effective_from, agreement_version.c.id)
    return [AgreementVersion(**row) for row in connection.execute(ordered).mappings()]


def version_at(
    connection: sa.Connection, agreement_id: int, at: dt.datetime
) -> AgreementVersion | None:
    """Return the version that holds at an instant, None in a gap or outside of all."""
    c = agreement_version.c
    mine = _versions().where(
        c.agreement_id == agreement_id,
        c.effective_from <= at,
        sa.or_(c.effective_till.is_(None), c.effective_till > at),
    )
    row = connection.execute(mine.order_by(c.effective_from.desc()).limit(1)).mappings().first()
    return AgreementVersion(**row) if row is not None else None


def version_by_id(
    connection: sa.Connection, company_id: int, version_id: int
) -> tuple[AgreementRecord, AgreementVersion]:
    """Return a version and its agreement, in the sight of a company. Raises UserError."""
    mine = _versions().where(agreement_version.c.id == version_id)
    known = is_storable(version_id)
    row = connection.execute(mine).mappings().one_or_none() if known else None
    if row is None:
        raise UserError(f"There is no agreement version {version_id}: refresh the list.")
    found = AgreementVersion(**row)
    return agreement_by_id(connection, company_id, found.agreement_id), found


def times_of(connection: sa.Connection, version_id: int) -> tuple[dt.datetime, dt.datetime]:
    """Return when a version was made and last saved."""
    c = agreement_version.c
    row = connection.execute(sa.select(c.created_at, c.updated_at).where(c.id == version_id))
    created, updated = row.one()
    return created, updated


def insert_version(
    connection: sa.Connection, agreement_id: int, terms: Mapping[str, Any], *, now: dt.datetime
) -> AgreementVersion:
    """Add a version and return it."""
    values = {**terms, "agreement_id": agreement_id}
    statement = sa.insert(agreement_version).values(**values, created_at=now, updated_at=now)
    made = connection.execute(statement).inserted_primary_key
    assert made is not None
    return AgreementVersion(id=int(made[0]), version=1, **values)


def delete_version(connection: sa.Connection, version_id: int) -> None:
    """Delete a version."""
    connection.execute(sa.delete(agreement_version).where(agreement_version.c.id == version_id))


# ------------------------------------------------------------------------------ what hangs on it


def enabled_spans(
    connection: sa.Connection, agreement_id: int, company_id: int
) -> list[tuple[int, str, str, Span]]:
    """Return (id, service name, zone of the end, span) of what is enabled, in order of enabling.

    Who buys under the agreement is not told what is not shown to it.
    """
    c = enabled_service.c
    told = sa.or_(c.hidden == sa.false(), in_sight(c.company_id, company_id))
    columns = (c.id, service.c.name, c.till_zone, c.effective_from, c.effective_till)
    joined = enabled_service.join(service, c.service_id == service.c.id)
    mine = sa.select(*columns).select_from(joined).where(c.agreement_id == agreement_id, told)
    rows = connection.execute(mine.order_by(c.effective_from, c.id))
    return [(row_id, name, zone, (start, till)) for row_id, name, zone, start, till in rows]


def newest_with(connection: sa.Connection, party_id: int) -> AgreementRecord | None:
    """Return the agreement that was made last with a company, None without one."""
    mine = _agreements().where(agreement.c.party_id == party_id)
    row = connection.execute(mine.order_by(agreement.c.id.desc()).limit(1)).mappings().first()
    return AgreementRecord(**row) if row is not None else None


def only_account(connection: sa.Connection, legal_entity_id: int) -> tuple[int, str] | None:
    """Return (id, name) of the bank account in use of a legal entity if it has exactly one."""
    c = bank_account.c
    mine = sa.select(c.id, c.name).where(
        c.legal_entity_id == legal_entity_id, c.retired_at.is_(None)
    )
    rows = connection.execute(mine.limit(2)).all()
    return (int(rows[0][0]), str(rows[0][1])) if len(rows) == 1 else None
