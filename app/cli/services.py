"""Commands about services and their scopes (SVC-1, SVC-2)."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.session import LARGEST_ID, Session, print_json, say, table
from app.domain.counting import counted

service = typer.Typer(help="Services: a service is a rate plan.", no_args_is_help=True)
scope = typer.Typer(help="Scopes: the validity periods of a service.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.add_typer(service, name="service")
    program.add_typer(scope, name="scope")


@service.command("add")
def add_service(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name")],
    kind: Annotated[
        str,
        typer.Option(
            "--type", help="payg, unit_pack, monetary_pack, bundle_initiator or bundle_pack."
        ),
    ] = "payg",
    currency: Annotated[str, typer.Option("--currency", help="ISO code, e.g. EUR.")] = "",
    size: Annotated[str, typer.Option("--size", help="Units, amount or contacts of a pack.")] = "",
    description: Annotated[str, typer.Option("--description")] = "",
    side: Annotated[
        str, typer.Option("--side", help="sell, or cost for a vendor's list.")
    ] = "sell",
    zone: Annotated[str, typer.Option("--zone", help="Time zone of its scopes.")] = "UTC",
) -> None:
    """Add a service."""
    from app.services.tariffs.services import NewService
    from app.services.tariffs.services import add_service as add

    session: Session = context.obj
    with session.open() as ctx:
        new = NewService(name, kind, currency, size, description, side, zone)
        say(f'Service {add(ctx, new)} "{name}" added')


@service.command("list")
def list_services(context: typer.Context, as_json: _Json = False) -> None:
    """List the services."""
    from app.services.tariffs.services import list_services as listed

    session: Session = context.obj
    with session.open() as ctx:
        found = listed(ctx)
    if as_json:
        print_json(found)
        return
    fields = ("id", "name", "type", "currency", "size", "side", "scopes")
    table([f.title() for f in fields], [[row[f] for f in fields] for row in found])


@scope.command("add")
def add_scope(
    context: typer.Context,
    service_name: Annotated[str, typer.Option("--service")],
    start: Annotated[str, typer.Option("--from", help="First day, e.g. 2026-01-01.")],
    end: Annotated[str, typer.Option("--till", help="First day after it; empty = no end.")] = "",
    draft: Annotated[bool, typer.Option("--draft")] = False,
    copy_from: Annotated[
        int, typer.Option("--copy-from", max=LARGEST_ID, help="Scope to copy the tree of.")
    ] = 0,
) -> None:
    """Add a validity period to a service, empty or with a copy of another scope's tree."""
    from app.services.tariffs.scopes import NewScope
    from app.services.tariffs.scopes import add_scope as add

    session: Session = context.obj
    with session.open_patient() as ctx:
        new = NewScope(service_name, start, end, draft, copy_from or None)
        added = add(ctx, new)
    say(
        f"Scope {added.id} added"
        + (f", {counted(added.leaves, 'rate')} copied" if copy_from else "")
    )
    for warning in added.warnings:
        typer.echo(warning, err=True)


@scope.command("list")
def list_scopes(
    context: typer.Context,
    service_name: Annotated[str, typer.Option("--service")],
    as_json: _Json = False,
) -> None:
    """List the scopes of a service."""
    from app.services.tariffs.scopes import list_scopes as listed

    session: Session = context.obj
    with session.open() as ctx:
        found = listed(ctx, service_name)
    if as_json:
        print_json(found)
        return
    fields = ("id", "state", "from", "till", "revision", "rates")
    table([f.title() for f in fields], [[row[f] for f in fields] for row in found])
