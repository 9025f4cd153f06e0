"""Security: whether people sign in, what that protects, the password policy, how mail is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt

from app.errors import FieldProblem, UserError
from app.services.access import mail
from app.services.access.mail import MailSettings
from app.services.access.policy import Policy, common_passwords, read_policy, save_policy
from app.services.access.switch import (
    administrators,
    protection_text,
    sign_in_is_on,
    switch_on,
)
from app.services.context import Context
from app.ui.access.mail_card import MailCard
from app.ui.access.new_password import PasswordRules
from app.ui.access.policy_card import PolicyCard
from app.ui.access.settings_page import ServiceCard, SettingsCard, SettingsPage
from app.ui.access.switch_dialogs import SwitchOffDialog, SwitchOnDialog
from app.ui.addresses import Address
from app.ui.pages import Shell
from app.ui.widgets.buttons import push_button
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

AREA = "users"
NOUNS = ("security",)


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows."""

    on: bool
    protection: str
    policy: Policy
    mail: MailSettings
    password_known: bool
    administrators: tuple[str, ...]


class SecurityPage(SettingsPage):
    """One tab of Administration."""

    HELP = "security"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self._window = cast("MainWindow", shell)
        self._found: Found | None = None
        self._kept: dict[str, Any] | None = None
        self._was_dirty = False
        self.sign_in = ServiceCard(self.tr("Signing in"))
        self.state_label = StatusLabel()
        self.switch_on = push_button(self.tr("Switch sign-in on…"), self._switch_on, kind="primary")
        self.switch_off = push_button(self.tr("Switch sign-in off…"), self._switch_off)
        self.policy = PolicyCard()
        self.mail = MailCard()
        self._build()
        self._follow_rights()

    def title(self) -> str:
        """Return the tab's text."""
        return self.tr("Security")

    def icon_name(self) -> str:
        """Return the tab's icon."""
        return "lock"

    def _build(self) -> None:
        self.sign_in.body.insertWidget(1, self.state_label, 0, Qt.AlignmentFlag.AlignLeft)
        self.sign_in.add_buttons(self.switch_on, self.switch_off)
        for button in (self.switch_on, self.switch_off):
            button.hide()
        for card in (self.sign_in, self.policy, self.mail):
            self.add_card(card)
        self.finish()
        self.policy.edited.connect(self._edited)
        self.mail.edited.connect(self._edited)
        self.policy.save_wanted.connect(lambda: self._save_policy(_ignore))
        self.mail.save_wanted.connect(lambda: self._save_mail(_ignore))
        self.mail.test_wanted.connect(self._test_mail)

    # ------------------------------------------------------------------ loading

    def start(self) -> None:
        """Read what holds."""
        self.shell.jobs.query(_read, owner=self, done=self._show)

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew when something here was changed; edits stay."""
        if nouns & {"security", "users"}:
            self.start()

    def _show(self, found: Found) -> None:
        edits = self._edits() if self._found is not None else self._kept
        self._found, self._kept = found, None
        on = self.tr("Sign-in is on") if found.on else self.tr("Sign-in is off")
        self.state_label.set_status("ok" if found.on else "warn", on)
        self.sign_in.say(found.protection)
        self.policy.show_policy(found.policy)
        self.mail.show_settings(found.mail, known=found.password_known)
        self._put(edits)
        self._follow_rights()

    def _follow_rights(self) -> None:
        manages = self._window.may(AREA, "manage")
        on = self._found is not None and self._found.on
        self.switch_on.setVisible(self._found is not None and manages and not on)
        self.switch_off.setVisible(manages and on)
        self.policy.set_usable(manages)
        self.mail.set_usable(manages)

    # ------------------------------------------------------------------ edits

    def is_dirty(self) -> bool:
        """Whether numbers or mail settings are not saved."""
        return bool(self.policy.changes()) or self.mail.is_changed()

    def unsaved(self) -> dict[str, Any] | None:
        """Return the edits; never a password."""
        return self._edits() if self.is_dirty() else None

    def recover(self, unsaved: dict[str, Any]) -> None:
        """Take edits back once the page has loaded."""
        self._kept = unsaved

    def discard(self) -> None:
        """Forget the edits."""
        self.policy.show_policy(self.policy.stored)
        self.mail.discard()

    def save(self, done: Callable[[bool], object]) -> None:
        """Save the policy, then the mail settings."""

        def then(worked: bool) -> None:
            if worked and self.mail.is_changed():
                self._save_mail(done)
            else:
                done(worked)

        if self.policy.changes():
            self._save_policy(then)
        else:
            then(True)

    def _edits(self) -> dict[str, Any]:
        edits: dict[str, Any] = {"policy": self.policy.changes()}
        if self.mail.is_changed():
            edits["mail"] = self.mail.values()
        return edits

    def _put(self, edits: dict[str, Any] | None) -> None:
        if edits:
            self.policy.put(dict(edits.get("policy") or {}))
            if edits.get("mail"):
                self.mail.put(dict(edits["mail"]))

    def _edited(self) -> None:
        if self.is_dirty() != self._was_dirty:
            self._was_dirty = not self._was_dirty
            self.described.emit()
        self.touched.emit()

    # ------------------------------------------------------------------ saving

    def _save_policy(self, done: Callable[[bool], object]) -> None:
        changes = self.policy.changes()

        def saved(policy: Policy) -> None:
            self.policy.show_policy(policy)
            self.shell.notify(self.tr("The password policy was saved."))
            done(True)

        self.shell.jobs.change(
            self.tr("Saving the password policy"),
            lambda ctx: save_policy(ctx, changes),
            owner=self,
            done=saved,
            failed=partial(self._not_saved, self.policy, done),
            nouns=NOUNS,
        )

    def _save_mail(self, done: Callable[[bool], object]) -> None:
        settings, password = self.mail.settings(), self.mail.new_password()

        def saved(sentence: str) -> None:
            known = bool(password) or (self._found is not None and self._found.password_known)
            self.mail.show_settings(settings, known=known)
            self.mail.tell(sentence, "ok")
            done(True)

        self.shell.jobs.change(
            self.tr("Saving the mail settings"),
            lambda ctx: mail.save_mail_settings(ctx, settings, password),
            owner=self,
            done=saved,
            failed=partial(self._not_saved, self.mail, done),
            nouns=NOUNS,
        )

    def _not_saved(
        self, card: SettingsCard, done: Callable[[bool], object], problem: UserError
    ) -> None:
        if isinstance(problem, FieldProblem):
            card.show_problems(problem.problems)
        else:
            card.tell(str(problem))
        done(False)

    def _test_mail(self, to: str) -> None:
        if not to:
            self.mail.tell(self.tr("Give an address to send the test mail to."), "warn")
            self.mail.to.setFocus()
            return
        self.mail.tell("")
        self.mail.test.setEnabled(False)

        def told(sentence: str, kind: str) -> None:
            self.mail.test.setEnabled(True)
            self.mail.tell(sentence, kind)

        self.shell.jobs.query(
            lambda ctx: mail.send_test_mail(ctx, to),
            owner=self,
            done=lambda sentence: told(sentence, "ok"),
            failed=lambda problem: told(str(problem), "error"),
            title=self.tr("Sending a test mail"),
        )

    # ------------------------------------------------------------------ sign-in on and off

    def _switch_on(self) -> None:
        if self._found is None:
            return
        if self._found.administrators:
            self._ask_to_switch_on(self._found.administrators)
        else:
            self._make_administrator()

    def _make_administrator(self) -> None:
        assert self._found is not None
        rules = PasswordRules(self._found.policy, common=common_passwords())
        SwitchOnDialog(
            self.shell.jobs, rules, self._window.gate.switched_on, self.shell.copy, self
        ).open()

    def _ask_to_switch_on(self, known: tuple[str, ...]) -> None:
        title = self.tr("Switch sign-in on")
        another = self.tr("Make another administrator…")
        question = Question(
            self.window(),
            title,
            self.tr(
                "Everybody who opens this database is then asked who they are, you too. These "
                "administrators can sign in with the passwords they had; if none of them is you, "
                "make another one."
            ),
            yes=self.tr("Switch on"),
            details=known,
            more=(another,),
        )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered(_: int) -> None:
            if question.answer == YES:
                self.shell.jobs.change(
                    title,
                    switch_on,
                    owner=self,
                    done=lambda _: self._window.gate.switched_on(None, ""),
                )
            elif question.answer == another:
                self._make_administrator()

        question.finished.connect(answered)
        question.open()

    def _switch_off(self) -> None:
        SwitchOffDialog(self.shell.jobs, self._window.gate.switched_off, self).open()


def _ignore(_: bool) -> None:
    """Take the outcome of a save that nobody waits for."""


def _read(ctx: Context) -> Found:
    return Found(
        sign_in_is_on(ctx),
        protection_text(ctx),
        read_policy(ctx),
        mail.read_mail_settings(ctx),
        mail.password_is_known(ctx),
        tuple(administrators(ctx)),
    )
