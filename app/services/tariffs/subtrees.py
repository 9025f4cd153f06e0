"""Copies parts of a rate tree, also between scopes and services (item 29)."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.tree_draft import Subtree, TreeDraft
from app.services.context import Context, service
from app.services.tariffs.tree_options import Path

LARGEST = 100_000
"""Nodes that fit a clipboard; whole trees are copied by the scope's own command."""


@service("finance.services", "view")
def read_subtree(ctx: Context, scope_id: int, nodes: Sequence[int], draft: TreeDraft) -> Subtree:
    """Return ``nodes`` (siblings) with all that is below them, as the draft shows them."""
    raise NotImplementedError


@service("finance.services", "view")
def fits(ctx: Context, scope_id: int, path: Path, subtree: Subtree) -> str:
    """Return "", or a sentence why a subtree can't be pasted under the node at ``path``."""
    raise NotImplementedError


@service("finance.services", "view")
def paste_warning(ctx: Context, scope_id: int, subtree: Subtree) -> str:
    """Return a sentence a person should read before pasting (another currency), or ""."""
    raise NotImplementedError
