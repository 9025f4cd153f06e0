"""Companies with agreements, put into a database without the forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from app.db.queries.services import ServiceRecord, create_service
from app.db.tables.agreements import agreement, agreement_version
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.legal_entities import legal_entity

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def add_company(
    connection: sa.Connection, name: str, *, parent: int = SYSTEM_OWNER, kind: str = "client"
) -> int:
    """Add a company below another one and return its id."""
    row = {"parent_id": parent, "name": name, "type": kind, "created_at": START}
    return _inserted(connection, company, {**row, "updated_at": START})


def add_agreement(
    connection: sa.Connection,
    party: int,
    code: str,
    *,
    tenant: int = SYSTEM_OWNER,
    currency: str = "EUR",
    till: dt.datetime | None = None,
    zone: str = "Europe/Berlin",
    period: str = "monthly",
) -> int:
    """Add an agreement with one version from START, and the legal entities that it names."""
    entities = {
        name: _entity(connection, tenant, of, f"{side} of {code}")
        for name, of, side in (
            ("legal_entity_id", party, "Buyer"),
            ("own_legal_entity_id", tenant, "Seller"),
        )
    }
    row = {
        "company_id": tenant,
        "party_id": party,
        "direction": "client",
        "code": code,
        "date": START.date(),
        "currency": currency,
        **entities,
    }
    made = _inserted(connection, agreement, {**row, "created_at": START, "updated_at": START})
    add_version(connection, made, START, till, zone=zone, period=period)
    return made


def add_version(
    connection: sa.Connection,
    agreement_id: int,
    start: dt.datetime,
    till: dt.datetime | None = None,
    *,
    zone: str = "Europe/Berlin",
    period: str = "monthly",
) -> int:
    """Add a version to an agreement."""
    row = {
        "agreement_id": agreement_id,
        "effective_from": start,
        "from_zone": zone,
        "effective_till": till,
        "till_zone": zone,
        "billing_zone": zone,
        "days_for_payment": 14,
        "billing_period": period,
        "billing_day": 1,
    }
    times = {"created_at": START, "updated_at": START}
    return _inserted(connection, agreement_version, {**row, **times})


def add_service(
    connection: sa.Connection,
    name: str,
    kind: str = "payg",
    *,
    currency: str | None = "EUR",
    tenant: int = SYSTEM_OWNER,
    **more: Any,
) -> ServiceRecord:
    """Add a service that is sold."""
    priced = kind in {"payg", "monetary_pack"}
    return create_service(
        connection,
        tenant,
        name=name,
        type=kind,
        currency=currency if priced else None,
        now=START,
        **more,
    )


def _entity(connection: sa.Connection, tenant: int, party: int, name: str) -> int:
    row = {
        "company_id": tenant,
        "party_id": party,
        "name": name,
        "legal_name": name,
        "country": "DE",
        "created_at": START,
        "updated_at": START,
    }
    return _inserted(connection, legal_entity, row)


def _inserted(connection: sa.Connection, table: sa.Table, row: dict[str, object]) -> int:
    made = connection.execute(sa.insert(table).values(**row)).inserted_primary_key
    assert made is not None
    return int(made[0])
