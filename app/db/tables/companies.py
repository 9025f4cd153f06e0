"""Companies: the tree of tenants; row 1 is the System owner, made by the first migration (ACC-1).

A reseller has companies below it, a client has none (C11). Requisites are those of Russian
invoices; what a company may do in the portal stands here, who may do it stands with its users.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import flag, identity, instant, one_of, sized, table, text, version
from app.db.types import Amount, BigInt, Json

SYSTEM_OWNER = 1
COMPANY_TYPES = ("owner", "reseller", "client")

company = table(
    "company",
    identity(),
    sa.Column("parent_id", BigInt, sa.ForeignKey("company.id")),
    text("name"),
    text("type", default="client"),
    flag("enabled", default=True),
    sa.Column(
        "own_legal_entity_id",
        BigInt,
        sa.ForeignKey("legal_entity.id", use_alter=True, name="fk_company_own_legal_entity_id"),
    ),
    text("description", default=""),
    flag("creator_of_resellers"),
    flag("invoices_enabled"),
    flag("mnp_requests"),
    text("mnp_connection", default=""),
    sa.Column("mnp_channels", Json, nullable=False, server_default="[]"),
    flag("moderation"),
    flag("two_factor"),
    text("email", default=""),
    text("phone", default=""),
    text("time_zone", default="UTC"),
    sa.Column("dialogues_per_operator", sa.Integer, nullable=False, server_default="3000"),
    text("tax_id", default=""),
    text("kpp", default=""),
    text("correspondent_account", default=""),
    text("bik", default=""),
    text("bank_name", default=""),
    text("bank_account", default=""),
    text("legal_address", default=""),
    text("postal_address", default=""),
    sa.Column("credit_limit", Amount),
    sa.Column("notification_threshold", Amount),
    sa.Column("limit_currency", sa.Text),
    flag("fz230"),
    sa.Column("calls_per_day", sa.Integer),
    sa.Column("calls_per_week", sa.Integer),
    sa.Column("calls_per_month", sa.Integer),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 200),
    sized("description", 0, 4000),
    sized("time_zone", 1, 64),
    one_of("type", *COMPANY_TYPES),
    sa.CheckConstraint("(id = 1) = (parent_id IS NULL)", name="one_owner"),
    sa.CheckConstraint("(type = 'owner') = (id = 1)", name="owner_type"),
    sa.CheckConstraint("dialogues_per_operator > 0", name="dialogues"),
    sa.CheckConstraint(
        "calls_per_day > 0 AND calls_per_week > 0 AND calls_per_month > 0", name="call_caps"
    ),
    sa.UniqueConstraint("parent_id", "name"),
    sqlite_autoincrement=True,
)

company_register = table(
    "company_register",
    sa.Column("company_id", BigInt, sa.ForeignKey("company.id"), primary_key=True),
    sa.Column("tax_id", sa.Text, primary_key=True),
    text("name"),
    text("kpp", default=""),
    text("legal_address", default=""),
    sized("tax_id", 1, 20),
    sized("name", 1, 1000),
    sqlite_with_rowid=False,
)
"""Companies by tax ID (INN), loaded by the user from a file: none is shipped (G6)."""
