"""The window around the pages: tabs, closing, state over a restart, trouble."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import Unreachable, UserError
from app.ui.addresses import Address
from app.ui.look.theme import theme
from app.ui.main_window import MainWindow
from app.ui.preferences import config_folder
from app.ui.session_file import SavedSession, SavedTab, read_session, session_path, write_session
from tests.ui.conftest import Dialogs, settle
from tests.ui.shell.pages import NotePage, address

Note = Callable[[int], NotePage]
Make = Callable[..., MainWindow]


def press(text: str) -> Callable[[QDialog], None]:
    """Return an answer that clicks the button with ``text``."""

    def answer(dialog: QDialog) -> None:
        (button,) = [b for b in dialog.findChildren(QPushButton) if b.text().startswith(text)]
        button.click()

    return answer


def titles(window: MainWindow) -> list[str]:
    return [t.title() for t in window.tabs]


# ------------------------------------------------------------------------------ tabs


def test_item_07_opening_the_same_record_twice_focuses_its_tab(
    window: MainWindow, note: Note
) -> None:
    first, _second = note(1), note(2)
    again = window.open(address(1, at="here"))
    assert again is first
    assert first.visits[-1].get("at") == "here"
    assert window.page is first
    assert titles(window) == ["Start", "Note 1", "Note 2"]


def test_a_page_starts_once_when_it_is_shown(qtbot: QtBot, window: MainWindow, note: Note) -> None:
    page = note(1)
    qtbot.waitUntil(lambda: page.started == 1)
    window.previous_tab()
    window.next_tab()
    QApplication.processEvents()
    assert page.started == 1


def test_tabs_go_round_close_and_come_back(window: MainWindow, note: Note) -> None:
    note(1), note(2)
    window.next_tab()
    assert window.page is not None
    assert window.page.title() == "Start"
    window.previous_tab()
    assert window.page.title() == "Note 2"
    window.close_tab()
    assert titles(window) == ["Start", "Note 1"]
    window.reopen_tab()
    assert window.page.title() == "Note 2"
    for _ in range(3):
        window.close_tab()
    assert titles(window) == ["Start"]  # there is always a page


def test_the_middle_button_closes_a_tab(window: MainWindow, note: Note) -> None:
    note(1)
    bar = window.tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(1).center())
    assert titles(window) == ["Start"]


def test_a_closed_page_ends_what_runs_for_it(window: MainWindow, note: Note) -> None:
    page = note(1)
    window.close_page(page)
    assert page.closed == 1


def test_the_tab_marks_unsaved_changes_and_the_status_bar_tells_of_the_page(
    window: MainWindow, note: Note
) -> None:
    page = note(1)
    page.edit.setText("abc")
    assert window.tabs.tabText(1) == "• Note 1"
    assert window.status.page_line.toolTip() == ""
    assert window.status.page_line.text() == "3 letters"
    page.save(lambda _: None)
    assert window.tabs.tabText(1) == "Note 1"


def test_a_change_is_told_to_every_page(qtbot: QtBot, window: MainWindow, note: Note) -> None:
    page = note(1)
    window.jobs.change("Work", lambda ctx: None, owner=window, nouns=("rates",))
    qtbot.waitUntil(lambda: page.refreshed == [frozenset({"rates", "audit"})])


def test_undo_follows_the_page_in_front(window: MainWindow, note: Note) -> None:
    first, second = note(1), note(2)
    first.push("+3 % on 12 rates")
    assert not window.commands.undo.isEnabled()
    window.open(address(1))
    assert window.commands.undo.isEnabled()
    assert window.commands.undo.text() == "Undo +3 % on 12 rates"
    window.commands.undo.trigger()
    assert first.stack.index() == 0
    assert second.stack.count() == 0


# ------------------------------------------------------------------------------ closing (item 25)


def test_item_25_an_unchanged_or_saved_page_closes_without_a_question(
    window: MainWindow, note: Note
) -> None:
    page = note(1)
    page.edit.setText("abc")
    page.save(lambda _: None)
    window.close_tab()
    assert titles(window) == ["Start"]


@pytest.mark.parametrize(
    ("button", "left", "text"), [("Save", 1, "abc"), ("Discard", 1, ""), ("Cancel", 2, "")]
)
def test_item_25_a_changed_page_asks_save_discard_cancel(
    window: MainWindow, note: Note, dialogs: Dialogs, button: str, left: int, text: str
) -> None:
    page = note(1)
    page.edit.setText("abc")
    dialogs.answer(press(button))
    window.close_tab()
    assert window.tabs.count() == left
    assert page.saved == text
    if button == "Cancel":
        assert page.edit.text() == "abc"
        page.discard()


def test_item_25_a_page_that_can_not_be_saved_stays(
    window: MainWindow, note: Note, dialogs: Dialogs
) -> None:
    page = note(1)
    page.edit.setText("abc")
    page.broken = True
    dialogs.answer(press("Save"))
    window.close()
    assert window.isVisible()
    assert window.page is page
    page.discard()


def test_item_25_closing_the_window_asks_once_for_all_pages(
    window: MainWindow, note: Note, dialogs: Dialogs
) -> None:
    pages = [note(1), note(2)]
    for page in pages:
        page.edit.setText("abc")
    dialogs.answer(press("Save"))
    window.close()
    assert [p.saved for p in pages] == ["abc", "abc"]
    assert not window.isVisible()
    assert len(dialogs.shown) == 1


def test_the_window_waits_for_a_change_that_runs(
    qtbot: QtBot, window: MainWindow, note: Note
) -> None:
    import threading

    go = threading.Event()
    window.jobs.change("Importing a.xlsx", lambda ctx: go.wait(5), owner=window)
    window.close()
    assert window.isVisible()
    assert "Importing a.xlsx is still running" in window.notice_bar.text()
    go.set()
    settle(qtbot, window.jobs)
    window.close()
    assert not window.isVisible()


# ------------------------------------------------------------------------------ restart


def test_tabs_sizes_and_theme_survive_a_restart(
    make_window: Make, database: Path, config_folder: Path
) -> None:
    window = make_window(database)
    window.open(address(1))
    page = window.open(address(2))
    assert isinstance(page, NotePage)
    window.open(address(3))
    window.open(address(2))
    window.navigation.toggle_favourite("services")
    window.toggle_navigation()
    window.set_theme("dark")
    window.close()
    theme().apply(QApplication.instance(), "light")  # type: ignore[arg-type]
    again = make_window(database)
    assert titles(again) == ["Note 1", "Note 2", "Note 3"]
    assert again.page is not None
    assert again.page.title() == "Note 2"
    assert len(again.tabs.pages) == 1  # the others are made when they are shown
    assert again.navigation.favourites == ["services"]
    assert again.navigation.isHidden()
    assert again.preferences.get("theme") == "dark"
    assert again.databases.last() == str(database)


def test_item_49_unsaved_edits_are_offered_and_restored(
    qtbot: QtBot, make_window: Make, database: Path, config_folder: Path
) -> None:
    crashed = SavedSession(
        (
            SavedTab("note?id=1", "Note 1", "file", {}, {"text": "half a thought"}),
            SavedTab("note?id=2", "Note 2", "file", {}, None),
        ),
        0,
    )
    write_session(session_path(config_folder, str(database)), crashed)
    window = make_window(database)
    assert window.recovery_bar.text() == "Unsaved edits of one tab were found."
    assert titles(window) == ["Note 1", "Note 2", "Start"]
    restore, _ = window.recovery_bar.buttons()
    restore.click()
    page = window.page
    assert isinstance(page, NotePage)
    assert page.edit.text() == "half a thought"
    assert page.is_dirty()
    assert not window.recovery_bar.isVisible()
    page.discard()


def test_item_49_discarded_edits_are_gone(
    make_window: Make, database: Path, config_folder: Path
) -> None:
    path = session_path(config_folder, str(database))
    write_session(path, SavedSession((SavedTab("note?id=1", "N", unsaved={"text": "x"}),), 0))
    window = make_window(database)
    window.recovery_bar.buttons()[1].click()
    window.close()
    assert read_session(path).tabs[0].unsaved is None


def test_undecided_edits_are_offered_again(
    make_window: Make, database: Path, config_folder: Path
) -> None:
    path = session_path(config_folder, str(database))
    write_session(path, SavedSession((SavedTab("note?id=1", "N", unsaved={"text": "x"}),), 0))
    make_window(database).close()
    assert read_session(path).tabs[0].unsaved == {"text": "x"}


def test_a_damaged_session_file_costs_the_tabs_only(
    make_window: Make, database: Path, config_folder: Path
) -> None:
    path = session_path(config_folder, str(database))
    path.parent.mkdir(parents=True)
    path.write_text('{"tabs": [{"address"', encoding="utf-8")
    assert titles(make_window(database)) == ["Start"]


def test_edits_reach_the_session_file_without_closing(
    qtbot: QtBot, window: MainWindow, note: Note, database: Path
) -> None:
    page = note(7)
    page.edit.setText("kept")
    path = session_path(config_folder(), str(database))
    qtbot.waitUntil(lambda: bool(read_session(path).unsaved), timeout=5000)
    assert read_session(path).unsaved[0].unsaved == {"text": "kept"}
    page.discard()


# ------------------------------------------------------------------------------ trouble


def test_item_50_faults_show_one_bar_with_details(window: MainWindow, tmp_path: Path) -> None:
    window.show_fault("ValueError", "the whole story", tmp_path / "x.log")
    window.show_fault("ValueError", "the whole story", tmp_path / "x.log")
    assert "ValueError" in window.fault_bar.text()
    assert "2 times" in window.fault_bar.text()
    copy, _log = window.fault_bar.buttons()
    copy.click()
    assert QApplication.clipboard().text() == "the whole story"


def test_a_refusal_stands_on_its_page(qtbot: QtBot, window: MainWindow, note: Note) -> None:
    page = note(1)

    def refuse(ctx: object) -> None:
        raise UserError("That name is taken: choose another one.")

    window.jobs.change("Rename", refuse, owner=page.edit)
    tab = window.tabs.tab
    assert tab is not None
    qtbot.waitUntil(lambda: tab.bar.text() == "That name is taken: choose another one.")
    nobody = QObject(window)
    window.jobs.change("Rename", refuse, owner=nobody)
    qtbot.waitUntil(lambda: window.notice_bar.text().startswith("That name"))


def test_a_lost_connection_offers_to_try_again_and_keeps_edits(
    qtbot: QtBot, window: MainWindow, note: Note
) -> None:
    page = note(1)
    page.edit.setText("abc")

    def lose(ctx: object) -> None:
        raise Unreachable("The connection was lost: check the network and try again.")

    window.jobs.query(lose, owner=page, done=lambda _: None, failed=lambda _: None)
    qtbot.waitUntil(window.notice_bar.isVisible)
    page.refreshed.clear()
    window.notice_bar.buttons()[0].click()
    qtbot.waitUntil(lambda: bool(page.refreshed))
    assert "services" in page.refreshed[0]
    assert page.edit.text() == "abc"
    page.discard()


def test_the_database_being_away_is_told_apart(tmp_path: Path) -> None:
    import sqlite3

    from app.db.failures import explain

    for code, away in ((sqlite3.SQLITE_IOERR, True), (sqlite3.SQLITE_BUSY, False)):
        error = sqlite3.OperationalError()
        error.sqlite_errorcode = code
        assert isinstance(explain(error, "x.db"), Unreachable) is away


# ------------------------------------------------------------------------------ the rest


def test_a_page_needs_a_database(make_window: Make) -> None:
    window = make_window(None)
    page = window.open(Address.of("list", section="services"))
    assert page.title() == "Start"


def test_dropped_files_open_by_what_they_are(
    window: MainWindow, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(window, "open_target", opened.append)
    monkeypatch.setattr(window, "open", lambda place: opened.append(place.text()))
    data = QMimeData()
    paths = [tmp_path / "prices.xlsx", tmp_path / "other.db", tmp_path / "picture.png"]
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    event = QDropEvent(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert opened[0] == str(tmp_path / "other.db")
    assert Address.parse(opened[1]).get("file") == str(tmp_path / "prices.xlsx")
    assert len(opened) == 2


def test_theme_and_density_change_at_once(window: MainWindow) -> None:
    before = theme().row_height
    window.set_density("comfortable")
    assert theme().row_height > before
    window.set_density("normal")
    window.set_theme("dark")
    assert theme().is_dark
    window.switch_theme()
    assert not theme().is_dark
    assert window.preferences.get("theme") == "light"


def test_jobs_are_shown_with_progress_and_cancel(qtbot: QtBot, window: MainWindow) -> None:
    import threading

    go = threading.Event()

    def work(job: object) -> None:
        job.report("reading rows", 50, 100)  # type: ignore[attr-defined]
        go.wait(5)

    jobs = [window.jobs.run(work, owner=window, title=f"Import {n}") for n in (1, 2)]
    row = window.status.job_row
    qtbot.waitUntil(lambda: "reading rows 50 %" in row.label.accessibleName())
    assert row.job is jobs[1]
    assert window.status.more.text() == "2 jobs"
    window.status.more.click()
    assert window.status.popup.isVisible()
    row.cancel.click()
    assert jobs[1].cancelled
    go.set()
    settle(qtbot, window.jobs)
    assert not row.isVisible()
    assert not window.status.popup.isVisible()
