"""The tree of a preview as it will be: the draft's nodes, and beside them those that stay (IMP-12).

Runs in the child process. Nodes of the draft have their places there as ids; the nodes that stay
have ids behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.diff import Change
from app.domain.outcome import Outcome, outcome
from app.domain.tree import OTHERS, BillingRule, PriceType, QuantityRule
from app.services.tariffs.drafts import Draft
from app.services.tariffs.import_views import TreePage, TreeRow
from app.services.tariffs.tree_view import (
    connect_words,
    interval_words,
    price_words,
    stored_intervals,
)
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

Int64 = npt.NDArray[np.int64]

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
        rows = tuple(self._row(node) for node in shown)
        return TreePage(parent=parent, first=max(first, 0), total=len(children), rows=rows)

    def children(self, parent: int) -> Int64:
        """Return the children of a node in sibling order: by key, Others last."""
        if parent in self._merged:
            return self._merged[parent]
        own = self._unordered(parent)
        if len(own) and own[0] < self.after.drafted <= own[-1]:
            own = self._merged[parent] = self._in_order(own)
        return own

    def _unordered(self, parent: int) -> Int64:
        order, parents = self._by_parent
        low, high = np.searchsorted(parents, [parent, parent + 1])
        return order[low:high]

    def levels(self) -> list[tuple[str, int]]:
        """Return (attribute, number of nodes) per level below the target."""
        return self.after.tree.level_counts()[len(self._target) :]

    @cached_property
    def after(self) -> Outcome:
        """What is there once the draft is written."""
        return outcome(self.made.difference, self._target)

    @property
    def _target(self) -> tuple[tuple[str, str], ...]:
        return self.made.target.path if self.made.target else ()

    @cached_property
    def _by_parent(self) -> tuple[Int64, npt.NDArray[Any]]:
        parents = self.after.tree.parent
        order = np.argsort(parents, kind="stable")
        return order, parents[order]

    @cached_property
    def _merged(self) -> dict[int, Int64]:
        return {}

    def _in_order(self, nodes: Int64) -> Int64:
        """Return siblings of the draft and siblings that stay in one order; each is sorted."""
        tree = self.after.tree
        keys = [tree.keys[code] for code in tree.key[nodes].tolist()]
        texts = [key if key != OTHERS else "\U0010ffff" for key in keys]
        return nodes[sorted(range(len(texts)), key=texts.__getitem__)]

    @cached_property
    def _leaves(self) -> Int64:
        """Number of rates at and below every node."""
        tree = self.after.tree
        sums: Int64 = tree.leaf.astype(np.int64)
        depth = tree.depth()
        for level in range(int(depth.max(initial=0)), 0, -1):
            nodes = np.flatnonzero(depth == level)
            np.add.at(sums, tree.parent[nodes], sums[nodes])
        return sums

    def _row(self, node: int) -> TreeRow:
        tree, current = self.after.tree, self.made.difference.current
        attribute = tree.attributes[tree.depends_on[tree.parent[node]]]
        key = tree.keys[tree.key[node]]
        then = int(self.after.before[node])
        had = then >= 0 and bool(current.leaf[then])
        return TreeRow(
            id=node,
            attribute=attribute,
            key=key,
            name=load_catalogue().key_text(attribute, key, self.dictionaries),
            price_type=PriceType(int(tree.price_type[node])).name.lower(),
            price=price_words(tree, node, voice=False),
            old=price_words(current, then) if had else "",
            children=len(self._unordered(node)),
            leaves=int(self._leaves[node]),
            change=self._change(node),
            source_row=source_row(self.made, node),
            connect=connect_words(tree, node),
            intervals=interval_words(*stored_intervals(tree, node)),
            billing_rule=_rule(BillingRule(int(tree.billing_rule[node]))),
            quantity_rule=_rule(QuantityRule(int(tree.quantity_rule[node]))),
        )

    def _change(self, node: int) -> str:
        """Return what becomes of a rate, "" for a branch that was one before."""
        if node >= self.after.drafted:
            return STAYS if self.after.tree.leaf[node] else ""
        if node in self._split:
            return _WORDS[Change.CHANGED]
        return _WORDS.get(Change(int(self.made.difference.change[node])), "")

    @cached_property
    def _split(self) -> frozenset[int]:
        return frozenset(self.made.difference.split.tolist())


def source_row(made: Draft, node: int) -> int | None:
    """Return the 1-based sheet row that gave a node, None for branches and rates that stay."""
    rows = made.node_rows
    if rows is None or node >= len(rows) or rows[node] < 0:
        return None
    return int(rows[node]) + 1


def _rule(rule: BillingRule | QuantityRule) -> str:
    return rule.name.lower() if rule else ""
