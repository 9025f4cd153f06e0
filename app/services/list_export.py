"""Writes a list as it is shown to XLSX or CSV: its rows, its columns, in its order (item 22)."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from app.domain.records import ListQuery, Row
from app.domain.sections import Column, Kind, Section
from app.errors import UserError
from app.services import records
from app.services.context import Context, section_service
from app.services.tariffs.import_checks import refuse_unwritable
from app.services.tariffs.rejects import escaped

CHUNK = 1000
"""Rows per read: between two of them others may write to a file, and the person may cancel."""

XLSX_ROWS = 1_048_575
"""Rows of a sheet below its header."""

LONGEST_CELL = 32_767
"""Characters of a cell in a spreadsheet."""

EXACT_DIGITS = 15
"""Digits that a spreadsheet's number holds for certain."""

_WIDTHS = (6, 60)
_FORMATS = {
    Kind.PRICE: "#,##0.00000###",
    Kind.AMOUNT: "#,##0.00##",
    Kind.NUMBER: "0",
    Kind.DATE: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
}

Cell = str | int | Decimal | dt.date | dt.datetime | None


class Sink(Protocol):
    """Takes the rows of a table, one after the other."""

    def write(self, cells: Sequence[Cell]) -> None:
        """Write a row; the cells are in the order of the columns."""


@section_service("view", export=True)
def export_list(
    ctx: Context,
    section: Section,
    query: ListQuery,
    columns: Sequence[str],
    path: Path,
    locale_free: bool = True,
    *,
    ids: Sequence[int] | None = None,
) -> int:
    """Write the rows of the query (or ``ids`` of them) to ``path`` and return their number.

    The ending chooses: .xlsx has real numbers and dates, .csv is UTF-8 with a point and commas, or
    with a decimal comma and semicolons unless ``locale_free``. Times are those of this computer,
    or those of a zone in the next column.
    """
    chosen = [section.column(name) for name in _with_zones(section, columns)]
    wanted = records.keys(ctx, section, query) if ids is None else ids
    with open_table(path, section.title, chosen, len(wanted), locale_free=locale_free) as sink:
        return _copy(ctx, section, query, chosen, wanted, sink)


def _with_zones(section: Section, names: Sequence[str]) -> Iterator[str]:
    """Yield columns, each behind the time zone of local times if that is not among them."""
    for name in names:
        yield name
        zone = section.column(name).zone
        if zone and zone not in names:
            yield zone


@contextmanager
def open_table(
    path: Path, title: str, columns: Sequence[Column], rows: int, *, locale_free: bool = True
) -> Iterator[Sink]:
    """Yield what takes the ``rows`` of a table for ``path``, which is replaced when all is there.

    Raises UserError for another ending than .xlsx and .csv, too many rows, an unwritable place.
    """
    write = {".xlsx": _xlsx, ".csv": _csv}.get(path.suffix.lower())
    if write is None:
        raise UserError(f"{path.name}: choose a name that ends in .xlsx or .csv.")
    refuse_unwritable(path)
    if write is _xlsx and rows > XLSX_ROWS:
        raise UserError(f"{rows} rows do not fit an XLSX sheet: export to .csv instead.")
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with write(temporary, title, columns, locale_free) as sink:
            yield sink
        temporary.replace(path)
    except OSError as problem:
        raise UserError(
            f"{path} can't be written ({problem.strerror}): choose another place."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _copy(
    ctx: Context,
    section: Section,
    query: ListQuery,
    columns: Sequence[Column],
    wanted: Sequence[int],
    sink: Sink,
) -> int:
    places = {column.name: index for index, column in enumerate(section.columns, start=1)}
    readers = [(places[column.name], _reader(column)) for column in columns]
    count = 0
    for start in range(0, len(wanted), CHUNK):
        ctx.stop_if_cancelled()
        ctx.report("writing", start, len(wanted))
        rows: list[Row] = records.rows_by_keys(ctx, section, query, wanted[start : start + CHUNK])
        for row in rows:
            sink.write([read(row[place]) for place, read in readers])
        count += len(rows)
    ctx.report("writing", len(wanted), len(wanted))
    return count


def _reader(column: Column) -> Callable[[Any], Cell]:
    """Return what turns a value of the list into a cell: titles for words, local times."""
    if column.kind in {Kind.CHOICE, Kind.STATUS}:
        titles = {choice.value: choice.title for choice in column.choices}
        return lambda value: titles.get(value, value)
    if column.kind is Kind.FLAG:
        return lambda value: None if value is None else ("Yes" if value else "No")
    if column.zone:
        return lambda value: value and value.replace(tzinfo=None, microsecond=0)
    if column.kind is Kind.INSTANT:
        return lambda value: value and value.astimezone().replace(tzinfo=None, microsecond=0)
    if column.kind in {Kind.NUMBER, Kind.PRICE, Kind.AMOUNT, Kind.DATE}:
        return lambda value: value
    return lambda value: None if value is None else str(value)


# ------------------------------------------------------------------------------ CSV


class _CsvSink:
    def __init__(self, writer: Any, *, comma: bool) -> None:
        self._writer, self._comma = writer, comma

    def write(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([self._text(cell) for cell in cells])

    def _text(self, cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, str):
            return escaped(cell)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(sep=" ")
        if isinstance(cell, dt.date):
            return cell.isoformat()
        text = f"{cell.normalize():f}" if isinstance(cell, Decimal) else str(cell)
        return text.replace(".", ",") if self._comma else text


@contextmanager
def _csv(
    path: Path,
    _title: str,
    columns: Sequence[Column],
    locale_free: bool,
) -> Iterator[Sink]:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter="," if locale_free else ";")
        writer.writerow([column.title for column in columns])
        yield _CsvSink(writer, comma=not locale_free)


# ------------------------------------------------------------------------------ XLSX


class _XlsxSink:
    def __init__(self, sheet: Any, formats: Sequence[Any]) -> None:
        self._sheet, self._formats = sheet, formats
        self.row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        self.row += 1
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                self._cell(column, cell)

    def _cell(self, column: int, cell: Any) -> None:
        sheet, row, style = self._sheet, self.row, self._formats[column]
        if isinstance(cell, str):
            sheet.write_string(row, column, cell[:LONGEST_CELL])
        elif isinstance(cell, (dt.date, dt.datetime)):
            sheet.write_datetime(row, column, cell, style)
        elif _is_exact(cell):
            sheet.write_number(row, column, cell, style)
        else:
            sheet.write_string(row, column, f"{cell:f}" if isinstance(cell, Decimal) else str(cell))


def _is_exact(number: int | Decimal) -> bool:
    digits = Decimal(number).normalize().as_tuple().digits
    return len(digits) <= EXACT_DIGITS


@contextmanager
def _xlsx(
    path: Path,
    title: str,
    columns: Sequence[Column],
    locale_free: bool,  # noqa: ARG001
) -> Iterator[Sink]:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix="tariffdesk-export-") as folder:
        options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(path), options)
        sheet = book.add_worksheet(title[:31])
        try:
            sink = _XlsxSink(sheet, _head(book, sheet, columns))
            yield sink
            sheet.autofilter(0, 0, max(sink.row, 1), max(len(columns) - 1, 0))
            book.close()
        except FileCreateError as problem:
            raise problem.args[0] from None
        finally:
            # Closing the book would write all of a cancelled export first.
            sheet.row_data_fh.close()


def _head(book: Any, sheet: Any, columns: Sequence[Column]) -> list[Any]:
    """Write the header, frozen; return the format of each column."""
    bold = book.add_format({"bold": True, "bottom": 1})
    styles = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        least, most = _WIDTHS
        width = max(least, min(most, max(column.width, len(column.title) + 3)))
        style = text if column.kind is Kind.CODE else None
        sheet.set_column(place, place, width, style)
        sheet.write_string(0, place, column.title, bold)
    return [styles.get(column.kind) for column in columns]
