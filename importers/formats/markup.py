"""Reads HTML tables (often named .xls) and web archives that hold them.

Format: HTML tables with colspan and rowspan; the ``x:num`` attribute and ``display:none`` as
Excel writes them; MIME archives by RFC 2557.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importers.formats.assembly import SheetFacts, build_sheet
from importers.formats.book import TYPE_NAMES, OpenOptions
from importers.formats.detect import preview
from importers.formats.encodings import Encoding, codec_name, find_encoding
from importers.formats.limits import MAX_MARKUP, MIB, check_cells, check_width
from importers.formats.source import Source, reader_errors
from importers.formats.workbook import SheetEntry, Workbook, columns_of, wanted
from importers.records import CellValue, FileProblem, Merge, ParsedSheet

MAX_TABLES = 200
MAX_MERGED = 2_000_000
MAX_SPAN = 65_534
"""The most rows a cell may span (HTML standard, 4.9.11)."""
_CHARSET = re.compile(r"""<meta[^>]*charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAK = "\ue000"
"""Stands for a line break made by markup while other white space is folded."""
_HIDDEN = re.compile(r"(display\s*:\s*none|visibility\s*:\s*collapse)", re.IGNORECASE)
_PADDED = re.compile(r"0\d")


@dataclass(slots=True)
class _Grid:
    """The cells of one table while they are placed."""

    cells: dict[tuple[int, int], CellValue] = field(default_factory=dict)
    taken: set[tuple[int, int]] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    height: int = 0
    width: int = 0


def check_size(source: Source, data: bytes) -> None:
    """Raise FileProblem for a markup file that is too large to be held as a tree."""
    if len(data) > MAX_MARKUP:
        raise FileProblem(
            f"{source.name} is too large for a file of its kind (over {MAX_MARKUP // MIB} MiB): "
            "save it as XLSX or CSV"
        )


def read_html(source: Source, options: OpenOptions) -> tuple[Workbook, Encoding]:
    """Return each data table of an HTML file as a sheet, and the encoding it was read in."""
    encoding = _encoding(source, options)
    with source.open() as file:
        data = file.read(MAX_MARKUP + 1)
    check_size(source, data)
    return _read_tables(source, "html", [data.decode(encoding.name, "replace")], options), encoding


def read_mht(source: Source, options: OpenOptions) -> tuple[Workbook, Encoding]:
    """Return the tables in the HTML parts of a web archive."""
    from email import message_from_bytes
    from email.policy import default

    with source.open() as file:
        data = file.read(MAX_MARKUP + 1)
    check_size(source, data)
    pages, name = [], "utf-8"
    with reader_errors(source.name, TYPE_NAMES["mht"]):
        for part in message_from_bytes(data.lstrip(), policy=default).walk():
            if part.get_content_type() == "text/html":
                name = codec_name(options.encoding or part.get_content_charset() or "utf-8")
                payload = part.get_payload(decode=True)
                pages.append(payload.decode(name, "replace") if isinstance(payload, bytes) else "")
    return _read_tables(source, "mht", pages, options), Encoding(name)


def _encoding(source: Source, options: OpenOptions) -> Encoding:
    """Return the encoding that a person, a byte order mark or the page itself names."""
    if options.encoding:
        return find_encoding(source.path, override=options.encoding)
    found = find_encoding(source.path)
    named = _CHARSET.search(preview(source.head()))
    if not found.guesses or not named:
        return found
    try:
        return Encoding(codec_name(named.group(1)))
    except FileProblem:
        return found


def _read_tables(source: Source, kind: str, pages: list[str], options: OpenOptions) -> Workbook:
    from lxml import html

    sheets: list[ParsedSheet] = []
    with reader_errors(source.name, TYPE_NAMES[kind]):
        parser = html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True)
        for page in pages:
            # lxml refuses a decoded text with a declaration of its encoding.
            text = _DECLARATION.sub("", page)
            if not _TABLE.search(text):
                continue
            for table in _data_tables(html.document_fromstring(text, parser=parser)):
                sheets.append(_sheet(table, len(sheets) + 1, source.name))
    sheets = [s for s in sheets if s.row_count][:MAX_TABLES]
    if not sheets:
        raise FileProblem(f"{source.name} is an HTML page without a table: ask for the price list")
    entries = [SheetEntry(i, s.name) for i, s in enumerate(sheets)]
    chosen = [sheets[e.index] for e in wanted(entries, options, source.name)]
    return Workbook(sheets=chosen, names=[e.name for e in entries])


def _data_tables(root: Any) -> Iterator[Any]:
    """Yield the tables that hold no other table: those around them only lay out the page."""
    for table in root.iter("table"):
        if table.find(".//table") is None:
            yield table


def _sheet(table: Any, number: int, name: str) -> ParsedSheet:
    title = f"Table {number}"
    grid = _Grid()
    _read_column_marks(table, grid)
    table_rows = list(table.iter("tr"))
    for row in table_rows:
        _place_row(row, grid, len(table_rows) - grid.height)
        check_width(grid.width, name, sheet=title)
        check_cells(grid.height, grid.width, name, sheet=title)
        if len(grid.taken) > MAX_MERGED:
            raise FileProblem(
                f"{name}, {title!r}: merged cells cover more than {MAX_MERGED} cells: "
                "save it as XLSX or CSV"
            )
    facts = SheetFacts(
        hidden_rows=grid.hidden_rows,
        hidden_columns=grid.hidden_columns,
        merges=tuple(grid.merges),
    )
    return build_sheet(title, columns_of(_rows(grid)), facts)


def _rows(grid: _Grid) -> Iterator[list[CellValue]]:
    for row in range(grid.height):
        yield [grid.cells.get((row, column)) for column in range(grid.width)]


def _read_column_marks(table: Any, grid: _Grid) -> None:
    column = 0
    for mark in table.iter("col"):
        span = _span(mark.get("span"))
        if _HIDDEN.search(mark.get("style", "")):
            grid.hidden_columns.update(range(column, column + min(span, 1000)))
        column += span


def _place_row(row: Any, grid: _Grid, rows_left: int) -> None:
    """Put the cells of a table row where earlier spans leave room (HTML standard, 4.9.12).

    A cell spans no further than the table's last row; ``rows_left`` counts from this one.
    """
    place, column = grid.height, 0
    grid.height += 1
    if _HIDDEN.search(row.get("style", "")):
        grid.hidden_rows.append(place)
    for cell in row.iterchildren("td", "th"):
        while (place, column) in grid.taken:
            column += 1
        wide = min(_span(cell.get("colspan")), 1000)
        high = min(_span(cell.get("rowspan")), rows_left)
        grid.cells[place, column] = _value(cell)
        if wide > 1 or high > 1:
            _merge(grid, Merge(place, column, place + high - 1, column + wide - 1))
        column += wide
        grid.width = max(grid.width, column)


def _merge(grid: _Grid, merge: Merge) -> None:
    grid.merges.append(merge)
    grid.taken.update(
        (row, column)
        for row in range(merge.top, merge.bottom + 1)
        for column in range(merge.left, merge.right + 1)
    )


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), MAX_SPAN) if digits.isdecimal() else 1


def _value(cell: Any) -> CellValue:
    """Return the text of a cell, or the full number where Excel shows it rounded."""
    text = _text(cell)
    number = _number_mark(cell.attrib)
    if number and not _PADDED.match(text):
        try:
            return float(number)
        except ValueError:
            return text
    return text


def _number_mark(attributes: Mapping[str, str]) -> str:
    return attributes.get("x:num", "") or attributes.get("sdval", "")


def _text(cell: Any) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = _BREAK + (line_break.tail or "")
    # Only breaks made by markup are line breaks; NBSP stays, it may be a thousands mark.
    lines = "".join(cell.itertext()).split(_BREAK)
    return "\n".join(_SPACE.sub(" ", line).strip(" ") for line in lines).strip("\n")
