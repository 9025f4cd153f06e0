"""The Qt model of a list: any row of a million at once, from keys and pages fetched in jobs.

The first rows are painted as soon as they come; all keys follow in a second query. Rows that are
not in memory show "…" until their page comes. Nothing here ever waits.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon

from app.domain.records import Group, ListQuery, Row
from app.domain.sections import Kind, Section
from app.errors import UserError
from app.services import records
from app.services.context import Context
from app.ui import formats
from app.ui.jobs import Job, Jobs
from app.ui.lists import cells
from app.ui.lists.outline import Heading, Outline
from app.ui.lists.rows import PAGE, Rows

Index = QModelIndex | QPersistentModelIndex

VALUE = int(Qt.ItemDataRole.UserRole) + 1
"""Role of a cell's value as the service gave it; None while it is loading."""

HEADING = VALUE + 1
"""Role of the :class:`Heading` of a group's row, else None."""

DISPLAY = int(Qt.ItemDataRole.DisplayRole)
ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
DECORATION = int(Qt.ItemDataRole.DecorationRole)
TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)

LOADING = "…"
FIRST = PAGE
PAGES_AT_ONCE = 3
MOST_GROUPS = 20_000

PAINTED_MS = 30
"""Until the keys are asked for: the first rows are painted before, undisturbed."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """All keys of a query, in order, and its groups if it is grouped."""

    keys: array[int]
    groups: list[Group] | None


class RowModel(QAbstractTableModel):
    """Rows of one section's query; columns are the section's, in the order of its declaration."""

    loaded = Signal()
    """The first rows of a new query are there."""

    counted = Signal()
    """:attr:`matching` or :attr:`total` is another number now."""

    def __init__(self, section: Section, jobs: Jobs, owner: QObject) -> None:
        super().__init__(owner)
        self.section = section
        self.matching: int | None = None
        self.total: int | None = None
        self.query = ListQuery(section.id)
        self.title_column = 0
        self._jobs, self._owner = jobs, owner
        self._rows = Rows()
        self._outline: Outline | None = None
        self._grouped_by: tuple[str, ...] = ()
        self._headed_by: tuple[str, ...] = ()
        self._turned: frozenset[str] = frozenset()
        self._writers = [cells.writer(column) for column in section.columns]
        self._alignments = [cells.alignment(column) for column in section.columns]
        self._marks: dict[int, QIcon] = {}
        self._generation = 0
        self._content = 0
        self._quiet = False
        self._running: list[Job] = []
        self._page_job: Job | None = None
        self._wished: dict[int, None] = {}
        self._near: dict[int, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask_pages)
        self._after_paint = QTimer(self)
        self._after_paint.setSingleShot(True)
        self._after_paint.setInterval(PAINTED_MS)
        self._after_paint.timeout.connect(self._ask_keys)

    # -------------------------------------------------------------------------- loading

    def load(self, query: ListQuery, groups: tuple[str, ...] = (), *, quiet: bool = False) -> None:
        """Show another query, or the same one again; what runs for an older one is cancelled.

        ``quiet``: the rows in view stay until all new keys are there (a refresh).
        """
        self.stop()
        self._generation += 1
        self._quiet = quiet
        self.query, self._grouped_by = self._ordered(query, groups), groups
        if groups or (quiet and len(self._rows)):
            self._ask_keys()
        else:
            self._query(partial(_first, self.section, self.query), self._take_first)

    def stop(self) -> None:
        """Cancel what runs for this list."""
        self._after_paint.stop()
        for job in self._running:
            job.cancel()
        self._running.clear()
        if self._page_job is not None:
            self._page_job.cancel()
            self._page_job = None
        self._wished.clear()
        self._near.clear()

    @property
    def keys(self) -> array[int]:
        """Return the ids of all rows that are known, in their order; only to be read."""
        return self._rows.keys

    @property
    def is_loading(self) -> bool:
        """Whether the query has not answered yet."""
        return bool(self._running)

    def _ordered(self, query: ListQuery, groups: tuple[str, ...]) -> ListQuery:
        """Return the query with the grouped columns first in its order."""
        sorts = dict(query.sorts)
        front = tuple((name, sorts.pop(name, False)) for name in groups)
        return replace(query, sorts=front + tuple(sorts.items()))

    def _query(self, work: Callable[[Context], Any], done: Callable[[Any], None]) -> None:
        """Ask a service; the answer to an older question is dropped."""
        generation = self._generation

        def take(answer: Any) -> None:
            if generation == self._generation:
                done(answer)

        job = self._jobs.query(work, owner=self._owner, done=take)
        self._running.append(job)
        job.ended.connect(partial(self._forget, job))

    def _forget(self, job: Job) -> None:
        if job in self._running:
            self._running.remove(job)

    def _take_first(self, rows: list[Row]) -> None:
        keys = array("q", [row[0] for row in rows])
        self.matching = len(rows) if len(rows) < FIRST else None
        self.beginResetModel()
        self._outline = None
        self._content += 1
        self._rows.begin(keys, rows)
        self.endResetModel()
        if self.matching is not None and not self._is_narrowed():
            self.total = self.matching
        self.loaded.emit()
        self.counted.emit()
        if self.matching is None:
            self._after_paint.start()
        elif self._is_narrowed():
            self._ask_count()

    def _ask_keys(self) -> None:
        work = partial(_everything, self.section, self.query, self._grouped_by, self._summed())
        self._query(work, self._take_keys)

    def _ask_count(self) -> None:
        def take(answer: tuple[int, int]) -> None:
            self.total = answer[1]
            self.counted.emit()

        self._query(lambda ctx: records.count(ctx, self.section, self.query), take)

    def _take_keys(self, answer: _Answer) -> None:
        grouped = answer.groups is not None
        self.matching = len(answer.keys)
        if not grouped and self._outline is None and _begins_with(answer.keys, self._rows.keys):
            self._grow(answer.keys)
        else:
            self._replace(answer)
        if self._is_narrowed():
            self._ask_count()
        else:
            self.total = self.matching
        self.loaded.emit()
        self.counted.emit()

    def _grow(self, keys: array[int]) -> None:
        """Take all keys where the known ones are still the first: the view does not move."""
        known = len(self._rows)
        if self._quiet and known:
            self._rows.age()
            self._changed(0, known - 1)
        if len(keys) > known:
            self.beginInsertRows(QModelIndex(), known, len(keys) - 1)
            self._rows.extend(keys)
            self.endInsertRows()

    def _replace(self, answer: _Answer) -> None:
        outline = None
        if answer.groups is not None:
            outline = Outline(answer.groups, self._turned)
        self.beginResetModel()
        self._outline, self._headed_by = outline, self._grouped_by
        self._content += 1
        self._rows.begin(answer.keys)
        self.endResetModel()

    def _is_narrowed(self) -> bool:
        return bool(self.query.filters or self.query.search)

    def _summed(self) -> tuple[str, ...]:
        return tuple(
            c.name
            for c in self.section.columns
            if cells.is_summed(c) and c.sortable and c.kind is not Kind.PRICE
        )

    # -------------------------------------------------------------------------- pages

    def _wish(self, page: int) -> None:
        self._wished[page] = None
        if self._page_job is None and not self._timer.isActive():
            self._timer.start()

    def _ask_pages(self) -> None:
        """Fetch the pages that were painted last; older wishes are forgotten."""
        if self._page_job is not None:
            return
        wanted = list(self._wished)[-PAGES_AT_ONCE:]
        self._wished.clear()
        near = not wanted
        if near:
            wanted = [page for page in self._near if self._rows.page(page) is None]
            self._near.clear()
        if not wanted:
            return
        ids = [key for page in wanted for key in self._rows.page_keys(page)]
        if not ids:
            return
        content, query = self._content, self.query
        self._page_job = self._jobs.query(
            lambda ctx: records.rows_by_keys(ctx, self.section, query, ids),
            owner=self._owner,
            done=partial(self._take_pages, content, wanted, near),
        )
        self._page_job.ended.connect(partial(self._end_pages, self._page_job))

    def _take_pages(self, content: int, pages: list[int], near: bool, rows: list[Row]) -> None:
        if content != self._content:
            return
        for page in pages:
            self._rows.put(page, _of_page(rows, self._rows.page_keys(page)))
            self._tell(page)
        if not near:
            last = (len(self._rows) - 1) // PAGE
            around = [pages[-1] + 1, pages[0] - 1]
            self._near = {page: None for page in around if 0 <= page <= last}

    def _end_pages(self, job: Job) -> None:
        if job is self._page_job:
            self._page_job = None
            if self._wished or self._near:
                self._timer.start()

    def _tell(self, page: int) -> None:
        """Say that the rows of a page are there."""
        if self._outline is None:
            self._changed(page * PAGE, min((page + 1) * PAGE, len(self._rows)) - 1)
            return
        places = range(page * PAGE, min((page + 1) * PAGE, len(self._rows)))
        rows = [row for row in map(self._outline.row_of, places) if row is not None]
        if rows:
            self._changed(rows[0], rows[-1])

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    # -------------------------------------------------------------------------- rows

    def row(self, row: int) -> Row | None:
        """Return the values of a visible row that is in memory; None for a heading."""
        place = self._place(row)
        return None if place is None else self._rows.row(place)

    def row_id(self, row: int) -> int | None:
        """Return the id of a visible row, None for a heading."""
        place = self._place(row)
        return None if place is None else self._rows.keys[place]

    def row_ids(self, first: int, last: int) -> array[int]:
        """Return the ids of the visible rows from first to last, headings left out."""
        if self._outline is None:
            return self._rows.keys[first : last + 1]
        places = (self._place(row) for row in range(first, last + 1))
        return array("q", [self._rows.keys[p] for p in places if p is not None])

    def rows_of(self, ids: Iterable[int]) -> dict[int, int]:
        """Return the visible rows of ids; what is gone or folded away is left out."""
        places = self._rows.places(ids)
        if self._outline is None:
            return places
        rows = {key: self._outline.row_of(place) for key, place in places.items()}
        return {key: row for key, row in rows.items() if row is not None}

    def heading(self, row: int) -> Heading | None:
        """Return the heading at a visible row, None for a row of the list."""
        if self._outline is None or not 0 <= row < len(self._outline):
            return None
        item = self._outline.at(row)
        return item if isinstance(item, Heading) else None

    def _place(self, row: int) -> int | None:
        if not 0 <= row < self.rowCount():
            return None
        if self._outline is None:
            return row
        item = self._outline.at(row)
        return None if isinstance(item, Heading) else item

    # -------------------------------------------------------------------------- groups

    @property
    def is_grouped(self) -> bool:
        """Whether the rows stand under headings."""
        return self._outline is not None

    @property
    def turned(self) -> frozenset[str]:
        """Return which groups a person opened or closed."""
        return self._turned

    def set_turned(self, turned: frozenset[str]) -> None:
        """Take which groups are opened or closed at the next loading."""
        self._turned = turned

    def turn(self, row: int) -> None:
        """Open or close the group whose heading is at a visible row."""
        heading, outline = self.heading(row), self._outline
        if heading is None or outline is None:
            return
        below = outline.below(heading)
        begin, end = self.beginInsertRows, self.endInsertRows
        if heading.is_open:
            begin, end = self.beginRemoveRows, self.endRemoveRows
        if below:
            begin(QModelIndex(), row + 1, row + below)
        outline.turn(heading)
        if below:
            end()
        self._turned = outline.turned
        self._changed(row, row)

    def turn_all(self, opened: bool) -> None:
        """Open or close every group."""
        if self._outline is None:
            return
        self.beginResetModel()
        self._outline.turn_all(opened)
        self._turned = self._outline.turned
        self.endResetModel()

    def heading_text(self, heading: Heading) -> str:
        """Return what a heading says: the value of its level and how many rows it has."""
        name = self._headed_by[heading.level]
        place = [c.name for c in self.section.columns].index(name)
        column = self.section.columns[place]
        value = heading.path[-1]
        text = self._writers[place](value) or self.tr("(empty)")
        number = formats.number(heading.count)
        return f"{column.title}: {text} ({number})"

    # -------------------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid():
            return 0
        return len(self._rows) if self._outline is None else len(self._outline)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.section.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role in (DISPLAY, ACCESSIBLE):
            return self.text(index.row(), index.column()) if index.isValid() else None
        if role == ALIGNMENT:
            return self._alignments[index.column()] if index.isValid() else None
        if role == VALUE:
            row = self.row(index.row())
            return None if row is None else row[index.column() + 1]
        return self.heading(index.row()) if role == HEADING else None

    def is_right(self, column: int) -> bool:
        """Return whether a column stands on the right."""
        return self._alignments[column] == cells.RIGHT

    def text(self, row: int, column: int) -> str:
        """Return what a cell shows; a page that is not there is asked for."""
        if self._outline is not None:
            item = self._outline.at(row)
            if isinstance(item, Heading):
                return self._heading_cell(item, column)
            row = item
        page = self._rows.page(row // PAGE)
        if page is None:
            self._wish(row // PAGE)
            old = self._rows.row(row)
            return LOADING if old is None else self._writers[column](old[column + 1])
        key = (row % PAGE, column)
        text = page.texts.get(key)
        if text is None:
            values = page.rows[key[0]]
            text = "" if values is None else self._writers[column](values[column + 1])
            page.texts[key] = text
        return text

    def _heading_cell(self, heading: Heading, column: int) -> str:
        if column == self.title_column:
            return self.heading_text(heading)
        total = heading.sums.get(self.section.columns[column].name)
        return "" if total is None else self._writers[column](total)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        column = self.section.columns[section]
        if role == DISPLAY:
            return column.title
        if role == ALIGNMENT:
            return self._alignments[section]
        if role == DECORATION:
            return self._marks.get(section)
        return (column.help or column.title) if role == TOOLTIP else None

    def set_marks(self, marks: dict[int, QIcon]) -> None:
        """Show the marks of the order in the headers of these columns."""
        self._marks = marks
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def forget_texts(self) -> None:
        """Write every cell anew: the language or the zone changed."""
        self._rows.forget_texts()
        if self.rowCount():
            self._changed(0, self.rowCount() - 1)


def _first(section: Section, query: ListQuery, ctx: Context) -> list[Row]:
    return records.first_rows(ctx, section, query, FIRST)


def _everything(
    section: Section, query: ListQuery, by: tuple[str, ...], sums: tuple[str, ...], ctx: Context
) -> _Answer:
    """Return the keys and groups of a query; keys that do not fit the groups are asked again."""
    if not by:
        return _Answer(records.keys(ctx, section, query), None)
    groups = records.groups(ctx, section, query, by, sums)
    if len(groups) > MOST_GROUPS:
        raise UserError(
            f"These are {len(groups):,} groups, more than a list can show: group by a column with "
            "fewer different values."
        )
    keys = records.keys(ctx, section, query)
    if len(keys) != sum(group.count for group in groups):
        groups = records.groups(ctx, section, query, by, sums)
    return _Answer(keys, groups)


def _of_page(rows: list[Row], keys: list[int]) -> list[Row]:
    wanted = set(keys)
    return [row for row in rows if row[0] in wanted]


def _begins_with(keys: array[int], known: array[int]) -> bool:
    """Return whether the known keys are the first ones, at the speed of memory."""
    if not known or len(known) > len(keys):
        return not known
    first = np.frombuffer(keys, dtype=np.int64)[: len(known)]
    return bool(np.array_equal(first, np.frombuffer(known, dtype=np.int64)))
