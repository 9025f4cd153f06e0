"""A draft as a job for the child process: its request from plain data, its result as plain data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.outcome import staying_nodes
from app.domain.tree import RateTree, empty_tree
from app.services.tariffs.drafts import Draft, DraftRequest
from app.services.tariffs.rejects import write_rejects
from app.services.tariffs.targets import Rules
from app.services.tariffs.tree_files import is_saved, load_tree
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries, UserEntry
from dictionaries.learn import LearnedMatch
from importers.choices import Choices
from importers.formats.book import OpenOptions
from importers.profiles import Profile, to_profile
from importers.records import Issue

ISSUES_IN_REPORT = 10_000


def read_options(job: dict[str, Any]) -> OpenOptions:
    """Return how the file is to be read."""
    return OpenOptions(**job.get("options", {}))


def read_dictionaries(job: dict[str, Any]) -> Dictionaries:
    """Return the dictionaries with what the database adds to them."""
    entries = [UserEntry(**entry) for entry in job.get("user_entries", [])]
    return Dictionaries.load(entries, [_learned(match) for match in job.get("learned", [])])


def _learned(match: dict[str, str]) -> LearnedMatch:
    when = datetime.fromisoformat(match["when"])
    return LearnedMatch(**{**match, "when": when})  # type: ignore[arg-type]


def read_request(job: dict[str, Any]) -> DraftRequest:
    """Return the draft that ``job`` asks for."""
    return DraftRequest(
        path=Path(job["file"]),
        options=read_options(job),
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


def read_current(folder: Path) -> RateTree:
    """Return the live tree that the parent left in ``folder``, an empty one without."""
    return load_tree(folder) if is_saved(folder) else empty_tree()


def draft_result(
    folder: Path, job: dict[str, Any], made: Draft, dictionaries: Dictionaries
) -> dict[str, Any]:
    """Return what the parent is told of a draft; the rows in error go to ``rejects.csv``."""
    headers = headers_of(made)
    rejected = write_rejects(folder / "rejects.csv", made.sheet, made.state, made.issues, headers)
    return {
        "report": draft_report(job, made, dictionaries),
        "decisions": [asdict(decision) for decision in made.decisions],
        "rejected": rejected,
        "drops_others": made.difference.drops_others,
        "signature": made.signature,
        "settings": made.settings.to_json() if made.settings else None,
        "profile_text": profile_text(job, made, headers),
    }


def profile_text(job: dict[str, Any], made: Draft, headers: list[str]) -> str:
    """Return the settings in force as a profile's text (IMP-14), "" for a tree sheet."""
    if made.settings is None:
        return ""
    name = job.get("save_profile") or made.profile
    return to_profile(
        made.settings, headers, made.signature, name=name, vendor=job["vendor"]
    ).to_text()


def draft_report(job: dict[str, Any], made: Draft, dictionaries: Dictionaries) -> dict[str, Any]:
    """Return the report of the command line, with at most ISSUES_IN_REPORT issues."""
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
        "others": {
            "free": made.others_free,
            "service_free": made.service_free,
            "missing": made.without_others,
        },
        "changes": made.difference.counts(),
        "issues": [issue_data(issue) for issue in made.issues[:ISSUES_IN_REPORT]],
        "issues_left_out": max(0, len(made.issues) - ISSUES_IN_REPORT),
        "reasons": proposal.reasons if proposal else {},
    }


def _tree_report(made: Draft) -> dict[str, Any]:
    path = made.target.path if made.target else ()
    levels = made.tree.level_counts()[len(path) :]
    found = made.difference
    return {
        "leaves": int(made.tree.leaf.sum()),
        "staying": int(found.current.leaf[staying_nodes(found, path)].sum()),
        "levels": [{"attribute": name, "nodes": count} for name, count in levels],
    }


def issue_data(issue: Issue) -> dict[str, Any]:
    """Return one issue as plain data."""
    return {
        "severity": issue.severity.value,
        "sheet": issue.sheet,
        "row": issue.row,
        "column": issue.column,
        "value": issue.value,
        "reason": issue.reason,
    }


def headers_of(made: Draft) -> list[str]:
    """Return the names of the sheet's columns."""
    return list(made.proposal.headers) if made.proposal else made.sheet.row_texts(0)
