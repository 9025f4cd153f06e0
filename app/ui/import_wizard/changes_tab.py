"""The Changes tab: what becomes of each rate against the current tree (IMP-12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.import_wizard.cells import (
    MARKED_ROLE,
    PillDelegate,
    dress_table,
    follow_density,
)
from app.ui.import_wizard.change_words import CHANGES, change_words, shown_path
from app.ui.import_wizard.list_or_fact import ListOrFact
from app.ui.import_wizard.paged_model import Index, PagedModel
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.chips import CountChips
from app.ui.widgets.number_box import NumberBox
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.services.tariffs.import_views import ChangeRow, ChangesPage
    from app.ui.import_wizard.wizard import Wizard

CHANGE, PATH, OLD, NEW, PERCENT, ROW = range(6)
SORTS = {PATH: "path", OLD: "old", NEW: "new", PERCENT: "percent"}
RIGHT = (OLD, NEW, PERCENT, ROW)
CHANGE_ROLE = Qt.ItemDataRole.UserRole

JUMP_PERCENT = 20
"""Price changes above this are marked until a person says otherwise."""


class ChangesModel(PagedModel):
    """Leaves by change; sorted and filtered where the draft is."""

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(wizard, parent)
        self.titles = (
            self.tr("Change"),
            self.tr("Rate"),
            self.tr("Price now"),
            self.tr("New price"),
            self.tr("Change in %"),
            self.tr("Row"),
        )
        self.kinds: tuple[str, ...] = ()
        self.text = ""
        self.sorted_by = ("path", False)
        self.jump = JUMP_PERCENT
        self._words = change_words()

    def show_rows(self, kinds: tuple[str, ...], text: str) -> None:
        """Show rates of some kinds (none = all that change) with a text in their path."""
        if (kinds, text) != (self.kinds, self.text):
            self.kinds, self.text = kinds, text
            self.clear()
            self.reload()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column not in SORTS:
            return
        wanted = (SORTS[column], order == Qt.SortOrder.DescendingOrder)
        if wanted != self.sorted_by:
            self.sorted_by = wanted
            if self.wizard.draft is not None:
                self.clear()
                self.reload()

    def set_jump(self, percent: int) -> None:
        """Mark price changes above ``percent``."""
        self.jump = percent
        if self.rowCount():
            corner = self.index(self.rowCount() - 1, ROW)
            self.dataChanged.emit(self.index(0, 0), corner)

    def page_of(self, first: int, count: int) -> Callable[[Context, ImportSession], Any]:
        kinds, text, (sort, descending) = self.kinds, self.text, self.sorted_by
        return lambda ctx, session: session.changes(
            ctx,
            kinds=kinds,
            text=text,
            sort=sort,
            descending=descending,
            first=first,
            count=count,
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row: ChangeRow | None = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return shown_path(row.path) if column == PATH else self._told(row)
        if role == CHANGE_ROLE and column == CHANGE:
            return self._words[row.change]
        if role == MARKED_ROLE and column == CHANGE and self._is_jump(row):
            return "error_mark"
        if role == Qt.ItemDataRole.ForegroundRole and column == PERCENT and self._is_jump(row):
            return theme().color("error")
        if role == Qt.ItemDataRole.TextAlignmentRole and column in RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _is_jump(self, row: ChangeRow) -> bool:
        return row.percent is not None and abs(row.percent) > self.jump

    def _told(self, row: ChangeRow) -> str:
        if not self._is_jump(row):
            return ""
        return self.tr("The price changes by more than {percent} %").format(percent=self.jump)

    def _text(self, row: ChangeRow, column: int) -> str:
        if column == CHANGE:
            return self._words[row.change][1]
        if column == PATH:
            return shown_path(row.path)
        if column == OLD:
            return row.old
        if column == NEW:
            return row.new
        if column == PERCENT:
            mark = "! " if self._is_jump(row) else ""
            return mark + formats.percent(row.percent) if row.percent is not None else ""
        return formats.number(row.source_row) if row.source_row else ""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class ChangesTab(QWidget):
    """Changes with chips per kind. ``jump_wanted`` gives (source row, column letter)."""

    jump_wanted = Signal(object, str)
    export_wanted = Signal()

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.model = ChangesModel(wizard, self)
        self.table = QTableView()
        self.chips = CountChips()
        self.search = SearchField(self.tr("Filter rates"))
        self.jump = NumberBox()
        self._build()
        self._lay_out()
        wizard.read.connect(self._restart)
        wizard.drafted.connect(self._drafted)
        theme().changed.connect(self._dress)
        self._drafted()

    def _build(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(PillDelegate(CHANGE_ROLE, table))
        dress_table(table, widths=(130, 300, 150, 150, 110, 70), stretch=PATH)
        table.setAccessibleName(self.tr("Changes against the current rates"))
        header = table.horizontalHeader()
        header.setSortIndicator(PATH, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.activated.connect(self._activated)
        self.chips.chosen.connect(lambda _key: self._filter())
        self.search.searched.connect(lambda _text: self._filter())
        self.search.moved_down.connect(table.setFocus)
        self.search.setMaximumWidth(200)
        self.jump.setRange(1, 1000)
        self.jump.setValue(JUMP_PERCENT)
        self.jump.setPrefix("> ")
        self.jump.setSuffix(" %")
        self.jump.setFixedWidth(84)
        self.jump.setAccessibleName(self.tr("Mark price changes above"))
        self.jump.valueChanged.connect(self.model.set_jump)
        self.export = push_button(self.tr("Export changes…"), self.export_wanted.emit)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.chips, 1)
        label = QLabel(self.tr("Mark"))
        label.setBuddy(self.jump)
        for widget in (label, self.jump, self.search, self.export):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        self.place = ListOrFact(self.table)
        column.addWidget(self.place, 1)
        self.model.filled.connect(self._show_nothing)

    def _dress(self) -> None:
        follow_density(self.table)

    def _restart(self) -> None:
        """Forget the filters: they belong to another file."""
        self.chips.choose(None)
        self.search.clear()
        self.model.kinds, self.model.text = (), ""
        self.model.clear()

    def _drafted(self) -> None:
        draft = self.wizard.draft
        if draft is None:
            self.model.clear()
            return
        words = change_words()
        self.chips.set_counts(
            [(k, words[k][1], draft.changes.get(k, 0), words[k][0]) for k in CHANGES]
        )
        self.export.setEnabled(any(draft.changes.get(k, 0) for k in CHANGES if k != "unchanged"))
        self.model.reload()

    def _show_nothing(self, page: ChangesPage) -> None:
        if page.total:
            self.place.show_list()
        elif self.chips.value() or self.search.text():
            clear = (self.tr("Clear filters"), self._clear)
            self.place.show_fact("filter", self.tr("No rate passes these filters."), action=clear)
        else:
            hint = self.tr("Every rate of the file is in the tree already, at the same price.")
            self.place.show_fact("check", self.tr("No rate changes."), hint)

    def _clear(self) -> None:
        self.search.clear()
        self.chips.choose(None)
        self._filter()

    def _filter(self) -> None:
        kind = self.chips.value()
        if self.wizard.draft is not None:
            self.model.show_rows((kind,) if kind else (), self.search.text().strip())

    def _activated(self, index: QModelIndex) -> None:
        row: ChangeRow | None = self.model.known(index.row())
        if row is not None and row.source_row:
            self.jump_wanted.emit(row.source_row, row.source_column)
