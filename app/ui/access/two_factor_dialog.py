"""Two-factor authentication of the own account: by an authenticator app or by mail, or off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QRadioButton, QWidget

from app.services.access import account
from app.services.access.account import MyAccount
from app.ui.access.authenticator_box import AuthenticatorBox
from app.ui.access.form_dialog import FormDialog
from app.ui.access.password_line import PasswordLine
from app.ui.access.sign_in_steps import CodeLine
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.services.access.authenticator import Enrolment
    from app.ui.jobs import Jobs

Told = Callable[[str], object]

NOUNS = ("account", "users")


class TwoFactorDialog(FormDialog):
    """The way of the second step and the password; for an app then its QR code and a code."""

    def __init__(
        self,
        jobs: Jobs,
        me: MyAccount,
        session_id: int | None,
        *,
        can_mail: bool,
        told: Told,
        copy: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(jobs, parent)
        self._me, self._session, self._told, self._copy = me, session_id, told, copy
        self._begun: Enrolment | None = None
        self.head(
            self.tr("Two-factor authentication"),
            self.tr("Continue"),
            self.tr("A sign-in then asks for a code too. Your other sessions end."),
        )
        self.app = QRadioButton(self.tr("Authenticator app on a phone"))
        self.mail = QRadioButton(self.tr("Code by mail to {0}").format(me.email))
        self.app.setChecked(True)
        self.mail.setEnabled(can_mail)
        self.note = muted_label(
            self.tr("This machine can't send mail yet, so codes can't come by mail."), wrap=True
        )
        for part in (self.app, self.mail, self.note):
            self.body.addWidget(part)
        self.note.setVisible(not can_mail)
        self.password = PasswordLine(self.tr("Current password"))
        self.add_field(self.tr("Current password *"), self.password, "password")
        self.code = CodeLine()

    def submit(self) -> None:
        """Prove the password; then show the app's code, or let codes come by mail."""
        password, session = self.password.text(), self._session
        if self._begun is not None:
            self._confirm(self._begun)
        elif not password:
            self.show_problems({"password": self.tr("Give your current password.")})
        elif self.app.isChecked():
            self.send(lambda ctx: account.enrol(ctx, password), self._show_code)
        else:
            self.send(
                lambda ctx: account.use_mailed_codes(ctx, password, session_id=session),
                self._finish,
                nouns=NOUNS,
            )

    def _show_code(self, begun: Enrolment) -> None:
        self._begun = begun
        for part in (self.app, self.mail, self.note, *self.field_parts("password")):
            part.hide()
        self.body.addWidget(AuthenticatorBox(begun, self._copy))
        self.add_field(self.tr("Code of six digits that the app shows *"), self.code, "code")
        self.yes.setText(self.tr("Turn on"))
        self.fit()
        self.code.setFocus()

    def _confirm(self, begun: Enrolment) -> None:
        if not self.code.is_whole():
            self.show_problems({"code": self.tr("Give all six digits of the code.")})
            return
        code, session = self.code.text(), self._session
        self.send(
            lambda ctx: account.confirm(ctx, begun, code, session_id=session),
            self._finish,
            nouns=NOUNS,
        )

    def _finish(self, sentence: str) -> None:
        self._told(sentence)
        self.accept()


class TwoFactorOffDialog(FormDialog):
    """Switching the second step off, with the password."""

    def __init__(self, jobs: Jobs, session_id: int | None, told: Told, parent: QWidget) -> None:
        super().__init__(jobs, parent)
        self._session, self._told = session_id, told
        self.head(
            self.tr("Turn two-factor authentication off?"),
            self.tr("Turn off"),
            self.tr("Your password alone is enough to sign in then."),
            danger=True,
        )
        self.password = PasswordLine(self.tr("Current password"))
        self.add_field(self.tr("Current password *"), self.password, "password")

    def submit(self) -> None:
        """Switch it off."""
        password, session = self.password.text(), self._session
        if not password:
            self.show_problems({"password": self.tr("Give your current password.")})
            return

        def off(sentence: str) -> None:
            self._told(sentence)
            self.accept()

        self.send(lambda ctx: account.disable(ctx, password, session_id=session), off, nouns=NOUNS)
