"""Changes many prices at once, shown before it happens: what, how rounded, a sample (item 31)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.pricing import PRICE_DECIMALS
from app.services.tariffs import price_change
from app.services.tariffs.price_change import PriceChange
from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from app.domain.tree_draft import TreeDraft
    from app.services.tariffs.price_change import ChangedPrice, ChangePreview
    from app.ui.jobs import Job, Jobs

DEBOUNCE_MS = 250


class SampleModel(QAbstractTableModel):
    """A sample of changed prices: path, before, after."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[ChangedPrice] = ()

    def show(self, rows: Sequence[ChangedPrice]) -> None:
        """Show another sample."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Rate"), self.tr("Before"), self.tr("After"))[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        text = (row.path, row.before, row.after)[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text
        return _side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None


class PriceChangeDialog(QDialog):
    """Asks how to change prices; ``chosen`` tells (PriceChange, ChangePreview)."""

    chosen = Signal(object, object)

    def __init__(
        self,
        jobs: Jobs,
        scope_id: int,
        nodes: Sequence[int],
        draft: TreeDraft,
        *,
        currency: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._scope, self._nodes, self._draft = jobs, scope_id, list(nodes), draft
        self._currency = currency
        self._job: Job | None = None
        self.preview: ChangePreview | None = None
        self.setWindowTitle(self.tr("Change prices"))
        self.kind = QComboBox()
        self.value = QLineEdit()
        self.decimals = NumberBox()
        self.rounding = QComboBox()
        self.step = QLineEdit()
        self.scales = QCheckBox(self.tr("Also the tiers of &scales"))
        self.connect_price = QCheckBox(self.tr("Also &connection prices"))
        self.sample = SampleModel(self)
        self.table = QTableView()
        self.table.setTabKeyNavigation(False)
        self.told = QLabel()
        self.problem = QLabel()
        self.ok = push_button(self.tr("Change prices"), self._take, kind="primary")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._ask)
        self._fill()
        self._build()
        self._listen()
        self._typed()

    def _fill(self) -> None:
        for title, kind in (
            (self.tr("Change by per cent (3 or -2.5)"), "percent"),
            (self.tr("Add an amount (0.001 or -0.001)"), "add"),
            (self.tr("Set to"), "set"),
            (self.tr("Multiply by"), "multiply"),
        ):
            self.kind.addItem(title, kind)
        for title, rounding in (
            (self.tr("to the nearest (half up)"), "half_up"),
            (self.tr("up"), "up"),
            (self.tr("down"), "down"),
        ):
            self.rounding.addItem(title, rounding)
        self.decimals.setRange(0, PRICE_DECIMALS)
        self.decimals.setValue(formats.PRICE_DECIMALS)
        self.step.setPlaceholderText(self.tr("none, e.g. 0.0005"))
        self.scales.setChecked(True)

    def _build(self) -> None:
        self.table.setModel(self.sample)
        self.table.setAccessibleName(self.tr("Sample of the changed prices"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.table.setMinimumHeight(9 * theme().row_height)
        self.table.setWordWrap(False)  # else a path is cut at a word and its end is lost
        self.table.setShowGrid(False)
        for column in (1, 2):
            self.table.setColumnWidth(column, 96)
        for label in (self.told, self.problem):
            label.setWordWrap(True)
        set_mark(self.problem, "tone", "error")
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow(self.tr("&What to do"), self.kind)
        form.addRow(self.tr("&Value"), self.value)
        form.addRow(self.tr("Round &to decimals"), self.decimals)
        form.addRow(self.tr("Rounding &mode"), self.rounding)
        form.addRow(self.tr("Round to a st&ep"), self.step)
        form.addRow("", self.scales)
        form.addRow("", self.connect_price)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.ok)
        buttons.addWidget(push_button(self.tr("Cancel"), self.reject))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(form)
        for widget in (self.problem, self.told):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.resize(640, 560)
        self.value.setFocus()

    def _listen(self) -> None:
        self.kind.currentIndexChanged.connect(self._typed)
        self.rounding.currentIndexChanged.connect(self._typed)
        self.decimals.valueChanged.connect(self._typed)
        self.value.textChanged.connect(self._typed)
        self.step.textChanged.connect(self._typed)
        self.scales.toggled.connect(self._typed)
        self.connect_price.toggled.connect(self._typed)

    # ------------------------------------------------------------------ preview

    def change(self) -> PriceChange:
        """Return the change as typed. Raises ValueError with a sentence."""
        if not self.value.text().strip():
            raise ValueError(self.tr("Type a value to see what the prices become."))
        kind = self.kind.currentData()
        read = formats.parse_number if kind in ("percent", "multiply") else formats.parse_price
        step: Decimal | None = None
        if self.step.text().strip():
            step = formats.parse_price(self.step.text())
            if step <= 0:
                raise ValueError(self.tr("A rounding step is above 0."))
        return PriceChange(
            kind,
            read(self.value.text()),
            self.decimals.value(),
            self.rounding.currentData(),
            step,
            self.scales.isChecked(),
            self.connect_price.isChecked(),
        )

    def _typed(self) -> None:
        """Forget the preview; a new one is made when typing stops."""
        self.preview = None
        self.decimals.setEnabled(not self.step.text().strip())
        if self._job is not None:
            self._job.cancel()
        try:
            self.change()
        except ValueError as problem:
            self._timer.stop()
            empty = not self.value.text().strip()
            self._tell("" if empty else str(problem), str(problem) if empty else "")
            self.sample.show(())
            return
        self._tell("", self.tr("Working out the new prices…"))
        self._timer.start()

    def _ask(self) -> None:
        change, scope, nodes, draft = self.change(), self._scope, self._nodes, self._draft
        self._job = self._jobs.query(
            lambda ctx: price_change.preview_change(ctx, scope, nodes, draft, change),
            owner=self,
            done=self._show,
            failed=lambda problem: self._tell(str(problem), ""),
        )

    def _show(self, preview: ChangePreview) -> None:
        self.preview = preview
        self.sample.show(preview.sample)
        self._tell(" ".join(preview.problems), self._sentence(preview))

    def _sentence(self, preview: ChangePreview) -> str:
        if preview.problems and not preview.count:
            return ""
        one, many = self.tr("1 price changes."), self.tr("{n} prices change.")
        parts = [formats.counted(preview.count, one, many)]
        if preview.minimum is not None and preview.maximum is not None:
            low, high = formats.price(preview.minimum), formats.price(preview.maximum)
            parts.append(
                self.tr("They will be from {low} to {high} {currency}.").format(
                    low=low, high=high, currency=self._currency
                )
            )
        if preview.unchanged:
            one, many = self.tr("1 comes out the same."), self.tr("{n} come out the same.")
            parts.append(formats.counted(preview.unchanged, one, many))
        parts += [f"{formats.number(n)} {reason}." for reason, n in preview.skipped.items()]
        return " ".join(parts)

    def _tell(self, problem: str, told: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.told.setText(told)
        self.told.setVisible(bool(told))
        count = self.preview.count if self.preview and not problem else 0
        self.ok.setEnabled(count > 0)
        if count:
            one, many = self.tr("Change 1 price"), self.tr("Change {n} prices")
            self.ok.setText(formats.counted(count, one, many))
        else:
            self.ok.setText(self.tr("Change prices"))
        self.ok.setToolTip(problem or told)

    def _take(self) -> None:
        if self.preview is not None and self.ok.isEnabled():
            self.chosen.emit(self.change(), self.preview)
            self.accept()


def _side(section: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
