"""Puts a parsed sheet together from its columns and the facts found beside them."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from importers.formats.book import MAX_SHEET_ROWS, warning
from importers.records import CellError, CellValue, Column, Issue, Merge, ParsedSheet

Mark = tuple[int, int, CellValue]
"""(row, column, value), 0-based: a cell that the bulk reader gets wrong."""

NO_RESULT = CellError("formula without result")


CHUNK_ROWS = 1000
"""Rows turned into columns at a time: few enough to stay in the processor's cache."""


@contextmanager
def collector_off() -> Iterator[None]:
    """Stop the cyclic garbage collector: the millions of rows hold no cycles (saves 13 % cpu)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(slots=True)
class SheetFacts:
    """What a sheet says besides its plain values; rows and columns are 0-based.

    ``formats`` maps a column to the prevailing format of its numbers. ``far_row`` and
    ``far_column`` bound the cells that hold something (-1 = not known).
    """

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    marks: list[Mark] = field(default_factory=list)
    formats: Mapping[int, str] = field(default_factory=dict)
    merges: tuple[Merge, ...] = ()
    has_formulas: bool = False
    visibility_known: bool = True
    far_row: int = -1
    far_column: int = -1


def build_sheet(
    name: str,
    columns: Iterable[Column],
    facts: SheetFacts,
    *,
    hidden: bool = False,
    date_1904: bool = False,
    max_rows: int = MAX_SHEET_ROWS,
    notes: Iterable[Issue] = (),
) -> ParsedSheet:
    """Return the sheet: corrected cells put in, empty rows and columns at the end cut off."""
    marked = trimmed(apply_marks(list(columns), facts.marks))
    rows = len(marked[0].codes) if marked else 0
    dressed = tuple(
        replace(c, number_format=facts.formats.get(i, ""), hidden=i in facts.hidden_columns)
        for i, c in enumerate(marked)
    )
    return ParsedSheet(
        name=name,
        columns=dressed,
        row_count=rows,
        hidden=hidden,
        merges=facts.merges,
        hidden_rows=_rows_within(facts.hidden_rows, rows),
        visibility_known=facts.visibility_known,
        date_1904=date_1904,
        notes=(*notes, *_cut_note(name, rows, max_rows)),
    )


def _rows_within(rows: Iterable[int], count: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    array = np.unique(np.fromiter(rows, np.int32))
    return array[array < count]


def _cut_note(name: str, rows: int, max_rows: int) -> tuple[Issue, ...]:
    if rows != max_rows:
        return ()
    reason = f"the sheet has exactly {rows} rows, as many as fit: it was probably cut by Excel"
    return (warning(reason, sheet=name, row=rows),)


def apply_marks(columns: list[Column], marks: Iterable[Mark]) -> list[Column]:
    """Return ``columns`` with the values of ``marks`` put in; the sheet grows where needed."""
    by_column: dict[int, dict[CellValue, list[int]]] = {}
    for row, column, value in marks:
        by_column.setdefault(column, {}).setdefault(value, []).append(row)
    if not by_column:
        return columns
    rows = max(max(r) for values in by_column.values() for r in values.values()) + 1
    rows = max(rows, len(columns[0].codes) if columns else 0)
    width = max(len(columns), max(by_column) + 1)
    grown = [_padded(c, rows) for c in columns]
    grown += [empty_column(rows) for _ in range(width - len(grown))]
    for index, values in by_column.items():
        grown[index] = _marked(grown[index], values)
    return grown


def _marked(column: Column, marks: Mapping[CellValue, list[int]]) -> Column:
    values, codes = list(column.values), column.codes.copy()
    for value, rows in marks.items():
        codes[np.array(rows)] = _place(values, value)
    return compact(replace(column, values=values, codes=codes))


def _place(values: list[CellValue], value: CellValue) -> int:
    """Return the index of ``value`` in ``values``, where it is put if missing."""
    for index, known in enumerate(values):
        if type(known) is type(value) and known == value:
            return index
    values.append(value)
    return len(values) - 1


def compact(column: Column) -> Column:
    """Return ``column`` without values that no cell has any more."""
    used = np.union1d(np.zeros(1, np.int32), column.codes)
    if len(used) == len(column.values):
        return column
    renumber = np.zeros(len(column.values), np.int32)
    renumber[used] = np.arange(len(used), dtype=np.int32)
    values = [column.values[i] for i in used.tolist()]
    return replace(column, values=values, codes=renumber[column.codes])


def _padded(column: Column, rows: int) -> Column:
    missing = rows - len(column.codes)
    if missing <= 0:
        return column
    return replace(column, codes=np.concatenate([column.codes, np.zeros(missing, np.int32)]))


def empty_column(rows: int) -> Column:
    """Return a column of ``rows`` empty cells."""
    return Column(values=[None], codes=np.zeros(rows, np.int32))


def trimmed(columns: list[Column]) -> list[Column]:
    """Return ``columns`` without the empty rows and columns at the end (Q14)."""
    used = [_last_used(c) for c in columns]
    rows = max(used, default=0)
    width = max((i + 1 for i, last in enumerate(used) if last), default=0)
    if rows == (len(columns[0].codes) if columns else 0):
        return columns[:width]
    return [replace(c, codes=c.codes[:rows]) for c in columns[:width]]


def _last_used(column: Column) -> int:
    """Return the number of rows up to the last non-empty one."""
    codes = column.codes
    if not len(codes) or codes[-1]:
        return len(codes)
    used = np.flatnonzero(codes)
    return int(used[-1]) + 1 if len(used) else 0
