"""The steps of a sign-in: who it is, the second factor, a new password where one is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit

from app.domain.one_time_codes import DIGITS
from app.errors import UserError
from app.ui.access.authenticator_box import AuthenticatorBox
from app.ui.access.new_password import NewPassword
from app.ui.access.password_line import PasswordLine
from app.ui.access.step import Door, Step
from app.ui.look.fonts import title_font
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button

if TYPE_CHECKING:
    from app.services.access.sign_in import SignIn

AGAIN_SECONDS = 30
"""A code can be asked for again after so long, so that nobody fills a mailbox."""

PHONE_EXAMPLE = "+49301234567"


class PasswordStep(Step):
    """Login or e-mail, and password."""

    def __init__(self, door: Door, login: str = "") -> None:
        super().__init__(door)
        self.head(self.tr("Sign in"), self.tr("Sign in"))
        self.login = QLineEdit(login)
        self.password = PasswordLine(self.tr("Password"))
        self.add_field(self.tr("Login or e-mail"), self.login)
        self.add_field(self.tr("Password"), self.password)
        self.add_link(self.tr("Forgotten password"), self._forgotten)
        self.add_link(self.tr("I have an invitation"), self._invited)

    def submit(self) -> None:
        """Ask who it is."""
        wanted = (
            (self.login, self.tr("Give your login or e-mail address.")),
            (self.password, self.tr("Give your password.")),
        )
        if not self.require(*wanted):
            return
        login, password, door = self.login.text().strip(), self.password.text(), self.door

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.by_password(door.database, login, password, clock=door.clock)

        self.send(work, door.take)

    def refused(self, problem: UserError) -> None:
        """Keep the login; the password is typed anew."""
        self.password.clear()
        super().refused(problem)
        self.password.setFocus()

    def _forgotten(self) -> None:
        from app.ui.access.sign_up_steps import ForgottenStep

        self.door.go(ForgottenStep(self.door, self.login.text().strip()))

    def _invited(self) -> None:
        from app.ui.access.sign_up_steps import InvitationStep

        typed = self.login.text().strip()
        self.door.go(InvitationStep(self.door, typed if "@" in typed else ""))


class CodeLine(QLineEdit):
    """Six digits, however they are pasted: "123 456", "123-456"."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(title_font())
        set_mark(self, "code", True)
        self.setPlaceholderText("0" * DIGITS)
        self.textEdited.connect(self._clean)

    def _clean(self, text: str) -> None:
        digits = "".join(c for c in text if c.isascii() and c.isdigit())[:DIGITS]
        if digits != text:
            self.setText(digits)

    def is_whole(self) -> bool:
        """Return whether all digits are there."""
        return len(self.text()) == DIGITS


class CodeStep(Step):
    """The second factor: a code of the authenticator, or one that was mailed."""

    def __init__(self, door: Door, sign_in: SignIn) -> None:
        super().__init__(door)
        self._sign_in = sign_in
        adds = sign_in.enrolment is not None
        title = self.tr("Add a second step") if adds else self.tr("Second step")
        self.head(title, self.tr("Continue"), sign_in.note)
        if sign_in.enrolment is not None:
            self.body.addWidget(AuthenticatorBox(sign_in.enrolment, door.copy))
            self.body.addSpacing(8)
        self.code = CodeLine()
        self.add_field(self.tr("Code of six digits"), self.code)
        self.again = push_button("", self._again, kind="link")
        self._left = AGAIN_SECONDS
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count)
        if sign_in.needs == "email_code":
            self.links.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
            self._timer.start()
            self._show_again()
        self.add_link(self.tr("Back to the sign-in"), door.restart)
        self.code.textChanged.connect(self._whole)

    def submit(self) -> None:
        """Send the code."""
        if not self.code.is_whole():
            self.tell(self.tr("Give all six digits of the code."))
            self.code.setFocus()
            return
        door, code, before = self.door, self.code.text(), self._sign_in

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.by_code(door.database, before, code, clock=door.clock)

        self.send(work, door.take)

    def refused(self, problem: UserError) -> None:
        """Let the code be typed anew."""
        self.code.clear()
        super().refused(problem)

    def _whole(self, _: str) -> None:
        """Send a code as soon as its last digit was typed or it was pasted."""
        if self.code.is_whole() and not self.busy:
            self.submit()

    def _again(self) -> None:
        door, before = self.door, self._sign_in

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.send_code_again(door.database, before, clock=door.clock)

        def sent(after: SignIn) -> None:
            self._sign_in = after
            self._left = AGAIN_SECONDS
            self._timer.start()
            self._show_again()
            self.tell(
                self.tr("Another code was mailed; the one before is not valid any more."), "ok"
            )
            self.code.setFocus()

        self.send(work, sent)

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._timer.stop()
        self._show_again()

    def _show_again(self) -> None:
        waits = self._left > 0
        self.again.setEnabled(not waits)
        text = self.tr("Send the code again")
        self.again.setText(
            self.tr("Send the code again (in {0} s)").format(self._left) if waits else text
        )


class NewPasswordStep(Step):
    """A new password before anything else: the old one is a first or an expired one."""

    def __init__(self, door: Door, sign_in: SignIn) -> None:
        super().__init__(door)
        self._sign_in = sign_in
        self.head(self.tr("Choose a new password"), self.tr("Save and go on"), sign_in.note)
        self.new = NewPassword(door.copy)
        self.new.judge_by(door.rules)
        self.new.submitted.connect(self._submit)
        self.body.addWidget(self.new)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def submit(self) -> None:
        """Save the password."""
        problem = self.new.problem()
        if problem:
            self.tell(problem)
            return
        door, password, before = self.door, self.new.text(), self._sign_in

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.choose_password(door.database, before, password, clock=door.clock)

        self.send(work, door.take)


class PhoneStep(Step):
    """A phone number, where the company asks for one."""

    def __init__(self, door: Door, sign_in: SignIn) -> None:
        super().__init__(door)
        self._sign_in = sign_in
        self.head(self.tr("Your phone number"), self.tr("Save and go on"), sign_in.note)
        self.phone = QLineEdit()
        self.phone.setPlaceholderText(PHONE_EXAMPLE)
        self.add_field(self.tr("Phone"), self.phone)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def submit(self) -> None:
        """Save the number."""
        if not self.require((self.phone, self.tr("Give your phone number."))):
            return
        door, phone, before = self.door, self.phone.text(), self._sign_in

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.add_phone(door.database, before, phone, clock=door.clock)

        self.send(work, door.take)
