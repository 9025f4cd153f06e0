"""Finds nodes of a tree by name, key, prefix or price, in the order the tree shows (item 30)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.tree_draft import TreeDraft
from app.services.context import Context, service


@dataclass(frozen=True, slots=True)
class Hits:
    """Found nodes in tree order; ``paths`` run from the root down to each node, itself included.

    ``total`` counts all, ``paths`` holds the first of them only (``capped``). Numbers below 0 are
    nodes of the draft.
    """

    total: int
    paths: tuple[tuple[int, ...], ...]
    capped: bool


@service("finance.services", "view")
def find(
    ctx: Context, scope_id: int, text: str, *, draft: TreeDraft | None = None, limit: int = 2000
) -> Hits:
    """Return the nodes whose name or key holds ``text``; ``=0.05`` ``>1`` ``<=2`` seek prices."""
    raise NotImplementedError
