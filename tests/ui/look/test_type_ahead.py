"""The field that proposes: keyboard alone, late answers, as the editor of a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.look.theme import theme
from app.ui.widgets.option_list import OptionModel
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

NETWORKS = (
    Option(1, "Germany · Telekom", "26201", 0.93, "Learned", "ok"),
    Option(2, "Germany · Vodafone", "26202", 0.86),
    Option(3, "Greece · Cosmote", "20201"),
    Option(4, "Ghana", "233"),
)
Key = Qt.Key


def search(text: str, reply: Reply) -> None:
    """Answer at once with the networks whose text contains what was typed."""
    reply([o for o in NETWORKS if text.casefold() in o.text.casefold()])


class Desk:
    """A window with a type-ahead between two line edits."""

    def __init__(self, qtbot: QtBot, field: TypeAhead) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.field = field
        self.after = QLineEdit()
        column = QVBoxLayout(self.window)
        column.addWidget(field)
        column.addWidget(self.after)
        self.window.resize(400, 200)
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        field.setFocus()
        self.chosen: list[Option] = []
        field.chosen.connect(self.chosen.append)

    def type(self, text: str) -> None:
        """Type, and wait for the proposals."""
        self.qtbot.keyClicks(self.field.line, text)
        self.qtbot.waitUntil(self.field.is_open)

    def press(self, *keys: Qt.Key) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget() or self.field.line, key)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    field = TypeAhead(placeholder="Network")
    field.set_source(search)
    yield Desk(qtbot, field)
    field.close_list()


def test_keyboard_alone_finds_and_takes_a_proposal(desk: Desk) -> None:
    desk.type("ge")
    assert [o.key for o in desk.field.options()] == [1, 2]
    desk.press(Key.Key_Down, Key.Key_Return)
    assert [o.key for o in desk.chosen] == [2]
    assert (desk.field.value(), desk.field.text()) == (2, "Germany · Vodafone")
    assert not desk.field.is_open()


def test_arrows_turn_round_and_pages_stop_at_the_ends(desk: Desk) -> None:
    desk.type("g")
    desk.press(Key.Key_Up, Key.Key_Return)
    assert desk.chosen[-1].key == 4
    desk.press(Key.Key_Down)
    desk.press(Key.Key_PageDown, Key.Key_PageUp, Key.Key_Return)
    assert desk.chosen[-1].key == 1


def test_tab_takes_the_marked_one_and_moves_on(desk: Desk) -> None:
    desk.type("gre")
    desk.press(Key.Key_Tab)
    assert desk.field.value() == 3
    assert desk.after.hasFocus()


def test_escape_closes_the_list_then_puts_the_value_back(desk: Desk) -> None:
    desk.field.set_value(1, "Germany · Telekom")
    desk.field.line.selectAll()
    desk.type("gh")
    desk.press(Key.Key_Escape)
    assert not desk.field.is_open()
    assert desk.field.text() == "gh"
    desk.press(Key.Key_Escape)
    assert (desk.field.text(), desk.field.value()) == ("Germany · Telekom", 1)


def test_down_on_a_value_offers_everything(desk: Desk) -> None:
    desk.field.set_value(1, "Germany · Telekom")
    desk.press(Key.Key_Down)
    assert [o.key for o in desk.field.options()] == [1, 2, 3, 4]


def test_text_that_matches_nothing_is_not_a_value(desk: Desk) -> None:
    desk.field.set_value(1, "Germany · Telekom")
    desk.field.line.selectAll()
    desk.type("atlantis")
    assert desk.field.options() == []
    desk.press(Key.Key_Return)
    assert desk.chosen == []
    desk.after.setFocus()
    assert (desk.field.text(), desk.field.value()) == ("Germany · Telekom", 1)


def test_emptied_field_has_no_value_and_tells_it(desk: Desk, qtbot: QtBot) -> None:
    desk.field.set_value(1, "Germany · Telekom")
    desk.field.line.selectAll()
    desk.press(Key.Key_Delete)
    with qtbot.waitSignal(desk.field.cleared):
        desk.after.setFocus()
    assert desk.field.value() is None


def test_free_text_stays(qtbot: QtBot) -> None:
    desk = Desk(qtbot, TypeAhead(free_text=True))
    qtbot.keyClicks(desk.field.line, "anything")
    desk.after.setFocus()
    assert (desk.field.text(), desk.field.value()) == ("anything", None)
    assert not desk.field.is_open()


def test_late_answers_to_older_text_are_dropped(desk: Desk, qtbot: QtBot) -> None:
    asked: list[tuple[str, Reply]] = []
    desk.field.set_source(lambda text, reply: asked.append((text, reply)))
    qtbot.keyClicks(desk.field.line, "g")
    qtbot.waitUntil(lambda: len(asked) == 1)
    qtbot.keyClicks(desk.field.line, "r")
    qtbot.waitUntil(lambda: len(asked) == 2)
    asked[1][1]([NETWORKS[2]])
    asked[0][1](NETWORKS)
    assert [text for text, _ in asked] == ["g", "gr"]
    assert [o.key for o in desk.field.options()] == [3]


def test_answer_after_the_field_was_left_opens_nothing(desk: Desk, qtbot: QtBot) -> None:
    asked: list[Reply] = []
    desk.field.set_source(lambda _text, reply: asked.append(reply))
    qtbot.keyClicks(desk.field.line, "g")
    qtbot.waitUntil(lambda: len(asked) == 1)
    desk.after.setFocus()
    asked[0](NETWORKS)
    assert not desk.field.is_open()


def test_slow_source_is_told_as_searching(desk: Desk, qtbot: QtBot) -> None:
    desk.field.set_source(lambda _text, _reply: None)
    qtbot.keyClicks(desk.field.line, "g")
    qtbot.waitUntil(desk.field.is_open)
    assert desk.field.options() == []


def test_proposal_is_taken_by_a_click(desk: Desk, qtbot: QtBot) -> None:
    desk.type("g")
    view = desk.field._list._view
    place = view.visualRect(view.model().index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.chosen[-1].key == 3


def test_accessible_name_reaches_the_line_edit(desk: Desk) -> None:
    desk.field.setAccessibleName("Network *")
    assert desk.field.line.accessibleName() == "Network *"


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("two_lines", [False, True])
def test_list_paints_its_proposals(
    qtbot: QtBot, qapp: QApplication, name: str, two_lines: bool
) -> None:
    theme().apply(qapp, name)
    desk = Desk(qtbot, TypeAhead(two_lines=two_lines))
    desk.field.set_source(search)
    desk.type("ger")
    picture = desk.field._list.grab().toImage()
    seen = {picture.pixelColor(x, 12).name() for x in range(picture.width())}
    assert theme().hex("selection") in seen
    desk.field.close_list()
    theme().apply(qapp, "light")


def test_option_model_obeys_the_rules_of_models(qtbot: QtBot) -> None:
    model = OptionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    contents: Sequence[Sequence[Option]] = (NETWORKS, (), NETWORKS[:1])
    for options in contents:
        model.show(options, "Nothing matches “x”")
        assert model.rowCount() == max(len(options), 1)
    spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Germany · Telekom, 26201, 93\u00a0%"


class _Delegate(QStyledItemDelegate):
    """Edits a cell with a type-ahead, as the lists of values and keys do."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget:
        editor = TypeAhead(parent)
        editor.set_source(search)
        editor.chosen.connect(lambda _option: self._finish(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:
        assert isinstance(editor, TypeAhead)
        editor.set_value(index.data(Qt.ItemDataRole.UserRole), index.data())

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex) -> None:
        assert isinstance(editor, TypeAhead)
        key, text = editor.value(), editor.text()  # the first change loads the editor again
        model.setData(index, key, Qt.ItemDataRole.UserRole)
        model.setData(index, text)

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    view = QTableView()
    model = QStandardItemModel(2, 2, view)
    for row in range(2):
        for column in range(2):
            model.setItem(row, column, QStandardItem("old"))
    view.setModel(model)
    view.setItemDelegate(_Delegate(view))
    view.resize(400, 200)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.setFocus()
    view.setCurrentIndex(model.index(0, 0))
    return view


def _edit(qtbot: QtBot, table: QTableView, find: Callable[[], TypeAhead | None]) -> TypeAhead:
    table.edit(table.currentIndex())
    editor = find()
    assert editor is not None
    assert editor.line.hasFocus()
    editor.line.selectAll()
    return editor


def test_editor_of_a_cell_takes_a_proposal_by_enter(qtbot: QtBot, table: QTableView) -> None:
    editor = _edit(qtbot, table, lambda: table.findChild(TypeAhead))
    qtbot.keyClicks(editor.line, "gree")
    qtbot.waitUntil(editor.is_open)
    qtbot.keyClick(editor.line, Key.Key_Return)
    assert table.model().index(0, 0).data() == "Greece · Cosmote"
    assert table.model().index(0, 0).data(Qt.ItemDataRole.UserRole) == 3


def test_editor_of_a_cell_is_left_by_escape_and_by_focus(qtbot: QtBot, table: QTableView) -> None:
    editor = _edit(qtbot, table, lambda: table.findChild(TypeAhead))
    qtbot.keyClicks(editor.line, "zzz")
    qtbot.waitUntil(editor.is_open)
    for _ in range(3):  # closes the list, puts the text back, ends the edit
        qtbot.keyClick(editor.line, Key.Key_Escape)
    qtbot.waitUntil(lambda: table.findChild(TypeAhead) is None)
    assert table.model().index(0, 0).data() == "old"
    _edit(qtbot, table, lambda: table.findChild(TypeAhead))
    table.setFocus()
    qtbot.waitUntil(lambda: table.findChild(TypeAhead) is None)


def test_a_button_opens_the_list_with_everything_and_closes_it(qtbot: QtBot) -> None:
    field = TypeAhead()
    field.set_source(search)
    field.add_button()
    desk = Desk(qtbot, field)
    field.set_value(3, "Greece · Cosmote")
    desk.after.setFocus()
    (button,) = field.line.findChildren(QToolButton)
    assert button.accessibleName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [option.key for option in field.options()] == [1, 2, 3, 4]
    assert field.line.hasFocus()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not field.is_open()
    assert field.value() == 3
