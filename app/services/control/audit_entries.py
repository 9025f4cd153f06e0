"""One command in the audit: all its entries, field by field, and the same as a file (USR-6)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.db.queries import audit_entries
from app.db.queries.audit_entries import AuditEntry
from app.domain.sections import Column, Kind
from app.errors import UserError
from app.services.context import Context, service
from app.services.list_export import open_table

MOST = 1000
"""Entries of one command that are shown; a file has them all."""

ALL = 10**6

_COLUMNS = (
    Column("at", "Date and time", Kind.TEXT),
    Column("actor", "User"),
    Column("address", "Address"),
    Column("action", "Logged action"),
    Column("table", "Table"),
    Column("operation", "Operation"),
    Column("object_id", "Object ID"),
    Column("field", "Field"),
    Column("old", "Old value"),
    Column("new", "New value"),
    Column("company", "Company"),
)


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field of an object, its value before and after as texts ("" = none)."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: what happened to which object of which company.

    ``operation`` = INSERT, UPDATE or DELETE; ``exists``: the object is still there.
    """

    id: int
    action: str
    table: str
    operation: str
    object_id: str
    company: str
    fields: tuple[ChangedField, ...]
    exists: bool


@dataclass(frozen=True, slots=True)
class CommandDetail:
    """What one command of a person did; ``more`` = entries of it that are not among the changes.

    ``login`` is the server's own word for who it was, "" in a file.
    """

    id: int
    at: dt.datetime
    actor: str
    login: str
    address: str
    action: str
    operation_id: str
    changes: tuple[Change, ...]
    more: int


@service("audit", "view")
def detail(ctx: Context, audit_id: int) -> CommandDetail:
    """Return an entry with all others of its command. Raises UserError if there is none."""
    return _detail(ctx, audit_id, MOST)


@service("audit", "view", export=True)
def export_detail(ctx: Context, audit_id: int, path: Path, locale_free: bool = True) -> int:
    """Write all entries of a command, a row for each field, to .csv or .xlsx; return the rows."""
    found = _detail(ctx, audit_id, ALL)
    rows = list(_rows(found))
    with open_table(path, "Audit", _COLUMNS, len(rows), locale_free=locale_free) as sink:
        for row in rows:
            sink.write(row)
    return len(rows)


def _detail(ctx: Context, audit_id: int, most: int) -> CommandDetail:
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        asked = audit_entries.entry(connection, company, audit_id)
        if asked is None:
            raise UserError(f"There is no entry {audit_id} in the audit: refresh the list.")
        record = asked.record
        found = audit_entries.of_operation(connection, company, record.operation_id, most)
        if all(one.record.id != audit_id for one in found):
            found = [asked, *found[:-1]]
        number = audit_entries.number_of_operation(connection, company, record.operation_id)
        changes = tuple(_change(connection, one) for one in found)
    return CommandDetail(
        record.id,
        record.at,
        record.actor,
        record.login or "",
        record.address,
        _capital(record.action),
        record.operation_id,
        changes,
        number - len(changes),
    )


def _change(connection: Any, found: AuditEntry) -> Change:
    record = found.record
    there = audit_entries.is_there(connection, record.table_name, record.object_id)
    return Change(
        record.id,
        _capital(record.action),
        record.table_name,
        operation(record.old, record.new, first=found.first),
        record.object_id,
        found.company,
        changed_fields(record.old, record.new),
        there,
    )


def operation(old: dict[str, Any] | None, new: dict[str, Any] | None, *, first: bool) -> str:
    """Return what was done to the object, from what it was and became.

    Entries of a tree's changes tell only what became of it: the object's ``first`` entry added it.
    """
    if old and not new:
        return "DELETE"
    return "INSERT" if first and not old else "UPDATE"


def changed_fields(
    old: dict[str, Any] | None, new: dict[str, Any] | None
) -> tuple[ChangedField, ...]:
    """Return every field that either side names, with its texts."""
    before, after = old or {}, new or {}
    return tuple(
        ChangedField(name, text_of(before.get(name)), text_of(after.get(name)))
        for name in sorted({**before, **after})
    )


def text_of(value: Any) -> str:
    """Return a stored value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rows(found: CommandDetail) -> Iterator[list[str]]:
    at = found.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    for change in found.changes:
        head = [at, found.actor, found.address, change.action]
        head += [change.table, change.operation, change.object_id]
        for field in change.fields or (ChangedField("", "", ""),):
            yield [*head, field.name, field.old, field.new, change.company]
