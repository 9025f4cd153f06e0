"""What a section of the back office is: a list, a form and their rules, as data without code.

Tables, services and permissions are *names*; they are resolved after the first paint, so that a
declaration costs nothing at start (F8). A contract test resolves every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a value is shown, aligned, filtered, edited and exported."""

    TEXT = "text"
    CODE = "code"  # text that may look like a number: left, never turned into one
    NUMBER = "number"  # whole numbers
    PRICE = "price"  # Decimal, up to 8 decimals, at least 5 shown
    AMOUNT = "amount"  # Decimal, 2 to 4 decimals
    DATE = "date"  # a local date
    INSTANT = "instant"  # an aware datetime, shown in the person's own zone
    CHOICE = "choice"  # one of ``choices``
    STATUS = "status"  # a choice with glyph and colour (``tones``)
    FLAG = "flag"
    LONG_TEXT = "long_text"  # several lines; form only
    REFERENCE = "reference"  # another section's record: value = its ID, shown by its name
    MOMENT = "moment"  # a local date and time (naive) in the zone of the field ``zone``; form only
    CHOICES = "choices"  # several of ``choices``: a list of values
    REFERENCES = "references"  # several records: a list of IDs as texts, found by ``options``
    EMAILS = "emails"  # a list of mail addresses
    WORDS = "words"  # a list of free words; ``options`` may propose some
    HIDDEN = "hidden"  # a password: typed unseen, never shown again
    CELLS = "cells"  # permissions: {area: level} of the application in ``zone``


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list. ``tone`` = ok, warn, error, info, neutral (statuses only)."""

    value: str
    title: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; ``name`` is the column's label in the section's SQL source.

    ``width`` in characters; ``link`` = address with ``{column}`` places that a click opens;
    ``tail``: the end tells values apart (paths), so a long one is cut in its middle; ``none`` =
    how no value is shown ("Unlimited"); ``seconds``: an instant is shown with them; ``zone`` = the
    column with the time zone of an INSTANT, in which it is shown and its day filtered by.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 14
    choices: tuple[Choice, ...] = ()
    hidden: bool = False
    sortable: bool = True
    filterable: bool = True
    link: str = ""
    help: str = ""
    tail: bool = False
    none: str = ""
    seconds: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    ``fixed``: can't be changed after creation; ``instead`` says what to do then. ``shown_when``:
    (field, values) – shown and saved only while another field has one of these values.
    ``reset_by``: fields whose change empties this one (dependent choices). ``options``: service
    (module.function under app.services) that returns Choices for a REFERENCE, called as ``f(ctx,
    text, values)`` with the typed text and the form's values. ``zone`` = the field with the time
    zone of a MOMENT. ``computed``: never edited; in a new form shown when it is proposed.
    ``fills`` = service ``f(ctx, values) -> values`` behind a button with ``fills_title`` beside the
    field (fill by tax ID). ``drops`` = service ``f(ctx, values, word) -> sentence`` behind a cross
    beside each proposal of WORDS, which deletes the word itself; ``dropped_from`` = ``f(ctx,
    values, word) -> list[str]`` of who has it, shown in the question.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    default: object = None
    help: str = ""
    placeholder: str = ""
    longest: int = 200
    fixed: bool = False
    shown_when: tuple[str, tuple[str, ...]] | None = None
    reset_by: tuple[str, ...] = ()
    options: str = ""
    group: str = ""
    zone: str = ""
    computed: bool = False
    drops: str = ""
    dropped_from: str = ""
    fills: str = ""
    fills_title: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A list inside the page of a record: rows of ``section`` that belong to it.

    ``filters`` = (column, text) with ``{name}`` places for the record's id and values;
    ``adds`` = values, with the same places, that a new row there begins with; ``hides`` = columns
    that say of each row what the page says already; ``shows`` = those that say more here than in
    the whole list.
    """

    id: str
    title: str
    section: str
    filters: tuple[tuple[str, str], ...] = ()
    adds: tuple[tuple[str, str], ...] = ()
    shown_when: tuple[str, tuple[str, ...]] | None = None
    hides: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do with the selected rows (or with none), as menu entry, button and palette.

    ``service`` is called as ``f(ctx, ids)`` and returns a sentence for the toast; or ``opens`` is
    an address with ``{column}`` places. ``needs`` = "none", "one" or "some" rows. ``confirm`` is a
    question with ``{names}`` and ``{count}``; ``details`` a service ``f(ctx, ids) -> list[str]``
    of what depends on the rows, shown under the question. ``asks`` = fields to fill in with the
    question, whose values go along, ``f(ctx, ids, values)``; ``suggest`` a service ``f(ctx, ids) ->
    {field: (value, label)}`` of what they begin with. ``when`` = (column, values). ``minor``:
    tool bars keep it in the menu More.
    """

    id: str
    title: str
    icon: str = ""
    service: str = ""
    opens: str = ""
    needs: str = "one"
    shortcut: str = ""
    confirm: str = ""
    details: str = ""
    asks: tuple[Field, ...] = ()
    suggest: str = ""
    danger: bool = False
    when: tuple[str, tuple[str, ...]] | None = None
    level: str = "manage"
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A list with (perhaps) a form. ``area`` is the permission area; ``source`` the SQL source.

    ``open_row`` = address of a row's own page, "" = the generic form. ``load``, ``create``,
    ``update``, ``remove`` are services (module.function under app.services):
    ``load(ctx, id) -> records.Record``, ``create(ctx, values) -> id``,
    ``update(ctx, id, version, values)`` (Conflict if stale), ``remove(ctx, ids) -> str``,
    ``clone(ctx, id, values) -> id``, a copy with the form's values that are not fixed.
    ``arguments`` = names of fixed parameters of the source (a list of one scope's rates needs its
    scope); such sections do not stand in the navigation. ``suggest(ctx, values, changed) ->
    {field: (value, label)}`` proposes values, once for a new form (changed = "") and whenever a
    field that others are ``reset_by`` changes. In a new form a proposal takes the place of defaults
    and earlier proposals, never of what a person typed or an address gave; in a stored record it
    only fills what is empty. ``advise(ctx, id or None, values) -> {field: sentence}`` warns without
    refusing; values that can't be read or are not shown are None. ``parent`` = the section in whose
    navigation entry this one is a tab. ``kept`` = the column that tells whether a row is the
    actor's to change; what its tenant hands down is to look at.
    """

    id: str
    title: str
    singular: str
    group: str
    icon: str
    area: str
    source: str
    columns: tuple[Column, ...]
    sort: tuple[tuple[str, bool], ...] = ()
    search: tuple[str, ...] = ()
    form: tuple[Field, ...] = ()
    load: str = ""
    create: str = ""
    update: str = ""
    remove: str = ""
    clone: str = ""
    open_row: str = ""
    commands: tuple[Command, ...] = ()
    arguments: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    name_column: str = "name"
    empty: str = ""
    empty_hint: str = ""
    help: str = "lists"
    defaults: dict[str, str] = field(default_factory=dict)
    panels: tuple[Panel, ...] = ()
    suggest: str = ""
    advise: str = ""
    parent: str = ""
    kept: str = ""

    def column(self, name: str) -> Column:
        """Return a column by name. Raises KeyError."""
        return {c.name: c for c in self.columns}[name]
