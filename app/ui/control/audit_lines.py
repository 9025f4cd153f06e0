"""The entries of one command of the audit as lines: in the words of people, or as stored."""

from __future__ import annotations

from app.services.control.audit_entries import Change, CommandDetail
from app.ui.forms.change_tree import NOTHING, Entry, line_of
from app.ui.titles import tr as translated


def entries_of(detail: CommandDetail, *, stored: bool) -> list[Entry]:
    """Return the entries with their fields; their company is told where there are several."""
    several = len({change.company for change in detail.changes}) > 1
    made = _as_stored if stored else _in_words
    return [made(change, change.company if several else "") for change in detail.changes]


def _in_words(change: Change, company: str) -> Entry:
    only_new = all(one.before is None for one in change.fields)
    return Entry(
        _heading(f"{change.action}: {change.name}", company),
        tuple(
            line_of(translated(one.title), one.before, one.after, only_new=only_new)
            for one in change.fields
            if one.before is not None or one.after is not None
        ),
    )


def _as_stored(change: Change, company: str) -> Entry:
    return Entry(
        _heading(f"{change.operation} {change.table} {change.object_id}", company),
        tuple((one.name, one.old or NOTHING, one.new or NOTHING) for one in change.fields),
    )


def _heading(text: str, company: str) -> str:
    return f"{text} · {company}" if company else text
