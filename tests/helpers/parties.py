"""Companies, their legal entities and bank accounts, put into a database without the forms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.banks import bank, bank_account
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.legal_entities import legal_entity

MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Party:
    """A company with a legal entity that has a bank account."""

    id: int
    entity: int
    account: int


def add_party(
    connection: sa.Connection, name: str, *, tenant: int = SYSTEM_OWNER, kind: str = "client"
) -> Party:
    """Add a company below a tenant, its legal entity and its bank account."""
    row = {"parent_id": tenant, "name": name, "type": kind, "time_zone": "Europe/Berlin"}
    made = _insert(connection, company, row)
    return sides(connection, made, tenant=tenant, name=name)


def sides(connection: sa.Connection, party: int, *, tenant: int, name: str) -> Party:
    """Add a default legal entity and a bank account to a company; a tenant's own ones alike."""
    entity = add_entity(connection, party, tenant=tenant, name=f"{name} Ltd", default=True)
    account = add_account(connection, party, entity, tenant=tenant, name=f"{name} EUR")
    return Party(party, entity, account)


def add_entity(
    connection: sa.Connection, party: int, *, tenant: int, name: str, default: bool = False
) -> int:
    """Add a legal entity of a company and return its id."""
    row = {"party_id": party, "company_id": tenant, "name": name, "legal_name": name}
    return _insert(
        connection,
        legal_entity,
        {**row, "country": "DE", "legal_id": "HRB 1", "is_default": default},
    )


def add_account(
    connection: sa.Connection, party: int, entity: int, *, tenant: int, name: str
) -> int:
    """Add a bank account of a legal entity, at a bank of its own, and return its id."""
    place = {"name": f"Bank of {name}", "country": "DE", "address": "Berlin"}
    at = _insert(connection, bank, {**place, "company_id": tenant})
    row = {"legal_entity_id": entity, "bank_id": at, "name": name, "holder": name}
    number = {"number": f"ACC {entity}", "number_key": f"ACC{entity}"}
    owned = {"party_id": party, "company_id": tenant, **number}
    return _insert(connection, bank_account, {**row, **owned})


def _insert(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    statement = sa.insert(table).values(**row, created_at=MADE, updated_at=MADE)
    made = connection.execute(statement).inserted_primary_key
    assert made is not None
    return int(made[0])
