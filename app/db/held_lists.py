"""Lists that no table of the database has: rows in memory under the same SQL as stored ones.

The shipped dictionaries are files of the program, and what is merged from them and the database is
the same for SQLite and PostgreSQL. Sorting, filters, groups and sums of lists are SQL, so such
rows go into a SQLite in memory, which any number of jobs reads at once and nobody ever writes to.
"""

from __future__ import annotations

import itertools
import sqlite3
import weakref
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.db.functions import add_functions
from app.db.unit_of_work import reading

_numbers = itertools.count(1)

PLACE = "the list in memory"


class HeldRows:
    """The rows of one table, until nobody has this object any more."""

    def __init__(self, table: sa.Table, rows: Iterable[tuple[Any, ...]]) -> None:
        name = f"file:tariffdesk-held-{next(_numbers)}?mode=memory&cache=shared"
        self.table = table
        self._engine = _engine(name)
        # The memory lives as long as a connection to it.
        anchor = _connected(name)
        weakref.finalize(self, _let_go, self._engine, anchor)
        self.size = _fill(self._engine, anchor, table, rows)

    def read(self) -> AbstractContextManager[sa.Connection]:
        """Open a connection to read the rows."""
        return reading(self._engine, PLACE)


def _connected(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA temp_store=MEMORY").close()
    add_functions(connection)
    return connection


def _engine(name: str) -> sa.Engine:
    engine = sa.create_engine("sqlite://", creator=lambda: _connected(name), poolclass=sa.QueuePool)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _fill(
    engine: sa.Engine,
    anchor: sqlite3.Connection,
    table: sa.Table,
    rows: Iterable[tuple[Any, ...]],
) -> int:
    """Write the rows past the layers that cost most of it; values are what SQLite stores."""
    ddl = str(sa.schema.CreateTable(table).compile(engine))
    marks = ", ".join("?" * len(table.columns))
    anchor.execute("BEGIN")
    anchor.execute(ddl)
    count = anchor.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows).rowcount  # noqa: S608 - our own name
    anchor.execute("COMMIT")
    return max(count, 0)


def _let_go(engine: sa.Engine, anchor: sqlite3.Connection) -> None:
    engine.dispose()
    anchor.close()
