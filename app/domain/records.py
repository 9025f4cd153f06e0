"""Values that lists and forms exchange with the services: queries, rows, records (GEN-1, GEN-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

Row = tuple[Any, ...]
"""A row of a list: the ID first, then the section's columns in the order of its declaration."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column.

    ``op``: contains, excludes, equals, differs, starts, gt, ge, lt, le, between (both inclusive),
    in, empty, filled. ``values`` are typed as the column's kind says (Decimal, date, str …).
    """

    column: str
    op: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which rows of a section, in which order; ``sorts`` are (column, descending).

    ``search`` = words that must all occur in the section's search columns; ``arguments`` = fixed
    parameters of the source, by name; ``within`` = what the whole list is a part of (the accounts
    of one bank): rows outside are not counted as hidden.
    """

    section: str
    filters: tuple[Filter, ...] = ()
    sorts: tuple[tuple[str, bool], ...] = ()
    search: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    within: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one column over some rows: how many have a value; sum and mean of numbers, else None."""

    column: str
    count: int
    total: Any = None
    mean: Any = None
    least: Any = None
    greatest: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with equal values of the grouped columns; ``sums`` by column name."""

    values: tuple[Any, ...]
    count: int
    sums: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One saved change of a row of ``table``: when, who, and (field, old, new).

    As stored: the field's name and plain data; for a form: its title and
    :data:`app.domain.changes.Shown` values.
    """

    at: dt.datetime
    actor: str
    action: str
    changes: tuple[tuple[str, Any, Any], ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What a form shows. ``labels`` are shown texts of REFERENCE values.

    The label of several REFERENCES is their texts in the order of the value, one a line.
    ``locked`` = why a field of this record can't be changed now, by its name. ``begins`` = the
    local moment that tells the record from others of its title.
    """

    id: int
    version: int
    values: dict[str, Any]
    title: str
    created_at: dt.datetime | None = None
    created_by: str = ""
    updated_at: dt.datetime | None = None
    updated_by: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    history: tuple[HistoryEntry, ...] = ()
    locked: dict[str, str] = field(default_factory=dict)
    begins: dt.datetime | None = None


class WithSecret(str):
    """A sentence about something done, with a ``secret`` to be shown once and never stored."""

    __slots__ = ("secret",)
    secret: str

    def __new__(cls, sentence: str, secret: str = "") -> WithSecret:
        """Return the sentence; an empty secret makes it an ordinary one."""
        made = super().__new__(cls, sentence)
        made.secret = secret
        return made


class NewRecord(int):
    """The ID of a new record, with what the window says about it, a :class:`WithSecret`."""

    told: WithSecret

    def __new__(cls, record_id: int, told: WithSecret) -> NewRecord:
        """Return the ID."""
        made = super().__new__(cls, record_id)
        made.told = told
        return made
