"""Import profiles: everything set for a vendor's file, under a name (IMP-14)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text, version
from app.db.types import BigInt, Json

import_profile = table(
    "import_profile",
    identity(),
    company_id(),
    sa.Column("vendor_id", BigInt, sa.ForeignKey("vendor.id")),
    text("name"),
    text("signature"),
    sa.Column("settings", Json, nullable=False),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sa.UniqueConstraint("company_id", "name"),
    sa.Index(None, "company_id", "signature"),
    sqlite_autoincrement=True,
)
