"""Where the header of a sheet is, what its columns are called, and what the words in them mean.

Covers title lines above the header, headers of two or three lines and merged header cells (Q10,
Q11), and empty or repeated names (Q15). The vocabulary is ``data/headers.csv``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from dictionaries.normalise import normalise
from importers.prices import price_words
from importers.records import CellValue, ParsedSheet, column_letter
from importers.tokens import clean, currency_tokens, find_tokens, read_table, split_count

SEARCHED_ROWS = 60
"""The header is looked for in so many rows from the top."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBER = re.compile(r"[^\w]*\d[\d.,' ]*(?:[eE][+-]?\d+)?[^\w]*")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Meaning:
    """One reading of a header: a role of :class:`importers.settings.Role` and perhaps an attribute.

    ``role`` "ignore" keeps in ``attribute`` the kind of thing that is ignored (fee, old, note …).
    """

    role: str
    attribute: str
    weight: int
    domain: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header rows (0-based, top-down; may be empty), the first row below, and why."""

    rows: tuple[int, ...]
    start_row: int
    reason: str


@cache
def _phrases() -> dict[str, list[Meaning]]:
    table: dict[str, list[Meaning]] = {}
    for row in read_table("headers.csv"):
        phrase = header_words(row["phrase"])
        meaning = Meaning(row["role"], row["attribute"], int(row["weight"]), row["domain"], phrase)
        if meaning not in table.setdefault(phrase, []):
            table[phrase].append(meaning)
    return table


@cache
def _wide_phrases() -> tuple[str, ...]:
    """Return the phrases of scripts that do not separate words, longest first."""
    found = [p for p in _phrases() if any(ord(c) > 0x2E80 for c in p)]
    return tuple(sorted(found, key=len, reverse=True))


def header_words(text: str) -> str:
    """Return a header as it is compared: camelCase split, case, accents and signs folded."""
    return normalise(_CAMEL.sub(" ", text.replace("\n", " ")))


@lru_cache(maxsize=4096)
def read_header(text: str) -> tuple[Meaning, ...]:
    """Return the meanings of a header, heaviest first.

    A phrase inside a longer one does not count; short words ("to", "ad") must be the whole header.
    """
    words = header_words(text)
    if not words:
        return ()
    spans = _spans(words.split()) + _wide_spans(words.replace(" ", ""))
    kept = [s for s in spans if not any(_inside(s, other) for other in spans)]
    meanings = [m for s in kept for m in _phrases()[s[2]] if m.phrase == words or not _needs_all(m)]
    meanings.sort(key=lambda m: (-m.weight, -len(m.phrase)))
    return tuple(dict.fromkeys(meanings))


def _needs_all(meaning: Meaning) -> bool:
    if meaning.role in ("tier_from", "tier_till"):
        return True
    return len(meaning.phrase) <= 3 and meaning.weight < 10 and meaning.phrase.isascii()


def _spans(words: list[str]) -> list[tuple[int, int, str]]:
    spans = []
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 7) + 1):
            phrase = " ".join(words[start:end])
            if phrase in _phrases():
                spans.append((start, end, phrase))
    return spans


def _wide_spans(text: str) -> list[tuple[int, int, str]]:
    if not any(ord(c) > 0x2E80 for c in text):
        return []
    spans = []
    for phrase in _wide_phrases():
        place = text.find(phrase.replace(" ", ""))
        if place >= 0:
            # Far to the right of any word position, so that both kinds of span can stand together.
            spans.append((1000 + place, 1000 + place + len(phrase.replace(" ", "")), phrase))
    return spans


def _inside(span: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    shorter = span[1] - span[0] < other[1] - other[0]
    return shorter and other[0] <= span[0] and span[1] <= other[1]


def header_money(text: str) -> tuple[str, str]:
    """Return currency and unit named in a header ("" where it names none): "Price (EUR cent)"."""
    rest, count_unit = split_count(clean(text.replace("\n", " ").replace("_", " ")))
    currency, unit, _ = find_tokens(rest)
    if currency and currency.lower() in ("all", "top", "try"):
        currency = ""
    return currency, count_unit or ("" if unit == "1" else unit)


# ------------------------------------------------------------------------------- the header rows


def is_number(value: CellValue) -> bool:
    """Tell whether a cell holds a number, also one written as text with signs around it."""
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    return isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None


def _is_label(value: CellValue) -> bool:
    return isinstance(value, str) and not is_number(value) and bool(value.strip())


def _is_filled(value: CellValue) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


@dataclass(frozen=True, slots=True)
class _Top:
    """The first rows of a sheet as values, with what is needed to weigh each as a header."""

    rows: list[list[CellValue]]
    filled: list[list[int]]
    widest: int

    @classmethod
    def of(cls, rows: list[list[CellValue]]) -> _Top:
        filled = [[c for c, v in enumerate(row) if _is_filled(v)] for row in rows]
        return cls(rows, filled, max(map(len, filled), default=0))

    def numbers_below(self, row: int, column: int) -> bool:
        below = [r[column] for r in self.rows[row + 1 : row + 11] if _is_filled(r[column])]
        return bool(below) and 2 * sum(map(_looks_like_data, below)) > len(below)


def _looks_like_data(value: CellValue) -> bool:
    if isinstance(value, (dt.date, dt.time)):
        return True
    return is_number(value) or (isinstance(value, str) and value.casefold() in price_words())


def find_header(sheet: ParsedSheet, *, start_row: int | None = None) -> Header:
    """Find the header: the row with the most names whose next rows differ in type (Q10).

    ``start_row`` (0-based) is a person's first data row; the header is then looked for above it.
    """
    limit = min(sheet.row_count, SEARCHED_ROWS if start_row is None else start_row)
    top = _Top.of([_row(sheet, r) for r in range(min(sheet.row_count, limit + 12))])
    best, best_score = -1, 0.0
    for row in range(limit):
        score = _score(top, row)
        if score > best_score:
            best, best_score = row, score
    if best < 0:
        first = next((r for r in range(len(top.rows)) if top.filled[r]), 0)
        return Header((), first if start_row is None else start_row, "no row looks like a header")
    rows = _with_neighbours(sheet, top, best)
    after = start_row if start_row is not None else _next_used(top, rows[-1] + 1, sheet.row_count)
    return Header(rows, after, _reason(top, best, rows))


def _row(sheet: ParsedSheet, row: int) -> list[CellValue]:
    return [c.values[c.codes[row]] for c in sheet.columns]


def _score(top: _Top, row: int) -> float:
    filled = top.filled[row]
    values = [top.rows[row][c] for c in filled]
    labels = sum(map(_is_label, values))
    if not labels or labels < 0.7 * len(filled) or _is_title(top, row, filled):
        return 0.0
    hits = sum(1 for v in values if isinstance(v, str) and _names_a_column(v))
    differs = sum(1 for c in filled if _is_label(top.rows[row][c]) and top.numbers_below(row, c))
    if not hits and not differs:
        return 0.0
    return 2.0 * hits + 1.5 * differs + 2.0 * len(filled) / top.widest - (len(filled) - labels)


def _names_a_column(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and bool(read_header(text))


def _is_title(top: _Top, row: int, filled: list[int]) -> bool:
    """Tell whether a row is one cell of text, or a label with its value ("Currency: EUR")."""
    width = top.widest
    first = str(top.rows[row][filled[0]]).strip()
    if len(filled) == 1:
        return width > 1 or len(first) > _LONGEST_NAME
    if len(filled) != 2 or width <= 2:
        return False
    second = top.rows[row][filled[1]]
    return first.endswith(":") or (isinstance(second, str) and _is_value(second))


def _is_value(text: str) -> bool:
    return text.strip().casefold() in currency_tokens() or any(map(str.isdigit, text))


def _next_used(top: _Top, row: int, row_count: int) -> int:
    for place in range(row, len(top.rows)):
        if top.filled[place]:
            return place
    return min(row, row_count)


def _reason(top: _Top, best: int, rows: tuple[int, ...]) -> str:
    named = [
        " ".join(v.split()) for v in top.rows[best] if isinstance(v, str) and _names_a_column(v)
    ]
    text = f"row {best + 1} names columns: " + ", ".join(dict.fromkeys(named[:4]))
    if not named:
        text = f"row {best + 1} is text above numbers"
    return text + (f" (header of {len(rows)} lines)" if len(rows) > 1 else "")


# ------------------------------------------------------------------------ headers of several lines


def _with_neighbours(sheet: ParsedSheet, top: _Top, best: int) -> tuple[int, ...]:
    """Add the lines above and below that belong to the header (at most three in all)."""
    rows = [best]
    while len(rows) < 3 and rows[0] > 0 and _is_upper_line(sheet, top, rows[0] - 1, best):
        rows.insert(0, rows[0] - 1)
    if len(rows) < 3 and best + 1 < len(top.rows) and _is_lower_line(top, best):
        rows.append(best + 1)
    return tuple(rows)


def _is_upper_line(sheet: ParsedSheet, top: _Top, row: int, header: int) -> bool:
    filled = top.filled[row]
    values = [top.rows[row][c] for c in filled]
    if not filled or not all(map(_is_label, values)):
        return False
    if any(len(str(v)) > _LONGEST_NAME for v in values):
        return False
    wide = [m for m in sheet.merges if m.top <= row <= m.bottom and m.left in filled]
    if len(filled) == 1:
        starts_right = filled[0] > 0
        spans_all = any(m.right - m.left + 1 >= len(top.filled[header]) for m in wide)
        return starts_right and not spans_all and (bool(wide) or _names_a_column(str(values[0])))
    return not _is_title(top, row, filled)


def _is_lower_line(top: _Top, best: int) -> bool:
    """Tell whether the row below holds the second line: units, currencies, names under gaps."""
    filled = top.filled[best + 1]
    values = [top.rows[best + 1][c] for c in filled]
    if not filled or not all(map(_is_label, values)):
        return False
    over_numbers = [c for c in filled if top.numbers_below(best + 1, c)]
    adds = any(header_money(str(v)) != ("", "") for v in values)
    fills_gap = any(not _is_filled(top.rows[best][c]) for c in filled)
    return (
        bool(over_numbers) and (adds or fills_gap) and all(map(_is_second_line, map(str, values)))
    )


def _is_second_line(text: str) -> bool:
    if text.strip().casefold() in price_words():
        return False
    return bool(read_header(text)) or header_money(text) != ("", "")


def header_names(sheet: ParsedSheet, rows: Sequence[int]) -> tuple[str, ...]:
    """Return a name per column: the header lines joined top-down, each name once (Q11, Q15).

    A column without a name gets its letter; a repeated name gets " (2)", " (3)" …
    """
    lines = [_header_line(sheet, row, is_last=row == rows[-1]) for row in rows]
    names = []
    for column in range(len(sheet.columns)):
        parts = [line[column] for line in lines if line[column]]
        names.append(" ".join(dict.fromkeys(parts)) or column_letter(column))
    return _numbered(names)


def _header_line(sheet: ParsedSheet, row: int, *, is_last: bool) -> list[str]:
    line = [" ".join(text.split()) for text in sheet.row_texts(row)]
    merges = [m for m in sheet.merges if m.top <= row <= m.bottom and m.left < len(line)]
    for merge in merges:
        text = " ".join(sheet.row_texts(merge.top)[merge.left].split())
        for column in range(merge.left, min(merge.right + 1, len(line))):
            line[column] = text
    if not merges and not is_last:
        _spread_groups(sheet, row, line)
    return line


def _spread_groups(sheet: ParsedSheet, row: int, line: list[str]) -> None:
    """Repeat group titles to the right over the columns that have names below (Q11, Q16)."""
    below = [t.strip() for t in sheet.row_texts(row + 1)]
    used = [c for c, text in enumerate(line) if text]
    for start, end in zip(used, [*used[1:], len(line)], strict=True):
        named = [c for c in range(start, end) if below[c]]
        if below[start] or len(named) > 1:
            line[start:end] = [line[start]] * (end - start)


def _numbered(names: list[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        count = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        result.append(name if count == 1 else f"{name} ({count})")
    return tuple(result)


def title_lines(sheet: ParsedSheet, header: Header) -> list[str]:
    """Return the text of the lines above the header, cells joined by spaces."""
    end = header.rows[0] if header.rows else header.start_row
    lines = []
    for row in range(min(end, SEARCHED_ROWS, sheet.row_count)):
        text = " ".join(t.strip() for t in sheet.row_texts(row) if t.strip())
        if text:
            lines.append(text)
    return lines
