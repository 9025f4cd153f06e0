"""Both databases behind one fixture: a SQLite file, and a PostgreSQL server started for the run."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.db.engine import Database, open_database
from app.db.queries.scopes import ScopeRecord, create_scope
from app.db.queries.services import create_service
from app.db.tables.companies import SYSTEM_OWNER
from tests.helpers.postgres import PostgresServer, Unavailable

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

BOTH = ["sqlite", pytest.param("postgres", id="postgresql", marks=pytest.mark.postgres)]


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


@dataclass(frozen=True)
class Template:
    """A file, or the name of a database on the server, to be copied; what its filling told."""

    place: Path | str
    told: Any = None


@pytest.fixture(scope="module", params=BOTH)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The migrated database of a module: empty, or filled once by its function ``prepare``."""
    prepare: Callable[[Database], Any] | None = getattr(request.module, "prepare", None)
    place: Path | str = request.getfixturevalue(f"{request.param}_template")
    if prepare is None:
        return Template(place)
    if isinstance(place, Path):
        place = Path(shutil.copy(place, tmp_path_factory.mktemp("prepared") / "prepared.db"))
        target: Path | str = place
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        place = server.create_database(template=place)
        target = server.address(place)
    with open_database(target, create=False) as opened:
        return Template(place, prepare(opened))


@pytest.fixture
def target(
    request: pytest.FixtureRequest, template: Template, tmp_path: Path
) -> Iterator[str | Path]:
    """Where a copy of the module's template is."""
    if isinstance(template.place, Path):
        yield Path(shutil.copy(template.place, tmp_path / "tariffs.db"))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(template=template.place)
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
