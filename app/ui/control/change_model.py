"""The table of a command in the audit: a line for each field of each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.services.control.audit_entries import Change
from app.ui.look.fonts import strong_font
from app.ui.look.theme import theme

AnyIndex = QModelIndex | QPersistentModelIndex

_WIDTHS = (150, 90, 86, 150, 230, 230, 140)
_NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One changed field; only the first of an entry tells table, operation, object, company."""

    change: Change
    cells: tuple[str, ...]
    first: bool


class ChangeModel(QAbstractTableModel):
    """Lines of the entries of one command."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._titles = (
            self.tr("Table"),
            self.tr("Operation"),
            self.tr("Object ID"),
            self.tr("Field"),
            self.tr("Old value"),
            self.tr("New value"),
            self.tr("Company"),
        )

    def show(self, changes: Sequence[Change]) -> None:
        """Take the entries of a command."""
        self.beginResetModel()
        self.lines = [line for change in changes for line in _lines(change)]
        self.endResetModel()

    def line_of(self, entry_id: int) -> int:
        """Return the first line of an entry, 0 if it is not shown."""
        places = (n for n, line in enumerate(self.lines) if line.change.id == entry_id)
        return next(places, 0)

    def texts(self) -> list[tuple[str, ...]]:
        """Return all lines with the titles first, every one whole."""
        return [self._titles, *(_whole(line) for line in self.lines)]

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

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
        line = self.lines[index.row()]
        text = line.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text.replace("\n", " ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _whole(line)[index.column()]
        if role == Qt.ItemDataRole.FontRole and line.first and index.column() == 0:
            return strong_font()
        return None


class ChangeView(QTableView):
    """The table of a command's entries."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes = ChangeModel(self)
        self.setModel(self.changes)
        self.setAccessibleName(self.tr("Changes of the command"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        theme().changed.connect(self._follow_density)
        self._follow_density()

    def current_change(self) -> Change | None:
        """Return the entry of the current line, the first one if there is none."""
        lines = self.changes.lines
        row = self.currentIndex().row()
        return lines[max(row, 0)].change if lines else None

    def _follow_density(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme().row_height)


def _lines(change: Change) -> list[Line]:
    head = (change.table, change.operation, change.object_id)
    if not change.fields:
        return [Line(change, (*head, "", "", "", change.company), True)]
    return [
        Line(
            change,
            (
                *(head if place == 0 else ("", "", "")),
                field.name,
                field.old or _NOTHING,
                field.new or _NOTHING,
                change.company if place == 0 else "",
            ),
            place == 0,
        )
        for place, field in enumerate(change.fields)
    ]


def _whole(line: Line) -> tuple[str, ...]:
    change = line.change
    head = (change.table, change.operation, change.object_id)
    return (*head, *line.cells[3:6], change.company)
