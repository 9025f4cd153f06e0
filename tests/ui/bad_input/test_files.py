"""A database file that is locked, moved, replaced or out of room while its window is open."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.home import HomePage
from app.ui.import_wizard.page import ImportPage
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from app.ui.tariffs.compare_page import ComparePage
from app.ui.tariffs.service_page import ServicePage
from app.ui.widgets.toast import toasts
from tests.ui.bad_input.conftest import (
    Disk,
    Make,
    bars,
    calm,
    errors,
    held,
    leaf,
    one_error,
    open_tree,
    press,
    price,
    rates,
    set_price,
)

archives_end_badly = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Python's ZIP archive grumbles once more when it is collected, after its disk was full."""

SERVICE, UPCOMING = 1, 3
"""The SMS service of the sample data and its scope that is to come: no question before saving."""


def open_everything(qtbot: QtBot, window: MainWindow) -> None:
    """Open a page of every kind."""
    for address in (
        Address.of("list", section="services"),
        Address.of("list", section="imports"),
        Address.of("record", section="services", id=SERVICE),
        Address.of("record", section="services"),
        Address.of("service", id=2),
        Address.of("compare"),
        Address.of("import", service=SERVICE),
        Address.of("home"),
    ):
        window.open(address)
        calm(qtbot, window)


def assert_filled(window: MainWindow) -> None:
    """Every page has read what it shows."""
    for page in window.tabs.pages:
        if isinstance(page, ListPage):
            assert page.model.rowCount() > 0, page.title()
        elif isinstance(page, RecordPage):
            assert page._loaded, page.title()
        elif isinstance(page, ServicePage):
            editor = page.editor()
            assert page.record is not None
            assert editor is not None
            assert editor.model.rowCount() > 0
        elif isinstance(page, ImportPage):
            assert page.wizard.target is not None or not page.wizard.state.service
        else:
            assert isinstance(page, HomePage | ComparePage)


def test_pages_opened_on_a_locked_file_come_when_it_is_free(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    window = make_window(demo_database)
    with held(demo_database):
        open_everything(qtbot, window)
        bar = one_error(qtbot, window, "demo.db is in use by another program: try again")
        assert bar is window.notice_bar
        press(bar, "Try again")
        one_error(qtbot, window, "in use by another program")
    press(window.notice_bar, "Try again")
    calm(qtbot, window)
    assert [t.text() for t in toasts(window)] == ["The database is back."]
    for tab in list(window.tabs):
        window.tabs.show_tab(tab)
        calm(qtbot, window)
        assert errors(window) == [], tab.title()
    assert_filled(window)


def test_edits_of_a_tree_are_saved_when_the_file_is_free_again(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    before = rates(demo_database, UPCOMING)
    window = make_window(demo_database)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    item = leaf(editor)
    set_price(editor, item, "0.9")
    with held(demo_database):
        editor.save_now()
        one_error(qtbot, window, "demo.db is in use by another program: try again")
        assert editor.is_dirty()
        assert price(editor, item) == "0.90000"
        assert editor.save_button.isEnabled()
    assert rates(demo_database, UPCOMING) == before
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()
    after = rates(demo_database, UPCOMING)
    assert len([n for n in after if after[n] != before.get(n)]) == 1
    assert_filled(window)


@pytest.mark.soak
def test_a_form_is_saved_when_the_file_is_free_again(
    qtbot: QtBot, make_window: Make, database: Path
) -> None:
    window = make_window(database)
    page = window.open(Address.of("record", section="services", id=1))
    assert isinstance(page, RecordPage)
    calm(qtbot, window)
    page.begin_editing()
    page.form.put("name", "Acme renamed")
    with held(database):
        page.save_now()
        one_error(qtbot, window, "in use by another program")
        assert page.is_dirty()
    page.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert page.record is not None
    assert page.record.title == "Acme renamed"


@pytest.mark.soak
def test_a_reader_of_another_program_only_keeps_the_save_waiting(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    """A backup reads the file: lists go on, a save is told to wait (F12)."""
    window = make_window(demo_database)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    item = leaf(editor)
    set_price(editor, item, "0.9")
    with closing(sqlite3.connect(demo_database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rate_node").fetchone()
        page = window.open(Address.of("list", section="services"))
        calm(qtbot, window)
        assert isinstance(page, ListPage)
        assert errors(window) == []
        window.open(Address.of("service", id=SERVICE))
        editor.save_now()
        calm(qtbot, window)
        told = errors(window)
        assert len(told) == int(editor.is_dirty())  # a write-ahead journal would let it through
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()


# ------------------------------------------------------------------------------ moved, replaced


def test_a_file_that_is_moved_away_and_put_back_takes_the_edits(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    window = make_window(demo_database)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    before = rates(demo_database, UPCOMING)
    item = leaf(editor)
    set_price(editor, item, "0.9")
    aside = demo_database.rename(demo_database.with_name("aside.db"))
    editor.save_now()
    bar = one_error(qtbot, window, "demo.db is no longer there and nothing was saved")
    assert bar is window.notice_bar
    window.open(Address.of("list", section="services"))
    window.databases.write_backup(str(demo_database.with_name("backup.db")))
    one_error(qtbot, window, "no longer there")
    assert not demo_database.exists()  # no empty file was made in its place
    assert not demo_database.with_name("backup.db").exists()
    assert rates(aside, UPCOMING) == before
    press(window.notice_bar, "Try again")
    one_error(qtbot, window, "no longer there")
    aside.rename(demo_database)
    press(window.notice_bar, "Try again")
    calm(qtbot, window)
    assert errors(window) == []
    assert price(editor, item) == "0.90000"
    window.open(Address.of("service", id=SERVICE))
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert rates(demo_database, UPCOMING) != before


def test_a_file_that_was_replaced_is_opened_again_with_the_edits_offered(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    copy = Path(shutil.copy(demo_database, demo_database.with_name("copy.db")))
    window = make_window(demo_database)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    set_price(editor, leaf(editor), "0.9")
    before = rates(copy, UPCOMING)
    copy.replace(demo_database)
    editor.save_now()
    bar = one_error(qtbot, window, "demo.db was replaced by another file and nothing was saved")
    assert rates(demo_database, UPCOMING) == before
    session = window.jobs.session
    press(bar, "Try again")
    qtbot.waitUntil(lambda: window.jobs.session is not session)
    calm(qtbot, window)
    assert errors(window) == []
    press(window.recovery_bar, "Restore")
    calm(qtbot, window)
    page = window.page
    assert isinstance(page, ServicePage)
    again = page.editor()
    assert again is not None
    assert again.is_dirty()
    again.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert rates(demo_database, UPCOMING) != before


@pytest.mark.soak
def test_a_wrong_file_in_the_place_of_the_database_is_told(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    window = make_window(demo_database)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    set_price(editor, leaf(editor), "0.9")
    aside = demo_database.rename(demo_database.with_name("aside.db"))
    demo_database.write_text("not a database" * 100, encoding="utf-8")
    editor.save_now()
    press(one_error(qtbot, window, "was replaced"), "Try again")
    qtbot.waitUntil(lambda: "is not a Tariffdesk database" in window.notice_bar.text())
    one_error(qtbot, window, "demo.db")
    assert editor.is_dirty()
    aside.replace(demo_database)
    editor.save_now()
    calm(qtbot, window)
    assert not editor.is_dirty()


# ------------------------------------------------------------------------------ full, damaged


def test_a_full_disk_keeps_the_edits_until_there_is_room(
    qtbot: QtBot, make_window: Make, demo_database: Path, small_disk: Disk
) -> None:
    path = Path(shutil.copy(demo_database, small_disk.folder / "demo.db"))
    window = make_window(path)
    editor = open_tree(qtbot, window, SERVICE, UPCOMING)
    before = rates(path, UPCOMING)
    item = leaf(editor)
    set_price(editor, item, "0.9")
    small_disk.fill()
    editor.save_now()
    one_error(qtbot, window, "full: free some space and try again")
    assert editor.is_dirty()
    assert price(editor, item) == "0.90000"
    small_disk.free()
    assert rates(path, UPCOMING) == before
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()
    assert rates(path, UPCOMING) != before


@pytest.mark.soak
def test_a_form_on_a_full_disk_keeps_what_was_typed(
    qtbot: QtBot, make_window: Make, database: Path, small_disk: Disk
) -> None:
    path = Path(shutil.copy(database, small_disk.folder / "desk.db"))
    window = make_window(path)
    page = window.open(Address.of("record", section="services"))
    assert isinstance(page, RecordPage)
    calm(qtbot, window)
    page.form.put("name", "Third")
    page.form.put("description", "x" * 900)
    page.form.put("currency", "EUR", "EUR – Euro")
    small_disk.fill()
    page.save_now()
    one_error(qtbot, window, "full: free some space and try again")
    assert page.form.values()["name"] == "Third"
    small_disk.free()
    page.save_now()
    calm(qtbot, window)
    assert errors(window) == []


@archives_end_badly
def test_a_tree_and_a_backup_are_written_whole_or_not_at_all(
    qtbot: QtBot, make_window: Make, demo_database: Path, small_disk: Disk
) -> None:
    window = make_window(demo_database)
    open_tree(qtbot, window, SERVICE, UPCOMING)
    page = window.page
    assert isinstance(page, ServicePage)
    kept = small_disk.folder / "rates.csv"
    kept.write_bytes(b"the one of last month")
    small_disk.fill()
    for name in ("rates.csv", "rates.xlsx"):
        page.export_to(small_disk.folder / name)
        one_error(qtbot, window, name)
        page.bar.clear()
    window.databases.write_backup(str(small_disk.folder / "backup.db"))
    one_error(qtbot, window, "full: free some space and try again")
    window.notice_bar.clear()
    window.databases.write_backup(str(kept))
    one_error(qtbot, window, "rates.csv exists already: choose another name")
    assert kept.read_bytes() == b"the one of last month"
    assert sorted(p.name for p in small_disk.folder.iterdir()) == ["ballast", "rates.csv"]
    gc.collect()


@archives_end_badly
def test_a_list_is_exported_whole_or_not_at_all(
    qtbot: QtBot, make_window: Make, demo_database: Path, small_disk: Disk
) -> None:
    from app.ui.lists.export_dialog import ExportDialog

    window = make_window(demo_database)
    page = window.open(Address.of("list", section="services"))
    assert isinstance(page, ListPage)
    calm(qtbot, window)
    path = small_disk.folder / "services.xlsx"
    path.write_bytes(b"the one of last month")
    small_disk.fill()
    for name in ("services.xlsx", "services.csv"):
        page.tools.actions["export"].trigger()
        dialog = page.dialog
        assert isinstance(dialog, ExportDialog)
        (dialog.csv if name.endswith("csv") else dialog.xlsx).setChecked(True)
        dialog.path.setText(str(small_disk.folder / name))
        dialog.export_button.click()
        one_error(qtbot, window, name, "No space left on device")
        for bar in bars(window):
            bar.clear()
    assert path.read_bytes() == b"the one of last month"
    assert sorted(p.name for p in small_disk.folder.iterdir()) == ["ballast", "services.xlsx"]
    gc.collect()


def test_a_damaged_file_is_told_where_it_shows(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    with closing(sqlite3.connect(demo_database)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'rate_node'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with demo_database.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xee" * size)
    window = make_window(demo_database)
    window.open(Address.of("service", id=SERVICE))
    one_error(qtbot, window, "demo.db is damaged: restore it from a backup")


def test_somebody_else_saves_the_same_rate_first(
    qtbot: QtBot, make_window: Make, demo_database: Path
) -> None:
    """Two windows on one rate: the second save asks, nothing of either is lost (GEN-4)."""
    from app.ui.tariffs.conflict_dialog import ConflictDialog

    first, second = make_window(demo_database), make_window(demo_database)
    editors = [open_tree(qtbot, w, SERVICE, UPCOMING) for w in (first, second)]
    for editor, amount in zip(editors, ("0.8", "0.9"), strict=True):
        set_price(editor, leaf(editor), amount)
    editors[0].save_now()
    calm(qtbot, first)
    assert not editors[0].is_dirty()
    editors[1].save_now()
    calm(qtbot, second)
    (dialog,) = second.findChildren(ConflictDialog)
    assert dialog.isVisible()
    dialog.reject()
    calm(qtbot, second)
    assert [b.kind for b in bars(second, "error", "warn") if "still here" in b.text()] == ["warn"]
    assert editors[1].is_dirty()
    assert price(editors[1], leaf(editors[1])) == "0.90000"
    editors[1].discard()
