"""What every table shares: the metadata, naming of constraints, ids, versions, times."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from app.db.types import BigInt, UtcDateTime

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


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Return a text column."""
    return sa.Column(name, sa.Text, nullable=nullable)


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """Return the check that a text column holds one of a few words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def sized(column: str, least: int, most: int) -> sa.CheckConstraint:
    """Return the check of a text's length in characters; NULL passes."""
    return sa.CheckConstraint(f"length({column}) BETWEEN {least} AND {most}", name=f"{column}_size")
