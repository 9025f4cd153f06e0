"""What is data, and therefore the same in every language of the window."""

from __future__ import annotations

import contextlib
import csv
import getpass
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import dictionaries
from tests.ui.everywhere.words import rests

KEPT = ("ID", "EUR", "USD", "MB", "kB")


def words_of(database: Path, lists: Iterable[Path]) -> frozenset[str]:
    """Return the texts of a database, of price lists and of the dictionaries, piece by piece."""
    found = {getpass.getuser(), *KEPT}
    for text in (*_stored(database), *_cells([*lists, *_dictionaries()])):
        found.add(text)
        found.update(rests(text))
    return frozenset(text.casefold().strip() for text in found)


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
