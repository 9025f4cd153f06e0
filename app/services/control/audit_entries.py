"""One command in the audit: all its entries, field by field, and the same as a file (USR-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.db.queries import audit_entries
from app.db.queries.audit_entries import AuditEntry
from app.domain.changes import ChangedField, ObjectWords, plain
from app.domain.records import ListQuery
from app.domain.sections import Column
from app.errors import UserError
from app.services.context import Context, service
from app.services.history_words import Told, capital, named, object_name, sayer_of
from app.services.list_export import open_table

MOST = 1000
"""Entries of one command that are shown; a file has them all."""

ALL = 10**6

NO_WORDS = ObjectWords()
"""Fields and objects are called as they are stored."""

OPERATIONS = {"INSERT": "Added", "UPDATE": "Changed", "DELETE": "Deleted"}
"""What was done to an object, in words."""

_COLUMNS = (
    Column("at", "Date and time"),
    Column("actor", "User"),
    Column("address", "Address"),
    Column("action", "Logged action"),
    Column("object", "Object"),
    Column("title", "Name"),
    Column("object_id", "Object ID"),
    Column("done", "Operation"),
    Column("field", "Field"),
    Column("before", "Old value"),
    Column("after", "New value"),
    Column("company", "Company"),
    Column("table", "Table"),
    Column("operation", "Stored operation"),
    Column("name", "Stored field"),
    Column("old", "Stored old value"),
    Column("new", "Stored new value"),
)
"""Of a file: what people read, then what programs do."""

_NO_FIELD = ChangedField("", "", "", "", None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: what happened to which object of which company.

    ``operation`` = INSERT, UPDATE or DELETE; ``exists``: the object is still there; ``kind`` and
    ``name`` are what people call it.
    """

    id: int
    action: str
    table: str
    operation: str
    object_id: str
    company: str
    fields: tuple[ChangedField, ...]
    exists: bool
    kind: str
    name: str


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
def objects(
    ctx: Context, connection: Any, _query: ListQuery, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return what the objects of a page of entries are called."""
    found = audit_entries.objects_of(connection, ctx.actor.company_id, ids)
    names = named(connection, (name for name, _ in found.values()))
    return [
        {"object": object_name(*found[number], names) if number in found else ""} for number in ids
    ]


@service("audit", "view")
def detail(ctx: Context, audit_id: int, words: ObjectWords = NO_WORDS) -> CommandDetail:
    """Return an entry with all others of its command, said in ``words``.

    Raises UserError if there is none.
    """
    return _detail(ctx, audit_id, words, MOST)


@service("audit", "view", export=True)
def export_detail(
    ctx: Context,
    audit_id: int,
    path: Path,
    words: ObjectWords = NO_WORDS,
    locale_free: bool = True,
) -> int:
    """Write all entries of a command, a row for each field, to .csv or .xlsx; return the rows."""
    found = _detail(ctx, audit_id, words, ALL)
    rows = list(_rows(found))
    with open_table(path, "Audit", _COLUMNS, len(rows), locale_free=locale_free) as sink:
        for row in rows:
            sink.write(row)
    return len(rows)


def _detail(ctx: Context, audit_id: int, words: ObjectWords, most: int) -> CommandDetail:
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
        changes = _changes(connection, found, words)
    return CommandDetail(
        record.id,
        record.at,
        record.actor,
        record.login or "",
        record.address,
        capital(record.action),
        record.operation_id,
        changes,
        number - len(changes),
    )


def _changes(
    connection: Any, found: Sequence[AuditEntry], words: ObjectWords
) -> tuple[Change, ...]:
    told = [_told(one) for one in found]
    sayer = sayer_of(connection, told, words)
    there = audit_entries.existing(connection, {one.name for one in told})
    return tuple(
        Change(
            id=entry.record.id,
            action=capital(entry.record.action),
            table=one.table,
            operation=operation(entry.record.old, entry.record.new, first=entry.first),
            object_id=one.object_id,
            company=entry.company,
            fields=tuple(sayer.fields(one)),
            exists=one.name in there,
            kind=words.kinds.get(one.table, one.table),
            name=sayer.object(one),
        )
        for entry, one in zip(found, told, strict=True)
    )


def _told(found: AuditEntry) -> Told:
    record = found.record
    return Told(record.table_name, record.object_id, record.old or {}, record.new or {})


def operation(old: dict[str, Any] | None, new: dict[str, Any] | None, *, first: bool) -> str:
    """Return what was done to the object, from what it was and became.

    Entries of a tree's changes tell only what became of it: the object's ``first`` entry added it.
    """
    if old and not new:
        return "DELETE"
    return "INSERT" if first and not old else "UPDATE"


def _rows(found: CommandDetail) -> Iterator[list[str]]:
    at = found.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    for change in found.changes:
        head = [at, found.actor, found.address, change.action, change.kind, change.name]
        head += [change.object_id, OPERATIONS[change.operation]]
        for field in change.fields or (_NO_FIELD,):
            said = [field.title, plain(field.before), plain(field.after), change.company]
            stored = [change.table, change.operation, field.name, field.old, field.new]
            yield [*head, *said, *stored]
