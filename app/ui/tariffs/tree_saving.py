"""Saves the staged edits of an editor: the warning of SVC-2, conflicts field by field (GEN-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import Conflict, UserError
from app.services.tariffs import edit_tree
from app.services.tariffs.edit_tree import EditConflict
from app.ui import formats
from app.ui.tariffs.conflict_dialog import ConflictDialog
from app.ui.widgets.confirm import YES, Question

if TYPE_CHECKING:
    from app.services.tariffs.edit_tree import Resolution, SavedEdits
    from app.ui.tariffs.tree_editor import TreeEditor

Done = Callable[[bool], object]

NOUNS = ("rates", "scopes")


class TreeSaver(QObject):
    """One save at a time; nothing is lost when it is refused."""

    def __init__(self, editor: TreeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._confirmed = False
        self.running = False

    def save(self, done: Done) -> None:
        """Save, after the warning if the scope is in force (once per session)."""
        editor = self._editor
        if self.running:
            done(False)
        elif not editor.is_dirty():
            done(True)
        elif editor.head.scope_state == "current" and not self._confirmed:
            self._ask_live(done)
        else:
            self._run(done, None)

    def _ask_live(self, done: Done) -> None:
        counts = self._editor.steps.draft.counts()
        parts = [
            (counts.changed, self.tr("{n} changed")),
            (counts.added, self.tr("{n} added")),
            (counts.removed, self.tr("{n} removed")),
        ]
        told = ", ".join(text.format(n=formats.number(n)) for n, text in parts if n)
        question = Question(
            self._editor,
            self.tr("Save changes that are live at once"),
            self.tr(
                "This scope is in force: {counts}. The new rates hold from the moment you save. "
                "You are not asked again in this tab."
            ).format(counts=told),
            yes=self.tr("Save, live at once"),
        )

        def answered() -> None:
            if question.answer == YES:
                self._confirmed = True
                self._run(done, None)
            else:
                done(False)

        question.finished.connect(answered)
        self._editor.show_dialog(question)

    def _run(self, done: Done, resolutions: Mapping[int, Resolution] | None) -> None:
        editor = self._editor
        scope, draft, rev = editor.scope_id, editor.steps.draft.copy(), editor.head.revision
        self.running = True
        editor.busy_changed()

        def saved(result: SavedEdits) -> None:
            self.running = False
            editor.after_save(result)
            self._tell(result)
            done(True)

        def failed(problem: UserError) -> None:
            self.running = False
            editor.busy_changed()
            if isinstance(problem, EditConflict):
                self._resolve(problem, done)
            else:
                self._refuse(problem)
                done(False)

        title = formats.counted(
            draft.count, self.tr("Saving 1 change"), self.tr("Saving {n} changes")
        )
        editor.shell.jobs.change(
            title,
            lambda ctx: edit_tree.save_tree_edits(
                ctx, scope, draft, base_rev=rev, resolutions=resolutions
            ),
            owner=editor,
            done=saved,
            failed=failed,
            nouns=NOUNS,
        )

    def _refuse(self, problem: UserError) -> None:
        actions = []
        if isinstance(problem, Conflict):
            actions.append((self.tr("Reload the tree"), self._editor.reload))
        self._editor.refuse(str(problem), actions)

    def _resolve(self, conflict: EditConflict, done: Done) -> None:
        dialog = ConflictDialog(conflict, self._editor)
        answered: list[bool] = []

        def take(resolutions: Mapping[int, Resolution]) -> None:
            answered.append(True)
            self._run(done, resolutions)

        def closed() -> None:
            if not answered:
                self._editor.refuse(
                    self.tr("Nothing was saved: your changes are still here."), kind="warn"
                )
                done(False)

        dialog.resolved.connect(take)
        dialog.finished.connect(lambda _: closed())
        self._editor.show_dialog(dialog)

    def _tell(self, result: SavedEdits) -> None:
        one = self.tr("1 change saved as revision {rev}.")
        several = self.tr("{n} changes saved as revision {rev}.")
        told = (one if result.changed == 1 else several).format(
            n=formats.number(result.changed), rev=formats.number(result.revision)
        )
        if result.rebased:
            told += " " + formats.counted(
                result.rebased,
                self.tr("1 node that somebody had changed meanwhile was kept."),
                self.tr("{n} nodes that others had changed meanwhile were kept."),
            )
        self._editor.shell.notify(told)
