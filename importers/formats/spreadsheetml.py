"""Reads Excel 2003 XML workbooks (SpreadsheetML), which some systems send under the name .xls.

Format: Microsoft Office 2003 XML Reference Schemas, XML Spreadsheet (urn:schemas-microsoft-com:
office:spreadsheet).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from importers.formats.assembly import NO_RESULT, SheetFacts, build_sheet
from importers.formats.book import OpenOptions
from importers.formats.limits import MAX_MARKUP, check_cells, check_width
from importers.formats.markup import check_size
from importers.formats.package import attribute, local
from importers.formats.source import Source
from importers.formats.workbook import SheetEntry, Workbook, columns_of, wanted
from importers.formats.xml_problems import broken_xml, refused_entities
from importers.records import CellError, CellValue, Merge, ParsedSheet

_NAMED_FORMATS = {"general date": "yyyy-mm-dd hh:mm", "short date": "yyyy-mm-dd", "fixed": "0.00"}


@dataclass(slots=True)
class _Sheet:
    """A worksheet while its elements pass by; rows and columns are 0-based."""

    name: str
    hidden: bool = False
    row: int = -1
    width: int = 0
    next_column: int = 0
    column_marks: int = 0
    cells: list[tuple[int, int, CellValue]] = field(default_factory=list)
    facts: SheetFacts = field(default_factory=SheetFacts)
    merges: list[Merge] = field(default_factory=list)
    styles: dict[int, Counter[str]] = field(default_factory=dict)


class _Reader:
    """Follows the events of the XML and builds the sheets."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._formats: dict[str, str] = {}
        self.sheets: list[_Sheet] = []
        self.date_1904 = False

    def start(self, element: Any) -> None:
        tag = local(element.tag)
        if tag == "Worksheet":
            self.sheets.append(_Sheet(attribute(element, "Name")))
        elif tag == "Row" and self.sheets:
            self._start_row(element, self.sheets[-1])

    def end(self, element: Any) -> None:
        tag = local(element.tag)
        handler = getattr(self, f"_end_{tag.lower()}", None)
        if handler:
            handler(element)

    def _end_style(self, element: Any) -> None:
        for child in element:
            if local(child.tag) == "NumberFormat":
                code = attribute(child, "Format")
                self._formats[attribute(element, "ID")] = _NAMED_FORMATS.get(code.lower(), code)

    def _end_date1904(self, _element: Any) -> None:
        self.date_1904 = True

    def _end_visible(self, element: Any) -> None:
        if self.sheets and (element.text or "").strip() in ("SheetHidden", "SheetVeryHidden"):
            self.sheets[-1].hidden = True

    def _end_column(self, element: Any) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[-1]
        first = _number(element, "Index", sheet.column_marks + 1) - 1
        last = first + _number(element, "Span", 0)
        if attribute(element, "Hidden") == "1":
            sheet.facts.hidden_columns.update(range(first, min(last + 1, 16_384)))
        sheet.column_marks = last + 1

    def _start_row(self, element: Any, sheet: _Sheet) -> None:
        sheet.row = _number(element, "Index", sheet.row + 2) - 1
        sheet.next_column = 0
        if attribute(element, "Hidden") == "1":
            last = sheet.row + min(_number(element, "Span", 0), 1_048_576)
            sheet.facts.hidden_rows += range(sheet.row, last + 1)

    def _end_row(self, element: Any) -> None:
        if self.sheets:
            self.sheets[-1].row += _number(element, "Span", 0)
        element.clear()

    def _end_cell(self, element: Any) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[-1]
        column = _number(element, "Index", sheet.next_column + 1) - 1
        right = column + _number(element, "MergeAcross", 0)
        bottom = sheet.row + _number(element, "MergeDown", 0)
        if right > column or bottom > sheet.row:
            sheet.merges.append(Merge(sheet.row, column, bottom, right))
        value = self._value(element)
        if value is not None:
            sheet.cells.append((sheet.row, column, value))
            sheet.width = max(sheet.width, column + 1)
            self._count_format(element, sheet, column, value)
        sheet.next_column = right + 1
        check_width(sheet.width, self._name, sheet=sheet.name)

    def _value(self, element: Any) -> CellValue:
        data = next((child for child in element if local(child.tag) == "Data"), None)
        if data is None:
            return NO_RESULT if attribute(element, "Formula") else None
        return _typed("".join(data.itertext()), attribute(data, "Type"))

    def _count_format(self, element: Any, sheet: _Sheet, column: int, value: CellValue) -> None:
        if isinstance(value, float):
            style = self._formats.get(attribute(element, "StyleID"), "")
            sheet.styles.setdefault(column, Counter())[style] += 1


def _number(element: Any, name: str, default: int) -> int:
    text = attribute(element, name)
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _typed(text: str, kind: str) -> CellValue:
    """Return the value of a Data element; a text where it is not of the kind it claims."""
    if kind == "Error":
        return CellError(text)
    if kind == "Boolean":
        return text.strip() == "1"
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            moment = dt.datetime.fromisoformat(text.strip())
            return moment.date() if moment.time() == dt.time() else moment
    except ValueError:
        return text or None
    return text or None


def read_spreadsheetml(source: Source, options: OpenOptions) -> Workbook:
    """Return the sheets of an Excel 2003 XML workbook.

    Raises FileProblem for broken XML and for one that declares entities.
    """
    with source.open() as file:
        check_size(source, file.read(MAX_MARKUP + 1))
    reader = _follow(source)
    entries = [SheetEntry(i, s.name, hidden=s.hidden) for i, s in enumerate(reader.sheets)]
    chosen = wanted(entries, options, source.name)
    sheets = [_build(reader.sheets[e.index], reader, source.name) for e in chosen]
    return Workbook(sheets=sheets, names=[e.name for e in entries])


def _follow(source: Source) -> _Reader:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    reader = _Reader(source.name)
    try:
        with source.open() as file:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                (reader.start if event == "start" else reader.end)(element)
    except DefusedXmlException:
        raise refused_entities(source.name) from None
    except (ParseError, LookupError, ValueError) as error:
        raise broken_xml(source.name, error) from None
    return reader


def _build(sheet: _Sheet, reader: _Reader, name: str) -> ParsedSheet:
    height = max((row for row, _, _ in sheet.cells), default=-1) + 1
    check_cells(height, sheet.width, name, sheet=sheet.name)
    sheet.facts.merges = tuple(sheet.merges)
    best = {c: counter.most_common(1)[0][0] for c, counter in sheet.styles.items()}
    sheet.facts.formats = {c: code for c, code in best.items() if code and code != "General"}
    return build_sheet(
        sheet.name,
        columns_of(_rows(sheet, height)),
        sheet.facts,
        hidden=sheet.hidden,
        date_1904=reader.date_1904,
    )


def _rows(sheet: _Sheet, height: int) -> Iterator[list[CellValue]]:
    """Yield every row, those without cells too."""
    cells = iter(sorted(sheet.cells, key=lambda cell: cell[0]))
    row, column, value = next(cells, (height, 0, None))
    for current in range(height):
        values: list[CellValue] = [None] * sheet.width
        while row == current:
            values[column] = value
            row, column, value = next(cells, (height, 0, None))
        yield values
