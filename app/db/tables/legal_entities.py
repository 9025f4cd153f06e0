"""Legal entities: of clients, and the own ones of the System owner and of resellers (ACC-2, SET-2).

``company_id`` is the tenant that keeps the row, ``party_id`` the company whose entity it is. Where
the party works in its own back office, the entity is an *own* one: a tenant that makes one for its
reseller hands it down (L34).
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    flag,
    identity,
    instant,
    party_id,
    sized,
    table,
    text,
    version,
)
from app.db.types import Json

legal_entity = table(
    "legal_entity",
    identity(),
    company_id(),
    party_id(),
    text("name"),
    text("legal_name"),
    text("country"),
    text("portal", default=""),
    sa.Column("payment_systems", Json, nullable=False, server_default="[]"),
    text("tax_id", default=""),
    text("legal_id", default=""),
    text("vat_id", default=""),
    text("legal_address", default=""),
    text("billing_address", default=""),
    sa.Column("notification_emails", Json, nullable=False, server_default="[]"),
    flag("is_default"),
    instant("retired_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sized("legal_name", 1, 400),
    sized("country", 2, 2),
    sa.UniqueConstraint("party_id", "name"),
    sa.Index(None, "company_id"),
    sa.Index(
        "uq_legal_entity_default",
        "party_id",
        unique=True,
        sqlite_where=sa.text("is_default = 1"),
        postgresql_where=sa.text("is_default"),
    ),
    sqlite_autoincrement=True,
)
