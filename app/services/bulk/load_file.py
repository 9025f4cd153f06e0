"""Loads a file of records in one transaction, or tells exactly what that would do (G6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.db.one_transaction import in_one_transaction
from app.domain.sections import Section
from app.errors import UserError
from app.services.bulk.directory import Directory
from app.services.bulk.headings import Heads, find_heads
from app.services.bulk.inviting import Inviting, application_of
from app.services.bulk.loads import Load, load_of
from app.services.bulk.order import tenants_first
from app.services.bulk.outcomes import Loaded, LoadRequest, RowOutcome
from app.services.bulk.rejects import is_of_file, write_rejects
from app.services.bulk.rows import RowLoader
from app.services.bulk.table import Table, read_table
from app.services.context import Context, section_service
from app.services.tariffs.import_checks import refuse_unwritable

COMMENT = "#"
"""Rows that begin with it are for people: the example of a template."""

STRIDE = 50
"""Rows between two looks at whether to stop."""

Numbered = tuple[int, Sequence[str]]


class _DryRun(Exception):
    """Undoes a transaction that was only to be looked at."""


@section_service("manage")
def load_records(ctx: Context, section: Section, request: LoadRequest) -> Loaded:
    """Load a file into a section: all rows that the form's rules accept, in one transaction.

    The same file twice changes nothing the second time. Raises UserError, Cancelled: nothing was
    changed then.
    """
    load = load_of(section)
    _refuse_places(request)
    table = read_table(request.file, request.sheet, report=ctx.report, cancelled=ctx.cancelled)
    heads = find_heads(load, table, request.mapping, leave_out_unknown=request.leave_out_unknown)
    headings = tuple(table.rows[heads.row])
    rows, blank = _rows_below(table, heads)
    inviting: Inviting | None = None
    outcomes: list[RowOutcome] = []
    try:
        with ctx.database.write(bulk=True) as connection:
            inside = replace(ctx, database=in_one_transaction(ctx.database, connection))
            directory = Directory(
                connection, ctx.actor.company_id, application_of(section), ctx.clock()
            )
            loader = RowLoader(inside, load, heads, directory, request.mode)
            inviting = loader.inviting
            outcomes = _taken(ctx, loader, _ordered(load, heads, rows))
            if request.dry_run:
                raise _DryRun
            inviting.refuse_undeliverable(request.codes)
            _keep_rejects(request, headings, outcomes)
            if request.codes is not None:
                inviting.write_codes(request.codes)
    except _DryRun:
        _keep_rejects(request, headings, outcomes)
    warnings: tuple[str, ...] = ()
    if inviting is not None and not request.dry_run and request.codes is None:
        warnings = inviting.mail_codes(ctx.database)
    used = {head.place for head in heads.columns}
    return Loaded(
        read=len(rows) + blank,
        blank=blank,
        rows=tuple(outcomes),
        dry_run=request.dry_run,
        headings=headings,
        left_out=tuple(t for i, t in enumerate(headings) if i not in used and is_of_file(t)),
        warnings=warnings,
    )


def _keep_rejects(
    request: LoadRequest, headings: Sequence[str], outcomes: Sequence[RowOutcome]
) -> None:
    if request.rejects is not None:
        write_rejects(request.rejects, headings, outcomes)


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


def _rows_below(table: Table, heads: Heads) -> tuple[list[Numbered], int]:
    """Return the rows of data with their numbers in the sheet, and how many are blank."""
    rows: list[Numbered] = []
    blank = 0
    for number, row in enumerate(table.rows[heads.row + 1 :], start=heads.row + 2):
        first = next((text for text in row if text), "")
        if not first or first.startswith(COMMENT):
            blank += 1
        else:
            rows.append((number, row))
    return rows, blank


def _taken(ctx: Context, loader: RowLoader, rows: Sequence[Numbered]) -> list[RowOutcome]:
    found = []
    for place, (number, row) in enumerate(rows):
        if place % STRIDE == 0:
            ctx.stop_if_cancelled()
            ctx.report("loading", place, len(rows))
        found.append(loader.take(number, row))
    ctx.stop_if_cancelled()
    return sorted(found, key=lambda outcome: outcome.row)


def _ordered(load: Load, heads: Heads, rows: Sequence[Numbered]) -> list[Numbered]:
    """Return companies after those of the file that they are below; other rows as they stand."""
    places = {head.fields[0].name: head.place for head in heads.columns}
    if load.section.id != "companies" or "parent_id" not in places:
        return list(rows)
    pairs = [(row[places["name"]], row[places["parent_id"]]) for _, row in rows]
    return [rows[place] for place in tenants_first(pairs)]
