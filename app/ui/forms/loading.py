"""What the page of a record reads in one job: the record, its row, proposals for a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.records import ListQuery, Record, Row
from app.domain.sections import Field, Kind, Section
from app.errors import UserError
from app.services import records
from app.services.context import Context
from app.services.form_values import typed

Proposals = Mapping[str, tuple[Any, str]]
"""Field → (value, shown text)."""


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
    values = dict(found.values)
    labels = {**found.labels, **labels_for(ctx, section, values, found.labels)}
    return Loaded(replace(found, labels=labels), rows[0] if rows else None, values, labels)


def load_new(
    ctx: Context,
    section: Section,
    clone: int | None = None,
    given: Mapping[str, str] | None = None,
) -> Loaded:
    """Return the proposals of a new record, or of a copy under another name.

    ``given`` = texts of an address for some fields; the section's proposals spare those.
    """
    if clone is not None:
        found = load_record(ctx, section, clone)
        values = dict(found.values)
        if section.name_column in values:
            values[section.name_column] = f"{values[section.name_column]} (copy)"
        return replace(found, values=values)
    values = {field.name: field.default for field in section.form}
    set_ones = {
        field.name: typed(field, given[field.name])
        for field in section.form
        if given and field.name in given
    }
    values |= set_ones
    known: dict[str, str] = {}
    if section.suggest:
        for name, (value, label) in proposed(ctx, section, values, "").items():
            if name in values and name not in set_ones:
                values[name], known[name] = value, label
    return Loaded(None, None, values, labels_for(ctx, section, values, known))


def proposed(ctx: Context, section: Section, values: Mapping[str, Any], changed: str) -> Proposals:
    """Return what a section proposes for a form, after ``changed`` changed ("" = a new form)."""
    found: Proposals = records.named_service(section.suggest)(ctx, dict(values), changed)
    return found


def labels_for(
    ctx: Context, section: Section, values: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, str]:
    """Return the shown texts of the references among the values."""
    labels = {}
    for field in section.form:
        value = values.get(field.name)
        if value in (None, "", []):
            continue
        if field.kind is Kind.REFERENCE and field.options:
            labels[field.name] = _label(ctx, field, value, values, known.get(field.name, ""))
        elif field.kind is Kind.REFERENCES:
            labels[field.name] = known.get(field.name) or "\n".join(
                _label(ctx, field, one, values, "") for one in value
            )
    return labels


def _label(ctx: Context, field: Field, value: Any, values: Mapping[str, Any], known: str) -> str:
    """Return the shown text of a reference's value, as its choices call it.

    Who may not look at the choices gets what the record itself says, else the value.
    """
    asked = known or str(value)
    try:
        choices = records.named_service(field.options)(ctx, asked, dict(values))
    except UserError:
        return asked
    return next((c.title for c in choices if c.value == value), asked)
