"""My account: who I am here, how I sign in, how the window looks (guide 5, USR-5)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from app.domain.passwords import Policy
from app.errors import UserError
from app.services.access import account
from app.services.access.account import MyAccount, MySession
from app.services.access.mail import can_send
from app.services.access.policy import common_passwords, read_policy
from app.services.access.switch import protection_text
from app.services.context import Context
from app.ui import formats
from app.ui.access.account_dialogs import DeleteDialog, NameDialog, PasswordDialog, PhoneDialog
from app.ui.access.arrival import session_id
from app.ui.access.avatar import Avatar, picture_of, read_picture
from app.ui.access.avatar_dialog import AvatarDialog
from app.ui.access.new_password import PasswordRules
from app.ui.access.settings_page import ServiceCard, SettingsCard, SettingsPage
from app.ui.access.two_factor_dialog import TwoFactorDialog, TwoFactorOffDialog
from app.ui.addresses import Address
from app.ui.look.fonts import heading_font
from app.ui.look.theme import theme
from app.ui.pages import Shell
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

Found = tuple[MyAccount | None, list[MySession], Policy, bool, str]

PICTURE = 72

_WIDEST_VALUE = 380
"""Pixels from which a value of the account is wrapped."""


class AccountPage(SettingsPage):
    """One tab; where nobody signs in, it says so and shows the looks only."""

    HELP = "sign-in"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self._window = cast("MainWindow", shell)
        self.me: MyAccount | None = None
        self._policy, self._can_mail = Policy(), False
        self.nobody = ServiceCard(self.tr("Nobody signs in to this database"))
        self.about_me = SettingsCard(self.tr("Account settings"))
        self.security = SettingsCard(self.tr("Privacy and security"))
        self.sessions = SettingsCard(self.tr("Where you are signed in"))
        self.danger = SettingsCard(
            self.tr("Danger zone"),
            self.tr(
                "Permanently delete your account. It can't be restored; what you did stays in the "
                "audit."
            ),
        )
        self._build()
        self._show_known()

    def title(self) -> str:
        """Return the tab's text."""
        return self.tr("My account")

    def icon_name(self) -> str:
        """Return the tab's icon."""
        return "account"

    def start(self) -> None:
        """Read the account."""
        signed_in = self._window.gate.person is not None

        def work(ctx: Context) -> Found:
            me = account.my_account(ctx) if signed_in else None
            sessions = account.my_sessions(ctx) if signed_in else []
            told = "" if signed_in else protection_text(ctx)
            return me, sessions, read_policy(ctx), can_send(ctx), told

        self.shell.jobs.query(work, owner=self, done=self._show)

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew when the account, or what it may do, was changed."""
        if nouns & {"account", "users", "roles", "security"}:
            self.start()

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        self._build_person()
        self._build_security()
        self.all_others = push_button(self.tr("End all other sessions"), self._end_others)
        self.rows = QGridLayout()
        self.rows.setHorizontalSpacing(16)
        self.rows.setColumnStretch(3, 1)
        self.sessions.body.insertLayout(2, self.rows)
        self.sessions.add_buttons(self.all_others)
        delete = push_button(self.tr("Delete account…"), self._delete, kind="danger")
        self.danger.add_buttons(delete)
        self.to_security = push_button(
            self.tr("Security…"), lambda: self.shell.open(Address.of("security")), kind="link"
        )
        self.nobody.add_buttons(self.to_security)
        for card in (self.nobody, self.about_me, self.security, self.sessions):
            self.add_card(card)
        self.add_card(self._looks())
        self.add_card(self.danger)
        self.finish()

    def _build_person(self) -> None:
        self.avatar = Avatar(PICTURE)
        self.name = QLabel()
        self.name.setFont(heading_font())
        self.number = muted_label()
        self.remove_picture = push_button(
            self.tr("Remove"), lambda: self._save_picture(None), kind="link"
        )
        change = push_button(self.tr("Change picture…"), self.choose_picture, kind="link")
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.avatar)
        words = QGridLayout()
        words.setVerticalSpacing(2)
        words.addWidget(self.name, 0, 0, 1, 3)
        words.addWidget(self.number, 1, 0, 1, 3)
        words.addWidget(change, 2, 0)
        words.addWidget(self.remove_picture, 2, 1)
        words.setColumnStretch(2, 1)
        head.addLayout(words, 1)
        self.about_me.body.insertLayout(1, head)
        self.values = {n: _value() for n in ("name", "login", "email", "roles", "company", "phone")}
        edit = partial(push_button, kind="link")
        self._line(self.tr("Full name"), "name", edit(self.tr("Edit…"), self._edit_name))
        self._line(self.tr("Login"), "login")
        self._line(self.tr("E-mail"), "email")
        self._line(self.tr("Roles"), "roles")
        self._line(self.tr("Company"), "company")
        self._line(self.tr("Phone"), "phone", edit(self.tr("Change…"), self._edit_phone))

    def _line(self, title: str, name: str, button: QWidget | None = None) -> None:
        label = self.values[name]
        label.setAccessibleDescription(title)
        self.about_me.add_line(title, _beside(label, button) if button else label)

    def _build_security(self) -> None:
        self.security.say(
            self.tr("Change your password from time to time and add a second step to sign in with.")
        )
        self.password_age = muted_label()
        change = push_button(self.tr("Change…"), self._change_password, kind="link")
        self.security.add_line(self.tr("Password"), _beside(self.password_age, change))
        self.factor = StatusLabel()
        self.turn_on = push_button(self.tr("Turn on…"), self._turn_on, kind="link")
        self.turn_off = push_button(self.tr("Turn off…"), self._turn_off, kind="link")
        line = _beside(self.factor, self.turn_on, self.turn_off)
        self.factor_note = self.security.add_line(self.tr("Two-factor authentication"), line)

    def _looks(self) -> SettingsCard:
        card = SettingsCard(self.tr("Appearance and language"))
        commands = self._window.commands
        self.theme_box, self.density_box = QComboBox(), QComboBox()
        for box, titles, now, choose in (
            (self.theme_box, commands.theme_titles(), theme().setting, self._window.set_theme),
            (
                self.density_box,
                commands.density_titles(),
                theme().density,
                self._window.set_density,
            ),
        ):
            for value, title in titles.items():
                box.addItem(title, value)
            box.setCurrentIndex(box.findData(now))
            box.activated.connect(lambda _, b=box, c=choose: c(str(b.currentData())))
        card.add_line(self.tr("Theme"), self.theme_box)
        card.add_line(self.tr("Rows"), self.density_box)
        card.add_line(self.tr("Language"), QLabel("English"))
        card.add_buttons(push_button(self.tr("About Tariffdesk"), self._window.show_about))
        theme().changed.connect(self._follow_looks)
        return card

    def _follow_looks(self) -> None:
        self.theme_box.setCurrentIndex(self.theme_box.findData(theme().setting))
        self.density_box.setCurrentIndex(self.density_box.findData(theme().density))

    # ------------------------------------------------------------------ showing

    def _show_known(self) -> None:
        """Show what the window knows already, before the database is asked."""
        person = self._window.gate.person
        signed_in = person is not None
        self.nobody.setVisible(not signed_in)
        for card in (self.about_me, self.security, self.sessions, self.danger):
            card.setVisible(signed_in)

    def _show(self, found: Found) -> None:
        me, sessions, self._policy, self._can_mail, told = found
        self.me = me
        self.nobody.say(told)
        self.to_security.setVisible(self._window.may("users", "view"))
        if me is None:
            return
        self.avatar.show_person(me.name, picture_of(me.avatar))
        self.remove_picture.setVisible(me.avatar is not None)
        self.name.setText(me.name)
        self.number.setText(self.tr("Account ID: {0}").format(me.user_id))
        texts = (me.name, me.login, me.email, ", ".join(me.roles), me.company, me.phone)
        for label, text in zip(self.values.values(), texts, strict=True):
            label.setText(text or "—")
            needed = label.fontMetrics().horizontalAdvance(text) + 4
            label.setMinimumWidth(min(needed, _WIDEST_VALUE))
        self._show_security(me)
        self._show_sessions(sessions)

    def _show_security(self, me: MyAccount) -> None:
        age = formats.instant(me.password_at) if me.password_at else "—"
        self.password_age.setText(self.tr("changed {0}").format(age))
        on = me.second_factor != "none"
        ways = {
            "none": self.tr("Disabled"),
            "totp": self.tr("Authenticator app"),
            "email": self.tr("Code by mail"),
        }
        self.factor.set_status("ok" if on else "neutral", ways[me.second_factor])
        self.turn_on.setText(self.tr("Change…") if on else self.tr("Turn on…"))
        self.turn_off.setVisible(on and not me.two_factor_locked)
        locked = self.tr("{0} asks all its users for it.").format(me.company)
        self.factor_note.setText(locked if me.two_factor_locked else "")

    def _show_sessions(self, sessions: list[MySession]) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        own = session_id(self.shell.jobs.session)
        for row, one in enumerate(sessions):
            texts = (
                one.address or "—",
                one.device or "—",
                self.tr("since {0}").format(formats.instant(one.started_at)),
            )
            for column, text in enumerate(texts):
                label = QLabel(text)
                label.setTextFormat(Qt.TextFormat.PlainText)
                self.rows.addWidget(label, row, column)
            if one.id == own:
                here = StatusLabel("ok", self.tr("This session"))
                self.rows.addWidget(here, row, 3)
            else:
                end = push_button(self.tr("End"), partial(self._end, [one.id]), kind="link")
                end.setAccessibleName(self.tr("End the session at {0}").format(texts[0]))
                self.rows.addWidget(end, row, 3, Qt.AlignmentFlag.AlignLeft)
        self._others = [s.id for s in sessions if s.id != own]
        self.all_others.setVisible(len(self._others) > 1)

    # ------------------------------------------------------------------ doing

    def choose_picture(self) -> None:
        """Ask for a picture file."""
        dialog = QFileDialog(self, self.tr("Choose a picture"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Pictures (*.png *.jpg *.jpeg)")])
        dialog.fileSelected.connect(self.take_picture)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def take_picture(self, path: str) -> None:
        """Show a picture in its circle, to be cut and saved."""
        self.shell.jobs.run(
            lambda _job: read_picture(_read(path)),
            owner=self,
            done=lambda image: AvatarDialog(self.shell.jobs, image, self.shell.notify, self).open(),
            failed=lambda problem: self.bar.show_message(str(problem), "error"),
        )

    def _save_picture(self, data: bytes | None) -> None:
        self.shell.jobs.change(
            self.tr("Saving the picture"),
            lambda ctx: account.save_avatar(ctx, data),
            owner=self,
            nouns=("account",),
        )

    def _edit_name(self) -> None:
        if self.me is not None:
            NameDialog(self.shell.jobs, self.me, self.shell.notify, self).open()

    def _edit_phone(self) -> None:
        if self.me is not None:
            PhoneDialog(self.shell.jobs, self.me, self).open()

    def _change_password(self) -> None:
        if self.me is not None:
            rules = PasswordRules(self._policy, self.me.names, common_passwords())
            jobs, own = self.shell.jobs, session_id(self.shell.jobs.session)
            PasswordDialog(jobs, rules, own, self.shell.notify, self.shell.copy, self).open()

    def _turn_on(self) -> None:
        if self.me is not None:
            TwoFactorDialog(
                self.shell.jobs,
                self.me,
                session_id(self.shell.jobs.session),
                can_mail=self._can_mail,
                told=self.shell.notify,
                copy=self.shell.copy,
                parent=self,
            ).open()

    def _turn_off(self) -> None:
        jobs = self.shell.jobs
        TwoFactorOffDialog(jobs, session_id(jobs.session), self.shell.notify, self).open()

    def _end_others(self) -> None:
        self._end(self._others)

    def _end(self, ids: list[int]) -> None:
        title = self.tr("End session") if len(ids) == 1 else self.tr("End sessions")
        question = Question(
            self.window(), title, self.tr("Who works there is asked to sign in again."), yes=title
        )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered(_: int) -> None:
            if question.answer == YES:
                self.shell.jobs.change(
                    title,
                    lambda ctx: account.end_my_sessions(ctx, ids),
                    owner=self,
                    done=self.shell.notify,
                    nouns=("account",),
                )

        question.finished.connect(answered)
        question.open()

    def _delete(self) -> None:
        DeleteDialog(self.shell.jobs, self._deleted, self).open()

    def _deleted(self) -> None:
        self._window.gate.account_deleted()


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise UserError(f"{path} can't be read ({problem.strerror}): choose another.") from None


def _value() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setContentsMargins(0, 3, 0, 0)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def _beside(*parts: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return box
