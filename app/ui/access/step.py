"""One screen of the sign-in: a title, fields, one line about what is wrong, one button, links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.errors import UserError
from app.ui.access.password_line import PasswordLine
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.access.sign_in import SignIn
    from app.ui.access.new_password import PasswordRules

T = TypeVar("T")

SPACE = 12


class Door(Protocol):
    """What the steps ask of the sign-in page."""

    database: Any
    """The open database, handed on to the services as it is."""

    rules: PasswordRules

    def clock(self) -> datetime:
        """Return the moment it is now."""

    def ask(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Run ``work`` in a job; nothing is delivered to a step that is gone."""

    def take(self, sign_in: SignIn) -> None:
        """Go on with what a sign-in still needs, or into the window."""

    def go(self, step: Step) -> None:
        """Show another step instead of this one."""

    def restart(self, told: str = "", kind: str = "info") -> None:
        """Begin at the password again, with a sentence about why."""

    def copy(self, text: str) -> None:
        """Put text on the clipboard."""


class Step(QWidget):
    """The parts every step has; a subclass adds fields in ``__init__`` and overrides submit."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door
        self.busy = False
        self.title = PageTitle()
        self.intro = muted_label(wrap=True)
        self.message = MessageBar(self)
        self.body = QVBoxLayout()
        self.body.setSpacing(4)
        self.submit_button = push_button("", self._submit, kind="primary")
        self.waiting = QProgressBar(self)
        self.waiting.setRange(0, 0)
        self.waiting.setTextVisible(False)
        self.waiting.setMaximumHeight(4)
        self.waiting.setAccessibleName(self.tr("One moment"))
        keep = self.waiting.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.waiting.setSizePolicy(keep)
        self.links = QVBoxLayout()
        self.links.setSpacing(0)
        self._first: QWidget | None = None
        self._lay_out()
        self.set_busy(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for part in (self.title, self.intro, self.message):
            column.addWidget(part)
        column.addLayout(self.body)
        column.addWidget(self.submit_button)
        column.addWidget(self.waiting)
        column.addLayout(self.links)

    def head(self, title: str, button: str, intro: str = "") -> None:
        """Say what this step is about and what its button does."""
        self.setAccessibleName(title)
        self.title.setText(title)
        self.submit_button.setText(button)
        self.say(intro)

    def say(self, intro: str) -> None:
        """Say more below the title."""
        self.intro.setText(intro)
        self.intro.setVisible(bool(intro))

    # ------------------------------------------------------------------ building

    def add_field(self, title: str, field: QWidget, note: str = "") -> None:
        """Add a field below its title; Enter in it submits."""
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
            field.returnPressed.connect(self._submit)
        elif isinstance(field, PasswordLine):
            field.submitted.connect(self._submit)
        self._first = self._first or field

    def add_link(self, title: str, slot: Callable[[], object]) -> None:
        """Add a way to another step below the button."""
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(push_button(title, slot, kind="link"), 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        self.links.addLayout(row)

    # ------------------------------------------------------------------ what happens

    def submit(self) -> None:
        """Send what was filled in."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """Put the keyboard where something is to be filled in."""
        for line in self.findChildren(QLineEdit):
            if line.isEnabled() and not line.text():
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self._first is not None:
            self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, sentence: str, kind: str = "error") -> None:
        """Show one line about what is wrong or what was done; "" hides it."""
        if sentence:
            self.message.show_message(sentence, kind, closable=False)
        else:
            self.message.clear()

    def set_busy(self, busy: bool) -> None:
        """Wait, or take input again."""
        self.busy = busy
        self.waiting.setVisible(busy)
        self.submit_button.setEnabled(not busy)
        for line in self.findChildren(QLineEdit):
            line.setReadOnly(busy)

    def send(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Ask a service; its refusal is told in the line, and the keyboard comes back."""
        if self.busy:
            return
        self.tell("")
        self.set_busy(True)

        def came(result: T) -> None:
            self.set_busy(False)
            done(result)

        self.door.ask(work, came, self.refused)

    def refused(self, problem: UserError) -> None:
        """Tell what a service refused."""
        self.set_busy(False)
        self.tell(str(problem))
        self.focus_first()

    def require(self, *fields: tuple[QLineEdit | PasswordLine, str]) -> bool:
        """Return whether every field is filled in; else say which is not and go there."""
        for field, sentence in fields:
            if not field.text().strip():
                self.tell(sentence)
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return False
        return True

    def _submit(self) -> None:
        if not self.busy:
            self.submit()
