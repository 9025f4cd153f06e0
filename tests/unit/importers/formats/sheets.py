"""Writes the small files that the tests of this folder read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from importers.formats.book import Book, OpenOptions
from importers.formats.reading import open_book
from importers.records import CellValue, ParsedSheet


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write text or bytes as they are (no newline translation)."""
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def rows(sheet: ParsedSheet) -> list[list[CellValue]]:
    """Return all typed values of a sheet, row by row."""
    return [[c.values[c.codes[r]] for c in sheet.columns] for r in range(sheet.row_count)]


def only(book: Book) -> ParsedSheet:
    """Return the single sheet of a book."""
    (sheet,) = book.sheets
    return sheet


def read(path: Path, **options: object) -> ParsedSheet:
    """Open ``path`` and return its single sheet."""
    return only(open_book(path, OpenOptions(**options)))  # type: ignore[arg-type]


def reasons(book: Book) -> str:
    """Return all remarks of a book as one text."""
    return "\n".join(note.reason for note in book.notes)


WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '{properties}<sheets><sheet name="Rates" sheetId="1" r:id="rId1"/></sheets>{calc}</workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="{id}" Target="{target}" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{kind}"/></Relationships>'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{before}<sheetData>{rows}</sheetData></worksheet>"
)


def xlsx_parts(sheet: str | bytes, *, properties: str = "", calc: str = "") -> dict[str, bytes]:
    """Return the parts of a one-sheet XLSX package around the XML of the sheet."""
    sheet = sheet.encode() if isinstance(sheet, str) else sheet
    texts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS.format(id="r1", target="xl/workbook.xml", kind="officeDocument"),
        "xl/workbook.xml": WORKBOOK.format(properties=properties, calc=calc),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            id="rId1", target="worksheets/sheet1.xml", kind="worksheet"
        ),
    }
    return {name: text.encode() for name, text in texts.items()} | {
        "xl/worksheets/sheet1.xml": sheet
    }


def write_zip(path: Path, parts: dict[str, bytes]) -> Path:
    """Write ``parts`` as a ZIP archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def raw_xlsx(path: Path, row_xml: str, *, before: str = "", **workbook: str) -> Path:
    """Write an XLSX file whose rows are given as XML."""
    return write_zip(path, xlsx_parts(SHEET.format(rows=row_xml, before=before), **workbook))
