"""The guide's typical workflow in the real window (01, steps 1-6 and 9), led by the checklist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.domain.kinds import PriceType
from app.services import records
from app.ui.access.secret_dialog import SecretDialog
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.home import HomePage
from app.ui.main_window import MainWindow
from app.ui.tariffs.scope_dialog import ScopeDialog
from app.ui.tariffs.service_page import ServicePage
from app.ui.tariffs.tree_words import Column
from tests.helpers.command_line import Desk
from tests.setup import guide
from tests.setup.test_guide_commands import by_commands
from tests.ui.conftest import WAIT_MS
from tests.ui.tariffs.conftest import settle


class Person:
    """Somebody at the window, who goes from step to step."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot

    def settle(self) -> None:
        settle(self.qtbot, self.window.jobs)

    def next_step(self, step: str) -> RecordPage:
        """Click a step of the checklist on the start page."""
        home = self.window.open(Address.of("home"))
        assert isinstance(home, HomePage)
        home.revisit(home.address)
        self.settle()
        assert home.setup is not None
        home.setup.list.links[step].click()
        return self.form()

    def form(self) -> RecordPage:
        """Return the new form in front."""
        page = self.window.page
        assert isinstance(page, RecordPage)
        assert page.is_new
        self.qtbot.waitUntil(lambda: page._loaded, timeout=WAIT_MS)
        self.settle()
        return page

    def type(self, page: RecordPage, **values: str) -> None:
        """Fill fields in; a reference gets what is offered under a name."""
        for name, value in values.items():
            assert page.form.is_shown(name), name
            options = page.form.rows[name].field.options
            if options and name not in {"roles", "departments"}:
                page.form.put(name, *self.offered(page, options, value))
            elif name == "roles":
                page.form.put(name, [self.offered(page, options, value)[0]], value)
            else:
                page.form.put(name, self.typed(page, name, value))
            self.settle()

    def typed(self, page: RecordPage, name: str, value: str) -> Any:
        from app.services.form_values import typed

        return typed(page.form.rows[name].field, value)

    def offered(self, page: RecordPage, options: str, text: str) -> tuple[str, str]:
        """Return the choice that a field offers under a text."""
        session = self.window.jobs.session
        assert session is not None
        asked = page.form.loose_values()
        found = records.named_service(options)(session.context(), text, asked)
        choice = next(one for one in found if text in {one.value, one.title} or len(found) == 1)
        return choice.value, choice.title

    def save(self, page: RecordPage) -> None:
        page.save_button.click()
        self.settle()
        if isValid(page):  # else what was made is shown in a page of its own
            assert not page.editing, (page.bar.text(), page.form.problems())


def sell(person: Person, page: RecordPage) -> None:
    """Make the service, its scope and its price."""
    person.type(page, name=guide.SERVICE, type="payg", currency=guide.CURRENCY)
    person.save(page)
    shown = person.window.page
    if not isinstance(shown, ServicePage):
        shown = person.window.open(Address.of("service", id=1))
        person.settle()
    assert isinstance(shown, ServicePage)
    shown.new_scope()
    dialog = next(d for d in shown.findChildren(ScopeDialog) if d.isVisible())
    dialog.start.set_day(date.fromisoformat(guide.SCOPE_FROM))
    dialog.indefinitely.setChecked(True)
    dialog.draft.setChecked(False)
    person.settle()
    dialog.save_button.click()
    person.qtbot.waitUntil(lambda: shown.editor() is not None, timeout=WAIT_MS)
    person.settle()
    price(person, shown)


def price(person: Person, page: ServicePage) -> None:
    """Build the rate tree by hand: one country under SMS messages."""
    editor: Any = page.editor()

    def add(parent: Any, key: str, cost: str = "") -> Any:
        if parent is not editor.model.root:
            editor.view.go_to(parent, Column.NAME)
        editor.acts.add.trigger()
        person.settle()
        picker = editor.dialogs[-1]
        picker.search(key)
        person.settle()
        picker.model.toggle([hit.key for hit in picker.model.hits].index(key))
        picker.price.setText(cost)
        picker.add_button.click()
        person.settle()
        return next(child for child in parent.nodes.values() if child.key == key)

    message = add(add(editor.model.root, "sms"), "sms_message")
    editor.model.edited.emit(
        editor.model.index_of(message, Column.TYPE), (int(PriceType.DEPENDS_ON), "country")
    )
    person.settle()
    add(message, guide.COUNTRY, guide.PRICE)
    editor.save_now()
    person.settle()
    for question in [d for d in editor.dialogs if hasattr(d, "yes_button") and d.isVisible()]:
        question.yes_button.click()
    person.settle()
    assert not editor.is_dirty()


def invite(person: Person, section: str, user: tuple[str, str], company: str = "") -> None:
    """Invite a user and hand over the code that is shown once."""
    page = person.window.open(Address.of("record", section=section, new=1))
    assert isinstance(page, RecordPage)
    person.form()
    email, role = user
    if company:
        person.type(page, company_id=company, departments=guide.DEPARTMENT)
    person.type(page, email=email, roles=role)
    person.save(page)
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, SecretDialog)]
    assert dialog.box.toPlainText()
    dialog.close_button.click()
    QApplication.processEvents()


def test_the_typical_workflow_is_done_in_the_window_and_by_commands_alike(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "window.db"
    Desk(path).ok("db", "init")
    person = Person(make_window(path), qtbot)

    page = person.next_step("own_legal_entity")
    person.type(page, **guide.OWN_ENTITY)
    page.form.put("is_default", True)
    person.save(page)

    page = person.next_step("company")
    person.type(page, **guide.COMPANY)
    person.save(page)

    page = person.next_step("legal_entity")
    assert page.form.labels()["party_id"] == guide.COMPANY["name"]
    person.type(page, **guide.ENTITY)
    page.form.put("is_default", True)
    person.save(page)

    page = person.next_step("agreement")
    assert page.form.labels()["legal_entity_id"] == guide.ENTITY["name"]
    assert page.form.labels()["own_legal_entity_id"] == guide.OWN_ENTITY["name"]
    person.type(page, **guide.AGREEMENT)
    person.save(page)

    sell(person, person.next_step("service"))

    page = person.next_step("enabled_service")
    person.type(page, service_id=guide.SERVICE, from_zone=guide.ENABLED["zone"])
    person.type(page, effective_from=guide.ENABLED["effective_from"])
    person.save(page)

    invite(person, "users", guide.BACKOFFICE_USER)
    invite(person, "portal_users", guide.PORTAL_USER, guide.COMPANY["name"])

    commands = Desk(tmp_path / "commands.db")
    by_commands(commands, tmp_path)
    assert guide.dump(str(path)) == guide.dump(commands.target)
