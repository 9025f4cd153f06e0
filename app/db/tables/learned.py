"""Learned matches: what people answered for words of price lists, per vendor or for all (F7)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text, version
from app.db.types import BigInt, Key

learned_match = table(
    "learned_match",
    identity(),
    company_id(),
    sa.Column("vendor_id", BigInt, sa.ForeignKey("vendor.id")),
    text("dictionary"),
    sa.Column("context", Key, nullable=False),
    sa.Column("value", Key, nullable=False),
    sa.Column("key", Key, nullable=False),
    text("actor"),
    instant("at"),
    version(),
    sized("dictionary", 1, 64),
    sized("context", 0, 200),
    sized("value", 0, 400),
    sized("key", 1, 400),
    # NULL (= every vendor) is distinct from itself in a plain UNIQUE.
    sa.Index(
        "uq_learned_match_vendor",
        "company_id",
        "vendor_id",
        "dictionary",
        "context",
        "value",
        unique=True,
        sqlite_where=sa.text("vendor_id IS NOT NULL"),
        postgresql_where=sa.text("vendor_id IS NOT NULL"),
    ),
    sa.Index(
        "uq_learned_match_global",
        "company_id",
        "dictionary",
        "context",
        "value",
        unique=True,
        sqlite_where=sa.text("vendor_id IS NULL"),
        postgresql_where=sa.text("vendor_id IS NULL"),
    ),
    sqlite_autoincrement=True,
)
