"""Lists and forms of every section: the same services for each, the right is the section's."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from app.db.queries import list_sources, lists
from app.db.queries.lists import Source
from app.domain.records import Group, ListQuery, Record, Row, Summary
from app.domain.sections import Section
from app.errors import Conflict, FieldProblem, UserError
from app.services.context import Context, section_service
from app.services.form_values import validated
from app.services.history_words import worded_history

__all__ = [
    "RecordConflict",
    "clone",
    "count",
    "create",
    "first_rows",
    "groups",
    "keys",
    "load",
    "named_service",
    "remove",
    "rows_by_keys",
    "summary",
    "update",
    "validated",
]

MOST_GROUPS = 20_000
"""Groups that a list can show; one more is read, so that it can tell."""

_FINISHED = {
    "rates": "tariffs.list_words.of_rates",
    "scopes": "tariffs.list_words.of_scopes",
    "answers": "tariffs.list_words.of_answers",
    "aliases": "dictionary_alias_records.meanings",
    "audit": "control.audit_entries.objects",
}
"""Sources whose rows get columns that SQL does not have, and the service that adds them."""

HELD = {
    "dictionaries": "dictionary_lists.dictionaries",
    "entries": "dictionary_lists.entries",
    "missed": "dictionary_missed.missed",
}
"""Sources whose rows are no table's; ``f(ctx, query, limit) -> Source`` makes them.

``limit``: the first rows that are wanted, 0 = all.
"""


class RecordConflict(Conflict):
    """A stale save: ``record`` is what is stored now, ``differences`` (field, theirs, mine)."""

    def __init__(self, text: str, record: Record, differences: list[tuple[str, Any, Any]]) -> None:
        super().__init__(text)
        self.record = record
        self.differences = differences


# ------------------------------------------------------------------------------ lists


@section_service("view")
def first_rows(ctx: Context, section: Section, query: ListQuery, limit: int = 200) -> list[Row]:
    """Return the first rows of a list, to be painted before its keys are known."""
    source = _source(ctx, section, query, limit)
    with _opened(ctx, source) as connection, lists.interruptible(connection, ctx.cancelled):
        ids = lists.first_ids(connection, source, query, search=section.search, limit=limit)
        return _rows(ctx, connection, section, query, source, ids)


@section_service("view")
def keys(ctx: Context, section: Section, query: ListQuery) -> array[int]:
    """Return the ids of all rows in order; stops when cancelled."""
    source = _source(ctx, section, query)
    with _opened(ctx, source) as connection, lists.interruptible(connection, ctx.cancelled):
        return lists.keys(
            connection, source, query, search=section.search, check=ctx.stop_if_cancelled
        )


@section_service("view")
def rows_by_keys(ctx: Context, section: Section, query: ListQuery, ids: Sequence[int]) -> list[Row]:
    """Return the rows with these ids that are still there, in this order (a page of a list)."""
    source = _source(ctx, section, query)
    with _opened(ctx, source) as connection:
        return _rows(ctx, connection, section, query, source, ids)


@section_service("view")
def count(ctx: Context, section: Section, query: ListQuery) -> tuple[int, int]:
    """Return how many rows the query leaves, and how many there are without it."""
    source = _source(ctx, section, query)
    with _opened(ctx, source) as connection, lists.interruptible(connection, ctx.cancelled):
        return lists.count(connection, source, query, search=section.search)


@section_service("view")
def summary(
    ctx: Context,
    section: Section,
    query: ListQuery,
    columns: Sequence[str],
    ids: Sequence[int] | None = None,
) -> list[Summary]:
    """Return a summary of each column over the rows of the query, or of ``ids`` instead."""
    source = _source(ctx, section, query)
    names = [name for name in columns if name in source.columns]
    with _opened(ctx, source) as connection, lists.interruptible(connection, ctx.cancelled):
        return lists.summaries(
            connection,
            source,
            query,
            names,
            search=section.search,
            ids=ids,
            check=ctx.stop_if_cancelled,
        )


@section_service("view")
def groups(
    ctx: Context,
    section: Section,
    query: ListQuery,
    by: tuple[str, ...],
    sums: Sequence[str] = (),
    limit: int = MOST_GROUPS + 1,
) -> list[Group]:
    """Return the first groups of a list by one or more columns, with sums of number columns.

    The rows of a group: the same query with ``Filter(column, "equals", (value,))`` for each value,
    or ``Filter(column, "empty")`` for None.
    """
    source = _source(ctx, section, query)
    for name in (*by, *sums):
        if name not in source.columns:
            raise UserError(f"The list can't be grouped by {name}: choose another column.")
    with _opened(ctx, source) as connection, lists.interruptible(connection, ctx.cancelled):
        return lists.groups(
            connection, source, query, by=by, sums=sums, search=section.search, limit=limit
        )


def _source(ctx: Context, section: Section, query: ListQuery, limit: int = 0) -> Source:
    arguments = dict(query.arguments)
    missing = [name for name in section.arguments if name not in arguments]
    if missing:
        raise UserError(f"The list of {section.title} needs a {missing[0]}: open it from there.")
    if section.source in HELD:
        return cast("Source", named_service(HELD[section.source])(ctx, query, limit))
    asked = lists.Asked(ctx.actor.company_id, ctx.clock(), arguments)
    return list_sources.source(section.source, asked)


def _opened(ctx: Context, source: Source) -> AbstractContextManager[Any]:
    """Open what the rows of a source are read from."""
    return source.held.read() if source.held is not None else ctx.database.read()


def _rows(
    ctx: Context,
    connection: Any,
    section: Section,
    query: ListQuery,
    source: Source,
    ids: Sequence[int],
) -> list[Row]:
    """Return whole rows: columns of the source, and those that only a finisher knows."""
    stored = [c.name for c in section.columns if c.name in source.columns]
    rows = lists.rows_by_keys(connection, source, stored, ids)
    finisher = _FINISHED.get(section.source)
    if finisher is None:
        return rows
    more = named_service(finisher)(ctx, connection, query, [row[0] for row in rows])
    place = {name: index for index, name in enumerate(stored, start=1)}
    return [
        (
            row[0],
            *(row[place[c.name]] if c.name in place else found[c.name] for c in section.columns),
        )
        for row, found in zip(rows, more, strict=True)
    ]


# ------------------------------------------------------------------------------ forms


@section_service("view")
def load(ctx: Context, section: Section, record_id: int) -> Record:
    """Return what the form of a record shows. Raises UserError if there is none."""
    found: Record = _named(section, "load")(ctx, record_id)
    if not found.history:
        return found
    with ctx.database.read() as connection:
        return replace(found, history=worded_history(connection, section, found.history))


@section_service("manage")
def create(ctx: Context, section: Section, values: dict[str, Any]) -> int:
    """Create a record and return its id, a NewRecord where there is more to tell.

    Raises FieldProblem naming the fields that are wrong.
    """
    checked = validated(section, values)
    made = _named(section, "create")(ctx, checked)
    return made if isinstance(made, int) else int(made)


@section_service("manage")
def clone(ctx: Context, section: Section, record_id: int, values: dict[str, Any]) -> int:
    """Copy a record with other values of the fields that may change, and return the copy's id."""
    record: Record = _named(section, "load")(ctx, record_id)
    merged = {**record.values, **values}
    _refuse_fixed(section, record, merged)
    return int(_named(section, "clone")(ctx, record_id, validated(section, merged)))


@section_service("manage")
def update(
    ctx: Context, section: Section, record_id: int, version: int, values: dict[str, Any]
) -> None:
    """Save changed fields of a record; values not given stay.

    Raises FieldProblem, or RecordConflict with both sides if somebody else saved since.
    """
    record: Record = _named(section, "load")(ctx, record_id)
    merged = {**record.values, **values}
    _refuse_fixed(section, record, merged)
    checked = validated(section, merged)
    try:
        _named(section, "update")(ctx, record_id, version, checked)
    except Conflict as stale:
        raise _conflict(ctx, section, record_id, version, checked, stale) from None


@section_service("manage")
def remove(ctx: Context, section: Section, ids: Sequence[int]) -> str:
    """Remove records, all or none, and return the sentence that says so."""
    return str(_named(section, "remove")(ctx, list(ids)))


def _refuse_fixed(section: Section, record: Record, merged: dict[str, Any]) -> None:
    problems = {
        field.name: f"{field.title} can't be changed after creation: "
        f"{field.instead or f'make a new {section.singular}'}."
        for field in section.form
        if field.fixed
        and not field.computed
        and (merged.get(field.name) or None) != (record.values.get(field.name) or None)
    }
    if problems:
        raise FieldProblem(problems)


def _conflict(
    ctx: Context,
    section: Section,
    record_id: int,
    version: int,
    mine: dict[str, Any],
    stale: Conflict,
) -> Conflict:
    """Return the answer to a stale save, field by field (GEN-4)."""
    try:
        record: Record = _named(section, "load")(ctx, record_id)
    except UserError:
        return stale
    if record.version == version:  # another record came in between: a name was taken just now
        return stale
    differences = [
        (field.name, record.values.get(field.name), mine.get(field.name))
        for field in section.form
        if not field.computed
        and (record.values.get(field.name) or None) != (mine.get(field.name) or None)
    ]
    titles = {field.name: field.title for field in section.form}
    named = ", ".join(titles[name] for name, _, _ in differences) or "nothing that differs now"
    text = (
        f"{record.updated_by or 'Somebody else'} saved this {section.singular} meanwhile, so "
        f"nothing was saved; it differs from yours in: {named}. Choose what to keep."
    )
    return RecordConflict(text, record, differences)


def _named(section: Section, verb: str) -> Callable[..., Any]:
    name = getattr(section, verb)
    if not name:
        raise UserError(f"{section.title} can't be changed here: choose another list.")
    return named_service(name)


@lru_cache(maxsize=512)
def named_service(name: str) -> Callable[..., Any]:
    """Return a service by ``module.function`` under app.services. Raises LookupError if wrong."""
    module, _, function = name.rpartition(".")
    try:
        found: Callable[..., Any] = getattr(import_module(f"app.services.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"A section names the service {name!r}, which is not there.") from error
    return found
