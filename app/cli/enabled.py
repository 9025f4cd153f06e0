"""Commands about what agreements have enabled (ACC-4, A17)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.session import Session, print_json, say, table
from app.domain.counting import counted

enabled = typer.Typer(
    help="Enabled services: the order of use, and a check of their channels.", no_args_is_help=True
)

_Company = Annotated[str, typer.Option("--company", help="Name of the agreement's company.")]


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(enable)
    program.add_typer(enabled, name="enabled")


def enable(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="Name of the service, pack or bundle.")],
    agreement: Annotated[str, typer.Option("--agreement", help="Code of the agreement.")],
    company: _Company = "",
    start: Annotated[
        str, typer.Option("--from", help="Local time, e.g. 2026-01-31 or 2026-01-31T08:30; now.")
    ] = "",
    till: Annotated[str, typer.Option("--till", help="Local time; empty = indefinitely.")] = "",
    zone: Annotated[
        str, typer.Option("--zone", help="Time zone of both; else the agreement's billing zone.")
    ] = "",
    free: Annotated[bool, typer.Option("--free", help="A pack free of charge.")] = False,
    charge: Annotated[bool, typer.Option("--charge", help="A pack at its found price.")] = False,
    auto_extend: Annotated[
        bool, typer.Option("--auto-extend", help="Buy a bundle pack for each next period.")
    ] = False,
    hidden: Annotated[bool, typer.Option("--hidden", help="Do not show it to the client.")] = False,
) -> None:
    """Enable a service, pack, bundle initiator or bundle pack on an agreement."""
    from app.errors import UserError
    from app.sections import section
    from app.services import records
    from app.services.accounts.enabled_commands import EnableRequest, prepared

    if free and charge:
        raise UserError("A pack is either free or charged: give one of --free and --charge.")
    billing = "free" if free else "charge" if charge else ""
    asked = EnableRequest(
        service, agreement, company, start, till, zone, billing, auto_extend, hidden
    )
    session: Session = context.obj
    with session.open() as ctx:
        chosen, values = prepared(ctx, asked)
        made = records.create(ctx, section(chosen), values)
        warnings = {}
        if section(chosen).advise:
            warnings = records.named_service(section(chosen).advise)(ctx, made, values)
    say(f'{section(chosen).singular.capitalize()} {made} "{service}" added')
    for sentence in warnings.values():
        typer.echo(sentence, err=True)


@enabled.command()
def order(
    context: typer.Context,
    agreement: Annotated[str, typer.Option("--agreement", help="Code of the agreement.")],
    company: _Company = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what an agreement uses now, in the order of use: packs first, then pay-as-you-go."""
    from app.services.accounts.agreement_views import details
    from app.services.accounts.enabled_views import order_of_use

    session: Session = context.obj
    with session.open() as ctx:
        found = order_of_use(ctx, details(ctx, agreement, company)["id"])
    if as_json:
        print_json(
            [
                {
                    **asdict(use),
                    "effective_from": use.effective_from.isoformat(),
                    "effective_till": use.effective_till and use.effective_till.isoformat(),
                }
                for use in found
            ]
        )
        return
    lines = [
        [
            str(use.place or ""),
            f"missed option {use.service}" if use.missed else use.service,
            use.type.replace("_", " "),
            ", ".join(use.resources),
        ]
        for use in found
    ]
    table(("#", "service", "type", "resources"), lines)


@enabled.command()
def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Store what is right.")] = False,
) -> None:
    """Compare the stored channels of enabled services with what their rate trees price."""
    from app.services.accounts.enabled_views import rebuild, verify

    session: Session = context.obj
    with session.open() as ctx:
        wrong = verify(ctx)
        for sentence in wrong:
            say(sentence)
        if repair and wrong:
            say(f"Mended {counted(rebuild(ctx), 'service')}")
            return
    if wrong:
        say('Run "enabled check --repair" to store what is right.')
        raise typer.Exit(1)
    say("The channels of all enabled services are right")
