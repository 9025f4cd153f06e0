"""What a form asks the services while a person works in it; all of it in jobs, none blocks saving.

Choices of references, proposals after a change, warnings, and filling fields from one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.sections import Field, Kind, Section
from app.errors import FieldProblem, UserError
from app.services import records
from app.ui.forms.fields import options_of
from app.ui.forms.form import RecordForm
from app.ui.forms.loading import Proposals, labels_for, proposed

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.jobs import Jobs
    from app.ui.widgets.type_ahead import Reply

ADVISE_MS = 400
"""After an edit, before the warnings are asked for."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Fields that a service filled, in words, and what puts them back."""

    titles: tuple[str, ...]
    undo: Callable[[], object]


class FormQuestions(QObject):
    """Asks for one page; ``about`` returns (id or None, whether the form is a fresh one)."""

    filled = Signal(object)
    """A :class:`Filled`; without titles there was nothing to fill."""

    refused = Signal(str, object)
    """(field, UserError) of a filling that did not work."""

    advised = Signal(str)
    """Warnings that belong to no field, "" for none."""

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
        self._leading = {name for field in section.form for name in field.reset_by}
        self._serial = 0
        self._asked: dict[str, int] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ADVISE_MS)
        self._timer.timeout.connect(self.advise)

    def attend(self, form: RecordForm) -> None:
        """Watch a form for changes and pressed buttons."""
        self._form = form
        form.edited.connect(self.advise_soon)
        form.changed_by_person.connect(self._changed)
        form.fill_asked.connect(self.fill)

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
                others = [text for name, text in advice.items() if name not in form.rows]
                self.advised.emit(" ".join(others))

        self._jobs.query(
            lambda ctx: service(ctx, number, values),
            owner=self,
            done=done,
            failed=lambda _: None,  # a warning that can't be given hinders nobody
        )

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
        row.fill_button.setEnabled(False)

        def work(ctx: Context) -> tuple[dict[str, Any], dict[str, str]]:
            found = service(ctx, values)
            return found, labels_for(ctx, section, found, {})

        def done(answer: tuple[dict[str, Any], dict[str, str]]) -> None:
            row.fill_button.setEnabled(True)
            if about == self._about() and row.is_editable:
                self.filled.emit(_write(form, *answer))

        def failed(problem: UserError) -> None:
            row.fill_button.setEnabled(True)
            self.refused.emit(name, problem)

        self._jobs.query(
            work, owner=self, done=done, failed=failed, title=row.field.fills_title.rstrip("…")
        )


def problems_of(name: str, problem: UserError) -> dict[str, str]:
    """Return the sentences of a refused filling by field; one for the whole is for ``name``."""
    return dict(problem.problems) if isinstance(problem, FieldProblem) else {name: str(problem)}


def _write(form: RecordForm, values: dict[str, Any], labels: dict[str, str]) -> Filled:
    """Write found values into the form and return what was changed."""
    hidden = {n for n, r in form.rows.items() if r.field.kind is Kind.HIDDEN}
    fitting = {n: (v, labels.get(n, "")) for n, v in values.items() if n not in hidden}
    before = form.write(fitting)
    titles = tuple(form.rows[name].field.title for name in before)
    return Filled(titles, lambda: form.put_back(before))
