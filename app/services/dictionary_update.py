"""A newer list of a dictionary from a file: what it would change, doing it, undoing it (GEN-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.db.queries import dictionary_aliases, dictionary_entries
from app.db.queries.audit import audit_trail
from app.db.queries.dictionary_entries import EntryRecord
from app.domain.counting import counted
from app.errors import UserError
from app.services import audit
from app.services.bulk.table import Table, read_table
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.dictionary_changes import checked
from app.services.dictionary_store import store
from dictionaries.entries import Dictionary, UserEntry
from dictionaries.update import UpdateResult, update_from_rows

TABLE = "dictionary_entry"
UPDATE, UNDO = "update dictionary", "undo update"

UNDOABLE = 3000
"""Entries up to which the audit keeps what an update replaced; greater ones can't be undone."""

SHOWN = 2000
"""Lines of a preview; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Keys that a list adds, changes, retires, has as they are; sentences about rows left out."""

    added: int
    changed: int
    retired: int
    unchanged: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One key of a preview: ``what`` is added, changed or retired, ``details`` what changes."""

    what: str
    key: str
    name: str
    details: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do; ``refusal`` says why it can't be taken, "" if it can.

    ``undoable``: the update can be undone.
    """

    dictionary: str
    title: str
    file: str
    counts: Counts
    lines: tuple[Line, ...]
    refusal: str
    undoable: bool


@service("mccmnc", "view")
def preview_update(ctx: Context, name: str, file: Path, *, complete: bool) -> Preview:
    """Return what the list in ``file`` would change; ``complete``: it retires what it lacks."""
    table = read_table(file, report=ctx.report, cancelled=ctx.cancelled)
    with ctx.database.read() as connection:
        known = dictionaries_of(connection, ctx.actor.company_id)
        checked(known.names(), name)
        found = _compared(known[name], table, complete=complete)
    lines = [
        *(_line("added", known[name], entry) for entry in found.added),
        *(_line("changed", known[name], entry) for entry in found.changed),
        *(_line("retired", known[name], entry) for entry in found.retired),
    ]
    return Preview(
        name,
        known[name].title,
        table.name,
        _counts(found),
        tuple(lines[:SHOWN]),
        _gutting(known[name], table.name, len(found.retired)),
        len(found.entries) <= UNDOABLE,
    )


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did; ``undoable``: it can be undone."""

    counts: Counts
    undoable: bool


@service("mccmnc", "manage")
def update_dictionary(ctx: Context, name: str, file: Path, *, complete: bool) -> Updated:
    """Bring dictionary ``name`` up to the list in ``file``, all of it or nothing.

    ``complete`` retires keys that the list does not have. Raises UserError, Cancelled.
    """
    table = read_table(file, report=ctx.report, cancelled=ctx.cancelled)
    company = ctx.actor.company_id
    with ctx.database.write(bulk=True) as connection:
        known = dictionaries_of(connection, company)
        checked(known.names(), name)
        found = _compared(known[name], table, complete=complete)
        refusal = _gutting(known[name], table.name, len(found.retired))
        if refusal:
            raise UserError(refusal)
        undoable = 0 < len(found.entries) <= UNDOABLE
        keys = {entry.key for entry in found.entries}
        before = _stored(connection, company, name, keys) if undoable else {}
        store(connection, ctx, found.entries)
        counts = _counts(found)
        told: dict[str, Any] = {"file": table.name, **asdict(counts)}
        told |= {"problems": None, "left_out": len(counts.problems)}
        old = None
        if undoable:
            after = _stored(connection, company, name, keys)
            told["versions"] = {key: record.version for key, record in after.items()}
            told["aliases"] = [[e.key, alias] for e in found.entries for alias in e.aliases]
            old = {"entries": {key: _kept(before.get(key)) for key in sorted(keys)}}
        ctx.stop_if_cancelled()
        audit.record(ctx, connection, UPDATE, TABLE, name, told, old=old)
    return Updated(counts, undoable)


@service("mccmnc", "manage")
def undo_update(ctx: Context, name: str) -> str:
    """Put back what the last update of a dictionary changed, but for what was changed since."""
    company = ctx.actor.company_id
    with ctx.database.write(bulk=True) as connection:
        entry = _last_update(connection, company, name)
        kept, undone = [], 0
        versions = entry.new["versions"]
        now_stored = _stored(connection, company, name, set(versions))
        for key, before in entry.old["entries"].items():
            record = now_stored.get(key)
            if record is None or record.version != versions.get(key):
                kept.append(key)
                continue
            _put_back(ctx, connection, record, before)
            undone += 1
        _take_aliases(connection, company, name, entry.new["aliases"])
        told = {"undoes": entry.id, "undone": undone, "kept": len(kept)}
        audit.record(ctx, connection, UNDO, TABLE, name, told)
        ctx.stop_if_cancelled()
    sentence = f"Undone: {counted(undone, 'entry')} of {name} as before the update."
    if kept:
        more = f" and {len(kept) - 5} more" if len(kept) > 5 else ""
        sentence += f" Changed since and left as they are: {', '.join(kept[:5])}{more}."
    return sentence


@service("mccmnc", "view")
def last_update(ctx: Context, name: str) -> str:
    """Return what the last update that can be undone was, in a sentence; "" if there is none."""
    with ctx.database.read() as connection:
        try:
            entry = _last_update(connection, ctx.actor.company_id, name)
        except UserError:
            return ""
    return f"{entry.new['file']}, by {entry.actor}"


# ------------------------------------------------------------------------------ parts


def _compared(dictionary: Dictionary, table: Table, *, complete: bool) -> UpdateResult:
    filled = [(n, row) for n, row in enumerate(table.rows, start=1) if any(map(str.strip, row))]
    if not filled:
        raise UserError(f"{table.name} is empty: choose another file.")
    try:
        return update_from_rows(dictionary, table.name, filled[0][1], filled[1:], complete=complete)
    except ValueError as problem:
        raise UserError(str(problem)) from None


def _counts(found: UpdateResult) -> Counts:
    return Counts(
        len(found.added),
        len(found.changed),
        len(found.retired),
        found.unchanged,
        found.problems,
    )


def _gutting(dictionary: Dictionary, file_name: str, retired: int) -> str:
    """Return why a list is hardly the whole dictionary: it lacks most keys; "" if it may be."""
    live = sum(not entry.retired for entry in dictionary.entries.values())
    if retired * 2 <= live:
        return ""
    return (
        f"{file_name} lacks {retired} of the {live} keys of {dictionary.title}, so it is "
        "hardly the whole list: check the file, or say that it is not complete (--partial), so "
        "that it retires nothing."
    )


def _line(what: str, dictionary: Dictionary, entry: UserEntry) -> Line:
    known = entry.key in dictionary
    given = dict(entry.values)
    name = dictionary.label(entry.key) if known else next(iter(given.values()), "")
    details = []
    if what == "changed" and dictionary.entry(entry.key).retired:
        details.append("used again")
    for attribute, text in entry.values:
        old = dictionary.value(entry.key, attribute) if known else ""
        details.append(f"{attribute} {old} → {text}" if old else f"{attribute} {text}")
    for word, texts in (
        ("countries", entry.countries),
        ("codes", entry.codes),
        ("aliases", entry.aliases),
    ):
        if texts:
            details.append(f"{word} {'+' if known else ''}{', '.join(texts)}")
    return Line(what, entry.key, name, "; ".join(details))


def _stored(
    connection: Any, company: int, name: str, keys: Iterable[str]
) -> dict[str, EntryRecord]:
    wanted = set(keys)
    found = dictionary_entries.entries(connection, company, dictionary=name)
    return {one.key: one for one in found if one.key in wanted}


def _kept(record: EntryRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    retired = record.retired_at is not None
    return {"name": record.name, "attributes": record.attributes, "retired": retired}


def _last_update(connection: Any, company: int, name: str) -> Any:
    trail = audit_trail(connection, company, table_name=TABLE, object_id=name, limit=50)
    undone = {entry.new.get("undoes") for entry in trail if entry.action == UNDO and entry.new}
    for entry in trail:
        if entry.action == UPDATE and entry.id not in undone:
            if entry.old and entry.new and "versions" in entry.new:
                return entry
            raise UserError(
                f"The last update of {name} changed nothing, or more than {UNDOABLE} entries: it "
                "can't be undone; update from the list before it instead."
            )
    raise UserError(f"There is no update of {name} to undo.")


def _put_back(
    ctx: Context, connection: Any, record: EntryRecord, before: dict[str, Any] | None
) -> None:
    if before is None:
        dictionary_entries.remove_entry(connection, record)
        return
    now = ctx.clock()
    dictionary_entries.update_entry(
        connection,
        record,
        now=now,
        name=before["name"],
        attributes=before["attributes"],
        retired_at=now if before["retired"] else None,
    )


def _take_aliases(connection: Any, company: int, name: str, added: Sequence[Sequence[str]]) -> None:
    wanted = {(key, alias) for key, alias in added}
    for one in dictionary_aliases.own_aliases(connection, company, name):
        if (one.key, one.alias) in wanted:
            dictionary_aliases.remove_alias(connection, one.id)
