"""Finds the delimiter of a text table by how evenly it divides the rows (Q6).

The measure follows G. van den Burg, A. Nazábal, C. Sutton: Wrangling messy CSV files by detecting
row and type patterns (2019): pattern score x share of cells that look like a value.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence

DELIMITERS = ",;\t|^:"
SAMPLE_LINES = 300
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_RARE = {":": 0.3, "^": 0.9}
"""A time or a title has colons too, so these win only where nothing else divides the rows."""

_LEAST = {",": 0.1, ":": 0.3}
"""Prose has commas and colons: they divide a table only where they do so evenly."""

_CELL = re.compile(
    r"""\s*(?:
      [+-]?[\d\s.,'\u00a0]*\d[\d\s.,'\u00a0]*(?:e[+-]?\d+)?\s*%?   # number
    | [$€£¥₹]\s*[\d.,]+ | [\d.,]+\s*(?:[$€£¥₹]|[A-Z]{3})           # amount
    | \d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC)?)?
    | \d{1,2}:\d{2}(?::\d{2})?                                     # time
    | [\w\s.\-/()&'’+*\#@%!?"“”«»\[\]=°№–—]*                       # words
    | https?://\S+
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)


def sep_line(first_line: str) -> str:
    """Return the delimiter that a first line such as ``sep=;`` names, or ""."""
    found = _SEP_LINE.match(first_line.rstrip("\r\n"))
    return found.group(1) if found else ""


def find_delimiter(lines: Sequence[str], *, quotes: bool = True) -> str:
    """Return the delimiter that divides ``lines`` best, or "" for a table of one column."""
    scores = {mark: _score(lines, mark, quotes=quotes) for mark in DELIMITERS}
    fit = {mark: score for mark, score in scores.items() if score > _LEAST.get(mark, 0.05)}
    return max(fit, key=lambda mark: fit[mark] * _RARE.get(mark, 1.0), default="")


def split_lines(lines: Iterable[str], delimiter: str, *, quotes: bool = True) -> list[list[str]]:
    """Return the rows that ``lines`` make with ``delimiter`` ("" = one column)."""
    mark = delimiter or "\x1f"
    if quotes:
        try:
            return list(csv.reader(lines, delimiter=mark))
        except csv.Error:  # a cell longer than the field limit: an open quotation mark
            pass
    return list(csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE))


def _score(lines: Sequence[str], mark: str, *, quotes: bool) -> float:
    if not any(mark in line for line in lines):
        return 0.0
    rows = [row for row in split_lines(lines, mark, quotes=quotes) if any(row)]
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    pattern: float = sum(n * (w - 1) / w for w, n in widths.items()) / len(rows)
    pattern /= len(widths) ** 0.5
    cells = [cell for row in rows for cell in row]
    clean = sum(_is_clean(cell, mark) for cell in cells) / len(cells)
    return pattern * clean * _evenness(widths)


def _is_clean(cell: str, mark: str) -> bool:
    """Tell whether a cell looks like a value; a comma with a blank behind it is rather prose."""
    return bool(_CELL.match(cell)) and not (mark == "," and cell.startswith(" "))


def _evenness(widths: Counter[int]) -> float:
    """Return the share of rows that have the commonest width, if that is more than one column."""
    width, rows = widths.most_common(1)[0] if widths else (0, 0)
    return rows / widths.total() if width > 1 else 0.2
