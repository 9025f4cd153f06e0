"""Settings of a company; what concerns the whole database stands under the System owner."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import sized, table, version
from app.db.types import BigInt, Json

setting = table(
    "setting",
    sa.Column("company_id", BigInt, sa.ForeignKey("company.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", Json, nullable=False),
    version(),
    sized("name", 1, 200),
    sqlite_with_rowid=False,
)
