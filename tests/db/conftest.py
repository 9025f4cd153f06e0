"""Both databases behind one fixture: a SQLite file, and a PostgreSQL server started for the run."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.db.engine import Database, open_database
from app.db.queries.scopes import ScopeRecord, create_scope
from app.db.queries.services import create_service
from app.db.tables.companies import SYSTEM_OWNER
from tests.helpers.postgres import PostgresServer, Unavailable

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    name = postgres.create_database()
    open_database(postgres.address(name), create=True).close()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    open_database(path, create=True).close()
    return path


@pytest.fixture(params=BOTH)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where a migrated, empty database is."""
    if request.param == "sqlite":
        path = tmp_path / "tariffs.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield path
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(template=request.getfixturevalue("postgres_template"))
    yield server.address(name)
    server.drop_database(name)


@pytest.fixture
def database(target: str | Path) -> Iterator[Database]:
    with open_database(target, create=False) as opened:
        yield opened


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "tariffs.db"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture
def new_scope(database: Database) -> Callable[[], ScopeRecord]:
    """Make a scope of a new service, with nothing but the root."""
    count = iter(range(10**6))

    def make() -> ScopeRecord:
        with database.write() as connection:
            service = create_service(
                connection, SYSTEM_OWNER, name=f"Service {next(count)}", now=NOW, currency="EUR"
            )
            return create_scope(connection, service.id, now=NOW)

    return make


@pytest.fixture
def scope(new_scope: Callable[[], ScopeRecord]) -> ScopeRecord:
    return new_scope()
