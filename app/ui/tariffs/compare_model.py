"""The differences of two scopes as rows: pages come in jobs, the last looked at are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, Qt, Signal

from app.ui import formats
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.compare_pages import Comparison, DifferencePage, DifferenceRow
    from app.ui.jobs import Jobs

PAGE = 200
KEPT_PAGES = 50
PATH, OLD, NEW, PERCENT, KIND = range(5)
TONES = {"new": "ok", "removed": "neutral", "changed": "info"}
_NONE = QModelIndex()


class DifferenceModel(QAbstractTableModel):
    """Differences with random access; pages come in jobs, the last looked at are kept."""

    shown = Signal(int)
    """Number of rows that pass the filter."""

    def __init__(self, jobs: Jobs, comparison: Comparison, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.comparison = comparison
        self._pages: OrderedDict[int, list[DifferenceRow]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0
        self.kinds: tuple[str, ...] = ()
        self.text = ""
        self._sort, self._descending = "path", False
        self.total = 0

    def apply(self, *, kinds: Sequence[str], text: str) -> None:
        """Show the rows of these kinds (() = all that differ) whose path holds ``text``."""
        self.kinds, self.text = tuple(kinds), text
        self._start()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column in (PATH, PERCENT):
            self._sort = "path" if column == PATH else "percent"
            self._descending = order == Qt.SortOrder.DescendingOrder
            self._start()

    def row(self, row: int) -> DifferenceRow | None:
        """Return a row if it is loaded, else ask for it."""
        page = row // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._ask(page)
            return None
        self._pages.move_to_end(page)
        offset = row % PAGE
        return rows[offset] if offset < len(rows) else None

    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.isValid() else KIND + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            first, second = self.comparison.first, self.comparison.second
            return (
                self.tr("Rate"),
                self.tr("First, {currency}").format(currency=first.currency),
                self.tr("Second, {currency}").format(currency=second.currency),
                self.tr("Change"),
                self.tr("Kind"),
            )[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.ForegroundRole,
        ):
            return None
        row = self.row(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == PATH else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(row, index.column())
        return (row.path, row.old, row.new, change_text(row), kind_text(row.kind))[index.column()]

    def _color(self, row: DifferenceRow, column: int) -> Any:
        """Up and down are no good and bad: an increase is bad to buy at and good to sell at."""
        if column not in (PERCENT, KIND):
            return None
        token = {"increased": "up", "decreased": "down"}.get(row.kind, TONES.get(row.kind))
        return theme().color(token) if token else None

    def _start(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._asked.clear()
        self._ask(0)

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        self._asked.add(page)
        generation, comparison = self._generation, self.comparison
        kinds, text, sort, descending = self.kinds, self.text, self._sort, self._descending

        def work(_ctx: Context) -> DifferencePage:
            return comparison.page(
                kinds=kinds,
                text=text,
                sort=sort,
                descending=descending,
                first=page * PAGE,
                limit=PAGE,
            )

        def done(found: DifferencePage) -> None:
            if generation == self._generation:
                self._take(page, found)

        self._jobs.query(work, owner=self, done=done)

    def _take(self, page: int, found: DifferencePage) -> None:
        self._asked.discard(page)
        fresh = not self._pages
        self._pages[page] = found.rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        if fresh:
            self.beginResetModel()
            self.total = found.total
            self.endResetModel()
            self.shown.emit(found.total)
        elif self.total:
            last = min((page + 1) * PAGE, self.total) - 1
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, KIND))


def change_text(row: DifferenceRow) -> str:
    """Return the change with its direction: "▲ +3.0 %"."""
    sign = {"increased": "▲ ", "decreased": "▼ "}.get(row.kind, "")
    if not row.percent:
        return sign.strip()
    try:
        return sign + formats.percent(Decimal(row.percent))
    except InvalidOperation:
        return f"{sign}{row.percent} %"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ComparePage", text)


def kind_text(kind: str) -> str:
    """Return a kind of difference in words."""
    return {
        "new": _tr("New"),
        "increased": _tr("Increased"),
        "decreased": _tr("Decreased"),
        "changed": _tr("Changed"),
        "unchanged": _tr("Unchanged"),
        "removed": _tr("Removed"),
    }[kind]


def _side(section: int) -> Qt.AlignmentFlag:
    right = section in (OLD, NEW, PERCENT)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
