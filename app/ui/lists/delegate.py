"""Paints the cells of a list: statuses, links, headings of groups and the row one works in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from app.domain.sections import Choice, Kind
from app.ui.lists import cells
from app.ui.lists.model import HEADING, VALUE, RowModel
from app.ui.lists.outline import Heading
from app.ui.look.icons import icon
from app.ui.look.theme import ICON_SIZE, theme
from app.ui.widgets.status import paint_status

Index = QModelIndex | QPersistentModelIndex

PADDING = 6
INDENT = 18


class ListDelegate(QStyledItemDelegate):
    """Paints one half of a list; ``offset`` is where its first column begins in the whole row."""

    def __init__(self, model: RowModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._model = model
        self._view = parent
        self.current_row = -1
        self.hovered: tuple[int, int] | None = None
        self.is_left = True
        self._statuses: dict[int, dict[str, Choice]] = {
            index: {choice.value: choice for choice in column.choices}
            for index, column in enumerate(model.section.columns)
            if column.kind is Kind.STATUS
        }
        modes = Qt.TextElideMode
        self._elided = [
            modes.ElideMiddle if column.tail else modes.ElideRight
            for column in model.section.columns
        ]
        self._flags = [int(cells.alignment(column)) for column in model.section.columns]
        self._links = {i for i, column in enumerate(model.section.columns) if column.link}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        heading = index.data(HEADING) if self._model.is_grouped else None
        if heading is not None:
            self._paint_heading(painter, option, index, heading)
        elif index.column() in self._statuses:
            self._paint_status(painter, option, index)
        else:
            self._paint_text(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme().color("focus"))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -2))
        painter.setPen(theme().color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell of text; the style would take four times as long for the same."""
        self._paint_ground(painter, option, index)
        column = index.column()
        text = self._model.text(index.row(), column)
        if not text:
            return
        rect = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if option.fontMetrics.horizontalAdvance(text) > rect.width():
            text = option.fontMetrics.elidedText(text, self._elided[column], rect.width())
        token = "link" if column in self._links else "text"
        painter.setPen(theme().color("selection_text" if selected else token))
        painter.drawText(rect, self._flags[column], text)
        if (index.row(), column) == self.hovered:
            width = option.fontMetrics.horizontalAdvance(text)
            base = rect.center().y() + option.fontMetrics.ascent() // 2 + 1
            left = rect.right() - width if self._model.is_right(column) else rect.left()
            painter.drawLine(left, base, left + width, base)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint what is behind a cell: the selection, else the row one works in."""
        if option.state & QStyle.StateFlag.State_Selected:
            active = option.state & QStyle.StateFlag.State_Active
            groups = QPalette.ColorGroup
            group = groups.Active if active else groups.Inactive
            painter.fillRect(option.rect, option.palette.brush(group, QPalette.ColorRole.Highlight))
        elif index.row() == self.current_row:
            painter.fillRect(option.rect, theme().color("accent_fill"))

    def _paint_status(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._paint_ground(painter, option, index)
        value = index.data(VALUE)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if not text:
            return
        choice = self._statuses[index.column()].get(value)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = option.rect.adjusted(PADDING - 2, 0, -2, 0)
        paint_status(painter, rect, choice.tone if choice else "neutral", text, selected)

    # -------------------------------------------------------------------------- headings

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, heading: Heading
    ) -> None:
        """Paint one cell of a heading: its text runs on through cells without a sum."""
        painter.save()
        painter.setClipRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        here = index.row() == self.current_row
        selected = selected and not here
        ground = "accent_fill" if here else "selection" if selected else "header"
        painter.fillRect(option.rect, theme().color(ground))
        painter.setPen(theme().color("selection_text" if selected else "text"))
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)  # the bundled font has no bold
        painter.setFont(font)
        total = self._total(index, heading)
        if total:
            rect = option.rect.adjusted(PADDING, 0, -PADDING, 0)
            painter.drawText(
                rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), total
            )
        elif self.is_left and not self._is_behind_total(index, heading):
            self._paint_title(painter, option, heading)
        painter.restore()

    def _total(self, index: Index, heading: Heading) -> str:
        if index.column() == self._model.title_column:
            return ""
        return str(index.data(Qt.ItemDataRole.DisplayRole) or "")

    def _is_behind_total(self, index: Index, heading: Heading) -> bool:
        header = self._view.horizontalHeader()
        for visual in range(header.visualIndex(index.column())):
            logical = header.logicalIndex(visual)
            name = self._model.section.columns[logical].name
            shown = not header.isSectionHidden(logical) and logical != self._model.title_column
            if shown and heading.sums.get(name) is not None:
                return True
        return False

    def _paint_title(
        self, painter: QPainter, option: QStyleOptionViewItem, heading: Heading
    ) -> None:
        left = -self._view.horizontalHeader().offset() + PADDING + INDENT * heading.level
        rect = QRect(left, option.rect.top(), 4000, option.rect.height())
        mark = icon("chevron-down" if heading.is_open else "chevron-right", "text")
        side = QRect(rect.left(), rect.center().y() - ICON_SIZE // 2 + 1, ICON_SIZE, ICON_SIZE)
        mark.paint(painter, side)
        rect.setLeft(rect.left() + ICON_SIZE + 4)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, int(align), self._model.heading_text(heading))

    # -------------------------------------------------------------------------- tool tips

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Show the whole text of a cell that is too narrow for it."""
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        width = view.fontMetrics().horizontalAdvance(text) + 2 * PADDING
        QToolTip.showText(event.globalPos(), text if width > option.rect.width() else "", view)
        return True

    def link_at(self, place: QPoint) -> Index | None:
        """Return the link under a point of the view, None where there is none."""
        index = self._view.indexAt(place)
        if not index.isValid() or index.column() not in self._links:
            return None
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        width = self._view.fontMetrics().horizontalAdvance(text) + 2 * PADDING
        rect: Any = self._view.visualRect(index)
        return index if text and place.x() <= rect.left() + width else None
