"""The child process: takes ``DIR/job.json``, reads and drafts, leaves its results in DIR (F9)."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.tree import RateTree, empty_tree
from app.services.tariffs.drafting import draft
from app.services.tariffs.drafts import Draft, DraftRequest
from app.services.tariffs.inspecting import inspect_book
from app.services.tariffs.rejects import write_rejects
from app.services.tariffs.targets import Rules
from app.services.tariffs.tree_files import load_tree, save_change_set, save_tree
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries, UserEntry
from dictionaries.learn import LearnedMatch
from importers.choices import Choices
from importers.formats.book import OpenOptions
from importers.profiles import Profile, to_profile
from importers.records import FileProblem, Issue

ISSUES_IN_REPORT = 10_000


def main(folder: Path) -> int:
    """Do the job in ``folder``; bad files become a "problem" in the result, bugs a traceback."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        result = _TASKS[job["task"]](folder, job)
    except FileProblem as problem:
        result = {"problem": str(problem)}
    except MemoryError:
        result = {"problem": f"{Path(job['file']).name} is too large for this computer's memory."}
    temporary = folder / "result.tmp"
    temporary.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / "result.json")
    return 0


def _stop_with_parent() -> None:
    # not through sys.stdin: its lock would abort the interpreter when the job ends first
    while os.read(0, 1024):
        continue
    os._exit(1)


def report_line(phase: str, done: int, total: int | None) -> None:
    """Send one progress line to the parent."""
    sys.stdout.write(json.dumps({"phase": phase, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def _options(job: dict[str, Any]) -> OpenOptions:
    return OpenOptions(**job.get("options", {}))


def _dictionaries(job: dict[str, Any]) -> Dictionaries:
    entries = [UserEntry(**entry) for entry in job.get("user_entries", [])]
    return Dictionaries.load(entries, [_learned(match) for match in job.get("learned", [])])


def _learned(match: dict[str, str]) -> LearnedMatch:
    when = datetime.fromisoformat(match["when"])
    return LearnedMatch(**{**match, "when": when})  # type: ignore[arg-type]


def _inspect(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    del folder
    return inspect_book(Path(job["file"]), _options(job), _dictionaries(job), report_line)


def _draft(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    request = DraftRequest(
        path=Path(job["file"]),
        options=_options(job),
        choices=Choices.from_json(job["choices"]),
        node=job["node"],
        mode=job["mode"],
        rules=Rules(**job["rules"]),
        currency=job["currency"],
        vendor=job["vendor"],
        profile=job["profile"],
        profiles=tuple(Profile.from_text(text) for text in job["profiles"]),
        today=date.fromisoformat(job["today"]) if job.get("today") else None,
    )
    dictionaries = _dictionaries(job)
    made = draft(request, _current(folder), dictionaries, report_line)
    report_line("comparing", 0, None)
    save_change_set(folder / "changes", made.changes())
    if job.get("keep_tree"):
        save_tree(folder / "draft", made.tree)
    return _draft_result(folder, job, made, dictionaries)


def _current(folder: Path) -> RateTree:
    return load_tree(folder / "current") if (folder / "current").exists() else empty_tree()


def _draft_result(
    folder: Path, job: dict[str, Any], made: Draft, dictionaries: Dictionaries
) -> dict[str, Any]:
    headers = list(made.proposal.headers) if made.proposal else made.sheet.row_texts(0)
    rejected = write_rejects(folder / "rejects.csv", made.sheet, made.state, made.issues, headers)
    return {
        "report": _report(job, made, dictionaries),
        "decisions": [asdict(decision) for decision in made.decisions],
        "rejected": rejected,
        "drops_others": made.difference.drops_others,
        "signature": made.signature,
        "settings": made.settings.to_json() if made.settings else None,
        "profile_text": _profile_text(job, made, headers),
    }


def _profile_text(job: dict[str, Any], made: Draft, headers: list[str]) -> str:
    """Return the settings in force as a profile's text (IMP-14), "" for a tree sheet."""
    if made.settings is None:
        return ""
    name = job.get("save_profile") or made.profile
    return to_profile(
        made.settings, headers, made.signature, name=name, vendor=job["vendor"]
    ).to_text()


def _report(job: dict[str, Any], made: Draft, dictionaries: Dictionaries) -> dict[str, Any]:
    settings, proposal = made.settings, made.proposal
    path = made.target.path if made.target else ()
    return {
        "file": job["file"],
        "type": made.book_type,
        "kind": settings.kind.value if settings else "tree_sheet",
        "sheet": made.sheet.name,
        "header_row": max(settings.header_rows) + 1 if settings and settings.header_rows else 1,
        "profile": made.profile or None,
        "node": load_catalogue().path_text(path, dictionaries) if path else "",
        "node_reason": made.target.reason if made.target else "named in the file",
        "rows": made.rows,
        "columns": made.columns,
        "decimal": settings.decimal if settings else ".",
        "currency": (settings.currency or None) if settings else None,
        "effective": made.effective.isoformat() if made.effective else None,
        "tree": _tree_report(made),
        "changes": made.difference.counts(),
        "issues": [_issue(issue) for issue in made.issues[:ISSUES_IN_REPORT]],
        "issues_left_out": max(0, len(made.issues) - ISSUES_IN_REPORT),
        "reasons": proposal.reasons if proposal else {},
    }


def _tree_report(made: Draft) -> dict[str, Any]:
    skip = len(made.target.path) if made.target else 0
    levels = made.tree.level_counts()[skip:]
    return {
        "leaves": int(made.tree.leaf.sum()),
        "levels": [{"attribute": name, "nodes": count} for name, count in levels],
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "severity": issue.severity.value,
        "sheet": issue.sheet,
        "row": issue.row,
        "column": issue.column,
        "value": issue.value,
        "reason": issue.reason,
    }


_TASKS: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "inspect": _inspect,
    "draft": _draft,
}
