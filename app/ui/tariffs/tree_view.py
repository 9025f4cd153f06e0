"""The view of the rate tree: spreadsheet keys, selection by cells, drag and drop of subtrees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QDrag, QDragMoveEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from app.ui.look.theme import theme
from app.ui.tariffs.tree_delegate import OptionsFor, TreeDelegate, is_node
from app.ui.tariffs.tree_items import Item, Kind
from app.ui.tariffs.tree_model import TreeModel
from app.ui.tariffs.tree_rows import Held
from app.ui.tariffs.tree_words import VOICE, Column

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

WIDTHS = {
    Column.NAME: 290,
    Column.TYPE: 125,
    Column.PRICE: 200,
    Column.CONNECT: 120,
    Column.FIRST: 110,
    Column.NEXT: 110,
    Column.BILLING: 140,
    Column.QUANTITY: 140,
}

NARROW_NAME, NARROW_PRICE = 210, 130
"""Widths while a panel takes room beside the tree: of names at least, of prices."""

KEPT_CLOSED = 1_000
"""Loaded children that a collapsed node keeps; more are forgotten and load again."""

_MOVES = {
    Qt.Key.Key_Return: "down",
    Qt.Key.Key_Enter: "down",
    Qt.Key.Key_Tab: "right",
    Qt.Key.Key_Backtab: "left",
}


class TreeView(QTreeView):
    """Cells are selected like in a spreadsheet; whole nodes are meant by their first column."""

    scale_wanted = Signal(object)
    """Index of a scale's price cell that a person wants to edit."""

    dropped = Signal(object, object, bool)
    """(QMimeData, index of the node under which it was dropped, whether to copy)"""

    def __init__(self, options_for: OptionsFor, parent: QWidget) -> None:
        super().__init__(parent)
        self.accepts: Callable[[QMimeData, QModelIndex], bool] = lambda _mime, _index: False
        self.drag_data: Callable[[], QMimeData | None] = lambda: None
        self._open: set[int] = set()
        self._top: tuple[Item, int] | None = None
        self._beside = False
        self._delegate = TreeDelegate(options_for, self)
        self.setItemDelegate(self._delegate)
        self._delegate.stepped.connect(lambda key: self.step(_MOVES[Qt.Key(key)]))
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(False)
        self.setAllColumnsShowFocus(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.EditKeyPressed | triggers.AnyKeyPressed | triggers.DoubleClicked
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setTabKeyNavigation(False)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName(self.tr("Rate tree"))
        self.expanded.connect(self._note_open)
        self.collapsed.connect(self._note_closed)
        self.doubleClicked.connect(self._toggle)
        theme().changed.connect(self.refresh_look)

    # ------------------------------------------------------------------ model and columns

    def tree(self) -> TreeModel:
        """Return the model."""
        model = self.model()
        assert isinstance(model, TreeModel)
        return model

    def show_model(self, model: TreeModel) -> None:
        """Show another tree; all is collapsed."""
        old = self.selectionModel()
        self._open = set()
        self.setModel(model)
        if old is not None:
            old.deleteLater()
        model.rowsInserted.connect(self._open_new)
        model.held = self._selected
        model.changing.connect(self._note_top)
        model.changed.connect(self._keep_top)
        model.rowsInserted.connect(self.show_columns)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        self.header().setStretchLastSection(False)
        self.header().setSectionsMovable(False)
        self.show_columns()
        self._fit_name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._beside:
            self._give_way()
        self._fit_name()

    def keep_current(self) -> None:
        """Bring the current row back into sight, from its name on, once a panel took its room."""
        QTimer.singleShot(0, self, lambda: self.scrollTo(self.currentIndex().siblingAtColumn(0)))

    def stand_beside(self, panel: bool) -> None:
        """Take note that a panel tells billing and quantity: their columns give way to names."""
        self._beside = panel
        self._give_way()
        self._fit_name()

    def _give_way(self) -> None:
        """Hide and narrow columns that leave names no room beside a panel, or undo that."""
        if self.model() is None or self.isColumnHidden(Column.BILLING) == self._is_narrow():
            return
        self.show_columns()
        width = NARROW_PRICE if self._is_narrow() else WIDTHS[Column.PRICE]
        self.setColumnWidth(Column.PRICE, width)

    def _fit_name(self) -> None:
        """Give the names the room that the other columns leave."""
        if self.model() is None:
            return
        others = sum(self.columnWidth(column) for column in self.shown_columns()[1:])
        least = NARROW_NAME if self._beside else WIDTHS[Column.NAME]
        self.setColumnWidth(Column.NAME, max(least, self.viewport().width() - others))

    def show_columns(self, *_: object) -> None:
        """Show what the service's type and its resources have (the guide's columns)."""
        model = self.tree()
        voice, priced = model.has_voice(), model.head.priced
        for column in VOICE:
            self.setColumnHidden(column, not voice)
        self.setColumnHidden(Column.PRICE, not priced)
        rules = model.head.service_type != "bundle_initiator" and not self._is_narrow()
        self.setColumnHidden(Column.BILLING, not rules)
        self.setColumnHidden(Column.QUANTITY, not rules)

    def _is_narrow(self) -> bool:
        """Whether a panel that tells the rules leaves no room for their columns."""
        wanted = (column for column in WIDTHS if column not in VOICE or self.tree().has_voice())
        return self._beside and self.viewport().width() < sum(WIDTHS[c] for c in wanted)

    def shown_columns(self) -> list[Column]:
        """Return the visible columns."""
        return [column for column in Column if not self.isColumnHidden(column)]

    # ------------------------------------------------------------------ expansion

    def open_numbers(self) -> list[int]:
        """Return the numbers of the expanded nodes."""
        return sorted(self._open)

    def open_when_loaded(self, numbers: Iterable[int]) -> None:
        """Expand nodes, those that are not loaded yet as soon as they come."""
        self._open.update(numbers)
        for number in list(self._open):
            index = self.tree().index_of_number(number)
            if index.isValid() and not self.isExpanded(index):
                self.expand(index)

    def close_all(self) -> None:
        """Collapse everything."""
        self._open.clear()
        self.collapseAll()

    def renumber(self, numbers: dict[int, int]) -> None:
        """Take note that saved nodes have other numbers now."""
        self._open = {numbers.get(number, number) for number in self._open}

    def _note_top(self, anchor: Item | None) -> None:
        """Remember the node that stays in its place when a page comes: the first in sight."""
        self._top = None
        if anchor is not None:
            index = self.tree().index_of(anchor)
            height = self.visualRect(index).top()
            if 0 <= height < self.viewport().height() and self.visualRect(index).isValid():
                self._top = (anchor, height)
                return
        index = self.indexAt(QPoint(1, 1))
        if index.isValid() and not is_node(index):
            index = self.indexBelow(index)
        if index.isValid() and self.verticalScrollBar().value() > 0:
            self._top = (self.tree().item(index), self.visualRect(index).top())

    def _keep_top(self) -> None:
        """Show the same node at the same height again."""
        if self._top is None:
            return
        item, height = self._top
        if self.tree().find(item.no) is not item:
            return
        index = self.tree().index_of(item)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
        rows = height // max(self.rowHeight(index), 1)
        if rows > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - rows)

    def _selected(self) -> list[Held]:
        """Return what must stay loaded: the selection and the current row."""
        model = self.tree()
        held = [(model.item(r.parent()).id, r.top(), r.bottom()) for r in self.ranges()]
        current = self.currentIndex()
        return [*held, (model.item(current.parent()).id, current.row(), current.row())]

    def _note_open(self, index: QModelIndex) -> None:
        self._open.add(self.tree().item(index).no)

    def _note_closed(self, index: QModelIndex) -> None:
        model, item = self.tree(), self.tree().item(index)
        self._open.discard(item.no)
        if len(item.entries) > KEPT_CLOSED:
            QTimer.singleShot(0, model, lambda: self._drop(item))

    def _drop(self, item: Item) -> None:
        """Forget a long level that is closed; it loads again when it opens."""
        index = self.tree().index_of_number(item.no)
        if index.isValid() and not self.isExpanded(index):
            self.tree().drop(index)

    def _open_new(self, parent: QModelIndex, first: int, last: int) -> None:
        model = self.tree()
        for entry in model.item(parent).entries[first : last + 1]:
            if entry.kind is Kind.NODE and entry.no in self._open:
                self.expand(model.index_of(entry))

    def _toggle(self, index: QModelIndex) -> None:
        if index.column() == Column.NAME:
            self.setExpanded(index, not self.isExpanded(index))

    # ------------------------------------------------------------------ selection

    def cells(self) -> list[QModelIndex]:
        """Return the selected cells of nodes in shown columns, row by row as shown."""
        model = self.tree()
        shown = set(self.shown_columns())
        found = []
        for part in self.ranges():
            parent = part.parent()
            for row in range(part.top(), part.bottom() + 1):
                for column in range(part.left(), part.right() + 1):
                    index = model.index(row, column, parent)
                    if column in shown and is_node(index):
                        found.append(index)
        return sorted(found, key=lambda i: (self._rank(i), i.column()))

    def ranges(self) -> list[QItemSelectionRange]:
        """Return the selected ranges; a whole level is one of them."""
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def _rank(self, index: QModelIndex) -> tuple[int, ...]:
        item = self.tree().item(index)
        return tuple(reversed([item.row, *(above.row for above in item.above())]))

    def chosen(self) -> list[Item]:
        """Return the nodes with a selected cell, in order; the current one if none is."""
        model = self.tree()
        items = {model.item(index).id: model.item(index) for index in self.cells()}
        if not items and is_node(self.currentIndex()):
            current = model.item(self.currentIndex())
            return [current]
        return list(items.values())

    def nodes_from(self, index: QModelIndex, count: int) -> list[QModelIndex]:
        """Return up to ``count`` rows of nodes from a cell downwards, as they are shown."""
        found: list[QModelIndex] = []
        at = index
        while at.isValid() and len(found) < count:
            if is_node(at):
                found.append(at)
            at = self.indexBelow(at)
        return found

    def whole_nodes(self) -> bool:
        """Whether the selection means nodes, not cells: it begins in the first column."""
        cells = self.cells()
        return not cells or any(index.column() == Column.NAME for index in cells)

    def current_item(self) -> Item:
        """Return the node of the current cell; the root if there is none."""
        item = self.tree().item(self.currentIndex())
        if item.kind is not Kind.NODE and item.parent is not None:
            return item.parent
        return item

    def go_to(self, item: Item, column: Column = Column.NAME) -> None:
        """Make a loaded node current and bring it into sight."""
        model = self.tree()
        for above in item.above():
            if above is not model.root:
                self.expand(model.index_of(above))
        index = model.index_of(item, column)
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def select_cells(self, indexes: Iterable[QModelIndex]) -> None:
        """Select cells."""
        wanted = QItemSelection()
        for index in indexes:
            wanted.select(index, index)
        self.selectionModel().select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # ------------------------------------------------------------------ keys

    def step(self, where: str) -> None:
        """Go to the next cell: down, right or left."""
        index = self.currentIndex()
        if where == "down":
            self._go(self._below(index))
            return
        columns = self.shown_columns()
        at = columns.index(Column(index.column())) + (1 if where == "right" else -1)
        if 0 <= at < len(columns):
            self._go(index.siblingAtColumn(columns[at]))
        elif where == "right":
            self._go(self._below(index.siblingAtColumn(columns[0])))

    def _below(self, index: QModelIndex) -> QModelIndex:
        below = self.indexBelow(index)
        while below.isValid() and not is_node(below):
            below = self.indexBelow(below)
        return below.siblingAtColumn(index.column()) if below.isValid() else index

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.step("down")
        elif plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._folds(key):
            return
        elif event.text() and self.currentIndex().column() == Column.NAME and plain and key not in (
            Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Asterisk,
            Qt.Key.Key_Plus, Qt.Key.Key_Minus,
        ):  # fmt: skip
            self.keyboardSearch(event.text())
        else:
            super().keyPressEvent(event)

    def edit(self, index: QModelIndex, *rest: Any) -> Any:
        if rest and self._is_scale(index) and rest[0] & self.editTriggers():
            self.scale_wanted.emit(index)
            return False
        return super().edit(index, *rest)

    def _is_scale(self, index: QModelIndex) -> bool:
        """Whether a cell holds a scale: F2 and a double click open it, typing makes a price."""
        if index.column() != Column.PRICE or not is_node(index):
            return False
        state = self.tree().state(self.tree().item(index))
        return state is not None and bool(state.scale)

    def _folds(self, key: Qt.Key) -> bool:
        """Open or close a node by the arrow keys in the first column, move by cells elsewhere."""
        index = self.currentIndex()
        if not index.isValid():
            return False
        if index.column() == Column.NAME:
            if key == Qt.Key.Key_Right and not self.isExpanded(index):
                if self.tree().hasChildren(index):
                    self.expand(index)
                    return True
            elif key == Qt.Key.Key_Left:
                if self.isExpanded(index):
                    self.collapse(index)
                else:
                    self._go(index.parent())
                return True
        self.step("right" if key == Qt.Key.Key_Right else "left")
        return True

    # ------------------------------------------------------------------ drag and drop

    def startDrag(self, actions: Qt.DropAction) -> None:
        data = self.drag_data()
        if data is None:
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        index = self.indexAt(event.position().toPoint()).siblingAtColumn(0)
        if self.accepts(event.mimeData(), index):
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        index = self.indexAt(event.position().toPoint()).siblingAtColumn(0)
        if self.accepts(event.mimeData(), index):
            copy = event.dropAction() == Qt.DropAction.CopyAction
            self.dropped.emit(event.mimeData(), index, copy)
            # The edits are made here, as one step; the view must not remove rows by itself.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    # ------------------------------------------------------------------ look

    def refresh_look(self) -> None:
        """Take the density's row height."""
        self.scheduleDelayedItemsLayout()
