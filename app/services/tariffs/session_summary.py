"""What a draft tells a wizard at once: counts, questions, warnings, settings in force.

Runs in the child process; what only the database knows (scope, revision) the parent adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from app.domain.counting import counted
from app.domain.diff import Mode
from app.services.tariffs.draft_jobs import draft_report
from app.services.tariffs.drafts import Draft, DraftRequest
from app.services.tariffs.import_views import ColumnCounts, LevelView, Message, ProposalView
from app.services.tariffs.preview_tree import Tree
from app.services.tariffs.session_views import proposal_view
from app.services.tariffs.window_words import in_window_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from importers.records import Decision, DecisionKind, Severity, column_index, column_letter

MOST_MESSAGES = 100
"""Remarks on the file as a whole that are listed beside the settings."""


def summary(
    job: dict[str, Any], request: DraftRequest, made: Draft, dictionaries: Dictionaries
) -> dict[str, Any]:
    """Return the fields of a DraftView that the draft itself knows."""
    report = draft_report(job, made, dictionaries) | {"issues": [], "issues_left_out": 0}
    catalogue = load_catalogue()
    settings, target = made.settings, made.target
    mode_open = any(d.kind is DecisionKind.MODE for d in made.decisions)
    tree = made.settings is None
    return {
        "report": report,
        "decisions": [
            {**asdict(d), "question": in_window_words(d.question)}
            for d in made.decisions
            if d.kind is not DecisionKind.MODE
        ],
        "messages": list(_messages(made)),
        "rows": made.rows,
        "changes": made.difference.counts(),
        "columns": [_column(column) for column in made.columns],
        "leaves": report["tree"]["leaves"],
        "staying": report["tree"]["staying"],
        "others_free": made.others_free,
        "service_free": made.service_free,
        "without_others": made.without_others,
        "proposal": _proposal(made, dictionaries),
        "node": report["node"],
        "node_reason": in_window_words(report["node_reason"]),
        "resource": target.resource.key if target else "",
        "mode": request.mode or (Mode.REPLACE if tree and not mode_open else Mode.MERGE).value,
        "mode_open": mode_open,
        "mode_options": [m.value for m in Mode if not (tree and m is Mode.REPLACE_LISTED)],
        "drops_others": made.difference.drops_others,
        "effective": report["effective"] or "",
        "profile": made.profile,
        "profile_differences": list(made.profile_differences),
        "profiles": [profile.name for profile in request.profiles],
        "currency": (settings.currency if settings else "") or request.currency,
        "node_path": list(target.path) if target else [],
        "domain": catalogue.resources[target.resource.key].domain if target else "",
    }


def level_views(tree: Tree) -> list[LevelView]:
    """Return the levels of the tree as it will be with their counts."""
    return [LevelView(name, _level_name(name), count) for name, count in tree.levels()]


def _level_name(attribute: str) -> str:
    known = load_catalogue().attributes.get(attribute)
    return known.name if known else attribute.replace("_", " ").capitalize()


def _column(column: dict[str, Any]) -> ColumnCounts:
    return ColumnCounts(
        letter=column["column"],
        header=column["header"],
        role=column["role"],
        attribute=column["attribute"],
        distinct=column["distinct"],
        auto=column["auto"],
        suggested=column["suggested"],
        unmatched=column["unmatched"],
    )


def _proposal(made: Draft, dictionaries: Dictionaries) -> ProposalView | None:
    if made.settings is None or made.proposal is None or made.target is None:
        return None
    return proposal_view(
        made.sheet,
        made.proposal,
        made.settings,
        dictionaries,
        resource=made.target.resource.key,
        fixed=[attribute for attribute, _ in made.target.path],
    )


# ------------------------------------------------------------------------------ messages


def _messages(made: Draft) -> Iterator[Message]:
    """Yield what blocks first, then what is wrong, then what is good to know."""
    yield from _blocking(made)
    general = [issue for issue in made.issues if issue.row is None]
    order = list(Severity)
    general.sort(key=lambda issue: order.index(issue.severity))
    for issue in general[:MOST_MESSAGES]:
        yield Message(
            severity=issue.severity.value,
            kind="file",
            text=in_window_words(issue.reason),
            column=issue.column or "",
        )
    if len(general) > MOST_MESSAGES:
        text = f"{len(general) - MOST_MESSAGES} more remarks on the file: see the list of errors."
        yield Message("info", "file", text, count=len(general) - MOST_MESSAGES)


def _blocking(made: Draft) -> Iterator[Message]:
    values = [d for d in made.decisions if d.kind is DecisionKind.VALUE]
    for decision in made.decisions:
        if decision.kind not in (DecisionKind.VALUE, DecisionKind.MODE):
            yield Message(
                severity="block",
                kind=decision.kind.value,
                text=in_window_words(decision.question),
                options=decision.options,
                column=_letter(made, decision),
                count=max(decision.rows, 1),
            )
    if values:
        rows = sum(d.rows for d in values)
        verb = "waits" if len(values) == 1 else "wait"
        text = f"{counted(len(values), 'value')} {verb} for a decision ({counted(rows, 'row')})."
        yield Message("block", "value", text, count=len(values))


def _letter(made: Draft, decision: Decision) -> str:
    """Return the letter of the column that a question about a filter names by its header."""
    headers = made.proposal.headers if made.proposal else ()
    if decision.kind is DecisionKind.FILTER:
        if decision.value in headers:
            return column_letter(headers.index(decision.value))
        if decision.value.isalpha() and column_index(decision.value) < len(made.sheet.columns):
            return decision.value
    return ""
