"""Which column of a file fills which fields: by titles or names, in any case, or as a person says.

Two fields may have one title (the billing day of weeks and of months): their column fills the one
that the row shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.sections import Field
from app.errors import UserError
from app.services.bulk.loads import Load
from app.services.bulk.table import Table

LOOKED_AT = 20
"""Rows among which the one with the headings is looked for."""

REASON = "Reason"
IGNORED = frozenset({"reason", "row"})
"""Headings that rejects files add."""

_BEGIN = "begin it with the titles of the form's fields, take the template"

NAMED = 5
"""Columns that a sentence names."""


class WrongColumns(UserError):
    """Columns of a file that can't be read until a person says what they are."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its place, its heading, the fields that it may fill.

    ``text`` is told from all other headings ("Name [2]", "Column D"); a column without fields is
    not known, unless it is ``left_out``.
    """

    place: int
    text: str
    fields: tuple[Field, ...] = ()
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """The row of headings (0-based) and all columns that have a heading or a cell."""

    row: int
    all: tuple[Head, ...]

    @property
    def columns(self) -> tuple[Head, ...]:
        """Return the columns that are read."""
        return tuple(head for head in self.all if head.fields)

    @property
    def unknown(self) -> tuple[Head, ...]:
        """Return the columns that nobody said anything about."""
        return tuple(head for head in self.all if not head.fields and not head.left_out)


def find_heads(
    load: Load, table: Table, mapping: Mapping[str, str], *, leave_out_unknown: bool = False
) -> Heads:
    """Return the columns of a table. ``mapping`` = {heading: field, or "" to leave it out}.

    Raises WrongColumns for headings that are unknown, missing or there twice.
    """
    heads = read_heads(load, table, mapping)
    texts = {heading_key(head.text) for head in heads.all}
    for heading in mapping:
        if heading_key(heading) not in texts:
            raise UserError(
                f'The file has no column "{heading}": its columns are '
                f"{', '.join(head.text for head in heads.all)}."
            )
    wrong = refusal(load, table, heads, leave_out_unknown=leave_out_unknown)
    if wrong:
        raise WrongColumns(wrong)
    return heads


def read_heads(load: Load, table: Table, mapping: Mapping[str, str]) -> Heads:
    """Return the columns of a table as far as they are known; headings not there are passed over.

    Raises UserError for an empty table, and for fields that are not there.
    """
    words = _words(load)
    chosen = _chosen(load, words, mapping)
    row = _heading_row(table, words, chosen)
    found = []
    for place, text in enumerate(_told_apart(table, row)):
        if text:
            key = heading_key(text)
            fields = chosen.get(key, words.get(heading_key(table.rows[row][place]), ()))
            out = key in IGNORED or chosen.get(key) == ()
            found.append(Head(place, text, fields, left_out=out))
    return Heads(row, tuple(found))


def fitting(load: Load, tables: Sequence[Table], mapping: Mapping[str, str]) -> Table:
    """Return the table that most looks like what is loaded, the first of several alike."""
    words = _words(load)
    known = words.keys() | {heading_key(heading) for heading in mapping}

    def fit(table: Table) -> int:
        return max((_known(row, known) for row in table.rows[:LOOKED_AT]), default=0)

    return max(tables, key=fit)


def refusal(load: Load, table: Table, heads: Heads, *, leave_out_unknown: bool = False) -> str:
    """Return why the columns can't be read as they are, "" if they can."""
    if not heads.columns:
        return (
            f"{table.name} has no headings that are known in its first {LOOKED_AT} rows: {_BEGIN}, "
            "or say what the columns are."
        )
    unknown = "" if leave_out_unknown else _unknown(table, heads)
    return unknown or _twice(table, heads) or _missing(load, table, heads)


def heading_key(text: str) -> str:
    """Return a heading as it is compared: in any case, without the star of what is needed."""
    return " ".join(text.replace("*", " ").replace("_", " ").split()).casefold()


def _told_apart(table: Table, row: int) -> list[str]:
    """Return the headings, each once; a column with cells and without a heading has its letter."""
    seen: Counter[str] = Counter()
    found = []
    for place, raw in enumerate(table.rows[row]):
        text = " ".join(raw.split())
        if not heading_key(text):
            used = any(cells[place] for cells in table.rows[row + 1 :])
            text = f"Column {_letters(place)}" if used else ""
        seen[heading_key(text)] += 1
        number = seen[heading_key(text)]
        found.append(f"{text} [{number}]" if text and number > 1 else text)
    return found


def _letters(place: int) -> str:
    """Return a column's letters as spreadsheets show them: A, …, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _words(load: Load) -> dict[str, tuple[Field, ...]]:
    """Return the fields by everything that they are called, titles before names before others."""
    fields = {field.name: field for field in load.fields}
    named: dict[str, list[Field]] = {}
    for field in load.fields:
        named.setdefault(heading_key(field.title), []).append(field)
    found = {word: tuple(known) for word, known in named.items()}
    columns = {c.name: c.title for c in load.section.columns}
    others = [(name, name) for name in fields]
    others += [(name.removesuffix("_id"), name) for name in fields if name.endswith("_id")]
    others += [(word, name) for word, name in load.what.words]
    others += [(columns[name], name) for name in fields if name in columns]
    for word, name in others:
        found.setdefault(heading_key(word), (fields[name],))
    return found


def _chosen(
    load: Load, words: Mapping[str, tuple[Field, ...]], mapping: Mapping[str, str]
) -> dict[str, tuple[Field, ...]]:
    """Return what a person said about headings; an empty tuple leaves a column out."""
    found: dict[str, tuple[Field, ...]] = {}
    for heading, name in mapping.items():
        fields = words.get(heading_key(name)) if name.strip() else ()
        if fields is None:
            titles = ", ".join(field.title for field in load.fields)
            raise UserError(f'There is no field "{name}" here: choose one of {titles}.')
        found[heading_key(heading)] = fields
    return found


def _heading_row(
    table: Table,
    words: Mapping[str, tuple[Field, ...]],
    chosen: Mapping[str, tuple[Field, ...]],
) -> int:
    """Return the row among the first ones that has the most headings, else the most cells."""
    known = words.keys() | chosen.keys()
    rows = list(enumerate(table.rows[:LOOKED_AT]))
    fits = [(_known(row, known), place) for place, row in rows]
    if not any(fit for fit, _ in fits):
        fits = [(sum(map(bool, row)), place) for place, row in rows]
    most = max((fit for fit, _ in fits), default=0)
    if most == 0:
        raise UserError(
            f"{table.name} has nothing in its first {LOOKED_AT} rows: choose another one."
        )
    return next(place for fit, place in fits if fit == most)


def _known(row: Sequence[str], words: set[str]) -> int:
    return sum(1 for text in row if heading_key(text) in words)


def _unknown(table: Table, heads: Heads) -> str:
    texts = table.rows[heads.row]
    bare = next((one for one in heads.unknown if not heading_key(texts[one.place])), None)
    if bare is not None:
        below = enumerate(table.rows[heads.row + 1 :], start=heads.row + 2)
        number = next(n for n, row in below if row[bare.place])
        return (
            f"{table.name} has a cell without a heading in row {number} ({bare.text}): give the "
            "column a heading, put a value with a comma into quotation marks, or leave it out."
        )
    unknown = [f'"{head.text}"' for head in heads.unknown]
    if not unknown:
        return ""
    more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
    return (
        f"{table.name} has columns that no field is called like: {', '.join(unknown[:NAMED])}"
        f"{more}. Rename them, or say what they are or that they are to be left out."
    )


def _twice(table: Table, heads: Heads) -> str:
    filled: dict[tuple[str, ...], str] = {}
    for head in heads.columns:
        names = tuple(field.name for field in head.fields)
        if names in filled:
            return (
                f'{table.name} has "{head.fields[0].title}" twice ("{filled[names]}" and '
                f'"{head.text}"): leave one of them out.'
            )
        filled[names] = head.text
    return ""


def _missing(load: Load, table: Table, heads: Heads) -> str:
    """Return a sentence unless the columns are there that tell rows apart."""
    there = {field.name for head in heads.columns for field in head.fields}
    missing = [
        field.title
        for field in load.fields
        if field.name in load.key
        and field.required
        and field.name not in there
        and field.name != "effective_from"
    ]
    if not missing:
        return ""
    return (
        f"{table.name} has no column {' and no column '.join(missing)}: add it, or say which "
        "column it is."
    )
