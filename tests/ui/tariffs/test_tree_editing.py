"""Editing in the rate tree: cells, staged edits, undo, saving (items 16-20, SVC-2, GEN-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.kinds import PriceType
from app.domain.pricing import parse_scale
from app.services.tariffs import edit_tree, tree_pages
from app.ui.tariffs.tree_items import Item, Kind
from app.ui.tariffs.tree_words import Column
from tests.ui.tariffs.conftest import CURRENT, UPCOMING, WAIT, Desk, settle

Make = Callable[..., Any]


def node(editor: Any, *names: str) -> Item:
    """Return the loaded node at a path of names."""
    item = editor.model.root
    for name in names:
        item = next(child for child in item.nodes.values() if child.name.startswith(name))
    return item


def austria(editor: Any, network: str = "A1") -> Item:
    return node(editor, "SMS messaging", "SMS message", "A2P", "Austria", network)


def cell(editor: Any, item: Item, column: Column = Column.PRICE) -> Any:
    return editor.model.index_of(item, column)


def current(editor: Any, item: Item, column: Column = Column.PRICE) -> None:
    editor.view.go_to(item, column)


def select(editor: Any, first: Item, last: Item, left: Column, right: Column) -> None:
    block = QItemSelection(cell(editor, first, left), cell(editor, last, right))
    selection = editor.view.selectionModel()
    selection.setCurrentIndex(block.at(0).topLeft(), QItemSelectionModel.SelectionFlag.NoUpdate)
    selection.select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def text(editor: Any, item: Item, column: Column = Column.PRICE) -> str:
    return str(cell(editor, item, column).data())


def type_into(qtbot: QtBot, editor: Any, value: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field = QApplication.focusWidget()
    if not isinstance(field, QLineEdit):
        field = editor.view.viewport().findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, value)
    qtbot.keyClick(field, key)


def test_columns_are_those_of_the_guide(make_editor: Make) -> None:
    editor = make_editor()
    header = editor.view.header()
    titles = [
        str(editor.model.headerData(c, Qt.Orientation.Horizontal))
        for c in Column
        if not header.isSectionHidden(c)
    ]
    assert titles == ["Resources", "Price type", "Price, EUR", "Billing rule", "Quantity rule"]
    a1 = austria(editor)
    assert text(editor, a1.parent, Column.TYPE) == "by Network"
    assert text(editor, a1, Column.BILLING) == "Default (Submitted)"
    assert text(editor, a1, Column.QUANTITY) == "Default (Segments)"
    assert [child.name for child in a1.parent.nodes.values()][-1] == "Others"


def test_item_17_typing_starts_an_edit_and_enter_goes_down(qtbot: QtBot, make_editor: Make) -> None:
    editor = make_editor()
    a1 = austria(editor)
    below = list(a1.parent.nodes.values())[1]
    current(editor, a1)
    with qtbot.waitActive(editor):
        editor.view.setFocus()
    qtbot.keyClick(editor.view, Qt.Key.Key_F2)
    type_into(qtbot, editor, "0.0455")
    assert text(editor, a1) == "0.04550"
    assert editor.view.currentIndex() == cell(editor, below)
    qtbot.keyClicks(editor.view, "0")  # typing starts an edit
    type_into(qtbot, editor, "0.5", Qt.Key.Key_Tab)
    assert text(editor, below) == "0.50000"
    assert editor.view.currentIndex() == cell(editor, below, Column.BILLING)
    assert editor.save_button.text().endswith("Save 2 changes")


def test_item_17_escape_restores(qtbot: QtBot, make_editor: Make) -> None:
    editor = make_editor()
    a1 = austria(editor)
    before = text(editor, a1)
    current(editor, a1)
    editor.view.edit(cell(editor, a1))
    type_into(qtbot, editor, "9", Qt.Key.Key_Escape)
    assert text(editor, a1) == before
    assert not editor.is_dirty()


def test_a_price_that_means_nothing_keeps_its_editor_open_and_says_why(
    qtbot: QtBot, make_editor: Make
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    current(editor, a1)
    editor.view.edit(cell(editor, a1))
    type_into(qtbot, editor, "0,0712")
    field = editor.view.viewport().findChild(QLineEdit)
    assert field is not None
    assert field.toolTip()
    assert not editor.is_dirty()
    type_into(qtbot, editor, "-1")
    assert "0 or more" in field.toolTip()
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_item_17_fill_down_and_delete(make_editor: Make) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    select(editor, networks[0], networks[3], Column.PRICE, Column.PRICE)
    editor.acts.fill.trigger()
    assert {text(editor, item) for item in networks} == {"0.04460"}
    assert editor.steps.stack.undoText() == "Fill down 3 cells"
    editor.acts.delete.trigger()
    assert {text(editor, item) for item in networks} == {""}
    assert editor.model.mark(networks[0]) == "incomplete"
    editor.undo()
    editor.undo()
    assert not editor.is_dirty()


def test_item_17_delete_of_nodes_names_what_goes(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    country = austria(editor).parent
    current(editor, country, Column.NAME)
    editor.acts.delete.trigger()
    settle(qtbot, desk.jobs)
    (question,) = editor.dialogs
    assert "Austria" in question.windowTitle()
    assert "4 nodes below" in question.accessibleDescription()
    question.yes_button.click()
    assert editor.model.removed(country)
    assert editor.model.removed(austria(editor))
    look = editor.model.look(cell(editor, country, Column.NAME))
    assert look.row == "removed"
    assert editor.save_button.text().endswith("Save 5 changes")
    editor.undo()
    assert not editor.model.removed(country)


def test_item_16_a_block_spreads_and_one_value_fills(make_editor: Make) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(
        "0.1\tSubmitted\tMessages\n0.2\tDelivered\tSegments\n0.3\tDelivered\tSegments\n"
    )
    current(editor, networks[0], Column.PRICE)
    editor.acts.paste.trigger()
    assert [text(editor, item) for item in networks[:3]] == ["0.10000", "0.20000", "0.30000"]
    assert [text(editor, i, Column.BILLING) for i in networks[:2]] == ["Submitted", "Delivered"]
    assert text(editor, networks[0], Column.QUANTITY) == "Messages"
    assert editor.steps.stack.count() == 1
    clipboard.setText("0.7")
    select(editor, networks[0], networks[3], Column.PRICE, Column.PRICE)
    editor.acts.paste.trigger()
    assert {text(editor, item) for item in networks} == {"0.70000"}


def test_item_16_too_large_changes_nothing_and_equal_marks_nothing(make_editor: Make) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("0.1\t1\t2\t3\t4\t5\n")
    current(editor, networks[0])
    editor.acts.paste.trigger()
    assert "does not fit" in editor.bar.text()
    assert not editor.is_dirty()
    clipboard.setText(text(editor, networks[0]))
    editor.acts.paste.trigger()
    assert not editor.is_dirty()
    clipboard.setText("0.1\nabc\n")
    editor.acts.paste.trigger()
    assert editor.bar.text()
    assert not editor.is_dirty()


def test_item_15_copied_cells_are_tab_separated(make_editor: Make) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    select(editor, networks[0], networks[1], Column.TYPE, Column.PRICE)
    editor.acts.copy.trigger()
    assert QGuiApplication.clipboard().text() == "Flat rate\t0.0446\nFlat rate\t0.0389\n"


def test_item_18_changed_new_and_removed_differ_by_mark_and_word(make_editor: Make) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    current(editor, networks[0])
    editor.view.model().setData(cell(editor, networks[0]), 5)
    look = editor.model.look(cell(editor, networks[0]))
    assert (look.row, look.changed) == ("changed", True)
    assert not editor.model.look(cell(editor, networks[0], Column.BILLING)).changed
    assert "before: 0.04460" in str(cell(editor, networks[0]).data(Qt.ItemDataRole.ToolTipRole))
    spoken = cell(editor, networks[0], Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert str(spoken).endswith("changed")


def test_item_18_save_is_all_or_nothing_and_tells_the_number(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    assert not editor.save_button.isEnabled()
    assert "nothing to save" in editor.save_button.toolTip()
    networks = list(austria(editor).parent.nodes.values())
    for price, item in enumerate(networks, start=1):
        editor.model.setData(cell(editor, item), price * 1_000_000)
    assert editor.save_button.text().endswith("Save 4 changes")
    with qtbot.waitSignal(editor.dirty_changed, timeout=WAIT) as told:
        editor.acts.save.trigger()
    assert told.args == [False]
    settle(qtbot, desk.jobs)
    assert desk.told == ["4 changes saved as revision 2."]
    assert [text(editor, i) for i in networks] == ["0.01000", "0.02000", "0.03000", "0.04000"]
    session = desk.jobs.session
    assert session is not None
    rows = tree_pages.rows_by_number(session.context(), UPCOMING, [i.no for i in networks])
    assert [row.state.price for row in rows] == [1_000_000, 2_000_000, 3_000_000, 4_000_000]


def test_item_20_undo_steps_one_by_one_across_a_save(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    networks = list(austria(editor).parent.nodes.values())
    stack = editor.undo_stack
    current(editor, networks[0])
    editor.model.setData(cell(editor, networks[0]), 10_000_000)
    assert stack.undoText() == f"Price of {networks[0].name}"
    select(editor, networks[0], networks[3], Column.PRICE, Column.PRICE)
    editor.acts.fill.trigger()
    editor.save_now()
    settle(qtbot, desk.jobs)
    assert stack.isClean()
    editor.undo()
    assert not stack.isClean()
    assert text(editor, networks[1]) == "0.03890"
    assert editor.save_button.text().endswith("Save 3 changes")
    editor.undo()
    assert text(editor, networks[0]) == "0.04460"
    editor.redo()
    editor.redo()
    assert stack.isClean()
    assert not editor.is_dirty()


def test_item_19_staged_edits_outlive_reload_and_collapse(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    editor.model.setData(cell(editor, a1), 10_000_000)
    editor.open_levels(1)
    settle(qtbot, desk.jobs)
    editor.refresh(frozenset({"rates"}))
    settle(qtbot, desk.jobs)
    editor.open_levels(0)
    settle(qtbot, desk.jobs)
    assert text(editor, austria(editor)) == "0.10000"
    assert editor.steps.draft.count == 1


def test_svc_2_the_scope_in_force_warns_and_asks_once(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor(CURRENT)
    assert not editor.live_bar.isVisible()
    a1 = austria(editor)
    editor.model.setData(cell(editor, a1), 10_000_000)
    assert "in force" in editor.live_bar.text()
    editor.save_now()
    (question,) = editor.dialogs
    assert "1 changed" in question.accessibleDescription()
    question.cancel_button.click()
    assert editor.is_dirty()
    editor.save_now()
    editor.dialogs[-1].yes_button.click()
    settle(qtbot, desk.jobs)
    assert not editor.is_dirty()
    assert not editor.live_bar.isVisible()
    editor.model.setData(cell(editor, a1), 20_000_000)
    editor.save_now()
    settle(qtbot, desk.jobs)
    assert not editor.is_dirty()


def saved_elsewhere(desk: Desk, editor: Any, item: Item, units: int) -> None:
    """Change a price as another person would."""
    from app.domain import tree_edits
    from app.domain.tree_draft import TreeDraft

    session = desk.jobs.session
    assert session is not None
    ctx = session.context()
    (row,) = tree_pages.rows_by_number(ctx, editor.scope_id, [item.no])
    draft = TreeDraft()
    draft.apply(tree_edits.set_values(draft, [row.ref()], {"price": units}, "theirs"))
    edit_tree.save_tree_edits(ctx, editor.scope_id, draft, base_rev=editor.head.revision)


def test_gen_4_a_rate_changed_by_both_is_settled_field_by_field(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1, other = austria(editor), austria(editor, "Magenta")
    editor.model.setData(cell(editor, a1), 10_000_000)
    editor.model.setData(cell(editor, other), 11_000_000)
    saved_elsewhere(desk, editor, a1, 20_000_000)
    editor.save_now()
    settle(qtbot, desk.jobs)
    (dialog,) = editor.dialogs
    line = dialog.model.lines[0]
    assert (line.base, line.theirs, line.mine) == ("0.04460", "0.20000", "0.10000")
    dialog.reject()
    assert editor.is_dirty()
    assert "Nothing was saved" in editor.bar.text()
    editor.save_now()
    settle(qtbot, desk.jobs)
    dialog = editor.dialogs[-1]
    dialog.model.take([0], "theirs")
    dialog.save.click()
    settle(qtbot, desk.jobs)
    assert not editor.is_dirty()
    assert text(editor, a1) == "0.20000"
    assert text(editor, other) == "0.11000"


def test_gen_4_different_rates_are_merged_silently(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1, other = austria(editor), austria(editor, "Magenta")
    editor.model.setData(cell(editor, a1), 10_000_000)
    saved_elsewhere(desk, editor, other, 20_000_000)
    editor.save_now()
    settle(qtbot, desk.jobs)
    assert not editor.is_dirty()
    assert not editor.dialogs
    assert text(editor, other) == "0.20000"


def test_price_type_is_chosen_from_what_is_allowed(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    current(editor, a1, Column.TYPE)
    editor.view.edit(cell(editor, a1, Column.TYPE))
    settle(qtbot, desk.jobs)
    combo = editor.view.viewport().findChild(QComboBox)
    offered = [combo.itemText(row) for row in range(combo.count())]
    assert "Free" in offered
    assert "Depends on MCC" in offered
    assert "Included" not in offered
    assert offered[-1] == "Import from file…"
    combo.setCurrentIndex(offered.index("Free"))
    combo.activated.emit(combo.currentIndex())
    assert text(editor, a1, Column.TYPE) == "Free"
    assert text(editor, a1) == ""
    assert editor.steps.draft.count == 1


def test_f5_a_rate_that_gets_children_keeps_its_price_as_others(
    qtbot: QtBot, make_editor: Make
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    editor.model.edited.emit(
        cell(editor, a1, Column.TYPE), (int(PriceType.DEPENDS_ON), "sender_id_type")
    )
    (others,) = a1.nodes.values()
    assert others.name == "Others"
    assert text(editor, others) == "0.04460"
    assert text(editor, a1, Column.TYPE) == "by Sender ID type"


def test_a_branch_that_becomes_a_rate_says_how_many_nodes_go(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    country = austria(editor).parent
    editor.model.edited.emit(cell(editor, country, Column.TYPE), (int(PriceType.FREE), None))
    settle(qtbot, desk.jobs)
    (question,) = editor.dialogs
    assert "4 nodes below" in question.accessibleDescription()
    question.yes_button.click()
    assert text(editor, country, Column.TYPE) == "Free"
    assert editor.model.removed(austria(editor))
    editor.save_now()
    settle(qtbot, desk.jobs)
    assert not country.nodes
    editor.undo()
    assert "undo that revision" in editor.bar.text()


def test_a_scale_shows_its_tiers_and_is_edited_in_its_dialog(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    digi = node(editor, "SMS messaging", "SMS message", "A2P", "Spain", "DIGI")
    assert text(editor, digi).startswith("Tier · 2 tiers 0.00400–0.00500")
    tiers = [entry for entry in digi.entries if entry.kind is Kind.TIER]
    assert [editor.model.text(t, Column.NAME) for t in tiers] == ["1 – 1,000", "over 1,000"]
    editor.view.go_to(digi)
    editor.acts.scale.trigger()
    settle(qtbot, desk.jobs)
    (dialog,) = editor.dialogs
    dialog.model.put(1, 0, "0.003")
    dialog.ok.click()
    state = editor.model.state(digi)
    assert parse_scale(state.scale).tiers[1].price == 300_000
    assert "0.00300" in text(editor, digi)


@pytest.mark.parametrize("key", ["Ctrl+S", "Ctrl+F", "F3", "Ctrl+N", "Delete", "Ctrl+D"])
def test_item_46_no_two_actions_share_a_shortcut(make_editor: Make, key: str) -> None:
    editor = make_editor(levels=None)
    owners = [a.text() for a in editor.actions() if QKeySequence(key) in a.shortcuts()]
    assert len(owners) == 1
