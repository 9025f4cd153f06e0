"""Where the keys of a spreadsheet lead in a list, as (row, column) counted in shown columns."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

Key = Qt.Key


@dataclass(frozen=True, slots=True)
class Grid:
    """How large a list is: rows, shown columns, and rows that fit on the screen."""

    rows: int
    columns: int
    screen: int


def target(key: int, *, control: bool, row: int, column: int, grid: Grid) -> tuple[int, int] | None:
    """Return the cell that a key leads to, None for a key that moves nothing."""
    last_row, last_column = grid.rows - 1, grid.columns - 1
    if last_row < 0 or last_column < 0:
        return None
    moved = _far(key, row, column, grid) if control else _near(key, row, column, grid)
    if moved is None:
        return None
    return min(max(moved[0], 0), last_row), min(max(moved[1], 0), last_column)


def _near(key: int, row: int, column: int, grid: Grid) -> tuple[int, int] | None:
    return {
        Key.Key_Up: (row - 1, column),
        Key.Key_Down: (row + 1, column),
        Key.Key_Left: (row, column - 1),
        Key.Key_Right: (row, column + 1),
        Key.Key_Home: (row, 0),
        Key.Key_End: (row, grid.columns - 1),
        Key.Key_PageUp: (row - grid.screen, column),
        Key.Key_PageDown: (row + grid.screen, column),
    }.get(Key(key))


def _far(key: int, row: int, column: int, grid: Grid) -> tuple[int, int] | None:
    return {
        Key.Key_Up: (0, column),
        Key.Key_Down: (grid.rows - 1, column),
        Key.Key_Left: (row, 0),
        Key.Key_Right: (row, grid.columns - 1),
        Key.Key_Home: (0, 0),
        Key.Key_End: (grid.rows - 1, grid.columns - 1),
    }.get(Key(key))
