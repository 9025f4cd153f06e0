"""What a person makes of a list: columns, frozen ones, named views, and how they come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.lists.page import ListPage, filter_argument
from tests.ui.lists.conftest import Shell, settle
from tests.ui.lists.test_page import click_title, place

Make = Callable[..., ListPage]
MakeShell = Callable[[Path], Shell]


# ------------------------------------------------------------------------------ columns


def test_item_11_columns_and_order_survive_a_restart_without_saving(
    page: ListPage, qtbot: QtBot, make_page: Make
) -> None:
    header = page.view.main.header
    header.moveSection(header.visualIndex(place(page, "currency")), 0)
    qtbot.waitUntil(lambda: page.state_shown.columns.order[0] == "currency")
    header.resizeSection(place(page, "name"), 333)
    page.change(columns=page.state_shown.columns.toggled("size", False))
    page.freeze_to("id")
    click_title(qtbot, page, "type")
    again = make_page(page.shell)
    assert again.state_shown.columns == page.state_shown.columns
    assert again.state_shown.columns.order[:2] == ("currency", "id")
    assert again.view.main.header.sectionSize(place(page, "name")) == 333
    assert again.view.main.header.isSectionHidden(place(page, "size"))
    assert again.state_shown.sorts == (("type", False),)
    assert again.view.frozen.isVisible()
    again.reset_columns()
    assert again.state_shown.columns.order[0] == "id"
    assert not again.view.frozen.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_item_11_the_chooser_shows_hides_moves_and_freezes(page: ListPage, qtbot: QtBot) -> None:
    page.choose_columns()
    chooser = page.chooser
    assert chooser is not None
    chooser.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert "name" not in page.state_shown.columns.visible
    chooser.list.setCurrentRow(3)
    qtbot.keyClick(chooser.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert page.state_shown.columns.order[:4] == ("id", "name", "side", "type")
    chooser.frozen.setValue(2)
    assert page.state_shown.columns.frozen_names == {"id", "side"}
    chooser.reset_asked.emit()
    assert page.state_shown.columns.visible[1] == "name"
    chooser.close()
    qtbot.waitUntil(lambda: page.chooser is None)


def test_item_13_frozen_columns_stay_and_both_halves_agree(page: ListPage, qtbot: QtBot) -> None:
    page.resize(700, 500)
    page.freeze_to("name")
    view = page.view
    view.main.horizontalScrollBar().setValue(view.main.horizontalScrollBar().maximum())
    view.main.verticalScrollBar().setValue(4000)
    qtbot.waitUntil(lambda: view.frozen.verticalScrollBar().value() == 4000)
    assert view.frozen.header.sectionViewportPosition(place(page, "id")) == 0
    assert view.frozen.viewport().height() == view.main.viewport().height()
    row = view.main.rowAt(50)
    assert view.frozen.rowViewportPosition(row) == view.main.rowViewportPosition(row)
    assert view.frozen.rowHeight(row) == view.main.rowHeight(row)
    assert view.frozen.selectionModel() is view.main.selectionModel()
    view.go_to(row, place(page, "name"))
    view.main.setFocus()
    qtbot.keyClick(view.main, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.current() == (row, place(page, "type"))
    block = view.blocks()[0]
    assert (block.left, block.right) == (place(page, "name"), place(page, "type"))


def test_item_13_a_click_with_shift_reaches_into_the_other_half(
    page: ListPage, qtbot: QtBot
) -> None:
    page.freeze_to("name")
    view = page.view
    qtbot.mouseClick(
        view.frozen.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.frozen.visualRect(page.model.index(1, place(page, "name"))).center(),
    )
    qtbot.mouseClick(
        view.main.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        view.main.visualRect(page.model.index(3, place(page, "type"))).center(),
    )
    assert [(b.top, b.bottom, b.left, b.right) for b in view.blocks()] == [(1, 3, 1, 2)]


# ------------------------------------------------------------------------------ views


def test_item_12_a_view_keeps_filter_order_groups_and_columns(
    page: ListPage, qtbot: QtBot, make_page: Make
) -> None:
    page.set_filter("side", "=cost")
    page.change(sorts=(("size", True),), groups=("type",))
    page.change(columns=page.state_shown.columns.toggled("currency", False))
    settle(qtbot, page)
    page.views.ask_new()
    dialog = page.views.dialog
    assert dialog is not None
    dialog.save_button.click()
    assert "name" in dialog.problem.text()
    dialog.field.setText("Costs")
    dialog.save_button.click()
    saved = page.state_shown
    assert page.views.action.text() == "View: Costs"
    page.clear_filters()
    assert page.views.action.text() == "View: Costs, changed"
    page.views.forget_changes()
    assert page.state_shown == saved
    page.views.rename("Costs", "Cost plans")
    page.views.make_default("Cost plans")
    settle(qtbot, page)
    again = make_page(page.shell)
    assert again.state_shown == saved
    assert again.views.current == "Cost plans"
    assert again.model.is_grouped
    again.views.delete("Cost plans")
    assert again.views.action.text() == "Views"
    last = make_page(page.shell)
    assert last.state_shown.groups == ()


def test_an_address_brings_its_filter_and_its_view(
    page: ListPage, qtbot: QtBot, make_page: Make
) -> None:
    other = make_page(page.shell, filter=filter_argument(name="plan 0012", side="=sell"))
    assert [key for key, _ in other.chips.chips()] == ["column:name", "column:side"]
    page.views.save("Mine")
    other.revisit(Address.of("list", section="services", view="Mine"))
    settle(qtbot, other)
    assert other.state_shown == page.state_shown


def test_state_and_restore_bring_back_filter_row_and_place(
    page: ListPage, qtbot: QtBot, make_page: Make
) -> None:
    page.change(sorts=(("name", True),))
    settle(qtbot, page)
    page.view.go_to(700, place(page, "type"))
    state = page.state()
    again = make_page(page.shell, state=state)
    assert again.state_shown == page.state_shown
    assert again.view.current() == (700, place(page, "type"))
    qtbot.waitUntil(lambda: again.view.main.verticalScrollBar().value() == state["scroll"])
