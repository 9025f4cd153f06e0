"""Databases that can't be opened: one sentence over the start page, nothing touched, a way on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.home import HomePage
from app.ui.launch import Opening
from app.ui.main_window import MainWindow
from tests.ui.bad_input.conftest import Disk, Make, calm, errors, held, one_error, press, rates
from tests.ui.conftest import WAIT_MS


def _text(path: Path, _good: Path) -> None:
    path.write_text("Country,Network,Price\nGermany,Telekom,0.07\n" * 100, encoding="utf-8")


def _empty(path: Path, _good: Path) -> None:
    path.touch()


def _folder(path: Path, _good: Path) -> None:
    path.mkdir()


def _of_others(path: Path, _good: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def _marked_by_others(path: Path, good: Path) -> None:
    _of_others(path, good)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 252006674")


def _of_alembic(path: Path, _good: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('1975ea83b712')")


def _killed_when_made(path: Path, _good: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")


def _newer(path: Path, good: Path) -> None:
    _with_version(path, good, "9999")


def _with_version(path: Path, good: Path, version: str) -> None:
    shutil.copy(good, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def _header_only(path: Path, _good: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)


def _cut_off(path: Path, good: Path) -> None:
    path.write_bytes(good.read_bytes()[:3000])


def _compressed(path: Path, good: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.write(good, "desk.db")


WRONG = {
    "a text": (_text, "is not a Tariffdesk database: choose another file"),
    "an empty file": (_empty, "holds no Tariffdesk data yet"),
    "a folder": (_folder, "is not a file"),
    "another program's": (_of_others, "is the database of another program"),
    "another program's, marked": (_marked_by_others, "is the database of another program"),
    "another program's of the same library": (_of_alembic, "is the database of another program"),
    "one whose making was killed": (_killed_when_made, "holds no Tariffdesk data yet"),
    "a newer one": (_newer, "update Tariffdesk"),
    "garbage behind a right header": (_header_only, ""),
    "a file that was cut off": (_cut_off, "damaged: restore it from a backup"),
    "a packed one": (_compressed, "is not a Tariffdesk database"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_told_in_one_sentence_and_left_as_it_is(
    qtbot: QtBot, make_window: Make, database: Path, tmp_path: Path, what: str
) -> None:
    make, words = WRONG[what]
    path = tmp_path / "wrong.db"
    make(path, database)
    before = path.read_bytes() if path.is_file() else b""
    window = make_window(None)
    window.begin(Opening(str(path)))
    bar = one_error(qtbot, window, "wrong.db", words)
    assert bar is window.notice_bar
    assert isinstance(window.page, HomePage)
    assert window.jobs.session is None
    if path.is_file():
        assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("wrong*")) == ["wrong.db"]
    # the way on: another file
    window.open_target(str(database))
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []
    assert window.place_name() == "desk.db"


def test_a_schema_that_no_version_had_is_told_when_it_shall_be_upgraded(
    qtbot: QtBot, make_window: Make, database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "older.db"
    _with_version(path, database, "0000")
    window = make_window(None)
    window.begin(Opening(str(path)))
    bar = one_error(qtbot, window, "older Tariffdesk")
    before = path.read_bytes()
    press(bar, "Back up and upgrade")
    qtbot.waitUntil(lambda: "0000" in window.notice_bar.text(), timeout=WAIT_MS)
    calm(qtbot, window)
    one_error(qtbot, window, "older.db")
    assert path.read_bytes() == before


STEP = '''
"""Adds a column."""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("vendor", sa.Column("note", sa.Text))
    op.execute("CREATE TABLE ballast (text TEXT)")
    op.execute("INSERT INTO ballast VALUES (hex(zeroblob(SIZE)))")
'''


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that gives this program one schema more, whose step writes ``size``."""
    from app.db import engine, migrations
    from app.db.migrations import runner

    def make(size: int) -> None:
        folder = tmp_path / "versions"
        folder.mkdir()
        (folder / "0003_next.py").write_text(STEP.replace("SIZE", str(size)), encoding="utf-8")
        configuration = runner.configuration
        monkeypatch.setattr(runner, "configuration", lambda _=None: configuration(folder))
        for module in (engine, runner):
            monkeypatch.setattr(module, "HEAD", "0003")
        monkeypatch.setitem(migrations.read_version.__kwdefaults__ or {}, "head", "0003")

    return make


def test_an_older_file_is_backed_up_and_upgraded_in_the_window(
    qtbot: QtBot, make_window: Make, database: Path, next_schema: Callable[[int], None]
) -> None:
    before = rates(database, 1)
    next_schema(10)
    window = make_window(None)
    window.begin(Opening(str(database)))
    bar = one_error(qtbot, window, "older Tariffdesk", "upgrade the database first")
    press(bar, "Back up and upgrade")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []
    assert database.with_name("desk.db.schema-0002.bak").exists()
    assert rates(database, 1) == before


def test_a_disk_that_fills_up_during_an_upgrade_leaves_the_older_file(
    qtbot: QtBot,
    make_window: Make,
    database: Path,
    small_disk: Disk,
    next_schema: Callable[[int], None],
) -> None:
    path = Path(shutil.copy(database, small_disk.folder / "desk.db"))
    before = path.read_bytes()
    next_schema(6_000_000)
    window = make_window(None)
    window.begin(Opening(str(path)))
    press(one_error(qtbot, window, "older"), "Back up and upgrade")
    qtbot.waitUntil(lambda: "full" in window.notice_bar.text(), timeout=WAIT_MS)
    one_error(qtbot, window, "full: free some space and try again")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert path.read_bytes() == before
    assert not list(small_disk.folder.glob("*.tmp"))


# ------------------------------------------------------------------------------ held, closed, gone


def test_a_locked_file_is_told_and_opens_when_it_is_free(
    qtbot: QtBot, make_window: Make, database: Path
) -> None:
    window = make_window(None)
    with held(database):
        window.begin(Opening(str(database)))
        bar = one_error(qtbot, window, "desk.db is in use by another program")
        press(bar, "Try again")
        one_error(qtbot, window, "in use by another program")
    press(window.notice_bar, "Try again")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []


def test_a_read_only_place_is_told(
    qtbot: QtBot, make_window: Make, database: Path, read_only: Callable[[Path], Path]
) -> None:
    path = read_only(database)
    window = make_window(None)
    window.begin(Opening(str(path)))
    one_error(qtbot, window, "desk.db", "check its permissions")
    window.open_target(str(path.with_name("new.db")), create=True)
    qtbot.waitUntil(lambda: "new.db" in window.notice_bar.text(), timeout=WAIT_MS)
    one_error(qtbot, window, "new.db", "choose another place")
    window.open_target(str(path.parent / "sub" / "new.db"), create=True)
    qtbot.waitUntil(lambda: "sub" in window.notice_bar.text(), timeout=WAIT_MS)
    one_error(qtbot, window, "sub")


def test_a_full_disk_is_told_when_a_database_is_made(
    qtbot: QtBot, make_window: Make, small_disk: Disk
) -> None:
    window = make_window(None)
    small_disk.fill(spare=20_000)
    path = small_disk.folder / "new.db"
    window.open_target(str(path), create=True)
    bar = one_error(qtbot, window, "full: free some space and try again")
    small_disk.free()
    press(bar, "Try again")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_database_that_is_not_made_yet_can_be_made_at_once(
    qtbot: QtBot, make_window: Make, tmp_path: Path, there: bool
) -> None:
    path = tmp_path / "desk.db"
    if there:
        path.touch()
    window = make_window(None)
    window.begin(Opening(str(path)))
    press(one_error(qtbot, window, "desk.db"), "Create it here")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []


@pytest.mark.soak
def test_sample_data_on_a_full_disk_leaves_nothing(
    qtbot: QtBot, make_window: Make, small_disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(small_disk.folder / "data"))
    small_disk.fill(spare=300_000)
    window = make_window(None)
    window.load_sample_data()
    bar = one_error(qtbot, window, "full")
    assert isinstance(window.page, HomePage)
    assert [p for p in (small_disk.folder / "data").rglob("*") if p.is_file()] == []
    small_disk.free()
    press(bar, "Try again")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=60_000)
    calm(qtbot, window)
    assert errors(window) == []


def test_a_window_without_a_place_for_its_preferences_still_works(
    qtbot: QtBot,
    make_window: Make,
    database: Path,
    small_disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TARIFFDESK_CONFIG", str(small_disk.folder / "config"))
    first: MainWindow = make_window(database)
    first.set_density("compact")
    first.preferences.save()
    kept = (small_disk.folder / "config" / "window.json").read_bytes()
    small_disk.fill()
    first.preferences.set("ballast", "x" * 100_000)
    first.preferences.save()
    first.touch()
    first.end()
    assert (small_disk.folder / "config" / "window.json").read_bytes() == kept
    small_disk.free()
    second = make_window(database)
    assert errors(second) == []
    assert second.preferences.get("density") == "compact"
    second.set_density("normal")
