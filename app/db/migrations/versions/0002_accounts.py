"""Accounts: companies, legal entities, agreements, banks, users, roles; the chain of the audit."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from app.db import types

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

PERIODS = {
    "agreement_version": ("agreement_id",),
    "reselling_agreement": ("legal_entity_id", "agreement_id"),
    "enabled_channel": ("agreement_id", "channel"),
}
"""Tables whose rows never hold at once, and the columns that are equal then."""

SYSTEM_ROLES = {
    "backoffice": (
        ("admin", "Admin", "Everything"),
        ("client_manager", "Client manager", "Customers, agreements and other client information"),
        ("finance_manager", "Finance manager", "Payments, invoices and charges"),
        ("noc_engineer", "NOC engineer", "Connections and their health"),
        ("rate_manager", "Rate manager", "Services and rate plans"),
    ),
    "portal": (
        ("admin", "Admin", "Everything"),
        ("broadcast_manager", "Broadcast manager", "Broadcasts"),
        ("finance_manager", "Finance manager", "Balance, payments and invoices"),
        ("noc_engineer", "NOC engineer", "Sending and its health"),
    ),
}


def upgrade() -> None:
    """Add the tables, complete the companies, chain the entries of the audit that are there."""
    for create in (
        _due_lease,
        _due_work,
        _bank,
        _company_register,
        _legal_entity,
        _role,
        _user_account,
        _audit_link,
        _bank_account,
        _one_time_code,
        _password_history,
        _role_company,
        _role_permission,
        _user_role,
        _user_secret,
        _unknown_login,
        _user_session,
        _agreement,
        _agreement_version,
        _enabled_service,
        _reselling_agreement,
        _enabled_channel,
    ):
        create()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_company()
        _sqlite_aliases()
        _sqlite_triggers()
    else:
        _postgres_company()
        for column in _alias_columns():
            op.add_column("dictionary_alias", column)
        _postgres_triggers()
    op.create_index(op.f("ix_audit_operation_id"), "audit", ["operation_id"], unique=False)
    _roles()
    _chain()


def _no_overlap(table: str, *ids: str, text: str = "") -> sa.Constraint:
    equal = [f"int8range({name}, {name}, '[]')" for name in ids]
    if text:
        hashed = f"hashtextextended({text}, 0)"
        equal.append(f"int8range({hashed}, {hashed}, '[]')")
    ranges = [*equal, "tstzrange(effective_from, effective_till)"]
    return postgresql.ExcludeConstraint(
        *((sa.literal_column(part), "&&") for part in ranges),
        name=f"ex_{table}_overlap",
        using="gist",
    ).ddl_if(dialect="postgresql")


def _alias_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=True),
    ]


def _sqlite_aliases() -> None:
    """Make the table anew, so that it is written as a new file has it."""
    size = "length({0}) BETWEEN {1} AND {2}"
    sizes = (("dictionary", 1, 64), ("context", 0, 200), ("alias", 1, 400), ("key", 1, 400))
    op.create_table(
        "dictionary_alias_new",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("dictionary", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("context", "alias", "key")),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        *_alias_columns(),
        *(
            sa.CheckConstraint(
                size.format(name, least, most), name=op.f(f"ck_dictionary_alias_{name}_size")
            )
            for name, least, most in sizes
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
    kept = "id, company_id, dictionary, context, alias, key, created_at"
    op.execute(
        f"INSERT INTO dictionary_alias_new ({kept}) SELECT {kept} FROM dictionary_alias"  # noqa: S608
    )
    op.execute("DROP TABLE dictionary_alias")
    op.execute("ALTER TABLE dictionary_alias_new RENAME TO dictionary_alias")


# ------------------------------------------------------------------------------ companies

CHECKS = (
    ("description_size", "length(description) BETWEEN 0 AND 4000"),
    ("time_zone_size", "length(time_zone) BETWEEN 1 AND 64"),
    ("type", "type IN ('owner', 'reseller', 'client')"),
    ("owner_type", "(type = 'owner') = (id = 1)"),
    ("dialogues", "dialogues_per_operator > 0"),
    ("call_caps", "calls_per_day > 0 AND calls_per_week > 0 AND calls_per_month > 0"),
)


def _company_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("type", sa.Text(), server_default="client", nullable=False),
        sa.Column("enabled", types.Flag(), server_default=sa.true(), nullable=False),
        sa.Column("own_legal_entity_id", BIG, nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("creator_of_resellers", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("invoices_enabled", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("mnp_requests", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("mnp_connection", sa.Text(), server_default="", nullable=False),
        sa.Column("mnp_channels", types.Json(), server_default="[]", nullable=False),
        sa.Column("moderation", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("two_factor", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("dialogues_per_operator", sa.Integer(), server_default="3000", nullable=False),
        sa.Column("tax_id", sa.Text(), server_default="", nullable=False),
        sa.Column("kpp", sa.Text(), server_default="", nullable=False),
        sa.Column("correspondent_account", sa.Text(), server_default="", nullable=False),
        sa.Column("bik", sa.Text(), server_default="", nullable=False),
        sa.Column("bank_name", sa.Text(), server_default="", nullable=False),
        sa.Column("bank_account", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_address", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_address", sa.Text(), server_default="", nullable=False),
        sa.Column("credit_limit", types.Amount(), nullable=True),
        sa.Column("notification_threshold", types.Amount(), nullable=True),
        sa.Column("limit_currency", sa.Text(), nullable=True),
        sa.Column("fz230", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("calls_per_day", sa.Integer(), nullable=True),
        sa.Column("calls_per_week", sa.Integer(), nullable=True),
        sa.Column("calls_per_month", sa.Integer(), nullable=True),
    ]


def _sqlite_company() -> None:
    """Make the table anew, for SQLite adds no checks; references keep its name."""
    op.create_table(
        "company_new",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        *_company_columns(),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(id = 1) = (parent_id IS NULL)", name=op.f("ck_company_one_owner")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_company_name_size")),
        *(sa.CheckConstraint(check, name=op.f(f"ck_company_{name}")) for name, check in CHECKS),
        sa.ForeignKeyConstraint(["parent_id"], ["company.id"], name=op.f("fk_company_parent_id")),
        sa.ForeignKeyConstraint(
            ["own_legal_entity_id"], ["legal_entity.id"], name="fk_company_own_legal_entity_id"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_company_parent_id_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO company_new (id, parent_id, name, type, version, created_at, updated_at) "
        "SELECT id, parent_id, name, CASE id WHEN 1 THEN 'owner' ELSE 'client' END, version, "
        "created_at, updated_at FROM company"
    )
    op.execute("DROP TABLE company")
    op.execute("ALTER TABLE company_new RENAME TO company")


def _postgres_company() -> None:
    for column in _company_columns():
        op.add_column("company", column)
    op.execute("UPDATE company SET type = 'owner' WHERE id = 1")
    for name, check in CHECKS:
        op.create_check_constraint(op.f(f"ck_company_{name}"), "company", check)
    op.create_unique_constraint(op.f("uq_company_parent_id_name"), "company", ["parent_id", "name"])
    op.create_foreign_key(
        "fk_company_own_legal_entity_id",
        "company",
        "legal_entity",
        ["own_legal_entity_id"],
        ["id"],
    )


# ------------------------------------------------------------------------------ triggers


def _sqlite_triggers() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_link_no_{verb.lower()} BEFORE {verb} ON audit_link "
            "BEGIN SELECT RAISE(ABORT, 'audit_link rows are never changed'); END"
        )
    for table, equal in PERIODS.items():
        same = " AND ".join(f"other.{name} = NEW.{name}" for name in equal)
        for verb in ("INSERT", "UPDATE"):
            # A new row has no id yet, and IS NOT then compares with nothing.
            op.execute(OVERLAP.format(table=table, verb=verb, word=verb.lower(), same=same))


OVERLAP = (
    "CREATE TRIGGER {table}_overlap_{word} BEFORE {verb} ON {table} BEGIN "
    "SELECT RAISE(ABORT, 'ex_{table}_overlap') FROM {table} AS other "
    "WHERE {same} AND other.id IS NOT NEW.id "
    "AND other.effective_from < coalesce(NEW.effective_till, '~') "
    "AND coalesce(other.effective_till, '~') > NEW.effective_from; END"
)


def _postgres_triggers() -> None:
    op.execute(
        "CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_link_no_truncate BEFORE TRUNCATE ON audit_link "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_login() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.login := session_user; "
        "NEW.address := coalesce(host(inet_client_addr()), NEW.address); RETURN NEW; END $$"
    )
    op.execute(AUDIT_CHAIN)
    op.execute(
        "CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain()"
    )


AUDIT_CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
    part text;
    entry text := '';
    utc timestamp := NEW.at AT TIME ZONE 'UTC';
BEGIN
    -- Taken last, at the commit: numbers are given in the order in which commits end.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit chain', NEW.company_id));
    SELECT number, hash INTO last FROM audit_link
        WHERE company_id = NEW.company_id ORDER BY number DESC LIMIT 1;
    FOREACH part IN ARRAY ARRAY[
        NEW.company_id::text, NEW.id::text, to_char(utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        NEW.actor, NEW.login, NEW.address, NEW.action, NEW.table_name, NEW.object_id,
        NEW.operation_id, NEW.old, NEW.new]
    LOOP
        entry := entry || coalesce(length(part) || ':' || part, '-');
    END LOOP;
    INSERT INTO audit_link (company_id, number, audit_id, hash) VALUES (
        NEW.company_id, coalesce(last.number, 0) + 1, NEW.id,
        encode(sha256(convert_to(coalesce(last.hash, '') || entry, 'UTF8')), 'hex'));
    RETURN NULL;
END $$
"""


# ------------------------------------------------------------------------------ rows


def _roles() -> None:
    role = sa.table(
        "role",
        *(sa.column(name) for name in ("company_id", "application", "name", "description")),
        sa.column("system"),
        sa.column("created_at", types.UtcDateTime()),
        sa.column("updated_at", types.UtcDateTime()),
    )
    now = dt.datetime.now(dt.UTC)
    rows = [
        {
            "company_id": 1,
            "application": application,
            "name": name,
            "description": description,
            "system": system,
            "created_at": now,
            "updated_at": now,
        }
        for application, roles in SYSTEM_ROLES.items()
        for system, name, description in roles
    ]
    op.bulk_insert(role, rows)


ENTRIES = (
    "SELECT company_id, id, at, actor, login, address, action, table_name, object_id, "
    "operation_id, old, new FROM audit ORDER BY id"
)


def _chain() -> None:
    """Link the entries there are, in their order."""
    connection = op.get_bind()
    ends: dict[int, tuple[int, str]] = {}
    rows = connection.exec_driver_sql(ENTRIES).fetchall()
    links = []
    for row in rows:
        company, audit_id, at, *rest = row
        if not isinstance(at, str):
            at = types.utc_text(at.astimezone(dt.UTC))
        parts = (str(company), str(audit_id), at, *rest)
        entry = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
        number, last = ends.get(company, (0, ""))
        ends[company] = (number + 1, hashlib.sha256(f"{last}{entry}".encode()).hexdigest())
        links.append((company, number + 1, audit_id, ends[company][1]))
    link = sa.table(
        "audit_link", *(sa.column(n) for n in ("company_id", "number", "audit_id", "hash"))
    )
    keys = ("company_id", "number", "audit_id", "hash")
    if links:
        connection.execute(sa.insert(link), [dict(zip(keys, row, strict=True)) for row in links])


# ------------------------------------------------------------------------------ tables


def _due_lease() -> None:
    op.create_table(
        "due_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(holder) BETWEEN 1 AND 200", name=op.f("ck_due_lease_holder_size")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_due_lease_name_size")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_due_lease")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _due_work() -> None:
    op.create_table(
        "due_work",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("done_at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", types.Json(), nullable=False),
        sa.CheckConstraint(
            "length(subject) BETWEEN 1 AND 200", name=op.f("ck_due_work_subject_size")
        ),
        sa.CheckConstraint("state IN ('done', 'failed')", name=op.f("ck_due_work_state")),
        sa.CheckConstraint("length(task) BETWEEN 1 AND 100", name=op.f("ck_due_work_task_size")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_due_work_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_work")),
        sa.UniqueConstraint(
            "task", "subject", "due_at", name=op.f("uq_due_work_task_subject_due_at")
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_due_work_done_at"), "due_work", ["done_at"], unique=False)


def _bank() -> None:
    op.create_table(
        "bank",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("swift", sa.Text(), server_default="", nullable=False),
        sa.Column("branch_code", sa.Text(), server_default="", nullable=False),
        sa.Column("bank_code", sa.Text(), server_default="", nullable=False),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(country) BETWEEN 2 AND 2", name=op.f("ck_bank_country_size")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_bank_name_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_bank_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank")),
        sa.UniqueConstraint(
            "company_id", "name", "branch_code", name=op.f("uq_bank_company_id_name_branch_code")
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _company_register() -> None:
    op.create_table(
        "company_register",
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kpp", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_address", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 1000", name=op.f("ck_company_register_name_size")
        ),
        sa.CheckConstraint(
            "length(tax_id) BETWEEN 1 AND 20", name=op.f("ck_company_register_tax_id_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_register_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "tax_id", name=op.f("pk_company_register")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _legal_entity() -> None:
    op.create_table(
        "legal_entity",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("party_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("portal", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_systems", types.Json(), server_default="[]", nullable=False),
        sa.Column("tax_id", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_id", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_id", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_address", sa.Text(), server_default="", nullable=False),
        sa.Column("billing_address", sa.Text(), server_default="", nullable=False),
        sa.Column("notification_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("is_default", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(country) BETWEEN 2 AND 2", name=op.f("ck_legal_entity_country_size")
        ),
        sa.CheckConstraint(
            "length(legal_name) BETWEEN 1 AND 400", name=op.f("ck_legal_entity_legal_name_size")
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 200", name=op.f("ck_legal_entity_name_size")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_legal_entity_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["company.id"], name=op.f("fk_legal_entity_party_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_entity")),
        sa.UniqueConstraint("party_id", "name", name=op.f("uq_legal_entity_party_id_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_legal_entity_company_id"), "legal_entity", ["company_id"], unique=False
    )
    op.create_index(
        "uq_legal_entity_default",
        "legal_entity",
        ["party_id"],
        unique=True,
        sqlite_where=sa.text("is_default = 1"),
        postgresql_where=sa.text("is_default"),
    )


def _role() -> None:
    op.create_table(
        "role",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "application IN ('backoffice', 'portal')", name=op.f("ck_role_application")
        ),
        sa.CheckConstraint(
            "length(description) BETWEEN 0 AND 1000", name=op.f("ck_role_description_size")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 40", name=op.f("ck_role_name_size")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_role_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("application", "system", name=op.f("uq_role_application_system")),
        sa.UniqueConstraint(
            "company_id", "application", "name", name=op.f("uq_role_company_id_application_name")
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("departments", types.Json(), server_default="[]", nullable=False),
        sa.Column("avatar", sa.LargeBinary(), nullable=True),
        sa.Column("unrestricted", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("active", types.Flag(), server_default=sa.true(), nullable=False),
        sa.Column("second_factor", sa.Text(), server_default="none", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("invited_at", types.UtcDateTime(), nullable=False),
        sa.Column("invitation_ends", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("registered_at", types.UtcDateTime(), nullable=True),
        sa.Column("blocked_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_active_at", types.UtcDateTime(), nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "application IN ('backoffice', 'portal')", name=op.f("ck_user_account_application")
        ),
        sa.CheckConstraint(
            "second_factor IN ('none', 'totp', 'email')", name=op.f("ck_user_account_second_factor")
        ),
        sa.CheckConstraint(
            "(registered_at IS NULL) = (login IS NULL)", name=op.f("ck_user_account_registered")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_folded")),
        sa.CheckConstraint(
            "length(email) BETWEEN 3 AND 254", name=op.f("ck_user_account_email_size")
        ),
        sa.CheckConstraint(
            "length(first_name) BETWEEN 0 AND 60", name=op.f("ck_user_account_first_name_size")
        ),
        sa.CheckConstraint(
            "length(last_name) BETWEEN 0 AND 60", name=op.f("ck_user_account_last_name_size")
        ),
        sa.CheckConstraint(
            "length(login) BETWEEN 1 AND 60", name=op.f("ck_user_account_login_size")
        ),
        sa.CheckConstraint(
            "length(phone) BETWEEN 0 AND 20", name=op.f("ck_user_account_phone_size")
        ),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_user_account_login_folded")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_user_account_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_user_account_company_id"), "user_account", ["company_id"], unique=False
    )


def _audit_link() -> None:
    op.create_table(
        "audit_link",
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("audit_id", BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_audit_link_hash")),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_link_number")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_link_audit_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_audit_link_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_link_audit_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _bank_account() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("party_id", BIG, nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("bank_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(holder) BETWEEN 1 AND 400", name=op.f("ck_bank_account_holder_size")
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 200", name=op.f("ck_bank_account_name_size")
        ),
        sa.CheckConstraint(
            "length(number) BETWEEN 1 AND 64", name=op.f("ck_bank_account_number_size")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_account_bank_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_bank_account_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"], ["legal_entity.id"], name=op.f("fk_bank_account_legal_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["company.id"], name=op.f("fk_bank_account_party_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint(
            "legal_entity_id",
            "bank_id",
            "number_key",
            name=op.f("uq_bank_account_legal_entity_id_bank_id_number_key"),
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_bank_account_bank_id"), "bank_account", ["bank_id"], unique=False)
    op.create_index(
        op.f("ix_bank_account_company_id"), "bank_account", ["company_id"], unique=False
    )
    op.create_index(op.f("ix_bank_account_party_id"), "bank_account", ["party_id"], unique=False)


def _one_time_code() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'sign_in', 'reset', 'phone')",
            name=op.f("ck_one_time_code_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_one_time_code_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_one_time_code_user_id_purpose"),
        "one_time_code",
        ["user_id", "purpose"],
        unique=False,
    )


def _password_history() -> None:
    op.create_table(
        "password_history",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_password_history_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "number", name=op.f("pk_password_history")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _role_company() -> None:
    op.create_table(
        "role_company",
        sa.Column("role_id", BIG, nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_role_company_company_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_company_role_id")),
        sa.PrimaryKeyConstraint("role_id", "company_id", name=op.f("pk_role_company")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _role_permission() -> None:
    op.create_table(
        "role_permission",
        sa.Column("role_id", BIG, nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('view', 'manage')", name=op.f("ck_role_permission_level")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_permission_role_id")),
        sa.PrimaryKeyConstraint("role_id", "area", name=op.f("pk_role_permission")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _user_role() -> None:
    op.create_table(
        "user_role",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("role_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_user_role_role_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_user_role_role_id"), "user_role", ["role_id"], unique=False)


def _user_secret() -> None:
    op.create_table(
        "user_secret",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_at", types.UtcDateTime(), nullable=True),
        sa.Column("must_change", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("totp_sealed", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_till", types.UtcDateTime(), nullable=True),
        sa.Column("totp_step", BIG, nullable=True),
        sa.Column("code_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("codes_locked_till", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_secret_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_secret")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _unknown_login() -> None:
    op.create_table(
        "unknown_login",
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_till", types.UtcDateTime(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(name_hash) BETWEEN 64 AND 64", name=op.f("ck_unknown_login_name_hash_size")
        ),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_unknown_login")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _user_session() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("party_id", BIG, nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("own_legal_entity_id", BIG, nullable=False),
        sa.Column("bank_account_id", BIG, nullable=True),
        sa.Column("own_bank_account_id", BIG, nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("date", types.LocalDate(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("invoice_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("account_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("rate_change_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("service_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("payment_alert_emails", types.Json(), server_default="[]", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "direction IN ('client', 'vendor')", name=op.f("ck_agreement_direction")
        ),
        sa.CheckConstraint("length(code) BETWEEN 1 AND 100", name=op.f("ck_agreement_code_size")),
        sa.CheckConstraint(
            "length(currency) = 3 AND currency = upper(currency)",
            name=op.f("ck_agreement_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_agreement_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_agreement_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"], ["legal_entity.id"], name=op.f("fk_agreement_legal_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["own_bank_account_id"],
            ["bank_account.id"],
            name=op.f("fk_agreement_own_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["own_legal_entity_id"],
            ["legal_entity.id"],
            name=op.f("fk_agreement_own_legal_entity_id"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["company.id"], name=op.f("fk_agreement_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("party_id", "code", name=op.f("uq_agreement_party_id_code")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_agreement_company_id"), "agreement", ["company_id"], unique=False)
    op.create_index(
        op.f("ix_agreement_legal_entity_id"), "agreement", ["legal_entity_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_own_legal_entity_id"), "agreement", ["own_legal_entity_id"], unique=False
    )


def _agreement_version() -> None:
    op.create_table(
        "agreement_version",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("effective_from", types.UtcDateTime(), nullable=False),
        sa.Column("from_zone", sa.Text(), nullable=False),
        sa.Column("effective_till", types.UtcDateTime(), nullable=True),
        sa.Column("till_zone", sa.Text(), nullable=False),
        sa.Column("credit_limit", types.Amount(), nullable=True),
        sa.Column("billing_zone", sa.Text(), nullable=False),
        sa.Column("days_for_payment", sa.Integer(), nullable=False),
        sa.Column("billing_period", sa.Text(), nullable=False),
        sa.Column("billing_day", sa.Integer(), nullable=False),
        sa.Column("split_by_month", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        _no_overlap("agreement_version", "agreement_id"),
        sa.CheckConstraint(
            "CAST(split_by_month AS INTEGER) = 0 OR billing_period IN ('daily', 'weekly')",
            name=op.f("ck_agreement_version_split_by_month"),
        ),
        sa.CheckConstraint(
            "billing_day BETWEEN 1 AND CASE billing_period WHEN 'daily' THEN 1 WHEN 'weekly' "
            "THEN 7 ELSE 31 END",
            name=op.f("ck_agreement_version_billing_day"),
        ),
        sa.CheckConstraint(
            "billing_period IN ('daily', 'weekly', 'monthly', 'quarterly')",
            name=op.f("ck_agreement_version_billing_period"),
        ),
        sa.CheckConstraint("credit_limit >= 0", name=op.f("ck_agreement_version_credit_limit")),
        sa.CheckConstraint(
            "days_for_payment BETWEEN 0 AND 3650",
            name=op.f("ck_agreement_version_days_for_payment"),
        ),
        sa.CheckConstraint(
            "effective_from < effective_till", name=op.f("ck_agreement_version_period")
        ),
        sa.CheckConstraint(
            "length(billing_zone) BETWEEN 1 AND 64",
            name=op.f("ck_agreement_version_billing_zone_size"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_agreement_version_agreement_id_effective_from"),
        "agreement_version",
        ["agreement_id", "effective_from"],
        unique=False,
    )


def _enabled_service() -> None:
    op.create_table(
        "enabled_service",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("service_id", BIG, nullable=False),
        sa.Column("effective_from", types.UtcDateTime(), nullable=False),
        sa.Column("from_zone", sa.Text(), nullable=False),
        sa.Column("effective_till", types.UtcDateTime(), nullable=True),
        sa.Column("till_zone", sa.Text(), nullable=False),
        sa.Column("hidden", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("billing", sa.Text(), nullable=True),
        sa.Column("auto_extend", types.Flag(), server_default=sa.false(), nullable=False),
        sa.Column("extends_id", BIG, nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "billing IN ('free', 'charge')", name=op.f("ck_enabled_service_billing")
        ),
        sa.CheckConstraint(
            "effective_from < effective_till", name=op.f("ck_enabled_service_period")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_enabled_service_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_enabled_service_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["extends_id"], ["enabled_service.id"], name=op.f("fk_enabled_service_extends_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_enabled_service_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enabled_service")),
        sa.UniqueConstraint("extends_id", name=op.f("uq_enabled_service_extends_id")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_enabled_service_agreement_id_effective_from"),
        "enabled_service",
        ["agreement_id", "effective_from"],
        unique=False,
    )
    op.create_index(
        op.f("ix_enabled_service_company_id"), "enabled_service", ["company_id"], unique=False
    )
    op.create_index(
        op.f("ix_enabled_service_service_id"), "enabled_service", ["service_id"], unique=False
    )


def _reselling_agreement() -> None:
    op.create_table(
        "reselling_agreement",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("effective_from", types.UtcDateTime(), nullable=False),
        sa.Column("from_zone", sa.Text(), nullable=False),
        sa.Column("effective_till", types.UtcDateTime(), nullable=True),
        sa.Column("till_zone", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        _no_overlap("reselling_agreement", "legal_entity_id", "agreement_id"),
        sa.CheckConstraint(
            "effective_from < effective_till", name=op.f("ck_reselling_agreement_period")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_reselling_agreement_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_reselling_agreement_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"],
            ["legal_entity.id"],
            name=op.f("fk_reselling_agreement_legal_entity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reselling_agreement")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_reselling_agreement_agreement_id"),
        "reselling_agreement",
        ["agreement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reselling_agreement_company_id"),
        "reselling_agreement",
        ["company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reselling_agreement_legal_entity_id"),
        "reselling_agreement",
        ["legal_entity_id"],
        unique=False,
    )


def _enabled_channel() -> None:
    op.create_table(
        "enabled_channel",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("enabled_service_id", BIG, nullable=False),
        sa.Column("channel", KEY, nullable=False),
        sa.Column("effective_from", types.UtcDateTime(), nullable=False),
        sa.Column("effective_till", types.UtcDateTime(), nullable=True),
        _no_overlap("enabled_channel", "agreement_id", text="channel"),
        sa.CheckConstraint(
            "effective_from < effective_till", name=op.f("ck_enabled_channel_period")
        ),
        sa.CheckConstraint(
            "length(channel) BETWEEN 1 AND 200", name=op.f("ck_enabled_channel_channel_size")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_enabled_channel_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["enabled_service_id"],
            ["enabled_service.id"],
            name=op.f("fk_enabled_channel_enabled_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enabled_channel")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_enabled_channel_agreement_id_channel"),
        "enabled_channel",
        ["agreement_id", "channel"],
        unique=False,
    )
    op.create_index(
        op.f("ix_enabled_channel_enabled_service_id"),
        "enabled_channel",
        ["enabled_service_id"],
        unique=False,
    )
