"""The page of a record with the real sections: items 23, 25 to 28 and 49, GEN-2 and GEN-4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.sections import section
from app.services import records
from app.services.context import Context
from app.ui.addresses import Address
from app.ui.forms.conflict_dialog import MINE, THEIRS
from app.ui.forms.page import RecordPage
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from app.ui.widgets import wheel_guard
from tests.ui.conftest import Dialogs, settle

Open = Callable[..., RecordPage]


def type_into(page: RecordPage, name: str, text: str, qtbot: QtBot) -> None:
    line = page.form.rows[name].editor.widget
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    if text:
        qtbot.keyClicks(line, text)
    else:
        qtbot.keyClick(line, Qt.Key.Key_Delete)


def saved(page: RecordPage, qtbot: QtBot) -> None:
    page.save_now()
    settle(qtbot, page.shell.jobs)


def elsewhere(window: MainWindow, work: Callable[[Context], Any], qtbot: QtBot) -> None:
    """Do what somebody else does at the same time: the page is not told."""
    window.jobs.query(work, owner=window, done=lambda _: None)
    settle(qtbot, window.jobs)


def update(window: MainWindow, values: dict[str, Any], qtbot: QtBot, number: int = 1) -> None:
    chosen = section("services")

    def work(ctx: Context) -> None:
        record = records.load(ctx, chosen, number)
        records.update(ctx, chosen, number, record.version, values)

    elsewhere(window, work, qtbot)


def test_a_record_is_read_first_and_edited_on_request(open_record: Open, qtbot: QtBot) -> None:
    page = open_record(id=1)
    assert not page.editing
    assert page.heading.text() == "Service “Acme SMS”"
    assert page.form.rows["type"].shown.text() == "Pay-as-you-go"
    assert page.form.rows["currency"].shown.text() == "EUR – Euro"
    assert page.form.rows["name"].editor.widget.isHidden()
    with qtbot.waitActive(page.window()):
        page.window().activateWindow()
    page.tabs.tabBar().setFocus()
    qtbot.keyClick(page.tabs.tabBar(), Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert page.editing
    assert page.form.rows["name"].editor.widget.hasFocus()
    assert page.form.rows["type"].reason.text() == "Can't be changed after creation."
    qtbot.keyClick(page.form.rows["name"].editor.widget, Qt.Key.Key_Escape)
    assert not page.editing


def test_item_23_required_fields_messages_and_the_first_error_has_the_focus(
    open_record: Open, qtbot: QtBot
) -> None:
    page = open_record()
    page.form.put("type", "unit_pack")
    assert page.form.rows["name"].title.text() == "Name *"
    assert page.form.rows["description"].title.text() == "Description"
    assert page.form.rows["name"].editor.widget.accessibleName() == "Name, required"
    type_into(page, "size", "many", qtbot)
    page.form.rows["size"].editor.widget.setFocus()
    saved(page, qtbot)
    assert page.form.problems() == {
        "name": "Name is required: fill it in.",
        "size": "“many” is not a number.",
    }
    assert page.form.rows["name"].trouble.isVisible()
    assert page.form.rows["name"].editor.widget.hasFocus()
    assert page.bar.text() == "2 fields are not right yet: Name, Size."
    page.form.rows["description"].editor.widget.setFocus()
    [button] = page.bar.buttons()
    assert button.text() == "Go to first"
    button.click()
    assert page.form.rows["name"].editor.widget.hasFocus()
    type_into(page, "name", "Pack", qtbot)
    assert page.bar.text() == "One field is not right yet: Size."
    type_into(page, "size", "1,500", qtbot)
    assert page.bar.isHidden()


def test_a_name_that_is_taken_is_told_below_its_field(open_record: Open, qtbot: QtBot) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Retail SMS", qtbot)
    saved(page, qtbot)
    assert "already" in page.form.problems()["name"]
    assert page.editing
    assert page.is_dirty()


def test_a_new_service_opens_its_page(open_record: Open, window: MainWindow, qtbot: QtBot) -> None:
    page = open_record()
    type_into(page, "name", "WhatsApp plan", qtbot)
    page.form.put("currency", "EUR", "EUR – Euro")
    saved(page, qtbot)
    qtbot.waitUntil(lambda: window.page is not None and window.page.address.kind == "service")
    settle(qtbot, window.jobs)
    assert [t.address.kind for t in window.tabs] == ["home", "service"]


def test_a_vendor_stays_in_its_form_after_saving(
    open_record: Open, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record("vendors")
    type_into(page, "name", "Tele Two", qtbot)
    saved(page, qtbot)
    assert not page.editing
    assert page.title() == "Tele Two"
    assert page.address == Address.of("record", section="vendors", id=page.record_id)
    assert "Created" in page.facts.text()


def test_a_copy_keeps_what_is_fixed(open_record: Open, window: MainWindow, qtbot: QtBot) -> None:
    page = open_record(clone=1)
    assert page.title() == "Copy of Acme SMS"
    assert page.form.rows["name"].editor.value() == "Acme SMS (copy)"
    assert page.form.rows["currency"].reason.text() == "A copy keeps it."
    type_into(page, "name", "Acme SMS next year", qtbot)
    done: list[bool] = []
    page.save(done.append)
    settle(qtbot, window.jobs)
    assert done == [True]
    assert page.record is not None
    assert page.record.values["side"] == "cost"
    assert page.record.title == "Acme SMS next year"


def test_item_25_only_what_changed_asks(
    open_record: Open, window: MainWindow, dialogs: Dialogs, qtbot: QtBot
) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Acme SMSx", qtbot)
    assert page.is_dirty()
    assert window.tabs.tabText(window.tabs.currentIndex()) == "• Acme SMS"
    qtbot.keyClick(page.form.rows["name"].editor.widget, Qt.Key.Key_Backspace)
    assert not page.is_dirty()
    type_into(page, "name", "Other", qtbot)
    dialogs.answer(lambda d: d.reject())
    window.close_tab()
    assert window.page is page
    assert page.form.rows["name"].editor.value() == "Other"
    dialogs.answer(lambda d: d.yes_button.click())  # type: ignore[attr-defined]
    window.close_tab()
    qtbot.waitUntil(lambda: window.page is not page)
    again = open_record(id=1)
    assert again.title() == "Other"
    again.begin_editing()
    window.close_tab()  # unchanged: nothing is asked
    assert window.page is not again


def test_escape_asks_before_it_throws_away(open_record: Open, qtbot: QtBot) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Other", qtbot)
    qtbot.keyClick(page.form.rows["name"].editor.widget, Qt.Key.Key_Escape)
    assert page.question is not None
    assert "Name" in page.unsaved_note.text()
    page.question.reject()
    assert page.is_dirty()
    page.cancel()
    assert page.question is not None
    page.question.yes_button.click()
    settle(qtbot, page.shell.jobs)
    assert not page.editing
    assert page.form.rows["name"].shown.text() == "Acme SMS"


def test_item_26_created_modified_and_history(open_record: Open, qtbot: QtBot) -> None:
    page = open_record(id=1)
    model = page.history.changes
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    page.begin_editing()
    type_into(page, "name", "Acme SMS 2027", qtbot)
    saved(page, qtbot)
    assert "Created" in page.facts.text()
    assert "Modified" in page.facts.text()
    assert page.record is not None
    assert page.record.updated_by in page.facts.text()
    newest = model.index(0, 0)
    assert newest.data().startswith(f"Change service · {page.record.updated_by} · ")
    told = [model.index(0, column, newest).data() for column in range(3)]
    assert told == ["Name", "Acme SMS", "Acme SMS 2027"]


def test_item_27_delete_names_what_hangs_on_it(
    open_record: Open, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record("vendors")
    type_into(page, "name", "Tele Two", qtbot)
    saved(page, qtbot)
    page.commands.actions["delete"].trigger()
    settle(qtbot, window.jobs)
    question = page.commands.question
    assert question is not None
    assert "Tele Two" in question.accessibleDescription()
    question.yes_button.click()
    settle(qtbot, window.jobs)
    qtbot.waitUntil(lambda: all(t.address.kind != "record" for t in window.tabs))
    assert "remove" not in page.commands.actions  # the section has a command of its own for it


def test_item_28_the_wheel_scrolls_the_form(open_record: Open, qapp: QApplication) -> None:
    wheel_guard.install(qapp)
    page = open_record()
    box = page.form.rows["type"].editor.widget
    assert isinstance(box, QComboBox)
    page.form.rows["name"].editor.widget.setFocus()
    before = box.currentIndex()
    spot = box.mapTo(box.window(), box.rect().center())
    QTest.wheelEvent(box.window().windowHandle(), spot, QPoint(0, -120))
    QApplication.processEvents()
    assert box.currentIndex() == before


def test_gen_4_each_field_of_two_people_is_chosen(
    open_record: Open, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Mine", qtbot)
    page.form.put("description", "my words")
    update(window, {"name": "Theirs"}, qtbot)
    saved(page, qtbot)
    dialog = page.conflict
    assert dialog is not None
    assert [(d.field.name, d.base, d.theirs, d.mine) for d in dialog.found] == [
        ("name", "Acme SMS", "Theirs", "Mine"),
        ("description", None, None, "my words"),
    ]
    assert not dialog.save_button.isEnabled()
    assert dialog.reason.text() == "Still to choose: Name"
    assert dialog.groups["description"].checkedId() == MINE
    dialog.groups["name"].button(THEIRS).setChecked(True)
    dialog.save_button.click()
    settle(qtbot, window.jobs)
    assert page.record is not None
    assert not page.editing
    assert page.record.values["name"] == "Theirs"
    assert page.record.values["description"] == "my words"


def test_gen_4_closing_the_choice_loses_nothing(
    open_record: Open, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Mine", qtbot)
    update(window, {"description": "theirs"}, qtbot)
    saved(page, qtbot)
    assert page.conflict is not None
    page.conflict.reject()
    assert page.is_dirty()
    saved(page, qtbot)
    assert page.conflict is not None
    page.conflict.take_all(MINE)
    page.conflict.save_button.click()
    settle(qtbot, window.jobs)
    assert page.record is not None
    assert page.record.values["name"] == "Mine"


def test_item_49_unsaved_edits_come_back(
    open_record: Open, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record(id=1)
    page.begin_editing()
    type_into(page, "name", "Half", qtbot)
    memo = page.unsaved()
    assert memo is not None
    page.discard()
    window.close_tab()
    update(window, {"name": "Theirs"}, qtbot)
    again = RecordPage(window, Address.of("record", section="services", id=1))
    qtbot.addWidget(again)
    again.recover(memo)
    assert again.unsaved() == memo
    again.show()
    again.start()
    settle(qtbot, window.jobs)
    assert again.is_dirty()
    saved(again, qtbot)
    assert again.conflict is not None  # it was saved by somebody else since
    assert again.conflict.groups["name"].checkedId() < 0
    again.conflict.reject()


def test_previous_and_next_go_through_the_list(window: MainWindow, qtbot: QtBot) -> None:
    listed = window.open(Address.of("list", section="services"))
    assert isinstance(listed, ListPage)
    qtbot.waitUntil(lambda: listed.model.matching == 2)
    settle(qtbot, window.jobs)
    listed.view.go_to(0)
    listed.commands.actions["properties"].trigger()
    page = window.page
    assert isinstance(page, RecordPage)
    settle(qtbot, window.jobs)
    assert page.title() == "Acme SMS"
    assert not page.tools.previous.isEnabled()
    assert page.tools.next.toolTip().endswith("1 of 2")
    page.tools.next.trigger()
    settle(qtbot, window.jobs)
    assert page.title() == "Retail SMS"
    page.begin_editing()
    type_into(page, "name", "Retail 2", qtbot)
    page.step(-1)
    assert page.question is not None
    page.question.yes_button.click()
    qtbot.waitUntil(lambda: page.title() == "Acme SMS")
    settle(qtbot, window.jobs)
    assert not page.editing


def test_one_who_may_only_look_is_told_why(
    open_record: Open, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_record(id=1)
    assert page.tools.edit.isEnabled()
    actor = window.jobs.session.actor  # type: ignore[union-attr]
    monkeypatch.setattr(type(actor), "may", lambda self, area, level: level == "view")
    page._enable()
    assert not page.tools.edit.isEnabled()
    assert "administrator" in page.tools.edit.toolTip()
