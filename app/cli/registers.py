"""Commands about the register of companies that "Fill by tax ID" looks into (ACC-1)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.session import Session, print_json, say, warn
from app.domain.counting import counted

registers = typer.Typer(help="The register of companies by tax ID.", no_args_is_help=True)

REJECTS = 3
"""Exit code when rows were left out."""


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(registers, name="register")


@registers.callback()
def _group() -> None:
    """Keep ``load`` a command of its own, also while it is the only one."""


@registers.command("load")
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with INN, KPP, name, address.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Load a register: new companies are added, others take what the file says."""
    from app.services.accounts.register_load import load_register

    session: Session = context.obj
    with session.open_patient() as ctx:
        found = load_register(ctx, file)
    if as_json:
        print_json(asdict(found))
    else:
        say(
            f"Read {counted(found.read, 'company')}: {found.added} added, {found.changed} changed; "
            f"the register has {counted(found.total, 'company')}"
        )
        for reason in found.reasons:
            warn(reason)
        if found.rejected:
            warn(f"{counted(found.rejected, 'row')} left out")
    if found.rejected:
        raise typer.Exit(REJECTS)
