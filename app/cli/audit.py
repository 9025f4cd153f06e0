"""Commands about the audit: list, show, check, and the heads to keep elsewhere (USR-6, G5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import LARGEST_ID, Session, print_json, say, table, warn
from app.domain.changes import plain
from app.domain.counting import counted
from app.domain.records import Filter, ListQuery
from app.errors import UserError

if TYPE_CHECKING:
    from app.services.control.audit_entries import CommandDetail
    from app.services.control.audit_verify import Verdict

audit = typer.Typer(help="The audit: who changed what, and that it is whole.", no_args_is_help=True)

BROKEN = 1
"""Exit code of a trail that does not hold."""

SHOWN = ("id", "at", "actor", "address", "action", "table_name", "object_id", "object", "company")
_TITLES = (
    *("ID", "date and time (UTC)", "user", "address", "action"),
    *("table", "object", "name", "company"),
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(audit, name="audit")


@audit.command("list")
def list_entries(
    context: typer.Context,
    user: Annotated[str, typer.Option("--user", help="Part of the user's name.")] = "",
    action: Annotated[str, typer.Option("--action", help="Part of the logged action.")] = "",
    of: Annotated[str, typer.Option("--table", help="Table, e.g. bank.")] = "",
    object_id: Annotated[str, typer.Option("--object", help="ID of the object.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000)] = 50,
    as_json: _Json = False,
) -> None:
    """List the newest entries."""
    from app.sections.audit import AUDIT
    from app.services import records

    wanted = (
        ("actor", "contains", user),
        ("action", "contains", action),
        ("table_name", "equals", of),
        ("object_id", "equals", object_id),
    )
    filters = tuple(Filter(name, op, (text,)) for name, op, text in wanted if text)
    session: Session = context.obj
    with session.open() as ctx:
        found = records.first_rows(ctx, AUDIT, ListQuery("audit", filters), limit)
    place = {column.name: number for number, column in enumerate(AUDIT.columns, start=1)}
    rows = [[row[place[name]] for name in SHOWN] for row in found]
    if as_json:
        print_json([dict(zip(SHOWN, map(_plain, row), strict=True)) for row in rows])
    else:
        table(_TITLES, [[_shown(cell) for cell in row] for row in rows])


@audit.command()
def show(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)],
    as_json: _Json = False,
) -> None:
    """Show an entry with all others of its command, field by field."""
    from app.sections.object_words import object_words
    from app.services.control.audit_entries import detail

    session: Session = context.obj
    with session.open() as ctx:
        found = detail(ctx, entry, object_words())
    if as_json:
        print_json(_as_data(found))
    else:
        _show(found)


@audit.command()
def verify(
    context: typer.Context,
    head: Annotated[
        list[str],
        typer.Option("--head", help="A head that was kept elsewhere, or a file with such lines."),
    ] = [],  # noqa: B006 - typer copies it
    as_json: _Json = False,
) -> None:
    """Check every entry against the chain; ends with 1 and the entries if one does not hold."""
    from app.services.control import audit_verify

    kept = [line for given in head for line in _heads(given)]
    session: Session = context.obj
    with session.open_patient() as ctx:
        verdict = audit_verify.verify(ctx, kept)
    if as_json:
        print_json({**asdict(verdict), "sound": verdict.sound, "meaning": verdict.meaning})
    else:
        _tell(verdict)
    if not verdict.sound:
        raise typer.Exit(BROKEN)


@audit.command("head")
def show_heads(context: typer.Context, as_json: _Json = False) -> None:
    """Print the last entry of each company's chain, to be kept where nobody here can write."""
    from app.services.control import audit_verify

    session: Session = context.obj
    with session.open() as ctx:
        found = audit_verify.heads(ctx)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            say(one.text)


def _heads(given: str) -> list[str]:
    """Return a head as it is, or the lines of a file with heads."""
    if ":" in given and not Path(given).exists():
        return [given]
    try:
        lines = Path(given).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"The file {given} with heads can't be read: check its name.") from None
    return [line for line in lines if line.strip()]


def _as_data(found: CommandDetail) -> dict[str, Any]:
    """Return a command as programs read it: stored names and values, and the words beside them."""
    changes = [
        {
            **{name: getattr(change, name) for name in change.__slots__ if name != "fields"},
            "fields": [
                {"name": one.name, "title": one.title, "old": one.old, "new": one.new}
                for one in change.fields
            ],
        }
        for change in found.changes
    ]
    facts = {name: getattr(found, name) for name in found.__slots__}
    return {**facts, "at": found.at.isoformat(), "changes": changes}


def _show(found: CommandDetail) -> None:
    facts = [
        ("date and time (UTC)", _shown(found.at)),
        ("user", found.actor),
        ("login", found.login),
        ("address", found.address),
        ("action", found.action),
        ("command", found.operation_id),
    ]
    for title, text in facts:
        if text:
            say(f"{title:20} {text}")
    say("")
    rows = []
    for change in found.changes:
        head = [change.id, change.action, change.name]
        said = [(one.title, plain(one.before), plain(one.after)) for one in change.fields]
        said = [texts for texts in said if any(texts[1:])]
        rows += [[*head, *texts, change.company] for texts in said or [("", "", "")]]
    table(("ID", "action", "object", "field", "old", "new", "company"), rows)
    if found.more:
        say(f"and {counted(found.more, 'more entry')} of the same command")


def _tell(verdict: Verdict) -> None:
    table(
        ("company", "name", "entries", "head"),
        [(str(h.company_id), h.company, h.number, h.hash) for h in verdict.heads],
    )
    for one in verdict.breaks:
        warn(f"Company {one.company_id}: {one.text}")
    say("")
    if verdict.sound:
        say(f"The trail holds: {counted(verdict.entries, 'entry')}.")
    else:
        say(f"The trail does not hold: {counted(len(verdict.breaks), 'break')}.")
    say(verdict.meaning)


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, dt.datetime) else cell


def _shown(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    return cell
