"""The palette, the navigation, the shortcut sheet, help, About, accessible names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.sections import SECTIONS
from app.ui import titles
from app.ui.about import AboutDialog
from app.ui.addresses import Address
from app.ui.help_page import ORDER, HelpPage, matching_topics, topics
from app.ui.main_window import MainWindow
from app.ui.navigation import ADDRESS, entries
from app.ui.pages import PAGES, is_available, page_class
from app.ui.palette import Palette
from app.ui.shortcuts import ShortcutSheet
from tests.ui.conftest import settle
from tests.ui.shell.pages import NotePage

Note = Callable[[int], NotePage]
LISTED = [s for s in SECTIONS if not s.arguments]


@pytest.fixture
def opened(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that were opened, instead of their pages."""
    found: list[str] = []
    monkeypatch.setattr(window, "open", lambda address: found.append(address.text()))
    return found


def palette(window: MainWindow) -> Palette:
    window.show_palette()
    (found,) = window.findChildren(Palette)
    return found


def typed(qtbot: QtBot, window: MainWindow, text: str) -> list[str]:
    """Type into the palette, wait for the records, return the titles found."""
    found = palette(window)
    found.input.setText(text)
    QTest.qWait(200)
    settle(qtbot, window.jobs)
    return [e.title for e in found.model.entries]


# ------------------------------------------------------------------------------ items 5 and 6


@pytest.mark.parametrize("section", LISTED, ids=lambda s: s.id)
def test_item_05_every_section_opens_from_navigation_filter_and_palette(
    window: MainWindow, opened: list[str], section: object
) -> None:
    wanted = Address.of("list", section=section.id).text()  # type: ignore[attr-defined]
    title = section.title  # type: ignore[attr-defined]
    navigation = window.navigation
    items = {i.data(ADDRESS): i for i in navigation._items()}
    own = titles.parent_of(section.id) == section.id  # type: ignore[attr-defined]
    assert (wanted in items) == own, "sections of one family share an entry"
    if own:
        rect = navigation.tree.visualRect(items[wanted])
        QTest.mouseClick(navigation.tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    window.focus_navigation()
    QTest.keyClicks(navigation.filter, title)
    QTest.keyClick(navigation.filter, Qt.Key.Key_Return)
    box = palette(window)
    box.input.setText(title)
    QTest.keyClick(box.input, Qt.Key.Key_Return)
    assert opened == [wanted] * (3 if own else 2)
    assert not box.isVisible()


def test_item_06_the_palette_finds_records_by_number_and_words(
    qtbot: QtBot, window: MainWindow, opened: list[str]
) -> None:
    box = palette(window)
    box.dismiss()
    for text in ("sms acme", "ACME s", "2", "#2"):
        box.input.clear()
        found = typed(qtbot, window, text)
        assert ("Acme SMS" if "2" not in text else "Retail SMS") in found, text
        if "2" in text:
            assert found[0] == "Retail SMS"
        box.dismiss()
    typed(qtbot, window, "retail")
    QTest.keyClick(box.input, Qt.Key.Key_Return)
    assert opened == ["service?id=2"]


def test_item_06_commands_run_and_escape_closes(window: MainWindow, note: Note) -> None:
    page = note(1)
    page.edit.setText("abc")
    page.edit.setFocus()
    box = palette(window)
    box.input.setText("sho not")  # words of title and group, in any order
    assert [e.title for e in box.model.entries] == ["Shout"]
    QTest.keyClick(box.input, Qt.Key.Key_Return)
    assert page.edit.text() == "ABC"
    box = palette(window)
    QTest.keyClick(box.input, Qt.Key.Key_Escape)
    assert not box.isVisible()
    page.discard()


def test_the_arrows_go_round_and_nothing_found_says_so(window: MainWindow) -> None:
    box = palette(window)
    assert box.list.currentIndex().row() == 0
    QTest.keyClick(box.input, Qt.Key.Key_Up)
    assert box.list.currentIndex().row() == box.model.rowCount() - 1
    QTest.keyClick(box.input, Qt.Key.Key_Down)
    assert box.list.currentIndex().row() == 0
    box.input.setText("qqqq")
    assert box.nothing.isVisible()
    QTest.keyClick(box.input, Qt.Key.Key_Return)
    assert box.isVisible()
    box.dismiss()


def test_recent_items_come_first(window: MainWindow, opened: list[str]) -> None:
    window.preferences.set(
        window.recent._name, [["service?id=1", "Acme SMS", "services"], ["gone?x=1", "?", "list"]]
    )
    titles = [e.title for e in palette(window).model.entries]
    assert titles[0] == ("Acme SMS" if is_available("service") else LISTED[0].title)


def test_the_models_pass_the_model_tester(qtbot: QtBot, window: MainWindow) -> None:
    box = palette(window)
    testers = [
        QAbstractItemModelTester(m, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for m in (box.model, window.navigation.tree.model())
    ]
    for text in ("s", "sms", ""):
        box.input.setText(text)
        window.navigation.filter.setText(text)
    assert len(testers) == 2
    box.dismiss()


# ------------------------------------------------------------------------------ navigation


def test_favourites_are_starred_by_the_keyboard(window: MainWindow) -> None:
    tree = window.navigation.tree
    window.navigation.filter.setText(LISTED[0].title)
    tree.setFocus()
    tree.setCurrentIndex(window.navigation._items()[0])
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert window.navigation.favourites == [LISTED[0].id]
    window.navigation.filter.clear()
    assert tree.model().index(0, 0).data() == "Favourites"
    window.navigation.toggle_favourite(LISTED[0].id)
    assert tree.model().index(0, 0).data() == LISTED[0].group


def test_only_pages_that_exist_are_listed() -> None:
    for entry in entries():
        kind = Address.parse(entry.address).kind
        assert page_class(kind) is not None


def test_without_a_database_nothing_can_be_opened(
    make_window: Callable[..., MainWindow],
) -> None:
    window = make_window(None)
    assert not any(i.flags() & Qt.ItemFlag.ItemIsEnabled for i in window.navigation._items())


# ------------------------------------------------------------------------------ item 46


def _clashes(actions: list[QAction]) -> list[str]:
    seen: dict[str, list[str]] = {}
    for action in dict.fromkeys(actions):
        for keys in action.shortcuts():
            if action.isEnabled():
                seen.setdefault(keys.toString(), []).append(action.text())
    return [f"{keys}: {names}" for keys, names in seen.items() if len(names) > 1]


ADDRESSES = ("home", "help", "list?section=services", "service?id=1", "compare", "import",
             "record?id=1&section=services")  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_item_46_no_two_active_actions_share_a_shortcut(
    qtbot: QtBot, window: MainWindow, text: str
) -> None:
    address = Address.parse(text)
    if not is_available(address.kind):
        pytest.skip(f"no {address.kind} page in this program yet")
    page = window.open(address)
    QTest.qWait(50)
    settle(qtbot, window.jobs)
    inside = [a for w in page.findChildren(QWidget) for a in w.actions()]
    assert _clashes([*window.actions(), *page.actions(), *page.actions_shown()]) == []
    window_keys = {k.toString() for a in window.actions() if a.isEnabled() for k in a.shortcuts()}
    own = set(map(id, window.actions()))
    assert [
        f"{a.text()} {k.toString()}"
        for a in inside
        if id(a) not in own and a.isEnabled()
        for k in a.shortcuts()
        if k.toString() in window_keys
    ] == []


def test_item_46_undo_is_left_to_a_page_that_brings_its_own(window: MainWindow, note: Note) -> None:
    page = note(1)
    own = QAction("Undo typing", page)
    own.setShortcut("Ctrl+Z")
    page.addAction(own)
    page.touched.emit()
    assert "Ctrl+Z" not in [k.toString() for k in window.commands.undo.shortcuts()]
    window.previous_tab()
    assert "Ctrl+Z" in [k.toString() for k in window.commands.undo.shortcuts()]


def test_item_46_the_sheet_lists_every_action_and_searches(window: MainWindow, note: Note) -> None:
    note(1)
    sheet = ShortcutSheet(window)
    sheet.show()
    groups = {
        sheet.list.topLevelItem(n).text(0): sheet.list.topLevelItem(n)
        for n in range(sheet.list.topLevelItemCount())
    }
    listed = {g.child(n).text(0) for g in groups.values() for n in range(g.childCount())}
    for action in window.commands.known.values():
        assert action.title in listed
    assert groups["Page: Note 1"].child(0).text(1) == "Ctrl+Shift+U"
    sheet.search.setText("palette")
    sheet.search.setText("ctrl+k")
    assert sheet.list.topLevelItem(0).child(0).text(0) == "Go to anything…"
    sheet.close()


def test_item_46_f1_opens_the_help_of_the_page(window: MainWindow, note: Note) -> None:
    note(1)
    window.show_help()
    page = window.page
    assert isinstance(page, HelpPage)
    assert page.topic == "lists"
    page.search.setText("decimal sign")
    assert page.list.count() >= 1
    page._choose(page.list.item(0))
    assert page.text.toPlainText()


def test_every_topic_is_there_and_its_links_lead_somewhere() -> None:
    import re

    known = {t.name for t in topics()}
    assert set(ORDER) <= known
    for topic in topics():
        for link in re.findall(r"\]\(([^)]+)\)", topic.text):
            assert link in known, f"{topic.name} links to {link}"
    assert {s.help for s in SECTIONS} <= known
    for kind in PAGES:
        if is_available(kind):
            assert page_class(kind).HELP in known
    assert matching_topics("prices drop")[0].name


def test_about_tells_versions(qtbot: QtBot, window: MainWindow) -> None:
    dialog = AboutDialog(window.jobs, "/x/y.db", window)
    dialog.show()
    settle(qtbot, window.jobs)
    assert dialog.libraries.toPlainText() not in {"", "Loading…"}
    dialog.close()


# ------------------------------------------------------------------------------ item 47

NAMED = frozenset(
    {
        QAccessible.Role.Button, QAccessible.Role.PushButton, QAccessible.Role.EditableText,
        QAccessible.Role.CheckBox, QAccessible.Role.ComboBox, QAccessible.Role.SpinBox,
        QAccessible.Role.Tree, QAccessible.Role.List, QAccessible.Role.Table,
        QAccessible.Role.PageTab, QAccessible.Role.RadioButton,
    }
)  # fmt: skip


def _walk(face: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    yield face
    if depth < 30 and face.role() not in {QAccessible.Role.Table, QAccessible.Role.Tree}:
        for number in range(face.childCount()):
            child = face.child(number)
            if child is not None and child.isValid():
                yield from _walk(child, depth + 1)


@pytest.mark.parametrize("text", ADDRESSES)
def test_item_47_buttons_and_inputs_have_accessible_names(
    qtbot: QtBot, window: MainWindow, text: str
) -> None:
    address = Address.parse(text)
    if not is_available(address.kind):
        pytest.skip(f"no {address.kind} page in this program yet")
    window.open(address)
    QTest.qWait(50)
    settle(qtbot, window.jobs)
    face = QAccessible.queryAccessibleInterface(window)
    nameless = [
        f"{found.role()} {found.object()} in {found.object().parent()}"
        for found in _walk(face)
        if found.role() in NAMED
        and not found.state().invisible
        and not found.text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_item_47_tab_goes_from_navigation_to_the_page(window: MainWindow, note: Note) -> None:
    page = note(1)
    window.activateWindow()
    window.focus_navigation()
    seen = []
    for _ in range(12):
        widget = QApplication.focusWidget()
        seen.append(widget)
        QTest.keyClick(widget or window, Qt.Key.Key_Tab)
    assert seen[0] is window.navigation.filter
    assert window.navigation.tree in seen
    assert page.edit in seen
    assert seen.index(window.navigation.tree) < seen.index(page.edit)
