"""The Errors tab: every remark with sheet, row, column, value and reason, and a jump (item 36)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QTableView, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.import_wizard.cells import PillDelegate, dress_table, follow_density
from app.ui.import_wizard.change_words import SEVERITIES, sentence_case, severity_words
from app.ui.import_wizard.list_or_fact import ListOrFact
from app.ui.import_wizard.paged_model import Index, PagedModel
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.chips import CountChips
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.services.tariffs.import_views import IssueRow, IssuesPage
    from app.ui.import_wizard.wizard import Wizard

SEVERITY, SHEET, ROW, COLUMN, VALUE, REASON = range(6)
SEVERITY_ROLE = Qt.ItemDataRole.UserRole


class IssuesModel(PagedModel):
    """Remarks of the draft, all of them."""

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(wizard, parent)
        self.titles = (
            self.tr("Kind"),
            self.tr("Sheet"),
            self.tr("Row"),
            self.tr("Column"),
            self.tr("Value"),
            self.tr("Reason"),
        )
        self.severities: tuple[str, ...] = ()
        self.text = ""
        self._words = severity_words()

    def show_rows(self, severities: tuple[str, ...], text: str) -> None:
        """Show remarks of some severities (none = all) that hold a text."""
        if (severities, text) != (self.severities, self.text):
            self.severities, self.text = severities, text
            self.clear()
            self.reload()

    def page_of(self, first: int, count: int) -> Callable[[Context, ImportSession], Any]:
        severities, text = self.severities, self.text
        return lambda ctx, session: session.issues(
            ctx, severities=severities, text=text, first=first, count=count
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row: IssueRow | None = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(row, column) if column in (VALUE, REASON) else None
        if role == SEVERITY_ROLE and column == SEVERITY:
            return self._words[row.severity]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == ROW:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: IssueRow, column: int) -> str:
        return (
            self._words[row.severity][1],
            row.sheet,
            formats.number(row.row) if row.row else "",
            row.column,
            row.value,
            formats.with_dates(sentence_case(row.reason)),
        )[column]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == ROW else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class IssuesTab(QWidget):
    """Remarks with chips per severity. ``jump_wanted`` gives (row, column letter)."""

    jump_wanted = Signal(object, str)
    export_wanted = Signal()

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.model = IssuesModel(wizard, self)
        self.table = QTableView()
        self.chips = CountChips()
        self.search = SearchField(self.tr("Filter remarks"))
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(PillDelegate(SEVERITY_ROLE, table))
        dress_table(table, widths=(110, 110, 60, 70, 150, 300), stretch=REASON)
        table.setAccessibleName(self.tr("Errors, warnings and notes"))
        table.activated.connect(self._activated)
        self.chips.chosen.connect(lambda _key: self._filter())
        self.search.searched.connect(lambda _text: self._filter())
        self.search.moved_down.connect(table.setFocus)
        self.search.setMaximumWidth(220)
        self.export = push_button(self.tr("Export rejected rows…"), self.export_wanted.emit)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.chips, 1)
        row.addWidget(self.search)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        self.place = ListOrFact(self.table)
        column.addWidget(self.place, 1)
        self.model.filled.connect(self._show_nothing)
        wizard.read.connect(self._restart)
        wizard.drafted.connect(self._drafted)
        theme().changed.connect(self._dress)
        self._drafted()

    def _dress(self) -> None:
        follow_density(self.table)

    def _restart(self) -> None:
        """Forget the filters: they belong to another file."""
        self.chips.choose(None)
        self.search.clear()
        self.model.severities, self.model.text = (), ""
        self.model.clear()

    def _drafted(self) -> None:
        draft = self.wizard.draft
        if draft is None:
            self.model.clear()
            return
        words = severity_words()
        self.chips.set_counts(
            [(s, words[s][1], draft.issues.get(s, 0), words[s][0]) for s in SEVERITIES]
        )
        book = self.wizard.book
        self.table.setColumnHidden(SHEET, book is not None and len(book.sheets) < 2)
        self.export.setEnabled(draft.rejected > 0)
        self.model.reload()

    def _show_nothing(self, page: IssuesPage) -> None:
        if page.total:
            self.place.show_list()
        elif self.chips.value() or self.search.text():
            clear = (self.tr("Clear filters"), self._clear)
            self.place.show_fact("filter", self.tr("No remark passes these filters."), action=clear)
        else:
            hint = self.tr("Every row of the file was understood.")
            self.place.show_fact("check", self.tr("No error, no warning, no note."), hint)

    def _clear(self) -> None:
        self.search.clear()
        self.chips.choose(None)
        self._filter()

    def _filter(self) -> None:
        kind = self.chips.value()
        if self.wizard.draft is not None:
            self.model.show_rows((kind,) if kind else (), self.search.text().strip())

    def _activated(self, index: QModelIndex) -> None:
        row: IssueRow | None = self.model.known(index.row())
        if row is not None:
            self.jump_wanted.emit(row.row, row.column)
