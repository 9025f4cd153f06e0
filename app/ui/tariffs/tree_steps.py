"""The staged edits of one tree and their undo stack: every step goes through here (F13)."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.domain.tree_draft import Edit, NodeState, Staged, TreeDraft


class TreeSteps(QObject):
    """A draft whose every change is an undo step."""

    changed = Signal(object)
    """Entries that are other ones now: {number: (Staged before or None, Staged after or None)}."""

    refused = Signal(str)
    """Why a step can't be taken back."""

    def __init__(self, draft: TreeDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = draft
        self.stack = QUndoStack(self)

    @property
    def is_dirty(self) -> bool:
        """Whether there is anything to save."""
        return len(self.draft) > 0

    def push(self, edit: Edit) -> bool:
        """Do a step; one that changes nothing leaves no trace. Return whether it changed any."""
        if not edit:
            return False
        self.stack.push(_Step(self, edit))
        return True

    def replace_draft(self, draft: TreeDraft) -> None:
        """Take recovered edits; they can be discarded, not undone step by step."""
        self._tell(dict(self.draft), draft)

    def saved(
        self,
        revision: int,
        numbers: Mapping[int, int],
        states: Mapping[int, NodeState | None] | None = None,
    ) -> None:
        """Note what is stored (see SavedEdits); steps stay and stage the way back."""
        self.draft.saved(revision, numbers, states)
        self.stack.setClean()

    def discard(self) -> None:
        """Forget all staged edits and the steps."""
        before = dict(self.draft)
        self.draft.clear()
        self.stack.clear()
        self._emit(before)

    def _tell(self, before: dict[int, Staged], draft: TreeDraft) -> None:
        self.draft = draft
        self._emit(before)

    def _run(self, edit: Edit, *, back: bool) -> None:
        before = dict(self.draft)
        if back:
            reason = self.draft.can_revert(edit)
            if reason:
                self.refused.emit(reason)
                return
            self.draft.revert(edit)
        else:
            self.draft.apply(edit)
        self._emit(before)

    def _emit(self, before: dict[int, Staged]) -> None:
        after = dict(self.draft)
        touched = [no for no in before.keys() | after.keys() if before.get(no) != after.get(no)]
        self.changed.emit({no: (before.get(no), after.get(no)) for no in touched})


class _Step(QUndoCommand):
    """One edit on the stack."""

    def __init__(self, steps: TreeSteps, edit: Edit) -> None:
        super().__init__(edit.text)
        self._steps = steps
        self._edit = edit

    def redo(self) -> None:
        self._steps._run(self._edit, back=False)  # noqa: SLF001 - the stack's own command

    def undo(self) -> None:
        self._steps._run(self._edit, back=True)  # noqa: SLF001
