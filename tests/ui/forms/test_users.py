"""Users in the window: what roles allow, departments deleted from their list, tools that fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QStringListModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.sections.users import PORTAL_USERS
from app.services import records
from app.services.access import user_records
from app.services.context import Context
from app.ui.addresses import Address
from app.ui.forms.cells_editor import CellsEditor
from app.ui.forms.list_editor import ListEditor
from app.ui.forms.page import RecordPage
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from app.ui.widgets.option_list import OptionList, cross_of
from tests.ui.conftest import settle

OWNER = {"company_id": "1"}


def invite(ctx: Context, name: str, *departments: str) -> None:
    [role, *_] = user_records.roles_portal(ctx, "NOC engineer", OWNER)
    values = {**OWNER, "email": f"{name}@example.com", "roles": [role.value]}
    records.create(ctx, PORTAL_USERS, {**values, "departments": [*departments]})


def allowed(page: RecordPage) -> dict[str, str]:
    cells = page.form.rows["permissions"].editor
    assert isinstance(cells, CellsEditor)
    return {area: level for group in cells.groups for area, level in group.value().items()}


def test_what_the_chosen_roles_allow_is_shown_at_once(
    open_record: Callable[..., RecordPage], window: MainWindow, qtbot: QtBot
) -> None:
    page = open_record("portal_users")
    assert page.form.is_shown("permissions")
    assert allowed(page) == {}
    assert window.jobs.session is not None
    [role, *_] = user_records.roles_portal(window.jobs.session.context(), "NOC engineer", OWNER)
    page.form.put("roles", [role.value], role.title)
    settle(qtbot, window.jobs)
    assert allowed(page)["portal.api"] == "manage"
    assert "portal.users" not in allowed(page)
    page.form.put("unrestricted", value=True)
    settle(qtbot, window.jobs)
    assert allowed(page)["portal.users"] == "manage"


def test_a_department_is_deleted_from_its_list_by_cross_and_key(
    open_record: Callable[..., RecordPage], window: MainWindow, qtbot: QtBot
) -> None:
    assert window.jobs.session is not None
    ctx = window.jobs.session.context()
    invite(ctx, "pia", "Help", "Office")
    invite(ctx, "tom", "Yard")
    page = open_record("portal_users")
    editor = page.form.rows["departments"].editor
    assert isinstance(editor, ListEditor)
    entry = editor.box.entry
    [proposals] = entry.line.findChildren(OptionList)

    def offered(typed: str = "") -> list[str]:
        with qtbot.waitActive(window):
            window.activateWindow()
        entry.line.setFocus()
        entry.line.setText(typed)
        entry.open()
        settle(qtbot, window.jobs)
        return [option.text for option in entry.options() if option.drops]

    assert offered("Hel") == ["Help"]
    proposals._view.setCurrentIndex(proposals._model.index(1, 0))  # below what is typed
    QTest.keyClick(entry.line, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window.jobs)
    question = page.questions.question
    assert question is not None
    [listed] = question.findChildren(QStringListModel)
    assert listed.stringList() == ["pia@example.com"]
    question.yes_button.click()
    settle(qtbot, window.jobs)
    assert page.bar.text() == "Help was deleted: 1 user was in it."
    assert editor.value() == [], "what was typed is no word of this user"
    assert offered() == ["Office", "Yard"]
    row = proposals._view.visualRect(proposals._model.index(1, 0))
    spot: QPoint = cross_of(row).center()
    QTest.mouseClick(proposals._view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    settle(qtbot, window.jobs)
    assert editor.value() == [], "the cross does not choose"
    assert page.questions.question is not None
    page.questions.question.yes_button.click()
    settle(qtbot, window.jobs)
    assert "tom@example.com would be in no department" in page.form.problems()["departments"]


def test_the_tools_of_the_users_fit_a_laptop(window: MainWindow, qtbot: QtBot) -> None:
    for section in ("users", "portal_users"):
        window.open(Address.of("list", section=section))
        settle(qtbot, window.jobs)
        pages = [page for page in window.findChildren(ListPage) if page.section.id == section]
        bar = next(page.tools.bar for page in pages if page.isVisible())
        assert not bar.findChild(QToolButton, "qt_toolbar_ext_button").isVisible()
        buttons = {b.text(): b for b in bar.findChildren(QToolButton) if b.text()}
        hidden = [action.text() for action in buttons["More"].menu().actions()]
        assert hidden == ["Reset password", "Activate", "Deactivate", "End sessions"]
        assert "Delete" in buttons
