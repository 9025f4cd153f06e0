"""Which column of a file fills which fields: by titles or names, in any case, or as a person says.

Two fields may have one title (the billing day of weeks and of months): their column fills the one
that the row shows.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its place, its heading, the fields that it may fill."""

    place: int
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Heads:
    """The row of headings (0-based) and the columns that are read."""

    row: int
    columns: tuple[Head, ...]


def find_heads(
    load: Load, table: Table, mapping: Mapping[str, str], *, leave_out_unknown: bool = False
) -> Heads:
    """Return the columns of a table. ``mapping`` = {heading: field, or "" to leave it out}.

    Raises UserError for headings that are unknown, missing or there twice.
    """
    words = _words(load)
    chosen = _chosen(load, words, mapping)
    row = _heading_row(table, words, chosen)
    texts = [" ".join(text.split()) for text in table.rows[row]]
    _refuse_missing_headings(chosen, texts, mapping)
    heads, unknown = [], []
    for place, text in enumerate(texts):
        key = _key(text)
        fields = chosen[key] if key in chosen else words.get(key)
        if fields:
            heads.append(Head(place, text, fields))
        elif fields is None and key and key not in IGNORED:
            unknown.append(text)
    if unknown and not leave_out_unknown:
        named = ", ".join(f'"{text}"' for text in unknown[:5])
        raise UserError(
            f"{table.name} has columns that no field is called like: {named}. Rename them, or say "
            f"what they are with --map; --map '{unknown[0]}=' leaves one out."
        )
    _refuse_twice(table, heads)
    _refuse_missing(load, table, heads)
    return Heads(row, tuple(heads))


def _key(text: str) -> str:
    return " ".join(text.replace("*", " ").replace("_", " ").split()).casefold()


def _words(load: Load) -> dict[str, tuple[Field, ...]]:
    """Return the fields by everything that they are called, titles before names before others."""
    fields = {field.name: field for field in load.fields}
    named: dict[str, list[Field]] = {}
    for field in load.fields:
        named.setdefault(_key(field.title), []).append(field)
    found = {word: tuple(known) for word, known in named.items()}
    columns = {c.name: c.title for c in load.section.columns}
    others = [(name, name) for name in fields]
    others += [(name.removesuffix("_id"), name) for name in fields if name.endswith("_id")]
    others += [(word, name) for word, name in load.what.words]
    others += [(columns[name], name) for name in fields if name in columns]
    for word, name in others:
        found.setdefault(_key(word), (fields[name],))
    return found


def _chosen(
    load: Load, words: Mapping[str, tuple[Field, ...]], mapping: Mapping[str, str]
) -> dict[str, tuple[Field, ...]]:
    """Return what a person said about headings; an empty tuple leaves a column out."""
    found: dict[str, tuple[Field, ...]] = {}
    for heading, name in mapping.items():
        fields = words.get(_key(name)) if name.strip() else ()
        if fields is None:
            titles = ", ".join(field.title for field in load.fields)
            raise UserError(f'There is no field "{name}" here: choose one of {titles}.')
        found[_key(heading)] = fields
    return found


def _heading_row(
    table: Table,
    words: Mapping[str, tuple[Field, ...]],
    chosen: Mapping[str, tuple[Field, ...]],
) -> int:
    """Return the row among the first ones that has the most headings."""
    best, most = 0, 0
    for place, row in enumerate(table.rows[:LOOKED_AT]):
        known = sum(1 for text in row if _key(text) in words or _key(text) in chosen)
        if known > most:
            best, most = place, known
    if most == 0:
        raise UserError(
            f"{table.name} has no headings in its first {LOOKED_AT} rows: begin it with the titles "
            "of the form's fields, or take the template."
        )
    return best


def _refuse_missing_headings(
    chosen: Mapping[str, object], texts: Sequence[str], mapping: Mapping[str, str]
) -> None:
    there = {_key(text) for text in texts}
    for heading in mapping:
        if _key(heading) in chosen and _key(heading) not in there:
            raise UserError(
                f'The file has no column "{heading}": its columns are '
                f"{', '.join(filter(None, texts))}."
            )


def _refuse_twice(table: Table, heads: Sequence[Head]) -> None:
    filled: dict[tuple[str, ...], str] = {}
    for head in heads:
        names = tuple(field.name for field in head.fields)
        if names in filled:
            raise UserError(
                f'{table.name} has "{head.fields[0].title}" twice ("{filled[names]}" and '
                f'"{head.text}"): leave one of them out.'
            )
        filled[names] = head.text


def _refuse_missing(load: Load, table: Table, heads: Sequence[Head]) -> None:
    """Raise UserError unless the columns are there that tell rows apart."""
    there = {field.name for head in heads for field in head.fields}
    missing = [
        field.title
        for field in load.fields
        if field.name in load.key
        and field.required
        and field.name not in there
        and field.name != "effective_from"
    ]
    if missing:
        raise UserError(
            f"{table.name} has no column {' and no column '.join(missing)}: add it, or say with "
            "--map which column it is."
        )
