"""Finds records of any section by number or by parts of their names, for the palette (item 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.permissions import SELF
from app.domain.records import Filter, ListQuery, Row
from app.domain.sections import Column, Kind, Section
from app.services import records
from app.services.context import Context, service

PER_SECTION = 8
"""Records that one section adds at most, so that none crowds the others out."""

LARGEST_ID = 2**63 - 1
TOLD = frozenset({Kind.TEXT, Kind.CODE, Kind.CHOICE, Kind.STATUS, Kind.REFERENCE})
DETAILS = 3


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record to go to: its name, what tells it from others, and the address of its page."""

    section: str
    id: int
    title: str
    detail: str
    address: str


@service(SELF, "view")
def find_records(
    ctx: Context, sections: Sequence[Section], text: str, limit: int = 30
) -> list[FoundRecord]:
    """Return records whose number is ``text`` or whose texts hold all its words, best first.

    Sections that the actor may not view, and those of one parent only, are left out.
    """
    wanted = text.strip().lstrip("#")
    found: list[tuple[int, FoundRecord]] = []
    for section in sections:
        if wanted and not section.arguments and ctx.actor.may(section.area, "view"):
            found.extend(_of_section(ctx, section, wanted))
        ctx.stop_if_cancelled()
    return [record for _, record in sorted(found, key=lambda pair: pair[0])][:limit]


def _of_section(ctx: Context, section: Section, wanted: str) -> list[tuple[int, FoundRecord]]:
    names = {c.name for c in section.columns}
    rows: dict[int, Row] = {}
    everything = ListQuery(section.id)
    if wanted.isdecimal() and int(wanted) <= LARGEST_ID and "id" in names:
        numbered = replace(everything, filters=(Filter("id", "equals", (int(wanted),)),))
        rows.update((r[0], r) for r in records.first_rows(ctx, section, numbered, 1))
    if section.search:
        named = replace(everything, search=wanted)
        rows.update((r[0], r) for r in records.first_rows(ctx, section, named, PER_SECTION))
    made = [_record(section, row) for row in rows.values()]
    return [(_rank(record, wanted), record) for record in made]


def _rank(record: FoundRecord, wanted: str) -> int:
    """Return 0 for the number itself, then whole names, beginnings, words, the rest."""
    title, text = record.title.casefold(), wanted.casefold()
    if str(record.id) == wanted:
        return 0
    if title == text:
        return 1
    if title.startswith(text):
        return 2
    return 3 if all(w in title for w in text.split()) else 4


def _record(section: Section, row: Row) -> FoundRecord:
    values = dict(zip(("", *(c.name for c in section.columns)), row, strict=False))
    values.setdefault("id", row[0])
    title = str(values.get(section.name_column) or f"{section.singular} {row[0]}")
    told = [
        _shown(column, values[column.name])
        for column in section.columns
        if column.name != section.name_column and column.kind in TOLD and not column.hidden
    ]
    return FoundRecord(
        section.id,
        row[0],
        title,
        " · ".join([f"#{row[0]}", *[t for t in told if t][:DETAILS]]),
        address_of(section, values),
    )


def address_of(section: Section, values: dict[str, Any]) -> str:
    """Return the address of a row's page: the section's own, else the form."""
    if section.open_row:
        return section.open_row.format(**values)
    return f"record?id={values['id']}&section={section.id}"


def _shown(column: Column, value: object) -> str:
    titles = {c.value: c.title for c in column.choices}
    return titles.get(str(value), str(value)) if value is not None else ""
