"""Due work: who does it now, and what was done for which moment, so that nothing is done twice."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, one_of, sized, table, text
from app.db.types import Json

due_lease = table(
    "due_lease",
    sa.Column("name", sa.Text, primary_key=True),
    text("holder"),
    instant("ends_at"),
    sized("name", 1, 100),
    sized("holder", 1, 200),
    sqlite_with_rowid=False,
)

due_work = table(
    "due_work",
    identity(),
    company_id(),
    text("task"),
    text("subject"),
    instant("due_at"),
    instant("done_at"),
    text("state"),
    sa.Column("outcome", Json, nullable=False),
    sized("task", 1, 100),
    sized("subject", 1, 200),
    one_of("state", "done", "failed"),
    sa.UniqueConstraint("task", "subject", "due_at"),
    sa.Index(None, "done_at"),
    sqlite_autoincrement=True,
)
"""One row for each thing done: ``task`` for ``subject`` (table:id) at its due moment (GEN-9).

A failed one is tried again at the next run, which then says done in the same row.
"""
