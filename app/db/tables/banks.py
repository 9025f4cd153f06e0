"""Banks, and the accounts that clients and own legal entities have there (ACC-7)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    identity,
    instant,
    party_id,
    refers,
    sized,
    table,
    text,
    version,
)

bank = table(
    "bank",
    identity(),
    company_id(),
    text("name"),
    text("description", default=""),
    text("country"),
    text("address"),
    text("swift", default=""),
    text("branch_code", default=""),
    text("bank_code", default=""),
    instant("retired_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sized("country", 2, 2),
    sa.UniqueConstraint("company_id", "name", "branch_code"),
    sqlite_autoincrement=True,
)

bank_account = table(
    "bank_account",
    identity(),
    company_id(),
    party_id(),
    refers("legal_entity_id", "legal_entity.id"),
    refers("bank_id", "bank.id"),
    text("name"),
    text("holder"),
    text("number"),
    text("number_key"),
    instant("retired_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sized("holder", 1, 400),
    sized("number", 1, 64),
    sa.UniqueConstraint("legal_entity_id", "bank_id", "number_key"),
    sa.Index(None, "company_id"),
    sa.Index(None, "party_id"),
    sa.Index(None, "bank_id"),
    sqlite_autoincrement=True,
)
"""An account is an *own* one where its party works in its own back office (L34). ``number_key`` =
the number without spaces, in capitals: two ways to write one number are one account."""
