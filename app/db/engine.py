"""Opens a SQLite file or a PostgreSQL server; refuses what can't be trusted with data."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError

from app.db.failures import at_the_start, driver_errors, explain
from app.db.functions import add_functions
from app.db.migrations import APPLICATION_ID, HEAD, UpgradeNeeded, read_version
from app.db.places import refuse_network
from app.db.unit_of_work import BEGIN_OPTION, reading, writing
from app.errors import NoData, Replaced, Unreachable, UserError

OLDEST_SQLITE = (3, 37, 0)
"""First release with STRICT tables."""

SAFE_WAL = (3, 51, 3)
"""First release without the WAL-reset bug; older ones keep the DELETE journal (F12)."""

OLDEST_POSTGRES = 15
BUSY_SECONDS = 10.0
CONNECT_SECONDS = 10
_SETTINGS = ("foreign_keys=ON", "synchronous=FULL", "cache_size=-32000", "temp_store=MEMORY")
SQLITE_HEADER = b"SQLite format 3\x00"


@dataclass(slots=True)
class Database:
    """An open database: ``read()`` and ``write()`` are the only ways in.

    ``kind`` is "sqlite" or "postgresql"; ``place`` the file or the server without its password;
    ``path`` the file, None for a server; ``identity`` tells that file from another one there.
    """

    engine: sa.Engine
    place: str
    path: Path | None = None
    busy_seconds: float = field(default=BUSY_SECONDS)
    identity: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    def read(self) -> AbstractContextManager[sa.Connection]:
        """Open a snapshot; let it go before a person has to think (F12)."""
        self.refuse_other_file()
        return reading(self.engine, self.place)

    def write(
        self, *, bulk: bool = False, wait: bool = True
    ) -> AbstractContextManager[sa.Connection]:
        """Open the transaction of one command; ``bulk`` for imports.

        ``wait`` False: Busy at once while somebody else writes to a file.
        """
        self.refuse_other_file()
        return writing(self.engine, self.place, bulk=bulk, wait=wait)

    def refuse_other_file(self) -> None:
        """Raise Unreachable when the file was moved, deleted or replaced since it was opened.

        An open connection would go on with the old file, and what it saves there would be lost.
        """
        if self.path is None or self.identity is None:
            return
        found = _identity(self.path)
        if found is None:
            raise Unreachable(
                f"{self.place} is no longer there and nothing was saved: put the file back and try "
                "again, or open another database."
            )
        if found != self.identity:
            raise Replaced(
                f"{self.place} was replaced by another file and nothing was saved: try again to "
                "open the one that is there now."
            )

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_server(target: str | Path) -> bool:
    """Tell whether ``target`` is the address of a PostgreSQL server and not a file."""
    return isinstance(target, str) and target.startswith(
        ("postgresql:", "postgres:", "postgresql+")
    )


def open_database(
    target: str | Path,
    *,
    create: bool,
    upgrade: bool = False,
    busy_seconds: float = BUSY_SECONDS,
) -> Database:
    """Open a FILE or a ``postgresql://`` address whose schema is this program's.

    ``create`` makes a new file, or the tables in an empty database. ``upgrade`` brings an older
    schema up to date, after a verified backup of a file; without it :class:`UpgradeNeeded` is
    raised. Raises UserError for everything else that can't be used.
    """
    if is_server(target):
        database = _server(str(target))
    else:
        database = _file(Path(target), create=create, busy_seconds=busy_seconds)
    try:
        _settle_schema(database, create=create, upgrade=upgrade)
    except BaseException:
        database.close()
        raise
    return database


# ------------------------------------------------------------------------------ SQLite files


def _file(path: Path, *, create: bool, busy_seconds: float) -> Database:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise UserError(
            f"This Python has SQLite {sqlite3.sqlite_version}, but Tariffdesk needs 3.37 or newer: "
            "update Python."
        )
    refuse_network(path)
    if path.exists():
        check_file(path)
    elif create:
        _create_file(path)
    else:
        raise UserError(f"There is no database {path}: check the name, or create it first.")
    engine = file_engine(path, busy_seconds=busy_seconds)
    database = Database(engine, str(path), path, busy_seconds, _identity(path))
    try:
        _settle_journal(database)
    except BaseException:
        database.close()
        raise
    return database


def check_file(path: Path) -> None:
    """Raise UserError unless ``path`` is a file of ours (or empty) that can be read and written."""
    if not path.is_file():
        raise UserError(f"{path} is not a file: give the name of a database file.")
    try:
        with path.open("r+b") as stream:
            header = stream.read(72)
    except OSError as error:
        raise UserError(
            f"{path} cannot be opened for writing ({error.strerror}): check its permissions."
        ) from error
    if not os.access(path.parent, os.W_OK):
        raise UserError(f"The folder of {path} cannot be written to: check its permissions.")
    if header and not header.startswith(SQLITE_HEADER):
        raise UserError(f"{path} is not a Tariffdesk database: choose another file.")
    # Bytes 68 to 71 are the application id (sqlite.org/fileformat.html §1.3).
    mark = int.from_bytes(header[68:72], "big")
    if header and mark not in {0, APPLICATION_ID}:
        raise UserError(f"{path} is the database of another program: choose another file.")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _create_file(path: Path) -> None:
    try:
        # Whoever can open the file owns its data, so nobody else may (0600).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise UserError(
            f"{path} cannot be created ({error.strerror}): choose another place."
        ) from (error)


def file_engine(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sa.Engine:
    """Return an engine whose transactions begin as the unit of work says, never by themselves."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"isolation_level": None, "timeout": busy_seconds},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").close()
        add_functions(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))

    return engine


def _settle_journal(database: Database) -> None:
    """Choose the journal once; in a file the choice lasts."""
    wanted = "wal" if sqlite3.sqlite_version_info >= SAFE_WAL else "delete"
    errors = driver_errors("sqlite")
    try:
        with database.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            now = raw.execute("PRAGMA journal_mode").fetchone()[0]
            # A busy file keeps the mode it has; both modes are right, one is faster.
            if now != wanted:
                with suppress(sqlite3.OperationalError):
                    raw.execute(f"PRAGMA journal_mode={wanted}").fetchone()
    except errors as error:
        raise explain(error, database.place) or error from error


# ------------------------------------------------------------------------------ servers


def _server(address: str) -> Database:
    url = server_url(address)
    database = Database(_server_engine(url), server_name(url))
    try:
        with _connected(database) as connection:
            release = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    except BaseException:
        database.close()
        raise
    if release // 10000 < OLDEST_POSTGRES:
        database.close()
        raise UserError(
            f"{database.place} is PostgreSQL {release // 10000}, but Tariffdesk needs "
            f"{OLDEST_POSTGRES} or newer: update the server."
        )
    return database


def server_url(address: str) -> sa.URL:
    """Return the parsed address; UserError (without the address: it may hold a password)."""
    _, _, rest = address.partition(":")
    try:
        url = sa.make_url(f"postgresql:{rest}")
    except (ArgumentError, ValueError):
        raise UserError(
            "The database address can't be read: write postgresql://user@host:port/database."
        ) from None
    return url.set(drivername="postgresql+psycopg")


def server_name(url: sa.URL) -> str:
    """Return how the server is called in messages: database and host, no login, no password."""
    host = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"database {url.database or 'postgres'} on {host}{port}"


def _server_engine(url: sa.URL) -> sa.Engine:
    options: dict[str, Any] = {"application_name": "tariffdesk"}
    if "connect_timeout" not in url.query:
        options["connect_timeout"] = CONNECT_SECONDS
    engine = sa.create_engine(url, connect_args=options, pool_pre_ping=True, pool_size=2)

    @event.listens_for(engine, "checkin")
    def _as_the_server_says(connection: Any, _record: object) -> None:
        """Let go of "read only": SQLAlchemy leaves "read write", whatever the server is set to."""
        if connection is not None and not connection.closed:
            connection.read_only = None

    return engine


@contextmanager
def _connected(database: Database) -> Iterator[sa.Connection]:
    try:
        connection = database.engine.connect()
    except driver_errors(database.kind) as error:
        raise UserError(_refusal(error, database.place)) from None
    with connection:
        yield connection


def _refusal(error: Exception, place: str) -> str:
    """Return why a server did not let us in, by libpq's words: it gives no code for that."""
    words = str(getattr(error, "orig", None) or error)
    for said, sentence in (
        ("password authentication failed", "refused the login or its password: check both."),
        ("no password supplied", "wants a password: put it into the address or a password file."),
        ("does not exist", "does not exist or the login is unknown there: check the address."),
        ("no pg_hba.conf entry", "does not accept this login from here: ask its administrator."),
        ("too many", "has no free connection: try again later."),
        ("starting up", "is starting up: try again in a moment."),
        ("SSL", "could not agree on an encrypted connection: ask its administrator."),
    ):
        if said in words:
            return f"The {place} {sentence}"
    return f"The {place} cannot be reached: check the address, the network and that it runs."


# ------------------------------------------------------------------------------ schema


def _settle_schema(database: Database, *, create: bool, upgrade: bool) -> None:
    with database.read() as connection:
        version = read_version(connection, database.place)
    if version == HEAD:
        return
    called = at_the_start(database.place)
    if version is None and not create:
        raise NoData(f"{called} holds no Tariffdesk data yet: create the database first.")
    if version is not None and not upgrade:
        raise UpgradeNeeded(
            f"{called} was written by an older Tariffdesk (schema {version}, now {HEAD}): "
            "upgrade the database first."
        )
    from app.db.migrations.runner import migrate

    migrate(database.engine, place=database.place, path=database.path)
