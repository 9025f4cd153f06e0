"""The words of the audit: objects and their fields as the sections' forms and lists call them."""

from __future__ import annotations

from functools import cache

from app.domain.changes import ObjectWords
from app.domain.sections import Column, Field, Kind, Section
from app.sections import section
from app.sections.audit import FORMS, OBJECTS

_OF_LISTS = frozenset({Kind.TEXT, Kind.CODE, Kind.CHOICE, Kind.STATUS, Kind.INSTANT, Kind.FLAG})
"""Kinds of columns that tell something of the object itself; numbers mostly count others."""


@cache
def object_words() -> ObjectWords:
    """Return the words for what the audit has in each table."""
    kinds = {choice.value: choice.title for choice in OBJECTS}
    fields = {table: _fields([section(name) for name in names]) for table, names in FORMS.items()}
    return ObjectWords(kinds, fields)


def _fields(sections: list[Section]) -> dict[str, Field]:
    """Return the fields of forms by name, then what only the lists show."""
    found: dict[str, Field] = {}
    for field in (field for one in sections for field in one.form):
        found.setdefault(field.name, field)
    for column in (column for one in sections for column in one.columns):
        if column.kind in _OF_LISTS:
            found.setdefault(column.name, _as_field(column))
    return found


def _as_field(column: Column) -> Field:
    return Field(column.name, column.title, column.kind, choices=column.choices)
