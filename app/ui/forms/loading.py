"""What the page of a record reads in one job: the record, its row, proposals for a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.domain.records import ListQuery, Record, Row
from app.domain.sections import Field, Kind, Section
from app.services import records
from app.services.context import Context


@dataclass(frozen=True, slots=True)
class Loaded:
    """The stored record (of a copy: the original), its row in the list, and what the form shows."""

    record: Record | None
    row: Row | None
    values: dict[str, Any]
    labels: dict[str, str]


def load_record(ctx: Context, section: Section, record_id: int) -> Loaded:
    """Return a record and its row, which says which commands fit it."""
    found = records.load(ctx, section, record_id)
    rows = records.rows_by_keys(ctx, section, ListQuery(section.id), [record_id])
    values, labels = dict(found.values), dict(found.labels)
    for field in section.form:
        if field.kind is Kind.REFERENCE and field.options:
            labels[field.name] = _label(ctx, field, values, labels.get(field.name, ""))
    return Loaded(replace(found, labels=labels), rows[0] if rows else None, values, labels)


def load_new(ctx: Context, section: Section, clone: int | None = None) -> Loaded:
    """Return the proposals of a new record, or of a copy under another name."""
    if clone is not None:
        found = load_record(ctx, section, clone)
        values = dict(found.values)
        if section.name_column in values:
            values[section.name_column] = f"{values[section.name_column]} (copy)"
        return replace(found, values=values)
    values = {field.name: field.default for field in section.form}
    labels = {
        field.name: _label(ctx, field, values, "")
        for field in section.form
        if field.kind is Kind.REFERENCE and field.options and field.default is not None
    }
    return Loaded(None, None, values, labels)


def _label(ctx: Context, field: Field, values: dict[str, Any], known: str) -> str:
    """Return the shown text of a reference's value, as its choices call it."""
    value = values.get(field.name)
    if value in (None, ""):
        return ""
    asked = known or str(value)
    choices = records.named_service(field.options)(ctx, asked, values)
    return next((c.title for c in choices if c.value == value), asked)
