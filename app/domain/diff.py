"""What a draft does to the current tree: matching by path, change counts, and what to write.

Modes (F5): *merge* = upsert by path; *replace* = the target's subtree becomes the draft's;
*replace-listed* = replace inside every first-level key that the draft names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np

from app.domain.pricing import parse_scale, scale_direction
from app.domain.tree import (
    NONE,
    OTHERS,
    PAYLOAD,
    Bools,
    Int8,
    Int16,
    Int32,
    Int64,
    PriceType,
    RateTree,
    empty_tree,
)


class Mode(StrEnum):
    """F5."""

    MERGE = "merge"
    REPLACE = "replace"
    REPLACE_LISTED = "replace-listed"


class Change(IntEnum):
    """What happens to a leaf (F6); BRANCH marks nodes that are no leaves."""

    BRANCH = 0
    NEW = 1
    INCREASED = 2
    DECREASED = 3
    CHANGED = 4
    UNCHANGED = 5
    REMOVED = 6


@dataclass(frozen=True, slots=True)
class StructureConflict:
    """A place where the draft and the current tree are built differently (F5)."""

    path: tuple[tuple[str, str], ...]
    current: str
    draft: str


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """A draft held against the current tree.

    ``match`` = current node of each draft node or -1; ``before`` = the one it takes the place of:
    the same, but for the ``*`` below a rate that got children the rate; ``change`` a
    :class:`Change` per draft node;
    ``removed`` = current nodes that go; ``split`` = draft nodes that were leaves and get children
    and whose old price becomes ``*``; ``drops_others`` = a replace takes a fallback branch away.
    """

    current: RateTree
    draft: RateTree
    match: Int32
    before: Int32
    change: Int8
    removed: Int32
    split: Int32
    conflicts: tuple[StructureConflict, ...]
    drops_others: bool

    def closed(self) -> Int32:
        """Return the current leaves that are no rates any more.

        They are removed, or become branches without a ``*`` in their place.
        """
        current = self.current
        pairs = np.flatnonzero(self.match >= 0)
        opened = self.match[pairs[~self.draft.leaf[pairs]]]
        opened = opened[current.leaf[opened]]
        if len(opened):
            opened = np.setdiff1d(opened, self.before[self.match < 0])
        return np.concatenate([self.removed[current.leaf[self.removed]], opened]).astype(np.int32)

    def counts(self) -> dict[str, int]:
        """Return the number of leaves per change word; *removed* counts current leaves."""
        tally = np.bincount(self.change, minlength=7)
        return {
            "new": int(tally[Change.NEW]),
            "increased": int(tally[Change.INCREASED]),
            "decreased": int(tally[Change.DECREASED]),
            "changed": int(tally[Change.CHANGED]) + len(self.split),
            "unchanged": int(tally[Change.UNCHANGED]),
            "removed": len(self.closed()),
        }


@dataclass(frozen=True, slots=True)
class NodeValues:
    """k nodes' values without their place; codes into the pools of their :class:`ChangeSet`."""

    key: Int32
    depends_on: Int16
    price_type: Int8
    price: Int64
    billing_rule: Int8
    quantity_rule: Int8
    connect_price: Int64
    first_interval: Int32
    next_interval: Int32
    scale: Int32

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a commit writes.

    ``insert_parent`` is the stored number of each new node's parent, or -(i+1) for the i-th new
    node (parents first); ``update`` holds the new values of the stored ``update_no``;
    ``remove_no`` are stored numbers in no particular order.
    """

    insert: NodeValues
    insert_parent: Int64
    update: NodeValues
    update_no: Int64
    remove_no: Int64
    keys: list[str]
    attributes: tuple[str, ...]
    scales: list[str]

    def __len__(self) -> int:
        return len(self.insert) + len(self.update) + len(self.remove_no)


def compare(current: RateTree, draft: RateTree) -> TreeDiff:
    """Compare two whole trees (SVC-8): every current node the draft lacks counts as removed."""
    return diff(current, draft, (), Mode.REPLACE)


def diff(
    current: RateTree, draft: RateTree, target: Sequence[tuple[str, str]], mode: Mode
) -> TreeDiff:
    """Match ``draft`` (whole paths from the root) with ``current``.

    Only the subtree of ``target`` (attribute, key pairs) can lose nodes.
    """
    draft = _translated(draft, current)
    brought = len(draft)
    match = _match(current, draft)
    draft, match, split, conflicts = _reconcile(current, draft, match, target, mode)
    before = _predecessors(draft, match, split)
    split = split[np.isin(split, draft.parent[brought:])]  # the others bring a "*" of their own
    zone = _zone(current, draft, match, target, mode)
    hit = np.zeros(len(current), np.bool_)
    hit[match[match >= 0]] = True
    removed = np.flatnonzero(zone & ~hit).astype(np.int32)
    change = _changes(current, draft, before, brought)
    dropped = removed[current.key[removed] == _code(current.keys, OTHERS)]
    return TreeDiff(
        current, draft, match, before, change, removed, split, tuple(conflicts), bool(len(dropped))
    )


def _code(keys: list[str], key: str) -> int:
    return keys.index(key) if key in keys else NONE


def _translated(draft: RateTree, current: RateTree) -> RateTree:
    """Return the draft with codes into pools that begin with the current tree's."""
    if len(current) == 1 and draft.attributes[0] == current.attributes[0]:
        return draft
    keys, attributes, scales = [*current.keys], [*current.attributes], [*current.scales]
    key_map = _extend(keys, draft.keys)
    attribute_map = _extend(attributes, draft.attributes)
    scale_map = _extend(scales, draft.scales)
    return replace(
        draft,
        key=key_map[draft.key],
        depends_on=_mapped(attribute_map, draft.depends_on).astype(np.int16),
        scale=_mapped(scale_map, draft.scale),
        keys=keys,
        attributes=tuple(attributes),
        scales=scales,
    )


def _extend(pool: list[str], more: Sequence[str]) -> Int32:
    """Append what ``pool`` lacks and return the code of each of ``more`` in it."""
    places = dict(zip(reversed(pool), range(len(pool) - 1, -1, -1), strict=True))
    known = list(map(places.get, more))
    if None in known:
        for index, text in enumerate(more):
            if known[index] is None:
                known[index] = code = places.setdefault(text, len(pool))
                if code == len(pool):
                    pool.append(text)
    return np.array(known, np.int32)


def _mapped(codes: Int32, values: Int16 | Int32) -> Int32:
    if not len(codes):
        return values.astype(np.int32)
    return np.where(values >= 0, codes[values], NONE).astype(np.int32)


def _first_codes(pool: list[str], codes: Int32) -> Int32:
    """Return ``codes`` with equal texts of the pool folded to their first code."""
    if len(set(pool)) == len(pool):
        return codes
    places: dict[str, int] = {}
    fold = np.fromiter((places.setdefault(t, i) for i, t in enumerate(pool)), np.int32, len(pool))
    return fold[codes]


def _match(current: RateTree, draft: RateTree) -> Int32:
    """Return for each draft node the current node of the same path (attributes included), or -1."""
    match = np.full(len(draft), NONE, np.int32)
    match[0] = 0
    if len(current) == 1:
        return match
    # the draft's pool begins with the current one's, so folding by the longer pool serves both
    current_key = _first_codes(current.keys, current.key).astype(np.int64)
    draft_key = draft.key.astype(np.int64)
    width = len(draft.keys)
    depth_current, depth_draft = current.depth(), draft.depth()
    for level in range(1, int(depth_draft.max(initial=0)) + 1):
        theirs = np.flatnonzero(depth_current == level)
        ours = np.flatnonzero(depth_draft == level)
        above = match[draft.parent[ours]]
        same = (above >= 0) & (
            draft.depends_on[draft.parent[ours]] == current.depends_on[np.maximum(above, 0)]
        )
        ours, above = ours[same], above[same]
        if not len(theirs) or not len(ours):
            break
        known = current.parent[theirs].astype(np.int64) * width + current_key[theirs]
        order = np.argsort(known, kind="stable")
        known = known[order]
        wanted = above.astype(np.int64) * width + draft_key[ours]
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        found = known[place] == wanted
        match[ours[found]] = theirs[order[place[found]]]
    return match


def _reconcile(
    current: RateTree,
    draft: RateTree,
    match: Int32,
    target: Sequence[tuple[str, str]],
    mode: Mode,
) -> tuple[RateTree, Int32, Int32, list[StructureConflict]]:
    """Settle nodes that exist on both sides but are built differently."""
    free = _replaceable(draft, target, mode)
    hit = match >= 0
    at = np.maximum(match, 0)
    leaf_now, leaf_then = current.leaf[at] & hit, draft.leaf
    branch_now = (current.price_type[at] == PriceType.DEPENDS_ON) & hit
    branch_then = draft.price_type == PriceType.DEPENDS_ON
    other = branch_now & branch_then & (current.depends_on[at] != draft.depends_on)
    flattened = branch_now & leaf_then
    clash = np.flatnonzero((other | flattened) & ~free)
    conflicts = [_conflict(current, draft, match, int(node)) for node in clash[:50]]
    split = np.flatnonzero(leaf_now & branch_then & ~free).astype(np.int32)
    if len(split):
        draft, match = _with_old_prices(current, draft, match, split)
    rebuilt = free & (np.arange(len(free)) != draft.find(target))
    draft = _with_kept_rules(current, draft, match, rebuilt)
    return draft, match, split, conflicts


def _replaceable(draft: RateTree, target: Sequence[tuple[str, str]], mode: Mode) -> Bools:
    """Mask of the draft nodes whose current counterpart may be rebuilt without asking."""
    free = np.zeros(len(draft), np.bool_)
    node = draft.find(target)
    if mode is Mode.MERGE or node < 0:
        return free
    free |= draft.below(node)
    if mode is Mode.REPLACE:
        free[node] = True
    return free


def _conflict(current: RateTree, draft: RateTree, match: Int32, node: int) -> StructureConflict:
    def shape(tree: RateTree, at: int) -> str:
        kind = PriceType(int(tree.price_type[at]))
        if kind is PriceType.DEPENDS_ON:
            return tree.attributes[int(tree.depends_on[at])]
        return kind.name.lower()

    return StructureConflict(draft.path(node), shape(current, int(match[node])), shape(draft, node))


def _with_old_prices(
    current: RateTree, draft: RateTree, match: Int32, split: Int32
) -> tuple[RateTree, Int32]:
    """Give every split node its old price as ``*``, unless the draft brings a ``*`` itself (F5)."""
    keys = [*draft.keys]
    others = int(_extend(keys, [OTHERS])[0])
    has_own = draft.parent[(draft.key == others) & (draft.parent >= 0)]
    parents = split[~np.isin(split, has_own)]
    old = match[parents]
    # the draft's pools begin with the current tree's, so codes carry over like any other value
    grown: dict[str, Any] = {
        name: np.concatenate([getattr(draft, name), getattr(current, name)[old]])
        for name in PAYLOAD
    }
    draft = replace(
        draft,
        parent=np.concatenate([draft.parent, parents]),
        key=np.concatenate([draft.key, np.full(len(parents), others, np.int32)]),
        keys=keys,
        **grown,
    )
    return draft, np.concatenate([match, np.full(len(parents), NONE, np.int32)])


def _with_kept_rules(current: RateTree, draft: RateTree, match: Int32, rebuilt: Bools) -> RateTree:
    """Branches down to the target keep their rules where the draft names none."""
    keep = np.zeros(len(draft), np.bool_)
    keep[: len(match)] = match >= 0
    keep &= draft.price_type == PriceType.DEPENDS_ON
    keep[: len(rebuilt)] &= ~rebuilt
    at = np.maximum(match, 0)
    billing = np.where(
        keep & (draft.billing_rule == 0), current.billing_rule[at], draft.billing_rule
    )
    quantity = np.where(
        keep & (draft.quantity_rule == 0), current.quantity_rule[at], draft.quantity_rule
    )
    return replace(draft, billing_rule=billing, quantity_rule=quantity)


def _zone(
    current: RateTree,
    draft: RateTree,
    match: Int32,
    target: Sequence[tuple[str, str]],
    mode: Mode,
) -> Bools:
    """Mask of the current nodes that go unless the draft has them."""
    none = np.zeros(len(current), np.bool_)
    node = current.find(target)
    if mode is Mode.MERGE or node < 0:
        return none
    inside = current.below(node)
    if mode is Mode.REPLACE:
        return inside
    top = draft.find(target)
    named = match[np.flatnonzero(draft.parent == top)]
    for child in named[named >= 0].tolist():
        none |= current.below(child)
    return none


def _changes(current: RateTree, draft: RateTree, before: Int32, brought: int) -> Int8:
    """Return the Change of every draft node; nodes after ``brought`` only keep an old price."""
    change = np.zeros(len(draft), np.int8)
    leaf = draft.leaf
    leaf[brought:] = False
    change[leaf] = Change.NEW
    nodes = np.flatnonzero(leaf & (before >= 0) & current.leaf[before])
    change[nodes] = _compared(current, before[nodes], draft, nodes)
    return change


def _predecessors(draft: RateTree, match: Int32, split: Int32) -> Int32:
    """Return ``match``, with the rate that was split itself for the ``*`` below it."""
    torn = np.zeros(len(draft), np.bool_)
    torn[split] = True
    above = np.maximum(draft.parent, 0)
    heir = (draft.key == _code(draft.keys, OTHERS)) & torn[above] & (match < 0)
    return np.where(heir, match[above], match).astype(np.int32)


def _compared(current: RateTree, then: Int32, draft: RateTree, now: Int64) -> Int8:
    """Return the Change of pairs of leaves (``then`` in current, ``now`` in draft)."""
    same = np.ones(len(now), np.bool_)
    for name in PAYLOAD:
        same &= getattr(current, name)[then] == getattr(draft, name)[now]
    alike = np.ones(len(now), np.bool_)
    for name in PAYLOAD:
        if name not in {"price", "scale"}:
            alike &= getattr(current, name)[then] == getattr(draft, name)[now]
    result = np.full(len(now), Change.CHANGED, np.int8)
    flat = alike & (draft.price_type[now] == PriceType.FLAT)
    result[flat & (draft.price[now] > current.price[then])] = Change.INCREASED
    result[flat & (draft.price[now] < current.price[then])] = Change.DECREASED
    _compare_scales(current, then, draft, now, alike, result)
    result[same] = Change.UNCHANGED
    return result


def _compare_scales(
    current: RateTree, then: Int32, draft: RateTree, now: Int64, alike: Bools, result: Int8
) -> None:
    scales = np.flatnonzero(alike & (draft.price_type[now] == PriceType.SCALE))
    if not len(scales):
        return
    pairs = np.stack([current.scale[then[scales]], draft.scale[now[scales]]], axis=1)
    distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
    words = {1: Change.INCREASED, -1: Change.DECREASED, 0: Change.CHANGED}
    verdicts = np.array(
        [
            words[
                scale_direction(
                    parse_scale(current.scales[int(a)]), parse_scale(draft.scales[int(b)])
                )
            ]
            for a, b in distinct
        ],
        np.int8,
    )
    result[scales] = verdicts[inverse.ravel()]


def change_set(result: TreeDiff) -> ChangeSet:
    """Return what has to be written to turn the current tree into the result of ``result``.

    The current tree must carry its stored numbers.
    """
    current, draft, match = result.current, result.draft, result.match
    if current.node_no is None:
        raise ValueError("the current tree has no stored numbers")
    fresh = np.flatnonzero(match < 0)
    place = np.full(len(draft), NONE, np.int64)
    place[fresh] = np.arange(len(fresh))
    parents = draft.parent[fresh]
    stored = current.node_no[np.maximum(match[parents], 0)]
    pairs = np.flatnonzero(match >= 0)
    differs = np.zeros(len(pairs), np.bool_)
    for name in PAYLOAD:
        differs |= getattr(current, name)[match[pairs]] != getattr(draft, name)[pairs]
    updates = pairs[differs]
    return ChangeSet(
        insert=_values(draft, fresh),
        insert_parent=np.where(match[parents] >= 0, stored, -(place[parents] + 1)),
        update=_values(draft, updates),
        update_no=current.node_no[match[updates]],
        remove_no=current.node_no[result.removed],
        keys=draft.keys,
        attributes=draft.attributes,
        scales=draft.scales,
    )


def _values(tree: RateTree, nodes: Int64) -> NodeValues:
    return NodeValues(**{name: getattr(tree, name)[nodes] for name in ("key", *PAYLOAD)})


def into_empty(draft: RateTree) -> TreeDiff:
    """Return the diff of a draft against a new scope."""
    return diff(empty_tree(), draft, (), Mode.MERGE)
