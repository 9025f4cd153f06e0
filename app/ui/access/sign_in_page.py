"""The page over the window while nobody is signed in: steps on a card, nothing of the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.errors import UserError
from app.ui.access.new_password import PasswordRules
from app.ui.access.sign_in_steps import CodeStep, NewPasswordStep, PasswordStep, PhoneStep
from app.ui.access.step import Step
from app.ui.look.fonts import heading_font
from app.ui.look.sign import Sign
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, muted_label
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.access.sign_in import SignIn
    from app.ui.jobs import Jobs

T = TypeVar("T")

WIDTH = 440
"""Pixels of the card."""


class SignInPage(QWidget):
    """Shows one step after the other and tells who came in."""

    entered = Signal(object)
    """The finished SignIn."""

    help_wanted = Signal()
    other_wanted = Signal()
    """Another database shall be opened."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.database: Any = None
        self.rules = PasswordRules()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.copy_text: Callable[[str], object] = lambda _: None
        self.step: Step | None = None
        self._login = ""
        self.setAccessibleName(self.tr("Sign in"))
        self.setAutoFillBackground(True)
        self.notice = MessageBar(self)
        self.place = muted_label()
        self.card = Card()
        self.card.setFixedWidth(WIDTH)
        self.card.layout().setContentsMargins(28, 20, 28, 20)  # type: ignore[union-attr]
        self._lay_out()

    def _lay_out(self) -> None:
        name = QLabel("Tariffdesk")
        name.setFont(heading_font())
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(Sign("database", "muted"))
        head.addWidget(self.place)
        foot = QHBoxLayout()
        foot.addWidget(
            push_button(self.tr("Open another database…"), self.other_wanted.emit, kind="link")
        )
        foot.addStretch(1)
        foot.addWidget(push_button(self.tr("Help"), self.help_wanted.emit, kind="link"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setSpacing(8)
        column.addStretch(2)
        for part in (head, self.card, foot):
            row = QHBoxLayout()
            row.addStretch(1)
            if isinstance(part, QWidget):
                row.addWidget(part)
            else:
                box = QWidget()
                box.setFixedWidth(WIDTH)
                part.setContentsMargins(0, 0, 0, 0)
                box.setLayout(part)
                row.addWidget(box)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(3)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.notice)
        outer.addWidget(self.area, 1)

    # ------------------------------------------------------------------ beginning

    def begin(
        self,
        database: Any,
        place: str,
        rules: PasswordRules,
        *,
        login: str = "",
        told: str = "",
        kind: str = "info",
    ) -> None:
        """Ask for a sign-in to ``database``; ``told`` says why it is asked for."""
        self.database, self.rules, self._login = database, rules, login
        room = self.place.fontMetrics()
        self.place.setText(room.elidedText(place, Qt.TextElideMode.ElideMiddle, WIDTH // 2))
        self.place.setToolTip(place)
        self.place.setAccessibleName(self.tr("Database: {0}").format(place))
        self.restart(told, kind)

    def focus_step(self) -> None:
        """Put the keyboard where something is to be filled in."""
        if self.step is not None:
            self.step.focus_first()

    def forget(self) -> None:
        """Let go of the database and of what was typed."""
        self.database = None
        self.notice.clear()
        self._drop()

    # ------------------------------------------------------------------ what steps ask for

    def clock(self) -> datetime:
        """Return the moment it is now."""
        return self.now()

    def ask(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Run ``work`` in a job; nothing is delivered to a step that is gone."""
        assert self.step is not None
        self._jobs.run(lambda _job: work(), owner=self.step, done=done, failed=failed)

    def take(self, sign_in: SignIn) -> None:
        """Go on with what a sign-in still needs, or into the window."""
        steps = {"new_password": NewPasswordStep, "phone": PhoneStep}
        if sign_in.needs:
            self.go(steps.get(sign_in.needs, CodeStep)(self, sign_in))
        else:
            if self.step is not None:
                self.step.set_busy(True)
            self.entered.emit(sign_in)

    def go(self, step: Step) -> None:
        """Show another step instead of this one."""
        self._drop()
        self.step = step
        self.card.body.addWidget(step)
        self.setFocusProxy(step)
        step.focus_first()

    def restart(self, told: str = "", kind: str = "info") -> None:
        """Begin at the password again, with a sentence about why."""
        step = PasswordStep(self, self._login)
        self.go(step)
        step.tell(told, kind)

    def copy(self, text: str) -> None:
        """Put text on the clipboard."""
        self.copy_text(text)

    def refuse(self, problem: UserError) -> None:
        """Tell that the window could not be entered after all."""
        if self.step is not None:
            self.step.refused(problem)

    def _drop(self) -> None:
        if self.step is not None:
            self.card.body.removeWidget(self.step)
            self.step.hide()
            self.step.deleteLater()
            self.step = None
