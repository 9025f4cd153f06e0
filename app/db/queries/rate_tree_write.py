"""Writes what differs in a rate tree: closed versions to the history, then the live nodes (F1)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from app.db.pauses import no_collections
from app.db.queries import staging
from app.db.queries.scopes import allocate_nodes
from app.db.tables.rate_nodes import KEY_SIZE, PAYLOAD, rate_node, rate_node_history
from app.db.types import LIMIT, from_units
from app.db.unit_of_work import driver_connection
from app.domain.diff import ChangeSet
from app.domain.tree import NONE
from app.errors import Conflict, UserError

CHUNK = 20_000
"""Rows per statement: longer lists hold the interpreter too long for a window (F9)."""

GROUP = 25
"""Rows of one INSERT on SQLite; 14 columns of them are far below its limit of 32 766 values."""

Int64 = npt.NDArray[np.int64]
Columns = dict[str, npt.NDArray[Any]]


class Progress(Protocol):
    """Told after every chunk how many of how many nodes are written; may raise to give up."""

    def __call__(self, done: int, total: int) -> None:
        """Take note."""


class _Counter:
    """Adds up the chunks for a :class:`Progress`."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def advance(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def apply_changes(
    connection: sa.Connection,
    scope_id: int,
    changes: ChangeSet,
    rev: int,
    progress: Progress | None = None,
) -> None:
    """Write ``changes`` as revision ``rev`` of a scope that the caller has locked.

    The caller records the revision (:func:`app.db.queries.scopes.add_revision`). Raises UserError
    for a price or a key that the database can't hold exactly, Conflict if a node to change or to
    remove is not there. Removing a node removes its subtree only if ``remove_no`` names it.
    """
    check_values(changes)
    counter = _Counter(len(changes), progress)
    numbered = _numbered(connection, scope_id, changes)
    write = _SqliteWriter if connection.dialect.name == "sqlite" else _PostgresWriter
    writer = write(connection, scope_id, changes, rev, counter.advance)
    with no_collections():
        writer.remove(np.sort(changes.remove_no))
        writer.update(changes.update_no)
        writer.insert(*numbered)


def check_values(changes: ChangeSet) -> None:
    """Raise UserError for a key or a price that would not be stored as it is."""
    _check_keys(changes.keys)
    for values in (changes.insert, changes.update):
        for name in ("price", "connect_price"):
            units = getattr(values, name)
            wrong = np.flatnonzero((units >= LIMIT) | (units < NONE))
            if len(wrong):
                key = changes.keys[values.key[wrong[0]]] if len(values.key) else "?"
                raise UserError(
                    f'The price {from_units(int(units[wrong[0]]))} of "{key}" can\'t be stored: '
                    "it must be at least 0 and below 10 000 000 000."
                )


def _check_keys(keys: Sequence[str]) -> None:
    if max(map(len, keys), default=0) > KEY_SIZE:
        longest = max(keys, key=len)
        raise UserError(
            f'The key "{longest[:40]}…" has {len(longest)} characters: shorten it to {KEY_SIZE}.'
        )
    everything = "".join(keys)
    # PostgreSQL stores no NUL, and neither database stores half a UTF-16 pair.
    if "\0" in everything or not _encodable(everything):
        bad = next(key for key in keys if "\0" in key or not _encodable(key))
        raise UserError(f"The key {bad[:40]!a} has characters that can't be stored: correct it.")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _numbered(connection: sa.Connection, scope_id: int, changes: ChangeSet) -> tuple[Int64, Int64]:
    """Return node and parent numbers of the new nodes."""
    count = len(changes.insert)
    if not count:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first = allocate_nodes(connection, scope_id, count)
    node_no = np.arange(first, first + count, dtype=np.int64)
    parent = changes.insert_parent
    parent_no = np.where(parent >= 0, parent, first - parent - 1)
    if (parent_no >= node_no).any():
        raise ValueError("a new node stands before its parent")
    return node_no, parent_no


class _SqliteWriter:
    """Prepared statements by number, in number order: neighbours share a page of the file."""

    def __init__(
        self,
        connection: sa.Connection,
        scope_id: int,
        changes: ChangeSet,
        rev: int,
        advance: Callable[[int], None],
    ) -> None:
        self._cursor = driver_connection(connection).cursor()
        self._scope, self._changes, self._rev = scope_id, changes, rev
        self._advance = advance

    def remove(self, node_no: Int64) -> None:
        """Close and delete nodes."""
        self._close(node_no)
        self._grouped(
            node_no,
            lambda marks: f"DELETE FROM rate_node WHERE {self._among(marks)}",  # noqa: S608
        )

    def update(self, node_no: Int64) -> None:
        """Close versions and write the new values over them."""
        order = np.argsort(node_no)
        node_no = node_no[order]
        self._close(node_no)
        update = self._changes.update
        changed = 0
        for start in range(0, len(node_no), CHUNK):
            part = order[start : start + CHUNK]
            cells: dict[str, Any] = {"node_no": node_no[start : start + CHUNK].tolist()}
            for name in PAYLOAD:
                cells[name] = self._cells_or_constant(name, getattr(update, name)[part])
            cells["from_rev"] = self._rev
            changed += self._by_group(cells, len(part), self._updating)
            self._advance(len(part))
        _check_count(changed, len(node_no))

    def _updating(self, cells: dict[str, Any], rows: int) -> str:
        """Return the UPDATE of ``rows`` nodes; ``node_no`` is the first of the marked columns."""
        marked = [name for name, cell in cells.items() if not _is_constant(cell)]
        place = {name: f"v.column{number}" for number, name in enumerate(marked, start=1)}
        news = [
            f"{name} = {place.get(name) or _constant(cell)}"
            for name, cell in cells.items()
            if name != "node_no"
        ]
        row = f"({', '.join('?' * len(marked))})"
        return (
            f"UPDATE rate_node SET {', '.join(news)} "  # noqa: S608 - our own names and numbers
            f"FROM (VALUES {', '.join([row] * rows)}) AS v "
            f"WHERE scope_id = {int(self._scope)} AND node_no = v.column1"
        )

    def insert(self, node_no: Int64, parent_no: Int64) -> None:
        """Add nodes; what is the same in all rows of a chunk stands in the statement itself."""
        insert = self._changes.insert
        for start in range(0, len(node_no), CHUNK):
            part = slice(start, min(start + CHUNK, len(node_no)))
            cells: dict[str, Any] = {"scope_id": self._scope, "from_rev": self._rev}
            cells |= {"node_no": node_no[part].tolist(), "parent_no": parent_no[part].tolist()}
            for name in ("key", *PAYLOAD):
                cells[name] = self._cells_or_constant(name, getattr(insert, name)[part])
            self._by_group(cells, part.stop - part.start, _insertion)
            self._advance(part.stop - part.start)

    def _by_group(
        self, cells: dict[str, Any], count: int, sql: Callable[[dict[str, Any], int], str]
    ) -> int:
        """Write rows by the group: a statement costs as much as a third of its rows."""
        lists = [cell for cell in cells.values() if not _is_constant(cell)]
        values = list(itertools.chain.from_iterable(zip(*lists, strict=True)))
        width, whole = len(lists), count // GROUP * GROUP
        changed = 0
        for rows, first, last in ((GROUP, 0, whole), (1, whole, count)):
            step = width * rows
            places = range(first * width, last * width, step)
            self._cursor.executemany(sql(cells, rows), (values[at : at + step] for at in places))
            changed += max(self._cursor.rowcount, 0)
        return changed

    def _cells_or_constant(self, name: str, values: npt.NDArray[Any]) -> Any:
        """Return the cells of a column, or None or a number if they are all the same."""
        numeric = name not in {"key", "depends_on", "scale"}
        if name != "key" and values.min() == values.max() and (numeric or values[0] < 0):
            first = int(values[0])
            return None if first < 0 else first
        return self._cells(name, values)

    def _close(self, node_no: Int64) -> None:
        columns = ", ".join(_HISTORY)
        values = ", ".join(str(int(self._rev)) if n == "to_rev" else n for n in _HISTORY)
        self._grouped(
            node_no,
            lambda marks: (
                f"INSERT INTO rate_node_history ({columns}) "  # noqa: S608 - our own names
                f"SELECT {values} FROM rate_node WHERE {self._among(marks)}"
            ),
            counted=False,
        )

    def _among(self, marks: str) -> str:
        return f"scope_id = {int(self._scope)} AND node_no IN ({marks})"

    def _grouped(self, node_no: Int64, sql: Callable[[str], str], *, counted: bool = True) -> None:
        """Run a statement on nodes given by number."""
        changed = 0
        for start in range(0, len(node_no), CHUNK):
            numbers = node_no[start : start + CHUNK].tolist()
            cells = {"node_no": numbers}
            changed += self._by_group(
                cells, len(numbers), lambda _, rows: sql(", ".join("?" * rows))
            )
            if counted:
                self._advance(len(numbers))
        _check_count(changed, len(node_no))

    def _cells(self, name: str, values: npt.NDArray[Any]) -> Iterable[Any]:
        changes = self._changes
        if name == "key":
            return map(changes.keys.__getitem__, values.tolist())
        if name in {"depends_on", "scale"}:
            pool = changes.attributes if name == "depends_on" else changes.scales
            if (values < 0).all():
                return itertools.repeat(None)
            # Code -1 finds the None at the end.
            return map([*pool, None].__getitem__, values.tolist())
        if name.endswith(("price", "interval")):
            return _nullable(values)
        return values.tolist()  # type: ignore[no-any-return]


def _is_constant(cell: object) -> bool:
    return cell is None or isinstance(cell, int)


def _constant(cell: int | None) -> str:
    return "NULL" if cell is None else str(cell)


def _insertion(cells: dict[str, Any], rows: int) -> str:
    """Return the INSERT of ``rows`` rows; a column is a list (marks) or a constant (None, int)."""
    values = [_constant(cell) if _is_constant(cell) else "?" for cell in cells.values()]
    row = f"({', '.join(values)})"
    return f"INSERT INTO rate_node ({', '.join(cells)}) VALUES {', '.join([row] * rows)}"  # noqa: S608


_HISTORY = [column.name for column in rate_node_history.columns]


def _closing(rev: int) -> sa.Select[Any]:
    """Return the select of live versions as history rows that ended with ``rev``."""
    columns = [
        sa.literal_column(str(int(rev))) if name == "to_rev" else rate_node.c[name]
        for name in _HISTORY
    ]
    return sa.select(*columns)


def _nullable(values: npt.NDArray[Any]) -> Iterable[Any]:
    """Return the numbers with None for -1."""
    none = values < 0
    if none.all():
        return itertools.repeat(None)
    if none.any():
        return [None if value < 0 else value for value in values.tolist()]
    return values.tolist()  # type: ignore[no-any-return]


def _check_count(changed: int, expected: int) -> None:
    if changed != expected:
        raise Conflict(
            f"{expected - changed} of {expected} rate nodes are not there any more; nothing was "
            "written: import again."
        )


class _PostgresWriter:
    """COPY into temp tables, then one statement for all rows: row security forbids plain COPY."""

    def __init__(
        self,
        connection: sa.Connection,
        scope_id: int,
        changes: ChangeSet,
        rev: int,
        advance: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._scope, self._changes, self._rev = scope_id, changes, rev
        self._advance = advance
        self._pools: staging.Pools = {
            "key": changes.keys,
            "depends_on": changes.attributes,
            "scale": changes.scales,
        }

    def remove(self, node_no: Int64) -> None:
        """Close and delete nodes."""
        if not len(node_no):
            return
        self._stage({"node_no": node_no})
        self._close(len(node_no))
        self._connection.execute(sa.delete(rate_node).where(self._staged()))

    def update(self, node_no: Int64) -> None:
        """Close versions and write the new values over them."""
        if not len(node_no):
            return
        self._stage({"node_no": node_no, **self._values(self._changes.update, PAYLOAD)})
        self._close(len(node_no))
        source, values = staging.staged_values(PAYLOAD)
        rows = sa.select(
            staging.staged_node.c.node_no, *(values[name].label(name) for name in PAYLOAD)
        )
        new = rows.select_from(source).subquery("new")
        self._connection.execute(
            sa.update(rate_node)
            .where(rate_node.c.scope_id == self._scope, rate_node.c.node_no == new.c.node_no)
            .values({**{name: new.c[name] for name in PAYLOAD}, "from_rev": self._rev})
        )

    def insert(self, node_no: Int64, parent_no: Int64) -> None:
        """Add nodes."""
        if not len(node_no):
            return
        names = ("key", *PAYLOAD)
        columns = {"node_no": node_no, "parent_no": parent_no}
        self._stage({**columns, **self._values(self._changes.insert, names)})
        names = ("node_no", "parent_no", *names)
        source, values = staging.staged_values(names)
        given = [sa.literal(self._scope), *(values[name] for name in names), sa.literal(self._rev)]
        rows = sa.select(*given).select_from(source)
        into = sa.insert(rate_node).from_select(["scope_id", *names, "from_rev"], rows)
        self._connection.execute(into)

    def _stage(self, columns: Columns) -> None:
        staging.stage(self._connection, columns, self._pools, self._advance)

    def _values(self, values: Any, names: Sequence[str]) -> Columns:
        return {name: getattr(values, name) for name in names}

    def _staged(self) -> sa.ColumnElement[bool]:
        return sa.and_(
            rate_node.c.scope_id == self._scope,
            rate_node.c.node_no == staging.staged_node.c.node_no,
        )

    def _close(self, count: int) -> None:
        rows = _closing(self._rev).where(self._staged())
        into = sa.insert(rate_node_history).from_select(_HISTORY, rows)
        into = into.execution_options(preserve_rowcount=True)
        _check_count(self._connection.execute(into).rowcount, count)
