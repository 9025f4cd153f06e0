"""What was saved of a record, newest first: when, who, which field, from what to what (item 26)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.records import HistoryEntry
from app.ui import formats
from app.ui.forms.change_tree import ChangeTree, Entry, line_of
from app.ui.titles import tr as translated


class HistoryView(ChangeTree):
    """The saved changes of a record, all of them open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("History"), parent)

    def show_history(self, history: Sequence[HistoryEntry]) -> None:
        """Take the saved changes, newest first."""
        self.show_entries([_entry(one) for one in history], all_open=True)


def _entry(saved: HistoryEntry) -> Entry:
    heading = " · ".join((saved.action, saved.actor, formats.instant(saved.at)))
    only_new = all(old is None for _, old, _ in saved.changes)
    return Entry(
        heading,
        tuple(
            line_of(translated(title), old, new, only_new=only_new)
            for title, old, new in saved.changes
        ),
    )
