"""The question of a command that wants to know more: its fields stand below the sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.sections import Command, Section
from app.errors import FieldProblem, UserError
from app.ui.forms.asking import FormQuestions
from app.ui.forms.form import RecordForm
from app.ui.forms.loading import Proposals
from app.ui.jobs import Jobs
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.message_bar import MessageBar

Change = Callable[[Mapping[str, Any]], object]
"""Does the command with the values that were filled in."""


class CommandQuestion(Question):
    """Asks with a form; it closes once the change is done, and else shows what is wrong.

    ``change(values)`` begins the change; its outcome comes to :meth:`finish` or :meth:`refuse`.
    """

    def __init__(
        self,
        parent: QWidget,
        section: Section,
        command: Command,
        jobs: Jobs,
        text: str,
        *,
        found: Proposals,
        details: Sequence[str],
        change: Change,
    ) -> None:
        self._change = change
        self._asked = replace(section, form=command.asks, suggest="", advise="")
        self._body = QWidget()
        title = command.title.rstrip("…")
        super().__init__(
            parent,
            title,
            text,
            yes=title,
            details=details,
            danger=command.danger,
            body=self._body,
        )
        self._fill(jobs, found)

    def _fill(self, jobs: Jobs, found: Proposals) -> None:
        self.bar = MessageBar(self._body)
        questions = FormQuestions(self._asked, jobs, lambda: (None, True), self)
        self.form = RecordForm(self._asked, questions.lookup, self._body)
        questions.attend(self.form, self.bar, self.bar)
        self.form.setFrameShape(QFrame.Shape.NoFrame)
        self.form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.form)
        values = {field.name: field.default for field in self._asked.form}
        values |= {name: value for name, (value, _) in found.items()}
        self.form.show_values(values, {name: label for name, (_, label) in found.items()})
        self.form.set_editing(True, new=True)
        self.form.problems_changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.form.setMinimumSize(self.form.needed())

    # -------------------------------------------------------------------------- answering

    def _yes(self) -> None:
        try:
            values = self.form.values()
        except FieldProblem as problem:
            self.refuse(problem)
            return
        self._wait(True)
        self._change(values)

    def _wait(self, waiting: bool) -> None:
        self.yes_button.setEnabled(not waiting)
        self.cancel_button.setEnabled(not waiting)

    def reject(self) -> None:
        """Leave without a change, unless it is under way."""
        if self.cancel_button.isEnabled():
            super().reject()

    def finish(self) -> None:
        """Close: it is done."""
        self._take(YES)

    def refuse(self, problem: UserError) -> None:
        """Show what is wrong, at its field if it is one's, and let the person mend it."""
        self._wait(False)
        known = problem.problems if isinstance(problem, FieldProblem) else {}
        self.form.show_problems(known)
        if not known.keys() & self.form.rows.keys():
            self.bar.show_message(str(problem), kind="error")
            return
        self.bar.clear()
        self.form.go_to(next(name for name in self.form.rows if name in known))
