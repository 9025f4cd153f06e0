"""The header of a list: titles with the marks of the order, and the filter row below them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QWidget

from app.domain.sections import Column
from app.ui.lists.filter_edit import FilterEdit
from app.ui.look.icons import pixmap
from app.ui.look.theme import ICON_SIZE, theme

FILTER_HEIGHT = 24
"""Pixels of the filter row."""

TITLE_HEIGHT = 24


class FilterHeader(QHeaderView):
    """A header whose columns sort by click, move by drag and carry a filter cell each."""

    sort_asked = Signal(int, bool)
    """(column, add to the order): a title was clicked, with Shift or without."""

    filtered = Signal(str, str)
    stepped = Signal(str, int)
    left = Signal()
    menu_asked = Signal(int, QPoint)
    """(column, place on the screen) for the column's menu."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._add = False
        self.edits = {
            index: FilterEdit(column, self)
            for index, column in enumerate(columns)
            if column.filterable
        }
        for edit in self.edits.values():
            edit.setFrame(True)
            edit.hide()
            edit.edited.connect(self.filtered)
            edit.stepped.connect(self.stepped)
            edit.left.connect(self.left)
        self._columns = columns
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.sectionClicked.connect(self._ask_sort)
        self.sectionResized.connect(lambda *_: self.place_edits())
        self.sectionMoved.connect(lambda *_: self.place_edits())
        self.setAccessibleName(self.tr("Columns"))

    def _ask_sort(self, column: int) -> None:
        if self._columns[column].sortable:
            self.sort_asked.emit(column, self._add)

    def _ask_menu(self, place: QPoint) -> None:
        column = self.logicalIndexAt(place)
        if column >= 0:
            self.menu_asked.emit(column, self.mapToGlobal(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._add = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    # -------------------------------------------------------------------------- filter row

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        title = max(TITLE_HEIGHT, self.fontMetrics().height() + 6)
        return QSize(hint.width(), title + FILTER_HEIGHT)

    def updateGeometries(self) -> None:
        self.setViewportMargins(0, 0, 0, FILTER_HEIGHT)
        super().updateGeometries()
        self.place_edits()

    def place_edits(self) -> None:
        """Put every filter cell below its title."""
        top = self.height() - FILTER_HEIGHT
        for index, edit in self.edits.items():
            hidden = self.isSectionHidden(index)
            if not hidden:
                left = self.sectionViewportPosition(index)
                width = self.sectionSize(index)
                edit.setGeometry(QRect(left + 1, top + 1, max(width - 2, 0), FILTER_HEIGHT - 3))
            if edit.isHidden() != hidden:
                edit.setHidden(hidden)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._paint_ground()
        return super().event(event)

    def _paint_ground(self) -> None:
        """Paint the ground of the filter row, which lies outside the viewport."""
        painter = QPainter(self)
        area = QRect(0, self.height() - FILTER_HEIGHT, self.width(), FILTER_HEIGHT)
        painter.fillRect(area, theme().color("header"))
        painter.setPen(theme().color("border"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.end()


def sort_mark(descending: bool, place: int, ratio: float = 2.0) -> QIcon:
    """Return the mark of an order: an arrow, with the key's place if there are several (> 0)."""
    side = ICON_SIZE
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    arrow = pixmap("down" if descending else "up", side - 3 if place else side, "accent", ratio)
    painter.drawPixmap(QPoint(-2 if place else 0, 1), arrow)
    if place:
        font = QFont(painter.font())
        font.setPixelSize(11)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme().color("accent"))
        area = QRect(side - 7, 0, 8, side)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(place))
    painter.end()
    return QIcon(picture)
