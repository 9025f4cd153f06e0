"""Changes many prices at once, previewed exactly as they will be (SVC-7, item 31)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db.queries import rate_browse, rate_nodes, rate_subtree, scopes
from app.domain.counting import counted
from app.domain.price_changes import Outcome, PriceChange, outcome, prices_of
from app.domain.tree_draft import Edit, NodeRef, NodeState, TreeDraft
from app.domain.tree_edits import set_values
from app.errors import Conflict, UserError
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.edit_paths import SEPARATOR, DraftPaths
from app.services.tariffs.price_arrays import changed_prices, leaves_of, price_groups, state_at
from app.services.tariffs.tree_pages import scope_and_service
from app.services.tariffs.tree_view import state_words
from dictionaries.catalogue import load_catalogue

__all__ = [
    "AppliedChange",
    "ChangePreview",
    "ChangedPrice",
    "PriceChange",
    "apply_change",
    "preview_change",
    "staged_change",
]

STAGED_LIMIT = 20_000
"""Leaves above which a change becomes a revision of its own instead of staged edits."""

MOST_NODES = 30_000
"""Nodes that can be chosen one by one; who wants more chooses the branch above them."""

SAMPLE = 10
BATCH = 5000


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """One line of a preview: path in names, prices in words, and the values themselves."""

    path: str
    before: str
    after: str
    old: NodeState
    new: NodeState


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


@dataclass(slots=True)
class _Tally:
    """Adds up what a change does."""

    change: PriceChange
    count: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    prices: list[int] = field(default_factory=list)

    def add(self, state: NodeState, times: int = 1) -> Outcome:
        """Count ``times`` rates with these values."""
        found = outcome(self.change, state)
        if found.after is None:
            (self.refused if found.refused else self.skipped)[found.reason] += times
        else:
            self.unchanged += times if found.after == state else 0
            self.count += times if found.after != state else 0
            prices = prices_of(found.after, connect=self.change.also_connect)
            known = self.prices
            self.prices = [min([*known[:1], *prices]), max([*known[1:], *prices])]
        return found

    def preview(
        self, sample: Sequence[ChangedPrice], problems: Sequence[str], *, at_once: bool
    ) -> ChangePreview:
        """Return the result."""
        told = [
            f"{counted(count, 'rate')} {reason}: choose a smaller change, or the price type Free."
            for reason, count in self.refused.items()
        ]
        if not self.count and not told and not problems:
            told = ["No price would change: choose rates with a price, or another change."]
        low, high = self.prices or (None, None)
        return ChangePreview(
            self.count, self.unchanged, dict(self.skipped), tuple(sample), low, high,
            (*problems, *told), at_once,
        )  # fmt: skip


@service("finance.services", "view")
def preview_change(
    ctx: Context, scope_id: int, nodes: Sequence[int], draft: TreeDraft, change: PriceChange
) -> ChangePreview:
    """Return what a change would do to ``nodes``; a branch stands for all rates below it."""
    tally = _Tally(change)
    problem = change.problem() or _too_many(nodes)
    if problem:
        return tally.preview((), [problem], at_once=False)
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        leaves = _leaves(connection, scope_id, nodes, draft)
        if leaves is None:
            return _preview_at_once(owner.company_id, connection, scope_id, nodes, draft, tally)
        for leaf in leaves:
            tally.add(leaf.state)
        sample = _sample(owner.company_id, connection, scope_id, _spread(leaves), draft, change)
    return tally.preview(sample, (), at_once=False)


def _too_many(nodes: Sequence[int]) -> str:
    if len(nodes) <= MOST_NODES:
        return ""
    return f"More than {MOST_NODES} nodes are chosen one by one: choose the branch above them."


def _preview_at_once(
    tenant: int,
    connection: Any,
    scope_id: int,
    nodes: Sequence[int],
    draft: TreeDraft,
    tally: _Tally,
) -> ChangePreview:
    """Preview by distinct prices: a million rates have some thousand of them."""
    tree = rate_nodes.read_tree(connection, scope_id)
    for group in price_groups(tree, nodes):
        tally.add(group.state, group.leaves)
    dictionaries = shown_dictionaries(connection, tenant)
    lines = []
    for place in _spread(leaves_of(tree, nodes)):
        names = [
            load_catalogue().key_text(attribute, key, dictionaries)
            for attribute, key in tree.path(int(place))
        ]
        old = state_at(tree, int(place))
        lines += _line(SEPARATOR.join(names), old, tally.change)
    problems = [_unsaved(draft)] if len(draft) else []
    return tally.preview(lines, problems, at_once=True)


def _unsaved(draft: TreeDraft) -> str:
    return (
        f"More than {STAGED_LIMIT} rates are changed at once, as a revision of their own: save or "
        f"discard the {draft.count} staged changes first."
    )


def _spread(leaves: Any) -> Any:
    """Return some leaves of a list or an array from all over."""
    return leaves[:: max(1, len(leaves) // SAMPLE)][:SAMPLE]


def _line(path: str, old: NodeState, change: PriceChange) -> list[ChangedPrice]:
    new = outcome(change, old).after
    return [] if new is None else [ChangedPrice(path, state_words(old), state_words(new), old, new)]


def _sample(
    tenant: int,
    connection: Any,
    scope_id: int,
    leaves: Iterable[NodeRef],
    draft: TreeDraft,
    change: PriceChange,
) -> list[ChangedPrice]:
    dictionaries = shown_dictionaries(connection, tenant)
    chosen = list(leaves)
    above = [number for leaf in chosen for number in leaf.above]
    paths = DraftPaths(connection, scope_id, draft, load_catalogue(), dictionaries, above)
    lines: list[ChangedPrice] = []
    for leaf in chosen:
        lines += _line(paths.text(leaf.above, leaf.attribute, leaf.state.key), leaf.state, change)
    return lines


# ------------------------------------------------------------------------------ staging


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
    problem = change.problem() or _too_many(nodes)
    if problem:
        raise UserError(problem)
    with ctx.database.read() as connection:
        scope_and_service(connection, ctx, scope_id)
        leaves = _leaves(connection, scope_id, nodes, draft)
    if leaves is None:
        raise UserError(f"More than {STAGED_LIMIT} rates can't be staged: change them at once.")
    tally = _Tally(change)
    after = {leaf.node_no: tally.add(leaf.state).after for leaf in leaves}
    preview = tally.preview((), (), at_once=False)
    if preview.problems:
        raise UserError(preview.problems[0])
    chosen = [leaf for leaf in leaves if after[leaf.node_no] is not None]
    states = iter([after[leaf.node_no] for leaf in chosen])
    title = text or f"Change {preview.count} prices"
    return set_values(draft, chosen, lambda _: next(states), title)  # type: ignore[return-value, arg-type]


def _leaves(
    connection: Any, scope_id: int, nodes: Sequence[int], draft: TreeDraft
) -> list[NodeRef] | None:
    """Return the leaves of ``nodes`` as the draft shows them; None if too many are stored."""
    tops = [number for number in nodes if number >= 0]
    rows: dict[int, rate_subtree.SubtreeRow] = {}
    for start in range(0, len(tops), BATCH):
        part = tops[start : start + BATCH]
        limit = STAGED_LIMIT + 1
        found = rate_subtree.rows_below(connection, scope_id, part, leaves=True, limit=limit)
        rows |= {row.node_no: row for row in found}
        if len(rows) > STAGED_LIMIT:
            return None
    shown = []
    for ref in _refs(connection, scope_id, list(rows.values())):
        state = draft.state_of(ref.node_no, ref.state)
        if (
            state is not None
            and not state.is_branch
            and not draft.is_removed(ref.node_no, ref.above)
        ):
            shown.append(_with_state(ref, state))
    return [*shown, *_only_in_draft(draft, set(nodes), rows.keys())]


def _only_in_draft(draft: TreeDraft, chosen: set[int], stored: Iterable[int]) -> list[NodeRef]:
    """Return the leaves at or below ``chosen`` that are new, or are leaves only in the draft."""
    known = set(stored)
    found = []
    for number, entry in draft:
        inside = number in chosen or not chosen.isdisjoint(entry.above)
        if inside and number not in known and entry.now is not None and not entry.now.is_branch:
            found.append(draft.ref(number))
    return found


def _with_state(ref: NodeRef, state: NodeState) -> NodeRef:
    return NodeRef(ref.node_no, ref.above, ref.attribute, state, ref.from_rev, ref.below)


def _refs(connection: Any, scope_id: int, rows: Sequence[rate_subtree.SubtreeRow]) -> list[NodeRef]:
    parents = {row.parent_no for row in rows if row.parent_no >= 0}
    light = rate_browse.with_ancestors(connection, scope_id, parents)
    above = {parent: rate_browse.above(light, parent) for parent in parents}
    return [
        NodeRef(
            row.node_no,
            above.get(row.parent_no, ()),
            (light[row.parent_no].depends_on or "") if row.parent_no in light else "",
            row.state,
            row.from_rev,
        )
        for row in rows
    ]


# ------------------------------------------------------------------------------ at once


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
    problem = change.problem()
    if problem:
        raise UserError(problem)
    with ctx.database.write(bulk=True) as connection:
        _, owner = scope_and_service(connection, ctx, scope_id, own=True)
        scope = scopes.lock_scope(connection, scope_id)
        if scope.revision != expected_rev:
            raise Conflict(
                f"The rate tree was changed meanwhile (revision {scope.revision}, not "
                f"{expected_rev}); no price was changed: look at the preview again."
            )
        ctx.report("reading", 0, None)
        changes = changed_prices(rate_nodes.read_tree(connection, scope_id), nodes, change)
        if not len(changes):
            raise UserError("No price would change: choose rates with a price, or another change.")
        rate_nodes.apply_changes(
            connection, scope_id, changes, expected_rev + 1, lambda d, t: _tell(ctx, d, t)
        )
        scopes.add_revision(
            connection,
            scope_id,
            expected_rev + 1,
            kind="edit",
            actor=ctx.actor.name,
            at=ctx.clock(),
            inserted=0,
            updated=len(changes),
            removed=0,
        )
        told, tenant = _told(changes, change), owner.company_id
        audit.record(ctx, connection, "change prices", "scope", scope_id, told, company_id=tenant)
        ctx.stop_if_cancelled()
    return AppliedChange(expected_rev + 1, len(changes))


def _tell(ctx: Context, done: int, total: int) -> None:
    ctx.report("changing prices", done, total)
    ctx.stop_if_cancelled()


def _told(changes: Any, change: PriceChange) -> dict[str, Any]:
    return {"change": change.kind, "value": str(change.value), "rates": len(changes)}
