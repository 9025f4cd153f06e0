"""Legal entities as master data: those of clients, and the own ones of a company (ACC-2, SET-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.db.queries.companies import COMPANY
from app.db.queries.masters import Master, Reference, Use
from app.db.queries.tenancy import below
from app.db.tables.agreements import agreement, reselling_agreement
from app.db.tables.banks import bank_account
from app.db.tables.companies import company
from app.db.tables.legal_entities import legal_entity
from app.db.unit_of_work import holding

LEGAL_ENTITY = Master(
    table=legal_entity,
    noun="legal entity",
    fields=(
        "name",
        "party_id",
        "legal_name",
        "country",
        "portal",
        "tax_id",
        "legal_id",
        "vat_id",
        "legal_address",
        "billing_address",
        "notification_emails",
        "is_default",
    ),
    references={"party_id": Reference(COMPANY)},
    unique=(("name", "party_id"),),
    uses=(
        Use("agreement", agreement.c.legal_entity_id),
        Use("agreement", agreement.c.own_legal_entity_id),
        Use("bank account", bank_account.c.legal_entity_id),
        Use("reselling agreement", reselling_agreement.c.legal_entity_id),
        Use("company", company.c.own_legal_entity_id),
    ),
    # What a tenant makes for a reseller is that reseller's own one, to use (L34).
    sight=lambda company_id: legal_entity.c.party_id == company_id,
)

OWN_LEGAL_ENTITY = replace(
    LEGAL_ENTITY,
    fields=(*(n for n in LEGAL_ENTITY.fields if n != "party_id"), "payment_systems"),
    references={},
)
"""The same where the company is the actor's own."""

COMPANY_RECORD = replace(
    COMPANY,
    references={
        "parent_id": Reference(COMPANY),
        "own_legal_entity_id": Reference(LEGAL_ENTITY),
    },
)
"""A company with the records that its form names."""


def in_use_of(connection: sa.Connection, party_id: int) -> int:
    """Return how many legal entities of a company are in use."""
    c = legal_entity.c
    mine = sa.select(sa.func.count()).where(c.party_id == party_id, c.retired_at.is_(None))
    return int(connection.execute(mine).scalar_one())


def default_of(
    connection: sa.Connection, party_id: int, *, but: int | None = None
) -> dict[str, Any] | None:
    """Return the default legal entity of a company, unless it is the row ``but``."""
    c = legal_entity.c
    statement = sa.select(legal_entity).where(c.party_id == party_id, c.is_default)
    if but is not None:
        statement = statement.where(c.id != but)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def first_in_use(connection: sa.Connection, party_id: int, *, but: int) -> dict[str, Any] | None:
    """Return the oldest other legal entity in use of a company, the next default one.

    Nobody retires or deletes one of them until the transaction ends.
    """
    c = legal_entity.c
    statement = sa.select(legal_entity).where(
        c.party_id == party_id, c.retired_at.is_(None), c.id != but
    )
    row = connection.execute(holding(connection, statement.order_by(c.id))).mappings().first()
    return None if row is None else dict(row)


def set_default(connection: sa.Connection, row_id: int, *, default: bool, now: dt.datetime) -> None:
    """Make a legal entity the default one or not, and count its version up."""
    c = legal_entity.c
    values = {"is_default": default, "version": c.version + 1, "updated_at": now}
    connection.execute(sa.update(legal_entity).where(c.id == row_id).values(values))


def of_resellers(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a legal entity is of a reseller below a company."""
    resellers = sa.select(company.c.id).where(company.c.type == "reseller")
    party = legal_entity.c.party_id
    return sa.and_(below(party, company_id), party.in_(resellers))
