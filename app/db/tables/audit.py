"""The audit trail: rows are added, never changed or deleted; triggers see to that (F15).

On PostgreSQL a trigger also writes ``login`` = session_user, which a client cannot forge.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text
from app.db.types import Json

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
    sqlite_autoincrement=True,
)
