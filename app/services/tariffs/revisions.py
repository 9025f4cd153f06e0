"""The revisions of a scope: what changed its tree, newest first (F1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.db.queries import import_runs, scopes
from app.db.queries.tenancy import sees
from app.services.context import Context, service
from app.services.tariffs.tree_pages import scope_and_service


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One revision; ``kind`` edit, import, undo, copy or restore; counts are of nodes.

    ``undone_by`` = the revision that took it back, ``undone_rev`` = the one that it took back.
    """

    rev: int
    kind: str
    actor: str
    at: dt.datetime
    file: str
    import_id: int | None
    inserted: int
    updated: int
    removed: int
    undone_rev: int | None
    undone_by: int | None


@service("finance.services", "view")
def scope_revisions(ctx: Context, scope_id: int, limit: int = 500) -> list[RevisionRow]:
    """Return the newest revisions of a scope; a buyer of the service gets none."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        if not sees(connection, ctx.actor.company_id, owner.company_id):
            return []
        found = scopes.revisions(connection, scope_id, limit=limit)
        files = import_runs.file_names(connection, [r.import_run_id for r in found])
    undone = {r.undone_rev: r.rev for r in found if r.undone_rev is not None}
    return [
        RevisionRow(
            rev=r.rev,
            kind=r.kind,
            actor=r.actor,
            at=r.at,
            file=files.get(r.import_run_id, "") if r.import_run_id else "",
            import_id=r.import_run_id,
            inserted=r.inserted,
            updated=r.updated,
            removed=r.removed,
            undone_rev=r.undone_rev,
            undone_by=undone.get(r.rev),
        )
        for r in found
    ]
