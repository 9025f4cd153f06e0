"""Reads delimited text of any size into columns, chunk by chunk."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import TextIO

from importers.formats.assembly import CHUNK_ROWS, SheetFacts, build_sheet, collector_off
from importers.formats.book import MAX_SHEET_ROWS, OpenOptions, info, warning
from importers.formats.dialects import SAMPLE_LINES, find_delimiter, sep_line
from importers.formats.encodings import Encoding, find_encoding
from importers.formats.limits import (
    MAX_FIELD,
    MAX_TEXT_COLUMNS,
    check_cells,
    check_width,
)
from importers.records import Column, ColumnsBuilder, FileProblem, Issue, ParsedSheet

LONG_CELL = 5
"""Line breaks in one cell from which a quotation mark is suspected of never being closed (Q7)."""
NO_DELIMITER = "\x1f"
_PLAIN_QUOTE = "\x1e"
"""Stands for a quotation mark that means nothing while the csv module looks at the line."""
SAMPLE_CHARS = 262_144
_DELIMITER_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_BACKSLASHED = re.compile(r'\\"[^,;\t|\r\n"]')
_OTHERWISE_QUOTED = re.compile(r'""[^,;\t|\r\n]|\\"[,;\t|\r\n]')


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file as one sheet, with what it took to read it."""

    sheet: ParsedSheet
    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How lines become cells. ``mend`` reads lines with an odd quotation mark one by one."""

    delimiter: str
    quotes: bool = True
    mend: bool = False
    escape: str | None = None
    skip_first: bool = False


@dataclass(slots=True)
class _Pass:
    """What one reading of the file gave; ``widths`` counts the rows by number of cells."""

    columns: tuple[Column, ...] = ()
    rows: int = 0
    lines: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    suspect: int = 0
    broken: bool = False
    plain: list[int] = field(default_factory=list)

    def evenness(self) -> float:
        """Return the share of filled rows that have the commonest number of cells."""
        filled = Counter({w: n for w, n in self.widths.items() if w})
        if self.broken or not filled:
            return 0.0
        return filled.most_common(1)[0][1] / filled.total()

    def width(self) -> int:
        """Return the commonest number of cells in a row."""
        return self.widths.most_common(1)[0][0] if self.widths else 0


def read_text(path: Path, options: OpenOptions) -> TextTable:
    """Return the table in the text file ``path``; all cells are text.

    Raises FileProblem when the encoding does not fit, or for lines no table can have.
    """
    encoding = find_encoding(path, override=options.encoding)
    sample = _sample(path, encoding)
    named = sep_line(sample[0]) if sample else ""
    body = sample[1:] if named else sample
    delimiter = _chosen(options) or named or find_delimiter(body, quotes=options.quotes)
    dialect = _Dialect(
        delimiter,
        quotes=options.quotes,
        escape=_escape("".join(body)) if options.quotes else None,
        skip_first=bool(named),
    )
    result, notes = _read_best(path, encoding, dialect)
    notes = [*encoding_notes(encoding), *notes, *_nul_note(encoding)]
    sheet = build_sheet(path.stem, result.columns, SheetFacts(), notes=_named(notes, path))
    if not _has_text(sheet):
        raise FileProblem(f"{path.name} is empty: it has no text in any cell")
    return TextTable(sheet, encoding.name, delimiter)


def _has_text(sheet: ParsedSheet) -> bool:
    """Tell whether any cell holds more than blanks and separators."""
    return any(str(v).strip(" \t,;|") for c in sheet.columns for v in c.values[1:])


def _named(notes: Sequence[Issue], path: Path) -> list[Issue]:
    return [replace(note, sheet=path.stem) for note in notes]


def _chosen(options: OpenOptions) -> str:
    mark = _DELIMITER_WORDS.get(options.delimiter.lower(), options.delimiter)
    if len(mark) > 1 or mark in ('"', "\r", "\n"):
        raise FileProblem(
            f"The delimiter {options.delimiter!r} is not one character: "
            "give one such as ; or the word tab"
        )
    return mark


def _open(path: Path, encoding: Encoding) -> TextIO:
    return path.open(encoding=encoding.name, newline="")


def _sample(path: Path, encoding: Encoding) -> list[str]:
    lines, size = [], 0
    with _open(path, encoding) as file:
        for line in islice(file, SAMPLE_LINES):
            lines.append(line)
            size += len(line)
            if size > SAMPLE_CHARS:
                break
    return _cleaned_first(lines)


def _cleaned_first(lines: list[str]) -> list[str]:
    return [lines[0].lstrip("\ufeff"), *lines[1:]] if lines else lines


def _escape(text: str) -> str | None:
    r"""Return a backslash if quotation marks inside cells are written ``\"`` instead of ``""``."""
    return "\\" if _BACKSLASHED.search(text) and not _OTHERWISE_QUOTED.search(text) else None


# --------------------------------------------------------------------------- reading


def _read_best(path: Path, encoding: Encoding, dialect: _Dialect) -> tuple[_Pass, list[Issue]]:
    """Read the file; a second time, line by line, where a quotation mark seems to run away."""
    first = _read(path, encoding, dialect)
    if not (first.suspect or first.broken):
        return first, _row_notes(first)
    mended = _read(path, encoding, replace(dialect, mend=True, escape=None))
    if mended.broken:
        mended = _read(path, encoding, replace(dialect, quotes=False, escape=None))
    if mended.broken:
        raise _too_long(path, mended.lines)
    if first.broken or (first.width() > 1 and mended.evenness() >= first.evenness()):
        return mended, [_mended_note(mended, first.suspect)]
    return first, [*_row_notes(first), _suspect_note(first.suspect)]


def _too_long(path: Path, line: int) -> FileProblem:
    return FileProblem(
        f"{path.name}, line {line}: a cell is longer than {MAX_FIELD} characters, so this is no "
        "price list in text form, or the delimiter is another one: give it with --delimiter"
    )


def _read(path: Path, encoding: Encoding, dialect: _Dialect) -> _Pass:
    result, builder = _Pass(), ColumnsBuilder()
    before = csv.field_size_limit(MAX_FIELD)
    try:
        with _open(path, encoding) as file, collector_off():
            reader = _reader(file, encoding, dialect, result)
            _feed(reader, builder, result, dialect.delimiter, path.name)
    except csv.Error:
        result.broken = True
    finally:
        csv.field_size_limit(before)
    result.rows = builder.row_count
    result.columns = builder.finish()
    if dialect.mend and result.plain:
        result.columns = tuple(map(_with_quotes, result.columns))
    return result


def _reader(
    file: TextIO, encoding: Encoding, dialect: _Dialect, result: _Pass
) -> Iterator[list[str]]:
    lines: Iterator[str] = file
    if encoding.nul:
        lines = (line.replace("\0", "") for line in lines)
    first = next(lines, "").lstrip("\ufeff")
    lines = lines if dialect.skip_first else chain([first] if first else [], lines)
    if dialect.mend:
        lines = _mended(lines, result.plain)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter or NO_DELIMITER,
        quoting=csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE,
        escapechar=dialect.escape,
    )


def _mended(lines: Iterator[str], plain: list[int]) -> Iterator[str]:
    """Yield ``lines``, quotation marks made plain in each line with an odd number of them."""
    for number, line in enumerate(lines, 1):
        if line.count('"') % 2:
            plain.append(number)
            yield line.replace('"', _PLAIN_QUOTE)
        else:
            yield line


def _with_quotes(column: Column) -> Column:
    """Return ``column`` with the plain quotation marks back; values stay distinct."""
    values = [v.replace(_PLAIN_QUOTE, '"') if isinstance(v, str) else v for v in column.values]
    if len(set(values)) == len(values):
        return replace(column, values=values)
    place = {value: i for i, value in reversed(list(enumerate(dict.fromkeys(values))))}
    import numpy as np

    renumber = np.array([place[v] for v in values], np.int32)
    return replace(column, values=list(dict.fromkeys(values)), codes=renumber[column.codes])


def _feed(
    reader: Iterator[list[str]], builder: ColumnsBuilder, result: _Pass, delimiter: str, name: str
) -> None:
    """Feed all rows of a csv reader to ``builder``, keeping count in ``result``."""
    while rows := list(islice(reader, CHUNK_ROWS)):
        line = reader.line_num  # type: ignore[attr-defined]
        widths = Counter(map(len, rows))
        result.widths += widths
        width = max(widths)
        check_width(width, name, limit=MAX_TEXT_COLUMNS)
        check_cells(builder.row_count + len(rows), width, name)
        columns = list(zip(*rows, strict=True) if len(widths) == 1 else _even(rows))
        builder.add_columns(columns, len(rows))
        if line - result.lines > len(rows) and not result.suspect:
            result.suspect = _suspect_line(rows, result.lines, delimiter)
        result.lines = line


def _even(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    return zip_longest(*rows, fillvalue="")


def _suspect_line(rows: Sequence[Sequence[str]], line: int, delimiter: str) -> int:
    """Return the line where a cell begins that seems to have swallowed others, or 0."""
    for row in rows:
        breaks = 0
        for cell in row:
            inside = cell.count("\n") or cell.count("\r")
            if inside > LONG_CELL or (inside and delimiter and delimiter in cell):
                return line + breaks + 1
            breaks += inside
        line += breaks + 1
    return 0


# --------------------------------------------------------------------------- remarks


def _row_notes(result: _Pass) -> list[Issue]:
    notes = []
    if result.lines > result.rows:
        notes.append(
            info(
                f"{result.lines} lines make {result.rows} rows: "
                f"{result.lines - result.rows} line breaks lie inside quoted cells"
            )
        )
    if result.rows > MAX_SHEET_ROWS:
        notes.append(info(f"{result.rows} rows: more than Excel can show ({MAX_SHEET_ROWS})"))
    return notes


def _mended_note(result: _Pass, suspect: int) -> Issue:
    line = result.plain[0] if result.plain else suspect or result.lines
    more = len(result.plain) - 1
    others = f", as in {more} more" if more > 0 else ""
    return warning(
        f"the quotation mark in line {line} is never closed: it was read as an ordinary "
        f"character{others}",
        row=line,
    )


def _suspect_note(line: int) -> Issue:
    return info(
        f"the quoted cell that begins in line {line} spans several lines: if rows are missing "
        "after it, read the file without quotation marks (--no-quotes)",
        row=line,
    )


def _nul_note(encoding: Encoding) -> list[Issue]:
    return [warning("the file contains zero bytes: they were left out")] if encoding.nul else []


def encoding_notes(encoding: Encoding) -> list[Issue]:
    """Return a remark if the encoding is only a guess, with a sample line in each candidate."""
    if not encoding.guesses:
        return []
    others = ", ".join(encoding.guesses[1:])
    also = f" (also possible: {others})" if others else ""
    shown = " | ".join(f"{n}: {encoding.sample.decode(n, 'replace')}" for n in encoding.guesses)
    reason = f"encoding guessed: {encoding.name}{also}; give another one with --encoding"
    return [warning(reason, value=shown)]
