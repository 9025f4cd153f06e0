"""A database whose commands all belong to one transaction; one that fails is undone by itself.

For a file of records: the services that save one record open their transactions as ever, and get
savepoints of the one that stands around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.engine import Database
from app.db.failures import explained


@dataclass(slots=True)
class OneTransaction(Database):
    """``read()`` sees what the transaction has written so far; ``write()`` is a savepoint of it."""

    connection: sa.Connection | None = None

    def read(self) -> AbstractContextManager[sa.Connection]:
        """Return the connection of the transaction."""
        return self._same()

    def write(
        self, *, bulk: bool = False, wait: bool = True
    ) -> AbstractContextManager[sa.Connection]:
        """Open a savepoint: what fails inside is undone, the rest of the transaction stays."""
        del bulk, wait
        return self._savepoint()

    @contextmanager
    def _same(self) -> Iterator[sa.Connection]:
        assert self.connection is not None
        yield self.connection

    @contextmanager
    def _savepoint(self) -> Iterator[sa.Connection]:
        assert self.connection is not None
        with explained(self.kind, self.place), self.connection.begin_nested():
            yield self.connection


def in_one_transaction(database: Database, connection: sa.Connection) -> OneTransaction:
    """Return ``database`` as everything inside the open transaction of ``connection`` has it."""
    return OneTransaction(
        database.engine,
        database.place,
        database.path,
        database.busy_seconds,
        database.identity,
        connection,
    )
