"""The command about what is set up and what is missing (M4)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.session import Session, print_json, table
from app.domain.counting import counted

UNFINISHED = 2
"""Exit code while a step is missing: decide, then go on."""


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(setup)


def setup(
    context: typer.Context,
    company: Annotated[
        str, typer.Option("--company", help="Name of a client or reseller; else the back office.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what must stand before traffic can be charged; exit code 2 if something is missing."""
    from app.services.setup_checklist import missing, of

    session: Session = context.obj
    with session.open() as ctx:
        steps = of(ctx, name=company)
    if as_json:
        print_json([asdict(step) for step in steps])
    else:
        table(("step", "state", "what"), [(s.title, s.state, s.sentence) for s in steps])
    if number := missing(steps):
        typer.echo(f"{counted(number, 'step')} missing", err=True)
        raise typer.Exit(UNFINISHED)
