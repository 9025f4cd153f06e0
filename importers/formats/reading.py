"""Opens a price-list file of any format: the content decides how it is read."""

from __future__ import annotations

import stat
from pathlib import Path

from importers.formats.book import (
    TYPE_NAMES,
    Book,
    OpenOptions,
    claimed_type,
    info,
)
from importers.formats.detect import detect, refuse_encrypted_ods
from importers.formats.source import Source, reader_errors
from importers.formats.text import read_text
from importers.formats.workbook import Workbook, read_workbook
from importers.records import FileProblem, Issue

_ZIPPED = ("xlsx", "xlsm", "xlsb", "ods")
_TEXTS = ("csv", "tsv")


def open_book(path: Path, options: OpenOptions = OpenOptions()) -> Book:  # noqa: B008 - frozen
    """Read ``path`` and return its sheets, whatever its name says about the format.

    Raises PasswordNeeded for an encrypted file without the right password, FileProblem for one
    that can't be read; both say in a sentence what to do.
    """
    with reader_errors(path.name, "a file"):
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileProblem(f"{path.name} is not a file: give the path of one")
        source = Source(path)
        kind = detect(source)
        if kind == "text":
            return _open_text(path, options)
        return _open_other(source, kind, options)


def _open_other(source: Source, kind: str, options: OpenOptions) -> Book:
    if kind == "ods":
        refuse_encrypted_ods(source)
    book = read_workbook(source, kind, options)
    return _book(source.path, kind, book)


def _open_text(path: Path, options: OpenOptions) -> Book:
    table = read_text(path, options)
    kind = "tsv" if table.delimiter == "\t" else "csv"
    notes = (*_name_notes(path, kind), *table.sheet.notes)
    return Book(
        path,
        kind,
        claimed_type(path),
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheets=(table.sheet,),
        sheet_names=(table.sheet.name,),
        notes=notes,
    )


def _book(path: Path, kind: str, book: Workbook, *, encoding: str = "") -> Book:
    notes = [*_name_notes(path, kind), *book.notes]
    for sheet in book.sheets:
        notes += sheet.notes
    return Book(
        path,
        kind,
        claimed_type(path),
        encoding=encoding,
        sheets=tuple(book.sheets),
        sheet_names=tuple(book.names),
        notes=tuple(notes),
    )


def _name_notes(path: Path, kind: str) -> list[Issue]:
    """Return a remark if the file's name claims another format."""
    claimed = claimed_type(path)
    if not claimed or claimed == kind or {claimed, kind} <= set(_TEXTS):
        return []
    return [info(f"named {path.suffix.lower()} but it is {TYPE_NAMES[kind]}")]
