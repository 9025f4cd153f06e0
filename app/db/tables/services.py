"""Services: rate plans and cost price lists (SVC-1)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    identity,
    instant,
    one_of,
    sized,
    table,
    text,
    version,
)
from app.db.types import Amount

SERVICE_TYPES = ("payg", "unit_pack", "monetary_pack", "bundle_initiator", "bundle_pack")
SIDES = ("sell", "cost")

service = table(
    "service",
    identity(),
    company_id(),
    text("name"),
    text("type"),
    text("side"),
    text("currency", nullable=True),
    sa.Column("size", Amount),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    text("time_zone"),
    instant("archived_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sized("description", 0, 4000),
    sized("time_zone", 1, 64),
    one_of("type", *SERVICE_TYPES),
    one_of("side", *SIDES),
    sa.CheckConstraint("length(currency) = 3 AND currency = upper(currency)", name="currency"),
    sa.CheckConstraint("size > 0", name="size"),
    sa.UniqueConstraint("company_id", "name"),
    sqlite_autoincrement=True,
)
