"""What was saved of a record, newest first: when, who, which field, from what to what (item 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.domain.records import HistoryEntry
from app.ui import formats
from app.ui.look.theme import theme

AnyIndex = QModelIndex | QPersistentModelIndex
_WIDTHS = (150, 130, 150, 150, 260, 260)


@dataclass(frozen=True, slots=True)
class _Line:
    """One changed field; only the first of an entry tells when, who and what."""

    cells: tuple[str, str, str, str, str, str]


class HistoryModel(QAbstractTableModel):
    """A line for each changed field of each saved change."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._titles = (
            self.tr("When"),
            self.tr("Who"),
            self.tr("What"),
            self.tr("Field"),
            self.tr("Old value"),
            self.tr("New value"),
        )

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """Take the saved changes, newest first."""
        self.beginResetModel()
        self._lines = [line for entry in entries for line in _lines(entry)]
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        text = self._lines[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text.replace("\n", " ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return text
        return None


class HistoryView(QTableView):
    """The table of a record's history."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = HistoryModel(self)
        self.setModel(self.entries)
        self.setAccessibleName(self.tr("History"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme().row_height)
        header = self.horizontalHeader()
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        theme().changed.connect(self._follow_density)

    def _follow_density(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme().row_height)


def _lines(entry: HistoryEntry) -> list[_Line]:
    head = (formats.instant(entry.at), entry.actor, entry.action)
    if not entry.changes:
        return [_Line((*head, "", "", ""))]
    found = []
    for place, (field, old, new) in enumerate(entry.changes):
        when, who, what = head if place == 0 else ("", "", "")
        found.append(_Line((when, who, what, field, old or "—", new or "—")))
    return found
