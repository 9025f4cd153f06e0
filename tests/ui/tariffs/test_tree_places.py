"""Going places in the rate tree: levels, search, adding, clipboard, restart (items 29, 30, 49)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.domain.kinds import PriceType
from app.services.tariffs import tree_pages
from app.ui.tariffs.tree_clipboard import SUBTREE
from app.ui.tariffs.tree_items import Item
from app.ui.tariffs.tree_words import Column
from tests.ui.tariffs.conftest import EMPTY, UPCOMING, Desk, settle
from tests.ui.tariffs.test_tree_editing import austria, cell, current, node, text

Make = Callable[..., Any]


def names(item: Item) -> list[str]:
    return [child.name for child in item.entries]


def shown(editor: Any) -> int:
    """Return how many rows of the tree are open to sight."""
    count, index = 0, editor.view.model().index(0, 0)
    while index.isValid():
        count += 1
        index = editor.view.indexBelow(index)
    return count


def test_item_30_level_buttons(qtbot: QtBot, make_editor: Make, desk: Desk) -> None:
    editor = make_editor(levels=None)
    counts = []
    for action in editor.acts.levels:
        action.trigger()
        settle(qtbot, desk.jobs)
        counts.append(shown(editor))
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2] < counts[3]


def way_to(editor: Any, qtbot: QtBot, desk: Desk, keys: list[str]) -> list[int]:
    """Return the numbers on the way to a node, without loading it."""
    found: list[int] = []
    scope = editor.scope_id

    def work(ctx: Any) -> list[int]:
        number = tree_pages.node_at(ctx, scope, keys)
        return [row.node_no for row in tree_pages.path_of(ctx, scope, number)]

    desk.jobs.query(work, owner=editor, done=found.extend)
    settle(qtbot, desk.jobs)
    return found


def test_item_30_a_node_far_away_is_reached_whatever_comes_meanwhile(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    """Pages of other branches, a reading anew, the first levels: none of them ends the way."""
    editor = make_editor(levels=None)
    editor.open_levels(1)
    settle(qtbot, desk.jobs)
    way = way_to(editor, qtbot, desk, ["sms", "sms_message", "mt", "ES"])
    nearest = [item for number in way if (item := editor.model.find(number))][-1]
    assert nearest.no != way[-1]
    editor.go_to_path(way)
    editor.model.filled.emit()  # a page, before it is known where the node stands
    assert not editor.view.currentIndex().isValid()
    qtbot.waitUntil(lambda: editor.model.is_loading(nearest))
    editor.model.reload()  # forgets the page that is on its way
    settle(qtbot, desk.jobs)
    assert editor.view.current_item().key == "ES"
    editor.open_levels(2, anew=False)
    settle(qtbot, desk.jobs)
    assert editor.view.visualRect(editor.view.currentIndex()).isValid()


def test_item_30_search_reveals_hits_in_closed_branches(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor(levels=1)
    editor.acts.find.trigger()
    assert editor.find_bar.isVisible()
    editor.find_bar.field.setText("others")
    editor.search.run()
    settle(qtbot, desk.jobs)
    total = int(editor.find_bar.place.text().split()[-1])
    assert total > 3
    assert editor.find_bar.place.text() == f"1 of {total}"
    first = editor.view.current_item()
    assert first.name == "Others"
    assert editor.model.look(cell(editor, first, Column.NAME)).match
    editor.acts.next.trigger()
    settle(qtbot, desk.jobs)
    assert editor.find_bar.place.text() == f"2 of {total}"
    assert editor.view.current_item() is not first
    editor.acts.previous.trigger()
    editor.acts.previous.trigger()
    settle(qtbot, desk.jobs)
    assert editor.find_bar.place.text() == f"{total} of {total}"
    qtbot.keyClick(editor.find_bar.field, Qt.Key.Key_Escape)
    qtbot.keyClick(editor.find_bar.field, Qt.Key.Key_Escape)
    assert not editor.find_bar.isVisible()
    assert not editor.model.look(cell(editor, first, Column.NAME)).match


def test_the_breadcrumb_names_the_path_and_goes_there(make_editor: Make) -> None:
    editor = make_editor()
    a1 = austria(editor)
    current(editor, a1)
    path = [name for _, name in editor.breadcrumb._shown]
    assert path[:2] == ["SMS service", "SMS messaging"]
    assert path[-1] == a1.name
    editor.breadcrumb.chosen.emit(a1.parent.no)
    assert editor.view.current_item() is a1.parent


def test_a_scope_without_rates_says_what_to_do(qtbot: QtBot, make_editor: Make, desk: Desk) -> None:
    editor = make_editor(EMPTY)
    assert editor.stack.currentWidget() is editor.empty
    editor.empty.buttons()[0].click()
    settle(qtbot, desk.jobs)
    (picker,) = editor.dialogs
    picker.field.setText("sms")
    picker.search("sms")
    settle(qtbot, desk.jobs)
    picker.model.toggle(0)
    picker.add_button.click()
    settle(qtbot, desk.jobs)
    assert editor.stack.currentWidget() is editor.view
    domain = next(iter(editor.model.root.nodes.values()))
    assert domain.name == "SMS messaging"
    assert text(editor, domain, Column.TYPE) == "by Resource"
    assert editor.model.mark(domain) == "empty"


def test_the_guides_first_example_is_built_by_hand(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor(EMPTY)

    def add(parent: Item, *keys: str, others: bool = False, price: str = "") -> list[Item]:
        current(editor, parent, Column.NAME) if parent is not editor.model.root else None
        editor.acts.add.trigger()
        settle(qtbot, desk.jobs)
        picker = editor.dialogs[-1]
        for key in keys:
            picker.search(key)
            settle(qtbot, desk.jobs)
            picker.model.toggle([hit.key for hit in picker.model.hits].index(key))
        picker.others.setChecked(others)
        picker.price.setText(price)
        picker.add_button.click()
        settle(qtbot, desk.jobs)
        wanted = {*keys, *(["*"] if others else [])}
        return [child for child in parent.nodes.values() if child.key in wanted]

    def depends(item: Item, attribute: str) -> None:
        editor.model.edited.emit(
            cell(editor, item, Column.TYPE), (int(PriceType.DEPENDS_ON), attribute)
        )

    (domain,) = add(editor.model.root, "sms")
    (message,) = add(domain, "sms_message")
    depends(message, "direction")
    (mt,) = add(message, "mt")
    depends(mt, "country")
    spain, rest = add(mt, "ES", others=True)
    depends(spain, "network")
    vodafone, others = add(spain, "21401", others=True, price="0.04")
    assert text(editor, vodafone) == "0.04000"
    assert text(editor, vodafone, Column.BILLING) == "Default (Submitted)"
    editor.model.setData(cell(editor, others), 8_000_000)
    editor.model.setData(cell(editor, rest), 5_000_000)
    assert editor.save_button.text().endswith("Save 7 changes")
    editor.save_now()
    settle(qtbot, desk.jobs)
    assert desk.told == ["7 changes saved as revision 1."]
    spain = node(editor, "SMS messaging", "SMS message", "A2P", "Spain")
    assert [text(editor, child) for child in spain.entries] == ["0.04000", "0.08000"]
    assert all(child.no > 0 for child in editor.model.walk())
    editor.undo()
    editor.undo()
    assert editor.save_button.text().endswith("Save 2 changes")


def test_a_pasted_list_is_matched_and_unknown_lines_are_named(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    countries = austria(editor).parent.parent
    current(editor, countries, Column.NAME)
    QGuiApplication.clipboard().setText("Japan\nAustria\nAtlantis\nKR\n")
    editor.acts.paste.trigger()
    settle(qtbot, desk.jobs)
    (picker,) = editor.dialogs
    assert set(picker.model.chosen) == {"JP", "KR"}
    assert "Atlantis" in picker.message.text()
    assert "there already" in picker.message.text()
    picker.add_button.click()
    assert {"Japan", "Korea, Republic of", "South Korea"} & set(names(countries))
    assert names(countries)[-1] == "Others"
    assert editor.steps.stack.undoText().startswith("Add 2 values")


def test_item_29_copy_and_paste_of_a_subtree_between_scopes(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor, target = make_editor(), make_editor(EMPTY)
    domain = node(editor, "SMS messaging")
    current(editor, domain, Column.NAME)
    editor.acts.copy.trigger()
    settle(qtbot, desk.jobs)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasFormat(SUBTREE)
    assert data.text().startswith("SMS messaging\t")
    target.acts.paste.trigger()
    settle(qtbot, desk.jobs)
    assert target.steps.stack.count() == 1
    assert target.steps.stack.undoText() == "Paste SMS messaging into SMS service"
    copied = node(target, "SMS messaging", "SMS message", "A2P", "Austria", "A1")
    assert text(target, copied) == "0.04460"
    assert not editor.is_dirty()
    target.save_now()
    settle(qtbot, desk.jobs)
    assert not target.is_dirty()
    target.undo()
    assert target.model.removed(node(target, "SMS messaging"))


def test_item_29_cut_and_paste_moves_in_one_step(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    belgium = node(editor, "SMS messaging", "SMS message", "A2P", "Belgium")
    current(editor, a1, Column.NAME)
    editor.acts.cut.trigger()
    settle(qtbot, desk.jobs)
    current(editor, belgium, Column.NAME)
    editor.acts.paste.trigger()
    settle(qtbot, desk.jobs)
    assert editor.steps.stack.count() == 1
    assert editor.model.removed(a1)
    moved = next(child for child in belgium.nodes.values() if child.name == a1.name)
    assert text(editor, moved) == "0.04460"
    editor.undo()
    assert not editor.is_dirty()
    assert not editor.model.removed(a1)


def test_item_29_values_that_are_there_are_asked_about(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    country = austria(editor).parent
    current(editor, country, Column.NAME)
    editor.acts.copy.trigger()
    settle(qtbot, desk.jobs)
    current(editor, country.parent, Column.NAME)
    editor.acts.paste.trigger()
    settle(qtbot, desk.jobs)
    question = editor.dialogs[-1]
    assert [button.text() for button in question.more_buttons] == ["Skip them"]
    question.more_buttons[0].click()
    assert not editor.is_dirty()


def test_item_29_a_subtree_is_refused_where_it_does_not_fit(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    current(editor, austria(editor), Column.NAME)
    editor.acts.copy.trigger()
    settle(qtbot, desk.jobs)
    fee = node(editor, "SMS messaging", "Sender ID setup fee")
    current(editor, fee.parent, Column.NAME)
    editor.acts.paste.trigger()
    settle(qtbot, desk.jobs)
    assert editor.bar.text()
    assert not editor.is_dirty()


def drag(source: Any) -> QMimeData:
    data = source.clipboard.drag_data()
    assert data is not None
    return data


def test_item_29_drag_and_drop_moves_here_and_copies_there(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    belgium = node(editor, "SMS messaging", "SMS message", "A2P", "Belgium")
    current(editor, a1, Column.NAME)
    data = drag(editor)
    accepts = editor.clipboard.accepts
    assert accepts(data, cell(editor, belgium, Column.NAME))
    assert not accepts(data, cell(editor, a1.parent, Column.NAME))
    assert not accepts(data, cell(editor, belgium.parent, Column.NAME))
    editor.view.dropped.emit(data, cell(editor, belgium, Column.NAME), False)
    settle(qtbot, desk.jobs)
    assert editor.steps.stack.undoText().startswith("Move ")
    assert editor.model.removed(a1)
    editor.undo()
    other = make_editor(EMPTY)
    current(editor, node(editor, "SMS messaging"), Column.NAME)
    data = drag(editor)
    root = other.model.index_of(other.model.root)
    assert other.clipboard.accepts(data, root)
    other.view.dropped.emit(data, root, False)
    settle(qtbot, desk.jobs)
    assert node(other, "SMS messaging", "SMS message", "P2A")
    assert not editor.is_dirty()


def test_item_49_unsaved_edits_and_places_come_back(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    a1 = austria(editor)
    current(editor, a1)
    editor.model.setData(cell(editor, a1), 10_000_000)
    current(editor, a1.parent, Column.NAME)
    editor.acts.add.trigger()
    settle(qtbot, desk.jobs)
    picker = editor.dialogs[-1]
    picker.model.toggle(
        next(i for i, h in enumerate(picker.model.hits) if h.key not in picker.model.there)
    )
    picker.add_button.click()
    settle(qtbot, desk.jobs)
    added = next(child for child in a1.parent.nodes.values() if child.stored is None)
    kept = json.loads(json.dumps([editor.state(), editor.unsaved()]))
    again = make_editor(state=kept[0], unsaved=kept[1])
    settle(qtbot, desk.jobs)
    assert again.is_dirty()
    assert text(again, austria(again)) == "0.10000"
    assert added.name in names(austria(again).parent)
    assert again.view.open_numbers() == editor.view.open_numbers()
    again.ask_discard()
    again.dialogs[-1].yes_button.click()
    assert not again.is_dirty()
    assert added.name not in names(austria(again).parent)
    assert text(again, austria(again)) == "0.04460"


def test_packs_have_a_status_and_no_price(make_editor: Make) -> None:
    editor = make_editor(7)
    header = editor.view.header()
    titles = [
        str(editor.model.headerData(c, Qt.Orientation.Horizontal))
        for c in Column
        if not header.isSectionHidden(c)
    ]
    assert "Price" not in " ".join(titles)
    assert "Status" in titles


@pytest.mark.parametrize("name", ["Import…"])
def test_import_asks_for_the_node(qtbot: QtBot, make_editor: Make, name: str) -> None:
    editor = make_editor()
    current(editor, austria(editor).parent, Column.NAME)
    with qtbot.waitSignal(editor.import_requested) as asked:
        editor.acts.imported.trigger()
    assert asked.args == ["SMS messaging/SMS message/A2P (MT)/Austria"]


def test_item_31_price_change_previews_and_is_one_step(
    qtbot: QtBot, make_editor: Make, desk: Desk
) -> None:
    editor = make_editor()
    country = austria(editor).parent
    current(editor, country, Column.NAME)
    editor.acts.prices.trigger()
    (dialog,) = editor.dialogs
    assert not dialog.ok.isEnabled()
    dialog.value.setText("3")
    qtbot.waitUntil(lambda: dialog.preview is not None, timeout=5000)
    assert dialog.ok.text() == "Change 4 prices"
    wanted = [row.after for row in dialog.sample.rows]
    dialog.ok.click()
    settle(qtbot, desk.jobs)
    assert [text(editor, child) for child in country.entries] == wanted
    assert wanted[0] == "0.04594"
    assert editor.steps.stack.count() == 1
    editor.undo()
    assert not editor.is_dirty()


def test_item_31_zero_or_negative_is_refused(qtbot: QtBot, make_editor: Make, desk: Desk) -> None:
    editor = make_editor()
    current(editor, austria(editor).parent, Column.NAME)
    editor.acts.prices.trigger()
    (dialog,) = editor.dialogs
    dialog.kind.setCurrentIndex(dialog.kind.findData("add"))
    dialog.value.setText("-1")
    qtbot.waitUntil(lambda: dialog.preview is not None, timeout=5000)
    assert dialog.problem.text()
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_the_history_panel_follows_the_node(qtbot: QtBot, make_editor: Make, desk: Desk) -> None:
    editor = make_editor(UPCOMING)
    a1 = austria(editor)
    editor.model.setData(cell(editor, a1), 10_000_000)
    editor.save_now()
    settle(qtbot, desk.jobs)
    editor.acts.history.trigger()
    current(editor, a1)
    qtbot.waitUntil(lambda: len(editor.history.versions.rows) == 2, timeout=5000)
    settle(qtbot, desk.jobs)
    model = editor.history.versions
    assert "0.0446" in str(model.index(0, 1).data())
    assert "0.1" in str(model.index(0, 1).data())
    assert editor.history.price.text()


def test_the_problems_list_leads_to_the_nodes(qtbot: QtBot, make_editor: Make, desk: Desk) -> None:
    editor = make_editor()
    a1 = austria(editor)
    editor.model.edited.emit(cell(editor, a1), None)
    editor.save_now()
    settle(qtbot, desk.jobs)
    editor.acts.problems.trigger()
    settle(qtbot, desk.jobs)
    problems = editor.problems.model.rows
    place = next(i for i, p in enumerate(problems) if p.node_no == a1.no)
    editor.problems.list.clicked.emit(editor.problems.model.index(place))
    settle(qtbot, desk.jobs)
    assert editor.view.current_item().no == a1.no
