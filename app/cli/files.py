"""Commands that look at files and words without writing rates: inspect and match."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.session import Progress, Session, print_json, say, table
from app.domain.counting import counted


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(inspect)
    program.command()(match)


def inspect(
    file: Path,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    encoding: Annotated[str, typer.Option("--encoding")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter")] = "",
    password_file: Annotated[Path | None, typer.Option("--password-file")] = None,
    no_quotes: Annotated[
        bool, typer.Option("--no-quotes", help="Quotation marks are ordinary characters.")
    ] = False,
) -> None:
    """Show what a file is and what its columns look like; nothing is written."""
    from app.services.tariffs.inspect_file import inspect_file

    progress = Progress()
    try:
        found = inspect_file(
            file,
            reading_options(encoding, delimiter, password_file, quotes=not no_quotes),
            progress.show,
        )
    finally:
        progress.clear()
    if as_json:
        print_json(found)
    else:
        _describe(found)


def reading_options(
    encoding: str, delimiter: str, password_file: Path | None, *, quotes: bool = True
) -> dict[str, Any]:
    """Return the reading options of a file; the password is the first line of its file."""
    from app.services.tariffs.import_checks import read_password

    password = read_password(password_file) if password_file is not None else ""
    names = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "\\t": "\t"}
    return {
        "encoding": encoding,
        "delimiter": names.get(delimiter, delimiter),
        "password": password,
        "quotes": quotes,
    }


def _describe(found: dict[str, Any]) -> None:
    say(f"{found['file']}: {found['type']}" + _detail(found))
    for note in found["notes"]:
        say(f"  {note}")
    for sheet in found["sheets"]:
        hidden = ", hidden" if sheet["hidden"] else ""
        say(f"\nSheet {sheet['name']}: {counted(sheet['rows'], 'row')}{hidden}")
        if sheet["kind"] == "tree_sheet":
            say("  a rate tree written by export: import takes it as it is")
            continue
        facts = (
            ("header row", "header_row"),
            ("end row", "end_row"),
            ("decimal sign", "decimal"),
            ("currency", "currency"),
            ("domain", "domain"),
            ("levels", "levels"),
        )
        for label, name in facts:
            value = sheet[name]
            shown = " > ".join(value) if isinstance(value, list) else value
            reason = sheet["reasons"].get(name, "")
            say(
                f"  {label}: {shown if shown is not None else 'unknown'}"
                + (f" ({reason})" if reason else "")
            )
        table(
            ("Column", "Header", "Role", "Attribute", "Reason"),
            [
                (
                    c["column"],
                    c["header"].replace("\n", " "),
                    c["role"],
                    c["attribute"],
                    c["reason"],
                )
                for c in sheet["columns"]
            ],
        )


def _detail(found: dict[str, Any]) -> str:
    parts = [
        found["encoding"] or "",
        f"delimiter {found['delimiter']!r}" if found["delimiter"] else "",
    ]
    shown = ", ".join(part for part in parts if part)
    return f" ({shown})" if shown else ""


def match(
    context: typer.Context,
    dictionary: str,
    values: Annotated[list[str], typer.Argument(metavar="VALUE…")],
    country: Annotated[str, typer.Option("--country", help="Country of operators, e.g. DE.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how values match a dictionary: zone, key, score, reason, alternatives."""
    from app.services.tariffs.match_values import match_values

    session: Session = context.obj
    found = match_values(session.dictionaries(), dictionary, values, country)
    if as_json:
        print_json(found)
        return
    table(
        ("Value", "Zone", "Key", "Score", "Reason", "Alternatives"),
        [
            (
                m["value"],
                m["zone"],
                m["key"],
                m["score"],
                m["reason"],
                ", ".join(f"{a['key']} {a['name']}" for a in m["alternatives"][:3]),
            )
            for m in found
        ],
    )
