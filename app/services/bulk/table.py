"""A table of texts from a file of any format; it is read in a watched child process (F9, F10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.services.worker_process import Limits, job_folder, run_job
from importers.formats.assembly import NO_RESULT
from importers.formats.book import OpenOptions
from importers.formats.limits import memory_limit, time_limit
from importers.formats.reading import open_book
from importers.records import (
    CellError,
    CellValue,
    FileProblem,
    ParsedSheet,
    PasswordNeeded,
    display,
)

MOST_ROWS = 100_000
"""Rows of one file: more belong into several, so that each can be looked through."""

MOST_COLUMNS = 300

COMMENT = "#"
"""Rows that begin with it are for people: the example of a template."""

_ERRORS = frozenset(
    {
        *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"),
        *("#SPILL!", "#CALC!", NO_RESULT.text),
    }
)
_OPTION = " --"
"""In a sentence about how price lists are read on the command line, which loading has not."""

_QUOTED = "'"
_RISKY = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts as they stand in a sheet; ``rows[0]`` is row 1 of the sheet.

    ``problem`` = why the sheet can't be loaded; it has no rows then.
    """

    name: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    hidden: bool = False
    problem: str = ""


Numbered = tuple[int, Sequence[str]]
"""A row with its number in the sheet."""


def read_tables(
    file: Path,
    *,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> tuple[Table, ...]:
    """Return the sheets of ``file``. Raises UserError for what can't be read, Cancelled."""
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise UserError(f"{file} {what}: give the name of a table.")
    job = {"task": "table", "file": str(file)}
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
    return tables_from(file.name, found)


def read_table(
    file: Path,
    *,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> Table:
    """Return the first sheet of ``file`` that is not hidden. Raises UserError, Cancelled."""
    tables = read_tables(file, report=report, cancelled=cancelled)
    found = next((table for table in tables if not table.hidden), tables[0])
    if found.problem:
        raise UserError(found.problem)
    return found


def tables_from(name: str, found: dict[str, Any]) -> tuple[Table, ...]:
    """Return what :func:`tables_of` found. Raises UserError for a file without a table."""
    if not found["sheets"]:
        raise UserError(f"{name} has no table: choose another file.")
    return tuple(
        Table(name, one["name"], tuple(map(tuple, one["rows"])), one["hidden"], one["problem"])
        for one in found["sheets"]
    )


def rows_below(table: Table, heading_row: int) -> Iterator[Numbered]:
    """Yield the rows of data under the headings, without blank ones and those for people."""
    for number, row in enumerate(table.rows[heading_row + 1 :], start=heading_row + 2):
        first = next((text for text in row if text), "")
        if first and (not first.startswith(COMMENT) or is_error(first)):
            yield number, row


def is_error(text: str) -> bool:
    """Tell whether a cell is what a formula shows that went wrong, or was never worked out."""
    return text in _ERRORS or text.startswith("Err:")


# ------------------------------------------------------------------------------ in the child


def tables_of(file: Path, report: Callable[[str, int, int | None], None]) -> dict[str, Any]:
    """Return the texts of the sheets, or a sentence that says why not; runs in the child."""
    report("reading", 0, None)
    try:
        book = open_book(file, OpenOptions())
    except PasswordNeeded:
        return {
            "problem": f"{file.name} is protected with a password: save it without one, and load "
            "that file."
        }
    except FileProblem as problem:
        told = f"{file.name} can't be read as a table: save it again as XLSX or CSV, and load that."
        return {"problem": told if _OPTION in str(problem) else str(problem)}
    return {"sheets": [_sheet(file, sheet) for sheet in book.sheets]}


def _sheet(file: Path, sheet: ParsedSheet) -> dict[str, Any]:
    found: dict[str, Any] = {"name": sheet.name, "hidden": sheet.hidden, "rows": [], "problem": ""}
    if sheet.row_count > MOST_ROWS or len(sheet.columns) > MOST_COLUMNS:
        found["problem"] = (
            f"{file.name} has {sheet.row_count} rows and {len(sheet.columns)} columns: load up to "
            f"{MOST_ROWS} rows and {MOST_COLUMNS} columns at once."
        )
        return found
    texts = [[_text(v, c.number_format) for v in c.values] for c in sheet.columns]
    codes = [column.codes.tolist() for column in sheet.columns]
    found["rows"] = [
        [known[code[row]] for known, code in zip(texts, codes, strict=True)]
        for row in range(sheet.row_count)
    ]
    return found


def _text(value: CellValue, number_format: str) -> str:
    """Return a cell as a form would be filled in; a formula without a result stays as an error."""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    text = display(value, number_format).strip()
    # rejects files quote what a spreadsheet would run as a formula
    return text[1:] if text.startswith(_QUOTED) and text[1:].startswith(_RISKY) else text
