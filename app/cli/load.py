"""Loading master data from files: companies, legal entities, agreements, users and more (G6)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import Session, print_json, say, warn
from app.domain.counting import counted

if TYPE_CHECKING:
    from app.services.bulk.outcomes import Loaded, LoadRequest

REJECTS = 3
"""Exit code when rows were left out, 1 when all were."""

SHOWN = 20
"""Rows told on a terminal; the rejects file and --json have them all."""


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(load)


_What = Annotated[
    str,
    typer.Argument(
        help="companies, legal-entities, own-legal-entities, banks, bank-accounts, "
        "own-bank-accounts, agreements, enabled-services, enabled-packs, enabled-initiators, "
        "enabled-bundle-packs, users or portal-users."
    ),
]
_File = Annotated[Path | None, typer.Argument(help="A table, as CSV or a spreadsheet.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would happen; change nothing.")]
_Rejects = Annotated[
    Path | None, typer.Option("--rejects", help="CSV file for the rows left out, with reasons.")
]
_Sheet = Annotated[
    str, typer.Option("--sheet", help="Name of the sheet; else the one whose headings fit.")
]
_Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="HEADING=FIELD", help="What a column is; HEADING= leaves it out."
    ),
]
_LeaveOut = Annotated[
    bool, typer.Option("--leave-out-unknown", help="Leave out columns that are not known.")
]
_Update = Annotated[
    bool, typer.Option("--update", help="Only change what is there; new rows are rejects.")
]
_OnlyNew = Annotated[
    bool, typer.Option("--only-new", help="Only add; what is there stays as it is.")
]
_Codes = Annotated[
    Path | None,
    typer.Option("--codes", help="New file for the codes of invited users, who get no mail."),
]
_Template = Annotated[
    Path | None, typer.Option("--template", help="Write a template to this XLSX file instead.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def load(
    context: typer.Context,
    what: _What,
    file: _File = None,
    dry_run: _DryRun = False,
    rejects: _Rejects = None,
    sheet: _Sheet = "",
    mapping: _Map = None,
    leave_out_unknown: _LeaveOut = False,
    update: _Update = False,
    only_new: _OnlyNew = False,
    codes: _Codes = None,
    template: _Template = None,
    as_json: _Json = False,
) -> None:
    """Load records from a file by their names: added, changed where they differ, or left out."""
    from app.errors import UserError
    from app.sections import section as section_of
    from app.services.bulk.loads import load_named
    from app.services.bulk.outcomes import ONLY_NEW, UPDATE, LoadRequest

    section = section_of(load_named(what).section_id)
    if template is not None:
        _write_template(section, template)
        return
    if file is None:
        raise UserError("Name the file to load, or write a template with --template FILE.xlsx.")
    if update and only_new:
        raise UserError("Give one of --update and --only-new, or neither to do both.")
    mode = UPDATE if update else ONLY_NEW if only_new else ""
    told = _mapping(mapping or [])
    request = LoadRequest(
        file, sheet, told, mode, dry_run, rejects, codes, leave_out_unknown=leave_out_unknown
    )
    found = _load(context, section, request)
    if as_json:
        print_json(_plain(found))
    else:
        _tell(found, rejects)
    rejected = found.number("rejected")
    if rejected:
        raise typer.Exit(REJECTS if rejected < len(found.rows) else 1)


def _load(context: typer.Context, section: Any, request: LoadRequest) -> Loaded:
    from app.services.bulk.headings import WrongColumns
    from app.services.bulk.load_file import load_records

    session: Session = context.obj
    try:
        with session.open_patient() as ctx:
            return load_records(ctx, section, request)
    except WrongColumns as problem:
        raise WrongColumns(
            f'{problem} --map "Their heading=Our field" says what a column is, --map "Their '
            'heading=" and --leave-out-unknown leave columns out.'
        ) from None


def _write_template(section: Any, path: Path) -> None:
    from app.services.bulk.loads import load_of
    from app.services.bulk.template import write_template

    number = write_template(load_of(section), path)
    say(f"Wrote {path} with {counted(number, 'column')}")


def _mapping(given: list[str]) -> dict[str, str]:
    from app.errors import UserError

    found = {}
    for text in given:
        heading, sign, name = text.rpartition("=")
        if not sign or not heading.strip():
            raise UserError(f'--map "{text}" is not HEADING=FIELD: write both, with a = between.')
        found[heading.strip()] = name.strip()
    return found


def _plain(found: Loaded) -> dict[str, Any]:
    rows = [{n: v for n, v in asdict(row).items() if n != "cells"} for row in found.rows]
    return {
        "dry_run": found.dry_run,
        "sheet": found.sheet,
        "counts": found.counts(),
        "left_out_columns": list(found.left_out),
        "warnings": list(found.warnings),
        "rows": rows,
    }


def _tell(found: Loaded, rejects: Path | None) -> None:
    counts = found.counts()
    start = "Nothing was written. Would be" if found.dry_run else "Done"
    numbers = ", ".join(f"{number} {name}" for name, number in counts.items() if name != "read")
    say(f"{start}: {numbers} (of {counted(counts['read'], 'row')})")
    if found.sheet:
        say(f'The sheet "{found.sheet}" was read')
    if found.left_out:
        say(f"Columns left out: {', '.join(found.left_out)}")
    told = [r for r in found.rows if r.outcome == "rejected" or (found.dry_run and r.detail)]
    for row in told[:SHOWN]:
        line = f"Row {row.row}, {row.outcome}: {row.title}" + (
            f": {row.detail}" if row.detail else ""
        )
        (warn if row.outcome == "rejected" else say)(line)
    if len(told) > SHOWN:
        warn(f"… and {len(told) - SHOWN} more")
    if rejects is not None and counts["rejected"]:
        say(f"The rows left out are in {rejects}")
    for sentence in found.warnings:
        warn(sentence)
