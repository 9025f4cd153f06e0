"""The guide's typical workflow (01, steps 1-6 and 9) as data: what is typed, and what comes of it.

By the window and by commands it is the same; step 7 and 8 are about sender IDs.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.bootstrap import open_session
from app.db.tables.columns import metadata
from tests.helpers.command_line import Desk

OWN_ENTITY = {
    "name": "Harbour EU",
    "legal_name": "Harbour Telecom GmbH",
    "country": "DE",
    "legal_id": "HRB 1",
}
COMPANY = {
    "name": "Cats and dogs",
    "type": "client",
    "email": "office@cats.example",
    "time_zone": "Europe/Berlin",
}
ENTITY = {
    "name": "Cats and dogs legal entity",
    "legal_name": "Cats and Dogs S.L.",
    "country": "ES",
    "tax_id": "B00000000",
}
AGREEMENT = {
    "code": "1029",
    "date": "2026-01-10",
    "currency": "EUR",
    "effective_from": "2026-01-15 00:00",
    "from_zone": "Europe/Berlin",
    "till_zone": "Europe/Berlin",
    "credit_limit": "250",
    "billing_zone": "Europe/Berlin",
    "days_for_payment": "14",
    "billing_period": "monthly",
    "billing_day": "1",
    "invoice_emails": "billing@cats.example",
}
SERVICE, CURRENCY, COUNTRY, PRICE = "SMS Europe", "EUR", "ES", "0.08"
SCOPE_FROM = "2026-01-01"
ENABLED = {"effective_from": "2026-01-15 00:00", "zone": "Europe/Berlin"}
BACKOFFICE_USER = ("ann@harbour.example", "Client manager")
PORTAL_USER = ("bob@cats.example", "Broadcast manager")
DEPARTMENT = "First line"

TABLES = (
    "legal_entity",
    "company",
    "agreement",
    "agreement_version",
    "service",
    "scope",
    "enabled_service",
    "enabled_channel",
    "user_account",
    "user_role",
)
PASSING = {"version", "invitation_ends", "revision", "draft_of"}
"""Columns that tell how something came about, not what it is."""


def dump(target: str) -> dict[str, Any]:
    """Return what the workflow made: rows without their times, and the rates."""
    session = open_session(target)
    found: dict[str, Any] = {}
    try:
        with session.context().database.read() as connection:
            for name in TABLES:
                table = metadata.tables[name]
                rows = connection.execute(sa.select(table)).mappings()
                found[name] = sorted(map(str, (_kept(row) for row in rows)))
    finally:
        session.close()
    found["rates"] = Desk(target).rates(SERVICE)
    return found


def _kept(row: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if name not in PASSING and not name.endswith("_at")
    }
