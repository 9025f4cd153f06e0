"""Writes a drafted import: rates, run, revision, learned answers, profile in one transaction."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from app.db.queries import import_runs, learned, profiles, rate_nodes, scopes, vendors
from app.db.queries.service_sight import seen_scope
from app.domain.diff import ChangeSet
from app.services import audit
from app.services.context import Context, service
from app.services.tariffs.decisions_file import OUTCOMES
from app.services.tariffs.find import ScopeRecord
from app.services.tariffs.import_job import ImportRequest
from app.services.tariffs.tree_files import CHANGES, load_change_set


@service("finance.services", "manage")
def commit_draft(
    ctx: Context,
    request: ImportRequest,
    scope: ScopeRecord,
    *,
    answers: dict[str, str],
    folder: Path,
    result: dict[str, Any],
) -> tuple[int, int]:
    """Write changes, run, revision, audit row and what was learned: all or nothing.

    ``folder`` holds the change set that the child left; returns the import's number and the new
    revision. Raises Conflict if the scope has moved on from ``scope.revision``.
    """
    changes = load_change_set(folder / CHANGES)
    content_hash = _hash(request.file)
    report = result["report"]
    with ctx.database.write(bulk=True) as connection:
        revision = scopes.lock_scope(connection, scope.id, scope.revision).revision + 1
        _, owner = seen_scope(connection, ctx.actor.company_id, scope.id, own=True)
        company = owner.company_id
        vendor_id = _vendor(connection, ctx, company, request.vendor)
        import_id = import_runs.add_import_run(
            connection,
            company,
            scope.id,
            revision,
            file_name=request.file.name,
            content_hash=content_hash,
            settings=result["settings"] or {},
            counts=report["changes"],
            report=_stored(report),
            actor=ctx.actor.name,
            at=ctx.clock(),
            sheet=report["sheet"],
            vendor_id=vendor_id,
        )
        _save_changes(connection, ctx, scope.id, revision, changes, import_id)
        _remember(connection, ctx, company, answers, vendor_id)
        _save_profile(connection, ctx, company, request, result, vendor_id)
        told = {"import": import_id, "revision": revision, "file": request.file.name}
        told |= report["changes"]
        audit.record(ctx, connection, "import", "scope", scope.id, told, company_id=company)
        ctx.stop_if_cancelled()
    return import_id, revision


def _save_changes(
    connection: Any,
    ctx: Context,
    scope_id: int,
    revision: int,
    changes: ChangeSet,
    import_id: int,
) -> None:
    """Write what an import changes in a tree as a new revision of its scope."""
    rate_nodes.apply_changes(
        connection,
        scope_id,
        changes,
        revision,
        progress=lambda done, total: _saving(ctx, done, total),
    )
    scopes.add_revision(
        connection,
        scope_id,
        revision,
        kind="import",
        actor=ctx.actor.name,
        at=ctx.clock(),
        inserted=len(changes.insert),
        updated=len(changes.update),
        removed=len(changes.remove_no),
        import_run_id=import_id,
    )


def _saving(ctx: Context, done: int, total: int) -> None:
    ctx.stop_if_cancelled()
    ctx.report("saving", done, total)


def _vendor(connection: Any, ctx: Context, company: int, name: str) -> int | None:
    if not name:
        return None
    return vendors.ensure_vendor(connection, company, name, now=ctx.clock()).id


def _save_profile(
    connection: Any,
    ctx: Context,
    company: int,
    request: ImportRequest,
    result: dict[str, Any],
    vendor_id: int | None,
) -> None:
    """Keep the settings in force under the name asked for, over an earlier profile of it."""
    if not request.save_profile or not result["profile_text"]:
        return
    now = ctx.clock()
    known = profiles.find_profile(connection, company, request.save_profile)
    settings = {"text": result["profile_text"]}
    if known is None:
        profiles.create_profile(
            connection,
            company,
            name=request.save_profile,
            signature=result["signature"],
            settings=settings,
            now=now,
            vendor_id=vendor_id,
        )
    else:
        profiles.update_profile(
            connection,
            known,
            now=now,
            signature=result["signature"],
            settings=settings,
            vendor_id=vendor_id,
        )


def _stored(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report as the history keeps it: without the issues."""
    return {name: value for name, value in report.items() if name != "issues"}


def _remember(
    connection: Any, ctx: Context, company: int, answers: dict[str, str], vendor_id: int | None
) -> None:
    """Keep the keys that a person chose, for this vendor's next list (IMP-8)."""
    chosen = [
        learned.LearnedMatch(dictionary, context, value, key)
        for name, key in answers.items()
        for dictionary, context, value in [name.split("|", 2)]
        if key not in (*OUTCOMES, "error") and ";" not in key and dictionary != "price"
    ]
    learned.remember(
        connection,
        company,
        chosen,
        actor=ctx.actor.name,
        now=ctx.clock(),
        vendor_id=vendor_id,
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
