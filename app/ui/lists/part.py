"""One half of a list: a table that leaves keys, links and orders to the list around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.ui.lists.delegate import ListDelegate
from app.ui.lists.header import FilterHeader
from app.ui.lists.model import RowModel
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable


class ListPart(QTableView):
    """The scrolling half, or the frozen one, of a list; both share model and selection."""

    link_opened = Signal(int, int)
    """(row, column) of a link that was clicked."""

    extended = Signal(int, int)
    """(row, column) of a click with Shift: the selection reaches to there."""

    heading_clicked = Signal(int)
    pressed_on = Signal()

    def __init__(self, model: RowModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.on_key: Callable[[QKeyEvent], bool] = lambda _event: False
        self._rows = model
        self._pressed: QPoint | None = None
        self.header = FilterHeader(model.section.columns, self)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.cells = ListDelegate(model, self)
        self.setItemDelegate(self.cells)
        self._set_up()

    def _set_up(self) -> None:
        self.setSortingEnabled(True)  # else a press on a title would select its column
        self.header.setSortIndicatorShown(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_mark(self, "plain", True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(lambda *_: self.header.place_edits())
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(16)
        self.take_row_height()

    def take_row_height(self) -> None:
        """Use the row height of the chosen density."""
        self.verticalHeader().setDefaultSectionSize(theme().row_height)

    def setSelectionModel(self, chooser: QItemSelectionModel) -> None:
        """Take a selection, but not for the headers: they ask for every row of a column."""
        super().setSelectionModel(chooser)
        for header in (self.header, self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self._rows, header))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.on_key(event):
            event.accept()
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters jump nowhere: there may be a million rows to look through
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed_on.emit()
        place = event.position().toPoint()
        index = self.indexAt(place)
        self._pressed = place
        left = event.button() == Qt.MouseButton.LeftButton
        if left and index.isValid() and self._rows.heading(index.row()) is not None:
            self.heading_clicked.emit(index.row())
        elif left and index.isValid() and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.extended.emit(index.row(), index.column())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        link = self.cells.link_at(place)
        pressed, self._pressed = self._pressed, None
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ControlModifier,
        )
        if link is None or pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if plain and self.cells.link_at(pressed) == link:
            self.link_opened.emit(link.row(), link.column())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QPoint(-1, -1))

    def _hover(self, place: QPoint) -> None:
        """Underline the link below the mouse."""
        link = self.cells.link_at(place)
        hovered = None if link is None else (link.row(), link.column())
        if hovered == self.cells.hovered:
            return
        self.cells.hovered = hovered
        self.viewport().update()
        shape = Qt.CursorShape.PointingHandCursor if hovered else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
