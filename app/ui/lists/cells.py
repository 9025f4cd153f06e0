"""How a column's values are written: in the table, on the clipboard, in a filter cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt

from app.domain.sections import Column, Kind
from app.ui import formats
from app.ui.lists.clipboard import Cell

NUMERIC = frozenset({Kind.NUMBER, Kind.PRICE, Kind.AMOUNT})
CHOSEN = frozenset({Kind.CHOICE, Kind.STATUS})
TIMES = frozenset({Kind.DATE, Kind.INSTANT})
GROUPABLE = frozenset(
    {Kind.TEXT, Kind.CODE, Kind.CHOICE, Kind.STATUS, Kind.FLAG, Kind.REFERENCE, Kind.DATE}
)
"""Kinds whose equal values make a group worth having."""

NAMES = frozenset({"id", "revision", "version"})
"""Columns of numbers that count nothing."""

QUANTITIES = frozenset({"size"})
"""Columns of amounts that may be units, which have no cents: as many decimals as there are."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Writer = Callable[[Any], str]


def writer(column: Column) -> Writer:
    """Return the function that writes a column's values for a person.

    None becomes ``column.none``, which is "" for most.
    """
    if not column.none:
        return _writer(column)
    write, nothing = _writer(column), QCoreApplication.translate("lists", column.none)
    return lambda value: nothing if value is None else write(value)


def _writer(column: Column) -> Writer:
    if column.kind in CHOSEN:
        titles = {choice.value: choice.title for choice in column.choices}
        return lambda value: "" if value is None else titles.get(value, str(value))
    if column.kind is Kind.NUMBER and not is_summed(column):
        return _text
    if column.name in QUANTITIES:
        return formats.number
    if column.zone:
        return _in_its_zone
    if column.kind is Kind.INSTANT and column.seconds:
        return formats.instant_to_the_second
    return _WRITERS.get(column.kind, _text)


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Return where a column's values stand; its header stands there too."""
    return RIGHT if column.kind in NUMERIC else LEFT


def is_summed(column: Column) -> bool:
    """Whether adding up the column means something; some numbers are only names."""
    is_name = column.name in NAMES or column.name.endswith("_id")
    return column.kind in NUMERIC and not is_name


def copied(column: Column, value: Any, write: Writer) -> Cell:
    """Return a cell for the clipboard: numbers as the person's spreadsheet reads them."""
    if value is None:
        return Cell("")
    if column.kind in NUMERIC:
        number = f"{Decimal(value).normalize():f}"
        return Cell(number.replace(".", QLocale().decimalPoint()), number)
    if column.kind is Kind.DATE:
        return Cell(value.isoformat())
    if column.zone:
        return Cell(f"{value:%Y-%m-%d %H:%M} {value.tzinfo}")
    if column.kind is Kind.INSTANT:
        return Cell(value.astimezone().strftime("%Y-%m-%d %H:%M"))
    return Cell(write(value))


def _in_its_zone(value: dt.datetime | None) -> str:
    """Return a local time with the zone that it comes with; "" for None."""
    return "" if value is None else f"{formats.moment(value)} {value.tzinfo}"


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split("\n"))


def flag(value: Any) -> str:
    """Return yes or no as people read it; "" for None."""
    if value is None:
        return ""
    if value:
        return QCoreApplication.translate("lists", "Yes")
    return QCoreApplication.translate("lists", "No")


_WRITERS: dict[Kind, Writer] = {
    Kind.NUMBER: formats.number,
    Kind.PRICE: formats.price,
    Kind.AMOUNT: formats.amount,
    Kind.DATE: formats.date,
    Kind.INSTANT: formats.instant,
    Kind.FLAG: flag,
}

# ------------------------------------------------------------------------------ filter cells

_PARTS = re.compile(r"(!=|<>|>=|<=|=|>|<|\.\.|\||!)")


def neutral_filter(text: str, column: Column) -> str:
    """Return a filter text with the person's own numbers and dates as the grammar writes them."""
    if column.kind not in NUMERIC and column.kind not in TIMES:
        return text
    return "".join(
        part if _PARTS.fullmatch(part) else _neutral(part, column) for part in parts_of(text)
    )


def parts_of(text: str) -> list[str]:
    """Return the signs of a filter text and what stands between them."""
    return _PARTS.split(text)


def _neutral(part: str, column: Column) -> str:
    text = part.strip()
    if not text or _is_neutral(text, column):
        return part
    try:
        if column.kind in TIMES:
            return formats.parse_date(text).isoformat()
        return f"{formats.parse_number(text):f}"
    except ValueError:
        return part


def _is_neutral(text: str, column: Column) -> bool:
    try:
        if column.kind in TIMES:
            dt.datetime.fromisoformat(text)
        else:
            return QLocale().decimalPoint() == "." and Decimal(text).is_finite()
    except (ValueError, ArithmeticError):
        return False
    return True
