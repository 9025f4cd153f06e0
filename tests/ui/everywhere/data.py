"""What is data, and therefore the same in every language of the window."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import getpass
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import dictionaries
from app.errors import UserError
from app.ui.jobs import Job, Jobs
from tests.ui.everywhere.words import compared, rests

DEEPEST = 8
"""Levels of an answer that hold texts."""

KEPT = ("ID", "EUR", "USD", "MB", "kB")


def words_of(database: Path, lists: Iterable[Path]) -> set[str]:
    """Return the texts of a database, of price lists and of the dictionaries, piece by piece."""
    stored = (*_stored(database), *_cells([*lists, *_dictionaries()]))
    return {piece for text in (getpass.getuser(), *KEPT, *stored) for piece in _pieces(text)}


def _pieces(text: str) -> Iterator[str]:
    yield compared(text)
    yield from (compared(piece) for piece in rests(text))


@contextlib.contextmanager
def listening(heard: set[str]) -> Iterator[None]:
    """Add to ``heard`` what services answer and refuse: values, names of records, sentences.

    A window shows all of that as it comes; what else it says is its own to translate.
    """
    succeed, begin = Jobs._succeed, UserError.__init__

    def answered(jobs: Jobs, job: Job, result: object, *others: Any) -> None:
        heard.update(piece for text in _texts(result) for piece in _pieces(text))
        succeed(jobs, job, result, *others)

    def refused(problem: UserError, *told: Any) -> None:
        heard.update(piece for text in told for piece in _pieces(str(text)))
        begin(problem, *told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Jobs, "_succeed", answered)
        patch.setattr(UserError, "__init__", refused)
        yield


def _texts(answer: object, depth: int = 0) -> Iterator[str]:
    """Return every text in what a service answered."""
    if isinstance(answer, str):
        yield answer
    elif depth < DEEPEST:
        for part in _parts(answer):
            yield from _texts(part, depth + 1)


def _parts(answer: object) -> Iterable[object]:
    """Return what an answer is made of; a set is asked, not shown (common passwords)."""
    if dataclasses.is_dataclass(answer):
        return (getattr(answer, field.name) for field in dataclasses.fields(answer))
    if isinstance(answer, Mapping):
        return (*answer.keys(), *answer.values())
    return answer if isinstance(answer, (tuple, list)) else ()


def _stored(database: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield from (value for value in row if isinstance(value, str) and len(value) < 200)


def _cells(lists: Iterable[Path]) -> Iterator[str]:
    for path in lists:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                yield from row


def _dictionaries() -> Iterator[Path]:
    """Return the files of keys and names; the terms are words of headers, not of the window."""
    data = Path(dictionaries.__file__).parent / "data"
    yield from (p for p in sorted(data.rglob("*.csv")) if "terms" not in str(p))
