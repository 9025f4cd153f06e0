"""Import runs: which file made which revision, with what settings and what result."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text
from app.db.types import BigInt, Json

import_run = table(
    "import_run",
    identity(),
    company_id(),
    sa.Column("scope_id", BigInt, sa.ForeignKey("scope.id"), nullable=False),
    sa.Column("rev", BigInt, nullable=False),
    text("file_name"),
    text("sheet"),
    text("content_hash"),
    sa.Column("vendor_id", BigInt, sa.ForeignKey("vendor.id")),
    sa.Column("profile_id", BigInt, sa.ForeignKey("import_profile.id")),
    sa.Column("settings", Json, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Column("report", Json, nullable=False),
    text("actor"),
    instant("at"),
    sa.Column("undone_by", BigInt),
    sized("file_name", 1, 300),
    sized("content_hash", 1, 128),
    sa.CheckConstraint("rev > 0 AND undone_by > rev", name="revs"),
    sa.UniqueConstraint("scope_id", "rev"),
    sa.Index(None, "company_id", "content_hash"),
    sqlite_autoincrement=True,
)
