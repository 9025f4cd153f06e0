"""Backup and restore of files; servers are left to their own tools."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db.backup import backup, restore, verify
from app.db.engine import Database, open_database
from app.db.queries.settings import read_setting, write_setting
from app.errors import UserError


def put(path: Path, value: str) -> None:
    with open_database(path, create=False) as database, database.write() as connection:
        write_setting(connection, 1, "mark", value)


def get(path: Path) -> object:
    with open_database(path, create=False) as database, database.read() as connection:
        return read_setting(connection, 1, "mark")


def test_a_backup_holds_what_was_committed(sqlite_file: Path, tmp_path: Path) -> None:
    put(sqlite_file, "one")
    told: list[tuple[int, int]] = []
    with open_database(sqlite_file, create=False) as database:
        backup(database, tmp_path / "b.bak", progress=lambda *counts: told.append(counts))
    put(sqlite_file, "two")
    assert verify(tmp_path / "b.bak") == "0002"
    assert get(tmp_path / "b.bak") == "one"
    assert told[-1][0] == told[-1][1] > 0
    assert stat.S_IMODE((tmp_path / "b.bak").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.bak", "tariffs.db"]


def test_a_backup_does_not_write_over_a_file_unasked(sqlite_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.bak"
    target.write_text("mine")
    with open_database(sqlite_file, create=False) as database:
        with pytest.raises(UserError, match="exists already"):
            backup(database, target)
        assert target.read_text() == "mine"
        with pytest.raises(UserError, match="exists already"):
            backup(database, sqlite_file, replace=True)
        backup(database, target, replace=True)
    assert verify(target)


def test_a_backup_into_nowhere_is_refused(sqlite_file: Path, tmp_path: Path) -> None:
    with (
        open_database(sqlite_file, create=False) as database,
        pytest.raises(UserError, match="cannot be written"),
    ):
        backup(database, tmp_path / "none" / "b.bak")


@pytest.mark.postgres
@pytest.mark.parametrize("template", ["postgres"], indirect=True)
def test_a_server_is_referred_to_its_own_tools(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pg_dump"):
        backup(database, tmp_path / "b.bak")
    with pytest.raises(UserError, match="own tools"):
        restore(tmp_path / "b.bak", "postgresql://host/db")
    assert list(tmp_path.iterdir()) == []


def test_restore_brings_back_and_keeps_the_old_file(sqlite_file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "b.bak"
    put(sqlite_file, "one")
    with open_database(sqlite_file, create=False) as database:
        backup(database, saved)
    put(sqlite_file, "two")
    first = restore(saved, sqlite_file)
    assert get(sqlite_file) == "one"
    assert first is not None
    assert get(first) == "two"
    second = restore(first, sqlite_file)
    assert second not in {None, first}
    assert get(sqlite_file) == "two"
    assert get(saved) == "one"


def test_restore_makes_a_missing_file(sqlite_file: Path, tmp_path: Path) -> None:
    put(sqlite_file, "one")
    assert restore(sqlite_file, tmp_path / "new.db") is None
    assert get(tmp_path / "new.db") == "one"


def test_restore_replaces_a_damaged_file(sqlite_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(sqlite_file.read_bytes()[:5000] + b"\xff" * 50_000)
    aside = restore(sqlite_file, broken)
    assert aside is not None
    assert aside.read_bytes().endswith(b"\xff" * 50_000)
    assert get(broken) is None


def test_restore_refuses_a_file_in_use(sqlite_file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "b.bak"
    saved.write_bytes(sqlite_file.read_bytes())
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="is in use"):
            restore(saved, sqlite_file)
        other.execute("ROLLBACK")
    assert not list(tmp_path.glob("*.part*"))


def test_restore_refuses_what_is_not_a_sound_backup(sqlite_file: Path, tmp_path: Path) -> None:
    put(sqlite_file, "kept")
    data = sqlite_file.read_bytes()
    damaged = bytearray(data)
    damaged[8192:12288] = b"\xff" * 4096
    newer = tmp_path / "newer.bak"
    newer.write_bytes(data)
    with open_database(newer, create=False) as database, database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    foreign = tmp_path / "foreign.bak"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
    (tmp_path / "damaged.bak").write_bytes(bytes(damaged))
    (tmp_path / "text.bak").write_text("no database")
    (tmp_path / "short.bak").write_bytes(data[:6000])
    for name, said in {
        "newer": "newer Tariffdesk",
        "foreign": "not a Tariffdesk",
        "damaged": "damaged",
        "text": "not a Tariffdesk",
        "short": "damaged",
        "absent": "no backup",
    }.items():
        with pytest.raises(UserError, match=said):
            restore(tmp_path / f"{name}.bak", sqlite_file)
    with pytest.raises(UserError, match="same file"):
        restore(sqlite_file, sqlite_file)
    assert get(sqlite_file) == "kept"
    assert not list(tmp_path.glob("*before-restore*"))
