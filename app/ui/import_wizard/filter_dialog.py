"""Chooses which values of a column rows are taken for: a list to tick, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.services.tariffs.import_views import ColumnValues, ProposalView
    from app.ui.import_wizard.wizard import Wizard

VALUE_ROLE = Qt.ItemDataRole.UserRole


class FilterDialog(QDialog):
    """The values of a column with the number of their rows; none ticked = every row is taken."""

    def __init__(
        self,
        wizard: Wizard,
        proposal: ProposalView,
        *,
        column: int,
        take: Callable[[Sequence[str]], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wizard, self._proposal, self._column, self._take = wizard, proposal, column, take
        letter = proposal.columns[column].letter
        self.chosen = {value: None for at, value in proposal.where if at == letter}
        self._began_with = tuple(self.chosen)
        title = self.tr("Only some rows, by column {letter}").format(letter=letter)
        self.setWindowTitle(title)
        label = QLabel(self.tr("Take only rows with these values:"))
        self.search = SearchField(self.tr("Filter values"), self)
        self.search.searched.connect(lambda _text: self._ask())
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setUniformItemSizes(True)
        self.list.itemChanged.connect(self._ticked)
        self._told = muted_label(wrap=True)
        row = QHBoxLayout()
        row.addStretch(1)
        self.ok = push_button(self.tr("OK"), self._accepted, kind="primary")
        row.addWidget(self.ok)
        row.addWidget(push_button(self.tr("Cancel"), self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(8)
        for part in (label, self.search, self.list, self._told):
            outer.addWidget(part)
        outer.addLayout(row)
        self.resize(420, 460)
        self._ask()

    def _ask(self) -> None:
        made, text = self._proposal, self.search.text().strip()
        self._wizard.page(
            ("filter", id(self)),
            lambda ctx, session: session.column_values(
                ctx, made.sheet, self._column, rows=(made.start_row, made.end_row), text=text
            ),
            self._show,
        )

    def _show(self, found: ColumnValues) -> None:
        counts = {value.text: value.rows for value in found.values}
        away = [v for v in self._began_with if v not in counts and not self.search.text().strip()]
        self.list.blockSignals(True)
        self.list.clear()
        for value in [*away, *counts]:
            rows = formats.number(counts[value]) if value in counts else "–"
            item = QListWidgetItem(f"{value}   {rows}")
            item.setData(VALUE_ROLE, value)
            item.setCheckState(
                Qt.CheckState.Checked if value in self.chosen else Qt.CheckState.Unchecked
            )
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(0)
        self._tell(found)

    def _tell(self, found: ColumnValues) -> None:
        if found.total > len(found.values):
            text = self.tr("The {shown} most frequent of {total} values: type to find others.")
        elif found.total == 1:
            text = self.tr("1 value")
        else:
            text = self.tr("{total} values")
        shown, total = formats.number(len(found.values)), formats.number(found.total)
        self._told.setText(text.format(shown=shown, total=total))

    def _ticked(self, item: QListWidgetItem) -> None:
        value = str(item.data(VALUE_ROLE))
        if item.checkState() == Qt.CheckState.Checked:
            self.chosen[value] = None
        else:
            self.chosen.pop(value, None)

    def _accepted(self) -> None:
        self.accept()
        self._take(tuple(self.chosen))
