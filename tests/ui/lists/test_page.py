"""A list as a person works with it: order, filters, chips, groups, commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.lists.filter_edit import FilterEdit
from app.ui.lists.menus import show_column_menu, show_row_menu
from app.ui.lists.page import ListPage
from app.ui.lists.part import ListPart
from app.ui.look.theme import theme
from tests.ui.lists.conftest import MANY, Shell, settle, shown

Make = Callable[..., ListPage]
MakeShell = Callable[[Path], Shell]


def place(page: ListPage, name: str) -> int:
    return [c.name for c in page.section.columns].index(name)


def click_title(
    qtbot: QtBot, page: ListPage, name: str, *, shift: bool = False, part: ListPart | None = None
) -> None:
    header = (part or page.view.main).header
    x = (
        header.sectionViewportPosition(place(page, name))
        + header.sectionSize(place(page, name)) // 2
    )
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(x, 10))
    settle(qtbot, page)


def edit(page: ListPage, name: str) -> FilterEdit:
    return page.view.main.header.edits[place(page, name)]


def filter_by(qtbot: QtBot, page: ListPage, name: str, text: str) -> None:
    field = edit(page, name)
    field.clear()
    field.setFocus()
    qtbot.keyClicks(field, text)
    qtbot.waitUntil(lambda: page.state_shown.filter_of(name) == text)
    settle(qtbot, page)


def marks(page: ListPage) -> list[str]:
    role = Qt.ItemDataRole.DecorationRole
    across = Qt.Orientation.Horizontal
    return [
        c.name for i, c in enumerate(page.section.columns) if page.model.headerData(i, across, role)
    ]


# ------------------------------------------------------------------------------ model


def test_the_model_keeps_the_rules_through_sort_filter_group_and_refresh(
    page: ListPage, qtbot: QtBot
) -> None:
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(page.model, fatal)
    page.change(sorts=(("name", True),))
    settle(qtbot, page)
    page.set_filter("name", "plan 00")
    settle(qtbot, page)
    assert page.model.rowCount() == 100
    page.change(groups=("side", "type"))
    settle(qtbot, page)
    assert page.model.is_grouped
    page.model.turn(1)
    page.model.turn(0)
    page.model.turn_all(True)
    page.model.turn_all(False)
    page.clear_filters()
    settle(qtbot, page)
    page.change(groups=())
    settle(qtbot, page)
    page.reload()
    settle(qtbot, page)
    assert page.model.rowCount() == MANY
    assert tester.model() is page.model


def test_rows_far_away_come_when_they_are_looked_at(page: ListPage, qtbot: QtBot) -> None:
    page.view.main.setFocus()
    last = page.model.index(MANY - 1, place(page, "name"))
    assert last.data() == "…"
    qtbot.keyClick(page.view.main, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: last.data() == f"Plan {MANY - 1:04d}")
    assert page.view.current() == (MANY - 1, page.view.shown()[-1])


# ------------------------------------------------------------------------------ order, filters


def test_item_08_click_sorts_second_click_reverses_shift_click_adds_a_key(
    page: ListPage, qtbot: QtBot
) -> None:
    click_title(qtbot, page, "name")
    assert shown(page, "name", 1) == [f"Plan {MANY - 1:04d}"]
    click_title(qtbot, page, "type")
    assert marks(page) == ["type"]
    click_title(qtbot, page, "side", shift=True)
    click_title(qtbot, page, "name", shift=True)
    click_title(qtbot, page, "name", shift=True)
    assert page.state_shown.sorts == (("type", False), ("side", False), ("name", True))
    assert marks(page) == ["name", "type", "side"]
    names = shown(page, "name", 400)
    assert names[0] > names[1]


FILTERS = [
    ("name", "plan 001", 10),
    ("name", "=plan 0012", 1),
    ("name", "^PLAN 00", 100),
    ("size", ">900", 50),
    ("size", "1..9", 5),
    ("size", "empty", 500),
    ("currency", "filled", 500),
    ("side", "Cost", 334),
    ("id", "..10", 10),
]


def test_item_09_item_10_the_filter_row_understands_and_rows_are_counted(
    page: ListPage, qtbot: QtBot
) -> None:
    for column, text, count in FILTERS:
        filter_by(qtbot, page, column, text)
        assert page.model.matching == count, text
        assert page.counted.text() == f"{count:,} of {MANY:,} rows"
        page.set_filter(column, "")
        settle(qtbot, page)
        assert edit(page, column).text() == ""


def test_item_09_filters_stay_below_their_titles_when_scrolled(
    page: ListPage, qtbot: QtBot
) -> None:
    page.resize(600, 400)
    bar, header = page.view.main.horizontalScrollBar(), page.view.main.header
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    last = place(page, "description")
    assert edit(page, "description").x() == header.sectionViewportPosition(last) + 1


def test_item_09_tab_moves_between_filters_and_escape_clears_one(
    page: ListPage, qtbot: QtBot
) -> None:
    with qtbot.waitActive(page):
        page.activateWindow()
    filter_by(qtbot, page, "name", "plan 00")
    qtbot.keyClick(edit(page, "name"), Qt.Key.Key_Tab)
    assert edit(page, "type").hasFocus()
    qtbot.keyClick(edit(page, "type"), Qt.Key.Key_Backtab)
    assert edit(page, "name").hasFocus()
    qtbot.keyClick(edit(page, "name"), Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert page.model.matching == MANY
    qtbot.keyClick(edit(page, "name"), Qt.Key.Key_Escape)
    assert page.view.main.hasFocus()


def test_item_09_a_text_without_sense_is_marked_and_changes_nothing(
    page: ListPage, qtbot: QtBot
) -> None:
    field = edit(page, "size")
    qtbot.keyClicks(field, "abc")
    qtbot.waitUntil(lambda: bool(field.problem))
    assert "not a number" in field.toolTip()
    assert field.property("invalid") is True
    assert page.model.matching == MANY
    field.clear()
    qtbot.keyClicks(field, ">2")
    qtbot.waitUntil(lambda: not field.problem)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_item_09_choices_are_ticked_in_a_menu(page: ListPage, qtbot: QtBot) -> None:
    field = edit(page, "type")
    menu = field.show_choices()
    next(a for a in menu.actions() if a.text() == "Unit pack").trigger()
    settle(qtbot, page)
    assert field.text() == "Unit pack"
    assert page.model.matching == 500
    menu.close()


def test_item_10_chips_appear_and_remove_one_filter_each(page: ListPage, qtbot: QtBot) -> None:
    assert [text for _, text in page.chips.chips()] == ["Status: not Archived"]
    filter_by(qtbot, page, "name", "plan 00")
    page.search.setText("plan 000")
    qtbot.waitUntil(lambda: page.state_shown.search == "plan 000")
    settle(qtbot, page)
    assert page.counted.text() == "10 of 1,000 rows"
    assert [key for key, _ in page.chips.chips()] == ["column:state", "column:name", "search"]
    page.chips.removed.emit("search")
    settle(qtbot, page)
    page.chips.removed.emit("column:name")
    settle(qtbot, page)
    assert edit(page, "name").text() == ""
    assert page.search.text() == ""
    assert [key for key, _ in page.chips.chips()] == ["column:state"]
    page.chips.clear_all.emit()
    settle(qtbot, page)
    assert page.counted.text() == "1,000 rows"


def test_item_02_answers_to_older_questions_are_dropped(page: ListPage, qtbot: QtBot) -> None:
    for text in ("p", "plan", "plan 0", "plan 00", "plan 001"):
        page.set_filter("name", text)
    settle(qtbot, page)
    assert page.model.matching == 10
    assert shown(page, "name", 1) == ["Plan 0010"]


# ------------------------------------------------------------------------------ groups


def test_item_14_two_groups_show_counts_and_sums_and_stay_closed_after_a_refresh(
    page: ListPage, qtbot: QtBot
) -> None:
    page.groups.turn("side")
    settle(qtbot, page)
    page.groups.turn("type")
    settle(qtbot, page)
    assert shown(page, "id", 6) == [
        "Side: Cost (334)",
        "Type: Pay-as-you-go (167)",
        "Type: Unit pack (167)",
        "Side: Sell (666)",
        "Type: Pay-as-you-go (333)",
        "Type: Unit pack (333)",
    ]
    sums = shown(page, "size", 6)
    assert sums[0] == sums[2] == "83,333"
    page.view.go_to(2)
    page.view.main.setFocus()
    qtbot.keyClick(page.view.main, Qt.Key.Key_Right)
    assert page.model.rowCount() == 6 + 167
    assert page.model.heading(3) is None
    qtbot.waitUntil(lambda: shown(page, "name", 4)[3].startswith("Plan"))
    page.model.turn(0)
    page.reload()
    settle(qtbot, page)
    heading = page.model.heading(0)
    assert heading is not None
    assert not heading.is_open
    page.model.turn(0)
    assert page.model.rowCount() == 6 + 167


# ------------------------------------------------------------------------------ rows, commands


def test_a_refresh_keeps_selection_and_place(page: ListPage, qtbot: QtBot) -> None:
    page.set_filter("side", "=sell")
    settle(qtbot, page)
    page.view.go_to(300)
    top = page.view.main.verticalScrollBar().value()
    key = page.model.row_id(300)
    session = page.shell.jobs.session
    assert session is not None
    gone = page.model.row_id(0)
    assert gone is not None
    page.view.keep_now(scroll=True)
    page.change(sorts=(("name", True),))
    settle(qtbot, page)
    current = page.view.current()
    assert current is not None
    assert page.model.row_id(current[0]) == key
    page.change(sorts=(("name", False),))
    settle(qtbot, page)
    page.view.main.verticalScrollBar().setValue(top)
    page.refresh(frozenset({"services"}))
    settle(qtbot, page)
    assert page.view.main.verticalScrollBar().value() == top
    assert page.model.row_id(page.view.current()[0]) == key  # type: ignore[index]


def test_enter_opens_the_row_and_add_a_new_one(page: ListPage, qtbot: QtBot) -> None:
    page.view.go_to(4)
    qtbot.keyClick(page.view.main, Qt.Key.Key_Return)
    page.tools.actions["add"].trigger()
    page.commands.actions["properties"].trigger()
    row = page.model.row_id(4)
    assert page.shell.opened == [  # type: ignore[attr-defined]
        f"service?id={row}",
        "record?section=services",
        f"record?id={row}&section=services",
    ]


def test_a_command_asks_with_the_names_and_changes_the_selected_rows(
    page: ListPage, qtbot: QtBot
) -> None:
    archive = page.commands.actions["archive"]
    assert not page.commands.actions["restore"].isEnabled()
    page.view.go_to(0)
    qtbot.keyClick(page.view.main, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not page.commands.actions["structure"].isEnabled())
    assert archive.isEnabled()
    archive.trigger()
    qtbot.waitUntil(lambda: page.commands.question is not None)
    question = page.commands.question
    assert question is not None
    with qtbot.waitSignal(page.shell.jobs.changed) as changed:
        question.yes_button.click()
    assert "services" in changed.args[0]
    settle(qtbot, page)
    page.refresh(changed.args[0])
    settle(qtbot, page)
    assert page.model.matching == MANY - 2
    assert page.shell.told  # type: ignore[attr-defined]


def test_item_45_never_and_filtered_empty_states_differ(
    page: ListPage, qtbot: QtBot, make_page: Make
) -> None:
    page.set_filter("name", "nothing like this")
    settle(qtbot, page)
    assert page.nothing.isVisible()
    assert page.nothing.fact() == "No service matches 2 filters"
    assert edit(page, "name").isVisible()
    page.nothing.buttons()[0].click()
    settle(qtbot, page)
    assert not page.nothing.isVisible()
    vendors = make_page(page.shell, "vendors")
    assert vendors.never.isVisible()
    assert vendors.never.fact() == vendors.section.empty
    vendors.never.buttons()[0].setFocus()
    vendors._count()  # as after each change: the buttons are made anew
    assert vendors.focusWidget() is vendors.never.buttons()[0]


def test_item_22_export_writes_filtered_rows_and_shown_columns(
    page: ListPage, qtbot: QtBot, tmp_path: Path
) -> None:
    page.set_filter("name", "plan 000")
    page.change(columns=page.state_shown.columns.toggled("id", False))
    settle(qtbot, page)
    page.export()
    dialog = page.dialog
    assert dialog is not None
    assert dialog.rows_shown.text() == "Rows shown (10)"
    dialog.path.setText("nowhere/x.xlsx")
    dialog.export_button.click()
    assert dialog.problem.isVisible()
    file = tmp_path / "out.xlsx"
    dialog.path.setText(str(file))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: bool(page.shell.told))  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(file).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 11
    assert rows[0][0] == "Name"
    assert rows[1][:3] == ("Plan 0000", "Unit pack", "Cost")
    assert isinstance(rows[1][3], int | float)


# ------------------------------------------------------------------------------ look, access


def test_item_03_at_least_22_rows_are_seen(page: ListPage, qtbot: QtBot) -> None:
    """A page of a window of 1366×768 is 1149×671, with a chip and a scroll bar below."""
    page.resize(1149, 671)
    assert page.chips.isVisible()
    view = page.view.main
    qtbot.waitUntil(lambda: view.rowAt(view.viewport().rect().bottom()) >= 22)


def test_item_04_both_themes_paint_statuses_groups_and_selection(
    page: ListPage, qtbot: QtBot
) -> None:
    page.change(groups=("side", "type"))
    settle(qtbot, page)
    page.model.turn(1)
    page.view.go_to(3)
    qtbot.keyClick(page.view.main, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    grounds = []
    for name in ("dark", "light"):
        theme().apply(app, name)
        picture = page.view.grab().toImage()
        grounds.append(picture.pixelColor(picture.width() - 40, picture.height() - 40).lightness())
        colors = {
            picture.pixelColor(x, page.view.main.header.height() + 3 * 24 + 12).name()
            for x in range(2, picture.width(), 3)
        }
        assert theme().hex("selection") in colors
    assert grounds[0] < 80 < 200 < grounds[1]


def test_rows_follow_the_density(page: ListPage) -> None:
    theme().set_density("comfortable")
    assert page.view.main.rowHeight(0) == 30
    theme().set_density("normal")
    assert page.view.main.rowHeight(0) == 24


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_menus_at_the_mouse_repeat_what_is_elsewhere(page: ListPage, qtbot: QtBot) -> None:
    page.freeze_to("id")
    menu = show_column_menu(page, "type", QPoint(10, 10))
    titles = [a.text() for a in menu.actions() if a.text()]
    assert "Group by this column" in titles
    assert "Free all columns" in titles
    next(a for a in menu.actions() if a.text() == "Sort descending").trigger()
    assert page.state_shown.sorts == (("type", True),)
    next(a for a in menu.actions() if a.text() == "Hide this column").trigger()
    assert "type" not in page.state_shown.columns.visible
    menu.close()
    rows = show_row_menu(page, QPoint(10, 10))
    assert set(page.commands.actions.values()) <= set(rows.actions())
    rows.close()
    settle(qtbot, page)


def test_a_click_on_a_link_opens_it_and_ctrl_return_too(
    page: ListPage, qtbot: QtBot, make_page: Make, make_shell: MakeShell, database: Path
) -> None:
    scopes = make_page(make_shell(database), "scopes")
    link = next(i for i, c in enumerate(scopes.section.columns) if c.link)
    rect = scopes.view.main.visualRect(scopes.model.index(0, link))
    spot = QPoint(rect.left() + 10, rect.center().y())
    qtbot.mouseMove(scopes.view.main.viewport(), spot)
    qtbot.mouseClick(scopes.view.main.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    scopes.tools.actions["link"].trigger()
    opened = scopes.shell.opened  # type: ignore[attr-defined]
    assert len(opened) == 2
    assert opened[0] == opened[1]
    assert "{" not in opened[0]


def test_item_47_inputs_and_icons_have_names_and_no_shortcut_is_taken_twice(page: ListPage) -> None:
    for field in page.findChildren(QLineEdit):
        assert field.accessibleName(), field
    for button in page.tools.bar.findChildren(type(page.tools.button("refresh"))):
        assert button.accessibleName(), button
    keys = [a.shortcut().toString() for a in page.actions() if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert all(action.text() for action in page.actions_shown())


def test_ctrl_f_goes_to_the_search_and_then_to_the_column(page: ListPage, qtbot: QtBot) -> None:
    with qtbot.waitActive(page):
        page.activateWindow()
    page.view.main.setFocus()
    page.tools.actions["find"].trigger()
    assert page.search.hasFocus()
    page.tools.actions["find"].trigger()
    assert isinstance(page.focusWidget(), FilterEdit)
