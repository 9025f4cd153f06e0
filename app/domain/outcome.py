"""The tree that a draft leaves behind: its own nodes and the stored ones that stay (IMP-12).

A preview shows it before anything is written; a commit of the same difference gives the same tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.domain.diff import TreeDiff
from app.domain.tree import NONE, PAYLOAD, Bools, Int32, RateTree


@dataclass(frozen=True, slots=True)
class Outcome:
    """The resulting tree with the origin of its nodes.

    The first ``drafted`` nodes are the draft's with their numbers; the others stay as they are.
    ``before`` is the current node that each takes the place of, -1 without. Siblings: no order.
    """

    tree: RateTree
    drafted: int
    before: Int32

    @property
    def staying(self) -> int:
        """Number of rates that stay as they are because the draft does not name them."""
        return int(self.tree.leaf[self.drafted :].sum())


def staying_nodes(found: TreeDiff, target: Sequence[tuple[str, str]] = ()) -> Int32:
    """Return the current nodes strictly below ``target`` that stay beside the draft's.

    Where the two are built differently (``found.conflicts``) nothing stays: it can't be written.
    """
    current, draft, match = found.current, found.draft, found.match
    node = current.find(target)
    if node < 0 or len(current) == 1:
        return np.empty(0, np.int32)
    stays = current.below(node)
    stays[found.removed] = False
    pairs = np.flatnonzero(match >= 0)
    stays[match[pairs]] = False
    torn = np.zeros(len(current), np.bool_)
    torn[match[pairs]] = current.depends_on[match[pairs]] != draft.depends_on[pairs]
    if found.conflicts:
        stays &= ~_below_any(current, torn)
    return np.flatnonzero(stays).astype(np.int32)


def outcome(found: TreeDiff, target: Sequence[tuple[str, str]] = ()) -> Outcome:
    """Return the tree below ``target`` after ``found``, with the way from the root to it."""
    current, draft = found.current, found.draft
    kept = staying_nodes(found, target)
    place = np.full(len(current), NONE, np.int32)
    pairs = np.flatnonzero(found.match >= 0)
    place[found.match[pairs]] = pairs
    place[kept] = np.arange(len(draft), len(draft) + len(kept), dtype=np.int32)
    # the draft's pools begin with the current tree's, so codes carry over
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(draft, name), getattr(current, name)[kept]])
        for name in ("key", *PAYLOAD)
    }
    parent = np.concatenate([draft.parent, place[current.parent[kept]]])
    tree = replace(draft, parent=parent.astype(np.int32), node_no=None, **joined)
    return Outcome(tree, len(draft), np.concatenate([found.before, kept]))


def _below_any(tree: RateTree, above: Bools) -> Bools:
    """Mask of the nodes strictly below a node of ``above``."""
    mask = np.zeros(len(tree), np.bool_)
    for _ in range(int(tree.depth().max(initial=0))):
        grown = (tree.parent >= 0) & (above | mask)[tree.parent]
        if (grown == mask).all():
            break
        mask = grown
    return mask
