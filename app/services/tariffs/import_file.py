"""Imports one price list into a scope: draft in a child process, then one transaction (IMP-13)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from app.services.context import Context, service
from app.services.tariffs.decisions_file import read_answers, write_decisions
from app.services.tariffs.import_commit import commit_draft
from app.services.tariffs.import_job import (
    ImportOutcome,
    ImportRequest,
    Place,
    draft_job,
    draft_limits,
    live_at_once,
    open_decisions,
    place_import,
)
from app.services.tariffs.tree_files import CURRENT, saved_size
from app.services.worker_process import job_folder, run_job

__all__ = ["ImportOutcome", "ImportRequest", "conclude", "import_file"]


@service("finance.services", "manage")
def import_file(ctx: Context, request: ImportRequest) -> ImportOutcome:
    """Import ``request.file``; UserError if it can't be used, Conflict if the tree moved."""
    place = place_import(ctx, request)
    answers = read_answers(request.decisions)
    with job_folder() as folder:
        result = _draft(ctx, request, place, answers, folder)
        return conclude(ctx, request, place, result, answers=answers, folder=folder)


@service("finance.services", "manage")
def conclude(
    ctx: Context,
    request: ImportRequest,
    place: Place,
    result: dict[str, Any],
    *,
    answers: dict[str, str],
    folder: Path,
) -> ImportOutcome:
    """Commit a draft unless something is open; ``result`` and ``folder`` as the child left them.

    ``answers`` are those of the decisions file; the open questions are added to it.
    """
    report, scope = result["report"], place.scope
    report |= {"service": place.service.name, "scope": scope.id, "mode": request.mode or "merge"}
    report["issues"] += live_at_once(ctx, scope, report)
    decisions = open_decisions(result, request)
    if request.rejects:
        shutil.copyfile(folder / "rejects.csv", request.rejects)
    if decisions and request.decisions:
        write_decisions(request.decisions, decisions, answers)
    if decisions or request.dry_run:
        report |= {"revision": scope.revision, "written": False, "decisions": decisions}
        rejected = 0 if decisions else result["rejected"]
        return ImportOutcome(report, decisions, written=False, rejected=rejected)
    ctx.report("saving", 0, None)
    chosen = {**answers, **request.choices.answers}
    import_id, revision = commit_draft(
        ctx, request, scope, answers=chosen, folder=folder, result=result
    )
    report |= {"revision": revision, "written": True, "import": import_id, "decisions": []}
    return ImportOutcome(report, [], written=True, rejected=result["rejected"], import_id=import_id)


def _draft(
    ctx: Context,
    request: ImportRequest,
    place: Place,
    answers: dict[str, str],
    folder: Path,
) -> dict[str, Any]:
    """Have the child read the file and draft its tree; return its result."""
    job = draft_job(ctx, request, place, answers=answers, tree=folder / CURRENT)
    return run_job(
        folder,
        job,
        draft_limits(request.file, saved_size(folder / CURRENT)),
        name=request.file.name,
        report=ctx.report,
        cancelled=ctx.cancelled,
    )
