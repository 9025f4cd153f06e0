"""Switching sign-in on, with the first administrator where there is none yet, and off again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from app.services.access.sign_up import Registration
from app.services.access.switch import setup_admin, switch_off, switch_on
from app.ui.access.form_dialog import FormDialog
from app.ui.access.new_password import NewPassword, PasswordRules
from app.ui.access.password_line import PasswordLine
from app.ui.access.sign_up_steps import LONGEST, beside

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.jobs import Jobs

WIDTH = 480


class SwitchOnDialog(FormDialog):
    """The first administrator; then everybody who opens the database signs in."""

    def __init__(
        self,
        jobs: Jobs,
        rules: PasswordRules,
        on: Callable[[int, str], object],
        copy: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        """``on`` takes the new administrator's id and login once sign-in is on."""
        super().__init__(jobs, parent)
        self._on = on
        self.setMinimumWidth(WIDTH)
        self.head(
            self.tr("Switch sign-in on"),
            self.tr("Switch on and sign in"),
            self.tr(
                "First make an administrator: the one who invites all others. Then everybody "
                "who opens this database is asked who they are, you too."
            ),
        )
        self.first_name, self.last_name = QLineEdit(), QLineEdit()
        self.email, self.phone, self.login = QLineEdit(), QLineEdit(), QLineEdit()
        for line in (self.first_name, self.last_name):
            line.setMaxLength(LONGEST)
        first, last = self.tr("First name *"), self.tr("Last name *")
        self.body.addWidget(beside((first, self.first_name), (last, self.last_name)))
        self.add_trouble("first_name", self.first_name)
        self.add_trouble("last_name", self.last_name)
        login, phone = self.tr("Login *"), self.tr("Phone")
        self.add_field(self.tr("E-mail *"), self.email, "email")
        self.body.addSpacing(4)
        self.body.addWidget(beside((login, self.login), (phone, self.phone)))
        self.add_trouble("login", self.login)
        self.add_trouble("phone", self.phone)
        self.new = NewPassword(copy)
        self.new.judge_by(rules, self._names)
        for line in (self.first_name, self.last_name, self.email, self.login):
            line.textChanged.connect(lambda _: self.new.judge())
        self.body.addSpacing(4)
        self.body.addWidget(self.new)
        self.add_trouble("password", self.new.password)

    def _names(self) -> tuple[str, ...]:
        address = self.email.text().partition("@")[0]
        lines = (self.first_name, self.last_name, self.login)
        return (*(line.text() for line in lines), address)

    def submit(self) -> None:
        """Make the administrator and switch on."""
        wanted = (
            ("first_name", self.first_name, self.tr("Give a first name.")),
            ("last_name", self.last_name, self.tr("Give a last name.")),
            ("email", self.email, self.tr("Give a mail address.")),
            ("login", self.login, self.tr("Choose a login.")),
        )
        missing = {name: told for name, line, told in wanted if not line.text().strip()}
        problem = self.new.problem()
        if problem:
            missing["password"] = problem
        if missing:
            self.show_problems(missing)
            return
        email, login = self.email.text(), self.login.text().strip().lower()
        registration = Registration(
            self.first_name.text(), self.last_name.text(), self.phone.text(), login, self.new.text()
        )

        def work(ctx: Context) -> int:
            user_id = setup_admin(ctx, email, registration, another=True)
            switch_on(ctx)
            return user_id

        def done(user_id: int) -> None:
            self.accept()
            self._on(user_id, login)

        self.send(work, done)


class SwitchOffDialog(FormDialog):
    """The password of an administrator, and then nobody is asked any more."""

    def __init__(self, jobs: Jobs, off: Callable[[], object], parent: QWidget) -> None:
        super().__init__(jobs, parent)
        self._off = off
        self.head(
            self.tr("Switch sign-in off?"),
            self.tr("Switch off"),
            self.tr(
                "Everybody who can open this database can then see and change everything in it. "
                "Users, roles and passwords stay for when it is switched on again."
            ),
            danger=True,
        )
        self.password = PasswordLine(self.tr("Your password"))
        self.add_field(self.tr("Your password *"), self.password, "password")

    def submit(self) -> None:
        """Switch it off."""
        password = self.password.text()
        if not password:
            self.show_problems({"password": self.tr("Give your password.")})
            return

        def done(_: str) -> None:
            self.accept()
            self._off()

        self.send(lambda ctx: switch_off(ctx, password), done)
