"""Commands that show, compare and export rate trees."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.session import LARGEST_ID, Session, print_json, say, table
from app.domain.counting import counted

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Service = Annotated[str, typer.Option("--service")]
_ScopeId = Annotated[int, typer.Argument(min=1, max=LARGEST_ID, help="Scope ID (see scope list).")]
_Scope = Annotated[int, typer.Option("--scope", help="Scope ID; else the current or only one.")]


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (tree, compare, export):
        program.command()(command)


def tree(
    context: typer.Context, service: _Service, scope: _Scope = 0, as_json: _Json = False
) -> None:
    """Print the rate tree of a service."""
    from app.services.tariffs.show_tree import show_tree

    session: Session = context.obj
    with session.open() as ctx:
        shown = show_tree(ctx, service, scope or None)
    if as_json:
        print_json(shown)
        return
    say(f"{shown['service']}, scope {shown['scope']}, revision {shown['revision']}")
    for line in shown["tree"]:
        _print_node(line, 0)


def _print_node(node: dict[str, Any], depth: int) -> None:
    rules = ", ".join(r for r in (node.get("billing_rule"), node.get("quantity_rule")) if r)
    say(f"{'  ' * depth}{node['name']}: {node['text']}" + (f" [{rules}]" if rules else ""))
    for child in node.get("children", []):
        _print_node(child, depth + 1)


def compare(
    context: typer.Context, first: _ScopeId, second: _ScopeId, as_json: _Json = False
) -> None:
    """Compare the trees of two scopes: what is new, dearer, cheaper, changed or gone in SECOND."""
    from app.services.tariffs.compare_scopes import compare_scopes

    session: Session = context.obj
    with session.open() as ctx:
        found = compare_scopes(ctx, first, second)
    if as_json:
        print_json(found)
        return
    say(", ".join(f"{word} {count}" for word, count in found["changes"].items()))
    table(
        ("Change", "Path", "From", "To", "%"),
        [(d["change"], d["path"], d["old"], d["new"], d["percent"]) for d in found["differences"]],
    )


def export(
    context: typer.Context,
    service: _Service,
    file: Path,
    scope: _Scope = 0,
    flat: Annotated[
        bool, typer.Option("--flat", help="A list for people, a row per rate (not for re-import).")
    ] = False,
) -> None:
    """Write a rate tree to FILE (.xlsx or .csv); importing it again gives the same tree."""
    from app.services.tariffs.export_scope import export_scope

    session: Session = context.obj
    with session.open() as ctx:
        rows = export_scope(ctx, service, file, scope_id=scope or None, flat=flat)
    say(f"{counted(rows, 'row')} written to {file}")
