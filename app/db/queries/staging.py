"""PostgreSQL: temp tables through which rate nodes come in by binary COPY (F11).

Texts travel once per distinct value; the rows hold codes, so that numpy alone lays the rows out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from app.db.types import PRICE_DECIMALS, BigInt, SmallInt
from app.db.unit_of_work import driver_connection
from app.domain.tree import NONE

CHUNK = 20_000
TEXTS = ("key", "depends_on", "scale")

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"

_metadata = sa.MetaData()
_STAGED: dict[str, tuple[Any, str]] = {
    "node_no": (BigInt, ">i8"),
    "parent_no": (BigInt, ">i8"),
    "key": (sa.Integer, ">i4"),
    "depends_on": (sa.Integer, ">i4"),
    "price_type": (SmallInt, ">i2"),
    "price": (BigInt, ">i8"),
    "billing_rule": (SmallInt, ">i2"),
    "quantity_rule": (SmallInt, ">i2"),
    "connect_price": (BigInt, ">i8"),
    "first_interval": (sa.Integer, ">i4"),
    "next_interval": (sa.Integer, ">i4"),
    "scale": (sa.Integer, ">i4"),
}

staged_node = sa.Table(
    "staged_node",
    _metadata,
    *(sa.Column(name, kind) for name, (kind, _) in _STAGED.items()),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
staged_text = sa.Table(
    "staged_text",
    _metadata,
    sa.Column("pool", sa.Text),
    sa.Column("code", sa.Integer),
    sa.Column("text", sa.Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

Columns = dict[str, npt.NDArray[Any]]
Pools = dict[str, Sequence[str]]


def stage(
    connection: sa.Connection, columns: Columns, pools: Pools, advance: Callable[[int], None]
) -> None:
    """Fill fresh temp tables with the rows of ``columns`` and the texts that they use."""
    _metadata.drop_all(connection, checkfirst=True)
    _metadata.create_all(connection, checkfirst=False)
    _copy_texts(connection, columns, pools)
    _copy_rows(connection, columns, advance)
    for table in (staged_node, staged_text):
        connection.execute(sa.text(f"ANALYZE {table.name}"))


def _copy_rows(connection: sa.Connection, columns: Columns, advance: Callable[[int], None]) -> None:
    names = [name for name in _STAGED if name in columns]
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name in names:
        fields += [(f"{name} length", ">i4"), (name, _STAGED[name][1])]
    record = np.dtype(fields)
    total = len(columns["node_no"])
    listed = ", ".join(names)
    with (
        driver_connection(connection).cursor() as cursor,
        cursor.copy(f"COPY staged_node ({listed}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(_SIGNATURE)
        for start in range(0, total, CHUNK):
            stop = min(start + CHUNK, total)
            rows = np.zeros(stop - start, record)
            rows["count"] = len(names)
            for name in names:
                rows[f"{name} length"] = record[name].itemsize
                rows[name] = columns[name][start:stop]
            copy.write(rows.tobytes())
            advance(stop - start)
        copy.write(_TRAILER)


def _copy_texts(connection: sa.Connection, columns: Columns, pools: Pools) -> None:
    with (
        driver_connection(connection).cursor() as cursor,
        cursor.copy("COPY staged_text (pool, code, text) FROM STDIN") as copy,
    ):
        for name, pool in pools.items():
            if name not in columns:
                continue
            used = np.zeros(len(pool) + 1, np.bool_)  # the last place takes the code -1
            used[columns[name]] = True
            codes = np.flatnonzero(used[:-1])
            for start in range(0, len(codes), CHUNK):
                copy.write(_text_lines(name, codes[start : start + CHUNK].tolist(), pool))


def _text_lines(name: str, codes: list[int], pool: Sequence[str]) -> str:
    """Return lines of COPY's text format; only texts with its special characters are escaped."""
    texts = [pool[code] for code in codes]
    if any(char in text for text in ("".join(texts),) for char in "\\\t\n\r"):
        texts = [_escaped(text) for text in texts]
    lines = [f"{name}\t{code}\t{text}\n" for code, text in zip(codes, texts, strict=True)]
    return "".join(lines)


def _escaped(text: str) -> str:
    for char, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(char, escape)
    return text


def staged_values(names: Sequence[str]) -> tuple[sa.FromClause, dict[str, sa.ColumnElement[Any]]]:
    """Return the source of staged rows and the expression of each named column in it."""
    source: sa.FromClause = staged_node
    values: dict[str, sa.ColumnElement[Any]] = {}
    for name in names:
        column = staged_node.c[name]
        if name in TEXTS:
            pool = staged_text.alias(f"pool_{name}")
            on = sa.and_(pool.c.pool == name, pool.c.code == column)
            source = source.join(pool, on, isouter=name != "key")
            values[name] = pool.c.text
        else:
            values[name] = _stored(name, column)
    return source, values


def _stored(name: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if name in {"price", "connect_price"}:
        # A product of decimals is exact; a quotient would be rounded.
        unit = sa.literal_column(f"0.{'0' * (PRICE_DECIMALS - 1)}1", sa.Numeric)
        return sa.func.nullif(column, NONE) * unit
    if name in {"first_interval", "next_interval"}:
        return sa.func.nullif(column, NONE)
    return column
