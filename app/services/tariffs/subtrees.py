"""Copies parts of a rate tree, also between scopes and services (item 29)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from app.db.queries import rate_browse, rate_subtree
from app.domain.kinds import PriceType
from app.domain.tree_draft import (
    ROOT,
    NodeState,
    Subtree,
    SubtreeNode,
    TreeDraft,
    sibling_order,
)
from app.errors import UserError
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.edit_checks import key_problem
from app.services.tariffs.edit_paths import SEPARATOR, DraftPaths
from app.services.tariffs.tree_names import attribute_name
from app.services.tariffs.tree_options import Path, allowed_attributes, allowed_types
from app.services.tariffs.tree_pages import scope_and_service
from dictionaries.catalogue import Catalogue, load_catalogue

LARGEST = 100_000
"""Nodes that fit a clipboard; whole trees are copied by the scope's own command."""


@service("finance.services", "view")
def read_subtree(ctx: Context, scope_id: int, nodes: Sequence[int], draft: TreeDraft) -> Subtree:
    """Return ``nodes`` (siblings) with all that is below them, as the draft shows them.

    Nodes below other ones of ``nodes`` come with those. Raises UserError for nodes of different
    levels, and for more than fits.
    """
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        dictionaries = shown_dictionaries(connection, owner.company_id)
        stored = [number for number in nodes if number >= 0]
        rows = _rows(connection, scope_id, stored)
        paths = DraftPaths(connection, scope_id, draft, load_catalogue(), dictionaries, stored)
        light = rate_browse.with_ancestors(connection, scope_id, stored)
    chosen = set(nodes)
    above = {number: entry.above for number, entry in draft if number in chosen}
    for number in (light.keys() & chosen) - above.keys():
        above[number] = rate_browse.above(light, number)[:-1]
    tops = [no for no in nodes if no in above and above.keys().isdisjoint(above[no])]
    if not tops or ROOT in tops:
        raise UserError("Choose the nodes to copy, below the top of the tree.")
    attributes = {paths.pairs((*above[top], top))[-1][0] for top in tops}
    if len(attributes) > 1:
        raise UserError("Only nodes of one level can be copied together: choose fewer nodes.")
    path = paths.pairs(above[tops[0]])
    return Subtree(
        attribute=attributes.pop(),
        nodes=_collected(tops, rows, draft),
        currency=owner.currency or "",
        resource=path[1][1] if len(path) > 1 else "",
        source=SEPARATOR.join([owner.name, *paths.names(path)]),
        fixed=tuple(attribute for attribute, _ in path),
    )


def _rows(connection: Any, scope_id: int, tops: Sequence[int]) -> list[rate_subtree.SubtreeRow]:
    rows: dict[int, rate_subtree.SubtreeRow] = {}
    for part in rate_browse.batches(tops):
        limit = LARGEST + 1 - len(rows)
        found = rate_subtree.rows_below(connection, scope_id, part, limit=limit)
        rows |= {row.node_no: row for row in found}
        if len(rows) > LARGEST:
            raise UserError(
                f"More than {LARGEST:,} nodes don't fit the clipboard: use Copy rate tree from in "
                "the other scope."
            )
    return list(rows.values())


def _collected(
    tops: Sequence[int], rows: Sequence[rate_subtree.SubtreeRow], draft: TreeDraft
) -> tuple[SubtreeNode, ...]:
    """Return the nodes in tree order, parents before children."""
    stored = {row.node_no: row.state for row in rows}
    below: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        below[row.parent_no].append(row.node_no)
    nodes: list[SubtreeNode] = []

    def add(numbers: Sequence[int], place: int) -> None:
        shown = [(draft.state_of(number, stored.get(number)), number) for number in numbers]
        present: list[tuple[NodeState, int]] = [(s, n) for s, n in shown if s is not None]
        for state, number in sorted(present, key=lambda found: sibling_order(found[0].key)):
            nodes.append(SubtreeNode(place, state))
            own = len(nodes) - 1
            held = draft.get(number)
            kept = [] if held is not None and held.drops_children else below[number]
            add([*kept, *draft.children_added(number)], own)

    add(tops, -1)
    return tuple(nodes)


@service("finance.services", "view")
def fits(ctx: Context, scope_id: int, path: Path, subtree: Subtree) -> str:
    """Return "", or a sentence why a subtree can't be pasted under the node at ``path``."""
    catalogue = load_catalogue()
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
    return fitting_problem(catalogue, owner.type, path, subtree)


def fitting_problem(catalogue: Catalogue, service_type: str, path: Path, subtree: Subtree) -> str:
    """Return what :func:`fits` says, for a known type of service."""
    if subtree.attribute not in allowed_attributes(catalogue, path):
        name = attribute_name(catalogue, subtree.attribute)
        return f"Values of {name} can't stand here: choose a place that can depend on {name}."
    places: list[Path] = []
    for node in subtree.nodes:
        above = places[node.parent] if node.parent >= 0 else path
        attribute = subtree.attribute
        if node.parent >= 0:
            attribute = subtree.nodes[node.parent].state.depends_on or ""
        own = (*above, (attribute, node.state.key))
        problem = _node_problem(catalogue, service_type, own, node.state)
        if problem:
            return problem
        places.append(own)
    return ""


def _node_problem(catalogue: Catalogue, service_type: str, path: Path, state: NodeState) -> str:
    problem = key_problem(catalogue, path)
    if problem:
        return f'"{path[-1][1]}" can\'t stand here: {problem}'
    if state.depends_on and state.depends_on not in allowed_attributes(catalogue, path):
        name = attribute_name(catalogue, state.depends_on)
        return f"{name} is fixed above, or no attribute of this resource: choose another place."
    types = {int(PriceType.NONE), *allowed_types(catalogue, service_type, path)}
    if state.price_type not in types:
        word = PriceType(state.price_type).name.replace("_", " ").capitalize()
        return f'The price type "{word}" is not possible in this service.'
    return ""


@service("finance.services", "view")
def paste_warning(ctx: Context, scope_id: int, subtree: Subtree) -> str:
    """Return a sentence a person should read before pasting (another currency), or ""."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
    if subtree.currency and owner.currency and subtree.currency != owner.currency:
        return (
            f"The copied prices are in {subtree.currency}, this service is in {owner.currency}: "
            "the numbers are pasted as they are."
        )
    return ""
