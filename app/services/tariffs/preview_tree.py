"""The tree of a preview as it will be: the draft's nodes, and beside them those that stay (IMP-12).

Runs in the child process. A node of the draft has its place there as id; a node of the live tree
that the file does not name and the mode leaves has the draft's size plus its place there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.diff import Change
from app.domain.tree import OTHERS, BillingRule, PriceType, QuantityRule, RateTree
from app.services.tariffs.drafts import Draft
from app.services.tariffs.import_views import TreePage, TreeRow
from app.services.tariffs.tree_view import price_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

STAYS = "stays"
"""The word for a rate that the file does not name and that stays as it is."""

_WORDS = {
    Change.NEW: "new",
    Change.INCREASED: "increased",
    Change.DECREASED: "decreased",
    Change.CHANGED: "changed",
    Change.UNCHANGED: "unchanged",
}


@dataclass(frozen=True)
class Tree:
    """The tree as it will be, node by node; above the target only the way to it is shown."""

    made: Draft
    dictionaries: Dictionaries

    def page(self, parent: int, first: int, count: int) -> TreePage:
        """Return children of a node; an unknown node has none."""
        children = self.children(parent)
        shown = children[max(first, 0) :][: max(count, 0)].tolist()
        rows = tuple(self._row(node, parent) for node in shown)
        return TreePage(parent=parent, first=max(first, 0), total=len(children), rows=rows)

    def children(self, parent: int) -> Int64:
        """Return the children of a node in sibling order: by key, Others last."""
        own, staying = self._own(parent), self._staying(parent)
        if not len(own) or not len(staying):
            return own if len(own) else staying
        if parent not in self._merged:
            self._merged[parent] = self._in_order(np.concatenate([own, staying]))
        return self._merged[parent]

    def staying(self) -> int:
        """Return the number of rates at and below the target that stay as they are."""
        then = self._twin(self._target)
        return int(self._staying_leaves[then]) if then >= 0 else 0

    # -------------------------------------------------------------------- which nodes

    @cached_property
    def _size(self) -> int:
        return len(self.made.difference.draft)

    @cached_property
    def _merged(self) -> dict[int, Int64]:
        return {}

    @cached_property
    def _target(self) -> int:
        """The draft's node that the rates go to; the root for an exported tree."""
        path = self.made.target.path if self.made.target else ()
        return max(self.made.difference.draft.find(path), 0)

    @cached_property
    def _below_target(self) -> Bools:
        below = self.made.difference.draft.below(self._target)
        below[self._target] = True
        return below

    def _twin(self, node: int) -> int:
        """Return the live node of a draft's node whose children may stay beside its own, or -1."""
        found = self.made.difference
        then = int(found.match[node]) if 0 <= node < len(found.match) else -1
        if then < 0 or not self._below_target[node]:
            return -1
        return then if found.current.depends_on[then] == found.draft.depends_on[node] else -1

    @cached_property
    def _stays(self) -> Bools:
        """Mask of the live nodes that the draft neither names nor takes away."""
        found = self.made.difference
        stays = np.ones(len(found.current), np.bool_)
        stays[found.match[found.match >= 0]] = False
        stays[found.removed] = False
        return stays

    def _own(self, parent: int) -> Int64:
        order, parents = self._by_parent
        low, high = np.searchsorted(parents, [parent, parent + 1])
        return order[low:high]

    def _staying(self, parent: int) -> Int64:
        then = parent - self._size if parent >= self._size else self._twin(parent)
        if then < 0:
            return np.zeros(0, np.int64)
        order, parents = self._by_live_parent
        low, high = np.searchsorted(parents, [then, then + 1])
        there = order[low:high]
        return there[self._stays[there]] + self._size

    @cached_property
    def _by_parent(self) -> tuple[Int64, npt.NDArray[Any]]:
        return _by_parent(self.made.difference.draft)

    @cached_property
    def _by_live_parent(self) -> tuple[Int64, npt.NDArray[Any]]:
        return _by_parent(self.made.difference.current)

    def _in_order(self, nodes: Int64) -> Int64:
        keys = [self._key(node) for node in nodes.tolist()]
        order = sorted(range(len(keys)), key=lambda place: (keys[place] == OTHERS, keys[place]))
        return nodes[order]

    def _place(self, node: int) -> tuple[RateTree, int]:
        """Return the tree that holds a node, and its place there."""
        found = self.made.difference
        return (found.draft, node) if node < self._size else (found.current, node - self._size)

    def _key(self, node: int) -> str:
        tree, place = self._place(node)
        key: str = tree.keys[tree.key[place]]
        return key

    # -------------------------------------------------------------------- how many rates

    @cached_property
    def _leaves(self) -> Int64:
        draft = self.made.difference.draft
        return _sums(draft, draft.leaf)

    @cached_property
    def _staying_leaves(self) -> Int64:
        current = self.made.difference.current
        return _sums(current, current.leaf & self._stays)

    def _rates(self, node: int) -> int:
        """Return the number of rates at and below a node."""
        if node >= self._size:
            return int(self._staying_leaves[node - self._size])
        then = self._twin(node if self._below_target[node] else self._target)
        return int(self._leaves[node]) + (int(self._staying_leaves[then]) if then >= 0 else 0)

    # -------------------------------------------------------------------- rows

    def _row(self, node: int, parent: int) -> TreeRow:
        tree, place = self._place(node)
        above, at = self._place(parent)
        attribute = above.attributes[above.depends_on[at]]
        key = tree.keys[tree.key[place]]
        change, old = self._change(node)
        return TreeRow(
            id=node,
            attribute=attribute,
            key=key,
            name=load_catalogue().key_text(attribute, key, self.dictionaries),
            price_type=PriceType(int(tree.price_type[place])).name.lower(),
            price=price_words(tree, place),
            old=old,
            children=len(self._own(node)) + len(self._staying(node)),
            leaves=self._rates(node),
            change=change,
            source_row=source_row(self.made, node) if node < self._size else None,
            billing_rule=_rule(BillingRule(int(tree.billing_rule[place]))),
            quantity_rule=_rule(QuantityRule(int(tree.quantity_rule[place]))),
        )

    def _change(self, node: int) -> tuple[str, str]:
        """Return what becomes of a rate ("" for a branch) and its price now."""
        found = self.made.difference
        if node >= self._size:
            place = node - self._size
            leaf = bool(found.current.leaf[place])
            return (STAYS, price_words(found.current, place)) if leaf else ("", "")
        then = int(found.match[node])
        had = then >= 0 and bool(found.current.leaf[then])
        word = _WORDS.get(Change(int(found.change[node])), "")
        return word, price_words(found.current, then) if had else ""


def source_row(made: Draft, node: int) -> int | None:
    """Return the 1-based sheet row that gave a node, None for branches and kept prices."""
    rows = made.node_rows
    if rows is None or node >= len(rows) or rows[node] < 0:
        return None
    return int(rows[node]) + 1


def _rule(rule: BillingRule | QuantityRule) -> str:
    return rule.name.lower() if rule else ""


def _by_parent(tree: RateTree) -> tuple[Int64, npt.NDArray[Any]]:
    """Return the nodes grouped by parent, in sibling order, and the parent of each."""
    order = np.argsort(tree.parent, kind="stable")
    return order, tree.parent[order]


def _sums(tree: RateTree, counted: Bools) -> Int64:
    """Return for every node how many nodes at and below it are counted."""
    sums: Int64 = counted.astype(np.int64)
    depth = tree.depth()
    for level in range(int(depth.max(initial=0)), 0, -1):
        nodes = np.flatnonzero(depth == level)
        np.add.at(sums, tree.parent[nodes], sums[nodes])
    return sums
