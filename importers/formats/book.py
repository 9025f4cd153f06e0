"""What comes out of reading a file, and what a person can say about how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from importers.records import Issue, ParsedSheet, Severity

MAX_SHEET_ROWS = 1_048_576
"""Rows of one Excel sheet since 2007; a sheet of exactly that size was probably cut (Q4)."""

XLS_SHEET_ROWS = 65_536
"""Rows of one sheet in the older XLS format."""

TYPE_NAMES = {
    "xlsx": "an Excel workbook (XLSX)",
    "xlsm": "an Excel workbook with macros (XLSM)",
    "xlsb": "a binary Excel workbook (XLSB)",
    "xls": "an Excel 97-2003 workbook (XLS)",
    "ods": "an OpenDocument spreadsheet (ODS)",
    "csv": "a text table (CSV)",
    "tsv": "a tab-separated text table (TSV)",
    "html": "an HTML table",
    "mht": "a web archive (MHT) with an HTML table",
    "spreadsheetml": "an Excel 2003 XML workbook (SpreadsheetML)",
}

CLAIMS = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsm",
    ".xltx": "xlsx",
    ".xltm": "xlsm",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".xlt": "xls",
    ".ods": "ods",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".htm": "html",
    ".html": "html",
    ".mht": "mht",
    ".mhtml": "mht",
    ".xml": "spreadsheetml",
}


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """How to read a file; everything left empty is found out.

    ``encoding`` is a Python codec name, ``delimiter`` one character (text files only), ``quotes``
    False takes quotation marks as ordinary characters. ``sheets`` names the sheets to read, by
    name or 0-based index; None reads all.
    """

    encoding: str = ""
    delimiter: str = ""
    password: str = ""
    quotes: bool = True
    sheets: tuple[str | int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A file as it was read.

    ``type`` is a key of TYPE_NAMES by content, ``claimed`` the one that the file's name says ("" =
    none). ``encoding`` and ``delimiter`` are those in force ("" for workbooks). ``sheets`` are the
    sheets read, ``sheet_names`` all there are. ``notes`` hold every remark, also those of the
    single sheets (which have an Issue's ``sheet`` set).
    """

    path: Path
    type: str
    claimed: str
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[ParsedSheet, ...] = ()
    sheet_names: tuple[str, ...] = ()
    notes: tuple[Issue, ...] = ()


def claimed_type(path: Path) -> str:
    """Return the type that the name of ``path`` claims, or ""."""
    return CLAIMS.get(path.suffix.lower(), "")


def info(reason: str, *, sheet: str = "", row: int | None = None, value: str = "") -> Issue:
    """Return a remark that asks nothing of anybody."""
    return Issue(Severity.INFO, reason, sheet=sheet, row=row, value=value)


def warning(reason: str, *, sheet: str = "", row: int | None = None, value: str = "") -> Issue:
    """Return a remark that a person should look at."""
    return Issue(Severity.WARNING, reason, sheet=sheet, row=row, value=value)
