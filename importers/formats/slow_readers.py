"""Reads the XLSX workbooks and sheets that calamine can't, by openpyxl."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from importers.formats.assembly import SheetFacts, build_sheet
from importers.formats.book import TYPE_NAMES, OpenOptions
from importers.formats.limits import check_width
from importers.formats.package import Package
from importers.formats.source import Source, reader_errors
from importers.formats.workbook import (
    SheetEntry,
    Workbook,
    check_reach,
    columns_of,
    read_each,
    wanted,
)
from importers.records import CellError, CellValue, ParsedSheet


@contextmanager
def _openpyxl(source: Source) -> Iterator[Any]:
    """Give openpyxl's workbook for as long as its file is open."""
    import openpyxl

    with (
        warnings.catch_warnings(),
        reader_errors(source.name, TYPE_NAMES["xlsx"]),
        source.open() as file,
    ):
        warnings.simplefilter("ignore")
        yield openpyxl.load_workbook(file, read_only=True, data_only=True)


def read_by_openpyxl(
    source: Source,
    options: OpenOptions,
    package: Package,
    facts_of: Callable[[str], SheetFacts],
) -> Workbook:
    """Return the sheets of an XLSX workbook by openpyxl; FileProblem if it can't read it either."""
    with _openpyxl(source) as book:
        entries = [
            SheetEntry(i, s.title, hidden=s.sheet_state != "visible")
            for i, s in enumerate(book.worksheets)
        ]
        result = Workbook(names=[e.name for e in entries])

        def read(entry: SheetEntry) -> ParsedSheet:
            sheet = book[entry.name]
            return _read_sheet(sheet, entry, source, package, facts_of(entry.name))

        strict = options.sheets is not None
        read_each(wanted(entries, options, source.name), read, result, strict=strict)
    return result


def sheet_by_openpyxl(
    source: Source, entry: SheetEntry, package: Package, facts: SheetFacts
) -> ParsedSheet:
    """Return one sheet of an XLSX workbook by openpyxl; FileProblem if it can't read it."""
    with _openpyxl(source) as book:
        return _read_sheet(book[entry.name], entry, source, package, facts)


def _read_sheet(
    sheet: Any, entry: SheetEntry, source: Source, package: Package, facts: SheetFacts
) -> ParsedSheet:
    with reader_errors(source.name, TYPE_NAMES["xlsx"], sheet=entry.name):
        sheet.reset_dimensions()
        width = facts.far_column + 1
        check_width(width, source.name, sheet=entry.name)
        check_reach(facts, source, entry.name)
        columns = columns_of(_rows(sheet, width))
    return build_sheet(entry.name, columns, facts, hidden=entry.hidden, date_1904=package.date_1904)


def _rows(sheet: Any, width: int) -> Iterator[Sequence[CellValue]]:
    """Yield rows of ``width`` values, dates at midnight as dates like everywhere else."""
    for row in sheet.iter_rows(min_row=1, min_col=1, max_col=max(width, 1), values_only=True):
        values = [_plain(v) for v in row[:width]]
        yield values + [None] * (width - len(values))


def _plain(value: CellValue) -> CellValue:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, str) and value.startswith("#") and value in _ERRORS:
        return CellError(value)
    return value


_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
