"""My account and the menu at the name, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyotp
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidgetAction
from pytestqt.qtbot import QtBot

from app.ui.access.account_dialogs import DeleteDialog, NameDialog, PasswordDialog, PhoneDialog
from app.ui.access.account_page import AccountPage
from app.ui.access.avatar import initials, read_picture
from app.ui.access.avatar_dialog import AvatarDialog
from app.ui.access.sign_in_steps import PasswordStep
from app.ui.access.two_factor_dialog import TwoFactorDialog, TwoFactorOffDialog
from app.ui.look.theme import theme
from app.ui.main_window import MainWindow
from app.ui.widgets.confirm import Question
from tests.ui.access.conftest import PASSWORD, ask, come_in, page_of, sign_in
from tests.ui.conftest import WAIT_MS, settle

Make = Callable[..., MainWindow]
D = TypeVar("D", bound=QDialog)

OTHER = "Velvet-harbour-94"


@pytest.fixture
def ada(qtbot: QtBot, asked: MainWindow) -> MainWindow:
    sign_in(qtbot, asked)
    return asked


@pytest.fixture
def page(qtbot: QtBot, ada: MainWindow) -> AccountPage:
    return opened(qtbot, ada)


def opened(qtbot: QtBot, window: MainWindow) -> AccountPage:
    page = window.open_address("account")
    settle(qtbot, window.jobs)
    assert isinstance(page, AccountPage)
    return page


def shown(page: AccountPage, kind: type[D]) -> D:
    (dialog,) = [d for d in page.findChildren(kind) if d.isVisible()]
    return dialog


def test_the_menu_at_the_name_tells_who_it_is(ada: MainWindow) -> None:
    ada.user._fill()
    texts = [a.text() for a in ada.user.menu.actions() if a.text()]
    assert texts == [
        "My account",
        "Switch light / dark",
        "Language",
        "About Tariffdesk",
        "Sign out",
    ]
    head = ada.user.menu.actions()[0]
    assert isinstance(head, QWidgetAction)
    lines = [label.text() for label in head.defaultWidget().findChildren(QLabel)]
    assert lines == ["Ada Byron", "System owner", "ada"]


def test_without_a_sign_in_the_menu_says_whose_the_file_is(window: MainWindow) -> None:
    window.user._fill()
    texts = [a.text() for a in window.user.menu.actions() if a.text()]
    assert "Sign out" not in texts
    head = window.user.menu.actions()[0]
    assert isinstance(head, QWidgetAction)
    lines = [label.text() for label in head.defaultWidget().findChildren(QLabel)]
    assert lines[2].startswith("Anyone who can open this file can see and change everything")


def test_without_a_sign_in_the_page_has_the_looks_only(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window)
    assert page.nobody.isVisible()
    assert page.nobody.about.text().startswith("Anyone who can open this file")
    assert not page.about_me.isVisible()
    assert not page.danger.isVisible()
    assert page.theme_box.isVisible()


def test_the_account_is_shown(page: AccountPage) -> None:
    texts = {name: label.text() for name, label in page.values.items()}
    assert texts == {
        "name": "Ada Byron", "login": "ada", "email": "ada@example.com", "roles": "Admin",
        "company": "System owner", "phone": "—",
    }  # fmt: skip
    assert page.number.text() == "Account ID: 1"
    assert page.factor.text() == "Disabled"


def test_a_name_is_edited_and_seen_everywhere(qtbot: QtBot, page: AccountPage) -> None:
    window = page._window
    page._edit_name()
    dialog = shown(page, NameDialog)
    dialog.first.setText("  ")
    dialog.submit()
    settle(qtbot, window.jobs)
    assert dialog._troubles["first_name"].text() == "First name is required: fill it in."
    dialog.first.setText("Augusta")
    dialog.submit()
    settle(qtbot, window.jobs)
    assert page.values["name"].text() == "Augusta Byron"
    assert window.user.button.text() == "Augusta Byron"


def test_a_picture_is_cut_to_a_circle_and_seen(
    qtbot: QtBot, page: AccountPage, tmp_path: Path
) -> None:
    picture = QImage(300, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor(10, 200, 10))
    file = tmp_path / "me.png"
    picture.save(str(file))
    page.take_picture(str(file))
    settle(qtbot, page.shell.jobs)
    dialog = shown(page, AvatarDialog)
    dialog.size_of.setValue(200)
    assert dialog.view.cut().width() == 256
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    assert page.me is not None
    assert page.me.avatar is not None
    assert page.avatar.pixmap().toImage().pixelColor(36, 36).green() > 150
    page.remove_picture.click()
    settle(qtbot, page.shell.jobs)
    assert page.me.avatar is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n damaged"])
def test_what_is_no_picture_is_refused(
    qtbot: QtBot, page: AccountPage, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "me.png"
    file.write_bytes(content)
    page.take_picture(str(file))
    settle(qtbot, page.shell.jobs)
    assert page.bar.text() in {
        "The file is not a PNG or JPEG picture: choose another.",
        "The picture has more than 4096 pixels a side: choose another.",
        "The picture is damaged: choose another.",
    }


def test_a_picture_of_too_many_pixels_is_not_decoded() -> None:
    wide = QImage(5000, 2, QImage.Format.Format_Mono)
    wide.fill(0)
    from app.errors import UserError
    from app.ui.access.avatar import as_png

    with pytest.raises(UserError, match="4096 pixels"):
        read_picture(as_png(wide))


def test_initials() -> None:
    assert [initials(n) for n in ("Ada Byron", "ada", "Jean Luc Picard", "")] == [
        "AB", "A", "JP", "",
    ]  # fmt: skip


def test_the_password_is_changed_and_other_sessions_end(
    qtbot: QtBot, page: AccountPage, guarded: Path
) -> None:
    from app.bootstrap import open_session
    from app.errors import SignedOut

    elsewhere = open_session(str(guarded))
    other = come_in(elsewhere)
    page._change_password()
    dialog = shown(page, PasswordDialog)
    dialog.current.set_text("wrong")
    for line in (dialog.new.password, dialog.new.again):
        line.set_text(OTHER)
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    assert dialog._troubles["current"].text() == ("The current password is wrong: type it again.")
    dialog.current.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    assert not page._window.gate.locked
    with pytest.raises(SignedOut):
        other.context()
    elsewhere.close()


def test_two_factors_by_an_authenticator_and_off_again(qtbot: QtBot, page: AccountPage) -> None:
    jobs = page.shell.jobs
    page._turn_on()
    dialog = shown(page, TwoFactorDialog)
    assert not dialog.mail.isEnabled()
    dialog.password.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, jobs)
    assert dialog._begun is not None
    dialog.code.setText("123")
    dialog.submit()
    assert dialog._troubles["code"].text() == "Give all six digits of the code."
    dialog.code.setText(pyotp.TOTP(dialog._begun.secret).now())
    dialog.submit()
    settle(qtbot, jobs)
    assert page.factor.text() == "Authenticator app"
    page._turn_off()
    off = shown(page, TwoFactorOffDialog)
    off.password.set_text(PASSWORD)
    off.submit()
    settle(qtbot, jobs)
    assert page.factor.text() == "Disabled"


def test_a_phone_number_ends_every_session_this_one_too(qtbot: QtBot, page: AccountPage) -> None:
    window = page._window
    page._edit_phone()
    dialog = shown(page, PhoneDialog)
    dialog.phone.setText("+49 30 1234567")
    dialog.submit()
    qtbot.waitUntil(lambda: window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    sign_in(qtbot, window)
    assert page.values["phone"].text() == "+49301234567"


def _ends(page: AccountPage) -> list[QPushButton]:
    buttons = page.sessions.findChildren(QPushButton)
    return [b for b in buttons if b.text() == "End" and b.isVisible()]


def test_sessions_are_listed_and_ended(qtbot: QtBot, page: AccountPage, guarded: Path) -> None:
    from app.bootstrap import open_session
    from app.errors import SignedOut

    elsewhere = open_session(str(guarded))
    other = come_in(elsewhere)
    page.start()
    settle(qtbot, page.shell.jobs)
    qtbot.waitUntil(lambda: len(_ends(page)) == 2, timeout=WAIT_MS)  # and where Nora was invited
    _ends(page)[0].click()  # the newest
    (question,) = page.window().findChildren(Question)
    question.yes_button.click()
    settle(qtbot, page.shell.jobs)
    with pytest.raises(SignedOut):
        other.context()
    elsewhere.close()
    assert not page._window.gate.locked


def test_the_last_administrator_is_not_deleted(qtbot: QtBot, page: AccountPage) -> None:
    page._delete()
    dialog = shown(page, DeleteDialog)
    dialog.submit()
    assert dialog._troubles["password"].text() == "Give your current password."
    dialog.password.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    dialog.word.setText("delete")
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    assert "delete-account" in dialog._troubles["word"].text()
    dialog.word.setText("delete-account")
    dialog.submit()
    settle(qtbot, page.shell.jobs)
    assert dialog.message.text().startswith("You are the last administrator")
    dialog.reject()


def test_anybody_else_deletes_the_own_account(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    ask(qtbot, window, guarded)
    sign_in(qtbot, window, "noc.nora")
    page = opened(qtbot, window)
    page._delete()
    dialog = shown(page, DeleteDialog)
    dialog.password.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, window.jobs)
    dialog.word.setText("delete-account")
    dialog.submit()
    settle(qtbot, window.jobs)
    assert window.gate.locked
    step = page_of(window).step
    assert isinstance(step, PasswordStep)
    assert step.message.text() == "Your account was deleted."
    assert step.login.text() == ""


def test_the_theme_is_chosen_there_too(page: AccountPage) -> None:
    page.theme_box.setCurrentIndex(page.theme_box.findData("dark"))
    page.theme_box.activated.emit(page.theme_box.currentIndex())
    assert theme().name == "dark"
    page._window.set_theme("light")
    assert page.theme_box.currentData() == "light"
