"""Reads whole rate trees into arrays: a million nodes in seconds, without an object per node.

Call inside ``read()``, or inside ``write()`` with the scope locked: PostgreSQL reads in several
statements, which must see one state.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from app.db.pauses import no_collections
from app.db.queries.scopes import known_revision
from app.db.tables.rate_nodes import rate_node, rate_node_history
from app.db.types import PRICE_DECIMALS, BigInt
from app.db.unit_of_work import driver_connection
from app.domain.tree import NONE, RateTree

CHUNK = 5000
"""Rows per fetch: longer ones hold the interpreter for longer than a window may stand still."""

WORDS = 50_000
"""Texts looked up at a time, for the same reason."""

BLOCK = 1 << 20
"""Bytes of a COPY taken apart at a time."""

_END = b"\xff\xff"
"""What ends a binary COPY."""

_TYPES: dict[str, type[np.generic]] = {
    "node_no": np.int64,
    "parent_no": np.int64,
    "price_type": np.int8,
    "price": np.int64,
    "billing_rule": np.int8,
    "quantity_rule": np.int8,
    "connect_price": np.int64,
    "first_interval": np.int32,
    "next_interval": np.int32,
}
_WIDTHS = {"price_type": 2, "billing_rule": 2, "quantity_rule": 2}
_WIDTHS |= {"first_interval": 4, "next_interval": 4}
_TEXTS = ("key", "depends_on", "scale")

Arrays = dict[str, npt.NDArray[Any]]


def _go_on() -> None:
    """Take a pause without a reason to give up."""


def read_tree(
    connection: sa.Connection, scope_id: int, *, pausing: Callable[[], None] = _go_on
) -> RateTree:
    """Return the live tree of a scope; ``node_no`` ascends, so parents stand before children.

    ``pausing`` is called between the blocks; it may raise to give up.
    """
    live = sa.select(rate_node).where(rate_node.c.scope_id == scope_id)
    return _read(connection, live.subquery(), pausing)


def read_tree_at(connection: sa.Connection, scope_id: int, rev: int) -> RateTree:
    """Return the tree of a scope as revision ``rev`` left it; UserError for an unknown revision."""
    known_revision(connection, scope_id, rev)
    return _read(connection, nodes_at(scope_id, rev), _go_on)


def nodes_at(scope_id: int, rev: int) -> sa.Subquery:
    """Return the select of the node versions that were live after revision ``rev``."""
    names = [column.name for column in rate_node.columns]
    closed = rate_node_history
    return sa.union_all(
        sa.select(rate_node).where(rate_node.c.scope_id == scope_id, rate_node.c.from_rev <= rev),
        sa.select(*(closed.c[name] for name in names)).where(
            closed.c.scope_id == scope_id, closed.c.from_rev <= rev, closed.c.to_rev > rev
        ),
    ).subquery("at_rev")


def _read(connection: sa.Connection, nodes: sa.Subquery, pausing: Callable[[], None]) -> RateTree:
    read = _read_sqlite if connection.dialect.name == "sqlite" else _read_postgres
    with no_collections():
        return read(connection, nodes, pausing)


def price_units(column: sa.ColumnElement[Any], kind: str) -> sa.ColumnElement[int]:
    """Return a price column as whole units of 1e-8."""
    if kind == "sqlite":
        return sa.type_coerce(column, BigInt)
    return sa.cast(sa.type_coerce(column, sa.Numeric) * 10**PRICE_DECIMALS, sa.BigInteger)


def _number(nodes: sa.Subquery, name: str, kind: str) -> sa.ColumnElement[int]:
    column = nodes.c[name]
    if name in {"price", "connect_price"}:
        return sa.func.coalesce(price_units(column, kind), NONE)
    return sa.func.coalesce(column, NONE) if column.nullable else column


class _Interner(dict[str | None, int]):
    """Gives each new text the next code; None is -1."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__({None: NONE})

    def __missing__(self, text: str | None) -> int:
        self[text] = code = len(self) - 1
        return code

    def codes(self, texts: Iterable[str | None], count: int) -> npt.NDArray[np.int32]:
        """Return the codes of ``count`` texts."""
        return np.fromiter(map(self.__getitem__, texts), np.int32, count)

    def all_codes(self, texts: list[str]) -> npt.NDArray[np.int32]:
        """Return the codes of ``texts``, the first ones of this interner; quick if all differ.

        In chunks: a million texts at once would hold the interpreter for a fifth of a second.
        """
        chunks = [texts[start : start + WORDS] for start in range(0, len(texts), WORDS)]
        for chunk in chunks:
            new = list(itertools.filterfalse(self.__contains__, dict.fromkeys(chunk)))
            self.update(zip(new, itertools.count(len(self) - 1), strict=False))
        if len(self) - 1 == len(texts):
            return np.arange(len(texts), dtype=np.int32)
        parts = [self.codes(chunk, len(chunk)) for chunk in chunks]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def texts(self) -> list[str]:
        """Return the texts in order of their codes."""
        return [text for text in self if text is not None]


def _tree(arrays: Arrays, interners: dict[str, _Interner]) -> RateTree:
    node_no, parent_no = arrays.pop("node_no"), arrays.pop("parent_no")
    parent = np.searchsorted(node_no, parent_no).astype(np.int32)
    parent[parent_no < 0] = NONE
    arrays["depends_on"] = arrays["depends_on"].astype(np.int16)
    return RateTree(
        parent=parent,
        keys=interners["key"].texts(),
        attributes=tuple(interners["depends_on"].texts()),
        scales=interners["scale"].texts(),
        node_no=node_no,
        **arrays,
    )


# ------------------------------------------------------------------------------ SQLite


_DENSE = ("node_no", "parent_no", "price")
_USUAL = tuple(name for name in (*_TYPES, *_TEXTS) if name not in {*_DENSE, "key"})
SAMPLE = 5000
"""Newest nodes looked at for the values that most nodes have."""


def _read_sqlite(
    connection: sa.Connection, nodes: sa.Subquery, pausing: Callable[[], None]
) -> RateTree:
    """Fetch place, key and price of all nodes, the rest only where it is not the usual.

    Most leaves have the same price type, rules and intervals: fetching them costs as much as the
    prices themselves.
    """
    total = connection.execute(sa.select(sa.func.count()).select_from(nodes)).scalar_one()
    interners = {name: _Interner() for name in _TEXTS}
    arrays: Arrays = {name: np.empty(total, _TYPES[name]) for name in _DENSE}
    usual = _usual_values(connection, nodes)
    for name, value in zip(_USUAL, usual, strict=True):
        code = interners[name][value] if name in interners else value
        arrays[name] = np.full(total, code, _TYPES.get(name, np.int32))
    keys: list[str] = []
    for done, columns in _chunks(connection, nodes, (*_DENSE, "key"), None):
        _put(arrays, {}, _DENSE, columns[:-1], slice(done, done + len(columns[0])))
        keys.extend(columns[-1])
        pausing()
    arrays["key"] = interners["key"].all_codes(keys)
    is_usual = [
        _stored(nodes, name).is_not_distinct_from(value)
        for name, value in zip(_USUAL, usual, strict=True)
    ]
    for _, columns in _chunks(connection, nodes, ("node_no", *_USUAL), ~sa.and_(*is_usual)):
        at = np.searchsorted(arrays["node_no"], np.array(columns[0], np.int64))
        _put(arrays, interners, _USUAL, columns[1:], at)
    return _tree(arrays, interners)


def _stored(nodes: sa.Subquery, name: str) -> sa.ColumnElement[Any]:
    return nodes.c[name] if name in _TEXTS else _number(nodes, name, "sqlite")


def _usual_values(connection: sa.Connection, nodes: sa.Subquery) -> tuple[Any, ...]:
    """Return the commonest values of _USUAL among the newest nodes."""
    columns = [_stored(nodes, name) for name in _USUAL]
    newest = sa.select(*columns).order_by(nodes.c.node_no.desc()).limit(SAMPLE)
    seen = Counter(map(tuple, connection.execute(newest)))
    return seen.most_common(1)[0][0]


def _chunks(
    connection: sa.Connection,
    nodes: sa.Subquery,
    names: Sequence[str],
    where: sa.ColumnElement[bool] | None,
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield (rows before, the chunk column by column) in order of node numbers."""
    statement = sa.select(*(_stored(nodes, name) for name in names)).order_by(nodes.c.node_no)
    if where is not None:
        statement = statement.where(where)
    compiled = statement.compile(dialect=connection.dialect)
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    cursor = driver_connection(connection).execute(str(compiled), values)
    done = 0
    while rows := cursor.fetchmany(CHUNK):
        yield done, list(zip(*rows, strict=True))
        done += len(rows)
    cursor.close()


def _put(
    arrays: Arrays,
    interners: dict[str, _Interner],
    names: Sequence[str],
    columns: Sequence[tuple[Any, ...]],
    at: slice | npt.NDArray[np.int64],
) -> None:
    for name, cells in zip(names, columns, strict=True):
        interner = interners.get(name)
        arrays[name][at] = cells if interner is None else interner.codes(cells, len(cells))


# ------------------------------------------------------------------------------ PostgreSQL


def _read_postgres(
    connection: sa.Connection, nodes: sa.Subquery, pausing: Callable[[], None]
) -> RateTree:
    arrays = _copy_numbers(connection, nodes, pausing)
    count = len(arrays["node_no"])
    interners = {name: _Interner() for name in _TEXTS}
    keys = _copy_keys(connection, nodes)
    arrays["key"] = interners["key"].all_codes(keys)
    if len(keys) != count:
        raise RuntimeError("the tree changed while it was read outside a snapshot")
    for name in ("depends_on", "scale"):
        arrays[name] = _sparse_codes(connection, nodes, name, arrays["node_no"], interners[name])
    return _tree(arrays, interners)


def _copied(connection: sa.Connection, statement: sa.ClauseElement, form: str) -> Iterator[bytes]:
    """Yield what COPY sends for a statement, by the megabyte; bound numbers are written into it."""
    text = str(
        statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    )
    with (
        driver_connection(connection).cursor() as cursor,
        cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT {form})") as copy,
    ):
        parts, size = [], 0
        for part in copy:
            parts.append(bytes(part))
            size += len(part)
            if size >= BLOCK:
                yield b"".join(parts)
                parts, size = [], 0
        yield b"".join(parts)


def _copy_numbers(
    connection: sa.Connection, nodes: sa.Subquery, pausing: Callable[[], None]
) -> Arrays:
    """Return the number columns by binary COPY (postgresql.org, COPY, "Binary Format")."""
    columns = [_number(nodes, name, "postgresql") for name in _TYPES]
    statement = sa.select(*columns).order_by(nodes.c.node_no)
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name in _TYPES:
        fields += [(f"{name} length", ">i4"), (name, f">i{_WIDTHS.get(name, 8)}")]
    parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _TYPES}
    for rows in _records(_copied(connection, statement, "binary"), np.dtype(fields)):
        for name, dtype in _TYPES.items():
            parts[name].append(rows[name].astype(dtype))
        pausing()
    return {name: np.concatenate(found) for name, found in parts.items()}


def _records(blocks: Iterator[bytes], record: np.dtype[Any]) -> Iterator[npt.NDArray[Any]]:
    """Yield the rows of a binary COPY whose fields are all there, block by block."""
    data = next(blocks)
    rest = data[11 + 4 + 4 + int.from_bytes(data[15:19], "big") :]
    for block in itertools.chain([b""], blocks):
        data = rest + block
        count = len(data) // record.itemsize
        yield np.frombuffer(data, record, count)
        rest = data[count * record.itemsize :]
    if rest != _END:
        raise RuntimeError("the server sent rows of an unexpected size")


def _copy_keys(connection: sa.Connection, nodes: sa.Subquery) -> list[str]:
    keys: list[str] = []
    rest = b""
    statement = sa.select(nodes.c.key).order_by(nodes.c.node_no)
    for block in _copied(connection, statement, "text"):
        data = rest + block
        end = data.rfind(b"\n") + 1
        lines = data[:end].decode().split("\n")
        lines.pop()
        keys.extend(map(_unescaped, lines) if b"\\" in data else lines)
        rest = data[end:]
    return keys


_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def _unescaped(text: str) -> str:
    """Undo the backslash escapes of COPY's text format."""
    if "\\" not in text:
        return text
    parts = iter(text)
    return "".join(_ESCAPES[next(parts)] if char == "\\" else char for char in parts)


def _sparse_codes(
    connection: sa.Connection,
    nodes: sa.Subquery,
    name: str,
    node_no: npt.NDArray[np.int64],
    interner: _Interner,
) -> npt.NDArray[np.int32]:
    """Return the codes of a text that few nodes have: only those are fetched."""
    codes = np.full(len(node_no), NONE, np.int32)
    statement = (
        sa.select(nodes.c.node_no, nodes.c[name])
        .where(nodes.c[name].is_not(None))
        .order_by(nodes.c.node_no)
        .execution_options(stream_results=True, max_row_buffer=CHUNK)
    )
    for part in connection.execute(statement).partitions(CHUNK):
        numbers, texts = itertools.tee(part)
        places = np.searchsorted(node_no, np.fromiter((n for n, _ in numbers), np.int64, len(part)))
        codes[places] = interner.codes((text for _, text in texts), len(part))
    return codes
