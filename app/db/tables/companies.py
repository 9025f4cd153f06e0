"""Companies: the tenants; row 1 is the System owner, made by the first migration."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import identity, instant, sized, table, text, version
from app.db.types import BigInt

SYSTEM_OWNER = 1

company = table(
    "company",
    identity(),
    sa.Column("parent_id", BigInt, sa.ForeignKey("company.id")),
    text("name"),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sa.CheckConstraint("(id = 1) = (parent_id IS NULL)", name="one_owner"),
    sqlite_autoincrement=True,
)
