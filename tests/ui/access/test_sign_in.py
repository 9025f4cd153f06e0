"""The sign-in page: nothing is seen before, the right page comes after, refusals in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.access.sign_in_steps import PasswordStep
from app.ui.launch import Opening
from app.ui.main_window import MainWindow
from tests.ui.access.conftest import ask, page_of, sign_in
from tests.ui.conftest import WAIT_MS, settle

Make = Callable[..., MainWindow]


def first(window: MainWindow) -> PasswordStep:
    step = page_of(window).step
    assert isinstance(step, PasswordStep)
    return step


def test_nothing_of_the_database_is_seen_before_the_sign_in(
    qtbot: QtBot, asked: MainWindow
) -> None:
    assert page_of(asked).isVisible()
    assert not asked.tabs.isVisible()
    assert not asked.navigation.isVisible()
    assert not asked.status.isVisible()
    assert asked.page is None
    assert asked.jobs.session is None
    assert not asked.may("finance.services", "view")
    assert page_of(asked).place.accessibleName() == "Database: guarded.db"
    for name in ("palette", "import", "home", "reopen_tab", "account", "security", "help"):
        assert not asked.commands.by_id[name].isEnabled(), name
    for name in ("open_database", "theme", "quit"):
        assert asked.commands.by_id[name].isEnabled(), name


def test_the_right_password_opens_the_window(qtbot: QtBot, asked: MainWindow) -> None:
    sign_in(qtbot, asked)
    assert asked.tabs.isVisible()
    assert asked.user.button.text() == "Ada Byron"
    assert asked.status.user.text() == "Ada Byron"
    assert asked.may("users", "manage")
    assert asked.commands.by_id["palette"].isEnabled()
    assert asked.commands.by_id["sign_out"].isVisible()


def test_a_wrong_password_is_told_in_one_line_and_typed_anew(
    qtbot: QtBot, asked: MainWindow
) -> None:
    step = first(asked)
    step.login.setText("ada")
    step.password.set_text("not it")
    step.submit_button.click()
    assert step.busy
    assert step.waiting.isVisible()
    qtbot.waitUntil(lambda: not step.busy, timeout=WAIT_MS)
    assert step.message.text() == "The login or the password is wrong: type both again."
    assert step.login.text() == "ada"
    assert step.password.text() == ""
    assert asked.gate.locked


def test_a_login_given_at_the_start_is_filled_in(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    window.begin(Opening(str(guarded), user="ada"))
    qtbot.waitUntil(lambda: window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    assert first(window).login.text() == "ada"


def test_another_database_can_be_opened_instead(
    qtbot: QtBot, asked: MainWindow, database: Path
) -> None:
    asked.open_target(str(database))
    qtbot.waitUntil(lambda: asked.jobs.session is not None, timeout=WAIT_MS)
    settle(qtbot, asked.jobs)
    assert not asked.gate.locked
    assert asked.place_name() == "desk.db"


def test_a_database_that_can_not_be_opened_is_told_on_the_page(
    qtbot: QtBot, asked: MainWindow, tmp_path: Path
) -> None:
    asked.open_target(str(tmp_path / "none.db"))
    settle(qtbot, asked.jobs)
    assert "There is no database" in page_of(asked).notice.text()
    assert asked.gate.locked


def test_the_tabs_of_each_person_come_back_to_that_person(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    ask(qtbot, window, guarded)
    sign_in(qtbot, window)
    window.open_address("list?section=services")
    settle(qtbot, window.jobs)
    window.close()
    again = make_window()
    ask(qtbot, again, guarded)
    assert again.tabs.count() == 0
    sign_in(qtbot, again)
    assert [t.address.text() for t in again.tabs] == ["list?section=services"]
