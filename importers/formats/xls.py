"""Reads XLS workbooks: calamine for the cells, xlrd for what it leaves out or can't read.

Format: [MS-XLS] Excel Binary File Format (BIFF8) and its predecessors.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Any

from importers.formats.assembly import SheetFacts, build_sheet
from importers.formats.book import TYPE_NAMES, XLS_SHEET_ROWS, OpenOptions, warning
from importers.formats.limits import MIB
from importers.formats.ole import OLE_MAGIC, OleFile
from importers.formats.sheet_walk import FORMAT_ROWS
from importers.formats.source import Source, reader_errors
from importers.formats.workbook import (
    SheetEntry,
    Workbook,
    columns_of,
    open_calamine,
    read_each,
    read_sheet,
    sheet_entries,
    wanted,
)
from importers.records import CellError, CellValue, FileProblem, Issue, Merge, ParsedSheet

XLRD_UP_TO = 20 * MIB
"""Larger files are read without hidden marks: xlrd keeps every cell as an object."""
_FILEPASS, _EOF = 0x2F, 0x0A
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5


def is_encrypted_xls(source: Source) -> bool:
    """Tell whether the workbook stream has a FILEPASS record ([MS-XLS] 2.4.117)."""
    with source.open() as file:
        data = file.read()
    if data.startswith(OLE_MAGIC):
        ole = OleFile(data, source.name)
        stream = next((n for n in ole.streams if n.lower() in ("workbook", "book")), "")
        data = ole.read(stream) if stream else b""
    return any(kind == _FILEPASS for kind in _record_types(data))


def _record_types(data: bytes) -> Iterator[int]:
    """Yield the record types of the workbook's own part, up to its end mark."""
    place = 0
    while place + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        if kind == _EOF:
            return
        yield kind
        place += 4 + length


def read_xls(source: Source, options: OpenOptions) -> Workbook:
    """Return the sheets of an XLS workbook; FileProblem if neither reader can read it."""
    details = _open_xlrd(source)
    try:
        book = open_calamine(source, "xls")
    except FileProblem:
        if details is None:
            raise
        return _read_by_xlrd(details, source, options)
    entries = sheet_entries(book)
    result = Workbook(names=[e.name for e in entries])

    def read(entry: SheetEntry) -> ParsedSheet:
        facts, notes = _facts_of(details, entry.name)
        date_1904 = bool(details is not None and details.datemode)
        try:
            return read_sheet(
                book, entry, source, "xls", facts=facts, date_1904=date_1904, notes=notes
            )
        except FileProblem:
            if details is None or entry.name not in details.sheet_names():
                raise
            return _sheet_by_xlrd(details, entry, source)

    chosen = wanted(entries, options, source.name)
    read_each(chosen, read, result, strict=options.sheets is not None)
    return result


# --------------------------------------------------------------------------- xlrd


def _open_xlrd(source: Source) -> Any:
    """Return xlrd's workbook, or None where it can't read the file or should not."""
    with source.open() as file:
        data = file.read(XLRD_UP_TO + 1)
    if len(data) > XLRD_UP_TO:
        return None
    import xlrd

    try:
        with reader_errors(source.name, TYPE_NAMES["xls"]):
            return xlrd.open_workbook(
                file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
            )
    except FileProblem:
        return None


def _facts_of(details: Any, name: str) -> tuple[SheetFacts, list[Issue]]:
    if details is None or name not in details.sheet_names():
        reason = "error cells of this XLS file look empty: check rows without a price"
        return SheetFacts(visibility_known=False), [warning(reason, sheet=name)]
    return _facts(details, details.sheet_by_name(name)), []


def _facts(details: Any, sheet: Any) -> SheetFacts:
    from xlrd.biffh import error_text_from_code as error_texts

    facts = SheetFacts(
        hidden_rows=[r for r, row in sheet.rowinfo_map.items() if row.hidden],
        hidden_columns={c for c, column in sheet.colinfo_map.items() if column.hidden},
        merges=tuple(
            Merge(top, left, bottom - 1, right - 1)
            for top, bottom, left, right in sorted(sheet.merged_cells)
        ),
        formats=_formats(details, sheet),
    )
    for row in range(sheet.nrows):
        types = sheet.row_types(row)
        if _ERROR in types:
            for column, kind in enumerate(types):
                if kind == _ERROR:
                    text = error_texts.get(sheet.cell_value(row, column), "#ERROR!")
                    facts.marks.append((row, column, CellError(text)))
    return facts


def _formats(details: Any, sheet: Any) -> dict[int, str]:
    """Return the prevailing number format of each column's first numbers."""
    counts: dict[int, Counter[str]] = {}
    end = sheet.nrows
    for row in range(sheet.nrows):
        if row > end:
            break
        for column, kind in enumerate(sheet.row_types(row)):
            if kind in (_NUMBER, _DATE):
                end = min(end, row + FORMAT_ROWS)
                style = details.xf_list[sheet.cell_xf_index(row, column)]
                found = details.format_map.get(style.format_key)
                text = found.format_str if found else ""
                counts.setdefault(column, Counter())[text] += 1
    best = {c: counter.most_common(1)[0][0] for c, counter in counts.items()}
    return {c: text for c, text in best.items() if text and text.lower() != "general"}


def _read_by_xlrd(details: Any, source: Source, options: OpenOptions) -> Workbook:
    entries = [
        SheetEntry(i, sheet.name, hidden=bool(sheet.visibility))
        for i, sheet in enumerate(details.sheets())
    ]
    result = Workbook(names=[e.name for e in entries])
    for entry in wanted(entries, options, source.name):
        result.sheets.append(_sheet_by_xlrd(details, entry, source))
    return result


def _sheet_by_xlrd(details: Any, entry: SheetEntry, source: Source) -> ParsedSheet:
    with reader_errors(source.name, TYPE_NAMES["xls"], sheet=entry.name):
        sheet = details.sheet_by_name(entry.name)
        columns = columns_of(_rows(details, sheet))
        facts = _facts(details, sheet)
    return build_sheet(
        entry.name,
        columns,
        facts,
        hidden=entry.hidden,
        date_1904=bool(details.datemode),
        max_rows=XLS_SHEET_ROWS,
    )


def _rows(details: Any, sheet: Any) -> Iterator[list[CellValue]]:
    width = max((sheet.row_len(row) for row in range(sheet.nrows)), default=0)
    for row in range(sheet.nrows):
        values = [_value(details, cell) for cell in sheet.row(row)]
        yield values + [None] * (width - len(values))


def _value(details: Any, cell: Any) -> CellValue:
    if cell.ctype == _TEXT:
        return str(cell.value)
    if cell.ctype == _NUMBER:
        return float(cell.value)
    if cell.ctype == _BOOLEAN:
        return bool(cell.value)
    if cell.ctype == _DATE:
        return _date(float(cell.value), int(details.datemode))
    return None


def _date(serial: float, datemode: int) -> CellValue:
    """Return a date, a time (below 1) or both; the bare number where it is no date."""
    import xlrd

    try:
        moment: dt.datetime = xlrd.xldate_as_datetime(serial, datemode)
    except (xlrd.XLDateError, OverflowError, ValueError):
        return serial
    if 0 <= serial < 1:
        return moment.time()
    return moment.date() if serial.is_integer() else moment
