"""Loads a file of records in one transaction, or tells exactly what that would do (G6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.db.one_transaction import in_one_transaction
from app.db.trial import trial
from app.domain.sections import Section
from app.errors import UserError
from app.services.bulk.directory import Directory, fold
from app.services.bulk.headings import Heads, find_heads, fitting
from app.services.bulk.inviting import Inviting, application_of
from app.services.bulk.loads import Load, load_of
from app.services.bulk.order import tenants_first
from app.services.bulk.outcomes import Loaded, LoadRequest, RowOutcome
from app.services.bulk.rejects import is_of_file, write_rejects
from app.services.bulk.rows import RowLoader
from app.services.bulk.table import Numbered, Table, read_tables, rows_below
from app.services.context import Context, section_service
from app.services.tariffs.import_checks import refuse_unwritable
from app.services.worker_process import job_folder

STRIDE = 50
"""Rows between two looks at whether to stop."""


@dataclass(slots=True)
class _Work:
    """A file that is loaded: what is known of it, and what came of it so far."""

    load: Load
    table: Table
    heads: Heads
    rows: list[Numbered]
    outcomes: list[RowOutcome] = field(default_factory=list)


@section_service("manage")
def load_records(ctx: Context, section: Section, request: LoadRequest) -> Loaded:
    """Load a file into a section: all rows that the form's rules accept, in one transaction.

    The same file twice changes nothing the second time. Raises UserError, Cancelled: nothing was
    changed then.
    """
    load = load_of(section)
    _refuse_places(request)
    table, several = _table(ctx, load, request)
    heads = find_heads(load, table, request.mapping, leave_out_unknown=request.leave_out_unknown)
    work = _Work(load, table, heads, list(rows_below(table, heads.row)))
    if request.dry_run:
        _try_out(ctx, work, request)
        warnings: tuple[str, ...] = ()
    else:
        warnings = _do(ctx, work, request)
    read = len(table.rows) - heads.row - 1
    return Loaded(
        read=read,
        blank=read - len(work.rows),
        rows=tuple(work.outcomes),
        dry_run=request.dry_run,
        headings=table.rows[heads.row],
        left_out=tuple(h.text for h in heads.all if not h.fields and is_of_file(h.text)),
        warnings=warnings,
        sheet=table.sheet if several else "",
    )


def _table(ctx: Context, load: Load, request: LoadRequest) -> tuple[Table, bool]:
    """Return the sheet to load, and whether the file has several."""
    if request.table is not None:
        return request.table, False
    tables = read_tables(request.file, report=ctx.report, cancelled=ctx.cancelled)
    return chosen_table(load, tables, request.sheet, request.mapping), len(tables) > 1


def chosen_table(
    load: Load, tables: Sequence[Table], sheet: str, mapping: Mapping[str, str]
) -> Table:
    """Return the sheet of a name; without one that which fits best and is not hidden.

    Raises UserError for a name that no sheet has, and for a sheet that is too large.
    """
    if sheet:
        found = next((one for one in tables if fold(one.sheet) == fold(sheet)), None)
        if found is None:
            names = ", ".join(one.sheet for one in tables)
            raise UserError(f'{tables[0].name} has no sheet "{sheet}": choose one of {names}.')
    else:
        found = fitting(load, [one for one in tables if not one.hidden] or tables, mapping)
    if found.problem:
        raise UserError(found.problem)
    return found


def _try_out(ctx: Context, work: _Work, request: LoadRequest) -> None:
    """Do all of it where it is undone afterwards and nobody has to wait for it."""

    def progress(done: int, total: int) -> None:
        ctx.stop_if_cancelled()
        ctx.report("copying", done, total)

    with (
        job_folder() as folder,
        trial(ctx.database, folder, progress=progress) as (database, connection),
    ):
        _take(replace(ctx, database=database), connection, work, request)
    _keep_rejects(work, request)


def _do(ctx: Context, work: _Work, request: LoadRequest) -> tuple[str, ...]:
    """Do all of it; return sentences about mails that could not be sent after the commit."""
    with ctx.database.write(bulk=True) as connection:
        inviting = _take(ctx, connection, work, request)
        inviting.refuse_undeliverable(request.codes)
        _keep_rejects(work, request)
        if request.codes is not None:
            inviting.write_codes(request.codes)
    return inviting.mail_codes(ctx.database) if request.codes is None else ()


def _take(ctx: Context, connection: Any, work: _Work, request: LoadRequest) -> Inviting:
    """Take all rows inside an open transaction; return who is invited by them."""
    inside = replace(ctx, database=in_one_transaction(ctx.database, connection))
    application = application_of(work.load.section)
    directory = Directory(connection, ctx.actor.company_id, application, ctx.clock())
    loader = RowLoader(inside, work.load, work.heads, directory, request.mode)
    work.outcomes = _taken(ctx, loader, _ordered(work.load, work.heads, work.rows))
    return loader.inviting


def _keep_rejects(work: _Work, request: LoadRequest) -> None:
    if request.rejects is not None:
        write_rejects(request.rejects, work.table.rows[work.heads.row], work.outcomes)


def _refuse_places(request: LoadRequest) -> None:
    """Refuse files that can't be written, before anything is read."""
    if request.rejects is not None:
        refuse_unwritable(request.rejects)
        if request.rejects.resolve() == request.file.resolve():
            raise UserError(
                f"{request.rejects} is the file to load: give the rejects another name."
            )
    if request.codes is not None:
        refuse_unwritable(request.codes)
        if request.codes.exists():
            raise UserError(f"{request.codes} is there already: give the codes another name.")


def _taken(ctx: Context, loader: RowLoader, rows: Sequence[Numbered]) -> list[RowOutcome]:
    found = []
    for place, (number, row) in enumerate(rows):
        if place % STRIDE == 0:
            ctx.stop_if_cancelled()
            ctx.report("loading", place, len(rows))
        found.append(loader.take(number, row))
    ctx.stop_if_cancelled()
    ctx.report("loading", len(rows), len(rows))
    return sorted(found, key=lambda outcome: outcome.row)


def _ordered(load: Load, heads: Heads, rows: Sequence[Numbered]) -> list[Numbered]:
    """Return companies after those of the file that they are below; other rows as they stand."""
    places = {head.fields[0].name: head.place for head in heads.columns}
    if load.section.id != "companies" or "parent_id" not in places:
        return list(rows)
    pairs = [(row[places["name"]], row[places["parent_id"]]) for _, row in rows]
    return [rows[place] for place in tenants_first(pairs)]
