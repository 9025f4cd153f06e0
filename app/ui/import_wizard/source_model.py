"""The rows of the source sheet as a lazy table, with what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from app.ui.import_wizard.paged_model import Index, PagedModel
from app.ui.look.icons import icon
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.services.tariffs.import_views import SheetRow
    from app.ui.import_wizard.wizard import Wizard

STATE_ROLE = Qt.ItemDataRole.UserRole
"""State of the row (app.services.tariffs.import_views.SheetRow)."""

MARK_ROLE = Qt.ItemDataRole.UserRole + 1
"""Severity of the remark on the cell, "" if there is none."""

LEFT_OUT = frozenset({"skipped", "blank", "below", "title", "error"})
"""States of rows that give no rate; they are shown greyed."""

NOTHING = frozenset({"blank", "below", "title", "header"})
"""States whose reason is plain from what they look like."""


class SheetModel(PagedModel):
    """One sheet; its columns are letters, its rows numbers as a person counts them."""

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(wizard, parent)
        self._sheet = ""
        self._columns = 0
        self._words = {
            "skipped": self.tr("Left out"),
            "merged": self.tr("Same price as a row above"),
            "error": self.tr("Can't be imported"),
            "section": self.tr("Heading of the rows below"),
            "header": self.tr("Heading"),
            "title": self.tr("Above the data"),
            "below": self.tr("Below the data"),
            "blank": self.tr("Blank"),
        }

    @property
    def sheet(self) -> str:
        """Return the name of the sheet shown."""
        return self._sheet

    def show_sheet(self, name: str, columns: int) -> None:
        """Show a sheet from its first row; the same one is only read again."""
        if (name, columns) == (self._sheet, self._columns):
            self.reload()
            return
        self._sheet, self._columns = name, columns
        self.clear()
        if name:
            self.reload()

    def page_of(self, first: int, count: int) -> Callable[[Context, ImportSession], Any]:
        sheet = self._sheet
        return lambda ctx, session: session.rows(ctx, sheet, first, count)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: SheetRow | None = self.row_at(index.row())
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.cells[index.column()] if index.column() < len(row.cells) else ""
        if role == STATE_ROLE:
            return row.state
        if role == MARK_ROLE:
            return next((m.severity for m in row.marks if m.column == index.column()), "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told(row, index.column())
        return None

    def _told(self, row: SheetRow, column: int) -> str:
        """Return a tooltip: the whole cell if it is long, the remarks on it, the row's fate."""
        lines = [mark.reason for mark in row.marks if mark.column == column]
        if row.reason and row.reason not in lines:
            lines.append(row.reason)
        word = self._words.get(row.state, "")
        if word and row.state not in NOTHING:
            lines.insert(0, word)
        text = row.cells[column] if column < len(row.cells) else ""
        if len(text) > 24:
            lines.insert(0, text)
        return "\n".join(lines)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            return None
        row: SheetRow | None = self.known(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return str(row.number if row else section + 1)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("eye-off", "muted") if row.hidden else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().color("error" if row.state == "error" else "muted")
        if role == Qt.ItemDataRole.ToolTipRole:
            hidden = self.tr("Hidden in the file") if row.hidden else ""
            start = self.tr("Click to begin the data here")
            return "\n".join(filter(None, (self._told(row, -1), hidden, start)))
        return None
