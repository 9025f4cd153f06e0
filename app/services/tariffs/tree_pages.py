"""Pages of a stored rate tree for the editor: heads, children, paths, levels to expand (F13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.db.queries import rate_browse, rate_nodes, rate_subtree, scopes, services
from app.db.queries.rate_browse import BrowsedNode, Light
from app.db.queries.service_sight import seen_scope
from app.domain.kinds import OTHERS, BillingRule, QuantityRule
from app.domain.tree_draft import ROOT, NodeRef, NodeState, mark_of
from app.errors import UserError
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.scopes import state as state_of
from app.services.tariffs.tree_names import is_known, others_wanted
from dictionaries.catalogue import load_catalogue

PAGE = 200
NOT_COUNTED = -1

COUNTED = 1000
"""Children are counted up to here; a greater number is shown as "more than"."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A stored node as shown; ``above`` = node numbers from the root down to its parent.

    ``name`` is what a person sees, ``children`` at most COUNTED + 1, ``mark`` a word of
    :func:`app.domain.tree_draft.mark_of` (``known``, ``others_wanted`` are what it needs to know).
    ``effective_*`` are the rules in force: its own, else inherited, else the catalogue's.
    """

    node_no: int
    parent_no: int
    attribute: str
    key: str
    name: str
    state: NodeState
    from_rev: int
    children: int
    has_others: bool
    effective_billing: int
    effective_quantity: int
    mark: str
    above: tuple[int, ...]
    known: bool
    others_wanted: bool

    def ref(self, below: int = 0) -> NodeRef:
        """Return the node as edits take it; ``below`` from :func:`count_below` when it matters."""
        return NodeRef(self.node_no, self.above, self.attribute, self.state, self.from_rev, below)


@dataclass(frozen=True, slots=True)
class ChildrenPage:
    """Rows in sibling order; ``total`` -1 = not counted (see :func:`count_children`)."""

    rows: list[TreeRow]
    total: int
    at_end: bool


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What stands above the tree; ``scope_state`` draft, current, past, upcoming or overlapped.

    ``currency`` is "" for packs and initiators; ``priced`` whether the tree holds prices (L16).
    """

    scope_id: int
    scope_name: str
    revision: int
    service_id: int
    service_name: str
    service_type: str
    side: str
    currency: str
    time_zone: str
    archived: bool
    scope_state: str
    effective_from: dt.datetime | None
    effective_till: dt.datetime | None
    root: TreeRow
    priced: bool


@dataclass(frozen=True, slots=True)
class TreeSize:
    """Counts of a whole tree without its root; ``incomplete`` nodes can't be used (SVC-4)."""

    nodes: int
    leaves: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class Expansion:
    """Branches to expand, parents first; ``left_out`` = how many more a cap kept closed."""

    numbers: list[int]
    left_out: int


UNPRICED = frozenset({"unit_pack", "monetary_pack", "bundle_initiator", "bundle_pack"})
"""Service types whose tree says what is covered and holds no prices (L16)."""


@service("finance.services", "view")
def tree_head(ctx: Context, scope_id: int) -> TreeHead:
    """Return what stands above the tree and its root; quick for any size."""
    now = ctx.clock()
    with ctx.database.read() as connection:
        scope, owner = scope_and_service(connection, ctx, scope_id)
        current = scopes.current_scope(connection, owner.id, now)
        root = _rows(owner.company_id, connection, scope_id, [ROOT])[ROOT]
    return TreeHead(
        scope_id=scope.id,
        scope_name=scope.name,
        revision=scope.revision,
        service_id=owner.id,
        service_name=owner.name,
        service_type=owner.type,
        side=owner.side,
        currency=owner.currency or "",
        time_zone=owner.time_zone,
        archived=owner.archived_at is not None,
        scope_state=state_of(scope, current.id if current else None, now),
        effective_from=scope.effective_from,
        effective_till=scope.effective_till,
        root=root,
        priced=owner.type not in UNPRICED,
    )


def scope_and_service(
    connection: Any, ctx: Context, scope_id: int, *, own: bool = False
) -> tuple[scopes.ScopeRecord, services.ServiceRecord]:
    """Return a scope in the actor's sight and its service; ``own``: one that may be changed.

    Raises UserError if there is none.
    """
    return seen_scope(connection, ctx.actor.company_id, scope_id, own=own)


@service("finance.services", "view")
def tree_size(ctx: Context, scope_id: int) -> TreeSize:
    """Count the nodes of a tree; takes time with its size."""
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        counts = rate_nodes.tree_counts(connection, scope_id)
        incomplete = rate_browse.incomplete_count(connection, scope_id)
    return TreeSize(counts.nodes, counts.leaves, incomplete)


@service("finance.services", "view")
def children_page(
    ctx: Context, scope_id: int, parent_no: int, *, after_key: str | None = None, limit: int = PAGE
) -> ChildrenPage:
    """Return the children behind ``after_key`` (None = from the first one)."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        found = rate_browse.browse_children(
            connection, scope_id, parent_no, after_key=after_key, limit=limit, cap=COUNTED + 1
        )
        light = rate_browse.with_ancestors(connection, scope_id, [parent_no])
        rows = _described(owner.company_id, connection, found, light)
    at_end = len(found) < limit or (bool(found) and found[-1].state.key == OTHERS)
    total = len(found) if at_end and after_key is None else NOT_COUNTED
    return ChildrenPage(rows, total, at_end)


@service("finance.services", "view")
def children_before(
    ctx: Context, scope_id: int, parent_no: int, before_key: str, *, limit: int = PAGE
) -> ChildrenPage:
    """Return the children in front of ``before_key``; ``at_end`` = the first child is there."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        found = rate_browse.browse_before(
            connection, scope_id, parent_no, before_key=before_key, limit=limit, cap=COUNTED + 1
        )
        light = rate_browse.with_ancestors(connection, scope_id, [parent_no])
        rows = _described(owner.company_id, connection, found, light)
    return ChildrenPage(rows, NOT_COUNTED, len(found) < limit)


@service("finance.services", "view")
def count_children(ctx: Context, scope_id: int, parent_no: int) -> int:
    """Count the stored children of a node."""
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        return rate_browse.count_children(connection, scope_id, parent_no)


@service("finance.services", "view")
def count_below(ctx: Context, scope_id: int, numbers: Sequence[int]) -> dict[int, int]:
    """Return node number → number of stored nodes below it, to be told before they are removed."""
    stored = [number for number in numbers if number >= 0]
    counts = dict.fromkeys(numbers, 0)
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        for part in rate_browse.batches(stored):
            counts |= rate_subtree.counts_below(connection, scope_id, part)
    return counts


@service("finance.services", "view")
def rows_by_number(ctx: Context, scope_id: int, numbers: Sequence[int]) -> list[TreeRow]:
    """Return live nodes in the order of ``numbers``; those that are gone are left out."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        found = _rows(owner.company_id, connection, scope_id, numbers)
    return [found[number] for number in numbers if number in found]


@service("finance.services", "view")
def rows_by_keys(
    ctx: Context, scope_id: int, parent_no: int, keys: Sequence[str]
) -> dict[str, TreeRow]:
    """Return key → live child of a node, of those of ``keys`` that are there."""
    if parent_no < 0:
        return {}
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        found = rate_browse.browse_keys(connection, scope_id, parent_no, keys, cap=COUNTED + 1)
        light = rate_browse.with_ancestors(connection, scope_id, [parent_no])
        rows = _described(owner.company_id, connection, list(found.values()), light)
    return {row.key: row for row in rows}


@service("finance.services", "view")
def path_of(ctx: Context, scope_id: int, node_no: int) -> tuple[TreeRow, ...]:
    """Return the nodes from the root down to a live node; UserError if it is gone."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        light = rate_browse.with_ancestors(connection, scope_id, [node_no])
        if node_no not in light:
            raise UserError("This node is not there any more: reload the tree.")
        path = rate_browse.above(light, node_no)
        found = _rows(owner.company_id, connection, scope_id, path)
    return tuple(found[number] for number in path)


@service("finance.services", "view")
def node_at(ctx: Context, scope_id: int, keys: Sequence[str]) -> int:
    """Return the number of the node at a path of keys, or of the deepest one above that exists."""
    number = ROOT
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        for key in keys:
            found = rate_browse.browse_keys(connection, scope_id, number, [key], cap=0)
            if key not in found:
                break
            number = found[key].node_no
    return number


@service("finance.services", "view")
def node_named(ctx: Context, scope_id: int, place: str) -> int:
    """Return the number of the node at a path of names (``SMS messaging/SMS message/…``).

    A number stands for itself; of a path that does not exist the deepest node above it is taken.
    """
    if place.isdigit():
        return int(place)
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        dictionaries = shown_dictionaries(connection, owner.company_id)
    try:
        path = load_catalogue().parse_path(place, dictionaries)
    except ValueError:
        return ROOT
    return node_at(ctx, scope_id, [key for _, key in path])


@service("finance.services", "view")
def expand_levels(
    ctx: Context, scope_id: int, node_no: int, levels: int, limit: int = 5000
) -> Expansion:
    """Return the branches to open so that ``levels`` levels below a node show (0 = all)."""
    if levels == 1:
        return Expansion([node_no], 0)
    depth = {node_no: 0}
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        for number, parent in rate_browse.branches(connection, scope_id):
            above = depth.get(parent)
            if above is not None and number != node_no and (not levels or above + 1 < levels):
                depth[number] = above + 1
    ordered = sorted(depth, key=depth.__getitem__)
    return Expansion(ordered[:limit], max(0, len(ordered) - limit))


# ------------------------------------------------------------------------------ rows


def _rows(
    tenant: int, connection: Any, scope_id: int, numbers: Sequence[int]
) -> dict[int, TreeRow]:
    found = rate_browse.browse_numbers(connection, scope_id, numbers, cap=COUNTED + 1)
    light = rate_browse.with_ancestors(connection, scope_id, found)
    rows = _described(tenant, connection, list(found.values()), light)
    return {row.node_no: row for row in rows}


def _described(
    tenant: int, connection: Any, nodes: Sequence[BrowsedNode], light: dict[int, Light]
) -> list[TreeRow]:
    """Return rows of ``nodes``, whose ancestors are all in ``light``; names are the tenant's."""
    catalogue = load_catalogue()
    dictionaries = shown_dictionaries(connection, tenant)
    inherited: dict[int, tuple[tuple[int, ...], int, int]] = {}
    wanted: dict[str | None, bool] = {}
    rows = []
    for node in nodes:
        parent = node.parent_no
        if parent not in inherited:
            above = rate_browse.above(light, parent)
            inherited[parent] = (above, *in_force([light[number] for number in above], light))
        above, billing, quantity = inherited[parent]
        attribute = (light[parent].depends_on or "") if parent >= 0 else ""
        state = node.state
        if attribute == "resource":
            billing, quantity = catalogue_rules(state.key)
        key = state.key
        known = not attribute or is_known(catalogue, dictionaries, attribute, key)
        if state.depends_on not in wanted:
            wanted[state.depends_on] = others_wanted(catalogue, dictionaries, state.depends_on)
        rows.append(
            TreeRow(
                node_no=node.node_no,
                parent_no=parent,
                attribute=attribute,
                key=key,
                name=catalogue.key_text(attribute, key, dictionaries) if attribute else "",
                state=state,
                from_rev=node.from_rev,
                children=node.children,
                has_others=node.has_others,
                effective_billing=state.billing_rule or billing,
                effective_quantity=state.quantity_rule or quantity,
                mark=mark_of(
                    state,
                    children=node.children,
                    has_others=node.has_others,
                    others_wanted=wanted[state.depends_on],
                    known=known,
                ),
                above=above,
                known=known,
                others_wanted=wanted[state.depends_on],
            )
        )
    return rows


def in_force(path: Sequence[Light], light: dict[int, Light]) -> tuple[int, int]:
    """Return the billing and quantity rule that hold below the last node of ``path``."""
    billing = quantity = 0
    for node in path:
        parent = light.get(node.parent_no)
        if parent is not None and parent.depends_on == "resource":
            billing, quantity = catalogue_rules(node.key)
        billing = node.billing_rule or billing
        quantity = node.quantity_rule or quantity
    return billing, quantity


def catalogue_rules(resource: str) -> tuple[int, int]:
    """Return the default rules of a resource, (0, 0) if it is unknown (SVC-6)."""
    found = load_catalogue().resources.get(resource)
    if found is None:
        return 0, 0
    billing, quantity = found.billing_rule.upper(), found.quantity_rule.upper()
    return int(BillingRule[billing]), int(QuantityRule[quantity])
