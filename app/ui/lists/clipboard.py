"""Blocks of cells as spreadsheets write and read them: tab-separated text and an HTML table.

Lists, the rate tree and the list of values use the same functions, so a block copied in one is
pasted in another (items 15, 16).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

LONGEST_CELL = 1_000_000
"""Characters of one pasted cell; more is not a cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One copied cell: its text and, for a number, the number with a point for programs."""

    text: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One text of a pasted block and where it goes, counted from the first row and column."""

    row: int
    column: int
    text: str


def rows_to_tsv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of tab-separated cells; cells with tabs or line ends are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for row in rows:
        if len(row) == 1 and not row[0]:
            out.write("\n")  # the writer would quote it, and a spreadsheet would show the quotes
        else:
            writer.writerow(row)
    return out.getvalue()


def tsv_to_rows(text: str) -> list[list[str]]:
    """Return the cells of a copied block; shorter rows are filled up with empty cells.

    Raises ValueError with a sentence for a text that is no block of cells.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter="\t"))
    except csv.Error:
        raise ValueError(
            "The clipboard holds no block of cells: copy the cells again, then paste."
        ) from None
    width = max((len(row) for row in rows), default=0) or 1
    return [row + [""] * (width - len(row)) for row in rows]


def rows_to_html(rows: Iterable[Sequence[Cell]], headers: Sequence[str] = ()) -> str:
    """Return a table whose texts stay texts in a spreadsheet (``0021``) and numbers numbers."""
    parts = ['<html><head><meta charset="utf-8"></head><body><table>']
    if headers:
        cells = "".join(f"<th>{escape(title)}</th>" for title in headers)
        parts.append(f"<tr>{cells}</tr>")
    parts += [f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in rows]
    parts.append("</table></body></html>")
    return "".join(parts)


def _html_cell(cell: Cell) -> str:
    if cell.number is not None:
        return f'<td align="right" sdval="{cell.number}" x:num="{cell.number}">{cell.text}</td>'
    text = escape(cell.text).replace("\n", "<br>")
    return f"""<td sdnum="1033;0;@" style="mso-number-format:'\\@'">{text}</td>"""


def spread(
    block: Sequence[Sequence[str]], *, selected: tuple[int, int], room: tuple[int, int]
) -> list[Placed]:
    """Return where the cells of a pasted block go; (rows, columns) of the selection and the room.

    A single value, or a block that fits a whole number of times, fills the selection; another is
    spread from its upper left cell. Raises ValueError with a sentence if the room is too small.
    """
    height, width = len(block), max((len(row) for row in block), default=0)
    if not height or not width:
        return []
    rows = _repeated(height, selected[0])
    columns = _repeated(width, selected[1])
    if rows > room[0] or columns > room[1]:
        raise ValueError(
            f"The copied block has {height} × {width} cells, but only {room[0]} × {room[1]} "
            "follow here: nothing was pasted. Start further up or left."
        )
    return [
        Placed(row, column, block[row % height][column % width])
        for row in range(rows)
        for column in range(columns)
    ]


def _repeated(size: int, selected: int) -> int:
    return selected if selected >= size and selected % size == 0 else size
