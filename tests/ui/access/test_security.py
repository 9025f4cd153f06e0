"""The security page: switching sign-in on and off, the policy, mail; and what roles may see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QListView
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.domain.records import WithSecret
from app.services.access.switch import switch_off
from app.ui.access.secret_dialog import SecretDialog, tell_outcome
from app.ui.access.security_page import SecurityPage
from app.ui.access.sign_in_steps import PasswordStep
from app.ui.access.switch_dialogs import SwitchOffDialog, SwitchOnDialog
from app.ui.main_window import MainWindow
from app.ui.navigation import ADDRESS
from app.ui.palette_entries import palette_entries
from app.ui.widgets.confirm import Question
from tests.ui.access.conftest import NOC, PASSWORD, ask, come_in, page_of, sign_in
from tests.ui.conftest import WAIT_MS, settle

Make = Callable[..., MainWindow]


def opened(qtbot: QtBot, window: MainWindow) -> SecurityPage:
    page = window.open_address("security")
    settle(qtbot, window.jobs)
    assert isinstance(page, SecurityPage)
    return page


def dialog_of(page: SecurityPage, kind: type[QDialog]) -> QDialog:
    (dialog,) = [d for d in page.findChildren(kind) if d.isVisible()]
    return dialog


def switch_on(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window)
    assert page.state_label.text() == "Sign-in is off"
    assert page.sign_in.about.text().startswith("Anyone w")
    page.switch_on.click()
    dialog = dialog_of(page, SwitchOnDialog)
    assert isinstance(dialog, SwitchOnDialog)
    dialog.submit()
    assert dialog._troubles["email"].text() == "Give a mail address."
    dialog.first_name.setText("Ada")
    dialog.last_name.setText("Byron")
    dialog.email.setText("ada@example.com")
    dialog.login.setText("ada")
    for line in (dialog.new.password, dialog.new.again):
        line.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, window.jobs)


def test_sign_in_is_switched_on_with_the_first_administrator_and_off_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_address("list?section=services")
    settle(qtbot, window.jobs)
    switch_on(qtbot, window)
    assert window.gate.locked
    step = page_of(window).step
    assert isinstance(step, PasswordStep)
    assert step.login.text() == "ada"
    assert step.message.text() == "Sign-in is on: sign in to go on."
    sign_in(qtbot, window)
    assert [t.address.kind for t in window.tabs] == ["home", "list", "security"]
    page = opened(qtbot, window)
    assert page.state_label.text() == "Sign-in is on"
    assert not page.switch_on.isVisible()
    page.switch_off.click()
    dialog = dialog_of(page, SwitchOffDialog)
    assert isinstance(dialog, SwitchOffDialog)
    dialog.password.set_text("wrong")
    dialog.submit()
    settle(qtbot, window.jobs)
    assert dialog._troubles["password"].text() == "The password is wrong: type it again."
    dialog.password.set_text(PASSWORD)
    dialog.submit()
    qtbot.waitUntil(
        lambda: window.gate.person is None and window.jobs.session is not None, timeout=WAIT_MS
    )
    settle(qtbot, window.jobs)
    assert not window.gate.locked
    assert not window.commands.by_id["sign_out"].isVisible()
    assert opened(qtbot, window).state_label.text() == "Sign-in is off"


def test_where_administrators_are_known_another_can_be_made_before_it_is_switched_on(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    session = open_session(str(guarded))
    switch_off(come_in(session).context(), PASSWORD)
    session.close()
    window = make_window(guarded)
    page = opened(qtbot, window)
    page.switch_on.click()
    (question,) = window.findChildren(Question)
    (names,) = question.findChildren(QListView)
    assert names.model().index(0, 0).data() == "Ada Byron (ada@example.com)"
    question.more_buttons[0].click()
    dialog = dialog_of(page, SwitchOnDialog)
    assert isinstance(dialog, SwitchOnDialog)
    dialog.first_name.setText("Otto")
    dialog.last_name.setText("Klein")
    dialog.email.setText("otto@example.com")
    dialog.login.setText("otto")
    for line in (dialog.new.password, dialog.new.again):
        line.set_text(PASSWORD)
    dialog.submit()
    settle(qtbot, window.jobs)
    assert window.gate.locked
    sign_in(qtbot, window, "otto")


@pytest.mark.postgres
def test_the_same_on_a_server(qtbot: QtBot, make_window: Make, new_server_database: str) -> None:
    window = make_window()
    window.open_target(new_server_database)
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    switch_on(qtbot, window)
    sign_in(qtbot, window)
    assert opened(qtbot, window).sign_in.about.text().endswith("may see everything.")
    window.sign_out()
    settle(qtbot, window.jobs)
    assert window.gate.locked


def test_the_policy_is_saved_with_the_values_of_the_guide_beside(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = opened(qtbot, window)
    card = page.policy
    assert not card.save.isEnabled()
    card.numbers["length"].setValue(12)
    assert page.is_dirty()
    assert page.unsaved() == {"policy": {"length": 12}}
    note, _unit = card._notes["length"]
    assert note.text() == "characters – default 8"
    card.save.click()
    settle(qtbot, window.jobs)
    assert not page.is_dirty()
    card.standard.click()
    assert card.changes() == {"length": 8}
    page.discard()
    assert card.numbers["length"].value() == 12


def test_edits_of_the_policy_come_back_after_a_crash(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window)
    page.policy.numbers["idle_minutes"].setValue(15)
    page.mail.host.setText("mail.example.com")
    page.mail.password.set_text("hush-hush-77")
    kept = page.unsaved()
    assert kept is not None
    assert "hush" not in str(kept)
    window.close_page(page, ask=False)
    again = window.open_address("security")
    assert isinstance(again, SecurityPage)
    again.recover(kept)
    settle(qtbot, window.jobs)
    assert again.policy.numbers["idle_minutes"].value() == 15
    assert again.mail.host.text() == "mail.example.com"


def test_wrong_mail_settings_are_told_at_their_fields(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(qtbot, window)
    page.mail.host.setText("bad host")
    page.mail.save.click()
    settle(qtbot, window.jobs)
    assert page.mail._troubles["host"].text().startswith("The mail server is a name")
    assert page.mail._troubles["sender"].isVisible()
    page.mail.host.setText("127.0.0.1")
    page.mail.port.setValue(9)
    page.mail.from_line.setText("office@example.com")
    page.mail.save.click()
    settle(qtbot, window.jobs)
    assert page.mail.message.text() == "Saved."
    page.mail.test.click()
    assert page.mail.message.text() == "Give an address to send the test mail to."
    page.mail.to.setText("ada@example.com")
    page.mail.test.click()
    settle(qtbot, window.jobs)
    assert page.mail.message.text().startswith("The mail server 127.0.0.1:9 can't be reached")


# ------------------------------------------------------------------------------ rights


def places(window: MainWindow) -> set[str]:
    return {str(i.data(ADDRESS)) for i in window.navigation._items()}


def test_a_noc_engineer_sees_no_audit_no_services_no_security(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    window = make_window()
    ask(qtbot, window, guarded)
    sign_in(qtbot, window, NOC)
    seen = places(window)
    assert "list?section=companies" in seen
    for hidden in ("audit", "services", "users", "roles", "banks"):
        assert f"list?section={hidden}" not in seen
    assert "security" not in seen
    assert not window.commands.by_id["import"].isEnabled()
    assert not window.commands.by_id["security"].isEnabled()
    titles = {e.title for e in palette_entries(window)}
    assert "Companies" in titles
    assert not titles & {"Audit", "Services", "Security", "Users"}
    assert not window.notice_bar.isVisible()
    assert not any(tab.bar.isVisible() for tab in window.tabs)
    window.sign_out()
    settle(qtbot, window.jobs)
    assert not window.navigation.isVisible()
    sign_in(qtbot, window)
    assert "list?section=services" in places(window)
    assert "security" in places(window)


def test_the_palette_finds_only_what_may_be_seen(
    qtbot: QtBot, make_window: Make, guarded: Path
) -> None:
    from app.sections import SECTIONS
    from app.services.palette import find_records

    window = make_window()
    ask(qtbot, window, guarded)
    sign_in(qtbot, window, NOC)
    assert window.jobs.session is not None
    found = find_records(window.jobs.session.context(), SECTIONS, "sms")
    assert not [r for r in found if r.section == "services"]


# ------------------------------------------------------------------------------ codes shown once


def test_a_code_to_hand_over_is_shown_once_with_copy(qtbot: QtBot, window: MainWindow) -> None:
    page = window.page
    assert page is not None
    tell_outcome(window, page, WithSecret("Hand it over.", "7KQM-2XWD-9HTR"))
    (dialog,) = window.findChildren(SecretDialog)
    assert dialog.box.toPlainText() == "7KQM-2XWD-9HTR"
    dialog.copy_button.click()
    from PySide6.QtWidgets import QApplication

    assert QApplication.clipboard().text() == "7KQM-2XWD-9HTR"
    dialog.accept()
