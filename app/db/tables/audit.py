"""The audit trail: rows are added, never changed or deleted; triggers see to that (F15).

On PostgreSQL a trigger also writes ``login`` = session_user, which a client cannot forge.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, refers, sized, table, text
from app.db.types import BigInt, Json

audit = table(
    "audit",
    identity(),
    company_id(),
    instant("at"),
    text("actor"),
    text("login", nullable=True),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    text("action"),
    text("table_name"),
    text("object_id"),
    text("operation_id"),
    sa.Column("old", Json),
    sa.Column("new", Json),
    sized("action", 1, 100),
    sa.Index(None, "table_name", "object_id"),
    sa.Index(None, "company_id", "at"),
    sa.Index(None, "operation_id"),
    sqlite_autoincrement=True,
)

audit_link = table(
    "audit_link",
    sa.Column("company_id", BigInt, sa.ForeignKey("company.id"), primary_key=True),
    sa.Column("number", BigInt, primary_key=True, autoincrement=False),
    refers("audit_id", "audit.id"),
    text("hash"),
    sa.CheckConstraint("number > 0", name="number"),
    sa.CheckConstraint("length(hash) = 64", name="hash"),
    sa.UniqueConstraint("audit_id"),
    sqlite_with_rowid=False,
)
"""The chain of a company's entries (G5): ``hash`` is over the hash before and the entry's own text.

On PostgreSQL a deferred trigger adds the link at the commit, under a lock; on a file, where one
writes at a time, the entry's insert does.
"""
