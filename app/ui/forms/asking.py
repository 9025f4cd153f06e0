"""What a form asks the services while a person works in it; all of it in jobs, none blocks saving.

Choices of references, proposals after a change, warnings, filling fields from one of them, and
deleting a word that was proposed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer

from app.domain.sections import Field, Kind, Section
from app.errors import FieldProblem, UserError
from app.services import records
from app.ui.forms.fields import options_of
from app.ui.forms.form import RecordForm
from app.ui.forms.loading import Proposals, labels_for, proposed
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.jobs import Jobs
    from app.ui.widgets.type_ahead import Reply

ADVISE_MS = 400
"""After an edit, before the warnings are asked for."""


class FormQuestions(QObject):
    """Asks for one page; ``about`` returns (id or None, whether the form is a fresh one)."""

    def __init__(
        self,
        section: Section,
        jobs: Jobs,
        about: Callable[[], tuple[int | None, bool]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._section, self._jobs, self._about = section, jobs, about
        self._form: RecordForm | None = None
        self._bar: MessageBar
        self._advice_bar: MessageBar
        self._leading = {name for field in section.form for name in field.reset_by}
        self._serial = 0
        self._asked: dict[str, int] = {}
        self.question: Question | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ADVISE_MS)
        self._timer.timeout.connect(self.advise)

    def attend(self, form: RecordForm, bar: MessageBar, advice_bar: MessageBar) -> None:
        """Watch a form for changes and pressed buttons; the bars tell what came of it.

        ``advice_bar`` is for warnings that belong to no field.
        """
        self._form, self._bar, self._advice_bar = form, bar, advice_bar
        form.edited.connect(self.advise_soon)
        form.changed_by_person.connect(self._changed)
        form.fill_asked.connect(self.fill)
        form.drop_asked.connect(self.drop)

    # ------------------------------------------------------------------ choices

    def lookup(self, field: Field, text: str, reply: Reply) -> None:
        """Ask the service of a field's options what the typed text may mean."""
        form = self._form
        if form is None or not field.options:
            return
        service, values = records.named_service(field.options), form.readable_values()
        self._jobs.query(
            lambda ctx: service(ctx, text, values),
            owner=self,
            done=lambda choices: reply(options_of(choices)),
        )

    # ------------------------------------------------------------------ warnings

    def advise_soon(self) -> None:
        """Ask for warnings when the person pauses."""
        if self._section.advise:
            self._timer.start()

    def advise(self) -> None:
        """Ask for warnings about the values as they are now."""
        self._timer.stop()
        form = self._form
        if not self._section.advise or form is None:
            return
        service = records.named_service(self._section.advise)
        number, values = self._about()[0], form.readable_values()
        self._serial += 1
        serial = self._serial

        def done(advice: dict[str, str]) -> None:
            if serial == self._serial:
                form.show_advice(advice)
                self._advise_all(" ".join(t for n, t in advice.items() if n not in form.rows))

        self._jobs.query(
            lambda ctx: service(ctx, number, values),
            owner=self,
            done=done,
            failed=lambda _: None,  # a warning that can't be given hinders nobody
        )

    def _advise_all(self, text: str) -> None:
        if text:
            self._advice_bar.show_message(text, kind="warn", closable=False)
        else:
            self._advice_bar.clear()

    # ------------------------------------------------------------------ proposals

    def _changed(self, name: str) -> None:
        if self._section.suggest and name in self._leading:
            self.suggest(name)

    def suggest(self, changed: str, depth: int = 0) -> None:
        """Ask for proposals after a change; a proposed field may bring more of them."""
        form = self._form
        if form is None:
            return
        section, values = self._section, form.readable_values()
        about = self._about()
        self._asked[changed] = self._asked.get(changed, 0) + 1
        number = self._asked[changed]

        def done(found: Proposals) -> None:
            if about != self._about() or number != self._asked[changed]:
                return
            written = form.propose(found, only_empty=not about[1], changed=changed)
            for name in written:
                if name in self._leading and depth < len(self._leading):
                    self.suggest(name, depth + 1)

        self._jobs.query(
            lambda ctx: proposed(ctx, section, values, changed),
            owner=self,
            done=done,
            failed=lambda _: None,  # nothing is proposed then; saving tells what is wrong
        )

    # ------------------------------------------------------------------ filling

    def fill(self, name: str) -> None:
        """Ask the service of a field's button and write what it found."""
        form, section = self._form, self._section
        if form is None:
            return
        row, about = form.rows[name], self._about()
        service, values = records.named_service(row.field.fills), form.readable_values()
        button = row.fill_button
        if button is None:
            return
        button.setEnabled(False)

        def work(ctx: Context) -> tuple[dict[str, Any], dict[str, str]]:
            found = service(ctx, values)
            return found, labels_for(ctx, section, found, {})

        def done(answer: tuple[dict[str, Any], dict[str, str]]) -> None:
            button.setEnabled(True)
            if about == self._about() and row.is_editable:
                self._write(form, *answer)

        def failed(problem: UserError) -> None:
            button.setEnabled(True)
            whole = {name: str(problem)}
            form.show_problems(problem.problems if isinstance(problem, FieldProblem) else whole)

        self._jobs.query(
            work, owner=self, done=done, failed=failed, title=row.field.fills_title.rstrip("…")
        )

    # ------------------------------------------------------------------ deleting a word

    def drop(self, name: str, word: str) -> None:
        """Ask who has a proposed word, and whether it is to be deleted for all of them."""
        form = self._form
        if form is None:
            return
        service, values = records.named_service(form.rows[name].field.dropped_from), self._values()
        self._jobs.query(
            lambda ctx: service(ctx, values, word),
            owner=self,
            done=lambda holders: self._ask_drop(form, name, word, holders),
        )

    def _ask_drop(self, form: RecordForm, name: str, word: str, holders: list[str]) -> None:
        title = self.tr("Delete “{word}”").format(word=word)
        text = self.tr("It is taken from everybody who has it:")
        question = Question(
            form.window(), title, text, yes=self.tr("Delete"), details=holders, danger=True
        )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered() -> None:
            self.question = None
            if question.answer == YES:
                self._drop(form, name, word)

        question.finished.connect(answered)
        self.question = question
        question.open()

    def _drop(self, form: RecordForm, name: str, word: str) -> None:
        field, values = form.rows[name].field, self._values()
        service = records.named_service(field.drops)
        self._jobs.change(
            self.tr("Delete “{word}”").format(word=word),
            lambda ctx: service(ctx, values, word),
            owner=self,
            done=lambda told: self._bar.show_message(told, kind="ok"),
            failed=lambda problem: form.rows[name].show_problem(str(problem)),
            nouns=self._section.nouns,
        )

    def _values(self) -> dict[str, Any]:
        return self._form.readable_values() if self._form is not None else {}

    def _write(self, form: RecordForm, values: dict[str, Any], labels: dict[str, str]) -> None:
        """Write found values into the form, say which, and offer to take them back."""
        seen = {n: v for n, v in values.items() if n in form.rows and not _is_hidden(form, n)}
        before = form.write({n: (v, labels.get(n, "")) for n, v in seen.items()})
        if not before:
            self._bar.show_message(self.tr("These values are there already."), kind="info")
            return
        titles = ", ".join(form.rows[name].field.title for name in before)

        def undo() -> None:
            self._bar.clear()
            form.put_back(before)

        words = self.tr("Filled in: {names}.").format(names=titles)
        self._bar.show_message(words, kind="info", actions=[(self.tr("Undo"), undo)])


def _is_hidden(form: RecordForm, name: str) -> bool:
    return form.rows[name].field.kind is Kind.HIDDEN
