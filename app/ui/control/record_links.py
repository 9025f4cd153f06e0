"""Where the objects of audit entries are shown: the address of each that is still there."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.records import ListQuery
from app.domain.sections import Section
from app.sections import SECTIONS
from app.sections.audit import RECORDS
from app.services import records
from app.services.context import Context
from app.services.control.audit_entries import Change

Key = tuple[str, str]
"""Table and ID of an object."""


def addresses(ctx: Context, changes: Sequence[Change]) -> dict[Key, str]:
    """Return the addresses of the objects that the actor may see and that still exist."""
    known = {section.id: section for section in SECTIONS}
    wanted: dict[str, set[int]] = {}
    for change in changes:
        if change.table in RECORDS and change.object_id.isdigit():
            wanted.setdefault(change.table, set()).add(int(change.object_id))
    found: dict[Key, str] = {}
    for table, ids in wanted.items():
        for name in RECORDS[table]:
            section = known[name]
            if ctx.actor.may(section.area, "view"):
                for number, address in _listed(ctx, section, sorted(ids)):
                    found.setdefault((table, str(number)), address)
    return found


def _listed(ctx: Context, section: Section, ids: list[int]) -> list[tuple[int, str]]:
    """Return the ids that a section lists, with the address that opens each there."""
    names = [column.name for column in section.columns]
    template = section.open_row or f"record?section={section.id}&id={{id}}"
    rows = records.rows_by_keys(ctx, section, ListQuery(section.id), ids)
    return [
        (row[0], template.format(**{"id": row[0], **dict(zip(names, row[1:], strict=True))}))
        for row in rows
    ]
