"""The grammar of a filter cell: what a person types over a column, as a Filter and back (item 9).

``text`` contains · ``!text`` does not · ``^text`` begins with · ``=x`` ``!=x`` ``<>x`` · ``>``
``>=`` ``<`` ``<=`` · ``a..b`` ``..b`` ``a..`` · ``a|b`` one of · ``!=a|b`` none of · ``=`` or
``empty`` · ``!=`` or ``filled``. A value in double quotes is taken as it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.records import Filter
from app.domain.sections import Choice, Column, Kind

_OPERATORS = {
    "!=": "differs",
    "<>": "differs",
    ">=": "ge",
    "<=": "le",
    "=": "equals",
    ">": "gt",
    "<": "lt",
    "^": "starts",
    "!": "excludes",
}
"""Longer ones first: the first that fits is meant."""

_SIGNS = {
    "differs": "!=",
    "ge": ">=",
    "le": "<=",
    "equals": "=",
    "gt": ">",
    "lt": "<",
    "starts": "^",
    "excludes": "!",
    "contains": "",
    "in": "",
}
_ALONE = {"empty": "empty", "filled": "filled", "=": "empty", "!=": "filled", "<>": "filled"}
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_TEXTS = frozenset({Kind.TEXT, Kind.CODE, Kind.LONG_TEXT, Kind.REFERENCE})
_CHOSEN = frozenset({Kind.CHOICE, Kind.STATUS})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_SPECIAL = re.compile(r'^[=!<>^"]|\||\.\.|^\s|\s$|^$')


class _Word(NamedTuple):
    text: str
    quoted: bool


def parse_filter(text: str, column: Column) -> Filter | None:
    """Return what ``text`` asks of ``column``; None for an empty cell.

    Values are str, int (NUMBER), Decimal, date, aware datetime or date (INSTANT: that whole day),
    bool, or a choice's value. Raises ValueError with a sentence for a text that makes no sense.
    """
    text = text.strip()
    if not text:
        return None
    alone = _ALONE.get(text.casefold())
    if alone is not None:
        return Filter(column.name, alone)
    sign = next((sign for sign in _OPERATORS if text.startswith(sign)), "")
    rest = text[len(sign) :].strip()
    if not rest:
        raise ValueError(f"Type a value after {sign}, for example {sign}{_example(column)}.")
    ends = [] if sign else _split(rest, "..")
    if len(ends) > 1:
        return _range(ends, column)
    words = _split(rest, "|")
    if column.kind in _CHOSEN:
        return _chosen(_OPERATORS.get(sign, "contains"), words, column)
    return _compared(sign, words, column)


def filter_text(asked: Filter) -> str:
    """Return a text that :func:`parse_filter` reads as ``asked``."""
    if asked.op in {"empty", "filled"}:
        return asked.op
    if asked.op == "between":
        return "..".join(_value_text(value) for value in asked.values)
    listed = "|".join(_value_text(value) for value in asked.values)
    if asked.op == "in" and len(asked.values) == 1:
        return f"={listed}"
    return f"{_SIGNS[asked.op]}{listed}"


# ------------------------------------------------------------------------------ reading


def _range(ends: list[_Word], column: Column) -> Filter:
    if len(ends) != 2:
        raise ValueError("A range has two ends: type it like a..b.")
    if column.kind in _CHOSEN or column.kind is Kind.FLAG:
        raise ValueError(f"{column.title} takes no range: choose values, for example a|b.")
    low, high = (_value(word, column) if any(word) else None for word in ends)
    if low is None and high is None:
        raise ValueError(f"Give one end of the range at least, for example {_example(column)}..")
    if low is None:
        return Filter(column.name, "le", (high,))
    return Filter(column.name, "ge", (low,)) if high is None else _between(column, low, high)


def _between(column: Column, low: Any, high: Any) -> Filter:
    if type(low) is type(high) and low > high:
        raise ValueError("The range ends before it begins: put the smaller value first.")
    return Filter(column.name, "between", (low, high))


def _compared(sign: str, words: list[_Word], column: Column) -> Filter:
    op = _OPERATORS.get(sign, "contains")
    if column.kind not in _TEXTS:
        op = {"contains": "equals", "excludes": "differs"}.get(op, op)
        if op == "starts" or (column.kind is Kind.FLAG and op not in {"equals", "differs"}):
            raise ValueError(f"{column.title} can't be compared with {sign}: use = or !=.")
    values = tuple(dict.fromkeys(_value(word, column) for word in words))
    if len(words) > 1:
        op = {"contains": "in", "equals": "in"}.get(op, op)
    if len(values) == 1:
        return Filter(column.name, "equals" if op == "in" else op, values)
    if op not in {"in", "differs"}:
        raise ValueError(f"{sign} takes one value: leave out the |, or put it in quotes.")
    return Filter(column.name, op, values)


def _chosen(op: str, words: list[_Word], column: Column) -> Filter:
    if op not in {"contains", "equals", "starts", "differs", "excludes"}:
        raise ValueError(f"{column.title} has no order: use = or !=.")
    found = [value for word in words for value in _choices(op, word.text, column)]
    values = tuple(dict.fromkeys(found))
    if op in {"differs", "excludes"}:
        return Filter(column.name, "differs", values)
    return Filter(column.name, "equals" if len(values) == 1 else "in", values)


def _choices(op: str, text: str, column: Column) -> list[str]:
    """Return the values meant by a typed title or value, the whole one before a part of one."""
    asked = text.casefold()
    exact = [c.value for c in column.choices if c.value == text]
    exact = exact or [c.value for c in column.choices if asked in _names(c)]
    if exact:
        return exact
    partly = str.startswith if op == "starts" else str.__contains__
    found = [c.value for c in column.choices if any(partly(name, asked) for name in _names(c))]
    if not found or op in {"equals", "differs"}:
        titles = ", ".join(c.title for c in column.choices)
        raise ValueError(f'{column.title} is never "{text}": choose from {titles}.')
    return found


def _names(choice: Choice) -> tuple[str, str]:
    return choice.title.casefold(), choice.value.casefold()


def _value(word: _Word, column: Column) -> Any:
    """Return a typed value of a column. Raises ValueError."""
    text, kind = word.text, column.kind
    if kind in _TEXTS:
        return text
    if kind is Kind.DATE:
        return _date(text)
    if kind is Kind.INSTANT:
        return _date(text) if len(text) <= len("2026-01-31") else _instant(text)
    if kind is Kind.FLAG:
        if text.casefold() not in _YES:
            raise ValueError(f'"{text}" is neither yes nor no: type one of them.')
        return _YES[text.casefold()]
    if not _NUMBER.fullmatch(text) or (kind is Kind.NUMBER and "." in text):
        whole = "a whole number" if kind is Kind.NUMBER else "a number"
        raise ValueError(f'"{text}" is not {whole}: type it like {_example(column)}.')
    return int(text) if kind is Kind.NUMBER else Decimal(text)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a date: type it like 2026-01-31.') from None


def _instant(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
        return at if at.tzinfo else at.astimezone()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f'"{text}" is not a time: type it like 2026-01-31 14:30.') from None


def _example(column: Column) -> str:
    if column.kind in {Kind.DATE, Kind.INSTANT}:
        return "2026-01-31"
    if column.kind in {Kind.PRICE, Kind.AMOUNT}:
        return "0.05"
    return "5" if column.kind is Kind.NUMBER else "abc"


def _split(text: str, separator: str) -> list[_Word]:
    """Return the words between separators; those in quotes may hold a separator."""
    words: list[_Word] = []
    place = 0
    while place <= len(text):
        word, place = _word(text, place, separator)
        words.append(word)
    return words


def _word(text: str, start: int, separator: str) -> tuple[_Word, int]:
    """Return the word at ``start`` and where the next one begins (past the end: none)."""
    quoted = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=$|\||\.\.)').match(text, start)
    if quoted and (quoted.end() == len(text) or text.startswith(separator, quoted.end())):
        return _Word(quoted[1].replace('""', '"'), quoted=True), quoted.end() + len(separator)
    at = text.find(separator, start)
    end = len(text) if at < 0 else at
    return _Word(text[start:end].strip(), quoted=False), end + len(separator)


# ------------------------------------------------------------------------------ writing


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    dotted = text.startswith(".") or text.endswith(".")  # beside the two dots of a range
    if dotted or _SPECIAL.search(text) or text.casefold() in _ALONE:
        return '"' + text.replace('"', '""') + '"'
    return text
