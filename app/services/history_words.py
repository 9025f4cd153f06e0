"""What the audit keeps of changes, as people know it: titles of fields, names for IDs, values.

The words are those of the sections' lists and forms, which the caller gives; who may see an entry
was decided before.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.db.queries.object_names import Name, is_id, names_of, refers_to
from app.domain.changes import ChangedField, LocalMoment, ObjectWords, One, Shown
from app.domain.permissions import area
from app.domain.records import HistoryEntry
from app.domain.sections import Choice, Field, Kind, Section
from app.domain.zones import local_of, zone_of
from app.services.accounts.choices import country_name

_LEVELS = {"view": Choice("view", "View"), "manage": Choice("manage", "Manage")}
_NONE = Choice("none", "None")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_LAST_NAMES = ("name", "code", "email", "alias", "value", "login", "service")
"""Fields that say what an object was called that is gone."""

_QUANTITIES = frozenset({"size"})
"""Amounts that may count units, which have no cents."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry tells of an object: its fields before and after."""

    table: str
    object_id: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def name(self) -> Name:
        """Return the object."""
        return self.table, self.object_id


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says entries in words; ``names`` = those of the objects and of what their fields refer to."""

    words: ObjectWords
    names: Mapping[Name, str]

    def object(self, told: Told) -> str:
        """Return what an object is called, or was; "#ID" if nothing says so."""
        return object_name(told.name, {**told.old, **told.new}, self.names)

    def fields(self, told: Told) -> list[ChangedField]:
        """Return every field that either side names, in the order of the form."""
        known = self.words.fields.get(told.table, {})
        order = {name: place for place, name in enumerate(known)}
        given = sorted({**told.old, **told.new}, key=lambda n: (order.get(n, len(order)), n))
        return [one for name in given for one in self._changed(told, known.get(name), name)]

    def _changed(self, told: Told, field: Field | None, name: str) -> Iterator[ChangedField]:
        old, new = told.old.get(name), told.new.get(name)
        field = field or Field(name, capital(name.removesuffix("_id").replace("_", " ")))
        if field.kind is Kind.CELLS:
            yield from _cells(field, old, new)
            return
        before, after = (
            self._value(told, field, side, value)
            for side, value in ((told.old, old), (told.new, new))
        )
        yield ChangedField(name, text_of(old), text_of(new), field.title, before, after)

    def _value(self, told: Told, field: Field, side: Mapping[str, Any], value: Any) -> Shown:
        if value is None or value == "" or value == []:
            return None
        if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
            return tuple(self._one(told, field, side, one) for one in value)
        return self._one(told, field, side, value)

    def _one(self, told: Told, field: Field, side: Mapping[str, Any], value: Any) -> One:
        target = refers_to(told.table, field.name)
        if target and (isinstance(value, int) or is_id(str(value))):
            return self.names.get((target, str(value)), f"#{value}")
        if field.kind is Kind.MOMENT:
            return _moment(str(value), str(side.get(field.zone) or ""))
        return _READERS.get(field.kind, _plain)(field, value)


def sayer_of(connection: Any, told: Sequence[Told], words: ObjectWords) -> Sayer:
    """Return what says these entries in words, with all names that they need."""
    referred = (reference for one in told for reference in _references(one))
    return Sayer(words, named(connection, (*(one.name for one in told), *referred)))


def worded_history(
    connection: Any, section: Section, history: Sequence[HistoryEntry]
) -> tuple[HistoryEntry, ...]:
    """Return the saved changes of a record of a section as its form would say them."""
    told = [Told(entry.table, "", _side(entry, 1), _side(entry, 2)) for entry in history]
    form = {field.name: field for field in section.form}
    sayer = sayer_of(connection, told, ObjectWords(fields={entry.table: form for entry in history}))
    return tuple(
        replace(
            entry,
            action=capital(entry.action),
            changes=tuple((f.title, f.before, f.after) for f in sayer.fields(one)),
        )
        for entry, one in zip(history, told, strict=True)
    )


def _side(entry: HistoryEntry, place: int) -> dict[str, Any]:
    return {change[0]: change[place] for change in entry.changes}


def _references(told: Told) -> Iterator[Name]:
    for side in (told.old, told.new):
        for name, value in side.items():
            target = refers_to(told.table, name)
            if target:
                listed = value if isinstance(value, list) else [value]
                yield from ((target, str(one)) for one in listed)


def named(connection: Any, objects: Iterable[Name]) -> dict[Name, str]:
    """Return the names of objects that are still there, in a query a table."""
    wanted: dict[str, set[int]] = {}
    for table, object_id in objects:
        if is_id(object_id):
            wanted.setdefault(table, set()).add(int(object_id))
    return names_of(connection, wanted)


def object_name(name: Name, values: Mapping[str, Any], names: Mapping[Name, str]) -> str:
    """Return what an object is called now, or was by the values told of it; else "#ID"."""
    object_id = name[1]
    if name in names:
        return names[name]
    if not is_id(object_id):
        return object_id.replace("_", " ").replace("/", " ").capitalize()
    last = next((values[n] for n in _LAST_NAMES if isinstance(values.get(n), str | int)), "")
    return str(last) if last else f"#{object_id}"


def capital(text: str) -> str:
    """Return a text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------------------ values


def _cells(field: Field, old: Any, new: Any) -> Iterator[ChangedField]:
    """Yield the areas whose permission differs."""
    before, after = (side if isinstance(side, dict) else {} for side in (old, new))
    for name in sorted({**before, **after}):
        levels = before.get(name), after.get(name)
        if levels[0] == levels[1]:
            continue
        try:
            title = area(name).title
        except KeyError:
            title = name
        said = [_LEVELS.get(str(level), _NONE) if old or new else None for level in levels]
        yield ChangedField(
            f"{field.name}.{name}",
            text_of(levels[0]),
            text_of(levels[1]),
            f"{field.title}: {title}",
            said[0] if old is not None else None,
            said[1],
        )


def _moment(text: str, zone: str) -> One:
    """Return a stored moment of a form: local, with its zone where the entry says it."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    try:
        chosen = zone_of(zone)
    except ValueError:
        return at
    return LocalMoment(at if at.tzinfo is None else local_of(at, chosen), zone)


def _choice(field: Field, value: Any) -> One:
    return next((c for c in field.choices if c.value == str(value)), str(value))


def _date(_field: Field, value: Any) -> One:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return str(value)


def _amount(field: Field, value: Any) -> One:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    is_quantity = field.name in _QUANTITIES and number == number.to_integral_value()
    return int(number) if is_quantity else number


def _reference(field: Field, value: Any) -> One:
    return country_name(str(value)) if field.options.endswith(".countries") else str(value)


def _plain(field: Field, value: Any) -> One:
    """Return a value of a field that no form has, or whose kind is that of the value itself."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{capital(name)}: {text_of(part)}" for name, part in value.items())
    text = text_of(value)
    if field.options or field.kind not in {Kind.TEXT, Kind.INSTANT}:
        return text
    if _INSTANT.fullmatch(text):
        return dt.datetime.fromisoformat(text)
    return _date(field, text) if _DATE.fullmatch(text) else text


_Reader = Callable[[Field, Any], One]

_READERS: Mapping[Kind, _Reader] = {
    Kind.CHOICE: _choice,
    Kind.STATUS: _choice,
    Kind.CHOICES: _choice,
    Kind.DATE: _date,
    Kind.AMOUNT: _amount,
    Kind.PRICE: _amount,
    Kind.REFERENCE: _reference,
    Kind.REFERENCES: _reference,
}


def text_of(value: Any) -> str:
    """Return a stored value as a text for machines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
