"""By which words records are known outside: names with the IDs behind them, all in sight at once.

Whoever loads a file of records has names and codes in it, never IDs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.queries.agreements import AGREEMENT
from app.db.queries.banks import BANK, BANK_ACCOUNT
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.masters import visible
from app.db.queries.tenancy import in_sight, subtree
from app.db.tables.agreements import agreement
from app.db.tables.banks import bank, bank_account
from app.db.tables.companies import company
from app.db.tables.enabled_services import enabled_service
from app.db.tables.legal_entities import legal_entity
from app.db.tables.services import service
from app.db.tables.users import user_account


@dataclass(frozen=True, slots=True)
class Known:
    """A record: its name, what it belongs to (0 = nothing), and other words that name it."""

    id: int
    name: str
    owner: int = 0
    other: str = ""


@dataclass(frozen=True, slots=True)
class KnownEnabling:
    """An enabled service: what on which agreement, from when in which zone, until when."""

    id: int
    agreement_id: int
    service_id: int
    effective_from: dt.datetime
    from_zone: str
    effective_till: dt.datetime | None


def companies(connection: sa.Connection, company_id: int) -> list[Known]:
    """Return the company and all below it; the owner is the company above."""
    c = company.c
    found = sa.select(c.id, c.name, c.parent_id).where(c.id.in_(subtree(company_id)))
    return [Known(row[0], row[1], row[2] or 0) for row in connection.execute(found)]


def entities(connection: sa.Connection, company_id: int) -> list[Known]:
    """Return the legal entities in sight; the owner is the company that they are of."""
    c = legal_entity.c
    found = sa.select(c.id, c.name, c.party_id).where(visible(LEGAL_ENTITY, company_id))
    return [Known(*row) for row in connection.execute(found)]


def banks(connection: sa.Connection, company_id: int) -> list[Known]:
    """Return the banks in sight; the owner is the company that keeps one, ``other`` its branch."""
    c = bank.c
    found = sa.select(c.id, c.name, c.company_id, c.branch_code).where(visible(BANK, company_id))
    return [Known(*row) for row in connection.execute(found)]


def accounts(connection: sa.Connection, company_id: int) -> list[tuple[Known, int]]:
    """Return the bank accounts in sight with their banks; ``other`` is the compact number."""
    c = bank_account.c
    found = sa.select(c.id, c.name, c.legal_entity_id, c.number_key, c.bank_id)
    rows = connection.execute(found.where(visible(BANK_ACCOUNT, company_id)))
    return [(Known(*row[:4]), row[4]) for row in rows]


def agreements(connection: sa.Connection, company_id: int) -> list[Known]:
    """Return the agreements in sight by their codes; the owner is the company they are with."""
    c = agreement.c
    found = sa.select(c.id, c.code, c.party_id, c.currency).where(visible(AGREEMENT, company_id))
    return [Known(*row) for row in connection.execute(found)]


def services(connection: sa.Connection, company_id: int) -> list[Known]:
    """Return the services that companies in sight sell; ``other`` is the type."""
    c = service.c
    sold = sa.select(c.id, c.name, c.company_id, c.type).where(
        in_sight(c.company_id, company_id), c.side == "sell", c.archived_at.is_(None)
    )
    return [Known(*row) for row in connection.execute(sold)]


def enablings(connection: sa.Connection, company_id: int) -> list[KnownEnabling]:
    """Return what is enabled on agreements of companies in sight."""
    c = enabled_service.c
    pair = (c.agreement_id, c.service_id)
    found = sa.select(c.id, *pair, c.effective_from, c.from_zone, c.effective_till)
    rows = connection.execute(found.where(in_sight(c.company_id, company_id)).order_by(c.id))
    return [KnownEnabling(*row) for row in rows]


def users(connection: sa.Connection, company_id: int, application: str) -> list[Known]:
    """Return the users in sight by their mail addresses; the owner is their company."""
    c = user_account.c
    found = sa.select(c.id, c.email, c.company_id).where(
        in_sight(c.company_id, company_id), c.application == application, c.deleted_at.is_(None)
    )
    return [Known(*row) for row in connection.execute(found)]
