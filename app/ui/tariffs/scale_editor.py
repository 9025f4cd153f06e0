"""The editor of a scale (SVC-5): its type, its tiers, its counter group, and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.pricing import Scale, ScaleType, Tier, from_units, parse_scale, to_units
from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.tariffs.tree_words import INFINITE, attribute_name, scale_name
from app.ui.widgets.buttons import push_button

PRICE, UP_TO = range(2)
EXAMPLE_SHARE = Decimal("1.05")
"""The example counts 5 % beyond the highest threshold: the guide's 1 050 messages over 1 000."""

_Index = QModelIndex


@dataclass(frozen=True, slots=True)
class TierText:
    """A line of the table as typed; texts stay as they are until they mean something."""

    price: str = ""
    up_to: str = ""


class TierModel(QAbstractTableModel):
    """Tiers as typed texts; the last line's threshold is always ∞."""

    edited = Signal()

    def __init__(self, lines: Sequence[TierText], parent: QWidget, *, currency: str = "") -> None:
        super().__init__(parent)
        self.lines = list(lines) or [TierText()]
        self._price_title = self.tr("Price")
        if currency:
            self._price_title = self.tr("Price, {currency}").format(currency=currency)
        self.problems: dict[tuple[int, int], str] = {}

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            return (self._price_title, self.tr("Up to and including"))[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        problem = self.problems.get((row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return problem
        if problem and role == Qt.ItemDataRole.BackgroundRole:
            return theme().color("error_fill")
        return None

    def _text(self, row: int, column: int) -> str:
        line = self.lines[row]
        if column == PRICE:
            return line.price
        return INFINITE if row == len(self.lines) - 1 else line.up_to

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.put(index.row(), index.column(), str(value).strip())
        return True

    def put(self, row: int, column: int, text: str) -> None:
        """Take the text of one cell."""
        name = "price" if column == PRICE else "up_to"
        if getattr(self.lines[row], name) == text:
            return
        self.lines[row] = replace(self.lines[row], **{name: text})
        index = self.index(row, column)
        self.dataChanged.emit(index, index)
        self.edited.emit()

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == PRICE or index.row() < len(self.lines) - 1:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def insert(self, row: int, line: TierText | None = None) -> None:
        """Put a line before ``row``; by default with the price of the line above."""
        above = self.lines[row - 1].price if row and line is None else ""
        self.beginInsertRows(QModelIndex(), row, row)
        self.lines.insert(row, line or TierText(above))
        self.endInsertRows()
        self._ends_changed()

    def remove(self, rows: Sequence[int]) -> None:
        """Take lines away; one is always left."""
        for row in sorted(rows, reverse=True):
            if len(self.lines) == 1:
                break
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.lines[row]
            self.endRemoveRows()
        self._ends_changed()

    def show(self, problems: dict[tuple[int, int], str]) -> None:
        """Mark the cells that can't be used."""
        self.problems = problems
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, UP_TO))

    def _ends_changed(self) -> None:
        """Tell that another line may be the one up to ∞ now."""
        self.dataChanged.emit(self.index(0, UP_TO), self.index(len(self.lines) - 1, UP_TO))
        self.edited.emit()


class ScaleEditor(QDialog):
    """Asks for a scale; ``chosen`` gives its canonical text once it is in order."""

    chosen = Signal(str)

    def __init__(
        self,
        title: str,
        scale: str | None,
        *,
        groups: Sequence[str],
        parent: QWidget,
        currency: str = "",
    ) -> None:
        super().__init__(parent)
        self._currency = currency
        self.setWindowTitle(self.tr("Scale: {node}").format(node=title))
        given = parse_scale(scale) if scale else None
        self.model = TierModel(_lines(given), self, currency=currency)
        self.type = QComboBox()
        for kind in ScaleType:
            self.type.addItem(scale_name(kind), kind)
        self.group = QComboBox()
        self.group.addItem(self.tr("All traffic of the node"), "")
        for group in groups:
            self.group.addItem(attribute_name(group), group)
        self.table = QTableView()
        self.table.setTabKeyNavigation(False)
        self.example = QLineEdit()
        self.cost = QLabel()
        self.problem = QLabel()
        self._build()
        self._fill(given)
        self.model.edited.connect(self._check)
        self.type.currentIndexChanged.connect(self._check)
        self.example.textChanged.connect(self._tell)
        self._check()

    def _build(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Tiers"))
        self.table.setMinimumSize(340, 150)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        triggers = QTableView.EditTrigger
        self.table.setEditTriggers(
            triggers.DoubleClicked
            | triggers.SelectedClicked
            | triggers.EditKeyPressed
            | triggers.AnyKeyPressed
        )
        self.problem.setWordWrap(True)
        set_mark(self.problem, "tone", "error")
        layout = QVBoxLayout(self)
        form = QFormLayout()
        form.addRow(self.tr("Scale &type"), self.type)
        form.addRow(self.tr("&Counter group"), self.group)
        layout.addLayout(form)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._buttons())
        layout.addWidget(self.problem)
        layout.addLayout(self._example_row())
        box = QDialogButtonBox(self)
        self.ok = push_button(self.tr("Use this scale"), kind="primary")
        box.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self._take)
        box.rejected.connect(self.reject)
        layout.addWidget(box)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, method in (
            (self.tr("&Insert tier above"), self.insert_above),
            (self.tr("&Add tier"), self.add_tier),
            (self.tr("&Delete tier"), self.delete_tiers),
        ):
            button = push_button(text, method)
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        paste = QAction(self.tr("Paste tiers"), self)
        paste.setShortcut(QKeySequence.StandardKey.Paste)
        paste.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.triggered.connect(self.paste)
        self.table.addAction(paste)
        self.table.setToolTip(self.tr("Paste a block of prices and thresholds from a spreadsheet"))
        return row

    def _example_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("&Example"))
        label.setBuddy(self.example)
        self.example.setAccessibleName(self.tr("Number of units of the example"))
        self.example.setMaximumWidth(110)
        self.example.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.cost.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(label)
        row.addWidget(self.example)
        row.addWidget(self.cost, 1)
        return row

    def _fill(self, given: Scale | None) -> None:
        if given:
            self.type.setCurrentIndex(self.type.findData(given.type))
            at = self.group.findData(given.group)
            if at < 0:
                self.group.addItem(attribute_name(given.group), given.group)
                at = self.group.count() - 1
            self.group.setCurrentIndex(at)
        limits = [t.up_to for t in given.tiers if t.up_to] if given else []
        top = Decimal(max(limits)) * EXAMPLE_SHARE if limits else Decimal(1000)
        self.example.setText(formats.number(int(top)))

    # ------------------------------------------------------------------ tiers

    def insert_above(self) -> None:
        """Put a tier before the current one."""
        self._insert(max(self.table.currentIndex().row(), 0))

    def add_tier(self) -> None:
        """Put a tier at the end."""
        self._insert(len(self.model.lines))

    def _insert(self, row: int) -> None:
        self.model.insert(row)
        # A tier at the end makes the one before it end somewhere: ask for that threshold.
        last = row == len(self.model.lines) - 1
        at = self.model.index(row - 1 if last else row, UP_TO)
        self.table.setCurrentIndex(at)
        self.table.edit(at)

    def delete_tiers(self) -> None:
        """Take the selected tiers away."""
        rows = {index.row() for index in self.table.selectionModel().selectedIndexes()}
        self.model.remove(sorted(rows or {max(self.table.currentIndex().row(), 0)}))

    def paste(self) -> None:
        """Spread a block of the clipboard from the current cell; missing tiers are added."""
        start = self.table.currentIndex()
        first, left = max(start.row(), 0), max(start.column(), 0)
        text = QGuiApplication.clipboard().text().rstrip("\r\n")
        for offset, line in enumerate(text.splitlines()):
            row = first + offset
            if row >= len(self.model.lines):
                self.model.insert(row, TierText())
            for column, cell in enumerate(line.split("\t"), start=left):
                if column <= UP_TO:
                    self.model.put(row, column, cell.strip())
        self._check()

    # ------------------------------------------------------------------ checks

    def scale(self) -> tuple[Scale | None, dict[tuple[int, int], str]]:
        """Return the scale that the table means, or None and what is wrong by cell."""
        tiers: list[Tier] = []
        problems: dict[tuple[int, int], str] = {}
        before = 0
        for row, line in enumerate(self.model.lines):
            price, limit = _price(line.price), None
            if isinstance(price, str):
                problems[row, PRICE] = price
            if row < len(self.model.lines) - 1:
                read = _threshold(line.up_to, before)
                if isinstance(read, str):
                    problems[row, UP_TO] = read
                else:
                    limit = before = read
            if isinstance(price, int):
                tiers.append(Tier(price, limit))
        if problems:
            return None, problems
        return Scale(ScaleType(self.type.currentData()), tuple(tiers), self.group.currentData()), {}

    def _check(self) -> None:
        scale, problems = self.scale()
        self.model.show(problems)
        places = sorted(problems)
        text = ""
        if places:
            tier = self.tr("Tier {n}").format(n=places[0][0] + 1)
            text = f"{tier}: {problems[places[0]]}"
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.ok.setEnabled(scale is not None)
        self.ok.setToolTip(text)
        self._tell()

    def _tell(self) -> None:
        """Say what the example would cost."""
        scale, _ = self.scale()
        try:
            units = int(formats.parse_number(self.example.text()))
        except ValueError as problem:
            self.cost.setText(str(problem))
            return
        if scale is None or units < 0:
            self.cost.setText("")
            return
        total = from_units(cost(scale, units))
        self.cost.setText(
            formats.counted(
                units, self.tr("1 unit costs {amount}"), self.tr("{n} units cost {amount}")
            ).format(amount=f"{formats.amount(total)} {self._currency}".strip())
        )

    def _take(self) -> None:
        scale, _ = self.scale()
        if scale is not None:
            self.chosen.emit(scale.text())
            self.accept()


def cost(scale: Scale, units: int) -> int:
    """Return what ``units`` cost under ``scale`` in 1e-8 (SVC-5; thresholds are inclusive, A5)."""
    if scale.type is ScaleType.BACK_TO_FIRST:
        reached = next(t for t in scale.tiers if t.up_to is None or units <= t.up_to)
        return reached.price * units
    total, start = 0, 0
    for tier in scale.tiers:
        end = units if tier.up_to is None else min(tier.up_to, units)
        total += tier.price * max(end - start, 0)
        start = max(start, end)
    return total


def _lines(scale: Scale | None) -> list[TierText]:
    if scale is None:
        return [TierText("", ""), TierText("", "")]
    return [
        TierText(formats.price(t.price), "" if t.up_to is None else formats.number(t.up_to))
        for t in scale.tiers
    ]


def _price(text: str) -> int | str:
    """Return the price in 1e-8, or what is wrong with the text."""
    try:
        price = formats.parse_price(text)
        if price < 0:
            return QGuiApplication.translate("ScaleEditor", "A price is 0 or more.")
        return to_units(price)
    except ValueError as problem:
        return str(problem)


def _threshold(text: str, before: int) -> int | str:
    """Return the threshold, or what is wrong with the text."""
    try:
        value = formats.parse_number(text)
    except ValueError as problem:
        return str(problem)
    if value != int(value):
        return QGuiApplication.translate("ScaleEditor", "A threshold is a whole number.")
    if value <= before:
        told = QGuiApplication.translate("ScaleEditor", "The threshold must be above {n}.")
        return told.format(n=formats.number(before))
    return int(value)
