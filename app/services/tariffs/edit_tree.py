"""Saves the staged edits of a rate tree as one revision, or tells what somebody else changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.db.queries import import_runs, rate_nodes, rate_subtree, scopes
from app.db.queries.rate_browse import batches
from app.domain.tree_draft import NodeState, TreeDraft
from app.errors import Conflict
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.edit_checks import check_plan
from app.services.tariffs.edit_paths import DraftPaths
from app.services.tariffs.edit_rebase import (
    FieldConflict,
    NodeConflict,
    Plan,
    Rebase,
    Resolution,
)
from app.services.tariffs.node_changes import change_set
from app.services.tariffs.tree_pages import scope_and_service
from dictionaries.catalogue import load_catalogue

__all__ = [
    "EditConflict",
    "FieldConflict",
    "NodeConflict",
    "Resolution",
    "SavedEdits",
    "UndoneRevision",
    "save_tree_edits",
    "undo_revision",
]


class EditConflict(Conflict):
    """Somebody else changed nodes of the draft; nothing was written (F14, GEN-4)."""

    def __init__(self, text: str, conflicts: tuple[NodeConflict, ...], revision: int) -> None:
        super().__init__(text)
        self.conflicts = conflicts
        self.revision = revision


BULK = 5000
"""Staged nodes from which a save is written as bulk (F12)."""


@dataclass(frozen=True, slots=True)
class SavedEdits:
    """The new revision; ``changed`` nodes; ``rebased`` = nodes others had changed meanwhile.

    ``numbers`` = numbers of new nodes → their stored numbers; ``states`` = what is stored of nodes
    that did not end up as the draft had them: both go to :meth:`TreeDraft.saved`.
    """

    revision: int
    changed: int
    rebased: int
    numbers: dict[int, int] = field(default_factory=dict)
    states: dict[int, NodeState | None] = field(default_factory=dict)


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
    with ctx.database.write(bulk=len(draft) > BULK) as connection:
        _, owner = scope_and_service(connection, ctx, scope_id, own=True)
        scope = scopes.lock_scope(connection, scope_id)
        dictionaries = shown_dictionaries(connection, owner.company_id)
        paths = DraftPaths(connection, scope_id, draft, load_catalogue(), dictionaries)
        plan = Rebase(
            connection,
            scope_id,
            draft,
            base_rev=base_rev,
            resolutions=resolutions or {},
            path_text=paths.text,
        ).run()
        if plan.conflicts:
            raise _conflict(plan, scope.revision)
        check_plan(plan, draft, paths, owner.type)
        saved = _write(ctx, connection, scope, plan, owner.company_id)
        ctx.stop_if_cancelled()
    return saved


def _conflict(plan: Plan, revision: int) -> EditConflict:
    count = len(plan.conflicts)
    what = f"{count} nodes that you changed" if count > 1 else "1 node that you changed"
    return EditConflict(
        f"Somebody else changed {what}; nothing was saved: choose whose values hold.",
        tuple(plan.conflicts),
        revision,
    )


def _write(
    ctx: Context, connection: Any, scope: scopes.ScopeRecord, plan: Plan, tenant: int
) -> SavedEdits:
    removed = _removed(connection, scope.id, plan)
    changes = change_set(plan.added, plan.updated, sorted(removed))
    numbers = {n.number: scope.next_node + place for place, n in enumerate(plan.added)}
    if not len(changes):
        return SavedEdits(scope.revision, 0, plan.rebased, plan.merged, plan.settled)
    revision = scope.revision + 1
    rate_nodes.apply_changes(
        connection, scope.id, changes, revision, lambda d, t: ctx.report("saving", d, t)
    )
    counts = {"inserted": len(plan.added), "updated": len(plan.updated), "removed": len(removed)}
    scopes.add_revision(
        connection,
        scope.id,
        revision,
        kind="edit",
        actor=ctx.actor.name,
        at=ctx.clock(),
        **counts,
    )
    told = {"revision": revision, **counts}
    audit.record(ctx, connection, "edit rates", "scope", scope.id, told, company_id=tenant)
    numbers |= plan.merged
    return SavedEdits(revision, len(changes), plan.rebased, numbers, plan.settled)


def _removed(connection: Any, scope_id: int, plan: Plan) -> set[int]:
    """Return the numbers of all nodes that go; one whose place goes is not updated any more."""
    removed = set(plan.tops)
    for part in batches([*plan.tops, *plan.emptied]):
        removed.update(rate_subtree.numbers_below(connection, scope_id, part))
    plan.updated[:] = [(number, state) for number, state in plan.updated if number not in removed]
    return removed


@service("finance.services", "manage")
def undo_revision(ctx: Context, scope_id: int, rev: int, *, strict: bool = False) -> UndoneRevision:
    """Reverse one revision as a new one; nodes edited since stay and are named (F13)."""
    with ctx.database.write(bulk=True) as connection:
        _, owner = scope_and_service(connection, ctx, scope_id, own=True)
        scope = scopes.lock_scope(connection, scope_id)
        revision = scope.revision + 1
        result = rate_nodes.undo_import(connection, scope_id, rev, revision, strict=strict)
        scopes.add_revision(
            connection,
            scope_id,
            revision,
            kind="undo",
            actor=ctx.actor.name,
            at=ctx.clock(),
            inserted=result.inserted,
            updated=result.updated,
            removed=result.removed,
            undone_rev=rev,
        )
        run = scopes.revision_by_number(connection, scope_id, rev).import_run_id
        if run is not None:
            import_runs.mark_undone(connection, run, revision)
        told = {"undone": rev, "revision": revision, "kept": len(result.kept)}
        audit.record(
            ctx, connection, "undo revision", "scope", scope_id, told, company_id=owner.company_id
        )
        ctx.stop_if_cancelled()
    kept = [" / ".join(path) for path in result.kept]
    return UndoneRevision(revision, result.restored, result.removed, kept)
