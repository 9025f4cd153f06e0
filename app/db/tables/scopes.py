"""Scopes: validity periods of a service, each with a rate tree, and their revisions (F1, F17)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import identity, instant, one_of, sized, table, text, version
from app.db.types import BigInt, Flag

REVISION_KINDS = ("edit", "import", "undo", "copy", "restore")

scope = table(
    "scope",
    identity(),
    sa.Column("service_id", BigInt, sa.ForeignKey("service.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("draft", Flag, nullable=False),
    instant("effective_from", nullable=True),
    instant("effective_till", nullable=True),
    instant("activated_at", nullable=True),
    sa.Column("revision", BigInt, nullable=False, server_default=sa.text("0")),
    sa.Column("next_node", BigInt, nullable=False, server_default=sa.text("1")),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 0, 200),
    sized("description", 0, 4000),
    sa.CheckConstraint("effective_from < effective_till", name="period"),
    # A scope that was never activated is a draft; a draft may have been active before.
    sa.CheckConstraint(
        "CAST(draft AS INTEGER) = 1 OR (effective_from IS NOT NULL AND activated_at IS NOT NULL)",
        name="active",
    ),
    sa.CheckConstraint("revision >= 0 AND next_node >= 1", name="counters"),
    sa.Index(None, "service_id"),
    sqlite_autoincrement=True,
)

scope_revision = table(
    "scope_revision",
    sa.Column("scope_id", BigInt, sa.ForeignKey("scope.id"), primary_key=True),
    sa.Column("rev", BigInt, primary_key=True, autoincrement=False),
    text("kind"),
    text("actor"),
    instant("at"),
    sa.Column("import_run_id", BigInt, sa.ForeignKey("import_run.id")),
    sa.Column("undone_rev", BigInt),
    sa.Column("inserted", BigInt, nullable=False),
    sa.Column("updated", BigInt, nullable=False),
    sa.Column("removed", BigInt, nullable=False),
    one_of("kind", *REVISION_KINDS),
    sa.CheckConstraint("rev > 0", name="rev"),
    sqlite_with_rowid=False,
)
