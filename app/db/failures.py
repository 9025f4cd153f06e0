"""Database failures that a person can do something about, as sentences; the rest stay bugs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.errors import Busy, Conflict, Unreachable, UserError

_SQLITE = (
    (sqlite3.SQLITE_BUSY, "{place} is in use by another program: try again when it has finished."),
    (sqlite3.SQLITE_LOCKED, "{place} is in use: try again when the other work has finished."),
    (sqlite3.SQLITE_FULL, "The disk with {place} is full: free some space and try again."),
    (sqlite3.SQLITE_READONLY, "{place} cannot be written to: check its permissions."),
    (sqlite3.SQLITE_NOTADB, "{place} is not a Tariffdesk database: choose another file."),
    (sqlite3.SQLITE_CORRUPT, "{place} is damaged: restore it from a backup."),
    (sqlite3.SQLITE_IOERR, "The disk with {place} could not be read or written: check the disk."),
    (sqlite3.SQLITE_CANTOPEN, "{place} cannot be opened: check that the folder can be written to."),
)

_AWAY = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What SQLite says when the disk with its file is gone."""

_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "57014"})
"""What a database says that others keep from answering."""

_LOST = "The connection to {place} was lost and nothing was saved: check the network and try again."
_TOO_LARGE = "A number is too large for {place}: check the IDs and numbers you gave."
_POSTGRES = (
    ("53100", "The disk of {place} is full: free some space on the server and try again."),
    ("53", "{place} is short of resources: try again later or ask its administrator."),
    ("22003", _TOO_LARGE),
    ("42501", "Your login may not do this in {place}: ask its administrator."),
    ("25006", "{place} only allows reading: ask its administrator."),
    ("55P03", "{place} is in use by somebody else: try again in a moment."),
    ("57014", "{place} stopped the work because it took too long: try again."),
    ("57P", _LOST),
    ("08", _LOST),
)

_COLLISIONS = frozenset({"40001", "40P01", "23505", "23P01", "23503"})
"""Two at once: no order, a deadlock, a name or period that the other took, a row the other removed.

Services look before they write, so a constraint only speaks when somebody came in between.
"""

_COLLISION = "Somebody else changed the same data in {place}; nothing was saved: look and repeat."


def explain(error: BaseException, place: str) -> UserError | None:
    """Return the sentence for a driver's or SQLAlchemy's error, None if it is a bug of ours."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _explain_sqlite(cause, place)
    if type(cause).__module__.startswith("psycopg"):
        return _explain_postgres(cause, place)
    if isinstance(cause, OverflowError) and "SQLite" in str(cause):
        return UserError(_TOO_LARGE.format(place=place))
    return None


def _explain_sqlite(error: sqlite3.Error, place: str) -> UserError | None:
    # The low byte is the error, the rest its particulars.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    for known, sentence in _SQLITE:
        if code == known:
            kind = Unreachable if code in _AWAY else Busy if code in _HELD else UserError
            return kind(sentence.format(place=place))
    return None


def _explain_postgres(error: BaseException, place: str) -> UserError | None:
    state = getattr(error, "sqlstate", None)
    if state in _COLLISIONS:
        return Conflict(_COLLISION.format(place=place))
    if state is None:
        operational = type(error).__name__ == "OperationalError"
        return Unreachable(_LOST.format(place=place)) if operational else None
    for known, sentence in _POSTGRES:
        if state.startswith(known):
            kind = Unreachable if sentence is _LOST else Busy if state in _HELD else UserError
            return kind(sentence.format(place=_subject(sentence, place)))
    return None


def _subject(sentence: str, place: str) -> str:
    return at_the_start(place) if sentence.startswith("{place}") else place


def at_the_start(place: str) -> str:
    """Return how a database is called where a sentence begins with it; a file has its own name."""
    return f"The {place}" if place.startswith("database ") else place


def driver_errors(kind: str) -> tuple[type[Exception], ...]:
    """Return the exceptions that a database of this kind raises, directly or through SQLAlchemy."""
    if kind == "sqlite":
        return (DBAPIError, sqlite3.Error, OverflowError)
    import psycopg

    return (DBAPIError, psycopg.Error)


@contextmanager
def explained(kind: str, place: str) -> Iterator[None]:
    """Turn known failures inside into :class:`UserError`; let everything else through."""
    try:
        yield
    except driver_errors(kind) as error:
        sentence = explain(error, place)
        if sentence is None:
            raise
        raise sentence from error
