"""Undoes an import in a new revision; what was edited since stays and is named (F13)."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.queries import audit, import_runs, rate_nodes, scopes
from app.errors import UserError
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from dictionaries.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class Undone:
    """Counts of nodes put back and taken away, the paths that were kept, and the new revision."""

    revision: int
    restored: int
    removed: int
    kept: list[str]


@service("finance.services", "manage")
def undo_import(ctx: Context, import_id: int, *, strict: bool = False) -> Undone:
    """Reverse an import; ``strict`` refuses if any of its rates was edited since."""
    company = ctx.actor.company_id
    with ctx.database.write(bulk=True) as connection:
        run = import_runs.import_run_by_id(connection, company, import_id)
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
        audit.record(
            connection,
            company_id=company,
            actor=ctx.actor.name,
            at=ctx.clock(),
            action="undo import",
            table="rate_node",
            operation="update",
            object_id=f"scope {run.scope_id} revision {revision}",
            new={"import": import_id, "kept": len(result.kept)},
        )
        dictionaries = dictionaries_of(connection, company)
    catalogue = load_catalogue()
    kept = [catalogue.path_text(path, dictionaries) for path in result.kept]
    return Undone(revision, result.restored, result.removed, kept)
