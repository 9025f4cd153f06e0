"""Two people changed the same rates: field by field, mine or theirs, nothing is lost (GEN-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.pricing import parse_scale
from app.ui import formats
from app.ui.look.theme import theme
from app.ui.tariffs import tree_words as words
from app.ui.widgets.buttons import push_button

if TYPE_CHECKING:
    from app.services.tariffs.edit_tree import EditConflict, NodeConflict, Resolution

MINE, THEIRS = "mine", "theirs"
NODE, FIELD, BASE, THEIR, MY = range(5)


@dataclass(frozen=True, slots=True)
class Line:
    """One decision: a field of a node, or (``field`` "") a whole node that one side removed."""

    node: NodeConflict
    field: str
    base: str
    theirs: str
    mine: str


class ConflictModel(QAbstractTableModel):
    """Decisions with the value taken in bold; a click on a value takes it."""

    decided = Signal()

    def __init__(self, conflicts: Sequence[NodeConflict], parent: QWidget) -> None:
        super().__init__(parent)
        self.lines = [line for node in conflicts for line in _lines(node)]
        self.taken: list[str] = [
            MINE if MINE in line.node.choices else THEIRS for line in self.lines
        ]

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Rate"),
                self.tr("Field"),
                self.tr("Before"),
                self.tr("Theirs"),
                self.tr("Mine"),
            )[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        taken = column == (MY if self.taken[index.row()] == MINE else THEIR)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = (line.node.path, _field_title(line.field), line.base, line.theirs, line.mine)
            return f"✓ {text[column]}" if taken else text[column]
        if role == Qt.ItemDataRole.BackgroundRole and taken:
            return theme().color("ok_fill")
        if role == Qt.ItemDataRole.AccessibleTextRole and taken:
            return self.tr("taken: {value}").format(value=(line.theirs, line.mine)[column == MY])
        return None

    def take(self, rows: Sequence[int], side: str) -> None:
        """Decide rows for one side, where that side may be taken."""
        for row in rows:
            if side in self.lines[row].node.choices:
                self.taken[row] = side
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, MY))
        self.decided.emit()

    def resolutions(self) -> dict[int, Resolution]:
        """Return the decisions as the service takes them."""
        found: dict[int, Resolution] = {}
        fields: dict[int, dict[str, str]] = {}
        for line, side in zip(self.lines, self.taken, strict=True):
            if line.field:
                fields.setdefault(line.node.node_no, {})[line.field] = side
            else:
                found[line.node.node_no] = side
        return {**found, **fields}


class ConflictTable(QTableView):
    """Left and Right choose, Space takes the current cell's side."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self.clicked.emit(index)
        else:
            super().keyPressEvent(event)


class ConflictDialog(QDialog):
    """Asks what to take; ``resolved`` tells the resolutions."""

    resolved = Signal(object)

    def __init__(self, conflict: EditConflict, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Somebody else changed the same rates"))
        self.model = ConflictModel(conflict.conflicts, self)
        self.table = ConflictTable()
        self.table.setTabKeyNavigation(False)
        self._build(str(conflict))
        self.table.clicked.connect(self._clicked)

    def _build(self, text: str) -> None:
        told = QLabel(text)
        told.setWordWrap(True)
        hint = QLabel(
            self.tr("Click the value to keep, or press Space on it. Nothing is saved until then.")
        )
        hint.setWordWrap(True)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Conflicting changes"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(NODE, QHeaderView.ResizeMode.Stretch)
        self.table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(False)  # else a path is cut at a word and its end is lost
        for column in (FIELD, BASE, THEIR, MY):
            self.table.setColumnWidth(column, 112)
        everything = list(range(len(self.model.lines)))
        row = QHBoxLayout()
        mine = push_button(self.tr("Take all &mine"), lambda: self.model.take(everything, MINE))
        theirs = push_button(
            self.tr("Take all &theirs"), lambda: self.model.take(everything, THEIRS)
        )
        for button in (mine, theirs):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.save = push_button(self.tr("Save with these choices"), self._save, kind="primary")
        self.save.setDefault(True)
        row.addWidget(self.save)
        row.addWidget(push_button(self.tr("Cancel"), self.reject))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (told, hint, self.table):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.resize(860, 420)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() in (THEIR, MY):
            self.model.take([index.row()], MINE if index.column() == MY else THEIRS)

    def _save(self) -> None:
        self.resolved.emit(self.model.resolutions())
        self.accept()


def _lines(node: NodeConflict) -> list[Line]:
    if node.theirs is None or node.mine is None or not node.fields:
        return [Line(node, "", _whole(node.base), _whole(node.theirs), _whole(node.mine))]
    return [
        Line(
            node,
            field.field,
            field_text(field.field, field.base),
            field_text(field.field, field.theirs),
            field_text(field.field, field.mine),
        )
        for field in node.fields
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConflictModel", text)


def _whole(state: Any) -> str:
    if state is None:
        return _tr("removed")
    return f"{words.type_text(state)} {words.price_text(state)}".strip()


def _field_title(field: str) -> str:
    if not field:
        return _tr("the whole node")
    if field == "scale":
        return _tr("Scale")
    if field == "depends_on":
        return _tr("Depends on")
    for column, fields in words.FIELDS.items():
        if field in fields:
            return words.column_title(column)
    return field


def field_text(field: str, value: Any) -> str:
    """Return a field's value in words."""
    if value is None:
        return "–"
    if field in ("price", "connect_price"):
        return formats.price(value)
    if field == "scale":
        return words.scale_text(parse_scale(str(value)))
    if field == "price_type":
        return words.type_name(int(value))
    if field == "depends_on":
        return words.attribute_name(str(value))
    if field == "billing_rule":
        return words.billing_name(int(value))
    if field == "quantity_rule":
        return words.quantity_name(int(value))
    return formats.number(value)
