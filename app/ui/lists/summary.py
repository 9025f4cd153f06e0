"""What the selection adds up to: rows, and sum, average, least and greatest of number columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.records import Summary
from app.domain.sections import Column
from app.services import records
from app.ui import formats
from app.ui.jobs import Job, Jobs
from app.ui.lists import cells, selection
from app.ui.lists.selection import Block
from app.ui.lists.view import ListView

PAUSE_MS = 120
MOST_COLUMNS = 2
"""Number columns that the status line has room for."""

AT_ONCE = 2000
"""Selected rows that are added up in the window; more are added in the database."""

DECIMALS = 8


@dataclass(frozen=True, slots=True)
class _Part:
    """The selected rows of one number column."""

    place: int
    stretches: list[tuple[int, int]]


class SelectionSummary(QObject):
    """Watches the selection of a list and tells one sentence about it, "" for a single cell."""

    told = Signal(str)

    def __init__(self, view: ListView, jobs: Jobs, owner: QObject) -> None:
        super().__init__(owner)
        self._view, self._jobs, self._owner = view, jobs, owner
        self._jobs_running: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        view.selected.connect(self._timer.start)

    def stop(self) -> None:
        """Cancel what is being added up."""
        self._timer.stop()
        for job in self._jobs_running:
            job.cancel()
        self._jobs_running.clear()

    def _tell(self) -> None:
        self.stop()
        blocks = self._view.blocks()
        rows = selection.row_count(blocks)
        if rows < 2:
            self.told.emit("")
            return
        head = self.tr("%1 rows selected").replace("%1", formats.number(rows))
        parts = [self._part(blocks, place) for place in self._numbers(blocks)]
        known = [self._at_once(part) for part in parts]
        found = [s for s in known if s is not None]
        self.told.emit(self._sentence(head, found))
        if len(found) < len(parts):
            self._ask(head, parts)

    def _numbers(self, blocks: list[Block]) -> list[int]:
        """Return the selected number columns, the one that one works in first."""
        touched = selection.columns_of(blocks, self._view.shown())
        numbers = [place for place in touched if cells.is_summed(self._view.column(place))]
        current = self._view.current()
        numbers.sort(key=lambda place: current is None or place != current[1])
        return numbers[:MOST_COLUMNS]

    def _part(self, blocks: list[Block], place: int) -> _Part:
        holding = [block for block in blocks if block.left <= place <= block.right]
        return _Part(place, selection.stretches(holding))

    def _at_once(self, part: _Part) -> Summary | None:
        """Return the summary of rows that are all in memory, None if they are not."""
        model = self._view.model
        if sum(last - first + 1 for first, last in part.stretches) > AT_ONCE:
            return None
        values: list[Any] = []
        for first, last in part.stretches:
            for row in range(first, last + 1):
                if model.heading(row) is not None:
                    continue
                found = model.row(row)
                if found is None:
                    return None
                values.append(found[part.place + 1])
        return summed(self._view.column(part.place).name, values)

    def _ask(self, head: str, parts: Sequence[_Part]) -> None:
        """Let the database add up; every column over its own rows."""
        model = self._view.model
        section, query = model.section, model.query
        wanted = [(section.columns[part.place].name, self._ids(part)) for part in parts]

        def work(ctx: Any) -> list[Summary]:
            return [
                summary
                for name, ids in wanted
                for summary in records.summary(ctx, section, query, (name,), ids)
            ]

        job = self._jobs.query(work, owner=self._owner, done=partial(self._take, head))
        self._jobs_running.append(job)

    def _ids(self, part: _Part) -> array[int] | None:
        """Return the selected ids, None if every row of the query is selected."""
        model = self._view.model
        everything = [(0, model.rowCount() - 1)]
        if part.stretches == everything and not model.is_grouped:
            return None
        ids = array("q")
        for first, last in part.stretches:
            ids.extend(model.row_ids(first, last))
        return ids

    def _take(self, head: str, found: list[Summary]) -> None:
        self._jobs_running.clear()
        self.told.emit(self._sentence(head, found))

    def _sentence(self, head: str, found: Sequence[Summary]) -> str:
        return " · ".join([head, *(self._numbers_of(summary) for summary in found)])

    def _numbers_of(self, summary: Summary) -> str:
        column: Column = self._view.model.section.column(summary.column)
        write = cells.writer(column)
        if not summary.count:
            return self.tr("%1: no values").replace("%1", column.title)
        mean = formats.number(_shortened(summary.mean))
        text = self.tr("%1: sum %2, average %3, min %4, max %5")
        for mark, part in (
            ("%1", column.title),
            ("%2", write(summary.total)),
            ("%3", mean),
            ("%4", write(summary.least)),
            ("%5", write(summary.greatest)),
        ):
            text = text.replace(mark, part, 1)
        return text


def summed(name: str, values: Sequence[Any]) -> Summary:
    """Return the summary of values in memory; None is no value."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return Summary(name, 0)
    total = sum(numbers[1:], numbers[0])
    return Summary(
        name, len(numbers), total, Decimal(total) / len(numbers), min(numbers), max(numbers)
    )


def _shortened(mean: Any) -> Decimal:
    """Return an average with at most eight decimals; it is shown, never calculated with."""
    return round(Decimal(mean), DECIMALS).normalize()
