"""The panel beside the tree: what a node is, how its rate changed, what it cost on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QDate, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QDateEdit,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.services.tariffs import node_history
from app.ui import formats
from app.ui.look.fonts import heading_font
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.tariffs import tree_words as words
from app.ui.tariffs.tree_words import Column
from app.ui.widgets.buttons import icon_button

if TYPE_CHECKING:
    from app.services.tariffs.node_history import PriceOnDate, VersionRow
    from app.ui.jobs import Job, Jobs
    from app.ui.tariffs.tree_items import Item
    from app.ui.tariffs.tree_model import TreeModel

DEBOUNCE_MS = 150
WIDTH = 330


class VersionModel(QAbstractTableModel):
    """Versions of a rate, newest first: when, price, who and how."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[VersionRow] = ()

    def show(self, rows: Sequence[VersionRow]) -> None:
        """Show another history."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("When"), self.tr("Change"), self.tr("By"))[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (formats.instant(row.at), self._change(row), self._by(row))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._whole(row)
        return None

    def _change(self, row: VersionRow) -> str:
        if row.old != row.new:
            return f"{row.old or '–'} → {row.new or '–'}"
        return ", ".join(f"{old or '–'} → {new or '–'}" for _, old, new in row.fields) or row.new

    def _by(self, row: VersionRow) -> str:
        return f"{row.actor}, {self._kind(row.kind)}"

    def _kind(self, kind: str) -> str:
        return {
            "edit": self.tr("edit"),
            "import": self.tr("import"),
            "undo": self.tr("undo"),
            "copy": self.tr("copy"),
            "restore": self.tr("restore"),
            "removed": self.tr("removed"),
        }.get(kind, kind)

    def _whole(self, row: VersionRow) -> str:
        lines = [self.tr("Revision {rev}").format(rev=row.rev), self._change(row), self._by(row)]
        if row.file:
            lines.append(row.file)
        lines += [f"{name}: {old or '–'} → {new or '–'}" for name, old, new in row.fields]
        return "\n".join(lines)


class HistoryPanel(QFrame):
    """Follows the current node; asks for its history only while it is shown."""

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._model: TreeModel | None = None
        self._item: Item | None = None
        self._scope = 0
        self._job: Job | None = None
        self.name = QLabel()
        self.facts = QFormLayout()
        self.versions = VersionModel(self)
        self.table = QTableView()
        self.table.setTabKeyNavigation(False)
        self.empty = QLabel()
        self.date = QDateEdit(QDate.currentDate())
        self.price = QLabel()
        self.close_button = icon_button("close", self.tr("Close the panel"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._ask)
        self._build()
        self.date.dateChanged.connect(self._ask_price)

    def _build(self) -> None:
        self.name.setFont(heading_font())
        self.name.setWordWrap(True)
        for label in (self.empty, self.price):
            label.setWordWrap(True)
        set_mark(self.empty, "tone", "muted")
        self.table.setModel(self.versions)
        self.table.setAccessibleName(self.tr("History of the rate"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(0, 120)
        self.table.setColumnWidth(2, 72)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat(formats.date_format())
        self.date.setAccessibleName(self.tr("Date of the price"))
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        on = QHBoxLayout()
        label = QLabel(self.tr("Price &on"))
        label.setBuddy(self.date)
        on.addWidget(label)
        on.addWidget(self.date)
        on.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(self.facts)
        layout.addLayout(on)
        layout.addWidget(self.price)
        layout.addWidget(self.empty)
        layout.addWidget(self.table, 1)
        self.setMinimumWidth(WIDTH - 90)

    def follow(self, model: TreeModel | None, scope_id: int, item: Item | None) -> None:
        """Show a node; None = nothing."""
        self._model, self._scope, self._item = model, scope_id, item
        if self.isVisible():
            self._show_facts()
            self._timer.start()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._show_facts()
        self._timer.start()

    def _show_facts(self) -> None:
        while self.facts.rowCount():
            self.facts.removeRow(0)
        item, model = self._item, self._model
        if item is None or model is None or item is model.root:
            self.name.setText(self.tr("No node chosen"))
            return
        self.name.setText(item.name)
        state = model.state(item)
        path = " / ".join(node.name for node in model.path(item))
        facts = [(self.tr("Path"), path)]
        if item.key != item.name:
            facts.append((words.attribute_name(item.attribute), item.key))
        if state is not None:
            facts.append((model.title(Column.TYPE), words.type_text(state)))
            for column in (Column.PRICE, Column.BILLING, Column.QUANTITY):
                text = model.text(item, column)
                if text:
                    facts.append((model.title(column), text))
        mark = words.mark_of(model.mark(item))
        if mark is not None:
            facts.append((self.tr("Problem"), mark.word))
        for title, text in facts:
            value = QLabel(text)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts.addRow(title, value)

    def _ask(self) -> None:
        item = self._item
        self.versions.show(())
        stored = item is not None and item.stored is not None and item.no > 0
        self.table.setVisible(stored)
        self.date.setEnabled(stored)
        self.price.clear()
        if not stored or item is None:
            self.empty.setText(self.tr("A node has a history once it is saved."))
            self.empty.show()
            return
        self.empty.hide()
        scope, number = self._scope, item.no
        if self._job is not None:
            self._job.cancel()
        self._job = self._jobs.query(
            lambda ctx: node_history.history(ctx, scope, number),
            owner=self,
            done=self.versions.show,
        )
        self._ask_price()

    def _ask_price(self) -> None:
        item = self._item
        if item is None or item.stored is None or item.no <= 0 or not self.isVisible():
            return
        scope, number = self._scope, item.no
        day = self.date.date()
        wanted = dt.date(day.year(), day.month(), day.day())

        def show(found: PriceOnDate) -> None:
            if self._item is item:
                self._tell_price(found)

        self._jobs.query(
            lambda ctx: node_history.price_on(ctx, scope, number, wanted), owner=self, done=show
        )

    def _tell_price(self, found: PriceOnDate) -> None:
        if not found.price:
            self.price.setText(self.tr("It was not in the tree on that day."))
            return
        since = formats.instant(found.since)
        told = self.tr("{price}, by revision {rev}").format(price=found.price, rev=found.rev)
        self.price.setText(f"{told} ({since})" if since else told)
