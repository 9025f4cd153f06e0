"""What an import is asked for, and the job that its draft is: target, live tree, knowledge.

The one-shot import and the session of a wizard prepare their drafts here, so both give the same.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.db.queries import learned, profiles, rate_nodes, scopes, vendors
from app.db.queries.service_sight import seen_scope
from app.domain.counting import counted
from app.errors import Conflict
from app.services.context import Context, service
from app.services.dictionaries import user_entries
from app.services.names import checked_name
from app.services.tariffs.drafts import NO_PROFILE
from app.services.tariffs.find import ScopeRecord, ServiceRecord, find_service, pick_scope
from app.services.tariffs.import_checks import (
    refuse_unknown_words,
    refuse_unreadable,
    refuse_unwritable,
)
from app.services.tariffs.import_history import refuse_unknown_profile
from app.services.tariffs.targets import Rules
from app.services.tariffs.tree_files import save_tree
from app.services.worker_process import Limits
from importers.choices import Choices
from importers.formats.limits import memory_limit, time_limit
from importers.records import Issue, Severity

MIN_TREE_SECONDS = 120.0
"""Time added to the reading limit for matching and comparing with a large live tree."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import where; see ``tariffdesk import --help`` for the meaning of each field.

    ``profile`` NO_PROFILE ("-") = none, even if one fits.
    """

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where an import goes."""

    service: ServiceRecord
    scope: ScopeRecord


@service("finance.services", "view")
def place_import(ctx: Context, request: ImportRequest) -> Place:
    """Return where ``request`` goes, after its arguments were checked.

    Raises UserError naming a wrong argument, Conflict if the scope is not at ``expect_rev``.
    """
    refuse_unreadable(request.file)
    refuse_unknown_words(request.choices, request.mode, request.rules)
    for option, name in (("--vendor", request.vendor), ("--save-profile", request.save_profile)):
        if name:
            checked_name(name, option)
    for written in (request.decisions, request.rejects):
        if written is not None:
            refuse_unwritable(written)
    with ctx.database.read() as connection:
        target = find_service(connection, ctx.actor.company_id, request.service, own=True)
        scope = pick_scope(connection, ctx, target, request.scope)
        if request.profile not in ("", NO_PROFILE):
            refuse_unknown_profile(connection, target.company_id, request.profile, request.vendor)
    if request.expect_rev is not None and scope.revision != request.expect_rev:
        raise Conflict(
            f"Scope {scope.id} is at revision {scope.revision}, not {request.expect_rev}: "
            "somebody changed it; look at the new state and import again."
        )
    return Place(target, scope)


@service("finance.services", "view")
def draft_job(
    ctx: Context,
    request: ImportRequest,
    place: Place,
    *,
    answers: dict[str, str],
    tree: Path,
) -> dict[str, Any]:
    """Return the job of drafting ``request``; the live tree is left in ``tree``.

    A ``tree`` folder that is there already is taken to hold it. ``answers`` are those of a
    decisions file; the request's own go first.
    """
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
        "currency": place.service.currency,
        "vendor": request.vendor,
        "profile": request.profile,
        "save_profile": request.save_profile,
        "today": ctx.clock().date().isoformat(),
    }
    with ctx.database.read() as connection:
        _, owner = seen_scope(connection, ctx.actor.company_id, place.scope.id, own=True)
        job |= _knowledge(connection, owner.company_id, request.vendor)
        if not tree.exists():
            _keep_live_tree(ctx, connection, place.scope.id, tree)
    return job


def _keep_live_tree(ctx: Context, connection: Any, scope_id: int, folder: Path) -> None:
    live = rate_nodes.read_tree(connection, scope_id, pausing=ctx.stop_if_cancelled)
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    if len(live) > 1:
        save_tree(unfinished, live)
    unfinished.rename(folder)


def draft_limits(file: Path, nodes: int) -> Limits:
    """Return what the child may take to draft ``file`` against a live tree of ``nodes``."""
    return Limits(memory_limit(file) + nodes * 1024, time_limit(file) + MIN_TREE_SECONDS)


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


@service("finance.services", "view")
def live_at_once(ctx: Context, scope: ScopeRecord, report: dict[str, Any]) -> list[dict[str, Any]]:
    """Say that a scope in force changes at once, the more so if its rates hold later (SVC-2)."""
    now, effective = ctx.clock(), report["effective"]
    with ctx.database.read() as connection:
        _, owner = seen_scope(connection, ctx.actor.company_id, scope.id)
        current = scopes.current_scope(connection, owner.id, now)
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


def open_decisions(result: dict[str, Any], request: ImportRequest) -> list[dict[str, Any]]:
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
