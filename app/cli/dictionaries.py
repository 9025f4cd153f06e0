"""Commands about dictionaries: show, add, alias, update from a list, what was learned."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.session import Session, print_json, say, table, warn
from app.domain.counting import counted
from app.errors import UserError

dictionary = typer.Typer(
    help="Dictionaries: countries, networks, codes, terms.", no_args_is_help=True
)


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(dictionary, name="dictionary")


@dictionary.command("list")
def list_entries(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A dictionary; without it, all of them.")] = "",
    find: Annotated[str, typer.Option("--find", help="Part of a key, name or alias.")] = "",
    country: Annotated[str, typer.Option("--country", help="Only operators of a country.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the dictionaries, or the keys of one with their names."""
    from app.services.dictionary_changes import checked
    from dictionaries.search import search

    session: Session = context.obj
    known = session.dictionaries()
    if not name:
        rows = [(n, known[n].title, len(known[n])) for n in known.names()]
    else:
        checked(known.names(), name)
        keys = known[name].keys()
        if find:
            keys = [hit.key for hit in search(known[name], find, limit=200, context=country)]
        elif country:
            keys = [k for k in keys if country.upper() in known[name].entry(k).countries]
        rows = [(k, known[name].label(k), len(known[name].entry(k).codes)) for k in keys]
    if as_json:
        print_json([{"key": key, "name": label} for key, label, _ in rows])
    else:
        table(("Key", "Name"), [row[:2] for row in rows])


@dictionary.command()
def add(
    context: typer.Context,
    name: str,
    key: str,
    value: Annotated[list[str] | None, typer.Option("--value", help="ATTRIBUTE=TEXT")] = None,
    country: Annotated[list[str] | None, typer.Option("--country", help="e.g. DE")] = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="MCCMNC of an operator")] = None,
) -> None:
    """Add a key to a dictionary, or change one."""
    from app.services.dictionary_changes import add_entry

    values = []
    for text in value or ():
        attribute, equals, content = text.partition("=")
        if not equals:
            raise UserError(f'--value "{text}" must have the form ATTRIBUTE=TEXT.')
        values.append((attribute.strip(), content.strip()))
    session: Session = context.obj
    with session.open() as ctx:
        add_entry(ctx, name, key, values, countries=country or (), codes=code or ())
    say(f"{name}: {key} added")


@dictionary.command()
def alias(context: typer.Context, name: str, key: str, text: str) -> None:
    """Let TEXT mean KEY from now on."""
    from app.services.dictionary_changes import add_alias

    session: Session = context.obj
    with session.open() as ctx:
        add_alias(ctx, name, key, text)
    say(f'{name}: "{text}" means {key}')


@dictionary.command()
def update(
    context: typer.Context,
    name: str,
    file: Path,
    partial: Annotated[
        bool, typer.Option("--partial", help="The list is not complete: retire nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, change nothing.")
    ] = False,
) -> None:
    """Bring a dictionary up to a newer list (CSV or spreadsheet)."""
    from app.services.dictionary_update import preview_update, update_dictionary

    session: Session = context.obj
    with session.open() as ctx:
        act = preview_update if dry_run else update_dictionary
        done = act(ctx, name, file, complete=not partial).counts
    say(
        f"{name}: {done.added} {'to add' if dry_run else 'added'}, "
        f"{done.changed} {'to change' if dry_run else 'changed'}, "
        f"{done.retired} {'to retire' if dry_run else 'retired'}, {done.unchanged} unchanged"
    )
    for problem in done.problems[:20]:
        warn(f"  {problem}")
    if len(done.problems) > 20:
        warn(f"  and {len(done.problems) - 20} more")


@dictionary.command()
def undo(context: typer.Context, name: str) -> None:
    """Put back what the last update from a list changed and nobody has changed since."""
    from app.services.dictionary_update import undo_update

    session: Session = context.obj
    with session.open() as ctx:
        say(undo_update(ctx, name))


@dictionary.command("retire")
def retire_entry(
    context: typer.Context,
    name: str,
    key: str,
    back: Annotated[bool, typer.Option("--back", help="Use it again.")] = False,
) -> None:
    """Let imports no longer match a key; rates that use it stay."""
    _act(context, name, key, "restore" if back else "retire")


@dictionary.command()
def revert(context: typer.Context, name: str, key: str) -> None:
    """Take back the own changes of a shipped entry."""
    _act(context, name, key, "revert")


@dictionary.command()
def delete(context: typer.Context, name: str, key: str) -> None:
    """Delete an own entry that nothing uses, with its aliases."""
    _act(context, name, key, "remove")


def _act(context: typer.Context, name: str, key: str, verb: str) -> None:
    from app.services import dictionary_records
    from app.services.dictionary_changes import checked
    from app.services.dictionary_keys import number_of
    from dictionaries.entries import Dictionaries

    checked(Dictionaries.names(), name)
    session: Session = context.obj
    with session.open() as ctx:
        say(getattr(dictionary_records, verb)(ctx, [number_of(name, key)]))


@dictionary.command()
def unalias(context: typer.Context, name: str, text: str) -> None:
    """Delete an own alias."""
    from app.services.dictionary_alias_records import remove_named

    session: Session = context.obj
    with session.open() as ctx:
        say(remove_named(ctx, name, text))


@dictionary.command()
def missed(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the keys in use that are retired or gone from their dictionary."""
    from app.services.dictionary_missed import options

    session: Session = context.obj
    with session.open() as ctx:
        found = options(ctx)
    if as_json:
        print_json(json.loads(json.dumps([asdict(one) for one in found], default=str)))
        return
    table(
        ("Dictionary", "Key", "Why", "Scopes", "Branches", "Answers", "Profiles"),
        [
            (
                one.dictionary,
                one.key,
                one.why,
                ", ".join(str(place.scope_id) for place in one.places),
                sum(place.nodes for place in one.places),
                one.answers,
                one.profiles,
            )
            for one in found
        ],
    )


@dictionary.command()
def repair(
    context: typer.Context,
    name: str,
    key: str,
    new: str,
    scope: Annotated[
        list[int] | None, typer.Option("--scope", help="Only this scope; may be repeated.")
    ] = None,
) -> None:
    """Let NEW take the place of a missed option KEY in rate trees, answers and profiles."""
    from app.services.dictionary_repair import repair as repair_key

    session: Session = context.obj
    with session.open() as ctx:
        done = repair_key(ctx, name, key, new, scopes=scope)
    say(
        f"{name}: {key} is {new} now in {counted(done.nodes, 'place')} of "
        f"{counted(done.scopes, 'scope')}, {counted(done.answers, 'answer')}, "
        f"{counted(done.profiles, 'profile')}"
    )


@dictionary.command()
def learned(
    context: typer.Context,
    vendor: Annotated[str, typer.Option("--vendor")] = "",
    export: Annotated[Path | None, typer.Option("--export", help="CSV file.")] = None,
) -> None:
    """Show or export the choices remembered for a vendor and for all."""
    from app.services.dictionary_changes import export_learned

    session: Session = context.obj
    with session.open() as ctx:
        text = export_learned(ctx, vendor)
    if export is None:
        say(text.rstrip("\n"))
        return
    try:
        export.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{export} can't be written ({problem.strerror}).") from None
    say(f"{text.count(chr(10)) - 1} learned matches written to {export}")


@dictionary.command()
def forget(
    context: typer.Context,
    name: str,
    value: str,
    country: Annotated[str, typer.Option("--country", help="Its country, if it has one.")] = "",
    vendor: Annotated[str, typer.Option("--vendor")] = "",
) -> None:
    """Forget a remembered choice."""
    from app.services.dictionary_changes import forget_learned

    session: Session = context.obj
    with session.open() as ctx:
        if not forget_learned(ctx, name, value, context=country.upper(), vendor=vendor):
            raise UserError(f'Nothing was learned about "{value}" there.')
    say(f'{name}: "{value}" forgotten')
