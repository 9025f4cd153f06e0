"""Backup and restore of a database file: what is written is verified before it counts (GEN-7)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.db.engine import SQLITE_HEADER, Database, check_file, is_server
from app.db.failures import explained
from app.db.migrations import APPLICATION_ID, HEAD
from app.db.places import refuse_network
from app.errors import UserError

PAGES = 1000
"""Pages copied between two calls of the progress; other programs get their turn in between."""

_SIBLINGS = ("-journal", "-wal", "-shm")


def backup(
    database: Database,
    target: Path,
    *,
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Copy an open database file to ``target``, whole and verified, or leave no ``target``.

    Raises UserError for a server: a dump under row security would drop rows silently (F20).
    """
    if database.path is None:
        raise UserError(
            f"The {database.place} is backed up with the server's own tools: ask its administrator "
            "to run pg_dump with the rights of the owner."
        )
    database.refuse_other_file()
    copy_file(database.path, target, place=database.place, replace=replace, progress=progress)


def copy_file(
    source: Path,
    target: Path,
    *,
    place: str,
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Copy a database file by SQLite's backup API, verify the copy, then put it in its place."""
    if target.exists() and (not replace or target.samefile(source)):
        raise UserError(f"{target} exists already: choose another name.")
    with _part(target) as part:
        with explained("sqlite", place):
            copy_pages(source, part, progress)
        verify(part, called=str(target))
        _sync(part)
        part.replace(target)
        _sync(target.parent)


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """Yield a new empty file beside ``target``; it is gone afterwards, unless it was renamed."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise UserError(
            f"{target} cannot be written ({error.strerror}): choose another place."
        ) from error
    try:
        yield part
    finally:
        for suffix in ("", *_SIBLINGS):
            Path(f"{part}{suffix}").unlink(missing_ok=True)


def copy_pages(source: Path, part: Path, progress: Callable[[int, int], None] | None) -> None:
    """Copy a database file page by page; what is committed meanwhile is in the copy as well."""

    def advance(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    with closing(_connect(source)) as reading, closing(_connect(part)) as writing:
        reading.backup(writing, pages=PAGES, progress=advance)
        writing.execute("PRAGMA journal_mode=DELETE").fetchone()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=10)


def verify(path: Path, *, called: str = "") -> str:
    """Return the schema number of a sound database file of ours, this one's or older.

    Raises UserError for a damaged or foreign file, and for a newer schema.
    """
    name = called or str(path)
    with path.open("rb") as stream:
        if stream.read(16) != SQLITE_HEADER:
            raise UserError(f"{name} is not a Tariffdesk database: choose another file.")
    with explained("sqlite", name), closing(_connect(path)) as connection:
        _check_soundness(connection, name)
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        if mark != APPLICATION_ID:
            raise UserError(f"{name} is not a Tariffdesk database: choose another file.")
        version = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    if version > HEAD:
        raise UserError(
            f"{name} was written by a newer Tariffdesk (schema {version}, this one knows {HEAD}): "
            "update Tariffdesk."
        )
    return version


def _check_soundness(connection: sqlite3.Connection, name: str) -> None:
    for check, sound in (("integrity_check(1)", ("ok",)), ("foreign_key_check", None)):
        if connection.execute(f"PRAGMA {check}").fetchone() != sound:
            raise UserError(f"{name} is damaged: use another backup.")


def _sync(path: Path) -> None:
    """Force a file, or a folder's names, to the disk; Windows syncs no folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(source: Path, target: str | Path) -> Path | None:
    """Put a verified copy of backup ``source`` in the place of ``target``, which nobody may use.

    Returns where the file that was there is kept, None if there was none. A kill at any moment
    leaves the old file or the new one at ``target``.
    """
    if is_server(target):
        raise UserError("A server is restored with its own tools: ask its administrator.")
    place = Path(target)
    refuse_network(place)
    if not source.is_file():
        raise UserError(f"There is no backup {source}: check the name.")
    if place.exists() and place.samefile(source):
        raise UserError("The backup and the database are the same file: choose another backup.")
    verify(source)
    with _part(place) as part:
        with explained("sqlite", str(source)):
            copy_pages(source, part, None)
        verify(part, called=str(source))
        _sync(part)
        aside = _set_aside(place) if place.exists() else None
        part.replace(place)
        _sync(place.parent)
    return aside


def _set_aside(place: Path) -> Path:
    """Copy the old file, sound or not, and take its journals away; UserError if it is in use."""
    _release(place)
    aside = _free_name(place)
    for suffix in ("", *_SIBLINGS):
        old = Path(f"{place}{suffix}")
        if old.exists():
            shutil.copy2(old, f"{aside}{suffix}")
            _sync(Path(f"{aside}{suffix}"))
    # A journal of the old file would be played into the new one.
    for suffix in _SIBLINGS:
        Path(f"{place}{suffix}").unlink(missing_ok=True)
    return aside


def _release(place: Path) -> None:
    """Finish what a crash left in the journals; a damaged file is taken as it is."""
    try:
        check_file(place)
    except UserError:
        return
    with closing(sqlite3.connect(place, isolation_level=None, timeout=1)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise UserError(
                    f"{place} is in use: close every Tariffdesk that has it open."
                ) from error
        except sqlite3.DatabaseError:
            return


def _free_name(place: Path) -> Path:
    number = 1
    while (aside := place.with_name(f"{place.name}.before-restore-{number}")).exists():
        number += 1
    return aside
