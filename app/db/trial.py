"""A place where a change is tried out: what is written there is gone afterwards.

Nobody waits for it: a file is copied to a private one, since one at a time writes to a file; on a
server the transaction takes none of the locks that keep others in order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from app.db.backup import copy_pages
from app.db.engine import Database, file_engine
from app.db.failures import explained
from app.db.unit_of_work import TRIAL_OPTION

_FAST = ("journal_mode=MEMORY", "synchronous=OFF")
"""The copy is thrown away, also after a crash."""


class _Undone(Exception):
    """Ends the transaction of a trial."""


@contextmanager
def trial(
    database: Database, folder: Path, *, progress: Callable[[int, int], None]
) -> Iterator[tuple[Database, sa.Connection]]:
    """Yield the database to try something in, and its open transaction, which is undone.

    ``folder`` takes the copy of a file; only this person must be able to look into it.
    ``progress`` gets (pages copied, all pages) and may raise.
    """
    if database.path is None:
        with _undone(database) as connection:
            yield database, connection.execution_options(**{TRIAL_OPTION: True})
        return
    database.refuse_other_file()
    copied = folder / "trial.db"
    with explained("sqlite", database.place):
        copy_pages(database.path, copied, progress)
    copy = Database(_engine(copied), database.place)
    try:
        with _undone(copy) as connection:
            yield copy, connection
    finally:
        copy.close()


@contextmanager
def _undone(database: Database) -> Iterator[sa.Connection]:
    try:
        with database.write(bulk=True) as connection:
            yield connection
            raise _Undone
    except _Undone:
        return


def _engine(file: Path) -> sa.Engine:
    engine = file_engine(file)

    @event.listens_for(engine, "connect")
    def _hurry(connection: sqlite3.Connection, _record: object) -> None:
        for setting in _FAST:
            connection.execute(f"PRAGMA {setting}").fetchone()

    return engine
