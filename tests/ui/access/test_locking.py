"""Idle windows, sessions ended elsewhere, signing out: nothing is seen, no work is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.bootstrap import open_session
from app.services.access.policy import save_policy
from app.ui import pages
from app.ui.access.sign_in_steps import PasswordStep
from app.ui.main_window import MainWindow
from app.ui.widgets.confirm import SaveQuestion
from app.ui.widgets.toast import toasts
from tests.ui.access.conftest import NOC, ask, make_admin, page_of, sign_in
from tests.ui.conftest import WAIT_MS, Dialogs, settle
from tests.ui.shell.pages import KIND, PLACE, NotePage, address

Make = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def _note_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pages.PAGES, KIND, PLACE)


@pytest.fixture
def ada(qtbot: QtBot, asked: MainWindow) -> MainWindow:
    sign_in(qtbot, asked)
    return asked


def write(window: MainWindow, text: str = "half a thought") -> NotePage:
    page = window.open(address(5))
    assert isinstance(page, NotePage)
    page.edit.setText(text)
    QApplication.processEvents()
    return page


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def watch(window: MainWindow, minutes: int = 10) -> Clock:
    clock = Clock()
    window.gate.idle.now = clock
    window.gate.idle.begin(minutes)
    return clock


def told(window: MainWindow) -> str:
    step = page_of(window).step
    assert isinstance(step, PasswordStep)
    return step.message.text()


# ------------------------------------------------------------------------------ idle


def test_the_policy_of_the_database_says_how_long(ada: MainWindow) -> None:
    assert ada.gate.idle.limit == 60 * 60


def test_a_changed_policy_counts_at_once(qtbot: QtBot, ada: MainWindow) -> None:
    ada.jobs.change(
        "", lambda ctx: save_policy(ctx, {"idle_minutes": 5}), owner=ada, nouns=("security",)
    )
    settle(qtbot, ada.jobs)
    assert ada.gate.idle.limit == 5 * 60


def test_a_minute_before_the_end_it_is_said_and_any_key_stays(
    qtbot: QtBot, ada: MainWindow
) -> None:
    clock = watch(ada)
    clock.now += 539
    ada.gate.idle.check()
    assert not ada.idle_bar.isVisible()
    clock.now += 2
    ada.gate.idle.check()
    assert ada.idle_bar.isVisible()
    (stay,) = ada.idle_bar.buttons()
    assert stay.text() == "Stay signed in"
    QTest.keyClick(ada, "a")
    assert not ada.idle_bar.isVisible()
    clock.now += 59
    ada.gate.idle.check()
    assert not ada.gate.locked


def test_a_quiet_window_is_covered_and_the_same_person_goes_on(
    qtbot: QtBot, ada: MainWindow
) -> None:
    page = write(ada)
    clock = watch(ada)
    clock.now += 601
    ada.gate.idle.check()
    settle(qtbot, ada.jobs)
    assert ada.gate.locked
    assert not page.isVisible()
    assert ada.page is None
    assert told(ada).startswith("You were signed out because nobody used the window")
    assert ada.focusWidget() is page_of(ada).step.password.line
    assert ada.recent.pages() == []
    assert not ada.commands.by_id["close_tab"].isEnabled()
    assert not ada.commands.undo.isEnabled()
    sign_in(qtbot, ada)
    assert ada.page is page
    assert page.edit.text() == "half a thought"
    assert page.isVisible()
    assert ada.gate.idle.watching


def test_a_running_change_is_no_idleness(qtbot: QtBot, ada: MainWindow) -> None:
    clock = watch(ada)
    import threading

    go = threading.Event()
    ada.jobs.change("Importing", lambda _: go.wait(10), owner=ada)
    clock.now += 700
    ada.gate.idle.check()
    assert not ada.gate.locked
    go.set()
    settle(qtbot, ada.jobs)


def test_another_person_gets_own_tabs_and_the_first_one_finds_the_edits(
    qtbot: QtBot, ada: MainWindow
) -> None:
    write(ada)
    ada.gate.lock("Idle.")
    settle(qtbot, ada.jobs)
    sign_in(qtbot, ada, NOC)
    assert [t.address.kind for t in ada.tabs] == ["home"]
    assert not ada.recovery_bar.isVisible()
    ada.sign_out()
    settle(qtbot, ada.jobs)
    sign_in(qtbot, ada)
    assert ada.recovery_bar.text() == "Unsaved edits of one tab were found."
    ada.recovery_bar.buttons()[0].click()
    page = ada.page
    assert isinstance(page, NotePage)
    assert page.edit.text() == "half a thought"


def test_dialogs_and_news_wait_for_their_person(qtbot: QtBot, ada: MainWindow) -> None:
    dialog = QDialog(ada)
    dialog.setWindowTitle("Acme SMS")
    dialog.open()
    ada.notify("Imported 12 rates")
    ada.gate.lock("Idle.")
    settle(qtbot, ada.jobs)
    assert not dialog.isVisible()
    assert not toasts(ada)
    ada.notify("Exported 3 rows")
    assert not toasts(ada)
    sign_in(qtbot, ada)
    assert dialog.isVisible()
    assert [t.text() for t in toasts(ada)] == ["Exported 3 rows"]
    dialog.close()


def test_news_and_dialogs_of_one_person_are_not_told_to_another(
    qtbot: QtBot, ada: MainWindow
) -> None:
    dialog = QDialog(ada)
    dialog.open()
    ada.gate.lock("Idle.")
    ada.notify("Exported 3 rows")
    settle(qtbot, ada.jobs)
    sign_in(qtbot, ada, NOC)
    assert not isValid(dialog)
    assert not toasts(ada)


def test_a_window_that_is_closed_while_covered_keeps_the_edits(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    ask(qtbot, window, guarded)
    sign_in(qtbot, window)
    write(window)
    window.gate.lock("Idle.")
    settle(qtbot, window.jobs)
    window.close()
    again = make_window()
    ask(qtbot, again, guarded)
    sign_in(qtbot, again)
    assert again.recovery_bar.text() == "Unsaved edits of one tab were found."


# ------------------------------------------------------------------------------ ended elsewhere


def test_a_session_that_was_ended_elsewhere_covers_the_window_at_the_next_command(
    qtbot: QtBot, ada: MainWindow
) -> None:
    from app.services.access import sign_in as signing
    from app.ui.access.arrival import session_id

    page = write(ada)
    session = ada.jobs.session
    assert session is not None
    number = session_id(session)
    assert number is not None
    signing.end(session.database, number)
    ada.open_address("list?section=services")
    qtbot.waitUntil(lambda: ada.gate.locked, timeout=WAIT_MS)
    settle(qtbot, ada.jobs)
    assert told(ada) == "You were signed out: sign in again to go on."
    sign_in(qtbot, ada)
    assert page in ada.tabs.pages
    assert page.edit.text() == "half a thought"


# ------------------------------------------------------------------------------ signing out


def test_signing_out_asks_for_unsaved_edits_first(
    qtbot: QtBot, ada: MainWindow, dialogs: Dialogs
) -> None:
    write(ada)
    dialogs.answer(lambda d: d.reject())
    ada.sign_out()
    assert not ada.gate.locked
    shown = dialogs.shown[-1]
    assert isinstance(shown, SaveQuestion)
    dialogs.answer(shown_discard)
    ada.sign_out()
    settle(qtbot, ada.jobs)
    assert ada.gate.locked
    assert ada.tabs.count() == 0
    assert told(ada) == "You are signed out."
    sign_in(qtbot, ada)
    assert not ada.recovery_bar.isVisible()


def shown_discard(dialog: QDialog) -> None:
    assert isinstance(dialog, SaveQuestion)
    dialog.more_buttons[0].click()


def test_signing_out_ends_the_session_in_the_database(qtbot: QtBot, ada: MainWindow) -> None:
    from app.errors import SignedOut

    session = ada.jobs.session
    assert session is not None
    ada.sign_out()
    settle(qtbot, ada.jobs)
    with pytest.raises(SignedOut):
        session.context()


def test_input_is_noticed_cheaply(ada: MainWindow, qtbot: QtBot) -> None:
    import time

    watch(ada)
    event = QEvent(QEvent.Type.Paint)
    began = time.thread_time()
    for _ in range(10_000):
        ada.gate.idle.eventFilter(ada, event)
    assert time.thread_time() - began < 0.5


def test_a_window_of_the_owner_is_covered_once_sign_in_was_switched_on_elsewhere(
    qtbot: QtBot, window: MainWindow, database: Path
) -> None:
    write(window)
    elsewhere = open_session(str(database))
    make_admin(elsewhere)
    elsewhere.close()
    window.open_address("list?section=services")
    qtbot.waitUntil(lambda: window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    assert told(window).startswith("Sign-in was switched on for this database")
    sign_in(qtbot, window)
    assert [t.address.kind for t in window.tabs] == ["home"]


def test_what_the_end_of_a_sign_in_made_pages_say_is_gone_afterwards(
    qtbot: QtBot, ada: MainWindow
) -> None:
    ada.gate.lock("Ended.")
    page = ada.tabs.pages[0]
    told_page: list[str] = []
    ada.jobs.query(
        lambda _: None,
        owner=page,
        done=lambda _: None,
        failed=lambda problem: told_page.append(str(problem)),
    )
    settle(qtbot, ada.jobs)
    assert told_page == ["Ended."]
    for tab in ada.tabs:
        tab.bar.show_message("Ended.", "error")
    sign_in(qtbot, ada)
    assert not any(tab.bar.text() for tab in ada.tabs)
