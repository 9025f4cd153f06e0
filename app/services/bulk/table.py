"""A table of texts from a file of any format; it is read in a watched child process (F9, F10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.services.tariffs.import_checks import refuse_unreadable
from app.services.worker_process import Limits, job_folder, run_job
from importers.formats.book import OpenOptions
from importers.formats.limits import memory_limit, time_limit
from importers.formats.reading import open_book
from importers.records import CellError, CellValue, ParsedSheet, display

MOST_ROWS = 100_000
"""Rows of one file: more belong into several, so that each can be looked through."""

MOST_COLUMNS = 300
_QUOTED = "'"
_RISKY = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts as they stand in a sheet; ``rows[0]`` is row 1 of the sheet."""

    name: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]


def read_table(
    file: Path,
    sheet: str,
    *,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> Table:
    """Return a sheet of ``file``, the first that is not hidden unless ``sheet`` names another.

    Raises UserError for what can't be read, Cancelled.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}: check the name.")
    refuse_unreadable(file)
    job = {"task": "table", "file": str(file), "sheet": sheet}
    limits = Limits(memory_limit(file), time_limit(file))
    with job_folder() as folder:
        found = run_job(
            folder,
            job,
            limits,
            name=file.name,
            report=report,
            cancelled=cancelled,
        )
    rows = tuple(tuple(row) for row in found["rows"])
    return Table(file.name, found["sheet"], rows)


# ------------------------------------------------------------------------------ in the child


def table_of(
    file: Path, sheet: str, report: Callable[[str, int, int | None], None]
) -> dict[str, Any]:
    """Return the texts of a sheet, or a sentence that says why not; runs in the child."""
    report("reading", 0, None)
    book = open_book(file, OpenOptions())
    chosen = _sheet(book.sheets, sheet)
    if chosen is None:
        names = ", ".join(one.name for one in book.sheets)
        return {"problem": f'{file.name} has no sheet "{sheet}": choose one of {names}.'}
    if chosen.row_count > MOST_ROWS or len(chosen.columns) > MOST_COLUMNS:
        return {
            "problem": f"{file.name} has {chosen.row_count} rows and {len(chosen.columns)} columns:"
            f" load up to {MOST_ROWS} rows and {MOST_COLUMNS} columns at once."
        }
    texts = [[_text(v, c.number_format) for v in c.values] for c in chosen.columns]
    codes = [column.codes.tolist() for column in chosen.columns]
    rows = [
        [known[code[row]] for known, code in zip(texts, codes, strict=True)]
        for row in range(chosen.row_count)
    ]
    return {"sheet": chosen.name, "rows": rows}


def _sheet(sheets: tuple[ParsedSheet, ...], wanted: str) -> ParsedSheet | None:
    if wanted:
        return next((s for s in sheets if s.name.casefold() == wanted.casefold()), None)
    return next((s for s in sheets if not s.hidden), None)


def _text(value: CellValue, number_format: str) -> str:
    """Return a cell as a form would be filled in; a formula without a result stays as an error."""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    text = display(value, number_format).strip()
    # rejects files quote what a spreadsheet would run as a formula
    return text[1:] if text.startswith(_QUOTED) and text[1:].startswith(_RISKY) else text
