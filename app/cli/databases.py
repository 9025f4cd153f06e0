"""Commands about the database itself: init, info, backup, restore, and the demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import data_folder, database_exists, database_target
from app.cli.session import Session, print_json, say, table
from app.errors import UserError
from app.ui.launch import Opening, has_display, open_window

DEMO_NAME = "demo.db"

database = typer.Typer(help="The database: make, describe, back up, restore.", no_args_is_help=True)


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(database, name="db")
    program.command()(demo)


@database.command()
def init(context: typer.Context) -> None:
    """Make a new database, or bring an older one up to date (after a backup)."""
    session: Session = context.obj
    with session.open(create=True, upgrade=True) as ctx:
        say(f"Ready: {ctx.database.place}")


@database.command()
def info(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Tell where the database is, its version and what it holds."""
    from app.services.databases import database_info

    session: Session = context.obj
    with session.open() as ctx:
        facts = database_info(ctx)
    if as_json:
        print_json(facts)
    else:
        table(("what", "value"), [(k, str(v)) for k, v in facts.items()])


@database.command()
def backup(context: typer.Context, file: Path) -> None:
    """Write a verified copy of the database to FILE."""
    from app.services.databases import backup_database

    session: Session = context.obj
    with session.open() as ctx:
        backup_database(ctx, file)
    say(f"Backed up to {file}")


@database.command()
def restore(context: typer.Context, file: Path) -> None:
    """Replace the database by the backup FILE; the old one is kept aside."""
    from app.services.databases import restore_database

    session: Session = context.obj
    kept = restore_database(database_target(session.db), file)
    say(f"Restored from {file}" + (f"; the former database is kept as {kept}" if kept else ""))


def demo(
    context: typer.Context,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="Only print what happened.")
    ] = False,
) -> None:
    """Make a sample database, print what happened, and open it in the window if there is one."""
    from app.sections import SECTIONS
    from app.services.demo import SERVICE, make_demo

    session: Session = context.obj
    if not session.db:
        session = Session(str(data_folder() / DEMO_NAME))
        Path(session.db).unlink(missing_ok=True)
    elif database_exists(session.db):
        raise UserError(f"{session.db} exists already: the demo needs a new file; name another.")
    with session.open(create=True) as ctx:
        for line in make_demo(ctx, SECTIONS):
            say(line)
    say(f'\nLook at it: tariffdesk --db "{session.db}" tree --service "{SERVICE}"')
    if not no_window and has_display() and sys.stdout.isatty():
        open_window(Opening(session.db))  # the demo was made, whatever the display says
