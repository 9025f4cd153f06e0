"""The steps without a password: an invitation, signing up with it, a forgotten password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.errors import FieldProblem, UserError
from app.ui.access.new_password import NewPassword
from app.ui.access.sign_in_steps import PHONE_EXAMPLE
from app.ui.access.step import Door, Step
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.services.access.sign_in import Invitation, SignIn

LONGEST = 60


def beside(*pairs: tuple[str, QLineEdit]) -> QWidget:
    """Return fields side by side, each below its title."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for title, field in pairs:
        column = QVBoxLayout()
        column.setSpacing(4)
        label = muted_label(title)
        label.setProperty("tone", "")
        label.setBuddy(field)
        field.setAccessibleName(title.rstrip(" *"))
        column.addWidget(label)
        column.addWidget(field)
        row.addLayout(column, 1)
    return box


class InvitationStep(Step):
    """The e-mail address that was invited, and the one-time code of the invitation."""

    def __init__(self, door: Door, email: str = "") -> None:
        super().__init__(door)
        self.head(
            self.tr("Sign up with an invitation"),
            self.tr("Continue"),
            self.tr("The invitation was mailed, or handed to you by an administrator."),
        )
        self.email = QLineEdit(email)
        self.code = QLineEdit()
        self.add_field(self.tr("E-mail"), self.email)
        self.add_field(self.tr("One-time code of the invitation"), self.code)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def submit(self) -> None:
        """Ask what the invitation is for."""
        wanted = (
            (self.email, self.tr("Give the e-mail address that was invited.")),
            (self.code, self.tr("Give the one-time code of the invitation.")),
        )
        if not self.require(*wanted):
            return
        email, code, door = self.email.text().strip(), self.code.text().strip(), self.door

        def work() -> Invitation:
            from app.services.access import sign_in

            return sign_in.accept_invitation(door.database, email, code, clock=door.clock)

        self.send(work, lambda invitation: door.go(SignUpStep(door, invitation)))


class SignUpStep(Step):
    """The form of a new user."""

    def __init__(self, door: Door, invitation: Invitation) -> None:
        super().__init__(door)
        self._invitation = invitation
        self.new = NewPassword(door.copy)
        self._phone_needed = invitation.phone_needed
        self.head(self.tr("Sign up"), self.tr("Sign up"), self._told(invitation))
        self.first_name, self.last_name = QLineEdit(), QLineEdit()
        self.phone, self.login = QLineEdit(), QLineEdit()
        for line in (self.first_name, self.last_name, self.login):
            line.setMaxLength(LONGEST)
            line.textChanged.connect(lambda _: self.new.judge())
        self.phone.setPlaceholderText(PHONE_EXAMPLE)
        phone = self.tr("Phone *") if self._phone_needed else self.tr("Phone")
        names = (
            (self.tr("First name *"), self.first_name),
            (self.tr("Last name *"), self.last_name),
        )
        self.body.addWidget(beside(*names))
        self.body.addSpacing(4)
        self.body.addWidget(beside((phone, self.phone), (self.tr("Login *"), self.login)))
        self.body.addSpacing(4)
        self.new.judge_by(door.rules, self._names)
        self.new.submitted.connect(self._submit)
        self.body.addWidget(self.new)
        for line in (self.first_name, self.last_name, self.phone, self.login):
            line.returnPressed.connect(self._submit)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def _told(self, invitation: Invitation) -> str:
        text = self.tr("{0} is invited to {1}.").format(invitation.email, invitation.company)
        if invitation.roles:
            text += " " + self.tr("Roles: {0}.").format(", ".join(invitation.roles))
        if invitation.second_factor_needed:
            text += " " + self.tr("A second step is asked for at each sign-in.")
        return text

    def _names(self) -> tuple[str, ...]:
        return (
            self.first_name.text(),
            self.last_name.text(),
            self.login.text(),
            *self._invitation.names,
        )

    def submit(self) -> None:
        """Register, and sign in with it."""
        wanted = [
            (self.first_name, self.tr("Give your first name.")),
            (self.last_name, self.tr("Give your last name.")),
            (self.login, self.tr("Choose a login.")),
        ]
        if self._phone_needed:
            wanted.insert(2, (self.phone, self.tr("Give your phone number.")))
        if not self.require(*wanted):
            return
        problem = self.new.problem()
        if problem:
            self.tell(problem)
            self.new.password.setFocus()
            return
        values = (
            self.first_name.text().strip(),
            self.last_name.text().strip(),
            self.phone.text().strip(),
            self.login.text().strip(),
            self.new.text(),
        )
        door, invitation = self.door, self._invitation

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.register(
                door.database, invitation, sign_in.Registration(*values), clock=door.clock
            )

        self.send(work, door.take)

    def refused(self, problem: UserError) -> None:
        """Tell what is wrong and go to the field."""
        super().refused(problem)
        fields = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "phone": self.phone,
            "login": self.login,
            "password": self.new.password.line,
        }
        names = list(problem.problems) if isinstance(problem, FieldProblem) else []
        for name in names[:1]:
            if name in fields:
                fields[name].setFocus()


class ForgottenStep(Step):
    """Asks for a code to choose another password with."""

    def __init__(self, door: Door, login: str = "") -> None:
        super().__init__(door)
        self.head(
            self.tr("Forgotten password"),
            self.tr("Send a code"),
            self.tr("A one-time code is mailed to you; with it you choose a new password."),
        )
        self.login = QLineEdit(login)
        self.add_field(self.tr("Login or e-mail"), self.login)
        self.add_link(self.tr("I have a code"), self._have_code)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def submit(self) -> None:
        """Have a code sent; the answer is the same whether or not there is such a user."""
        if not self.require((self.login, self.tr("Give your login or e-mail address."))):
            return
        login, door = self.login.text().strip(), self.door

        def work() -> str:
            from app.services.access import sign_in

            return sign_in.ask_reset(door.database, login, clock=door.clock)

        self.send(work, lambda told: door.go(ResetStep(door, login, told)))

    def _have_code(self) -> None:
        self.door.go(ResetStep(self.door, self.login.text().strip()))


class ResetStep(Step):
    """The code that was sent, and a new password."""

    def __init__(self, door: Door, login: str = "", told: str = "") -> None:
        super().__init__(door)
        self.head(self.tr("Choose a new password"), self.tr("Save and sign in"), told)
        self.login = QLineEdit(login)
        self.code = QLineEdit()
        self.add_field(self.tr("Login or e-mail"), self.login)
        self.add_field(self.tr("One-time code"), self.code)
        self.new = NewPassword(door.copy)
        self.new.judge_by(door.rules, lambda: (self.login.text(),))
        self.new.submitted.connect(self._submit)
        self.body.addSpacing(4)
        self.body.addWidget(self.new)
        self.add_link(self.tr("Back to the sign-in"), door.restart)

    def submit(self) -> None:
        """Save the new password."""
        wanted = (
            (self.login, self.tr("Give your login or e-mail address.")),
            (self.code, self.tr("Give the one-time code.")),
        )
        if not self.require(*wanted):
            return
        problem = self.new.problem()
        if problem:
            self.tell(problem)
            self.new.password.setFocus()
            return
        login, code = self.login.text().strip(), self.code.text().strip()
        password, door = self.new.text(), self.door

        def work() -> SignIn:
            from app.services.access import sign_in

            return sign_in.reset_password(door.database, login, code, password, clock=door.clock)

        self.send(work, door.take)
