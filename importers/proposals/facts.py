"""What the values of a column look like: numbers, prices, dates, countries, codes, prefixes.

A header only claims; these shares of the distinct values confirm or contradict it. Looks at a
sample of the distinct values, never at every row.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from dictionaries.entries import Dictionaries, Dictionary
from dictionaries.normalise import normalise
from dictionaries.others import is_others
from importers.dates import parse_dates
from importers.prices import PriceKind, normalise_word, parse_prices, price_words
from importers.proposals.headers import is_number
from importers.records import CellError, CellValue, Codes, Column, display
from importers.tokens import currency_tokens

SAMPLE = 300
"""So many distinct values of a column are looked at, evenly spaced."""

Share = float

_INCREMENT = re.compile(r"\d{1,4}\s*[/-]\s*\d{1,4}(?:\s*[/-]\s*\d{1,4})?")
_PREFIX_SIGNS = re.compile(r"^(?:\^|\+|00)?|[\s()]|(?:\.\*|\*|\$|x+)$", re.IGNORECASE)
_PREFIX_LIST = re.compile(r"\s*[,;/|-]\s*")
_SEPARATORS = re.compile(r"[\s/_.-]")
_DASHED = re.compile(r"\S\s+[-–—]\s+\S")
_CALLING_CODE = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[0578]\d|9[679]\d"
)


@lru_cache(maxsize=64)
def known_texts(dictionary: Dictionary) -> dict[str, str]:
    """Return every normalised key and name of a dictionary → key (first one wins)."""
    table = {normalise(key): key for key in dictionary}
    for name in dictionary.names:
        table.setdefault(name.norm, name.key)
    return table


def known_key(dictionaries: Dictionaries, dictionary: str, text: str) -> str:
    """Return the key that ``text`` means in a dictionary by equality, or ""."""
    return known_texts(dictionaries[dictionary]).get(normalise(text), "")


@dataclass(frozen=True)
class Facts:
    """A column over its data rows.

    ``header`` is the name with all header lines joined, ``own`` its last line. ``values`` is a
    sample of the distinct values, ``distinct`` their true number, ``filled`` the number of data
    rows with a value out of ``rows``. Shares are parts of the sample, 0 to 1.
    """

    index: int
    header: str
    own: str
    values: tuple[CellValue, ...]
    texts: tuple[str, ...]
    distinct: int
    filled: int
    rows: int
    dictionaries: Dictionaries

    def share(self, look: str) -> Share:
        """Return which part of the sample has a look (a key of :data:`LOOKS`)."""
        if not self.values:
            return 0.0
        if look not in self._shares:
            test = LOOKS[look]
            self._shares[look] = sum(map(bool, test(self))) / len(self.values)
        return self._shares[look]

    @cached_property
    def _shares(self) -> dict[str, Share]:
        return {}

    @cached_property
    def fill(self) -> Share:
        """Part of the data rows that have a value here."""
        return self.filled / self.rows if self.rows else 0.0

    def known(self, dictionary: str) -> Share:
        """Return which part of the sample equals a key or name of a dictionary."""
        if not self.texts:
            return 0.0
        table = known_texts(self.dictionaries[dictionary])
        return sum(normalise(t) in table for t in self.texts) / len(self.texts)


def column_facts(
    column: Column,
    *,
    index: int,
    header: str,
    own: str = "",
    start: int = 0,
    rows: npt.NDArray[np.bool_],
    dictionaries: Dictionaries,
) -> Facts:
    """Look at the data rows of a column: those marked in ``rows``, a mask from ``start`` on."""
    codes = column.codes[start:][rows]
    used = _distinct(codes, len(column.values))
    step = max(1, len(used) // SAMPLE)
    sample = [column.values[c] for c in used[::step][: SAMPLE + 1].tolist()]
    values = [v for v in sample if not isinstance(v, str) or v.strip()]
    return Facts(
        index=index,
        header=header,
        own=own or header,
        values=tuple(values),
        texts=tuple(display(v, column.number_format) for v in values),
        distinct=len(used),
        filled=int(np.count_nonzero(codes)),
        rows=len(codes),
        dictionaries=dictionaries,
    )


def _distinct(codes: Codes, size: int) -> Codes:
    present = np.zeros(size, np.bool_)
    present[codes] = True
    present[0] = False
    return np.flatnonzero(present).astype(np.int32)


# ------------------------------------------------------------------------------------- the looks


def _numbers(facts: Facts) -> Sequence[bool]:
    return [is_number(v) for v in facts.values]


def _prices(facts: Facts) -> Sequence[bool]:
    found = np.zeros(len(facts.values), np.bool_)
    priced = (PriceKind.PRICE, PriceKind.ZERO, PriceKind.NEGATIVE)
    for sign in (".", ","):
        found |= np.isin(parse_prices(facts.values, sign).kind, priced)
    words = [isinstance(v, str) and normalise_word(v) in price_words() for v in facts.values]
    return list(found | np.array(words, np.bool_))


def _fractions(facts: Facts) -> Sequence[bool]:
    return [
        not v.is_integer() if isinstance(v, float) else isinstance(v, str) and _has_fraction(v)
        for v in facts.values
    ]


def _has_fraction(text: str) -> bool:
    return is_number(text) and bool(re.search(r"\d[.,]\d|^[.,]\d", text))


def _dates(facts: Facts) -> Sequence[bool]:
    found = parse_dates([v if isinstance(v, str) else None for v in facts.values], day_first=True)
    return [
        isinstance(v, dt.date) or d is not None or (isinstance(v, str) and i in _swapped(facts))
        for i, (v, d) in enumerate(zip(facts.values, found.dates, strict=True))
    ]


def _swapped(facts: Facts) -> set[int]:
    values = [v if isinstance(v, str) else None for v in facts.values]
    found = parse_dates(values, day_first=False)
    return {i for i, date in enumerate(found.dates) if date is not None}


def _serials(facts: Facts) -> Sequence[bool]:
    return [
        isinstance(v, (int, float)) and not isinstance(v, bool) and 20_000 <= v < 90_000
        for v in facts.values
    ]


def _increments(facts: Facts) -> Sequence[bool]:
    return [
        _INCREMENT.fullmatch(t.strip()) is not None or isinstance(v, dt.date)
        for t, v in zip(facts.texts, facts.values, strict=True)
    ]


def _currencies(facts: Facts) -> Sequence[bool]:
    return [t.strip().casefold() in currency_tokens() for t in facts.texts]


def _countries(facts: Facts) -> Sequence[bool]:
    table = known_texts(facts.dictionaries["country"])
    return [_is_country(t, table) for t in facts.texts]


def _is_country(text: str, table: dict[str, str]) -> bool:
    norm = normalise(text)
    return norm in table or is_others(text)


def _alpha2(facts: Facts) -> Sequence[bool]:
    keys = facts.dictionaries["country"]
    return [t.strip().upper() in keys for t in facts.texts]


def _two_letters(facts: Facts) -> Sequence[bool]:
    return [len(t.strip()) == 2 and t.strip().isalpha() for t in facts.texts]


def _alpha3(facts: Facts) -> Sequence[bool]:
    codes = _attribute_values(facts.dictionaries["country"], "alpha3")
    return [t.strip().upper() in codes for t in facts.texts]


@lru_cache(maxsize=16)
def _attribute_values(dictionary: Dictionary, attribute: str) -> frozenset[str]:
    if attribute not in dictionary.attributes:
        return frozenset()
    return frozenset(dictionary.value(key, attribute) for key in dictionary) - {""}


def _mccs(facts: Facts) -> Sequence[bool]:
    keys = facts.dictionaries["mcc"]
    return [_digits(t) in keys or is_others(t, mnc=True) for t in facts.texts]


def _digits(text: str) -> str:
    return text.strip().removesuffix(".0")


def _mncs(facts: Facts) -> Sequence[bool]:
    return [_is_mnc(t) for t in facts.texts]


def _is_mnc(text: str) -> bool:
    parts = _PREFIX_LIST.split(_digits(text))
    return is_others(text, mnc=True) or all(p.isdigit() and len(p) <= 3 for p in parts)


def _mccmncs(facts: Facts) -> Sequence[bool]:
    mccs, codes = facts.dictionaries["mcc"], facts.dictionaries["mccmnc"]
    return [_is_mccmnc(t, mccs, codes) for t in facts.texts]


def _is_mccmnc(text: str, mccs: Dictionary, codes: Dictionary) -> bool:
    plain = _SEPARATORS.sub("", _digits(text).split(";")[0].split(",")[0])
    if not (4 <= len(plain) <= 6) or not plain.isdigit() or plain[:3] not in mccs:
        return False
    mnc = plain[3:].lstrip("0") or "0"
    return any(plain[:3] + mnc.zfill(n) in codes for n in (2, 3))


def _prefixes(facts: Facts) -> Sequence[bool]:
    return [_is_prefix(t) for t in facts.texts]


def _is_prefix(text: str) -> bool:
    parts = [_PREFIX_SIGNS.sub("", p) for p in _PREFIX_LIST.split(_digits(text)) if p]
    return bool(parts) and all(
        p.isascii() and p.isdigit() and len(p) <= 15 and starts_with_calling_code(p)
        for p in parts[:1]
    )


def starts_with_calling_code(digits: str) -> bool:
    """Tell whether digits begin with the calling code of some country."""
    return _CALLING_CODE.match(digits) is not None


def _labels(facts: Facts) -> Sequence[bool]:
    return [isinstance(v, str) and not is_number(v) for v in facts.values]


def _dashed(facts: Facts) -> Sequence[bool]:
    return [_DASHED.search(t) is not None for t in facts.texts]


def _bracketed(facts: Facts) -> Sequence[bool]:
    return [t.rstrip().endswith(")") and " (" in t for t in facts.texts]


def _errors(facts: Facts) -> Sequence[bool]:
    return [isinstance(v, CellError) for v in facts.values]


LOOKS: dict[str, Callable[[Facts], Sequence[bool]]] = {
    "number": _numbers,
    "price": _prices,
    "fraction": _fractions,
    "date": _dates,
    "serial": _serials,
    "increment": _increments,
    "currency": _currencies,
    "country": _countries,
    "alpha2": _alpha2,
    "two_letters": _two_letters,
    "alpha3": _alpha3,
    "mcc": _mccs,
    "mnc": _mncs,
    "mccmnc": _mccmncs,
    "prefix": _prefixes,
    "label": _labels,
    "dashed": _dashed,
    "bracketed": _bracketed,
    "error": _errors,
}
"""The looks that :meth:`Facts.share` knows, each a test of the sample."""
