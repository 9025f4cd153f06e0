"""Makes undo steps over a draft: values, price types, new nodes, removal, pasting, moving."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.kinds import OTHERS, PriceType
from app.domain.tree_draft import (
    DOMAIN,
    RESOURCE,
    ROOT,
    Edit,
    EditRefused,
    NodeRef,
    NodeState,
    Staged,
    Subtree,
    TreeDraft,
)

MAX_PRICE = 10**18 - 1
"""Greatest price that can be stored, in 1e-8."""

Change = Callable[[NodeState], NodeState]
Entries = dict[int, Staged | None]


def set_values(
    draft: TreeDraft,
    nodes: Iterable[NodeRef],
    changes: Mapping[str, Any] | Change,
    text: str,
) -> Edit:
    """Return the step that gives ``nodes`` other values; what is as stored again is not marked.

    ``changes`` = field → value, or a function of the state. Raises EditRefused for values that a
    node can't have.
    """
    change: Change = changes if callable(changes) else (lambda state: replace(state, **changes))
    after: Entries = {}
    for node in nodes:
        state = _shown(draft, node)
        wanted = checked(change(state))
        if wanted.depends_on != state.depends_on:
            raise EditRefused("What a node depends on is changed by its price type.")
        after[node.node_no] = _entry(draft, node, wanted)
    return _edit(draft, after, text)


def checked(state: NodeState) -> NodeState:
    """Return ``state`` if a node can have these values. Raises EditRefused with a sentence."""
    for price in (state.price, state.connect_price):
        if price is not None and not 0 <= price <= MAX_PRICE:
            raise EditRefused("A price must be at least 0 and below 10 000 000 000.")
    for seconds in (state.first_interval, state.next_interval):
        if seconds is not None and not 0 <= seconds < 2**31:
            raise EditRefused("An interval is a whole number of seconds, not below 0.")
    if (state.depends_on is not None) != state.is_branch:
        raise EditRefused("A node either depends on an attribute or has a price, not both.")
    if state.price is not None and state.price_type != PriceType.FLAT:
        raise EditRefused("Only a node with a flat rate has a price: change its price type first.")
    if state.scale is not None and state.price_type != PriceType.SCALE:
        raise EditRefused("Only a node with a scale has tiers: change its price type first.")
    return state


def of_type(
    state: NodeState,
    price_type: int,
    *,
    depends_on: str | None = None,
    price: int | None = None,
    scale: str | None = None,
) -> NodeState:
    """Return ``state`` with another price type; what the new one can't have is emptied."""
    flat, scaled = price_type == PriceType.FLAT, price_type == PriceType.SCALE
    branch = price_type == PriceType.DEPENDS_ON
    priced = flat or scaled
    return replace(
        state,
        price_type=int(price_type),
        depends_on=depends_on if branch else None,
        price=(state.price if price is None else price) if flat else None,
        scale=(state.scale if scale is None else scale) if scaled else None,
        connect_price=state.connect_price if priced else None,
        first_interval=state.first_interval if priced else None,
        next_interval=state.next_interval if priced else None,
    )


def change_price_type(
    draft: TreeDraft,
    node: NodeRef,
    price_type: int,
    text: str,
    *,
    depends_on: str | None = None,
    price: int | None = None,
    scale: str | None = None,
    keep_as_others: bool = True,
) -> Edit:
    """Return the step that changes a node's price type; ``removes`` says how many children go.

    A leaf that gets children keeps its old price as Others (F5) if ``keep_as_others``.
    """
    state = _shown(draft, node)
    if price_type == PriceType.DEPENDS_ON and not depends_on:
        raise EditRefused("Choose what the price depends on.")
    if node.node_no == ROOT:
        raise EditRefused("The top of the tree always depends on the service domain.")
    wanted = checked(of_type(state, price_type, depends_on=depends_on, price=price, scale=scale))
    after: Entries = {}
    removes = 0
    if state.is_branch and wanted.depends_on != state.depends_on:
        staged = draft.staged_under({node.node_no})
        removes = node.below + sum(_is_new(draft, no) for no in staged)
        after |= dict.fromkeys(staged)
    after[node.node_no] = _entry(draft, node, wanted)
    was_leaf = not state.is_branch and state.price_type != PriceType.NONE
    back = after[node.node_no] is None  # a staged leaf turns back into the stored branch
    if wanted.is_branch and was_leaf and keep_as_others and not back:
        others = replace(state, key=OTHERS, billing_rule=0, quantity_rule=0)
        after[draft.next_number] = Staged(
            node.node_no, None, others, 0, depends_on or "", (*node.above, node.node_no)
        )
    return _edit(draft, after, text, removes)


def add_children(
    draft: TreeDraft,
    parent: NodeRef,
    keys: Sequence[str],
    values: NodeState | Mapping[str, NodeState] | None,
    text: str,
    *,
    stored_keys: Collection[str] = (),
) -> Edit:
    """Return the step that adds nodes; ``values`` = those of all, or by key, None = to be filled.

    ``stored_keys`` are those of ``keys`` that the stored tree has under the parent already.
    Raises EditRefused for a key that is there (and not staged for removal), or given twice.
    """
    state = _shown(draft, parent)
    if not state.is_branch:
        raise EditRefused("Choose first what the price depends on, then add values.")
    attribute = state.depends_on or ""
    taken = _taken(draft, parent, stored_keys)
    above = (*parent.above, parent.node_no)
    after: Entries = {}
    for key in keys:
        if not key:
            raise EditRefused("A value to add is missing.")
        if key in taken:
            raise EditRefused(f'"{key}" is there already: edit that one.')
        taken.add(key)
        now = checked(_new_state(attribute, key, values))
        number = draft.next_number - len(after)
        after[number] = Staged(parent.node_no, None, now, 0, attribute, above)
    return _edit(draft, after, text)


def remove(draft: TreeDraft, nodes: Iterable[NodeRef], text: str) -> Edit:
    """Return the step that removes nodes with everything below them; ``removes`` = how many."""
    chosen = {node.node_no: node for node in nodes}
    if ROOT in chosen:
        raise EditRefused("The top of the tree can't be removed.")
    tops = [n for n in chosen.values() if chosen.keys().isdisjoint(n.above)]
    staged = draft.staged_under({n.node_no for n in tops})
    after: Entries = dict.fromkeys(staged)
    removes = sum(_is_new(draft, no) for no in staged)
    for node in tops:
        if draft.is_removed(node.node_no, node.above):
            continue
        after[node.node_no] = _entry(draft, node, None)
        removes += 1 + node.below
    return _edit(draft, after, text, removes)


def paste(
    draft: TreeDraft,
    parent: NodeRef,
    subtree: Subtree,
    text: str,
    *,
    stored: Mapping[str, NodeRef] | None = None,
    conflicts: str = "refuse",
) -> Edit:
    """Return the step that puts a copied subtree under ``parent``.

    ``stored`` = the stored children that have a key of its tops. ``conflicts`` with those: refuse
    (EditRefused naming them), skip, or replace; a leaf over a leaf only takes the values.
    """
    state = _shown(draft, parent)
    after: Entries = {}
    attribute = subtree.attribute
    if not state.is_branch and state.price_type == PriceType.NONE:
        after[parent.node_no] = _entry(
            draft, parent, of_type(state, PriceType.DEPENDS_ON, depends_on=attribute)
        )
    elif state.depends_on != attribute:
        raise EditRefused(f"The copied values are of {attribute}, but this place is not.")
    rivals = _rivals(draft, parent, subtree, stored or {})
    if rivals and conflicts == "refuse":
        named = ", ".join(sorted(rivals)[:5])
        raise EditRefused(f"Some of the copied values are there already: {named}.")
    removes = 0
    dropped: set[str] = set()
    if conflicts == "replace":
        removes, dropped = _replaced(draft, subtree, rivals, after)
    skipped = _places(subtree, set(rivals) if conflicts == "skip" else dropped)
    _plant(draft, parent, subtree, skipped, after)
    return _edit(draft, after, text, removes)


def move(
    draft: TreeDraft,
    nodes: Iterable[NodeRef],
    parent: NodeRef,
    subtree: Subtree,
    text: str,
    *,
    stored: Mapping[str, NodeRef] | None = None,
    conflicts: str = "refuse",
) -> Edit:
    """Return the one step of cut and paste inside a scope; ``subtree`` holds the cut nodes."""
    taken = list(nodes)
    numbers = {node.node_no for node in taken}
    if numbers & {parent.node_no, *parent.above}:
        raise EditRefused("A part of the tree can't be moved into itself.")
    trial = draft.copy()
    first = remove(trial, taken, text)
    trial.apply(first)
    second = paste(trial, parent, subtree, text, stored=stored, conflicts=conflicts)
    before = {**second.before, **first.before}
    return Edit(text, before, {**first.after, **second.after}, second.removes)


def _shown(draft: TreeDraft, node: NodeRef) -> NodeState:
    state = draft.state_of(node.node_no, node.state)
    if state is None or draft.is_removed(node.node_no, node.above):
        raise EditRefused("This node is to be removed: undo its removal first.")
    return state


def _entry(draft: TreeDraft, node: NodeRef, now: NodeState | None) -> Staged | None:
    """Return the entry that makes ``node`` show ``now``; None if that is how it is stored."""
    held = draft.get(node.node_no)
    base = node.state if held is None else held.base
    rev = node.from_rev if held is None else held.from_rev
    below = node.below if held is None else max(held.below, node.below)
    if base == now:
        return None
    return Staged(node.parent, base, now, rev, node.attribute, node.above, below)


def _edit(draft: TreeDraft, after: Entries, text: str, removes: int = 0) -> Edit:
    before = {number: draft.get(number) for number in after}
    changed = [number for number in after if before[number] != after[number]]
    return Edit(text, {n: before[n] for n in changed}, {n: after[n] for n in changed}, removes)


def _is_new(draft: TreeDraft, number: int) -> bool:
    entry = draft.get(number)
    return entry is not None and entry.base is None


def _taken(draft: TreeDraft, parent: NodeRef, stored: Collection[str]) -> set[str]:
    """Return the keys that are under ``parent`` as the draft shows it."""
    own = draft.get(parent.node_no)
    taken = set() if own is not None and own.drops_children else set(stored)
    for _, entry in draft:
        if entry.parent == parent.node_no and entry.base is not None and entry.now is None:
            taken.discard(entry.base.key)
    for number in draft.children_added(parent.node_no):
        taken.add(draft.ref(number).state.key)
    return taken


def _new_state(
    attribute: str, key: str, values: NodeState | Mapping[str, NodeState] | None
) -> NodeState:
    found = values.get(key) if isinstance(values, Mapping) else values
    if found is not None:
        return replace(found, key=key)
    if attribute == DOMAIN:
        return NodeState(key, RESOURCE, int(PriceType.DEPENDS_ON))
    return NodeState(key, None, int(PriceType.NONE))


def _rivals(
    draft: TreeDraft, parent: NodeRef, subtree: Subtree, stored: Mapping[str, NodeRef]
) -> dict[str, NodeRef]:
    """Return the nodes in place that have a key of the subtree's tops."""
    keys = {top.key for top in subtree.tops}
    standing = _taken(draft, parent, stored) & keys
    found: dict[str, NodeRef] = {}
    for number in draft.children_added(parent.node_no):
        ref = draft.ref(number)
        if ref.state.key in standing:
            found[ref.state.key] = ref
    for key in standing - found.keys():
        found[key] = stored[key]
    return found


def _replaced(
    draft: TreeDraft, subtree: Subtree, rivals: Mapping[str, NodeRef], after: Entries
) -> tuple[int, set[str]]:
    """Settle the nodes that a paste replaces: nodes that go, and keys that need no planting."""
    removes = 0
    kept: set[str] = set()
    for state in subtree.tops:
        node = rivals.get(state.key)
        if node is None:
            continue
        if not state.is_branch and not _shown(draft, node).is_branch:
            after[node.node_no] = _entry(draft, node, state)
            kept.add(state.key)
            continue
        gone = remove(draft, [node], "")
        after |= gone.after
        removes += gone.removes
    return removes, kept


def _places(subtree: Subtree, keys: Collection[str]) -> set[int]:
    """Return the places of the nodes at and below the tops with these keys."""
    out: set[int] = set()
    for place, node in enumerate(subtree.nodes):
        top_out = node.parent < 0 and node.state.key in keys
        if top_out or node.parent in out:
            out.add(place)
    return out


def _plant(
    draft: TreeDraft, parent: NodeRef, subtree: Subtree, skipped: Collection[int], after: Entries
) -> None:
    number = draft.next_number
    planted: dict[int, tuple[int, tuple[int, ...], str]] = {
        -1: (parent.node_no, (*parent.above, parent.node_no), subtree.attribute)
    }
    for place, node in enumerate(subtree.nodes):
        if place in skipped:
            continue
        own_parent, above, attribute = planted[node.parent]
        after[number] = Staged(own_parent, None, checked(node.state), 0, attribute, above)
        planted[place] = (number, (*above, number), node.state.depends_on or "")
        number -= 1
