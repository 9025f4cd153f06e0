"""A plain table of lines, some of which may be ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.look.theme import theme

AnyIndex = QModelIndex | QPersistentModelIndex
Line = tuple[str, ...]


class LinesModel(QAbstractTableModel):
    """Lines of texts under titles; with ``ticks`` the first column has check boxes.

    ``numbers`` are the columns that stand on the right.
    """

    ticked = Signal()

    def __init__(
        self, parent: QWidget, titles: Sequence[str], *, ticks: bool = False, numbers: str = ""
    ) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._ticks = ticks
        self._right = {self._titles.index(numbers)} if numbers else set()
        self.lines: list[Line] = []
        self.on: set[int] = set()

    def show(self, lines: Sequence[Line]) -> None:
        """Take other lines, all of them ticked."""
        self.beginResetModel()
        self.lines = list(lines)
        self.on = set(range(len(self.lines)))
        self.endResetModel()
        self.ticked.emit()

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
            return self._side(section)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.lines[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role == Qt.ItemDataRole.CheckStateRole and self._ticks and not index.column():
            return Qt.CheckState.Checked if index.row() in self.on else Qt.CheckState.Unchecked
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        right = column in self._right
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        found = super().flags(index)
        if self._ticks and index.isValid() and not index.column():
            return found | Qt.ItemFlag.ItemIsUserCheckable
        return found

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.on.add(index.row())
        else:
            self.on.discard(index.row())
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True


class LinesView(QTableView):
    """Shows :class:`LinesModel`; the last column takes the room that is left."""

    def __init__(self, model: LinesModel, name: str, widths: Sequence[int]) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        theme().changed.connect(self._follow_density)
        self._follow_density()

    def _follow_density(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme().row_height)
