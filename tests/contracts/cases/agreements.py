"""Agreements and their versions."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from app.db.tables.agreements import agreement
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.legal_entities import legal_entity
from app.sections.agreement_versions import AGREEMENT_VERSIONS
from app.sections.agreements import AGREEMENTS
from app.services import records
from app.services.context import Context
from tests.contracts.cases import Case
from tests.helpers.parties import add_party, sides

PARTY = "Aachen Mobile"

TERMS = {
    "effective_from": "2026-01-01",
    "from_zone": "Europe/Berlin",
    "till_zone": "Europe/Berlin",
    "credit_limit": "500",
    "billing_zone": "Europe/Berlin",
    "days_for_payment": 10,
    "billing_period": "monthly",
    "billing_day": "31",
}


def new(ctx: Context, code: str, **more: Any) -> dict[str, Any]:
    """Return the values of a new agreement with PARTY."""
    with ctx.database.read() as connection:
        party = connection.execute(sa.select(company.c.id).where(company.c.name == PARTY)).scalar()
        entities = {
            owner: connection.execute(
                sa.select(legal_entity.c.id).where(legal_entity.c.party_id == owner).limit(1)
            ).scalar()
            for owner in (party, SYSTEM_OWNER)
        }
    return {
        "party_id": str(party),
        "direction": "client",
        "legal_entity_id": str(entities[party]),
        "own_legal_entity_id": str(entities[SYSTEM_OWNER]),
        "code": code,
        "date": "2025-12-20",
        "currency": "EUR",
        **TERMS,
        **more,
    }


def next_version(ctx: Context) -> dict[str, Any]:
    """Return the values of an upcoming version of the first agreement."""
    with ctx.database.read() as connection:
        first = connection.execute(sa.select(agreement.c.id).where(agreement.c.code == "A-1"))
        first = first.scalar_one()
    return {"agreement_id": str(first), **TERMS, "effective_from": "2098-02-01"}


CASES = {
    "agreements": Case(
        partial(new, code="MADE-HERE"),
        {"invoice_emails": ["money@aachen.example"]},
        field="invoice_emails",
        taken="code",
    ),
    "agreement_versions": Case(
        next_version, {"credit_limit": "750.5000"}, field="credit_limit", taken="effective_from"
    ),
}


def fill(ctx: Context) -> None:
    """Put a company with two agreements into the office, one of them with two versions."""
    with ctx.database.write() as connection:
        add_party(connection, PARTY)
        own = sa.select(legal_entity.c.id).where(legal_entity.c.party_id == SYSTEM_OWNER)
        if connection.execute(own).first() is None:
            sides(connection, SYSTEM_OWNER, tenant=SYSTEM_OWNER, name="Owner")
    made = records.create(ctx, AGREEMENTS, new(ctx, "A-1", invoice_emails="bills@aachen.example"))
    records.create(
        ctx, AGREEMENTS, new(ctx, "A-2", currency="USD", credit_limit=None, billing_period="daily")
    )
    later = {
        "effective_from": "2097-01-05 12:30",
        "billing_period": "weekly",
        "billing_weekday": "2",
        "split_by_month": True,
    }
    records.create(ctx, AGREEMENT_VERSIONS, {"agreement_id": str(made), **TERMS, **later})
