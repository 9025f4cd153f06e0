"""The command for what is due: for a person, and for a timer of the system (GEN-9)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import Session, print_json, say, warn
from app.cli.session import table as print_table
from app.domain.counting import counted
from app.errors import UserError

if TYPE_CHECKING:
    from app.services.due.run import Due, Report

FAILED = 3
"""Exit code when some things could not be done; they are tried again by the next run."""


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(due)


def due(
    context: typer.Context,
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="DATE", help="Do what was due before the end of this day (UTC)."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what is due, do nothing; DATE may be ahead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Do what is due: each thing once, missed days in order. For cron: every ten minutes."""
    from app.services.due import run

    session: Session = context.obj
    end = _end(until)
    with session.open() as ctx:
        if dry_run:
            _show_due(run.upcoming(ctx, end or ctx.clock(), most=10**6), as_json=as_json)
            return
        report = run.run(ctx, end)
    _show_report(report, as_json=as_json)
    if report.failed:
        raise typer.Exit(FAILED)


def _end(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UserError(f'"{text}" is not a date: write it as 2026-12-31.') from None
    return dt.datetime.combine(day, dt.time.max, dt.UTC)


def _show_due(found: list[Due], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "task": one.task.id,
                    "subject": one.unit.subject,
                    "due_at": one.unit.at.isoformat(),
                    "title": one.unit.title,
                }
                for one in found
            ]
        )
    elif not found:
        say("Nothing is due.")
    else:
        rows = [(_moment(one.unit.at), one.task.title, one.unit.title) for one in found]
        print_table(("due at (UTC)", "task", "what"), rows)


def _show_report(report: Report, *, as_json: bool) -> None:
    if as_json:
        print_json({"holder": report.holder, "outcomes": [_plain(o) for o in report.outcomes]})
        return
    if report.holder:
        say(f"The due work is being done by {report.holder}: nothing to do here.")
    elif not report.outcomes:
        say("Nothing is due.")
    for one in report.done:
        say(f"{_moment(one.at)}  {one.title}: {one.text}")
    for one in report.failed:
        warn(f"{_moment(one.at)}  {one.title}: not done. {one.text}")
    if report.failed:
        warn(f"{counted(len(report.failed), 'thing')} will be tried again by the next run.")


def _plain(outcome: Any) -> dict[str, Any]:
    names = ("task", "title", "subject", "failed", "text", "tries")
    return {**{name: getattr(outcome, name) for name in names}, "due_at": outcome.at.isoformat()}


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
