"""Transactions: a snapshot to read from, a lock to write under; nothing else begins or commits.

SQLite: BEGIN and BEGIN IMMEDIATE (F12). PostgreSQL: REPEATABLE READ, read only, and READ COMMITTED
with row locks (the scope's row is the lock of its tree, F14).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.db.failures import explained

BEGIN_OPTION = "tariffdesk_begin"
"""Execution option with the statement that begins a transaction on SQLite."""

TRIAL_OPTION = "tariffdesk_trial"
"""Execution option of a transaction that is only tried out: it holds nothing for itself."""


@contextmanager
def reading(engine: sa.Engine, place: str) -> Iterator[sa.Connection]:
    """Yield a connection that sees one state of the database until the block ends."""
    kind = engine.dialect.name
    if kind == "sqlite":
        options: dict[str, Any] = {BEGIN_OPTION: "BEGIN"}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with explained(kind, place), engine.connect() as connection:
        # ROLLBACK at the end is the cheaper way to let a snapshot go.
        yield connection.execution_options(**options)


@contextmanager
def writing(
    engine: sa.Engine, place: str, *, bulk: bool = False, wait: bool = True
) -> Iterator[sa.Connection]:
    """Yield a connection whose changes are committed when the block ends well, else undone.

    ``bulk`` keeps a big change in memory until the commit, so that readers of a SQLite file are
    locked out for the commit only (F12). Without ``wait`` a file that is being written to is Busy
    at once.
    """
    kind = engine.dialect.name
    with explained(kind, place), engine.connect() as opened:
        connection = opened.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
        spill = bulk and kind == "sqlite"
        if spill:
            pragma(connection, "cache_spill=OFF")
        patience = 0 if wait or kind != "sqlite" else int(pragma(connection, "busy_timeout"))
        if patience:
            pragma(connection, "busy_timeout=0")
        try:
            with connection.begin():
                yield connection
        finally:
            if spill and not connection.invalidated:
                pragma(connection, "cache_spill=ON")
            if patience and not connection.invalidated:
                pragma(connection, f"busy_timeout={patience}")


def holding(
    connection: sa.Connection, rows: sa.Select[Any], *, key_share: bool = False
) -> sa.Select[Any]:
    """Return a query whose rows nobody else changes until the transaction ends.

    What is only tried out and then undone needs no such order, and must not make others wait.
    """
    if connection.get_execution_options().get(TRIAL_OPTION):
        return rows
    return rows.with_for_update(key_share=key_share)


def pragma(connection: sa.Connection, setting: str) -> Any:
    """Set or read a SQLite pragma outside SQLAlchemy, which would begin a transaction first."""
    row = driver_connection(connection).execute(f"PRAGMA {setting}").fetchone()
    return row[0] if row else None


def driver_connection(connection: sa.Connection) -> Any:
    """Return the sqlite3 or psycopg connection; it shares the transaction of ``connection``."""
    return connection.connection.driver_connection
