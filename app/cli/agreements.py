"""Commands about agreements: list them, show one, look for gaps (ACC-3)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.session import Session, print_json, say, table
from app.domain.counting import counted

agreements = typer.Typer(help="Agreements: list them, check them.", invoke_without_command=True)
agreement = typer.Typer(help="One agreement: its terms and versions.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Company = Annotated[str, typer.Option("--company", help="Name of the company.")]

LINE = ("id", "company", "code", "currency", "status", "from", "till", "limit", "billing")
VERSION = ("id", "status", "from", "till", "limit", "billing", "day", "split", "zone", "days")
EMAILS = ("invoice", "account", "rate_change", "service", "payment_alert")


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(agreements, name="agreements")
    program.add_typer(agreement, name="agreement")


@agreements.callback()
def list_agreements(context: typer.Context, company: _Company = "", as_json: _Json = False) -> None:
    """List the agreements."""
    if context.invoked_subcommand is not None:
        return
    from app.services.accounts.agreement_views import listed

    session: Session = context.obj
    with session.open() as ctx:
        found = listed(ctx, company)
    if as_json:
        print_json(found)
    else:
        _table(LINE, found)


@agreements.command()
def check(context: typer.Context, as_json: _Json = False) -> None:
    """Look for gaps between versions, services that go on, missing addresses."""
    from dataclasses import asdict

    from app.services.accounts.agreement_lint import ERROR, findings

    session: Session = context.obj
    with session.open() as ctx:
        found = findings(ctx)
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            say(f"{finding.severity}: {finding.where}: {finding.sentence}")
        say(counted(len(found), "finding"))
    if any(finding.severity == ERROR for finding in found):
        raise typer.Exit(1)


@agreement.command()
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the agreement.")],
    company: _Company = "",
    as_json: _Json = False,
) -> None:
    """Show an agreement with its versions."""
    from app.services.accounts.agreement_views import details

    session: Session = context.obj
    with session.open() as ctx:
        found = details(ctx, code, company)
    if as_json:
        print_json(found)
        return
    say(f"{found['company']} - {found['code']} of {found['date']}, {found['currency']}")
    for name in EMAILS:
        mails = found[f"{name}_emails"]
        if mails:
            say(f"{name.replace('_', ' ').capitalize()} e-mails: {', '.join(mails)}")
    _table(VERSION, found["versions"])


def _table(names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    cells = [
        [("yes" if row[n] else "no") if isinstance(row[n], bool) else row[n] for n in names]
        for row in rows
    ]
    table([name.capitalize() for name in names], cells)
