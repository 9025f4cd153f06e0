"""How the wizard's tables look and are told: one set-up, a status pill, hand-set selection."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui.look.theme import theme
from app.ui.widgets.status import paint_status

MARKED_ROLE = Qt.ItemDataRole.UserRole + 7
"""Colour token of a bar at the left of the cell, None for none; seen in selected rows too."""


class PillDelegate(QStyledItemDelegate):
    """Paints cells that have (tone, word) under ``role`` as a status, and left bars as marks."""

    def __init__(self, role: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._role = role

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        status = index.data(self._role)
        if status is None:
            super().paint(painter, option, index)
        else:
            self._paint_pill(painter, option, index, status)
        mark = index.data(MARKED_ROLE)
        if mark:
            bar = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height() - 1)
            painter.fillRect(bar, theme().color(mark))

    def _paint_pill(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex,
        status: tuple[str, str],
    ) -> None:
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, option.widget)
        tone, word = status
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setFont(option.font)
        inside = option.rect.adjusted(4, 1, -4, -1)
        paint_status(painter, inside, tone, word, selected)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme().row_height)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            option.backgroundBrush = QBrush(ground)


def dress_table(table: QTableView, *, widths: tuple[int, ...], stretch: int) -> None:
    """Set a table up as the wizard's tables are: rows of one height, whole rows selected."""
    table.setWordWrap(False)
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setStretchLastSection(False)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    follow_density(table)


def follow_density(table: QTableView) -> None:
    """Give the rows the theme's height; call it again when the theme changed."""
    table.verticalHeader().setDefaultSectionSize(theme().row_height)
    table.viewport().update()


def selected_rows(table: QTableView) -> Iterator[int]:
    """Yield the selected rows, range by range."""
    selection = table.selectionModel().selection()
    for part in (selection.at(place) for place in range(selection.count())):
        yield from range(part.top(), part.bottom() + 1)


def selected_count(table: QTableView) -> int:
    """Return how many rows are selected, without listing them."""
    selection = table.selectionModel().selection()
    return sum(selection.at(place).height() for place in range(selection.count()))
