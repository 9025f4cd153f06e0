"""Filters as people read them: the text of a chip, titles instead of stored values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.domain.filter_text import parse_filter
from app.domain.records import Filter
from app.domain.sections import Column, Kind
from app.ui import formats
from app.ui.lists import cells

DIFFERS = "!="
SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def asked(text: str, column: Column) -> Filter | None:
    """Return the filter that a person's text means. Raises ValueError with a sentence."""
    return parse_filter(cells.neutral_filter(_signed(text, column), column), column)


def _signed(text: str, column: Column) -> str:
    """Return "!=Archived" for "not Archived", which is how the filter row shows it."""
    word = _not()
    if column.kind not in cells.CHOSEN or not word or not text.startswith(word):
        return text
    if any(choice.title.startswith(word) for choice in column.choices):
        return text
    return f"{DIFFERS}{text.removeprefix(word)}"


def titled(text: str, column: Column) -> str:
    """Return a filter text with the titles of choices for their stored values.

    A sign "=" that changes nothing is left out: "In use", not "=In use"; "!=" is told as "not".
    """
    if column.kind not in cells.CHOSEN:
        return text
    titles = {choice.value: choice.title for choice in column.choices}
    shown = "".join(titles.get(part.strip(), part) for part in cells.parts_of(text))
    if shown.startswith(DIFFERS):
        plain = f"{_not()}{shown.removeprefix(DIFFERS)}"
    else:
        plain = shown.removeprefix("=")
    return plain if plain != shown and _same(plain, shown, column) else shown


def _same(text: str, other: str, column: Column) -> bool:
    try:
        return asked(text, column) == asked(other, column)
    except ValueError:
        return False


def described(text: str, column: Column) -> str:
    """Return a filter as words, e.g. "Status: not Archived" or "Price > 0.05"."""
    try:
        found = asked(text, column)
    except ValueError:
        found = None
    if found is None:
        return f"{column.title}: {text}"
    values = [_value(value, column) for value in found.values]
    if found.op in SIGNS:
        return f"{column.title} {SIGNS[found.op]} {values[0]}"
    return f"{column.title}: {_words(found.op, values, column)}"


def _words(op: str, values: list[str], column: Column) -> str:
    listed = ", ".join(values)
    if op == "equals" and column.kind in {Kind.TEXT, Kind.CODE}:
        return f"= {listed}"
    words = {
        "excludes": _tr("without %1"),
        "differs": _tr("not %1"),
        "starts": _tr("begins with %1"),
        "empty": _tr("empty"),
        "filled": _tr("filled in"),
    }
    if op == "between":
        return " – ".join(values)
    return words.get(op, "%1").replace("%1", listed)


def _value(value: Any, column: Column) -> str:
    if type(value) is dt.date:
        return formats.date(value)
    return cells.writer(column)(value)


def _not() -> str:
    """Return the words before a value that is left out, "" in a language that puts them after."""
    before, _, after = _tr("not %1").partition("%1")
    return "" if after.strip() else before


def _tr(text: str) -> str:
    return QCoreApplication.translate("lists", text)
