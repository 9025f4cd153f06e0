"""Desks for the tests of whole imports: a SQLite file, or a PostgreSQL server started for them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer, Unavailable

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(autouse=True)
def _own_jobs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep job folders of other programs out of sight, and ours out of theirs."""
    folder = tmp_path_factory.mktemp("jobs")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.delenv("TARIFFDESK_DB", raising=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        with pytest.MonkeyPatch.context() as patch:  # the server's user can't enter pytest's folder
            patch.setattr(tempfile, "tempdir", None)
            patch.delenv("TMPDIR", raising=False)
            server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server_template(postgres: PostgresServer) -> str:
    """Name of a database with service S (USD) and its scope 1."""
    name = postgres.create_database()
    _prepared(postgres.address(name))
    return name


@pytest.fixture(scope="session")
def file_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with service S (USD) and its scope 1."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _prepared(path)
    return path


def _prepared(target: str | Path) -> None:
    desk = Desk(target)
    desk.ok("db", "init")
    desk.service()


@pytest.fixture
def desk(file_template: Path, tmp_path: Path) -> Desk:
    """A desk on a file with service S (USD) and its scope 1."""
    path = tmp_path / "desk.db"
    shutil.copy(file_template, path)
    return Desk(path)


@pytest.fixture
def server_desk(postgres: PostgresServer, server_template: str) -> Iterator[Desk]:
    """A desk on a server with service S (USD) and its scope 1."""
    name = postgres.create_database(template=server_template)
    yield Desk(postgres.address(name))
    postgres.drop_database(name)


@pytest.fixture(params=BOTH)
def any_desk(request: pytest.FixtureRequest) -> Desk:
    """A desk on each kind of database in turn."""
    wanted = "desk" if request.param == "sqlite" else "server_desk"
    found: Desk = request.getfixturevalue(wanted)
    return found


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write lines to a text file and return it."""

    def written(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


@pytest.fixture
def plain_list(write: Callable[..., Path]) -> Path:
    """Three rates in two countries that need no decision."""
    return write(
        "plain.csv", "Country,MCCMNC,Price", "DE,26201,0.05", "DE,26202,0.06", "FR,20801,0.04"
    )


needs_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
