"""The rate tree as arrays: what a file's draft, a preview, an export and a comparison are made of.

A node *is* its path of keys from the root (F1, F2). ``depends_on`` says what its children are keyed
by; a leaf has a price type other than *Depends on* and only leaves have prices.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.kinds import OTHERS, BillingRule, PriceType, QuantityRule

__all__ = [
    "NONE",
    "OTHERS",
    "PAYLOAD",
    "BillingRule",
    "Bools",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "LeafValues",
    "LevelCodes",
    "PathStep",
    "PriceType",
    "QuantityRule",
    "RateTree",
    "TableProblem",
    "build",
    "empty_tree",
    "from_table",
    "key_ranks",
    "with_leaves",
]

Int8 = npt.NDArray[np.int8]
Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE = -1


PAYLOAD = (
    "depends_on",
    "price_type",
    "price",
    "billing_rule",
    "quantity_rule",
    "connect_price",
    "first_interval",
    "next_interval",
    "scale",
)
"""The array fields of a node beside its place; in the order in which they are stored."""

_PAYLOAD_TYPES: dict[str, tuple[type[np.generic], int]] = {
    "depends_on": (np.int16, NONE),
    "price_type": (np.int8, 0),
    "price": (np.int64, NONE),
    "billing_rule": (np.int8, 0),
    "quantity_rule": (np.int8, 0),
    "connect_price": (np.int64, NONE),
    "first_interval": (np.int32, NONE),
    "next_interval": (np.int32, NONE),
    "scale": (np.int32, NONE),
}


@dataclass(frozen=True, slots=True)
class RateTree:
    """n nodes; node 0 is the root; parents stand before their children.

    ``parent`` index or -1; ``key`` code into ``keys``; ``depends_on`` code into ``attributes`` or
    -1; ``price``, ``connect_price`` in 1e-8 or -1; intervals in seconds or -1; ``scale`` code into
    ``scales`` (canonical texts, see pricing) or -1; ``node_no`` the stored numbers, if stored.
    """

    parent: Int32
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
    keys: list[str]
    attributes: tuple[str, ...]
    scales: list[str]
    node_no: Int64 | None = None

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def leaf(self) -> Bools:
        """Mask of the nodes that count as leaves (F2)."""
        return np.asarray(self.price_type > PriceType.DEPENDS_ON)

    def depth(self) -> Int8:
        """Depth of every node, 0 for the root."""
        depth = np.zeros(len(self), np.int8)
        above = self.parent
        while (above >= 0).any():
            inside = above >= 0
            depth += inside
            above = np.where(inside, self.parent[above], NONE)
        return depth

    def path(self, node: int) -> tuple[tuple[str, str], ...]:
        """Return the (attribute, key) pairs from the root down to ``node``."""
        steps: list[tuple[str, str]] = []
        while self.parent[node] >= 0:
            parent = int(self.parent[node])
            attribute = self.attributes[self.depends_on[parent]]
            steps.append((attribute, self.keys[self.key[node]]))
            node = parent
        return tuple(reversed(steps))

    def find(self, path: Sequence[tuple[str, str]]) -> int:
        """Return the node at ``path`` (attributes must agree too), or -1."""
        node = 0
        for attribute, key in path:
            if self.depends_on[node] < 0 or self.attributes[self.depends_on[node]] != attribute:
                return NONE
            children = np.flatnonzero(self.parent == node)
            node = next((int(c) for c in children if self.keys[self.key[c]] == key), NONE)
            if node < 0:
                return NONE
        return node

    def below(self, node: int) -> Bools:
        """Mask of the nodes strictly below ``node``."""
        mask = np.zeros(len(self), np.bool_)
        mask[node] = True
        for _ in range(int(self.depth().max(initial=0))):
            grown = mask | ((self.parent >= 0) & mask[self.parent])
            if (grown == mask).all():
                break
            mask = grown
        mask[node] = False
        return mask

    def preorder(self) -> Int32:
        """Return the nodes in preorder, siblings by key with ``*`` last."""
        rank = key_ranks(self.keys)[self.key]
        depth = self.depth()
        order = np.zeros(len(self), np.int64)
        size = np.ones(len(self), np.int64)
        for level in range(int(depth.max(initial=0)), 0, -1):
            nodes = np.flatnonzero(depth == level)
            np.add.at(size, self.parent[nodes], size[nodes])
        for level in range(1, int(depth.max(initial=0)) + 1):
            nodes = np.flatnonzero(depth == level)
            nodes = nodes[np.lexsort((rank[nodes], self.parent[nodes]))]
            before = np.cumsum(size[nodes]) - size[nodes]
            parents = self.parent[nodes]
            first = np.ones(len(nodes), np.bool_)
            first[1:] = parents[1:] != parents[:-1]
            offset = np.maximum.accumulate(np.where(first, before, 0))
            order[nodes] = order[parents] + 1 + before - offset
        return np.argsort(order, kind="stable").astype(np.int32)

    def take(self, nodes: Int32) -> RateTree:
        """Return the tree in another order; ``nodes`` is a permutation with parents first."""
        place = np.empty(len(self), np.int32)
        place[nodes] = np.arange(len(nodes), dtype=np.int32)
        parent = self.parent[nodes]
        moved = {name: getattr(self, name)[nodes] for name in PAYLOAD}
        return replace(
            self,
            parent=np.where(parent >= 0, place[parent], NONE).astype(np.int32),
            key=self.key[nodes],
            node_no=None if self.node_no is None else self.node_no[nodes],
            **moved,
        )

    def level_counts(self) -> list[tuple[str, int]]:
        """Return (attribute, number of nodes keyed by it) in order of first appearance."""
        by = np.where(self.parent >= 0, self.depends_on[self.parent], NONE)
        order = np.argsort(self.depth(), kind="stable")
        seen = dict.fromkeys(int(a) for a in by[order] if a >= 0) if len(self) < 5000 else None
        codes = list(seen) if seen is not None else _by_depth(by, self.depth())
        counts = np.bincount(by[by >= 0], minlength=len(self.attributes))
        return [(self.attributes[c], int(counts[c])) for c in codes]


def _by_depth(by: Int16, depth: Int8) -> list[int]:
    found: dict[int, None] = {}
    for level in range(1, int(depth.max(initial=0)) + 1):
        for code in np.unique(by[depth == level]).tolist():
            found.setdefault(code)
    return list(found)


def key_ranks(keys: Sequence[str]) -> Int32:
    """Return each key's place in sibling order: by text, ``*`` last; equal texts rank equal."""
    count = len(keys)
    if all(map(operator.lt, keys, itertools.islice(keys, 1, None))):  # the usual sorted price list
        ranks = np.arange(count, dtype=np.int32)
    else:
        order = sorted(range(count), key=keys.__getitem__)
        ordered = [keys[i] for i in order]
        steps = map(operator.ne, ordered, itertools.islice(ordered, 1, None))
        ranks = np.zeros(count, np.int32)
        ranks[order[1:]] = np.cumsum(np.fromiter(steps, np.int32, count - 1))
    if OTHERS in keys:
        ranks[ranks == ranks[keys.index(OTHERS)]] = count
    return ranks


def empty_tree() -> RateTree:
    """Return the tree of a new scope: a root that depends on the service domain."""
    nodes = {n: np.full(1, default, dtype) for n, (dtype, default) in _PAYLOAD_TYPES.items()}
    nodes["depends_on"][0] = 0
    nodes["price_type"][0] = PriceType.DEPENDS_ON
    return RateTree(
        parent=np.full(1, NONE, np.int32),
        key=np.zeros(1, np.int32),
        keys=[""],
        attributes=("domain",),
        scales=[],
        node_no=np.zeros(1, np.int64),
        **nodes,
    )


@dataclass(frozen=True, slots=True)
class PathStep:
    """One node above the imported levels: its attribute, its key, rules to set on it (0 = none)."""

    attribute: str
    key: str
    billing_rule: int = 0
    quantity_rule: int = 0


@dataclass(frozen=True, slots=True)
class LevelCodes:
    """One level of the rows of a draft: attribute, distinct keys, and a code per row."""

    attribute: str
    keys: Sequence[str]
    codes: Int32


@dataclass(frozen=True, slots=True)
class LeafValues:
    """What the rows hold: one element per row and array; the fields are those of a leaf."""

    price_type: Int8
    price: Int64
    billing_rule: Int8
    quantity_rule: Int8
    connect_price: Int64
    first_interval: Int32
    next_interval: Int32
    scale: Int32
    scales: list[str]


def build(path: Sequence[PathStep], levels: Sequence[LevelCodes], leaves: LeafValues) -> RateTree:
    """Return the tree of ``leaves`` under ``path``, in preorder.

    Raises ValueError if two rows have the same path: duplicates are settled before (IMP-10).
    """
    order, flags = _sorted_rows(levels, len(leaves.price))
    stem = 1 + len(path)
    if not levels:
        return _assemble(path, levels, leaves, order, [], stem)
    starts = np.sum(flags, axis=0, dtype=np.int64)
    starts = np.cumsum(starts) - starts + stem
    positions = []
    for depth, flag in enumerate(flags):
        own = starts + np.sum(flags[:depth], axis=0, dtype=np.int64)
        positions.append(np.maximum.accumulate(np.where(flag, own, 0)))
    return _assemble(path, levels, leaves, order, list(zip(flags, positions, strict=True)), stem)


def leaf_order(levels: Sequence[LevelCodes], count: int) -> Int64:
    """Return which of ``count`` rows stands behind the n-th leaf of :func:`build`."""
    return _sorted_rows(levels, count)[0]


def _sorted_rows(levels: Sequence[LevelCodes], count: int) -> tuple[Int64, list[Bools]]:
    """Return the row order and, per level, where a new node begins in that order."""
    ranks = [key_ranks(level.keys)[level.codes].astype(np.int64) for level in levels]
    sizes = [len(level.keys) + 1 for level in levels]
    span = 1
    for size in sizes:
        span *= size
    if span < 2**62:
        composite = np.zeros(count, np.int64)
        for rank, size in zip(ranks, sizes, strict=True):
            composite = composite * size + rank
        order = np.argsort(composite, kind="stable")
    else:
        order = np.lexsort(tuple(reversed(ranks)))
    flags: list[Bools] = []
    new = np.zeros(count, np.bool_)
    if count:
        new[0] = True
    for rank in ranks:
        ordered = rank[order]
        new = new.copy()
        new[1:] |= ordered[1:] != ordered[:-1]
        flags.append(new)
    if levels and not flags[-1].all():
        raise ValueError("two rows have the same path")
    return order.astype(np.int64), flags


def _assemble(
    path: Sequence[PathStep],
    levels: Sequence[LevelCodes],
    leaves: LeafValues,
    order: Int64,
    places: list[tuple[Bools, Int64]],
    stem: int,
) -> RateTree:
    total = stem + sum(int(flag.sum()) for flag, _ in places)
    nodes = {n: np.full(total, default, dtype) for n, (dtype, default) in _PAYLOAD_TYPES.items()}
    parent = np.full(total, NONE, np.int32)
    key = np.zeros(total, np.int32)
    attributes = _distinct(
        ["domain", *(s.attribute for s in path), *(lv.attribute for lv in levels)]
    )
    keys = ["", *(step.key for step in path)]
    _place_path(path, levels, nodes, parent, key, attributes)
    above: Int64 | None = None
    for index, (level, (flag, position)) in enumerate(zip(levels, places, strict=True)):
        at = position[flag]
        key[at] = level.codes[order[flag]] + len(keys)
        keys.extend(level.keys)
        parent[at] = stem - 1 if above is None else above[flag]
        if index + 1 < len(levels):
            nodes["depends_on"][at] = attributes.index(levels[index + 1].attribute)
            nodes["price_type"][at] = PriceType.DEPENDS_ON
        above = position
    _place_leaves(leaves, order, nodes, above, stem)
    return RateTree(
        parent=parent,
        key=key,
        keys=keys,
        attributes=tuple(attributes),
        scales=list(leaves.scales),
        **nodes,
    )


def _place_path(
    path: Sequence[PathStep],
    levels: Sequence[LevelCodes],
    nodes: dict[str, npt.NDArray[np.generic]],
    parent: Int32,
    key: Int32,
    attributes: list[str],
) -> None:
    below = [*(step.attribute for step in path), *(level.attribute for level in levels[:1])]
    for index, attribute in enumerate(below):
        nodes["depends_on"][index] = attributes.index(attribute)
        nodes["price_type"][index] = PriceType.DEPENDS_ON
    for index, step in enumerate(path, start=1):
        parent[index] = index - 1
        key[index] = index
        nodes["billing_rule"][index] = step.billing_rule
        nodes["quantity_rule"][index] = step.quantity_rule


def _place_leaves(
    leaves: LeafValues,
    order: Int64,
    nodes: dict[str, npt.NDArray[np.generic]],
    above: Int64 | None,
    stem: int,
) -> None:
    at = np.full(len(order), stem - 1) if above is None else above
    for name in PAYLOAD:
        values = getattr(leaves, name, None)
        if values is None:
            continue
        ordered = values[order]
        if above is None and name.endswith("_rule"):
            continue  # a flat target keeps the rules of its path step
        nodes[name][at] = ordered
    if above is None:
        nodes["depends_on"][stem - 1] = NONE


def with_leaves(tree: RateTree, parents: Int32, key: str, price_type: PriceType) -> RateTree:
    """Return ``tree`` with a leaf ``key`` without a price behind its nodes, below each parent.

    The tree is no longer in preorder; its nodes keep their numbers.
    """
    count = len(parents)
    fresh = {n: np.full(count, default, dtype) for n, (dtype, default) in _PAYLOAD_TYPES.items()}
    fresh["price_type"][:] = price_type
    grown: dict[str, Any] = {
        name: np.concatenate([getattr(tree, name), values]) for name, values in fresh.items()
    }
    keys = tree.keys if key in tree.keys else [*tree.keys, key]
    codes = np.full(count, keys.index(key), np.int32)
    return replace(
        tree,
        parent=np.concatenate([tree.parent, parents]).astype(np.int32),
        key=np.concatenate([tree.key, codes]),
        keys=keys,
        node_no=None,
        **grown,
    )


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


class TableProblem(ValueError):
    """A table of nodes that is no tree; ``row`` is the offending 0-based row of the table."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason


def from_table(
    levels: Sequence[LevelCodes], depends_on: Int32, attributes: Sequence[str], values: LeafValues
) -> RateTree:
    """Return the tree of a table with a row per node (F20).

    ``levels[d].codes`` holds the key code at depth d+1 per row, -1 below the node's own depth;
    ``depends_on`` the code into ``attributes`` per row, -1 for leaves; the root has no row.
    ``node_no`` of the result is the number of the node's row, beginning with 1 (the root has 0).
    Raises TableProblem naming the row for a gap, a node given twice or without its parent.
    """
    count = len(depends_on)
    depth = np.zeros(count, np.int8)
    for level in levels:
        depth += level.codes >= 0
    parent = np.full(count, NONE, np.int64)
    own = np.zeros(count, np.int32)
    keys: list[str] = [""]
    path = np.zeros(count, np.int64)
    above = np.zeros(1, np.int64)  # the root
    for index, level in enumerate(levels):
        inside = np.flatnonzero(level.codes >= 0)
        _refuse_gaps(depth, inside, index + 1)
        joined = path[inside] * (len(level.keys) + 1) + level.codes[inside]
        distinct, ids = np.unique(joined, return_inverse=True)
        nodes = np.full(len(distinct), NONE, np.int64)
        at = depth[inside] == index + 1
        _refuse_twins(inside[at], ids[at])
        nodes[ids[at]] = inside[at] + 1
        parent[inside[at]] = above[path[inside[at]]]
        _refuse_orphans(inside, nodes[ids])
        own[inside[at]] = level.codes[inside[at]] + len(keys)
        keys.extend(level.keys)
        path[inside] = ids
        above = nodes
    return _from_rows(parent, own, keys, depends_on, attributes, values, depth)


def _refuse_gaps(depth: Int8, inside: Int64, level: int) -> None:
    short = inside[depth[inside] < level]
    if len(short):
        raise TableProblem(int(short[0]), f"a key stands at level {level} but not above it")


def _refuse_twins(rows: Int64, ids: Int64) -> None:
    order = np.argsort(ids, kind="stable")
    twins = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    if len(twins):
        raise TableProblem(int(rows[order[twins[0] + 1]]), "the same node is given twice")


def _refuse_orphans(rows: Int64, nodes: Int64) -> None:
    orphans = np.flatnonzero(nodes < 0)
    if len(orphans):
        raise TableProblem(int(rows[orphans[0]]), "the node above it has no row")


def _from_rows(
    parent: Int64,
    own: Int32,
    keys: list[str],
    depends_on: Int32,
    attributes: Sequence[str],
    values: LeafValues,
    depth: Int8,
) -> RateTree:
    root = empty_tree()
    pool = _distinct([*root.attributes, *attributes])
    codes = np.array([pool.index(a) for a in attributes] or [NONE], np.int16)
    nodes = {
        name: np.concatenate([getattr(root, name), getattr(values, name)])
        for name in PAYLOAD
        if name != "depends_on"
    }
    mapped = np.where(depends_on >= 0, codes[depends_on], NONE).astype(np.int16)
    tree = RateTree(
        parent=np.concatenate([root.parent, parent]).astype(np.int32),
        key=np.concatenate([root.key, own]).astype(np.int32),
        depends_on=np.concatenate([root.depends_on, mapped]),
        keys=keys,
        attributes=tuple(pool),
        scales=list(values.scales),
        node_no=np.arange(len(parent) + 1, dtype=np.int64),
        **nodes,
    )
    by_depth = np.argsort(np.concatenate([[0], depth]), kind="stable").astype(np.int32)
    tree = tree.take(by_depth)
    return tree.take(tree.preorder())
