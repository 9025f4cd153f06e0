"""The foundation: companies, vendors, services, scopes, rate trees, imports, audit."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

from app.db import types
from app.db.migrations import APPLICATION_ID

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sqlite.INTEGER(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

APPEND_ONLY = {"audit": ("UPDATE", "DELETE"), "rate_node_history": ("UPDATE",)}
"""Tables and what nobody may do to their rows."""


def upgrade() -> None:
    """Create everything, and the System owner."""
    for create in (
        _company,
        _audit,
        _batch,
        _dictionary_alias,
        _dictionary_entry,
        _service,
        _setting,
        _vendor,
        _import_profile,
        _learned_match,
        _scope,
        _import_run,
        _rate_node,
        _rate_node_history,
        _batch_item,
        _scope_revision,
    ):
        create()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _sqlite_statistics()
        _sqlite_triggers()
    else:
        _postgres_triggers()
    _owner()


def _owner() -> None:
    company = sa.table(
        "company",
        sa.column("name"),
        sa.column("created_at", types.UtcDateTime()),
        sa.column("updated_at", types.UtcDateTime()),
    )
    now = dt.datetime.now(dt.UTC)
    op.bulk_insert(company, [{"name": "System owner", "created_at": now, "updated_at": now}])


def _sqlite_statistics() -> None:
    """Tell the planner what big trees look like, before there is one.

    Without it the foreign key's search for a node's children walks the whole scope by the primary
    key, and removing n nodes takes n² steps.
    """
    op.execute("ANALYZE")
    op.execute(
        "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES "
        "('rate_node', 'rate_node', '1000000 100000 1'), "
        "('rate_node', 'sqlite_autoindex_rate_node_2', '1000000 100000 20 1'), "
        "('rate_node_history', 'rate_node_history', '1000000 100000 3 1')"
    )
    op.execute("ANALYZE sqlite_schema")


def _sqlite_triggers() -> None:
    for name, verbs in APPEND_ONLY.items():
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} rows are never changed'); END"
            )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME; END $$"
    )
    for name, verbs in APPEND_ONLY.items():
        op.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE {' OR '.join(verbs)} ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION audit_login() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.login := session_user; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_login BEFORE INSERT ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_login()"
    )


def _company() -> None:
    op.create_table(
        "company",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(id = 1) = (parent_id IS NULL)", name=op.f("ck_company_one_owner")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_company_name_size")),
        sa.ForeignKeyConstraint(["parent_id"], ["company.id"], name=op.f("fk_company_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("old", types.Json(), nullable=True),
        sa.Column("new", types.Json(), nullable=True),
        sa.CheckConstraint("length(action) BETWEEN 1 AND 100", name=op.f("ck_audit_action_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_audit_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_audit_company_id_at"), "audit", ["company_id", "at"], unique=False)
    op.create_index(
        op.f("ix_audit_table_name_object_id"), "audit", ["table_name", "object_id"], unique=False
    )


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest_hash", sa.Text(), nullable=False),
        sa.Column("options", types.Json(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "length(manifest_hash) BETWEEN 1 AND 128", name=op.f("ck_batch_manifest_hash_size")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 300", name=op.f("ck_batch_name_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_batch_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_batch_company_id_manifest_hash"),
        "batch",
        ["company_id", "manifest_hash"],
        unique=False,
    )


def _dictionary_alias() -> None:
    op.create_table(
        "dictionary_alias",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("dictionary", sa.Text(), nullable=False),
        sa.Column("context", KEY, nullable=False),
        sa.Column("alias", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(alias) BETWEEN 1 AND 400", name=op.f("ck_dictionary_alias_alias_size")
        ),
        sa.CheckConstraint(
            "length(context) BETWEEN 0 AND 200", name=op.f("ck_dictionary_alias_context_size")
        ),
        sa.CheckConstraint(
            "length(dictionary) BETWEEN 1 AND 64", name=op.f("ck_dictionary_alias_dictionary_size")
        ),
        sa.CheckConstraint(
            "length(key) BETWEEN 1 AND 400", name=op.f("ck_dictionary_alias_key_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_dictionary_alias_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_alias")),
        sa.UniqueConstraint(
            "company_id",
            "dictionary",
            "context",
            "alias",
            name=op.f("uq_dictionary_alias_company_id_dictionary_context_alias"),
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _dictionary_entry() -> None:
    op.create_table(
        "dictionary_entry",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("dictionary", sa.Text(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("attributes", types.Json(), nullable=False),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("key <> '*'", name=op.f("ck_dictionary_entry_key_is_not_others")),
        sa.CheckConstraint(
            "length(dictionary) BETWEEN 1 AND 64", name=op.f("ck_dictionary_entry_dictionary_size")
        ),
        sa.CheckConstraint(
            "length(key) BETWEEN 1 AND 400", name=op.f("ck_dictionary_entry_key_size")
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 400", name=op.f("ck_dictionary_entry_name_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_dictionary_entry_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entry")),
        sa.UniqueConstraint(
            "company_id",
            "dictionary",
            "key",
            name=op.f("uq_dictionary_entry_company_id_dictionary_key"),
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _service() -> None:
    op.create_table(
        "service",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("size", types.Amount(), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("side IN ('sell', 'cost')", name=op.f("ck_service_side")),
        sa.CheckConstraint(
            "type IN ('payg', 'unit_pack', 'monetary_pack', 'bundle_initiator', 'bundle_pack')",
            name=op.f("ck_service_type"),
        ),
        sa.CheckConstraint(
            "length(currency) = 3 AND currency = upper(currency)", name=op.f("ck_service_currency")
        ),
        sa.CheckConstraint(
            "length(description) BETWEEN 0 AND 4000", name=op.f("ck_service_description_size")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_service_name_size")),
        sa.CheckConstraint(
            "length(time_zone) BETWEEN 1 AND 64", name=op.f("ck_service_time_zone_size")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_service_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_service_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_service_company_id_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", types.Json(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_setting_name_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_setting_company_id")),
        sa.PrimaryKeyConstraint("company_id", "name", name=op.f("pk_setting")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _vendor() -> None:
    op.create_table(
        "vendor",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_vendor_name_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_vendor_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_vendor_company_id_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _import_profile() -> None:
    op.create_table(
        "import_profile",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("vendor_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("settings", types.Json(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 200", name=op.f("ck_import_profile_name_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_import_profile_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], name=op.f("fk_import_profile_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_import_profile_company_id_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_import_profile_company_id_signature"),
        "import_profile",
        ["company_id", "signature"],
        unique=False,
    )


def _learned_match() -> None:
    op.create_table(
        "learned_match",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("vendor_id", BIG, nullable=True),
        sa.Column("dictionary", sa.Text(), nullable=False),
        sa.Column("context", KEY, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "length(context) BETWEEN 0 AND 200", name=op.f("ck_learned_match_context_size")
        ),
        sa.CheckConstraint(
            "length(dictionary) BETWEEN 1 AND 64", name=op.f("ck_learned_match_dictionary_size")
        ),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 400", name=op.f("ck_learned_match_key_size")),
        sa.CheckConstraint(
            "length(value) BETWEEN 0 AND 400", name=op.f("ck_learned_match_value_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_learned_match_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], name=op.f("fk_learned_match_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_match")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "uq_learned_match_global",
        "learned_match",
        ["company_id", "dictionary", "context", "value"],
        unique=True,
        sqlite_where=sa.text("vendor_id IS NULL"),
        postgresql_where=sa.text("vendor_id IS NULL"),
    )
    op.create_index(
        "uq_learned_match_vendor",
        "learned_match",
        ["company_id", "vendor_id", "dictionary", "context", "value"],
        unique=True,
        sqlite_where=sa.text("vendor_id IS NOT NULL"),
        postgresql_where=sa.text("vendor_id IS NOT NULL"),
    )


def _scope() -> None:
    op.create_table(
        "scope",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("service_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("draft", types.Flag(), nullable=False),
        sa.Column("effective_from", types.UtcDateTime(), nullable=True),
        sa.Column("effective_till", types.UtcDateTime(), nullable=True),
        sa.Column("activated_at", types.UtcDateTime(), nullable=True),
        sa.Column("revision", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("next_node", BIG, server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "CAST(draft AS INTEGER) = 1 OR (effective_from IS NOT NULL AND activated_at IS "
            "NOT NULL)",
            name=op.f("ck_scope_active"),
        ),
        sa.CheckConstraint("effective_from < effective_till", name=op.f("ck_scope_period")),
        sa.CheckConstraint(
            "length(description) BETWEEN 0 AND 4000", name=op.f("ck_scope_description_size")
        ),
        sa.CheckConstraint("length(name) BETWEEN 0 AND 200", name=op.f("ck_scope_name_size")),
        sa.CheckConstraint("revision >= 0 AND next_node >= 1", name=op.f("ck_scope_counters")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_scope_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_scope_service_id"), "scope", ["service_id"], unique=False)


def _import_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("scope_id", BIG, nullable=False),
        sa.Column("rev", BIG, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("vendor_id", BIG, nullable=True),
        sa.Column("profile_id", BIG, nullable=True),
        sa.Column("settings", types.Json(), nullable=False),
        sa.Column("counts", types.Json(), nullable=False),
        sa.Column("report", types.Json(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("undone_by", BIG, nullable=True),
        sa.CheckConstraint(
            "length(content_hash) BETWEEN 1 AND 128", name=op.f("ck_import_run_content_hash_size")
        ),
        sa.CheckConstraint(
            "length(file_name) BETWEEN 1 AND 300", name=op.f("ck_import_run_file_name_size")
        ),
        sa.CheckConstraint("rev > 0 AND undone_by > rev", name=op.f("ck_import_run_revs")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_import_run_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["import_profile.id"], name=op.f("fk_import_run_profile_id")
        ),
        sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=op.f("fk_import_run_scope_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_import_run_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("scope_id", "rev", name=op.f("uq_import_run_scope_id_rev")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_import_run_company_id_content_hash"),
        "import_run",
        ["company_id", "content_hash"],
        unique=False,
    )


def _rate_node() -> None:
    op.create_table(
        "rate_node",
        sa.Column("scope_id", BIG, nullable=False),
        sa.Column("node_no", BIG, autoincrement=False, nullable=False),
        sa.Column("parent_no", BIG, nullable=True),
        sa.Column("key", KEY, nullable=False),
        sa.Column("depends_on", sa.Text(), nullable=True),
        sa.Column("price_type", SMALL, nullable=False),
        sa.Column("price", types.Price(), nullable=True),
        sa.Column("billing_rule", SMALL, server_default=sa.text("0"), nullable=False),
        sa.Column("quantity_rule", SMALL, server_default=sa.text("0"), nullable=False),
        sa.Column("connect_price", types.Price(), nullable=True),
        sa.Column("first_interval", sa.Integer(), nullable=True),
        sa.Column("next_interval", sa.Integer(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("from_rev", BIG, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN parent_no IS NULL THEN node_no = 0 AND key = '' ELSE parent_no >= 0 "
            "AND parent_no < node_no AND length(key) BETWEEN 1 AND 400 END",
            name=op.f("ck_rate_node_place"),
        ),
        sa.CheckConstraint("billing_rule BETWEEN 0 AND 3", name=op.f("ck_rate_node_billing_rule")),
        sa.CheckConstraint(
            "connect_price BETWEEN 0 AND 999999999999999999",
            name=op.f("ck_rate_node_connect_price"),
        ),
        sa.CheckConstraint(
            "depends_on IS NULL OR price_type = 1", name=op.f("ck_rate_node_depends_on")
        ),
        sa.CheckConstraint(
            "first_interval >= 0 AND next_interval >= 0", name=op.f("ck_rate_node_intervals")
        ),
        sa.CheckConstraint(
            "price BETWEEN 0 AND 999999999999999999", name=op.f("ck_rate_node_price")
        ),
        sa.CheckConstraint("price_type BETWEEN 0 AND 7", name=op.f("ck_rate_node_price_type")),
        sa.CheckConstraint(
            "quantity_rule BETWEEN 0 AND 4", name=op.f("ck_rate_node_quantity_rule")
        ),
        sa.ForeignKeyConstraint(
            ["scope_id", "parent_no"],
            ["rate_node.scope_id", "rate_node.node_no"],
            name=op.f("fk_rate_node_scope_id_parent_no"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=op.f("fk_rate_node_scope_id")),
        sa.PrimaryKeyConstraint("scope_id", "node_no", name=op.f("pk_rate_node")),
        sa.UniqueConstraint(
            "scope_id", "parent_no", "key", name=op.f("uq_rate_node_scope_id_parent_no_key")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _rate_node_history() -> None:
    op.create_table(
        "rate_node_history",
        sa.Column("scope_id", BIG, nullable=False),
        sa.Column("node_no", BIG, autoincrement=False, nullable=False),
        sa.Column("parent_no", BIG, nullable=True),
        sa.Column("key", KEY, nullable=False),
        sa.Column("depends_on", sa.Text(), nullable=True),
        sa.Column("price_type", SMALL, nullable=False),
        sa.Column("price", types.Price(), nullable=True),
        sa.Column("billing_rule", SMALL, server_default=sa.text("0"), nullable=False),
        sa.Column("quantity_rule", SMALL, server_default=sa.text("0"), nullable=False),
        sa.Column("connect_price", types.Price(), nullable=True),
        sa.Column("first_interval", sa.Integer(), nullable=True),
        sa.Column("next_interval", sa.Integer(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("from_rev", BIG, autoincrement=False, nullable=False),
        sa.Column("to_rev", BIG, nullable=False),
        sa.CheckConstraint("from_rev < to_rev", name=op.f("ck_rate_node_history_revs")),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scope.id"], name=op.f("fk_rate_node_history_scope_id")
        ),
        sa.PrimaryKeyConstraint(
            "scope_id", "node_no", "from_rev", name=op.f("pk_rate_node_history")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _batch_item() -> None:
    op.create_table(
        "batch_item",
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("options", types.Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("report", types.Json(), nullable=True),
        sa.Column("import_run_id", BIG, nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'done', 'failed', 'skipped')",
            name=op.f("ck_batch_item_state"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id")),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_batch_item_import_run_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _scope_revision() -> None:
    op.create_table(
        "scope_revision",
        sa.Column("scope_id", BIG, nullable=False),
        sa.Column("rev", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("import_run_id", BIG, nullable=True),
        sa.Column("undone_rev", BIG, nullable=True),
        sa.Column("inserted", BIG, nullable=False),
        sa.Column("updated", BIG, nullable=False),
        sa.Column("removed", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('edit', 'import', 'undo', 'copy', 'restore')",
            name=op.f("ck_scope_revision_kind"),
        ),
        sa.CheckConstraint("rev > 0", name=op.f("ck_scope_revision_rev")),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_scope_revision_import_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scope.id"], name=op.f("fk_scope_revision_scope_id")
        ),
        sa.PrimaryKeyConstraint("scope_id", "rev", name=op.f("pk_scope_revision")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
