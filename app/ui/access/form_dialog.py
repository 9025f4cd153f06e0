"""A dialog of a few fields that one service takes: problems below the fields, waiting, Enter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.errors import FieldProblem, UserError
from app.ui import focus_order
from app.ui.look.fonts import heading_font, small_font
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.jobs import Jobs

T = TypeVar("T")

WIDTH = 440


class FormDialog(QDialog):
    """Title, what it is about, fields, one button that does it and Cancel.

    A subclass adds fields and overrides :meth:`submit`, which calls :meth:`send`.
    """

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._jobs = jobs
        self.busy = False
        self._troubles: dict[str, QLabel] = {}
        self._fields: dict[str, QWidget] = {}
        self._labels: dict[str, QLabel] = {}
        self.heading = QLabel()
        self.heading.setFont(heading_font())
        self.heading.setWordWrap(True)
        self.intro = muted_label(wrap=True)
        self.message = MessageBar(self)
        self.body = QVBoxLayout()
        self.body.setSpacing(4)
        self.waiting = QProgressBar(self)
        self.waiting.setRange(0, 0)
        self.waiting.setTextVisible(False)
        self.waiting.setMaximumHeight(4)
        self.waiting.setAccessibleName(self.tr("One moment"))
        keep = self.waiting.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.waiting.setSizePolicy(keep)
        self.waiting.hide()
        self.yes = push_button("", self._submit, kind="primary")
        self.yes.setDefault(True)
        self.no = push_button(self.tr("Cancel"), self.reject)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(16, 16, 16, 12)
        self.outer.setSpacing(10)
        for part in (self.heading, self.intro, self.message):
            self.outer.addWidget(part)
        self.outer.addLayout(self.body)
        self.outer.addWidget(self.waiting)
        self.outer.addLayout(row)
        self.setMinimumWidth(WIDTH)

    def head(self, title: str, button: str, intro: str = "", *, danger: bool = False) -> None:
        """Say what this is about and what its button does."""
        self.setWindowTitle(title)
        self.heading.setText(title)
        self.yes.setText(button)
        self.intro.setText(intro)
        self.intro.setVisible(bool(intro))
        if danger:
            set_mark(self.yes, "primary", False)
            set_mark(self.yes, "danger", True)

    def add_field(self, title: str, field: QWidget, name: str, note: str = "") -> None:
        """Add a field below its title; problems of ``name`` are shown below it."""
        label = QLabel(title)
        label.setBuddy(field)
        if self.body.count():
            self.body.addSpacing(6)
        self.body.addWidget(label)
        self.body.addWidget(field)
        if note:
            self.body.addWidget(muted_label(note, wrap=True))
        if isinstance(field, QLineEdit):
            field.setAccessibleName(title.rstrip(" *"))
        self._labels[name] = label
        self.add_trouble(name, field)

    def field_parts(self, name: str) -> tuple[QWidget, ...]:
        """Return what belongs to a field, to hide it once it has been used."""
        return self._labels[name], self._fields[name], self._troubles[name]

    def add_trouble(self, name: str, field: QWidget) -> None:
        """Give a field a line for its problem."""
        trouble = QLabel()
        trouble.setFont(small_font())
        trouble.setWordWrap(True)
        set_mark(trouble, "tone", "error")
        trouble.hide()
        self.body.addWidget(trouble)
        self._troubles[name], self._fields[name] = trouble, field

    # ------------------------------------------------------------------ sending

    def submit(self) -> None:
        """Send what was filled in."""
        raise NotImplementedError

    def send(
        self,
        work: Callable[[Context], T],
        done: Callable[[T], object],
        *,
        nouns: tuple[str, ...] = (),
    ) -> None:
        """Ask a service as a change; close nothing until it worked."""
        self.show_problems({})
        self.set_busy(True)

        def came(result: T) -> None:
            self.set_busy(False)
            done(result)

        self._jobs.change(
            self.windowTitle(), work, owner=self, done=came, failed=self.refused, nouns=nouns
        )

    def refused(self, problem: UserError) -> None:
        """Tell what a service refused, below its field where it is about one."""
        self.set_busy(False)
        if isinstance(problem, FieldProblem):
            self.show_problems(problem.problems)
        else:
            self.tell(str(problem))

    def show_problems(self, problems: dict[str, str]) -> None:
        """Show sentences below their fields and go to the first; {} takes them away."""
        self.message.clear()
        for name, label in self._troubles.items():
            label.setText(problems.get(name, ""))
            label.setVisible(name in problems)
        first = next((n for n in self._fields if n in problems), None)
        if first is not None:
            self._fields[first].setFocus(Qt.FocusReason.OtherFocusReason)
        rest = [text for name, text in problems.items() if name not in self._fields]
        if rest:
            self.tell(rest[0])
        self.fit()

    def tell(self, sentence: str, kind: str = "error") -> None:
        """Show one sentence over the fields."""
        self.message.show_message(sentence, kind, closable=False)
        self.fit()

    def set_busy(self, busy: bool) -> None:
        """Wait, or take input again."""
        self.busy = busy
        self.waiting.setVisible(busy)
        self.yes.setEnabled(not busy)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height that the texts need, and begin at the first field."""
        super().showEvent(event)
        self.fit()
        stops = focus_order.stops(self)
        if stops:
            stops[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Lead Tab through the dialog as it is laid out (item 47)."""
        return focus_order.step(self, self.focusWidget(), forward=forward)

    def fit(self) -> None:
        """Grow with what is shown now."""
        for button in (self.yes, self.no):
            button.raise_()  # behind the fields, also for who asks for the children
        self.outer.activate()
        height = self.outer.totalHeightForWidth(self.width())
        self.resize(self.width(), max(height, self.minimumSizeHint().height()))

    def _submit(self) -> None:
        if not self.busy:
            self.submit()
