"""What is selected in a list, as ranges: a million selected rows are still one range."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QItemSelection

from app.ui.lists.model import RowModel


@dataclass(frozen=True, slots=True)
class Block:
    """Selected cells: rows and columns from first to last, columns by their place in the model."""

    top: int
    bottom: int
    left: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Return whether a cell is in the block."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def blocks(selection: QItemSelection) -> list[Block]:
    """Return the ranges of a selection."""
    ranges = (selection.at(place) for place in range(selection.count()))
    return [Block(r.top(), r.bottom(), r.left(), r.right()) for r in ranges]


def stretches(parts: Iterable[Block]) -> list[tuple[int, int]]:
    """Return the selected rows as (first, last) stretches in order, each row once."""
    found: list[tuple[int, int]] = []
    for top, bottom in sorted((p.top, p.bottom) for p in parts):
        if found and top <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], bottom))
        else:
            found.append((top, bottom))
    return found


def row_count(parts: Iterable[Block]) -> int:
    """Return how many rows the selection touches."""
    return sum(last - first + 1 for first, last in stretches(parts))


def columns_of(parts: Iterable[Block], shown: Sequence[int]) -> list[int]:
    """Return the shown columns that the selection touches, left to right."""
    touched = list(parts)
    return [c for c in shown if any(p.left <= c <= p.right for p in touched)]


def ids_of(model: RowModel, parts: Iterable[Block]) -> array[int]:
    """Return the ids of the selected rows in their order."""
    ids = array("q")
    for first, last in stretches(parts):
        ids.extend(model.row_ids(first, last))
    return ids


def cells_between(
    model: QAbstractItemModel, rows: tuple[int, int], columns: Iterable[int]
) -> QItemSelection:
    """Return the selection of some columns in a stretch of rows; neighbours share a range."""
    selection = QItemSelection()
    top, bottom = min(rows), max(rows)
    for left, right in _runs(columns):
        selection.select(model.index(top, left), model.index(bottom, right))
    return selection


def _runs(columns: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for column in sorted(set(columns)):
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
