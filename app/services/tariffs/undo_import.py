"""Undoes an import in a new revision; what was edited since stays and is named (F13)."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.queries import import_runs, rate_nodes, scopes
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service


@dataclass(frozen=True, slots=True)
class Undone:
    """Nodes put back and taken away, paths (of keys) that were kept, and the new revision."""

    revision: int
    restored: int
    removed: int
    kept: list[str]


@service("finance.services", "manage")
def undo_import(ctx: Context, import_id: int, *, strict: bool = False) -> Undone:
    """Reverse an import; ``strict`` refuses if any of its rates was edited since."""
    with ctx.database.write(bulk=True) as connection:
        run = import_runs.seen_run(connection, ctx.actor.company_id, import_id)
        if run.undone_by is not None:
            raise UserError(f"Import {import_id} was undone already, by revision {run.undone_by}.")
        scope = scopes.lock_scope(connection, run.scope_id)
        revision = scope.revision + 1
        result = rate_nodes.undo_import(connection, run.scope_id, run.rev, revision, strict=strict)
        scopes.add_revision(
            connection,
            run.scope_id,
            revision,
            kind="undo",
            actor=ctx.actor.name,
            at=ctx.clock(),
            inserted=result.inserted,
            updated=result.updated,
            removed=result.removed,
            undone_rev=run.rev,
        )
        import_runs.mark_undone(connection, import_id, revision)
        told = {"import": import_id, "revision": revision, "kept": len(result.kept)}
        audit.record(
            ctx, connection, "undo import", "scope", run.scope_id, told, company_id=run.company_id
        )
        ctx.stop_if_cancelled()
    kept = [" / ".join(path) for path in result.kept]
    return Undone(revision, result.restored, result.removed, kept)
