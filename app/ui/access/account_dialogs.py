"""The dialogs of the own account: name, phone, password, deleting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from app.services.access import account
from app.services.access.account import DELETE_WORD, LONGEST_NAME, MyAccount
from app.ui.access.form_dialog import FormDialog
from app.ui.access.new_password import NewPassword, PasswordRules
from app.ui.access.password_line import PasswordLine
from app.ui.access.sign_in_steps import PHONE_EXAMPLE

if TYPE_CHECKING:
    from app.ui.jobs import Jobs

Told = Callable[[str], object]

NOUNS = ("account", "users")


class NameDialog(FormDialog):
    """First and last name."""

    def __init__(self, jobs: Jobs, me: MyAccount, told: Told, parent: QWidget) -> None:
        super().__init__(jobs, parent)
        self._told = told
        self.head(self.tr("Edit name"), self.tr("Save"))
        self.first, self.last = QLineEdit(me.first_name), QLineEdit(me.last_name)
        for line in (self.first, self.last):
            line.setMaxLength(LONGEST_NAME)
        self.add_field(self.tr("First name *"), self.first, "first_name")
        self.add_field(self.tr("Last name *"), self.last, "last_name")

    def submit(self) -> None:
        """Save the name."""
        first, last = self.first.text(), self.last.text()

        def saved(_: None) -> None:
            self._told(self.tr("Your name was saved."))
            self.accept()

        self.send(lambda ctx: account.save_name(ctx, first, last), saved, nouns=NOUNS)


class PhoneDialog(FormDialog):
    """The phone number; saving it ends every session (L33)."""

    def __init__(self, jobs: Jobs, me: MyAccount, parent: QWidget) -> None:
        super().__init__(jobs, parent)
        self._before = me.phone
        title = self.tr("Edit phone number") if me.phone else self.tr("Add phone number")
        self.head(
            title,
            self.tr("Save and sign out"),
            self.tr(
                "After the number is saved all your sessions end, this one too. Codes by SMS are "
                "not sent yet: a second step works by mail or by an authenticator app."
            ),
        )
        self.phone = QLineEdit(me.phone)
        self.phone.setPlaceholderText(PHONE_EXAMPLE)
        self.add_field(self.tr("Phone"), self.phone, "phone")

    def submit(self) -> None:
        """Save the number; the window asks for a sign-in by itself."""
        phone = self.phone.text()
        self.send(
            lambda ctx: account.change_phone(ctx, phone), lambda _: self.accept(), nouns=NOUNS
        )


class PasswordDialog(FormDialog):
    """The current password, and a new one."""

    def __init__(
        self,
        jobs: Jobs,
        rules: PasswordRules,
        session_id: int | None,
        told: Told,
        copy: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(jobs, parent)
        self._told, self._session = told, session_id
        self.head(
            self.tr("Change password"),
            self.tr("Save"),
            self.tr("Your sessions on other machines end."),
        )
        self.current = PasswordLine(self.tr("Current password"))
        self.add_field(self.tr("Current password *"), self.current, "current")
        self.new = NewPassword(copy)
        self.new.judge_by(rules)
        self.body.addSpacing(6)
        self.body.addWidget(self.new)
        self.add_trouble("new", self.new.password)

    def submit(self) -> None:
        """Change the password."""
        if not self.current.text():
            self.show_problems({"current": self.tr("Give your current password.")})
            return
        problem = self.new.problem()
        if problem:
            self.show_problems({"new": problem})
            return
        current, new, session = self.current.text(), self.new.text(), self._session

        def saved(sentence: str) -> None:
            self._told(sentence)
            self.accept()

        self.send(
            lambda ctx: account.change_password(ctx, current, new, session_id=session),
            saved,
            nouns=("account",),
        )


class DeleteDialog(FormDialog):
    """Deleting the own account: the password first, then the word (C12)."""

    def __init__(self, jobs: Jobs, deleted: Callable[[], object], parent: QWidget) -> None:
        super().__init__(jobs, parent)
        self._deleted = deleted
        self._proven = False
        self.head(
            self.tr("Delete your account?"),
            self.tr("Continue"),
            self.tr("Your account is deleted for good. What you did stays in the audit."),
            danger=True,
        )
        self.password = PasswordLine(self.tr("Current password"))
        self.add_field(self.tr("Enter your current password"), self.password, "password")
        self.word = QLineEdit()
        self.word.setPlaceholderText(DELETE_WORD)

    def submit(self) -> None:
        """Check the password, then delete."""
        password = self.password.text()
        if not password:
            self.show_problems({"password": self.tr("Give your current password.")})
        elif not self._proven:
            self.send(lambda ctx: account.check_password(ctx, password), lambda _: self._ask_word())
        else:
            self._delete(password, self.word.text().strip())

    def _ask_word(self) -> None:
        self._proven = True
        self.password.setEnabled(False)
        self.add_field(
            self.tr("To confirm, type {0} in the field below").format(DELETE_WORD),
            self.word,
            "word",
        )
        self.yes.setText(self.tr("Delete account"))
        self.fit()
        self.word.setFocus()

    def _delete(self, password: str, word: str) -> None:
        def gone(_: str) -> None:
            self.accept()
            self._deleted()

        self.send(lambda ctx: account.delete_my_account(ctx, password, word), gone)
