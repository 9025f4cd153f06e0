"""Banks and bank accounts as master data (ACC-7)."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.masters import Master, Reference, Use
from app.db.queries.tenancy import handed_down
from app.db.tables.agreements import agreement
from app.db.tables.banks import bank, bank_account

BANK = Master(
    table=bank,
    noun="bank",
    fields=("name", "description", "country", "address", "swift", "branch_code", "bank_code"),
    unique=(("company_id", "name", "branch_code"),),
    uses=(Use("bank account", bank_account.c.bank_id),),
    # A tenant's banks are there for its whole network to use (guide 6.10).
    sight=lambda company: handed_down(bank.c.company_id, company),
)

BANK_ACCOUNT = Master(
    table=bank_account,
    noun="bank account",
    fields=("name", "party_id", "legal_entity_id", "bank_id", "holder", "number"),
    references={
        "party_id": Reference(COMPANY),
        "legal_entity_id": Reference(LEGAL_ENTITY),
        "bank_id": Reference(BANK),
    },
    uses=(
        Use("agreement", agreement.c.bank_account_id),
        Use("agreement", agreement.c.own_bank_account_id),
    ),
    # An account that a tenant assigns to its reseller is that reseller's to use (guide 10.7).
    sight=lambda company: bank_account.c.party_id == company,
)

OWN_BANK_ACCOUNT = replace(
    BANK_ACCOUNT,
    fields=tuple(name for name in BANK_ACCOUNT.fields if name != "party_id"),
    references={n: r for n, r in BANK_ACCOUNT.references.items() if n != "party_id"},
)
"""The same where the company is the actor's own."""


def taken_number(
    connection: sa.Connection, legal_entity_id: int, bank_id: int, key: str, *, but: int | None
) -> str | None:
    """Return the name of another account of an entity at a bank with this number, if any."""
    c = bank_account.c
    same = sa.select(c.name).where(
        c.legal_entity_id == legal_entity_id, c.bank_id == bank_id, c.number_key == key
    )
    if but is not None:
        same = same.where(c.id != but)
    return connection.execute(same).scalar()


def bank_serves(connection: sa.Connection, bank_id: int, company_id: int) -> bool:
    """Return whether a company may use a bank: its own one, or one of a tenant above it."""
    mine = sa.select(bank.c.id).where(
        bank.c.id == bank_id, handed_down(bank.c.company_id, company_id)
    )
    return connection.execute(mine).first() is not None
