"""Which rows below the header are data, and what a file's shape is recognised by.

Footers and totals (Q13), section titles and repeated headers (Q12), blank rows (Q14), cells to be
filled from above (Q11). Whole-column facts come from the codes; no row is visited one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from dictionaries.normalise import normalise
from importers.proposals.headers import Header, header_words, is_number
from importers.records import CellValue, Column, ParsedSheet
from importers.settings import Proposal, Role
from importers.tokens import read_table

Mask = npt.NDArray[np.bool_]

FOOTER_ROWS = 200
"""A footer is looked for in so many rows from the end."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Which cells below the header are filled, worked out once.

    Row 0 is row ``start`` of the sheet. ``masks`` has an array per column, ``filled`` counts the
    filled cells of each row. Strings of white space count as empty.
    """

    start: int
    masks: tuple[Mask, ...]
    filled: npt.NDArray[np.int32]

    @property
    def blank_rows(self) -> int:
        """Blank rows between the first and the last used one."""
        used = np.flatnonzero(self.filled)
        return 0 if not len(used) else int(used[-1] - used[0] + 1 - len(used))

    def any_filled(self, columns: Sequence[int]) -> Mask:
        """Return for each row whether one of ``columns`` is filled."""
        mask = np.zeros(len(self.filled), np.bool_)
        for index in columns:
            mask |= self.masks[index]
        return mask


def grid_of(sheet: ParsedSheet, start: int) -> Grid:
    """Return the grid of the rows from ``start`` on."""
    masks = tuple(_filled_mask(column, start) for column in sheet.columns)
    filled = np.zeros(max(sheet.row_count - start, 0), np.int32)
    for mask in masks:
        filled += mask
    return Grid(start, masks, filled)


def _filled_mask(column: Column, start: int) -> Mask:
    blank = [c for c, v in enumerate(column.values) if isinstance(v, str) and v.isspace()]
    mask: Mask = column.codes[start:] != 0
    return mask & ~np.isin(column.codes[start:], blank) if blank else mask


@cache
def footer_words() -> frozenset[str]:
    """Return the words that begin a totals line, normalised."""
    return frozenset(normalise(row["word"]) for row in read_table("footer_words.csv"))


def find_end(
    sheet: ParsedSheet, grid: Grid, *, prices: Sequence[int], keys: Sequence[int]
) -> tuple[int, str]:
    """Return the last data row (0-based) and why it is the last (Q13).

    ``prices`` and ``keys`` are the columns that hold prices and what they are for. Rows below the
    last one with both, totals and filler rows ("...") are not data.
    """
    start = grid.start
    has_price = grid.any_filled(prices)
    has_key = grid.any_filled(keys) if keys else has_price
    used = np.flatnonzero(grid.filled)
    data = np.flatnonzero(has_price & has_key)
    if not len(used) or not len(data):
        last = int(used[-1]) if len(used) else -1
        return start + last, "the last used row"
    end = _above_totals(sheet, [int(r) for r in data[-FOOTER_ROWS:]], start, keys)
    left = int(used[-1]) - end
    if left <= 0:
        return start + end, "the last used row"
    text = _first_text(sheet, start + end + 1)
    rows = "1 more row" if left == 1 else f"{left} more rows"
    return start + end, f'no data below: {rows}, from "{text}" on'


def _above_totals(sheet: ParsedSheet, rows: list[int], start: int, keys: Sequence[int]) -> int:
    for row in reversed(rows):
        texts = [t for t in sheet.row_texts(start + row) if t.strip()]
        named = [t for t in (sheet.row_texts(start + row)[k] for k in keys) if t.strip()] or texts
        if not _is_total(texts[0]) and not _is_total(named[0]) and any(map(normalise, texts)):
            return row
    return rows[-1]


def _is_total(text: str) -> bool:
    words = normalise(text)
    first = words.split(" ", 1)[0]
    return first in footer_words() or words in footer_words()


def _first_text(sheet: ParsedSheet, first: int) -> str:
    for row in range(first, min(first + FOOTER_ROWS, sheet.row_count)):
        for text in sheet.row_texts(row):
            if text.strip():
                return " ".join(text.split())[:50]
    return ""


# ----------------------------------------------------------------- sections and repeated headers


def find_sections(
    sheet: ParsedSheet,
    header: Header,
    end: int,
    *,
    grid: Grid,
    prices: Sequence[int],
    keys: Sequence[int],
) -> tuple[int, ...]:
    """Return the rows between the data that hold one text only ("EUROPE"), or repeat the header.

    ``end`` is the last data row. A sheet with a single used column has no sections.
    """
    rows = slice(0, max(end - header.start_row + 1, 0))
    single = (grid.filled[rows] == 1) & ~grid.any_filled(prices)[rows]
    if not _has_rows_of_several(grid, rows):
        single[:] = False
    found = np.flatnonzero(single)
    texts = [r for r in found.tolist() if _is_section(sheet, header.start_row + r, keys)]
    repeats = np.flatnonzero(repeats_header(sheet, header)[rows]).tolist()
    return tuple(sorted({header.start_row + r for r in (*texts, *repeats)}))


def _has_rows_of_several(grid: Grid, rows: slice) -> bool:
    filled = grid.filled[rows]
    return bool(np.count_nonzero(filled > 1))


def _is_section(sheet: ParsedSheet, row: int, keys: Sequence[int]) -> bool:
    first = min(keys, default=0)
    for index, column in enumerate(sheet.columns):
        value: CellValue = column.values[column.codes[row]]
        if value is not None and str(value).strip():
            return isinstance(value, str) and not is_number(value) and index <= max(first, 1)
    return False


def repeats_header(sheet: ParsedSheet, header: Header) -> Mask:
    """Return for each row from the start row on whether it is the header again."""
    same = np.zeros(max(sheet.row_count - header.start_row, 0), np.bool_)
    if not header.rows:
        return same
    same[:] = True
    named = 0
    for column in sheet.columns:
        code = column.codes[header.rows[-1]]
        named += int(code != 0)
        same &= column.codes[header.start_row :] == code
    return same if named > 1 else np.zeros_like(same)


# ----------------------------------------------------------------------------- cells left blank


def merged_columns(sheet: ParsedSheet, start: int, end: int, columns: Sequence[int]) -> set[int]:
    """Return those of ``columns`` with cells merged downwards between two rows (Q11)."""
    return {
        m.left
        for m in sheet.merges
        if m.bottom > m.top and m.top <= end and m.bottom > start and m.left in columns
    }


def has_blanks_below(grid: Grid, columns: Sequence[int], *, data: Mask) -> bool:
    """Tell whether rows of ``data`` (a mask over the first rows) lack a value in all ``columns``.

    Only rows below the first value count: a blank above it can't be a repetition.
    """
    filled = grid.any_filled(columns)[: len(data)]
    first = int(np.argmax(filled)) if filled.any() else len(filled)
    return bool(np.any(data[first:] & ~filled[first:]))


# --------------------------------------------------------------------------------- the signature


def shape_signature(sheet: ParsedSheet, proposal: Proposal) -> str:
    """Return a fingerprint of a file's shape: the same layout gives the same text (IMP-14).

    It holds the normalised header names with the type of each column's values and the kind of
    the file; not the file or sheet name, row counts, titles or prices.
    """
    parts = [proposal.kind.value, str(len(proposal.header_rows))]
    for index, name in enumerate(proposal.headers):
        parts.append(f"{header_words(name)}:{_type_of(sheet, proposal, index)}")
    while parts and parts[-1].endswith(":-"):
        parts.pop()
    text = "|".join(parts)
    return f"{len(parts) - 2}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _type_of(sheet: ParsedSheet, proposal: Proposal, index: int) -> str:
    """Return "n" (numbers), "t" (text) or "-" (nothing to go by).

    Price columns are "n" whatever stands in them: next month's list may say "Free" more often.
    """
    roles = {use.role for use in proposal.columns if use.column == index}
    if roles & {Role.PRICE, Role.CONNECT_PRICE}:
        return "n"
    if proposal.header_rows and not roles & {Role.ATTRIBUTE}:
        return "x"  # notes and the like may be empty this month
    column = sheet.columns[index]
    codes = np.unique(column.codes[proposal.start_row : proposal.start_row + 500])
    values = [column.values[c] for c in codes.tolist() if c]
    if not values:
        return "-"
    return "n" if 2 * sum(map(is_number, values)) > len(values) else "t"
