"""Rate trees: the live nodes and the closed versions of nodes (F1, F2).

Every array of a tree has its column here; ``scale`` is the canonical text of app.domain.pricing.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import table
from app.db.types import BigInt, Key, Price, SmallInt

ROOT = 0
"""Number of a scope's root; it exists from the scope's creation."""

KEY_SIZE = 400
"""Most characters of a key; PostgreSQL cannot index a text of more than some 2 700 bytes."""


def _payload() -> list[sa.Column[object]]:
    return [
        sa.Column("depends_on", sa.Text),
        sa.Column("price_type", SmallInt, nullable=False),
        sa.Column("price", Price),
        sa.Column("billing_rule", SmallInt, nullable=False, server_default=sa.text("0")),
        sa.Column("quantity_rule", SmallInt, nullable=False, server_default=sa.text("0")),
        sa.Column("connect_price", Price),
        sa.Column("first_interval", sa.Integer),
        sa.Column("next_interval", sa.Integer),
        sa.Column("scale", sa.Text),
    ]


PAYLOAD = tuple(column.name for column in _payload())

rate_node = table(
    "rate_node",
    sa.Column("scope_id", BigInt, sa.ForeignKey("scope.id"), primary_key=True),
    sa.Column("node_no", BigInt, primary_key=True, autoincrement=False),
    sa.Column("parent_no", BigInt),
    sa.Column("key", Key, nullable=False),
    *_payload(),
    sa.Column("from_rev", BigInt, nullable=False),
    sa.UniqueConstraint("scope_id", "parent_no", "key"),
    sa.ForeignKeyConstraint(
        ["scope_id", "parent_no"],
        ["rate_node.scope_id", "rate_node.node_no"],
        deferrable=True,
        initially="DEFERRED",
    ),
    # Parents are numbered before their children: number order is an order for building a tree.
    sa.CheckConstraint(
        "CASE WHEN parent_no IS NULL THEN node_no = 0 AND key = ''"
        " ELSE parent_no >= 0 AND parent_no < node_no"
        f" AND length(key) BETWEEN 1 AND {KEY_SIZE} END",
        name="place",
    ),
    sa.CheckConstraint("price_type BETWEEN 0 AND 7", name="price_type"),
    sa.CheckConstraint("depends_on IS NULL OR price_type = 1", name="depends_on"),
    sa.CheckConstraint("price BETWEEN 0 AND 999999999999999999", name="price"),
    sa.CheckConstraint("connect_price BETWEEN 0 AND 999999999999999999", name="connect_price"),
    sa.CheckConstraint("billing_rule BETWEEN 0 AND 3", name="billing_rule"),
    sa.CheckConstraint("quantity_rule BETWEEN 0 AND 4", name="quantity_rule"),
    sa.CheckConstraint("first_interval >= 0 AND next_interval >= 0", name="intervals"),
    sqlite_with_rowid=False,
)

rate_node_history = table(
    "rate_node_history",
    sa.Column("scope_id", BigInt, sa.ForeignKey("scope.id"), primary_key=True),
    sa.Column("node_no", BigInt, primary_key=True, autoincrement=False),
    sa.Column("parent_no", BigInt),
    sa.Column("key", Key, nullable=False),
    *_payload(),
    sa.Column("from_rev", BigInt, primary_key=True, autoincrement=False),
    sa.Column("to_rev", BigInt, nullable=False),
    sa.CheckConstraint("from_rev < to_rev", name="revs"),
    sqlite_with_rowid=False,
)
