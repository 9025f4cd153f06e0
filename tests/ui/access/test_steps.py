"""The steps behind the password: second factor, new password, invitation, forgotten password."""

from __future__ import annotations

import datetime as dt
import email
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from aiosmtpd.controller import Controller
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.services.access import account, mail
from app.ui.access.sign_in_steps import CodeStep, NewPasswordStep, PasswordStep, PhoneStep
from app.ui.access.sign_up_steps import ForgottenStep, InvitationStep, ResetStep, SignUpStep
from app.ui.access.step import Step
from app.ui.main_window import MainWindow
from tests.ui.access.conftest import ADMIN, PASSWORD, ask, come_in, invite, now, page_of
from tests.ui.conftest import WAIT_MS, settle

Make = Callable[..., MainWindow]

OTHER = "Velvet-harbour-94"


def step_of(window: MainWindow, kind: type[Step]) -> Any:
    step = page_of(window).step
    assert isinstance(step, kind), step
    return step


def begin(qtbot: QtBot, window: MainWindow, login: str = ADMIN, password: str = PASSWORD) -> None:
    """Send the first step and wait for what comes."""
    step = step_of(window, PasswordStep)
    step.login.setText(login)
    step.password.set_text(password)
    step.submit()
    settle(qtbot, window.jobs)


def entered(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)


class Post:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content)
        self.texts.append(str(message.get_payload()))
        return "250 OK"

    def digits(self) -> str:
        return re.findall(r"\b\d{6}\b", self.texts[-1])[-1]

    def long_code(self) -> str:
        return re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", self.texts[-1])[-1]


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def use_mail(path: Path, port: int) -> None:
    session = open_session(str(path))
    settings = mail.MailSettings("127.0.0.1", port, "none", "", "office@example.com")
    mail.save_mail_settings(come_in(session).context(), settings)
    session.close()


# ------------------------------------------------------------------------------ second factor


def test_an_authenticator_is_asked_for_and_wrong_codes_are_counted(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    session = open_session(str(guarded))
    ctx = come_in(session).context()
    begun = account.enrol(ctx, PASSWORD)
    totp = pyotp.TOTP(begun.secret)
    account.confirm(ctx, begun, totp.at(now() - dt.timedelta(seconds=30)))
    session.close()
    window = make_window()
    ask(qtbot, window, guarded)
    begin(qtbot, window)
    step = step_of(window, CodeStep)
    assert step.title.text() == "Second step"
    right = totp.now()
    wrong = "".join(str((int(c) + 1) % 10) for c in right)
    QApplication.clipboard().setText(f"{wrong[:3]} {wrong[3:]}")
    step.code.paste()
    settle(qtbot, window.jobs)
    assert "2 attempts are left" in step.message.text()
    assert step.code.text() == ""
    step.code.setText(totp.now())  # the last digit sends it
    entered(qtbot, window)


def test_a_code_is_mailed_and_again_after_half_a_minute(
    qtbot: QtBot, make_window: Make, guarded: Path, post: tuple[Post, int]
) -> None:
    handler, port = post
    use_mail(guarded, port)
    session = open_session(str(guarded))
    account.use_mailed_codes(come_in(session).context(), PASSWORD)
    session.close()
    window = make_window()
    ask(qtbot, window, guarded)
    begin(qtbot, window)
    step = step_of(window, CodeStep)
    assert "a•••@example.com" in step.intro.text()
    assert not step.again.isEnabled()
    assert step.again.text() == "Send the code again (in 30 s)"
    step._left = 1
    step._count()
    assert step.again.isEnabled()
    first = handler.digits()
    window.gate.page.now = lambda: now() + dt.timedelta(seconds=31)
    step.again.click()
    settle(qtbot, window.jobs)
    assert step.message.kind == "ok"
    assert not step.again.isEnabled()
    second = handler.digits()
    if first != second:
        step.code.setText(first)
        settle(qtbot, window.jobs)
        assert step.message.kind == "error"
    step.code.setText(second)
    entered(qtbot, window)


def test_a_company_that_wants_two_factors_gets_an_authenticator_and_a_phone(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    session = open_session(str(guarded))
    ctx = come_in(session).context()
    with ctx.database.write() as connection:
        from sqlalchemy import text

        connection.execute(text("UPDATE company SET two_factor = TRUE WHERE id = 1"))
    session.close()
    window = make_window()
    ask(qtbot, window, guarded)
    begin(qtbot, window)
    step = step_of(window, CodeStep)
    assert step.title.text() == "Add a second step"
    enrolment = step._sign_in.enrolment
    assert enrolment is not None
    step.code.setText(pyotp.TOTP(enrolment.secret).now())
    settle(qtbot, window.jobs)
    phone = step_of(window, PhoneStep)
    phone.phone.setText("abc")
    phone.submit()
    settle(qtbot, window.jobs)
    assert "5 to 15 digits" in phone.message.text()
    phone.phone.setText("+49 30 1234567")
    phone.submit()
    entered(qtbot, window)


# ------------------------------------------------------------------------------ passwords


def test_an_expired_password_is_replaced_with_the_rules_in_sight(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    ask(qtbot, window, guarded)
    later = now() + dt.timedelta(days=61)
    page_of(window).now = lambda: later
    begin(qtbot, window)
    step = step_of(window, NewPasswordStep)
    assert "older than 60 days" in step.intro.text()
    new = step.new
    assert not any(new.list.met.values())
    new.password.set_text("short1A")
    assert new.list.met == {
        "length": False, "classes": True, "names": True, "common": True, "same": False,
    }  # fmt: skip
    step.submit()
    assert "too short" in step.message.text()
    new.password.set_text(PASSWORD)
    new.again.set_text(PASSWORD)
    step.submit()
    settle(qtbot, window.jobs)
    assert "choose another" in step.message.text()
    new._generate()
    assert all(new.list.met.values())
    assert new.copy.isVisible()
    new.copy.click()
    assert QApplication.clipboard().text() == new.text()
    step.submit()
    entered(qtbot, window)


def test_an_invitation_becomes_a_user_who_is_in(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    session = open_session(str(guarded))
    code = invite(come_in(session).context(), "eva@example.com", "rate_manager")
    session.close()
    window = make_window()
    ask(qtbot, window, guarded)
    step_of(window, PasswordStep)._invited()
    step = step_of(window, InvitationStep)
    step.submit()
    assert step.message.text() == "Give the e-mail address that was invited."
    step.email.setText("eva@example.com")
    step.code.setText("2222-2222-2222")
    step.submit()
    settle(qtbot, window.jobs)
    assert "wrong" in step.message.text()
    step.code.setText(code.lower().replace("-", " "))
    step.submit()
    settle(qtbot, window.jobs)
    form = step_of(window, SignUpStep)
    assert form.intro.text() == "eva@example.com is invited to System owner. Roles: Rate manager."
    form.submit()
    assert form.message.text() == "Give your first name."
    form.first_name.setText("Eva")
    form.last_name.setText("Martin")
    form.login.setText("ada")
    form.new.password.set_text("Evamartin1")
    assert not form.new.list.met["names"]
    for line in (form.new.password, form.new.again):
        line.set_text(OTHER)
    form.submit()
    settle(qtbot, window.jobs)
    assert form.message.text() == 'The login "ada" is taken: choose another.'
    form.login.setText("eva")
    form.submit()
    entered(qtbot, window)
    assert window.user.button.text() == "Eva Martin"
    assert window.may("finance.services", "manage")
    assert not window.may("audit", "view")


def test_a_forgotten_password_is_replaced_by_a_mailed_code(
    qtbot: QtBot, make_window: Make, guarded: Path, post: tuple[Post, int]
) -> None:
    handler, port = post
    use_mail(guarded, port)
    window = make_window()
    ask(qtbot, window, guarded)
    step_of(window, PasswordStep)._forgotten()
    step = step_of(window, ForgottenStep)
    step.login.setText("nobody")
    step.submit()
    settle(qtbot, window.jobs)
    answer = step_of(window, ResetStep).intro.text()
    assert answer.startswith("If there is such an account")
    assert handler.texts == []
    page_of(window).restart()
    step_of(window, PasswordStep)._forgotten()
    step = step_of(window, ForgottenStep)
    step.login.setText("ada")
    step.submit()
    settle(qtbot, window.jobs)
    reset = step_of(window, ResetStep)
    assert reset.intro.text() == answer
    reset.code.setText(handler.long_code())
    for line in (reset.new.password, reset.new.again):
        line.set_text(OTHER)
    reset.submit()
    entered(qtbot, window)


def test_without_mail_an_administrator_is_named(qtbot: QtBot, asked: MainWindow) -> None:
    step_of(asked, PasswordStep)._forgotten()
    step = step_of(asked, ForgottenStep)
    step.login.setText("ada")
    step.submit()
    settle(qtbot, asked.jobs)
    assert "ask an administrator" in step.message.text()
