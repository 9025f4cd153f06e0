"""Vendors: whose price lists are imported (F7)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text, version

vendor = table(
    "vendor",
    identity(),
    company_id(),
    text("name"),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sa.UniqueConstraint("company_id", "name"),
    sqlite_autoincrement=True,
)
