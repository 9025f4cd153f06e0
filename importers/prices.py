"""Prices out of cells, one distinct value at a time and exactly (Q19-Q24, Q37).

A price is never guessed: two numbers in a cell, a percentage, a date or a text that does not fit
the decimal sign of its column is an error that quotes the cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import IntEnum
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from importers.records import NO_PRICE, PRICE_SCALE, CellError, CellValue, display
from importers.tokens import Affix, clean, read_affix, read_table, split_count

MEANINGS = ("blocked", "free", "not_included", "included", "zero", "skip", "error", "unlimited")
"""What a word in a price cell may stand for (Q23); the shipped table uses these and no others."""


class PriceKind(IntEnum):
    """What a distinct value of a price column is."""

    PRICE = 0
    ZERO = 1
    EMPTY = 2
    WORD = 3
    NEGATIVE = 4
    ERROR = 5


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """The distinct values of a price column, read.

    ``price`` is in 1e-8 of a whole currency unit – the cell's or the column's unit (cents, per
    thousand) is already applied – or NO_PRICE; of a negative price it is the amount without the
    sign. The dictionaries are keyed by the index of the value: ``words`` normalised (see
    :func:`normalise_word`), ``errors`` and ``warnings`` sentences, ``currencies`` an ISO code or
    several joined by "|" where the sign is ambiguous, ``units`` the unit named in the cell.
    """

    price: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    words: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    warnings: dict[int, str] = field(default_factory=dict)
    currencies: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)


_EXACT = Context(prec=200)
_LARGEST = 2**63 - 1
_FLOAT_NOISE = Decimal("1e-9")
_NOISE_SHARE = Decimal("1e-6")  # 1.05e-8 is a price, not 1e-8 and noise
_MONEY_STEP = Decimal("1e-8")
_LONGEST = 200

# A number with its thousands signs; which sign is the decimal one is decided elsewhere.
_NUMBER_BODY = r"(?:\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*[.,]?(?!\d)|[.,]\d+)"
_NUMBER = re.compile(_NUMBER_BODY + r"(?:[eE][+-]?\d{1,3}(?!\d))?")
_CELL = re.compile(rf"([^\d.,]*?(?:[^\d\s.,]\.\s*)?)({_NUMBER.pattern})(\D*)")
_SHAPE_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[ T].*)?")
_INCREMENT = re.compile(r"\d{1,3}\s*/\s*\d{1,3}(?:\s*/\s*\d{1,3})?")
_GROUPED = {
    ".": re.compile(r"\d+|\d{1,3}(?:[ ']\d{3})+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3}"),
    ",": re.compile(
        r"\d+|\d{1,3}(?:[ ']\d{3})+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d?(?:\.\d{2})+\.\d{3}"
    ),
}
_PLAIN = {
    sign: re.compile(rf"([^\d.,'+-]*)(\d{{1,10}})(?:{part}(\d{{1,8}}))?([^\d.,'+-]*)").fullmatch
    for sign, part in ((".", r"\."), (",", ","), ("", r"(?!)"))
}


class _Unreadable(Exception):
    """A cell that is not a price; the text continues the sentence '"CELL" …'."""


@cache
def price_words() -> dict[str, str]:
    """Return the shipped table: normalised word → one of :data:`MEANINGS` (Q23)."""
    return {normalise_word(r["word"]): r["meaning"] for r in read_table("price_words.csv")}


def normalise_word(text: str) -> str:
    """Return the form in which words in price cells are compared: case and spaces folded."""
    return " ".join(clean(text).casefold().rstrip("*†‡ ").split()) or text.strip()


def parse_prices(
    values: Sequence[CellValue], decimal: str, *, unit: str | Fraction = "1"
) -> PriceColumn:
    """Read distinct cell values as prices.

    ``decimal`` is "." or "," or "" (undecided: values that both signs could explain are errors);
    it concerns texts only, numbers of a spreadsheet have no sign. ``unit`` is what one price unit
    of the column is worth ("0.01" for cents); a unit named in the cell wins. Raises ValueError for
    another ``decimal`` or an unusable ``unit``.
    """
    if decimal not in _PLAIN:
        raise ValueError(f'the decimal sign must be "." or ",", not "{decimal}"')
    worth = Fraction(unit)
    if worth <= 0:
        raise ValueError(f"the unit of a price must be above zero, not {unit}")
    column = PriceColumn(
        price=np.full(len(values), NO_PRICE, np.int64),
        kind=np.full(len(values), PriceKind.ERROR, np.int8),
    )
    reader = _Reader(column, decimal, worth)
    for index in _read_plain(values, column, decimal, worth):
        reader.read(index, values[index])
    column.kind[(column.kind == PriceKind.PRICE) & (column.price == 0)] = PriceKind.ZERO
    return column


def _read_plain(
    values: Sequence[CellValue], column: PriceColumn, decimal: str, worth: Fraction
) -> list[int]:
    """Fill in the ordinary values fast; return the indices of all others."""
    plain, around = _PLAIN[decimal], _Around()
    others: list[int] = []
    floats: list[int] = []
    # Values that share a unit are kept together, so that each unit is applied in one sweep.
    found: dict[Fraction, tuple[list[int], list[int]]] = {worth: ([], [])}
    for index, value in enumerate(values):
        if type(value) is float:
            floats.append(index)
            continue
        match = plain(value) if type(value) is str else None
        affix = around[match[1], match[4]] if match else None
        if match is None or affix is None:
            others.append(index)
            continue
        if affix.currency:
            column.currencies[index] = affix.currency
        if affix.unit:
            column.units[index] = affix.unit
        places, amounts = found.setdefault(Fraction(affix.unit) if affix.unit else worth, ([], []))
        places.append(index)
        part = match[3]
        amounts.append(int(match[2]) * PRICE_SCALE + (int(part.ljust(8, "0")) if part else 0))
    for unit, (places, amounts) in found.items():
        others += _store(column, np.array(places, np.intp), np.array(amounts, np.int64), unit)
    return others + _read_floats(values, floats, column, worth)


class _Around(dict[tuple[str, str], Affix | None]):
    """What stands around a plain number, or None where the slow and careful way must be taken."""

    def __missing__(self, key: tuple[str, str]) -> Affix | None:
        affix: Affix | None = read_affix(clean(key[0]), clean(key[1]))
        if affix and (affix.problem or affix.negative or affix.mark):
            affix = None
        if affix and affix.unit == "1":
            affix = Affix(affix.currency)
        self[key] = affix
        return affix


def _read_floats(
    values: Sequence[CellValue], indices: list[int], column: PriceColumn, worth: Fraction
) -> list[int]:
    """Read floats whose shortest text has at most 15 digits and 8 decimals; return the others.

    Decimals of up to 15 digits map one to one to doubles, so n / 1e8 == x proves that n × 1e-8 is
    the number that ``repr(x)`` shows.
    """
    where = np.array(indices, np.intp)
    number = np.array([values[i] for i in indices], np.float64)
    fine = (number >= 0) & (number < 9.9e6)
    scaled = np.rint(np.where(fine, number, 0.0) * PRICE_SCALE)
    fine &= scaled / PRICE_SCALE == number
    rest = [int(i) for i in where[~fine]]
    return rest + _store(column, where[fine], scaled[fine].astype(np.int64), worth)


def _store(
    column: PriceColumn, where: npt.NDArray[np.intp], found: npt.NDArray[np.int64], worth: Fraction
) -> list[int]:
    """Store prices times ``worth`` where that is exact; return the indices where it is not."""
    top, bottom = worth.numerator, worth.denominator
    if top > 1000 or bottom > 10**9:
        return [int(i) for i in where]
    exact = (found % bottom == 0) & (found < _LARGEST // (top + 1))
    column.price[where[exact]] = found[exact] // bottom * top
    column.kind[where[exact]] = PriceKind.PRICE
    return [int(i) for i in where[~exact]]


@dataclass(slots=True)
class _Reader:
    """Reads the values that are not plain numbers into a column."""

    column: PriceColumn
    decimal: str
    worth: Fraction

    def read(self, index: int, value: CellValue) -> None:
        """Read one value; a problem becomes an error sentence."""
        try:
            self._read(index, value)
        except _Unreadable as problem:
            self.column.kind[index] = PriceKind.ERROR
            self.column.errors[index] = f'"{_shorten(display(value))}" {problem}'

    def _read(self, index: int, value: CellValue) -> None:
        if value is None:
            self.column.kind[index] = PriceKind.EMPTY
        elif isinstance(value, str):
            self._read_text(index, value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self._read_number(index, value)
        else:
            raise _Unreadable(_not_a_price(value))

    def _read_number(self, index: int, value: float) -> None:
        number = Decimal(repr(value))
        if not number.is_finite():
            raise _Unreadable("is not a number")
        amount = _times(number.copy_abs(), self.worth)
        if isinstance(value, float):
            amount = self._without_noise(index, amount)
        self._keep(index, amount, negative=number < 0)

    def _without_noise(self, index: int, amount: Decimal) -> Decimal:
        rounded = _round(amount)
        if rounded == amount:
            return amount
        if abs(rounded - amount) >= min(_FLOAT_NOISE, amount * _NOISE_SHARE):
            raise _Unreadable("has more than 8 decimals")
        text = format(rounded.normalize(), "f")
        self.column.warnings[index] = f"{amount} is taken as {text}: the rest is rounding noise"
        return rounded

    def _read_text(self, index: int, value: str) -> None:
        text = clean(value)
        if not text:
            self.column.kind[index] = PriceKind.EMPTY
            return
        word = normalise_word(value)
        if word in price_words() or not any(map(str.isdigit, text)):
            self.column.kind[index] = PriceKind.WORD
            self.column.words[index] = word
            return
        number, affix, count_unit = _split(text)
        if affix.problem:
            raise _Unreadable(affix.problem)
        self._note(index, affix, count_unit)
        amount = _to_decimal(number, self.decimal or _own_sign(number))
        worth = Fraction(self.column.units.get(index, self.worth))
        self._keep(index, _times(amount, worth), negative=affix.negative)

    def _note(self, index: int, affix: Affix, count_unit: str) -> None:
        unit = _joined_unit(affix.unit, count_unit)
        if affix.currency:
            self.column.currencies[index] = affix.currency
        if unit not in ("", "1"):
            self.column.units[index] = unit
        if affix.mark:
            self.column.warnings[index] = "a footnote mark next to the price was left out"

    def _keep(self, index: int, amount: Decimal, *, negative: bool) -> None:
        scaled = amount.scaleb(8, _EXACT)
        if scaled != scaled.to_integral_value():
            raise _Unreadable("has more than 8 decimals")
        if scaled > _LARGEST:
            raise _Unreadable("is too large for a price")
        self.column.price[index] = int(scaled)
        signed = negative and scaled != 0
        self.column.kind[index] = PriceKind.NEGATIVE if signed else PriceKind.PRICE


def _times(amount: Decimal, worth: Fraction) -> Decimal:
    if amount.adjusted() > 30 or amount.adjusted() < -60:
        raise _Unreadable("is outside of what a price can be")
    product = _EXACT.multiply(amount, Decimal(worth.numerator))
    return _EXACT.divide(product, Decimal(worth.denominator))


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(_MONEY_STEP, rounding="ROUND_HALF_UP", context=_EXACT)


def _joined_unit(unit: str, count_unit: str) -> str:
    if unit in ("", "1") or not count_unit:
        return count_unit or unit
    return str(Decimal(unit) * Decimal(count_unit))


def _not_a_price(value: CellValue) -> str:
    if isinstance(value, CellError):
        return "is an error of the spreadsheet, not a price"
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return "is a date or time, not a price (a spreadsheet may have turned 1/1 or 1.5 into it)"
    return "is not a price"


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _split(text: str) -> tuple[str, Affix, str]:
    """Split a cleaned text into its number, what is around it, and "per 1000" as a unit."""
    if len(text) > _LONGEST:
        raise _Unreadable("is too long for a price")
    if _SHAPE_DATE.fullmatch(text):
        raise _Unreadable("is a date, not a price")
    text, count_unit = split_count(text)
    match = _CELL.fullmatch(text)
    if match is None:
        raise _Unreadable(_why_not_one(text))
    return match[2], read_affix(match[1], match[3]), count_unit


def _why_not_one(text: str) -> str:
    if _INCREMENT.fullmatch(text):
        return "is a pair of intervals or two prices, not one price"
    if "%" in text:
        return "is a percentage, not a price"
    numbers = _NUMBER.findall(text)
    return "holds more than one number" if len(numbers) > 1 else "is not a price"


def _to_decimal(number: str, decimal: str) -> Decimal:
    """Turn the number of a cell into a Decimal, thousands signs checked."""
    body, power = _split_power(number)
    whole, _, part = body.partition(decimal) if decimal else (body, "", "")
    if not _fits(whole, part, decimal):
        raise _Unreadable(f'does not fit the decimal sign "{decimal}" of its column')
    digits = re.sub(r"\D", "", whole) or "0"
    return Decimal(f"{digits}.{part or '0'}e{power or '0'}")


def _split_power(number: str) -> tuple[str, str]:
    body, _, power = number.lower().partition("e")
    return body, power


def _fits(whole: str, part: str, decimal: str) -> bool:
    if part and not part.isdecimal():
        return False
    if not decimal:
        return whole.isdecimal() or _GROUPED["."].fullmatch(whole) is not None
    return not whole or _GROUPED[decimal].fullmatch(whole) is not None


def _own_sign(number: str) -> str:
    """Return the decimal sign that ``number`` itself proves, for columns without a decision."""
    sign = sign_evidence(number)
    if sign == "?":
        raise _Unreadable("can be read in two ways: say which sign is the decimal one (--decimal)")
    return sign


# ------------------------------------------------------------------------- the decimal sign (Q19)


def sign_evidence(number: str) -> str:
    """Return the decimal sign that a number proves, "?" if both are possible, "" if it has none.

    A leading zero, or other than three digits after the sign, proves a decimal sign; a sign that
    stands twice separates thousands.
    """
    body, power = _split_power(number)
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        last = max(".,", key=body.rfind)
        return last if body.count(last) == 1 else ""
    if dots > 1 or commas > 1:
        return "," if dots else "."
    if not dots and not commas:
        return ""
    sign = "." if dots else ","
    before, _, after = body.partition(sign)
    grouped = not before.isdecimal()
    proven = len(after) != 3 or before.startswith("0") or len(before) > 3 or grouped or bool(power)
    return sign if proven else "?"


def decide_decimal(values: Sequence[CellValue]) -> tuple[str, str]:
    """Return the decimal sign of a column's distinct values and the reason in words.

    "." or ","; "" when it can't be decided and a person has to (Q19). A few values against many
    do not overturn the many: they become errors when the column is read.
    """
    votes: dict[str, list[str]] = {".": [], ",": [], "?": []}
    for value in values:
        if isinstance(value, str):
            sign = _evidence_of_cell(value)
            if sign:
                votes[sign].append(value.strip())
    dots, commas, open_ones = (votes[s] for s in ".,?")
    if not dots and not commas:
        return _nothing_proven(open_ones)
    sign, many, few = (".", dots, commas) if len(dots) >= len(commas) else (",", commas, dots)
    if len(few) * 10 > len(many):
        return "", f'"{many[0]}" and "{few[0]}" contradict each other about the decimal sign'
    reason = f'decimal sign "{sign}": proved by {len(many)} values such as "{many[0]}"'
    return sign, reason + (f', against {len(few)} such as "{few[0]}"' if few else "")


def _nothing_proven(open_ones: list[str]) -> tuple[str, str]:
    if open_ones:
        return "", f'values such as "{open_ones[0]}" can be read with either decimal sign'
    return ".", "no text in the column needs a decimal sign"


def _evidence_of_cell(text: str) -> str:
    cleaned, _ = split_count(clean(text))
    if len(cleaned) > _LONGEST or _SHAPE_DATE.fullmatch(cleaned):
        return ""
    match = _CELL.fullmatch(cleaned)
    return sign_evidence(match[2]) if match else ""
