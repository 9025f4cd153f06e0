"""After the import: what was written, and the way back (item 40)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from app.services.tariffs.undo_import import Undone, undo_import
from app.ui import formats
from app.ui.import_wizard.change_words import CHANGES, change_name, row_count
from app.ui.look.fonts import title_font
from app.ui.look.sign import Sign
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, muted_label
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.tariffs.import_file import ImportOutcome
    from app.ui.jobs import Jobs

NOUNS = ("rates", "scopes", "services", "imports")
MOST_KEPT = 500
"""Rates kept by an undo that are listed."""


class DoneStep(QWidget):
    """What was written. The page answers the signals; undo happens here."""

    tree_wanted = Signal()
    another_wanted = Signal()
    rejects_wanted = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self._import_id = 0
        self._live = False
        self.question: Question | None = None
        self.title = QLabel()
        self.title.setFont(title_font())
        self.what = QLabel()
        self.what.setWordWrap(True)
        self.note = muted_label(wrap=True)
        self.bar = MessageBar()
        self.kept = QListWidget()
        self.kept.setAccessibleName(self.tr("Rates that were kept"))
        self.kept.hide()
        self.tree = push_button(
            self.tr("Open the tree"), self.tree_wanted.emit, kind="primary", icon_name="tree"
        )
        self.another = push_button(
            self.tr("Import another file"), self.another_wanted.emit, icon_name="import"
        )
        self.rejects = push_button(self.tr("Export rejected rows…"), self.rejects_wanted.emit)
        self.undo = push_button(self.tr("Undo this import"), self.ask_back, icon_name="undo")
        self._lay_out()

    def _lay_out(self) -> None:
        sign = Sign("check", "ok", side=28)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(sign)
        head.addWidget(self.title, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.tree, self.another, self.rejects, self.undo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        card = Card()
        card.setMaximumWidth(820)
        card.body.addLayout(head)
        card.body.addWidget(self.what)
        card.body.addWidget(self.note)
        card.body.addWidget(self.bar)
        card.body.addWidget(self.kept)
        card.body.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 24, 12, 12)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def show_outcome(self, outcome: ImportOutcome, *, live: bool = False) -> None:
        """Show what was written; ``live``: into a scope in force, so an undo asks first (SVC-2)."""
        report = outcome.report
        self._live = live
        self._import_id = outcome.import_id or 0
        number = formats.number(self._import_id)
        self.title.setText(self.tr("Import {number} is written").format(number=number))
        parts = [
            f"{formats.number(count)} {change_name(kind)}"
            for kind in CHANGES
            if (count := report["changes"].get(kind, 0))
        ]
        changes = ", ".join(parts) or self.tr("no rate changed")
        text = self.tr("{file}: {changes} in {service}.")
        self.what.setText(
            text.format(file=_name(report["file"]), changes=changes, service=report["service"])
        )
        note = self.tr("Scope {scope} is at revision {revision} now.").format(
            scope=report["scope"], revision=formats.number(report["revision"])
        )
        if outcome.rejected:
            note += " " + self.tr("Left out: {rows}.").format(rows=row_count(outcome.rejected))
        self.note.setText(note)
        self.rejects.setVisible(outcome.rejected > 0)
        self.undo.setEnabled(True)
        self.bar.clear()
        self.kept.hide()
        self.tree.setFocus()

    def ask_back(self) -> None:
        """Undo the import; of a scope in force only after a question."""
        if not self._live:
            self.take_back()
            return
        question = Question(
            self.window(),
            self.tr("Undo import {number}").format(number=self._import_id),
            self.tr("The scope is in force: the rates it puts back are live at once."),
            yes=self.tr("Undo this import"),
            danger=True,
        )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.finished.connect(partial(self._asked_back, question))
        self.question = question
        question.open()

    def _asked_back(self, question: Question, _code: int) -> None:
        self.question = None
        if question.answer == YES:
            self.take_back()

    def take_back(self) -> None:
        """Undo the import in a new revision; what was edited since stays and is listed."""
        number = self._import_id
        self.undo.setEnabled(False)
        self.jobs.change(
            self.tr("Undoing import {number}").format(number=number),
            lambda ctx: undo_import(ctx, number),
            owner=self,
            done=self._undone,
            failed=self._not_undone,
            nouns=NOUNS,
        )

    def _undone(self, undone: Undone) -> None:
        text = self.tr(
            "The import was undone in revision {revision}: {restored} nodes are as they were, "
            "{removed} were taken away."
        ).format(
            revision=formats.number(undone.revision),
            restored=formats.number(undone.restored),
            removed=formats.number(undone.removed),
        )
        self.title.setText(self.tr("Import {number} was undone").format(number=self._import_id))
        self.note.clear()  # the revision that it told is not the last one any more
        if undone.kept:
            one = self.tr("One stays as it is because it was edited since:")
            many = self.tr("{n} stay as they are because they were edited since:")
            text += " " + formats.counted(len(undone.kept), one, many)
        self.bar.show_message(text, "warn" if undone.kept else "ok", closable=False)
        self.kept.clear()
        self.kept.addItems(undone.kept[:MOST_KEPT])
        self.kept.setVisible(bool(undone.kept))

    def _not_undone(self, problem: UserError) -> None:
        self.undo.setEnabled(True)
        self.bar.show_message(str(problem), "error")


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]
