"""Saves the staged edits of a rate tree as one revision, or tells what somebody else changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.tree_draft import NodeState, TreeDraft
from app.errors import Conflict
from app.services.context import Context, service

Resolution = str | Mapping[str, str]
"""mine or theirs for the whole node, or for each field that differs."""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that both sides have changed (or one of them, on a node both touched)."""

    field: str
    base: object
    theirs: object
    mine: object

    @property
    def both(self) -> bool:
        """Whether both sides changed it, to different values."""
        return self.base != self.theirs and self.base != self.mine and self.theirs != self.mine


@dataclass(frozen=True, slots=True)
class NodeConflict:
    """A node that both sides touched; ``theirs`` None = they removed it, ``mine`` None = I did.

    ``below`` = nodes under it that they changed, where I remove it with everything below.
    ``choices`` are the resolutions that are possible: mine, theirs.
    """

    node_no: int
    path: str
    fields: tuple[FieldConflict, ...]
    base: NodeState | None
    theirs: NodeState | None
    mine: NodeState | None
    below: int = 0
    choices: tuple[str, ...] = ("mine", "theirs")


class EditConflict(Conflict):
    """Somebody else changed nodes of the draft; nothing was written (F14, GEN-4)."""

    def __init__(self, text: str, conflicts: tuple[NodeConflict, ...], revision: int) -> None:
        super().__init__(text)
        self.conflicts = conflicts
        self.revision = revision


@dataclass(frozen=True, slots=True)
class SavedEdits:
    """The new revision; ``changed`` nodes; ``rebased`` = nodes others had changed meanwhile.

    ``numbers`` = numbers of new nodes → their stored numbers.
    """

    revision: int
    changed: int
    rebased: int
    numbers: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndoneRevision:
    """The new revision, nodes put back and taken away, and the paths that stay as edited since."""

    revision: int
    restored: int
    removed: int
    kept: list[str]


@service("finance.services", "manage")
def save_tree_edits(
    ctx: Context,
    scope_id: int,
    draft: TreeDraft,
    *,
    base_rev: int,
    resolutions: Mapping[int, Resolution] | None = None,
) -> SavedEdits:
    """Write a draft as one revision; ``base_rev`` = the revision the tree was shown at.

    Raises EditConflict for nodes that others touched and ``resolutions`` does not settle,
    UserError for values that can't be stored; then nothing is written.
    """
    raise NotImplementedError


@service("finance.services", "manage")
def undo_revision(ctx: Context, scope_id: int, rev: int, *, strict: bool = False) -> UndoneRevision:
    """Reverse one revision as a new one; nodes edited since stay and are named (F13)."""
    raise NotImplementedError
