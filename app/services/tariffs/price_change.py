"""Changes many prices at once, previewed exactly as they will be (SVC-7, item 31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.tree_draft import Edit, TreeDraft
from app.services.context import Context, service

STAGED_LIMIT = 20_000
"""Leaves above which a change becomes a revision of its own instead of staged edits."""


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What to do to prices: ``kind`` percent, add, set or multiply, then rounding.

    ``rounding`` half_up, up or down; to ``step`` (0.005 …) if given, else to ``decimals``.
    """

    kind: str
    value: Decimal
    decimals: int = 5
    rounding: str = "half_up"
    step: Decimal | None = None
    also_scales: bool = True
    also_connect: bool = False


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """One line of a preview: path in names, prices as shown before and after."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """``count`` rates change, ``unchanged`` come out the same, ``skipped`` reason → number.

    ``minimum``, ``maximum`` = the new prices' range in 1e-8; ``problems`` = sentences that refuse
    the change; ``at_once`` = too many to stage, it becomes a revision of its own.
    """

    count: int
    unchanged: int
    skipped: dict[str, int]
    sample: tuple[ChangedPrice, ...]
    minimum: int | None
    maximum: int | None
    problems: tuple[str, ...]
    at_once: bool


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """The new revision and how many rates it changed."""

    revision: int
    changed: int


@service("finance.services", "view")
def preview_change(
    ctx: Context, scope_id: int, nodes: Sequence[int], draft: TreeDraft, change: PriceChange
) -> ChangePreview:
    """Return what a change would do to ``nodes``; a branch stands for all rates below it."""
    raise NotImplementedError


@service("finance.services", "view")
def staged_change(
    ctx: Context,
    scope_id: int,
    nodes: Sequence[int],
    draft: TreeDraft,
    change: PriceChange,
    text: str = "",
) -> Edit:
    """Return the undo step of a change. Raises UserError if it is refused or too large."""
    raise NotImplementedError


@service("finance.services", "manage")
def apply_change(
    ctx: Context,
    scope_id: int,
    nodes: Sequence[int],
    change: PriceChange,
    *,
    expected_rev: int,
) -> AppliedChange:
    """Write a change as its own revision. Raises Conflict if the tree moved since the preview."""
    raise NotImplementedError
