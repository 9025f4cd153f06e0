"""Editors of lists, moments, passwords and permissions, by mouse and keyboard; no database."""

# ruff: noqa: DTZ001 - local times have no zone of their own

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.sections import Choice, Field, Kind, Section
from app.errors import FieldProblem
from app.ui.forms.cells_editor import CellsEditor
from app.ui.forms.chips_box import ChipsBox
from app.ui.forms.conflict_dialog import differences
from app.ui.forms.form import RecordForm
from app.ui.forms.hidden_editor import HiddenEditor
from app.ui.forms.list_editor import ListEditor
from app.ui.forms.moment_editor import MomentEditor
from app.ui.forms.shown import shown_text
from app.ui.widgets.type_ahead import Option, Reply

DAYS = (Choice("mon", "Monday"), Choice("tue", "Tuesday"), Choice("sun", "Sunday"))
ROLES = {"1": "Admin", "2": "Rate manager", "3": "NOC engineer"}

USERS = Section(
    "users", "Users", "user", "Administration", "user", "users", "users", (),
    form=(
        Field("group", "Group", Kind.CHOICE, required=True, default="backoffice",
              choices=(Choice("backoffice", "BackOffice"), Choice("portal", "Client portal"))),
        Field("zone", "Time zone", Kind.TEXT, default="Europe/Berlin"),
        Field("days", "Days", Kind.CHOICES, choices=DAYS, required=True),
        Field("roles", "Roles", Kind.REFERENCES, options="x.roles"),
        Field("mails", "Mails", Kind.EMAILS),
        Field("tags", "Tags", Kind.WORDS, longest=12),
        Field("start", "Starts", Kind.MOMENT, zone="zone", required=True),
        Field("till", "Ends", Kind.MOMENT, zone="zone"),
        Field("password", "Password", Kind.HIDDEN),
        Field("cells", "Permissions", Kind.CELLS, zone="group"),
        Field("sunday", "Sunday hours", shown_when=("days", ("sun",))),
        Field("logins", "Sign-ins", Kind.NUMBER, computed=True),
    ),
)  # fmt: skip

NONE: dict[str, Any] = {f.name: f.default for f in USERS.form}


def lookup(field: Field, text: str, reply: Reply) -> None:
    words = text.casefold()
    reply([Option(k, t) for k, t in ROLES.items() if words in t.casefold()])


@pytest.fixture
def form(qtbot: QtBot) -> RecordForm:
    made = RecordForm(USERS, lookup)
    qtbot.addWidget(made)
    made.show_values(NONE, {})
    made.set_editing(True, new=True)
    made.resize(800, 900)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def editor(form: RecordForm, name: str) -> Any:
    return form.rows[name].editor


def box_of(form: RecordForm, name: str) -> ChipsBox:
    found = editor(form, name)
    assert isinstance(found, ListEditor)
    return found.box


def type_chip(qtbot: QtBot, box: ChipsBox, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    line = box.entry.line
    line.setFocus()
    qtbot.keyClicks(line, text)
    if not box.free:
        qtbot.waitUntil(box.entry.is_open)
        qtbot.waitUntil(lambda: bool(box.entry.options()))
    qtbot.keyClick(line, key)


# ------------------------------------------------------------------------------ chips


def test_choices_are_added_by_typing_and_stand_in_their_order(
    form: RecordForm, qtbot: QtBot
) -> None:
    box = box_of(form, "days")
    type_chip(qtbot, box, "sun")
    type_chip(qtbot, box, "mon", Qt.Key.Key_Comma)
    assert editor(form, "days").value() == ["mon", "sun"]
    assert form.is_shown("sunday"), "one of the chosen values is enough"
    box.entry.open()
    qtbot.waitUntil(box.entry.is_open)
    assert [o.text for o in box.entry.options()] == ["Tuesday"]
    box.entry.close_list()
    qtbot.keyClick(box.entry.line, Qt.Key.Key_Backspace)
    assert [text for _, text in box.items()] == ["Sunday"]
    assert form.changed() == ["days"]


def test_chips_are_removed_by_mouse_and_keys(form: RecordForm, qtbot: QtBot) -> None:
    form.put("roles", ["1", "2", "3"], "Admin\nRate manager\nNOC engineer")
    box = box_of(form, "roles")
    line = box.entry.line
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Left)
    third = QApplication.focusWidget()
    assert third is not None
    assert third.accessibleName() == "Remove NOC engineer"
    qtbot.keyClick(third, Qt.Key.Key_Left)
    second = QApplication.focusWidget()
    assert second is not None
    qtbot.keyClick(second, Qt.Key.Key_Delete)
    assert editor(form, "roles").value() == ["1", "3"]
    after = QApplication.focusWidget()
    assert after is not None
    assert after.accessibleName() == "Remove NOC engineer", "its neighbour has the keyboard"
    qtbot.keyClick(after, Qt.Key.Key_Right)
    assert line.hasFocus()
    first = box._chips[0].cross
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert editor(form, "roles").value() == ["3"]
    assert editor(form, "roles").label() == "NOC engineer"
    assert "NOC engineer" in line.accessibleName()


def test_references_offer_what_is_not_chosen_yet(form: RecordForm, qtbot: QtBot) -> None:
    form.put("roles", ["1"], "Admin")
    box = box_of(form, "roles")
    type_chip(qtbot, box, "manager")
    assert editor(form, "roles").value() == ["1", "2"]
    qtbot.keyClicks(box.entry.line, "nobody")
    box_of(form, "mails").entry.line.setFocus()
    assert box.entry.text() == ""
    assert editor(form, "roles").value() == ["1", "2"]
    memo = form.memo()["roles"]
    form.show_values(NONE, {})
    form.recall({"roles": memo})
    assert (
        shown_text(
            form.rows["roles"].field, editor(form, "roles").value(), editor(form, "roles").label()
        )
        == "Admin, Rate manager"
    )


def test_mail_addresses_are_pasted_as_a_list_and_wrong_ones_stand_out(
    form: RecordForm, qtbot: QtBot
) -> None:
    box = box_of(form, "mails")
    box.entry.line.setFocus()
    QApplication.clipboard().setText("a@x.de; b@y.de,\nA@X.de, wrong")
    box.entry.line.paste()
    assert editor(form, "mails").value() == ["a@x.de", "b@y.de", "wrong"]
    assert [chip.property("invalid") for chip in box._chips] == [False, False, True]
    with pytest.raises(FieldProblem) as refused:
        form.values()
    assert '"wrong" is not a mail address' in refused.value.problems["mails"]
    qtbot.keyClicks(box.entry.line, "c@z.de")
    assert editor(form, "mails").value()[-1] == "c@z.de", "what is typed counts at once"
    box_of(form, "tags").entry.line.setFocus()
    assert [text for _, text in box.items()][-1] == "c@z.de"


def test_free_words(form: RecordForm, qtbot: QtBot) -> None:
    box = box_of(form, "tags")
    for text, key in (
        ("vip", Qt.Key.Key_Return),
        ("vip", Qt.Key.Key_Return),
        ("x y", Qt.Key.Key_Semicolon),
    ):
        type_chip(qtbot, box, text, key)
    assert editor(form, "tags").value() == ["vip", "x y"]
    many = [f"word {n}" for n in range(30)]
    one = box.height()
    form.put("tags", many)
    assert box.height() > 3 * one
    last = box._chips[-1]
    assert box.rect().contains(last.geometry())


# ------------------------------------------------------------------------------ moments


def test_a_moment_is_a_date_a_time_and_its_zone(form: RecordForm, qtbot: QtBot) -> None:
    start = editor(form, "start")
    assert isinstance(start, MomentEditor)
    assert start.zone.text() == "Europe/Berlin"
    assert start.endless.isHidden()
    qtbot.keyClicks(start.day.line, "2026-03-29")
    assert start.value() == datetime(2026, 3, 29)
    qtbot.keyClicks(start.time, "2:30")
    qtbot.keyClick(start.time, Qt.Key.Key_Return)
    assert start.value() == datetime(2026, 3, 29, 3), "clocks go from two to three"
    assert (start.day.text(), start.time.text()) == ("03/29/2026", "03:00")
    form.put("zone", "Asia/Tokyo")
    assert start.zone.text() == "Asia/Tokyo"
    form.put("days", ["mon"])
    assert form.values()["start"] == datetime(2026, 3, 29, 3)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", datetime(2026, 1, 31)),
        ("8", datetime(2026, 1, 31, 8)),
        ("08.05", datetime(2026, 1, 31, 8, 5)),
        ("8:05 PM", datetime(2026, 1, 31, 20, 5)),
        ("24:00", datetime(2026, 2, 1)),
    ],
)
def test_times_are_read_as_people_write_them(
    form: RecordForm, written: str, read: datetime
) -> None:
    editor(form, "start").recall(["2026-01-31", written])
    assert editor(form, "start").value() == read


@pytest.mark.parametrize("memo", [["2026-01-31", "25:00"], ["31.31.2026", ""], ["", "8:00"],
                                  ["2026-01-31", "noon"], ["2026-01-31", "24:01"]])  # fmt: skip
def test_what_is_no_moment_is_told(form: RecordForm, memo: list[str]) -> None:
    editor(form, "till").recall(memo)
    form.put("start", datetime(2026, 1, 1))
    form.put("days", ["mon"])
    with pytest.raises(FieldProblem) as refused:
        form.values()
    assert list(refused.value.problems) == ["till"]
    assert form.memo()["till"] == memo


def test_an_end_may_be_indefinite(form: RecordForm, qtbot: QtBot) -> None:
    till = editor(form, "till")
    form.put("till", datetime(2026, 1, 31, 12))
    assert till.endless.isVisible()
    with qtbot.waitSignal(till.edited):
        till.endless.click()
    assert till.value() is None
    form.set_editing(False)
    assert form.rows["till"].shown.text() == "∞ (indefinitely)"
    form.show_values({**NONE, "start": datetime(2026, 1, 31, 20, 15)}, {})
    assert form.rows["start"].shown.text() == "01/31/2026 8:15\u202fPM Europe/Berlin"


# ------------------------------------------------------------------------------ passwords


def test_a_password_is_unseen_and_kept_nowhere(form: RecordForm, qtbot: QtBot) -> None:
    password = editor(form, "password")
    assert isinstance(password, HiddenEditor)
    line = password.line
    qtbot.keyClicks(line, " s3cret ")
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert line.displayText() != " s3cret "
    assert password.value() == " s3cret "
    password.eye.trigger()
    assert line.displayText() == " s3cret "
    assert not line.isUndoAvailable()
    password.eye.trigger()
    line.selectAll()
    qtbot.keyClicks(line, "x")
    password.eye.trigger()
    line.undo()
    assert line.text() == "x", "what was there before does not come back"
    assert "password" in form.changed()
    assert "password" not in form.memo()
    form.set_editing(False)
    assert form.rows["password"].cell.isHidden(), "never shown again"
    assert "s3cret" not in shown_text(form.rows["password"].field, "s3cret")


# ------------------------------------------------------------------------------ permissions


def test_permissions_are_set_one_by_one_or_by_group(form: RecordForm, qtbot: QtBot) -> None:
    cells = editor(form, "cells")
    assert isinstance(cells, CellsEditor)
    settings = cells.groups[0]
    assert settings.head.text() == "Settings (0 of 11)"
    assert settings.body.isHidden()
    settings.head.click()
    assert settings.body.isVisible()
    first = settings.rows[0].levels
    first.buttons.button(0).setFocus()
    qtbot.keyClick(first.buttons.button(0), Qt.Key.Key_Right)
    qtbot.keyClick(first.buttons.button(1), Qt.Key.Key_Space)
    assert cells.value() == {"settings.notification_templates": "view"}
    assert settings.head.text() == "Settings (1 of 11)"
    settings.all.buttons.button(2).click()
    assert settings.head.text() == "Settings (11 of 11)"
    assert set(settings.value().values()) == {"manage"}
    first.buttons.button(0).click()
    assert settings.all.buttons.checkedId() == -1, "they differ now"
    assert form.changed() == ["cells"]


def test_permissions_belong_to_an_application(form: RecordForm) -> None:
    cells = editor(form, "cells")
    form.put("cells", {"users": "manage"})
    form.put("group", "portal")
    assert cells.value() == {}
    assert cells.groups[0].head.text() == "Dashboard (0 of 1)"
    cells.groups[0].all.buttons.button(2).click()
    assert cells.value() == {"portal.dashboard": "manage"}
    form.put("group", "backoffice")
    assert cells.value() == {"users": "manage"}, "what was set before is there again"


def test_permissions_of_a_system_role_are_only_read(form: RecordForm) -> None:
    form.show_values({**NONE, "cells": {"users": "manage"}}, {})
    form.set_editing(False)
    row = form.rows["cells"]
    assert row.editor.widget.isVisible()
    assert row.shown.isHidden()
    users = next(g for g in editor(form, "cells").groups if g.rows[0].area.id == "users")
    users.head.click()
    levels = users.rows[0].levels
    assert levels.word.text() == "Manage"
    assert levels.word.isVisible()
    assert all(b.isHidden() for b in levels.buttons.buttons())
    assert users.all.isHidden()
    assert shown_text(row.field, {"users": "manage", "audit": "view"}) == (
        "Users: Manage, Audit: View"
    )


# ------------------------------------------------------------------------------ the form


def test_computed_values_are_shown_of_a_stored_record_only(form: RecordForm) -> None:
    row = form.rows["logins"]
    assert row.cell.isHidden()
    form.show_values({**NONE, "logins": 1234}, {})
    form.set_editing(True)
    assert row.cell.isVisible()
    assert not row.is_editable
    assert row.shown.text() == "1,234"
    assert "logins" not in form.changed()
    form.put("days", ["mon"])
    form.put("start", datetime(2026, 1, 1))
    assert "logins" not in form.values()
    assert form.readable_values()["logins"] == 1234


def test_what_was_put_back_is_unchanged_in_every_kind(form: RecordForm) -> None:
    values = {
        "days": ["mon"], "roles": ["2"], "mails": ["a@x.de"], "tags": ["vip"],
        "start": datetime(2026, 1, 31, 8), "cells": {"users": "view"},
    }  # fmt: skip
    form.show_values({**NONE, **values}, {"roles": "Rate manager"})
    assert form.changed() == []
    for name in values:
        form.put(name, None)
    assert form.changed() == ["days", "roles", "mails", "tags", "start", "cells"]
    memo = form.memo()
    for name, value in values.items():
        form.put(name, value)
    assert form.changed() == []
    form.recall(memo)
    assert len(form.changed()) == 6


def test_warnings_stand_beside_their_fields_and_hinder_nothing(form: RecordForm) -> None:
    form.show_advice({"tags": "A tag is a good idea."})
    row = form.rows["tags"]
    assert row.warning.isVisible()
    assert row.warning.text() == "A tag is a good idea."
    assert row.editor.widget.accessibleDescription() == "A tag is a good idea."
    assert form.problems() == {}
    form.set_editing(False)
    assert row.warning.isVisible()
    form.show_advice({})
    assert row.warning.isHidden()


def test_shown_values_may_be_links(form: RecordForm, qtbot: QtBot) -> None:
    form.show_values({**NONE, "zone": "<b>Europe</b>"}, {})
    form.set_links({"zone", "tags"})
    form.set_editing(False)
    row = form.rows["zone"]
    assert "&lt;b&gt;" in row.shown.text()
    assert row.shown.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert form.rows["tags"].shown.text() == "—"
    with qtbot.waitSignal(form.link_opened) as told:
        line = row.shown.contentsRect().topLeft()  # the text stands at the top of a taller label
        spot = line + QPoint(10, row.shown.fontMetrics().height() // 2)
        qtbot.mouseClick(row.shown, Qt.MouseButton.LeftButton, pos=spot)
    assert told.args == ["zone"]


def test_conflicts_leave_computed_values_out() -> None:
    base = {"days": ["mon"], "logins": 1}
    found = differences(USERS, base, {"days": ["tue"], "logins": 9}, {"days": [], "logins": 1})
    assert [(d.field.name, d.theirs, d.mine) for d in found] == [("days", ["tue"], None)]
