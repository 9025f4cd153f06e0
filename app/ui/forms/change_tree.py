"""Changed fields under what was done: one table for the history of a record and for the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.domain.changes import LocalMoment, Shown
from app.domain.sections import Choice
from app.ui import formats
from app.ui.lists.cells import flag
from app.ui.look.fonts import strong_font
from app.ui.look.theme import theme
from app.ui.titles import tr as translated

AnyIndex = QModelIndex | QPersistentModelIndex

NOTHING = "—"
"""Stands for a value that there is none of, beside one that there is."""

_WIDTHS = (280, 330)


class Part(IntEnum):
    """The columns."""

    FIELD = 0
    OLD = 1
    NEW = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done: its heading, and (field, old value, new value) of each field."""

    heading: str
    fields: tuple[tuple[str, str, str], ...]

    def holds(self, words: Iterable[str]) -> bool:
        """Tell whether all words occur somewhere in the entry; they are in lower case."""
        text = "\n".join((self.heading, *map("\n".join, self.fields))).casefold()
        return all(word in text for word in words)


class ChangeModel(QAbstractItemModel):
    """Entries, and below each a line for every field; a line's internal ID is its entry's place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()
        self.titles = (self.tr("Field"), self.tr("Old value"), self.tr("New value"))

    def show(self, entries: Sequence[Entry]) -> None:
        """Take the entries, in the order in which they are shown."""
        self.beginResetModel()
        self.entries = tuple(entries)
        self.endResetModel()

    def texts(self) -> list[tuple[str, ...]]:
        """Return all lines with the titles first, every one with its entry."""
        lines = [
            (entry.heading, *line) for entry in self.entries for line in entry.fields or [("",) * 3]
        ]
        return [(self.tr("What"), *self.titles), *lines]

    def entry_at(self, index: AnyIndex) -> int:
        """Return the place of the entry that a line belongs to, -1 for none."""
        if not index.isValid():
            return -1
        return index.row() if index.internalId() == 0 else int(index.internalId()) - 1

    def index(self, row: int, column: int, parent: AnyIndex | None = None) -> QModelIndex:
        if not self.hasIndex(row, column, parent or QModelIndex()):
            return QModelIndex()
        below = parent is not None and parent.isValid()
        return self.createIndex(row, column, parent.row() + 1 if parent and below else 0)

    def parent(self, index: AnyIndex | None = None) -> QModelIndex:
        if index is None or not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(int(index.internalId()) - 1, 0, 0)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self.entries)
        if parent.internalId() != 0 or parent.column() != 0:
            return 0
        return len(self.entries[parent.row()].fields)

    def columnCount(self, _parent: AnyIndex | None = None) -> int:
        return len(Part)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        text = self._text(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return text.replace("\n", " ")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        if role == Qt.ItemDataRole.FontRole and index.internalId() == 0:
            return strong_font()
        return None

    def _text(self, index: AnyIndex) -> str:
        entry = self.entries[self.entry_at(index)]
        if index.internalId() == 0:
            return entry.heading if index.column() == Part.FIELD else ""
        return entry.fields[index.row()][index.column()]


class ChangeTree(QTreeView):
    """Entries that open and close; few are all open, of many only the one that is asked for."""

    FEW = 10
    """Entries that are all open at first."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes = ChangeModel(self)
        self.setModel(self.changes)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Rows(self))
        theme().changed.connect(self._follow_density)
        header = self.header()
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsMovable(False)

    def show_entries(self, entries: Sequence[Entry], asked: int = 0, *, all_open: bool) -> None:
        """Show entries and go to the one that is ``asked`` for."""
        self.changes.show(entries)
        for row in range(len(entries)):
            self.setFirstColumnSpanned(row, QModelIndex(), True)
        if all_open or len(entries) <= self.FEW:
            self.expandAll()
        self.go_to(asked)

    def go_to(self, place: int) -> None:
        """Open an entry and make it the current one."""
        index = self.changes.index(place, 0)
        self.expand(index)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def _follow_density(self) -> None:
        self.doItemsLayout()

    def current_entry(self) -> int:
        """Return the place of the current line's entry, -1 if there is none."""
        return self.changes.entry_at(self.currentIndex())

    def find(self, text: str) -> int:
        """Show only entries that hold all words of ``text``, and return how many do."""
        words = text.casefold().split()
        shown = [row for row, entry in enumerate(self.changes.entries) if entry.holds(words)]
        fitting = set(shown)
        for row in range(len(self.changes.entries)):
            self.setRowHidden(row, QModelIndex(), row not in fitting)
        if shown and self.current_entry() not in fitting:
            self.go_to(shown[0])
        return len(shown)


class _Rows(QStyledItemDelegate):
    """Rows as high as everywhere."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme().row_height)


def line_of(title: str, old: Shown, new: Shown, *, only_new: bool) -> tuple[str, str, str]:
    """Return a field's line; ``only_new``: it was added, so that nothing was there before."""
    before = "" if only_new else shown_value(old) or NOTHING
    return title, before, shown_value(new) or NOTHING


def shown_value(value: Shown) -> str:
    """Return the value of a changed field as a person reads it; instants say their zone."""
    if isinstance(value, tuple):
        return ", ".join(map(shown_value, value))
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, Choice):
        return translated(value.title)
    if isinstance(value, LocalMoment):
        return f"{formats.moment(value.at)} {value.zone}"
    if isinstance(value, dt.datetime):
        return formats.instant_with_zone(value) if value.tzinfo else formats.moment(value)
    if isinstance(value, dt.date):
        return formats.date(value)
    return formats.amount(value) if isinstance(value, Decimal) else formats.number(value)
