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
from importers.formats.passwords import decrypted
from importers.formats.source import Source, reader_errors
from importers.formats.spreadsheetml import read_spreadsheetml
from importers.formats.text import encoding_notes, read_text
from importers.formats.workbook import Workbook, read_workbook
from importers.formats.xls import is_encrypted_xls, read_xls
from importers.records import FileProblem, Issue

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
    if kind == "encrypted":
        source = decrypted(source, options.password)
        kind = detect(source)
    elif kind == "xls" and is_encrypted_xls(source):
        source = decrypted(source, options.password)
    elif kind == "ods":
        refuse_encrypted_ods(source)
    if kind in ("html", "mht"):
        return _open_markup(source, kind, options)
    if kind == "spreadsheetml":
        return _book(source.path, kind, read_spreadsheetml(source, options))
    if kind == "xls":
        return _book(source.path, kind, read_xls(source, options))
    return _book(source.path, kind, read_workbook(source, kind, options))


def _open_markup(source: Source, kind: str, options: OpenOptions) -> Book:
    from importers.formats.markup import read_html, read_mht  # few files are web pages

    book, encoding = (read_html if kind == "html" else read_mht)(source, options)
    book.notes += encoding_notes(encoding)
    return _book(source.path, kind, book, encoding=encoding.name)


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
