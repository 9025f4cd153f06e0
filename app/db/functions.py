"""SQL expressions that mean the same on SQLite and PostgreSQL, some by functions of our own.

SQLite folds ASCII only and knows no time zones, so every connection gets functions for both.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

ESCAPE = "\\"


class folded(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """A text in lower case, compared byte by byte: one order on both databases."""

    type = sa.Text()
    inherit_cache = True


class local_date(FunctionElement[dt.date]):  # noqa: N801
    """The date of an instant in a time zone: ``local_date(instant, zone)``."""

    type = sa.Date()
    inherit_cache = True


class has_text(FunctionElement[bool]):  # noqa: N801
    """Whether a text holds another in any case: ``has_text(text, folded part, LIKE pattern)``."""

    type = sa.Boolean()
    inherit_cache = True


class bytewise(FunctionElement[str]):  # noqa: N801
    """A text compared byte by byte, whatever the server's language."""

    type = sa.Text()
    inherit_cache = True


class json_text(FunctionElement[str]):  # noqa: N801
    """A value inside a JSON text: ``json_text(column, SQLite path, PostgreSQL path)``."""

    type = sa.Text()
    inherit_cache = True


class named(FunctionElement[str]):  # noqa: N801
    """What a JSON object of texts calls a code: ``named(code, JSON)``; None if it does not."""

    type = sa.Text()
    inherit_cache = True


@compiles(named, "sqlite")
def _named_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    code, names = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({names}, '$.\"' || {code} || '\"')"


@compiles(named, "postgresql")
def _named_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    code, names = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST({names} AS JSONB) ->> {code})"


@compiles(bytewise, "sqlite")
def _bytewise_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(bytewise, "postgresql")
def _bytewise_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'


@compiles(json_text, "sqlite")
def _json_text_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    column, path, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(json_extract({column}, {path}) AS TEXT)"


@compiles(json_text, "postgresql")
def _json_text_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    column, _, path = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST({column} AS JSON) #>> CAST({path} AS TEXT[]))"


@compiles(folded, "sqlite")
def _folded_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"tariff_folded({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _folded_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f'lower({text} COLLATE "und-x-icu") COLLATE "C"'


@compiles(local_date, "sqlite")
def _local_date_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"tariff_local_date({compiler.process(element.clauses, **options)})"


@compiles(local_date, "postgresql")
def _local_date_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    at, zone = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({at} AT TIME ZONE {zone} AS DATE)"


@compiles(has_text, "sqlite")
def _has_text_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    """Use LIKE, which is quick, where it is right: on texts of ASCII only."""
    text, part, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    plain = f"{text} NOT GLOB '*[^' || char(1) || '-~]*'"
    like = f"{text} LIKE {pattern} ESCAPE '{ESCAPE}'"
    return f"(CASE WHEN {plain} THEN {like} ELSE instr(tariff_folded({text}), {part}) > 0 END)"


@compiles(has_text, "postgresql")
def _has_text_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    text, part, _ = (compiler.process(clause, **options) for clause in element.clauses)
    return f'(strpos(lower({text} COLLATE "und-x-icu"), {part}) > 0)'


def contains(text: sa.ColumnElement[Any], part: str) -> sa.ColumnElement[bool]:
    """Return the condition that ``text`` holds ``part``, in any case and any script."""
    lower = storable(part).lower()
    pattern = "".join(ESCAPE + c if c in "%_\\" else c for c in lower)
    return has_text(text, sa.literal(lower), sa.literal(f"%{pattern}%"))


def json_value(column: sa.ColumnElement[Any], *steps: str) -> sa.ColumnElement[str]:
    """Return the value at a path of names inside a Json column, as text."""
    text = sa.type_coerce(column, sa.Text)
    return json_text(
        text, sa.literal("$." + ".".join(steps)), sa.literal("{" + ",".join(steps) + "}")
    )


def json_number(column: sa.ColumnElement[Any], *steps: str) -> sa.ColumnElement[int]:
    """Return the whole number at a path of names inside a Json column."""
    return sa.cast(json_value(column, *steps), sa.BigInteger)


def storable(text: str) -> str:
    """Return ``text`` with a mark for what no database holds (NUL, halves of characters)."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def add_functions(connection: Any) -> None:
    """Register the functions on a new SQLite connection."""
    connection.create_function("tariff_folded", 1, _lower, deterministic=True)
    connection.create_function("tariff_local_date", 2, _local_date, deterministic=True)


def _lower(text: Any) -> str | None:
    return None if text is None else str(text).lower()


@lru_cache(maxsize=4096)
def _local_date(instant: str | None, zone: str | None) -> str | None:
    if instant is None or zone is None:
        return None
    return dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date().isoformat()
