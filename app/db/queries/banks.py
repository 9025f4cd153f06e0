"""Banks and bank accounts as master data (ACC-7)."""

from __future__ import annotations

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
