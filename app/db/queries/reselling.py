"""Under which agreement a reseller's legal entity buys what it resells (guide 14.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from app.db.queries.agreements import AGREEMENT
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.masters import Master, Reference
from app.db.tables.agreements import agreement, reselling_agreement
from app.db.tables.companies import company
from app.db.tables.legal_entities import legal_entity


def _bought_by(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a reselling agreement is one of a company's own entities."""
    mine = sa.select(legal_entity.c.id).where(legal_entity.c.party_id == company_id)
    return reselling_agreement.c.legal_entity_id.in_(mine)


RESELLING_AGREEMENT = Master(
    table=reselling_agreement,
    noun="reselling agreement",
    title="id",
    fields=(
        "legal_entity_id",
        "agreement_id",
        "effective_from",
        "from_zone",
        "effective_till",
        "till_zone",
    ),
    references={
        "legal_entity_id": Reference(LEGAL_ENTITY),
        "agreement_id": Reference(AGREEMENT, "code"),
    },
    # A reseller sees under which agreements it buys.
    sight=_bought_by,
)


def overlapping(
    connection: sa.Connection,
    entity_id: int,
    agreement_id: int,
    start: dt.datetime,
    till: dt.datetime | None,
    *,
    but: int | None,
) -> dict[str, Any] | None:
    """Return another reselling agreement of both that holds at some time of a period."""
    c = reselling_agreement.c
    statement = sa.select(reselling_agreement).where(
        c.legal_entity_id == entity_id,
        c.agreement_id == agreement_id,
        sa.or_(c.effective_till.is_(None), c.effective_till > start),
    )
    if till is not None:
        statement = statement.where(c.effective_from < till)
    if but is not None:
        statement = statement.where(c.id != but)
    row = connection.execute(statement.order_by(c.effective_from).limit(1)).mappings().first()
    return None if row is None else dict(row)


def names(connection: sa.Connection, entity_id: int, agreement_id: int) -> tuple[str, str, str]:
    """Return the names of a legal entity and its company, and "code, CUR" of an agreement."""
    party = sa.select(legal_entity.c.name, company.c.name).where(
        legal_entity.c.id == entity_id, company.c.id == legal_entity.c.party_id
    )
    entity, owner = connection.execute(party).one()
    found = sa.select(agreement.c.code, agreement.c.currency).where(agreement.c.id == agreement_id)
    code, currency = connection.execute(found).one()
    return str(entity), str(owner), f"{code}, {currency}"
