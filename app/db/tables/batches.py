"""Bulk imports: a manifest's files and how far each has come, so that a run resumes (IMP-15)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, one_of, sized, table, text
from app.db.types import BigInt, Json

ITEM_STATES = ("pending", "running", "done", "failed", "skipped")

batch = table(
    "batch",
    identity(),
    company_id(),
    text("name"),
    text("manifest_hash"),
    sa.Column("options", Json, nullable=False),
    text("actor"),
    instant("started_at"),
    instant("finished_at", nullable=True),
    sized("name", 1, 300),
    sized("manifest_hash", 1, 128),
    sa.Index(None, "company_id", "manifest_hash"),
    sqlite_autoincrement=True,
)

batch_item = table(
    "batch_item",
    sa.Column("batch_id", BigInt, sa.ForeignKey("batch.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    text("file_name"),
    sa.Column("options", Json, nullable=False),
    text("state"),
    text("content_hash", nullable=True),
    sa.Column("exit_code", sa.Integer),
    sa.Column("report", Json),
    sa.Column("import_run_id", BigInt, sa.ForeignKey("import_run.id")),
    instant("started_at", nullable=True),
    instant("finished_at", nullable=True),
    one_of("state", *ITEM_STATES),
    sqlite_with_rowid=False,
)
