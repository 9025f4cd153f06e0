"""Table models whose rows stay in the import session and come page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Signal

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.ui.import_wizard.wizard import Wizard

PAGE = 200
"""Rows asked for at once; some screens full."""

KEPT_PAGES = 60
"""Pages held in memory; those seen longest ago are asked for again."""

Index = QModelIndex | QPersistentModelIndex


class PagedModel(QAbstractTableModel):
    """Rows by position. While pages are asked for anew, the old ones stay visible.

    Subclasses give ``titles`` and :meth:`page_of`, and read rows through :meth:`row_at`.
    """

    filled = Signal(object)
    """A page (of app.services.tariffs.import_views) arrived."""

    titles: tuple[str, ...] = ()

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self._total = 0
        self._pages: dict[int, tuple[Any, ...]] = {}
        self._stale: set[int] = set()
        self._asked: set[int] = set()
        self._generation = 0

    def page_of(self, first: int, count: int) -> Callable[[Context, ImportSession], Any]:
        """Return the question for rows ``first`` and following."""
        raise NotImplementedError

    # ---------------------------------------------------------------- rows

    def reload(self) -> None:
        """Ask for everything anew; what is shown stays until the answer is there."""
        self._generation += 1
        self._stale = set(self._pages)
        self._asked.clear()
        self._ask(0)

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._generation += 1
        self._total = 0
        self._pages.clear()
        self._stale.clear()
        self._asked.clear()
        self.endResetModel()

    def row_at(self, row: int) -> Any | None:
        """Return a row if its page is there; otherwise None, and the page is asked for."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._ask(number)
        return page[place] if page is not None and place < len(page) else None

    def known(self, row: int) -> Any | None:
        """Return a row if its page is there, without asking for it."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number, ())
        return page[place] if place < len(page) else None

    @staticmethod
    def first_of(number: int) -> int:
        """Return the position of a page's first row."""
        return number * PAGE

    def _ask(self, number: int) -> None:
        if number in self._asked:
            return
        self._asked.add(number)
        generation = self._generation

        def lost() -> None:
            if generation == self._generation:
                self._asked.discard(number)

        self.wizard.page(
            (id(self), number),
            self.page_of(number * PAGE, PAGE),
            lambda page: self._take(number, page, generation),
            lost=lost,
        )

    def _take(self, number: int, page: Any, generation: int) -> None:
        if generation != self._generation:
            return
        self._asked.discard(number)
        self._stale.discard(number)
        self._resize(page.total)
        self._pages[number] = tuple(page.rows)
        self._forget(number)
        first, last = number * PAGE, min(number * PAGE + PAGE, self._total) - 1
        if last >= first:
            corner = self.index(last, self.columnCount() - 1)
            self.dataChanged.emit(self.index(first, 0), corner)
        self._retouch()
        self.filled.emit(page)

    def _resize(self, total: int) -> None:
        """Grow or shrink at the end, so that selection and scroll position stay."""
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self._pages = {n: p for n, p in self._pages.items() if n * PAGE < total}
            self._stale &= set(self._pages)
            self.endRemoveRows()

    def _retouch(self) -> None:
        """Have a view ask for the stale pages it shows."""
        for number in sorted(self._stale):
            first, last = number * PAGE, min(number * PAGE + PAGE, self._total) - 1
            if last >= first:
                corner = self.index(last, self.columnCount() - 1)
                self.dataChanged.emit(self.index(first, 0), corner)

    def _forget(self, newest: int) -> None:
        page = self._pages.pop(newest)
        self._pages[newest] = page
        while len(self._pages) > KEPT_PAGES:
            oldest = next(iter(self._pages))
            del self._pages[oldest]
            self._stale.discard(oldest)

    # ---------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)
