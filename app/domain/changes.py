"""Changed fields as a person reads them: values with their meaning, written by whoever shows them.

The services know what a stored value is (a choice, a name, a moment in a zone); the window writes
it in its language, a file in a plain way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.sections import Choice, Field
from app.domain.zones import zone_name


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A local date and time (naive), and the time zone that it is meant in."""

    at: dt.datetime
    zone: str


One = str | bool | int | Decimal | dt.date | dt.datetime | LocalMoment | Choice
Shown = One | tuple[One, ...] | None
"""A value: an aware datetime is an instant, a naive one a local moment of an unsaid zone."""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field of an object before and after, with its words and as stored ("" = none).

    ``name``, ``old`` and ``new`` are for machines, ``title``, ``before`` and ``after`` for people.
    """

    name: str
    old: str
    new: str
    title: str
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class ObjectWords:
    """What people call the objects of the audit's tables, and the fields of these, by name."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)


def plain(value: Shown) -> str:
    """Return a value as files and terminals have it; instants are those of this computer."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(plain, value))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Choice):
        return value.title
    if isinstance(value, LocalMoment):
        return f"{value.at:%Y-%m-%d %H:%M} {value.zone}"
    if isinstance(value, dt.datetime):
        return _moment(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _moment(value: dt.datetime) -> str:
    if value.tzinfo is None:
        return f"{value:%Y-%m-%d %H:%M}"
    here = value.astimezone()
    return f"{here:%Y-%m-%d %H:%M:%S} {zone_name(here)}"
