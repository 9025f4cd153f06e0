"""Column types that keep money exact and times in UTC on SQLite and PostgreSQL alike (F16)."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

PRICE_DECIMALS = 8
AMOUNT_DECIMALS = 4
DIGITS = 18
"""Digits of NUMERIC(18,8) and NUMERIC(18,4)."""

LIMIT = 10**DIGITS
"""A price or an amount in its smallest units is smaller than this."""

# STRICT tables know INTEGER, TEXT, REAL, BLOB and ANY only.
BigInt = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
SmallInt = sa.SmallInteger().with_variant(sqlite.INTEGER(), "sqlite")

# Bytewise order on both databases, so that a page of children is the same page everywhere.
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class _Exact(TypeDecorator[Decimal]):
    """Decimal in Python, scaled INTEGER on SQLite, NUMERIC on PostgreSQL."""

    impl = sa.Numeric
    cache_ok = True
    decimals = 0

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the stored type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.INTEGER())
        return dialect.type_descriptor(sa.Numeric(DIGITS, self.decimals))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Return what is stored; ValueError for a value that would be rounded or does not fit."""
        if value is None:
            return None
        units = to_units(value, self.decimals)
        return units if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the value as a Decimal with the type's number of decimals."""
        if value is None:
            return None
        return from_units(value, self.decimals) if dialect.name == "sqlite" else Decimal(value)


class Price(_Exact):
    """A price per unit, in 1e-8; int64 or NUMERIC(18,8)."""

    cache_ok = True
    decimals = PRICE_DECIMALS


class Amount(_Exact):
    """A rounded sum of money or a size, in 1e-4; int64 or NUMERIC(18,4)."""

    cache_ok = True
    decimals = AMOUNT_DECIMALS


def to_units(value: Decimal, decimals: int = PRICE_DECIMALS) -> int:
    """Return ``value`` in units of 10**-decimals; ValueError if that rounds or has > 18 digits."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{value!r} is not a finite decimal number")
    scaled = value.scaleb(decimals)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{value} has more than {decimals} decimals")
    if abs(units) >= LIMIT:
        raise ValueError(f"{value} is larger than {DIGITS - decimals} digits before the point")
    return units


def from_units(units: int, decimals: int = PRICE_DECIMALS) -> Decimal:
    """Return ``units`` of 10**-decimals as a Decimal."""
    return Decimal(units).scaleb(-decimals)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant: aware datetime in Python, sortable text on SQLite, timestamptz on PostgreSQL."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the stored type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Return what is stored; ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        instant = value.astimezone(dt.UTC)
        return utc_text(instant) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, _dialect: Dialect) -> dt.datetime | None:
        """Return the instant in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
        return value.astimezone(dt.UTC)  # type: ignore[no-any-return]


class LocalDate(TypeDecorator[dt.date]):
    """A date without a zone; sortable text on SQLite, DATE on PostgreSQL."""

    impl = sa.Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the stored type."""
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Date())

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> Any:
        """Return what is stored."""
        if value is None:
            return None
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: Dialect) -> dt.date | None:
        """Return the date."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


def utc_text(instant: dt.datetime) -> str:
    """Return the fixed-width text of a UTC instant, so that texts sort as the instants do."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond:06d}Z"


class Json(TypeDecorator[Any]):
    """Plain data as JSON text with sorted keys, the same bytes on both databases."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Return the text; TypeError for what JSON does not know, ValueError for NaN."""
        return canonical_json(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Return the data."""
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> str | None:
    """Return the one text that stands for plain data; None for None."""
    if value is None:
        return None
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


class Flag(TypeDecorator[bool]):
    """True or false; 0 or 1 in a STRICT table."""

    impl = sa.Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the stored type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.INTEGER())
        return dialect.type_descriptor(sa.Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """Return what is stored."""
        if value is None:
            return None
        return int(value) if dialect.name == "sqlite" else bool(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> bool | None:
        """Return a bool."""
        return None if value is None else bool(value)


class Words(TypeDecorator[str]):
    """A closed list stored as small numbers and known by its words; ``pairs`` = (number, word)."""

    impl = sa.SmallInteger
    cache_ok = True

    def __init__(self, pairs: tuple[tuple[int, str], ...]) -> None:
        super().__init__()
        self.pairs = pairs

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> int | None:
        """Return the number of a word; KeyError for none of them."""
        return None if value is None else {word: number for number, word in self.pairs}[value]

    def process_result_value(self, value: int | None, _dialect: Dialect) -> str | None:
        """Return the word of a number."""
        return None if value is None else dict(self.pairs)[value]
