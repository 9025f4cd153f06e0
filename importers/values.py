"""What the cells beside the keys say: prices and their words, intervals, scales.

Every function works on the distinct values of a column; the rows are mapped by the caller.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dictionaries.normalise import normalise
from importers.matching.selection import Cells
from importers.prices import PriceColumn, PriceKind, normalise_word, parse_prices, price_words
from importers.records import NO_PRICE, PRICE_SCALE, CellError, CellValue, FileProblem, PriceType
from importers.settings import ColumnUse, ImportSettings

UNKNOWN = -1
"""Stands for "no interval" (and "no price") in the arrays."""

PRICE_ANSWERS = ("price", "")
"""Dictionary and context under which a word in a price cell is decided: ``price||WORD``."""

# ------------------------------------------------------------------------------------- scales


def price_text(price: int) -> str:
    """Return a price in 1e-8 units as a plain decimal text without trailing zeros."""
    if price < 0:
        return ""
    text = format((Decimal(price) / PRICE_SCALE).normalize(), "f")
    return text if text != "-0" else "0"


def scale_text(kind: str, group: str, tiers: Sequence[tuple[int, int | None]]) -> str:
    """Return the canonical text of a scale (SVC-5), equal exactly for equal scales.

    ``kind`` is "tier" or "back_to_first", ``group`` the counter group's attribute or "", ``tiers``
    pairs of price (1e-8 units) and upper threshold (inclusive; None = no limit, the last one).
    The text is compact JSON: ``{"type":…,"group":…,"tiers":[["0.0289",100000],["0.0275",null]]}``.
    Raises ValueError for another kind or thresholds that do not rise to an open end.
    """
    if kind not in ("tier", "back_to_first"):
        raise ValueError(f'a scale is "tier" or "back_to_first", not "{kind}"')
    thresholds = [upper for _, upper in tiers]
    closed = thresholds[:-1]
    rising = [u for u in closed if u is not None]
    if not tiers or thresholds[-1] is not None or len(rising) != len(closed):
        raise ValueError("every tier but the last needs an upper threshold, the last none")
    if rising != sorted(set(rising)):
        raise ValueError("the thresholds of a scale must rise")
    data = {"type": kind, "group": group, "tiers": [[price_text(p), u] for p, u in tiers]}
    return json.dumps(data, separators=(",", ":"))


# ------------------------------------------------------------------------------------- prices


class Gives(IntEnum):
    """What a cell of a price column gives for its row."""

    RATE = 0
    EMPTY = 1
    NOTHING = 2  # a word that says "no price here": no rate, no error
    ERROR = 3
    HELD = 4  # a word that a person has to decide


_MEANING_TYPES = {
    "blocked": PriceType.BLOCKED,
    "free": PriceType.FREE,
    "not_included": PriceType.NOT_INCLUDED,
    "included": PriceType.INCLUDED,
    "zero": PriceType.FLAT,
}


@dataclass(frozen=True, slots=True)
class PriceCells:
    """The distinct values of one price column: what each gives, its type and price (1e-8 units).

    ``reasons`` are sentences for ERROR and HELD values, ``words`` the normalised word of HELD ones;
    ``warnings`` sentences for values that are taken all the same. Masks mark zero and negative.
    """

    use: ColumnUse
    cells: Cells
    gives: npt.NDArray[np.int8]
    price_type: npt.NDArray[np.int8]
    price: npt.NDArray[np.int64]
    zero: npt.NDArray[np.bool_]
    negative: npt.NDArray[np.bool_]
    reasons: dict[int, str] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)
    warnings: dict[int, str] = field(default_factory=dict)
    currencies: dict[int, str] = field(default_factory=dict)


def read_prices(
    cells: Cells,
    use: ColumnUse,
    settings: ImportSettings,
    *,
    defaults: dict[str, str] | None = None,
) -> PriceCells:
    """Read a price column; ``settings``, ``defaults``, the shipped table give words a meaning."""
    column = parse_prices(cells.values, settings.decimal, unit=use.unit or settings.unit)
    result = PriceCells(
        use=use,
        cells=cells,
        gives=np.array(_GIVES, np.int8)[column.kind],
        price_type=np.full(len(cells.values), PriceType.FLAT, np.int8),
        price=column.price.copy(),
        zero=column.kind == PriceKind.ZERO,
        negative=column.kind == PriceKind.NEGATIVE,
        warnings=column.warnings,
        currencies=column.currencies,
    )
    _apply_negative(result, use, settings)
    _apply_words(result, column, _meanings(settings, defaults or {}))
    result.price[result.gives != Gives.RATE] = NO_PRICE
    return result


_GIVES = (Gives.RATE, Gives.RATE, Gives.EMPTY, Gives.HELD, Gives.RATE, Gives.ERROR)


@dataclass(frozen=True, slots=True)
class _Meanings:
    """What words in price cells stand for: ``own`` by the cell's word, ``answered`` normalised."""

    own: dict[str, str]
    answered: dict[str, str]
    shipped: dict[str, str]

    def of_word(self, word: str) -> str:
        """Return the meaning of a word, "held" if nobody knows it."""
        return self.of_text(word) or self.shipped.get(word, "held")

    def of_text(self, text: str) -> str:
        """Return the meaning that a person gave to a cell, or ""."""
        word = normalise_word(text)
        return self.own.get(word, "") or self.answered.get(normalise(text), "")


def _meanings(settings: ImportSettings, defaults: dict[str, str]) -> _Meanings:
    own = {normalise_word(word): meaning for word, meaning in settings.price_words.items()}
    prefix = "|".join(PRICE_ANSWERS) + "|"
    answered = {
        question.removeprefix(prefix): answer
        for question, answer in settings.answers.items()
        if question.startswith(prefix)
    }
    for word, meaning in (*own.items(), *answered.items()):
        if meaning not in _MEANING_TYPES and meaning not in ("skip", "error"):
            raise FileProblem(
                f'The price word "{word}" is said to mean "{meaning}"; say one of '
                f"{', '.join(_MEANING_TYPES)}, skip or error."
            )
    return _Meanings(own, answered, {**price_words(), **defaults})


def _apply_negative(result: PriceCells, use: ColumnUse, settings: ImportSettings) -> None:
    if settings.negative == "positive" or not result.negative.any():
        return
    if settings.negative == "error":
        for place in np.flatnonzero(result.negative).tolist():
            _give(result, place, "error", f'"{result.cells.texts[place]}" is a negative price')
    else:
        one = int(Decimal(use.unit or settings.unit) * PRICE_SCALE)
        for place in np.flatnonzero(result.negative & (result.price == one)).tolist():
            _give(result, place, "blocked", "")


def _apply_words(result: PriceCells, column: PriceColumn, meanings: _Meanings) -> None:
    for place, word in column.words.items():
        _give(result, place, meanings.of_word(word), f'"{word}" is not a price')
        result.words[place] = word
    for place, sentence in column.errors.items():
        meaning = meanings.of_text(result.cells.texts[place])
        _give(result, place, meaning or "error", sentence)
    _apply_own(result, meanings.own)


def _apply_own(result: PriceCells, own: dict[str, str]) -> None:
    """Apply the meanings that a person gave to numbers and the empty cell (9999, -1, "")."""
    if not own:
        return
    for place, text in enumerate(result.cells.texts):
        meaning = own.get(text.strip())
        if meaning:
            _give(result, place, meaning, f'"{text}" is left out by the table of price words')


def _give(result: PriceCells, place: int, meaning: str, reason: str) -> None:
    """Give one distinct value a meaning; it stops being a negative or zero price."""
    result.negative[place] = result.zero[place] = False
    result.warnings.pop(place, None)
    if meaning in _MEANING_TYPES:
        result.gives[place] = Gives.RATE
        result.price_type[place] = _MEANING_TYPES[meaning]
        result.price[place] = 0 if meaning == "zero" else NO_PRICE
        result.zero[place] = meaning == "zero"
        return
    gives = {"skip": Gives.NOTHING, "held": Gives.HELD}.get(meaning, Gives.ERROR)
    result.gives[place] = gives
    result.reasons[place] = reason


# ----------------------------------------------------------------------------------- intervals

_SECONDS = re.compile(r"(\d{1,5})\s*(?:s|sec|secs|second|seconds|sek|сек|\")?\.?", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,3})\s*(?:m|min|mins|minute|minutes|мин|')\.?", re.IGNORECASE)
_INCREMENT = re.compile(r"\s*(\d{1,5})\s*[/+:;,\-|]\s*(\d{1,5})\s*(?:s|sec)?\.?\s*", re.IGNORECASE)
_BY_NAME = {
    "per second": (1, 1),
    "per minute": (60, 60),
    "per sec": (1, 1),
    "per min": (60, 60),
}


@dataclass(frozen=True, slots=True)
class Intervals:
    """Distinct values of an interval or increment column, in seconds (UNKNOWN where empty)."""

    first: npt.NDArray[np.int32]
    following: npt.NDArray[np.int32]
    errors: dict[int, str]


def read_intervals(values: Sequence[CellValue], texts: Sequence[str], *, pair: bool) -> Intervals:
    """Read seconds ("60", "1 min") or, with ``pair``, increments "60/60" and "30/6" (Q37).

    A single number in an increment column counts for both intervals.
    """
    first = np.full(len(values), UNKNOWN, np.int32)
    following = np.full(len(values), UNKNOWN, np.int32)
    errors: dict[int, str] = {}
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        if not text.strip():
            continue
        found = _interval(value, text.strip(), pair=pair)
        if isinstance(found, str):
            errors[place] = found
        else:
            first[place], following[place] = found
    return Intervals(first, following, errors)


def _interval(value: CellValue, text: str, *, pair: bool) -> tuple[int, int] | str:
    if isinstance(value, (dt.date, dt.time)):
        return (
            f'"{text}" is a date: the spreadsheet turned an increment such as 1/1 into it; '
            "write it as text"
        )
    if isinstance(value, CellError):
        return f'"{text}" is an error of the spreadsheet, not an interval'
    if pair:
        match = _INCREMENT.fullmatch(text)
        if match:
            return _positive(int(match[1]), int(match[2]), text)
        if text.casefold() in _BY_NAME:
            return _BY_NAME[text.casefold()]
    minutes = _MINUTES.fullmatch(text)
    if minutes:
        return _positive(int(minutes[1]) * 60, int(minutes[1]) * 60, text)
    seconds = _SECONDS.fullmatch(text)
    if seconds and not pair and int(seconds[1]) == 0:
        return UNKNOWN, UNKNOWN  # 0 says that there is no interval of its own
    if seconds:
        return _positive(int(seconds[1]), int(seconds[1]), text)
    return f'"{text}" is not {"an increment such as 60/60" if pair else "a number of seconds"}'


def _positive(first: int, following: int, text: str) -> tuple[int, int] | str:
    if following < 1:
        return f'"{text}": an interval is at least one second'
    return first or following, following
