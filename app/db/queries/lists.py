"""The SQL behind every list: pages, ordered keys, counts, sums and groups over a named source.

Both databases give the same rows in the same order: texts by their lower case, then as written;
nothing last; the id decides between equal rows.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.db.functions import bytewise, contains, folded, local_date, storable
from app.db.held_lists import HeldRows
from app.db.types import Amount, Price, UtcDateTime
from app.db.unit_of_work import driver_connection, pragma
from app.domain.records import Filter, Group, ListQuery, Summary
from app.errors import Cancelled

CHUNK = 5000
"""Rows per fetch and ids per statement: longer ones hold the interpreter for too long."""

STEPS = 200_000
"""Steps of SQLite between two looks at whether to stop: a few milliseconds."""

SPLIT = 10**9
"""SQLite adds in 64 bits: sums of money are added in two parts of this size."""

_AS_TIMES = 8
"""Precedence of ``*`` in SQLAlchemy: a column that is itself a sum gets its brackets."""

MONEY = (Price, Amount)

Columns = Mapping[str, sa.ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rows, at which moment, and the fixed parameters of the source."""

    company_id: int
    now: dt.datetime
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A named list: its integer key, its columns by label, where they come from.

    ``order`` is the order without a sort, which an index serves; ``exact`` names the text columns
    that hold codes: compared byte by byte. ``held``: the rows are in memory, not in the database.
    A column of an outer join may have no value whatever its table says, and is taken so. ``zones``
    = the time zones of instants that are local times: rows have them in it, and days are its days.
    """

    id: sa.ColumnElement[int]
    columns: Columns
    origin: sa.FromClause
    where: tuple[sa.ColumnElement[bool], ...] = ()
    order: tuple[sa.ColumnElement[Any], ...] = ()
    exact: frozenset[str] = field(default_factory=frozenset)
    held: HeldRows | None = None
    zones: Mapping[str, sa.ColumnElement[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let go of the promise that a column of an outer join always has a value."""
        absent = set(_outer_joined(self.origin))
        columns = {
            name: sa.type_coerce(c, c.type) if getattr(c, "table", None) in absent else c
            for name, c in self.columns.items()
        }
        object.__setattr__(self, "columns", columns)


def _outer_joined(origin: sa.FromClause, *, absent: bool = False) -> Iterator[sa.FromClause]:
    """Yield the tables of an origin that may have no row beside one of the others."""
    if isinstance(origin, sa.Join):
        yield from _outer_joined(origin.left, absent=absent or origin.full)
        yield from _outer_joined(origin.right, absent=absent or origin.isouter or origin.full)
    elif absent:
        yield origin


def first_ids(
    connection: sa.Connection,
    source: Source,
    query: ListQuery,
    *,
    search: Sequence[str],
    limit: int,
) -> list[int]:
    """Return the ids of the first rows, in order."""
    statement = _ids(source, query, search).limit(limit)
    return list(connection.execute(statement).scalars())


def keys(
    connection: sa.Connection,
    source: Source,
    query: ListQuery,
    *,
    search: Sequence[str],
    check: Callable[[], None],
) -> array[int]:
    """Return all ids in order; ``check`` is called between chunks and may raise."""
    found = array("q")
    with closing(_numbers(connection, _ids(source, query, search))) as parts:
        for part in parts:
            found.extend(part)
            check()
    return found


def _numbers(
    connection: sa.Connection, statement: sa.Select[Any]
) -> Generator[Iterable[int], None, None]:
    """Yield chunks of the only column of a statement, past the layers that cost most of it."""
    if connection.dialect.name != "sqlite":
        with connection.execute(statement.execution_options(yield_per=CHUNK)) as result:
            yield from result.scalars().partitions()
        return
    with connection.execute(statement) as result:
        while rows := result.cursor.fetchmany(CHUNK):
            yield chain.from_iterable(rows)


def rows_by_keys(
    connection: sa.Connection, source: Source, names: Sequence[str], ids: Sequence[int]
) -> list[tuple[Any, ...]]:
    """Return (id, *columns) of the rows that are still there, in the order of ``ids``."""
    columns = [source.columns[name].label(f"c_{name}") for name in names]
    places = {name: place for place, name in enumerate(names, start=1) if name in source.zones}
    zones = [source.zones[name].label(f"z_{name}") for name in places]
    base = sa.select(source.id.label("id"), *columns, *zones).select_from(source.origin)
    found: dict[int, tuple[Any, ...]] = {}
    for part in _parts(ids):
        statement = base.where(*source.where, _among(connection, source, part))
        rows = (tuple(row) for row in connection.execute(statement))
        found.update((row[0], _in_zones(row, list(places.values()))) for row in rows)
    return [found[key] for key in ids if key in found]


def _in_zones(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    """Return a row without the zones at its end, with the instants at ``places`` in them."""
    if not places:
        return row
    end = len(row) - len(places)
    cells = list(row[:end])
    for place, zone in zip(places, row[end:], strict=True):
        cells[place] = cells[place] and cells[place].astimezone(ZoneInfo(zone))
    return tuple(cells)


def count(
    connection: sa.Connection, source: Source, query: ListQuery, *, search: Sequence[str]
) -> tuple[int, int]:
    """Return how many rows the query leaves, and how many there are."""
    within = [_condition(source, one) for one in query.within]
    everything = sa.select(sa.func.count()).select_from(source.origin)
    everything = everything.where(*source.where, *within)
    total = int(connection.execute(everything).scalar_one())
    if not query.filters and not query.search.strip():
        return total, total
    conditions = _conditions(source, query, search)
    return int(connection.execute(everything.where(*conditions)).scalar_one()), total


# ------------------------------------------------------------------------------ sums, groups


def summaries(
    connection: sa.Connection,
    source: Source,
    query: ListQuery,
    names: Sequence[str],
    *,
    search: Sequence[str],
    ids: Sequence[int] | None = None,
    check: Callable[[], None],
) -> list[Summary]:
    """Return a summary of each column over the rows of the query, or over ``ids`` instead."""
    sums = [_Sums(name, source.columns[name], connection.dialect.name) for name in names]
    if not sums:
        return []
    base = sa.select(*chain.from_iterable(s.selected for s in sums))
    base = base.select_from(source.origin).where(*source.where)
    if ids is None:
        conditions: Iterator[tuple[sa.ColumnElement[bool], ...]] = iter(
            [_conditions(source, query, search)]
        )
    else:
        conditions = ((_among(connection, source, part),) for part in _parts(ids))
    for condition in conditions:
        cells = iter(connection.execute(base.where(*condition)).one())
        for one in sums:
            one.add([next(cells) for _ in one.selected])
        check()
    return [one.summary() for one in sums]


def groups(
    connection: sa.Connection,
    source: Source,
    query: ListQuery,
    *,
    by: Sequence[str],
    sums: Sequence[str],
    search: Sequence[str],
    limit: int,
) -> list[Group]:
    """Return the first groups of equal values of ``by``, in order, with sums of number columns."""
    wanted = {name: source.columns[name] for name in (*by, *sums)}
    # A subquery: servers compare a computed column in GROUP BY and ORDER BY by its text.
    inner = (
        sa.select(*(column.label(name) for name, column in wanted.items()))
        .select_from(source.origin)
        .where(*source.where, *_conditions(source, query, search))
        .subquery("listed")
    )
    outer = replace(source, columns=dict(inner.c), origin=inner, where=())
    totals = [_Sums(name, inner.c[name], connection.dialect.name) for name in sums]
    keyed = [inner.c[name] for name in by]
    statement = (
        sa.select(*keyed, sa.func.count(), *chain.from_iterable(t.selected for t in totals))
        .group_by(*keyed)
        .order_by(*_order(outer, [(name, _descending(query, name)) for name in by]))
        .limit(limit)
    )
    found = []
    for row in connection.execute(statement.execution_options(yield_per=500)):
        cells = iter(row)
        values = tuple(next(cells) for _ in by)
        number = next(cells)
        totalled = {}
        for one in totals:
            fresh = _Sums(one.name, one.column, one.kind)
            fresh.add([next(cells) for _ in one.selected])
            totalled[one.name] = fresh.summary().total
        found.append(Group(values, number, totalled))
    return found


class _Sums:
    """Adds up the aggregates of one column over statements; only numbers have a sum."""

    def __init__(self, name: str, column: sa.ColumnElement[Any], kind: str) -> None:
        self.name, self.column, self.kind = name, column, kind
        self._number = isinstance(column.type, (sa.Integer, sa.Numeric, *MONEY))
        self._split = self._number and kind == "sqlite"
        self._decimals = column.type.decimals if isinstance(column.type, MONEY) else 0
        self.selected = self._selected()
        self._count = 0
        self._total: Any = 0
        self._ends: list[Any] = []

    def _selected(self) -> list[sa.ColumnElement[Any]]:
        column = self.column
        found: list[sa.ColumnElement[Any]] = [sa.func.count(column)]
        ordered = self._number or isinstance(column.type, (sa.Date, UtcDateTime))
        if ordered:
            found += [
                sa.func.min(column, type_=column.type),
                sa.func.max(column, type_=column.type),
            ]
        if self._split:
            whole = sa.type_coerce(column, sa.BigInteger)
            halves = (whole.op(sign, precedence=_AS_TIMES)(SPLIT) for sign in "/%")
            found += [sa.func.sum(half) for half in halves]
        elif self._number:
            found.append(sa.func.sum(sa.type_coerce(column, sa.Numeric)))
        return found

    def add(self, cells: list[Any]) -> None:
        """Take the aggregates of one statement."""
        self._count += cells[0] or 0
        self._ends += [cell for cell in cells[1:3] if cell is not None]
        if self._split:
            self._total += (cells[3] or 0) * SPLIT + (cells[4] or 0)
        elif self._number:
            self._total += cells[3] or 0

    def summary(self) -> Summary:
        """Return what was added up."""
        ends = self._ends
        if not ends:
            return Summary(self.name, self._count)
        if not self._number:
            return Summary(self.name, self._count, least=min(ends), greatest=max(ends))
        total = Decimal(self._total)
        if self._split:
            total = total.scaleb(-self._decimals)
        mean = total / self._count
        whole = isinstance(self.column.type, sa.Integer)
        return Summary(
            self.name,
            self._count,
            int(total) if whole else total,
            mean,
            min(ends),
            max(ends),
        )


# ------------------------------------------------------------------------------ order


def _ids(source: Source, query: ListQuery, search: Sequence[str]) -> sa.Select[Any]:
    order = _order(source, query.sorts) or list(source.order)
    return (
        sa.select(source.id)
        .select_from(source.origin)
        .where(*source.where, *_conditions(source, query, search))
        .order_by(*order, source.id)
    )


def _order(source: Source, sorts: Sequence[tuple[str, bool]]) -> list[sa.ColumnElement[Any]]:
    order: list[sa.ColumnElement[Any]] = []
    for name, descending in sorts:
        column = source.columns[name]
        texts = _is_text(column) and name not in source.exact
        exact = bytewise(column) if _is_text(column) else column
        for part in (folded(column), exact) if texts else (exact,):
            directed = part.desc() if descending else part.asc()
            order.append(directed.nulls_last() if _nullable(column) else directed)
    return order


def _descending(query: ListQuery, name: str) -> bool:
    return dict(query.sorts).get(name, False)


def _nullable(column: sa.ColumnElement[Any]) -> bool:
    return bool(getattr(column, "nullable", True))


def _is_text(column: sa.ColumnElement[Any]) -> bool:
    return isinstance(column.type, sa.String)


# ------------------------------------------------------------------------------ conditions


def _conditions(
    source: Source, query: ListQuery, search: Sequence[str]
) -> tuple[sa.ColumnElement[bool], ...]:
    words = query.search.split() if search else []
    return (
        *(_condition(source, one) for one in (*query.within, *query.filters)),
        *(
            sa.or_(*(contains(_text(source.columns[name]), word) for name in search))
            for word in words
        ),
    )


def _condition(source: Source, asked: Filter) -> sa.ColumnElement[bool]:
    column = source.columns[asked.column]
    if asked.op in {"empty", "filled"}:
        none = column.is_(None)
        empty = sa.or_(none, column == "") if _is_text(column) else none
        return empty if asked.op == "empty" else sa.not_(empty)
    if asked.op in {"contains", "excludes"}:
        found = contains(_text(column), str(asked.values[0]))
        return found if asked.op == "contains" else sa.or_(column.is_(None), sa.not_(found))
    if isinstance(column.type, UtcDateTime):
        zone = source.zones.get(asked.column)
        if zone is not None and all(type(value) is dt.date for value in asked.values):
            return _compared(source, local_date(column, zone), asked)
        return _on_days(column, asked)
    return _compared(source, column, asked)


def _compared(
    source: Source, column: sa.ColumnElement[Any], asked: Filter
) -> sa.ColumnElement[bool]:
    values: tuple[Any, ...] = asked.values
    place = column
    if _is_text(column):
        place, values = bytewise(column), tuple(storable(str(value)) for value in values)
    if _is_text(column) and asked.column not in source.exact:
        place, values = folded(column), tuple(value.lower() for value in values)
    if asked.op == "starts":
        # The prefix itself up to the greatest character: a range that an index can serve.
        return sa.and_(place >= values[0], place < f"{values[0]}\U0010ffff")
    if asked.op == "between":
        return sa.and_(place >= values[0], place <= values[1])
    if asked.op == "in":
        return place.in_(values)
    if asked.op == "differs":
        return sa.or_(column.is_(None), place.not_in(values))
    comparisons: dict[str, Callable[[], sa.ColumnElement[bool]]] = {
        "equals": lambda: place == values[0],
        "gt": lambda: place > values[0],
        "ge": lambda: place >= values[0],
        "lt": lambda: place < values[0],
        "le": lambda: place <= values[0],
    }
    return comparisons[asked.op]()


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return column if _is_text(column) else sa.cast(column, sa.Text)


def _on_days(column: sa.ColumnElement[Any], asked: Filter) -> sa.ColumnElement[bool]:
    """Return a condition on instants where a date stands for its whole local day."""
    spans = [(_midnight(value), _midnight(value, after=True)) for value in asked.values]
    low, high = spans[0][0], spans[-1][1]
    if asked.op in {"in", "equals", "differs"}:
        within = sa.or_(*(sa.and_(column >= start, column < end) for start, end in spans))
        return sa.or_(column.is_(None), sa.not_(within)) if asked.op == "differs" else within
    if asked.op == "between":
        return sa.and_(column >= low, column < high)
    if asked.op in {"gt", "ge"}:
        return column >= (high if asked.op == "gt" else low)
    return column < (low if asked.op == "lt" else high)


def _midnight(value: Any, *, after: bool = False) -> dt.datetime:
    """Return when a date begins on this computer, or ends; an instant ends a microsecond later."""
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(microseconds=1) if after else value
    day = value + dt.timedelta(days=1) if after else value
    return dt.datetime.combine(day, dt.time()).astimezone()


def _among(connection: sa.Connection, source: Source, ids: list[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a row is one of ``ids``; a server takes them as one array."""
    if connection.dialect.name == "sqlite":
        return source.id.in_(ids)
    return source.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger)))


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])


@contextmanager
def interruptible(connection: sa.Connection, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Stop a long statement of a SQLite file soon after ``cancelled()``; raises Cancelled then.

    Enter it before the first statement. Sorting goes to a temporary file meanwhile: SQLite frees a
    million rows sorted in memory in one go, and holds the interpreter for it (0.2 s measured).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = driver_connection(connection)
    pragma(connection, "temp_store=FILE")
    raw.set_progress_handler(cancelled, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if cancelled():
            raise Cancelled from error
        raise
    except sa.exc.OperationalError as error:
        if cancelled():
            raise Cancelled from error
        raise
    finally:
        raw.set_progress_handler(None, 0)
        pragma(connection, "temp_store=MEMORY")
