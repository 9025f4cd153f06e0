"""Imports one price list into a scope: draft in a child process, then one transaction (IMP-13)."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.db.queries import import_runs, learned, profiles, rate_nodes, scopes, vendors
from app.domain.counting import counted
from app.errors import Conflict
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import user_entries
from app.services.names import checked_name
from app.services.tariffs.decisions_file import OUTCOMES, read_answers, write_decisions
from app.services.tariffs.find import ScopeRecord, ServiceRecord, find_service, pick_scope
from app.services.tariffs.import_checks import (
    refuse_unknown_words,
    refuse_unreadable,
    refuse_unwritable,
)
from app.services.tariffs.import_history import refuse_unknown_profile
from app.services.tariffs.targets import Rules
from app.services.tariffs.tree_files import load_change_set, save_tree
from app.services.worker_process import Limits, job_folder, run_job
from importers.choices import Choices
from importers.formats.limits import memory_limit, time_limit
from importers.records import Issue, Severity

MIN_TREE_SECONDS = 120.0
"""Time added to the reading limit for matching and comparing with a large live tree."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import where; see ``tariffdesk import --help`` for the meaning of each field."""

    file: Path
    service: str
    scope: int | None = None
    node: str = ""
    mode: str = ""
    choices: Choices = field(default_factory=Choices)
    rules: Rules = field(default_factory=Rules)
    options: dict[str, Any] = field(default_factory=dict)
    vendor: str = ""
    profile: str = ""
    save_profile: str = ""
    expect_rev: int | None = None
    skip_errors: bool = False
    dry_run: bool = False
    decisions: Path | None = None
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What happened. ``written`` is False for a dry run, open decisions or refused rows.

    ``decisions`` are open questions as plain data; ``report`` is the report of the command line.
    """

    report: dict[str, Any]
    decisions: list[dict[str, Any]]
    written: bool
    rejected: int
    import_id: int | None = None

    @property
    def exit_code(self) -> int:
        """Return 0 done, 2 nothing written because of open decisions, 3 written with rejects."""
        if self.decisions:
            return 2
        return 3 if self.rejected else 0


@service("finance.services", "manage")
def import_file(ctx: Context, request: ImportRequest) -> ImportOutcome:
    """Import ``request.file``; UserError if it can't be used, Conflict if the tree moved."""
    target, scope = _place(ctx, request)
    answers = read_answers(request.decisions)
    with job_folder() as folder:
        result = _draft(ctx, request, target, scope, answers, folder)
        report = result["report"]
        report |= {"service": target.name, "scope": scope.id, "mode": request.mode or "merge"}
        report["issues"] += _live_at_once(ctx, scope, report)
        open_decisions = _decisions(result, request)
        _keep_rejects(folder, request)
        if open_decisions:
            if request.decisions:
                write_decisions(request.decisions, open_decisions, answers)
            report |= {"revision": scope.revision, "written": False, "decisions": open_decisions}
            return ImportOutcome(report, open_decisions, written=False, rejected=0)
        if request.dry_run:
            report |= {"revision": scope.revision, "written": False, "decisions": []}
            return ImportOutcome(report, [], written=False, rejected=result["rejected"])
        ctx.report("saving", 0, None)
        import_id, revision = _commit(ctx, request, scope, answers, folder, result)
    report |= {"revision": revision, "written": True, "import": import_id, "decisions": []}
    return ImportOutcome(report, [], written=True, rejected=result["rejected"], import_id=import_id)


def _place(ctx: Context, request: ImportRequest) -> tuple[ServiceRecord, ScopeRecord]:
    refuse_unreadable(request.file)
    refuse_unknown_words(request.choices, request.mode, request.rules)
    for option, name in (("--vendor", request.vendor), ("--save-profile", request.save_profile)):
        if name:
            checked_name(name, option)
    for written in (request.decisions, request.rejects):
        if written is not None:
            refuse_unwritable(written)
    with ctx.database.read() as connection:
        target = find_service(connection, ctx.actor.company_id, request.service)
        scope = pick_scope(connection, target, request.scope, ctx.clock())
        if request.profile:
            company = ctx.actor.company_id
            refuse_unknown_profile(connection, company, request.profile, request.vendor)
    if request.expect_rev is not None and scope.revision != request.expect_rev:
        raise Conflict(
            f"Scope {scope.id} is at revision {scope.revision}, not {request.expect_rev}: "
            "somebody changed it; look at the new state and import again."
        )
    return target, scope


def _draft(
    ctx: Context,
    request: ImportRequest,
    target: ServiceRecord,
    scope: ScopeRecord,
    answers: dict[str, str],
    folder: Path,
) -> dict[str, Any]:
    """Have the child read the file and draft its tree; return its result."""
    choices = asdict(request.choices)
    choices["answers"] = {**answers, **choices["answers"]}
    job: dict[str, Any] = {
        "task": "draft",
        "file": str(request.file),
        "options": request.options,
        "choices": choices,
        "node": request.node,
        "mode": request.mode,
        "rules": asdict(request.rules),
        "currency": target.currency,
        "vendor": request.vendor,
        "profile": request.profile,
        "save_profile": request.save_profile,
        "today": ctx.clock().date().isoformat(),
    }
    with ctx.database.read() as connection:
        job |= _knowledge(connection, ctx.actor.company_id, request.vendor)
        tree = rate_nodes.read_tree(connection, scope.id)
    if len(tree) > 1:
        save_tree(folder / "current", tree)
    size = len(tree)
    del tree
    limits = Limits(
        memory_limit(request.file) + size * 1024,
        time_limit(request.file) + MIN_TREE_SECONDS,
    )
    return run_job(
        folder,
        job,
        limits,
        name=request.file.name,
        report=ctx.report,
        cancelled=ctx.cancelled,
    )


def _knowledge(connection: Any, company_id: int, vendor: str) -> dict[str, Any]:
    """Return what the database adds to the shipped dictionaries, as plain data."""
    found = vendors.find_vendor(connection, company_id, vendor) if vendor else None
    vendor_id = found.id if found else None
    return {
        "user_entries": [asdict(entry) for entry in user_entries(connection, company_id)],
        "learned": [
            {
                "dictionary": match.dictionary,
                "context": match.context,
                "value": match.value,
                "key": match.key,
                "vendor": vendor if match.own else "",
                "who": match.actor,
                "when": match.at.isoformat(),
            }
            for match in learned.recall(connection, company_id, vendor_id=vendor_id)
        ],
        "profiles": [
            profile.settings["text"]
            for profile in profiles.profiles(connection, company_id)
            if profile.vendor_id in (None, vendor_id)
        ],
    }


def _live_at_once(ctx: Context, scope: ScopeRecord, report: dict[str, Any]) -> list[dict[str, Any]]:
    """Say that a scope in force changes at once, the more so if its rates hold later (SVC-2)."""
    now, effective = ctx.clock(), report["effective"]
    with ctx.database.read() as connection:
        current = scopes.current_scope(connection, scope.service_id, now)
    if current is None or current.id != scope.id:
        return []
    severity, reason = Severity.INFO, "the scope is in force: changes are live at once"
    if effective and effective > now.date().isoformat():
        severity = Severity.WARNING
        reason = (
            f"these rates take effect on {effective} but the scope is in force now; they become "
            "live at once: import them into a scope of their own (scope add, then --scope)"
        )
    return [asdict(Issue(severity, reason, report["sheet"]))]


def _decisions(result: dict[str, Any], request: ImportRequest) -> list[dict[str, Any]]:
    """Return the open questions, with one more if rows would be left out without consent (A6)."""
    decisions: list[dict[str, Any]] = list(result["decisions"])
    if result["rejected"] and not request.skip_errors and not decisions:
        count = result["rejected"]
        decisions.append(
            {
                "kind": "rows",
                "question": f"{counted(count, 'row')} can't be imported (see the issues): leave "
                f"{'it' if count == 1 else 'them'} out with --skip-errors, choose between rows of "
                "the same path with --duplicates, or mend the file.",
                "rows": count,
            }
        )
    return decisions


def _keep_rejects(folder: Path, request: ImportRequest) -> None:
    if request.rejects:
        shutil.copyfile(folder / "rejects.csv", request.rejects)


def _commit(
    ctx: Context,
    request: ImportRequest,
    scope: ScopeRecord,
    answers: dict[str, str],
    folder: Path,
    result: dict[str, Any],
) -> tuple[int, int]:
    """Write changes, run, revision, audit row and what was learned: all or nothing."""
    changes = load_change_set(folder / "changes")
    content_hash = _hash(request.file)
    now, actor, company = ctx.clock(), ctx.actor.name, ctx.actor.company_id
    report = result["report"]
    with ctx.database.write(bulk=True) as connection:
        revision = scopes.lock_scope(connection, scope.id, scope.revision).revision + 1
        vendor_id = _vendor(connection, ctx, request.vendor)
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
            actor=actor,
            at=now,
            sheet=report["sheet"],
            vendor_id=vendor_id,
        )
        rate_nodes.apply_changes(
            connection,
            scope.id,
            changes,
            revision,
            progress=lambda done, total: _saving(ctx, done, total),
        )
        scopes.add_revision(
            connection,
            scope.id,
            revision,
            kind="import",
            actor=actor,
            at=now,
            inserted=len(changes.insert),
            updated=len(changes.update),
            removed=len(changes.remove_no),
            import_run_id=import_id,
        )
        _remember(connection, ctx, answers, vendor_id)
        _save_profile(connection, ctx, request, result, vendor_id)
        told = {"import": import_id, "revision": revision, "file": request.file.name}
        audit.record(ctx, connection, "import", "scope", scope.id, told | report["changes"])
        ctx.stop_if_cancelled()
    return import_id, revision


def _saving(ctx: Context, done: int, total: int) -> None:
    ctx.stop_if_cancelled()
    ctx.report("saving", done, total)


def _vendor(connection: Any, ctx: Context, name: str) -> int | None:
    if not name:
        return None
    return vendors.ensure_vendor(connection, ctx.actor.company_id, name, now=ctx.clock()).id


def _save_profile(
    connection: Any,
    ctx: Context,
    request: ImportRequest,
    result: dict[str, Any],
    vendor_id: int | None,
) -> None:
    """Keep the settings in force under the name asked for, over an earlier profile of it."""
    if not request.save_profile or not result["profile_text"]:
        return
    company, now = ctx.actor.company_id, ctx.clock()
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
    connection: Any, ctx: Context, answers: dict[str, str], vendor_id: int | None
) -> None:
    """Keep the keys that a person chose, for this vendor's next list (IMP-8)."""
    chosen = [
        learned.LearnedMatch(dictionary, context, value, key)
        for name, key in answers.items()
        for dictionary, context, value in [name.split("|", 2)]
        if key not in OUTCOMES and dictionary != "price"
    ]
    learned.remember(
        connection,
        ctx.actor.company_id,
        chosen,
        actor=ctx.actor.name,
        now=ctx.clock(),
        vendor_id=vendor_id,
    )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
