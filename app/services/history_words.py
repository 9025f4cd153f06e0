"""Stored values in the history of a record as its form calls them: titles instead of keys."""

from __future__ import annotations

from app.domain.permissions import area
from app.domain.sections import Field, Kind

_LEVELS = {"view": "View", "manage": "Manage"}


def worded(field: Field, text: str) -> str:
    """Return the text of an old or new value with the titles of choices, areas and levels.

    ``text`` is what :func:`app.db.queries.record_history.record_history` made of the value.
    """
    if field.kind is Kind.CELLS:
        return ", ".join(_cell(part) for part in text.split(", ") if part)
    if field.kind is Kind.MOMENT:
        return text.replace("T", " ")[:16]
    titles = {choice.value: choice.title for choice in field.choices}
    if field.kind is Kind.CHOICES:
        return ", ".join(titles.get(part, part) for part in text.split(", "))
    return titles.get(text, text)


def _cell(text: str) -> str:
    name, _, level = text.partition(": ")
    try:
        title = area(name).title
    except KeyError:
        title = name
    return f"{title}: {_LEVELS.get(level, level)}"
