"""Dates out of cells, decided per column (Q18): real dates, many written forms, serial numbers.

``01/03/2024`` is read only when the column itself, or a person, says which number is the day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from importers.prices import normalise_word
from importers.records import CellError, CellValue, display
from importers.tokens import clean, read_table

_OPEN_ENDED = frozenset(
    "- -- ∞ n/a na none null open unlimited until_further_notice ufn indefinite infinity "
    "unbegrenzt offen illimité indefinido ilimitado indeterminato бессрочно 长期 无限期 süresiz "
    "bezterminowo".replace("_", " ").split()
) | {"until further notice", "no end", "open end", "bis auf weiteres", "до отмены"}
_SERIALS = range(20_000, 90_000)  # 1954 to 2146
_DAYS_1904 = 1462
_EPOCH = dt.date(1899, 12, 30)
_YEARS = range(1980, 2151)

_TIME = re.compile(
    r"[ T,]*(?:at )?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?"
    r"\s*(Z|(?:UTC|GMT|[A-Z]{3,5})?\s*(?:[+-]\d{1,2}(?::?\d{2})?)?)\s*",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?[ -]*(?:de |of |d')?\s*([^\W\d_]{3,})\.?,?"
    r"[ -]*(?:de )?'?(\d{4}|\d{2})(?:\s*(?:г|года)\.?)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"([^\W\d_]{3,})\.?[ -]*(\d{1,2})(?:st|nd|rd|th)?,?[ -]+'?(\d{4}|\d{2})", re.IGNORECASE
)
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,})\.?[ -]+(\d{4})")


@dataclass(frozen=True, slots=True)
class DateColumn:
    """The distinct values of a date column, read.

    ``dates`` has the calendar day of each distinct value as written, None for empty cells, open
    ends ("until further notice") and errors. ``texts`` is the ISO form, with time and offset or
    zone name when the cell has them ("2024-03-01T08:00:00+00:00"). ``errors`` maps the index of
    a value to a sentence. ``day_first`` is how 01/03/2024 was read; None = nothing needed it, or
    it is undecidable (``ambiguous`` then holds the indices, which have no date).
    """

    dates: list[dt.date | None]
    texts: list[str]
    errors: dict[int, str] = field(default_factory=dict)
    day_first: bool | None = None
    ambiguous: tuple[int, ...] = ()
    reason: str = ""


class _NotADate(Exception):
    """The text continues the sentence '"CELL" …'."""


class _Ambiguous(Exception):
    """Day and month can be swapped."""


@cache
def month_names() -> dict[str, int]:
    """Return month names and abbreviations in ten languages → 1..12."""
    return {row["name"]: int(row["month"]) for row in read_table("months.csv")}


def parse_dates(
    values: Sequence[CellValue], *, day_first: bool | None = None, date_1904: bool = False
) -> DateColumn:
    """Read the distinct values of a column that is declared to hold dates.

    Numbers are spreadsheet serials (``date_1904`` for the 1904 system). ``day_first`` settles
    01/03/2024; None lets the column decide by a value above 12 (:func:`decide_day_first`).
    """
    reason = "set by hand"
    if day_first is None:
        day_first, reason = decide_day_first(values)
    column = DateColumn(
        [None] * len(values), [""] * len(values), day_first=day_first, reason=reason
    )
    ambiguous = []
    for index, value in enumerate(values):
        try:
            date, text = _read(value, day_first, date_1904)
        except _Ambiguous:
            ambiguous.append(index)
        except _NotADate as problem:
            column.errors[index] = f'"{display(value)[:60]}" {problem}'
        else:
            column.dates[index], column.texts[index] = date, text
    if not ambiguous:
        return column
    return DateColumn(
        column.dates, column.texts, column.errors, day_first, tuple(ambiguous), reason
    )


def decide_day_first(values: Sequence[CellValue]) -> tuple[bool | None, str]:
    """Return whether the day comes first in the texts of a column, with the reason.

    None when no text needs the decision, or none proves it.
    """
    proofs: dict[bool, str] = {}
    open_one = ""
    for value in values:
        order = _order(value) if isinstance(value, str) else None
        if isinstance(order, bool):
            proofs.setdefault(order, str(value))
        elif order == "?":
            open_one = open_one or str(value)
    if len(proofs) == 2:
        return None, f'"{proofs[True]}" and "{proofs[False]}" contradict each other'
    for day_first, proof in proofs.items():
        return day_first, f'"{proof}" shows that the {"day" if day_first else "month"} comes first'
    if open_one:
        return None, f'"{open_one}" can be read with the day or the month first'
    return None, "no date in the column depends on the order of day and month"


def _order(text: str) -> bool | str | None:
    """Return True (day first), False (month first), "?" (open) or None (does not matter)."""
    try:
        match = _YEAR_LAST.fullmatch(_without_time(clean(text))[0])
    except _NotADate:
        return None
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if first > 12 or second > 12:
        return None if first > 12 and second > 12 else first > 12
    if match[2] == "." or first == second:
        return None  # month.day.year is not written anywhere
    return "?"


def _read(value: CellValue, day_first: bool | None, date_1904: bool) -> tuple[dt.date | None, str]:
    if value is None:
        return None, ""
    if isinstance(value, dt.datetime):
        return value.date(), _iso(value.date(), value.timetz())
    if isinstance(value, dt.date):
        return value, value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _serial(value, date_1904)
    if isinstance(value, str):
        return _read_text(value, day_first, date_1904)
    if isinstance(value, CellError):
        raise _NotADate("is an error of the spreadsheet, not a date")
    raise _NotADate("is not a date")


def _iso(date: dt.date, time: dt.time, zone: str = "") -> str:
    if time == dt.time(0) and time.tzinfo is None and not zone:
        return date.isoformat()
    return f"{date.isoformat()}T{time.isoformat(timespec='seconds')}{zone}"


def _serial(value: float, date_1904: bool) -> tuple[dt.date, str]:
    """Read a spreadsheet serial: days since 1899-12-30, or 1462 days later."""
    days = value + (_DAYS_1904 if date_1904 else 0)
    if isinstance(value, int) or value.is_integer():
        match = _COMPACT.fullmatch(str(int(value)))
        if match:
            date = _date(int(match[1]), int(match[2]), int(match[3]))
            return date, date.isoformat()
    if not (_SERIALS.start <= days < _SERIALS.stop):
        raise _NotADate("is a number that is no date of a spreadsheet")
    date = _EPOCH + dt.timedelta(days=int(days))
    seconds = min(round((days - int(days)) * 86400), 86399)
    clock = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return date, _iso(date, clock)


def _read_text(value: str, day_first: bool | None, date_1904: bool) -> tuple[dt.date | None, str]:
    text = clean(value)
    if not text or normalise_word(value) in _OPEN_ENDED:
        return None, ""
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return _serial(float(text.replace(",", ".")), date_1904)
    day, time, zone = _without_time(text)
    date = _calendar(day, day_first)
    return date, _iso(date, time, zone)


def _without_time(text: str) -> tuple[str, dt.time, str]:
    """Split a time of day and a zone from the end of ``text``; the zone is an offset or a name."""
    match = None
    for match in _TIME.finditer(text):
        if match.end() == len(text) and match.start() > 0:
            break
    if match is None or match.end() != len(text) or match.start() == 0:
        return text.rstrip("., "), dt.time(0), ""
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower().startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _NotADate("has an impossible time of day")
    return text[: match.start()].rstrip("., "), dt.time(hour, minute, second), _zone(match[5])


def _zone(text: str) -> str:
    """Return "+02:00" for an offset or UTC, " CET" for a named zone, "" for none."""
    name = text.strip().upper()
    match = re.fullmatch(r"(UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?", name)
    if match:
        return f"{match[2]}{int(match[3]):02d}:{match[4] or '00'}"
    if name in ("Z", "UTC", "GMT"):
        return "+00:00"
    return f" {name}" if name else ""


def _calendar(text: str, day_first: bool | None) -> dt.date:
    for pattern, places in ((_YEAR_FIRST, (1, 3, 4)), (_COMPACT, (1, 2, 3)), (_CHINESE, (1, 2, 3))):
        match = pattern.fullmatch(text)
        if match:
            return _date(*(int(match[place]) for place in places))
    match = _YEAR_LAST.fullmatch(text)
    if match:
        return _year_last(match, day_first)
    return _named(text)


def _year_last(match: re.Match[str], day_first: bool | None) -> dt.date:
    first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
    if day_first is None and first != second:
        if match[2] == "." or first > 12:
            day_first = not second > 12
        elif second > 12:
            day_first = False
        else:
            raise _Ambiguous
    day, month = (first, second) if day_first is not False else (second, first)
    return _date(year, month, day)


def _named(text: str) -> dt.date:
    for pattern, places in (
        (_DAY_MONTH, (3, 2, 1)),
        (_MONTH_DAY, (3, 1, 2)),
        (_MONTH_YEAR, (2, 1)),
    ):
        match = pattern.fullmatch(text)
        month = month_names().get(match[places[1]].casefold()) if match else None
        if match and month:
            day = int(match[places[2]]) if len(places) == 3 else 1
            return _date(_full_year(match[places[0]]), month, day)
    raise _NotADate("is not a date")


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise _NotADate("is not a day of the calendar") from None
    if year not in _YEARS:
        raise _NotADate(f"is a date in the year {year}, which can't be meant")
    return date
