"""Banks and bank accounts as master data (ACC-7)."""

from __future__ import annotations

from app.db.queries.masters import Master, Use
from app.db.queries.tenancy import handed_down
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
