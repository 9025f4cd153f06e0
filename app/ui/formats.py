"""Numbers, prices and dates as a person reads and types them, by the window's language (QLocale).

Reading never guesses: a text that means one thing here and another elsewhere is refused with a
sentence. The ``plain_`` functions are for the clipboard and exports, where no language applies.
"""

from __future__ import annotations

import re
from datetime import date as Date  # noqa: N812
from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from app.domain.zones import zone_name

PRICE_DECIMALS = 5
"""Least decimals of a price; more are shown where it has them, none is ever rounded away."""

MOST_DECIMALS = 8
"""Most decimals that a price or an amount may have (F16)."""

AMOUNT_DECIMALS = 2
LONGEST_WHOLE = 18
"""Most digits before the decimal mark that are grouped and read."""

OPEN_END = "∞"
"""Stands for the end of a period that has none."""

_BEFORE, _AFTER = r"(?<![\w./\\=“\"'-])", r"(?![\w/\\”\"'-]|\.\w)"
"""What may not stand around a date in a sentence: it is a part of a name there."""

_MARKS = "[\u200e\u200f\u061c\u2066-\u2069]"
_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'’"
_MINUS = "-−"


def number(value: int | Decimal | None, locale: QLocale | None = None) -> str:
    """Return a number with group marks; "" for None."""
    return "" if value is None else _written(Decimal(value), 0, locale or QLocale())


def counted(count: int, one: str, many: str, locale: QLocale | None = None) -> str:
    """Return ``one`` for a count of 1, else ``many``; ``{n}`` in it becomes the number.

    Other placeholders stay, for ``str.format``.
    """
    return (one if count == 1 else many).replace("{n}", number(count, locale))


def price(value: Decimal | int | None, locale: QLocale | None = None) -> str:
    """Return a price with all its decimals; an int is stored units of 1e-8. "" for None."""
    return "" if value is None else _written(_exact(value), PRICE_DECIMALS, locale or QLocale())


def amount(
    value: Decimal | int | None, locale: QLocale | None = None, *, decimals: int = AMOUNT_DECIMALS
) -> str:
    """Return an amount of money with at least ``decimals`` decimals; "" for None."""
    return "" if value is None else _written(Decimal(value), decimals, locale or QLocale())


def percent(
    value: Decimal | float | None, locale: QLocale | None = None, *, decimals: int = 1
) -> str:
    """Return a change in per cent with its sign, e.g. "+3.0 %"; "" for None."""
    if value is None:
        return ""
    rounded = round(Decimal(value), decimals)
    text = _written(abs(rounded), decimals, locale or QLocale())
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{text}\u00a0%"


def date(value: Date | None, locale: QLocale | None = None) -> str:
    """Return a date with two digits for day and month and four for the year; "" for None."""
    if value is None:
        return ""
    chosen = locale or QLocale()
    return chosen.toString(QDate(value.year, value.month, value.day), date_format(chosen))


def with_dates(text: str, locale: QLocale | None = None) -> str:
    """Return a sentence of the services with its plain dates (2026-09-30) as people write them.

    Dates inside file names, quotes and times stay as they are.
    """

    def written(found: re.Match[str]) -> str:
        try:
            return date(Date.fromisoformat(found[0]), locale)
        except ValueError:
            return found[0]

    return re.sub(rf"{_BEFORE}\d{{4}}-\d{{2}}-\d{{2}}{_AFTER}", written, text)


def instant(value: datetime | None, locale: QLocale | None = None) -> str:
    """Return an aware instant as date and time in the person's own zone, without seconds.

    Raises ValueError for a naive datetime; "" for None.
    """
    if value is None:
        return ""
    return moment(_local(value), locale)


def instant_to_the_second(value: datetime | None, locale: QLocale | None = None) -> str:
    """Return an aware instant as date and time with seconds, in the person's own zone; "" for None.

    Raises ValueError for a naive datetime.
    """
    if value is None:
        return ""
    chosen, here = locale or QLocale(), _local(value)
    short = chosen.timeFormat(QLocale.FormatType.ShortFormat)
    between = re.search(r"[hH]([:.])m", short)
    seconds = f"{between[1] if between else ':'}ss"
    exact = short if "s" in short else re.sub(r"m+", rf"\g<0>{seconds}", short, count=1)
    time = chosen.toString(QTime(here.hour, here.minute, here.second), exact)
    return f"{date(here.date(), chosen)} {time}"


def instant_with_zone(value: datetime, locale: QLocale | None = None) -> str:
    """Return an aware instant to the second, in the person's own zone, which is said: "UTC+02:00".

    Raises ValueError for a naive datetime.
    """
    return f"{instant_to_the_second(value, locale)} {zone_name(_local(value))}"


def moment(value: datetime | None, locale: QLocale | None = None) -> str:
    """Return a local time as date and time, without seconds; "" for None."""
    if value is None:
        return ""
    chosen = locale or QLocale()
    time = QTime(value.hour, value.minute)
    return f"{date(value.date(), chosen)} {chosen.toString(time, QLocale.FormatType.ShortFormat)}"


def period(start: Date | None, end: Date | None, locale: QLocale | None = None) -> str:
    """Return "first – last" day of a period; an open end is ``∞``."""
    return f"{date(start, locale) or '…'} – {date(end, locale) or OPEN_END}"


def file_size(size: int, locale: QLocale | None = None) -> str:
    """Return a file's size, e.g. "1.4 MB"."""
    kind = QLocale.DataSizeFormat.DataSizeSIFormat
    return (locale or QLocale()).formattedDataSize(size, 1, kind)


def date_format(locale: QLocale | None = None) -> str:
    """Return Qt's format of a date: the language's short one, widened to fixed digits."""
    short = (locale or QLocale()).dateFormat(QLocale.FormatType.ShortFormat)
    wide = re.sub(r"y+", "yyyy", short)
    wide = re.sub(r"(?<!d)d(?!d)", "dd", wide)
    return re.sub(r"(?<!M)M(?!M)", "MM", wide)


def date_pattern(locale: QLocale | None = None) -> str:
    """Return the format as a hint for people, e.g. "DD.MM.YYYY"."""
    return re.sub(_MARKS, "", date_format(locale)).upper()


def parse_number(text: str, locale: QLocale | None = None) -> Decimal:
    """Return a typed number. Raises ValueError with a sentence."""
    return _read(text, locale or QLocale())


def parse_price(text: str, locale: QLocale | None = None) -> Decimal:
    """Return a typed price. Raises ValueError with a sentence.

    One group mark with three digits behind it and no decimal mark ("1,234") is refused: half the
    price lists of the trade mean a decimal mark by it.
    """
    chosen = locale or QLocale()
    value = _read(text, chosen)
    if _looks_both_ways(_latin(text, chosen), chosen):
        whole = chosen.toString(int(value)).replace(chosen.groupSeparator(), "")
        raise ValueError(
            _tr("“%1” can be read in two ways: write %2, or %3 with the decimal mark.")
            .replace("%1", text.strip())
            .replace("%2", whole)
            .replace("%3", _written(value.scaleb(-3), 0, chosen))
        )
    if -int(value.as_tuple().exponent) > MOST_DECIMALS:
        raise ValueError(_tr("A price has at most 8 decimals."))
    return value


def parse_date(text: str, locale: QLocale | None = None) -> Date:
    """Return a typed date: the language's order of day, month and year, or 2026-09-30.

    Raises ValueError with a sentence.
    """
    chosen = locale or QLocale()
    parts = re.findall(r"\d+", _latin(text, chosen))
    order = re.sub(r"[^dMy]", "", re.sub(r"([dMy])\1*", r"\1", date_format(chosen)))
    try:
        if re.search(r"[^\d\s./\-,年月日г]", _latin(text, chosen)) or len(parts) != len(order):
            raise ValueError
        if len(parts[0]) == 4:
            order = "yMd"
        fields = dict(zip(order, parts, strict=True))
        year = int(fields["y"]) + (2000 if len(fields["y"]) <= 2 else 0)
        if len(fields["y"]) not in (2, 4):
            raise ValueError
        return Date(year, int(fields["M"]), int(fields["d"]))
    except ValueError:
        example = date(Date(2026, 9, 30), chosen)
        sentence = _tr("“%1” is not a date: write it like %2 or 2026-09-30.")
        raise ValueError(sentence.replace("%1", text.strip()).replace("%2", example)) from None


def plain_number(value: int | Decimal | None) -> str:
    """Return a number with a full stop and no group marks; "" for None."""
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_price(value: Decimal | int | None) -> str:
    """Return a price with a full stop; an int is stored units of 1e-8. "" for None."""
    return "" if value is None else plain_number(_exact(value))


def plain_date(value: Date | None) -> str:
    """Return 2026-09-30; "" for None."""
    return "" if value is None else value.isoformat()


def plain_instant(value: datetime | None) -> str:
    """Return 2026-09-30 14:05:09 in the person's own zone; "" for None."""
    return "" if value is None else f"{_local(value):%Y-%m-%d %H:%M:%S}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("formats", text)


def _exact(value: Decimal | int) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value).scaleb(-MOST_DECIMALS)


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value.astimezone()


def _written(value: Decimal, least: int, locale: QLocale) -> str:
    """Return an exact decimal with the language's digits and marks, never rounded."""
    whole, _, fraction = f"{abs(value):f}".partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    text = locale.toString(int(whole)) if len(whole) <= LONGEST_WHOLE else _digits(whole, locale)
    if fraction:
        text += locale.decimalPoint() + _digits(fraction, locale)
    return locale.negativeSign() + text if value < 0 else text


def _digits(text: str, locale: QLocale) -> str:
    zero = ord(locale.zeroDigit())
    return text if zero == ord("0") else "".join(chr(zero + int(d)) for d in text)


def _latin(text: str, locale: QLocale) -> str:
    """Return typed text with Latin digits, one kind of minus and no direction marks."""
    clean = re.sub(_MARKS, "", text).strip()
    zero = ord(locale.zeroDigit())
    clean = "".join(chr(ord(c) - zero + 48) if 0 <= ord(c) - zero <= 9 else c for c in clean)
    return re.sub(f"[{_MINUS}]", "-", clean)


def _marks(locale: QLocale) -> tuple[str, str]:
    """Return the regular expressions of the group mark and the decimal mark."""
    group = re.sub(_MARKS, "", locale.groupSeparator())
    if group in _SPACES:
        group = _SPACES
    elif group in _APOSTROPHES:
        group = _APOSTROPHES
    return f"[{re.escape(group)}]", re.escape(re.sub(_MARKS, "", locale.decimalPoint()))


def _read(text: str, locale: QLocale) -> Decimal:
    group, point = _marks(locale)
    whole = rf"\d+|[1-9]\d{{0,2}}(?:{group}\d{{3}})+|[1-9]\d?(?:{group}\d{{2}})*{group}\d{{3}}"
    found = re.fullmatch(rf"(-?)\s*({whole}|)(?:{point}(\d+))?", _latin(text, locale))
    if found is None or not (found[2] or found[3]):
        raise ValueError(_refusal(text, locale))
    digits = re.sub(group, "", found[2]) or "0"
    return Decimal(f"{found[1]}{digits}.{found[3] or '0'}").normalize() + Decimal(0)


def _looks_both_ways(text: str, locale: QLocale) -> bool:
    group = _marks(locale)[0]
    return not re.search(f"^{group}", " ") and bool(
        re.fullmatch(rf"-?\d{{1,3}}{group}\d{{3}}", text)
    )


def _refusal(text: str, locale: QLocale) -> str:
    """Return why a text is no number, with the right writing where one can be told."""
    meant = re.fullmatch(r"(-?)(\d*)[.,](\d+)", _latin(text, locale))
    if meant is None:
        sentence = _tr("“%1” is not a number.")
        return sentence.replace("%1", text.strip()) if text.strip() else _tr("Enter a number.")
    value = Decimal(f"{meant[1]}{meant[2] or '0'}.{meant[3]}")
    sentence = _tr("“%1” is not a number here: the decimal mark is “%2”, as in %3.")
    right = _written(value, len(meant[3]), locale)
    mark = locale.decimalPoint()
    return sentence.replace("%1", text.strip()).replace("%2", mark).replace("%3", right)
