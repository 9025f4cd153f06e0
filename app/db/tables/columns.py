"""What every table shares: the metadata, naming of constraints, ids, versions, times."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.db.types import BigInt, Flag, UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def table(name: str, *items: sa.schema.SchemaItem, **options: Any) -> sa.Table:
    """Return a table whose column types SQLite enforces (STRICT)."""
    return sa.Table(name, metadata, *items, sqlite_strict=True, **options)


def identity() -> sa.Column[int]:
    """Return the primary key ``id``."""
    return sa.Column("id", BigInt, sa.Identity(), primary_key=True)


def company_id() -> sa.Column[int]:
    """Return the column of the tenant that owns the row (F11)."""
    return sa.Column("company_id", BigInt, sa.ForeignKey("company.id"), nullable=False)


def version() -> sa.Column[int]:
    """Return the counter against which a stale save is noticed (GEN-4)."""
    return sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1"))


def instant(name: str, *, nullable: bool = False) -> sa.Column[dt.datetime]:
    """Return a column of UTC instants."""
    return sa.Column(name, UtcDateTime, nullable=nullable)


def text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    """Return a text column."""
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    """Return a column of yes or no."""
    return sa.Column(
        name, Flag, nullable=False, server_default=sa.true() if default else sa.false()
    )


def refers(name: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    """Return a column that refers to another table's id."""
    return sa.Column(name, BigInt, sa.ForeignKey(to), nullable=nullable)


def party_id() -> sa.Column[int]:
    """Return the column of the company that a tenant's row is about."""
    return refers("party_id", "company.id")


def period() -> tuple[sa.Column[Any], ...]:
    """Return a half-open period of UTC instants and the zones in which its ends were entered."""
    return (
        instant("effective_from"),
        text("from_zone"),
        instant("effective_till", nullable=True),
        text("till_zone"),
    )


def no_overlap(table_name: str, *ids: str, text: str = "") -> sa.Constraint:
    """Return the constraint that rows with equal ids (and text) never hold at the same time.

    PostgreSQL only; on SQLite triggers of the migration do the same. Ranges of one value stand for
    the equal columns, because their own operators need an extension that servers may lack.
    """
    equal = [f"int8range({name}, {name}, '[]')" for name in ids]
    if text:
        hashed = f"hashtextextended({text}, 0)"
        equal.append(f"int8range({hashed}, {hashed}, '[]')")
    ranges = [*equal, "tstzrange(effective_from, effective_till)"]
    return postgresql.ExcludeConstraint(
        *((sa.literal_column(part), "&&") for part in ranges),
        name=f"ex_{table_name}_overlap",
        using="gist",
    ).ddl_if(dialect="postgresql")


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """Return the check that a text column holds one of a few words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def sized(column: str, least: int, most: int) -> sa.CheckConstraint:
    """Return the check of a text's length in characters; NULL passes."""
    return sa.CheckConstraint(f"length({column}) BETWEEN {least} AND {most}", name=f"{column}_size")
