"""How mail is sent: server, user, sender, the password of this machine, and a test."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.services.access.mail import MailSettings
from app.ui.access.password_line import PasswordLine
from app.ui.access.settings_page import SettingsCard
from app.ui.widgets.buttons import push_button
from app.ui.widgets.number_box import NumberBox

WIDTH = 300


class MailCard(SettingsCard):
    """A form over the mail settings; the password is written, never shown again."""

    edited = Signal()
    save_wanted = Signal()
    test_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("")
        self.set_title(self.tr("Mail"))
        self.say(
            self.tr(
                "Invitations, codes and new passwords go by mail. The server is told to everybody "
                "who uses this database; its password stays on this machine."
            )
        )
        self.stored = MailSettings()
        self.host, self.user, self.from_line = QLineEdit(), QLineEdit(), QLineEdit()
        self.host.setPlaceholderText("mail.example.com")
        self.from_line.setPlaceholderText("office@example.com")
        self.port = NumberBox()
        self.port.setRange(1, 65535)
        self.port.setGroupSeparatorShown(False)
        self.security = QComboBox()
        for value, title in (
            ("starttls", self.tr("STARTTLS (mostly port 587)")),
            ("tls", self.tr("TLS (mostly port 465)")),
            ("none", self.tr("None – everything can be read on the way")),
        ):
            self.security.addItem(title, value)
        self.password = PasswordLine(self.tr("Password"))
        self.to = QLineEdit()
        self._lay_out()
        for line in (self.host, self.user, self.from_line):
            line.textChanged.connect(self._follow)
        self.password.changed.connect(self._follow)
        self.port.valueChanged.connect(self._follow)
        self.security.currentIndexChanged.connect(self._follow)
        self.show_settings(self.stored, known=False)

    def _lay_out(self) -> None:
        for title, widget, name in (
            (self.tr("Server"), self.host, "host"),
            (self.tr("Port"), self.port, "port"),
            (self.tr("Security"), self.security, "security"),
            (self.tr("User"), self.user, "user"),
            (self.tr("Password"), self.password, "password"),
            (self.tr("Sender"), self.from_line, "sender"),
        ):
            widget.setFixedWidth(96 if widget is self.port else WIDTH)
            self.add_line(title, widget, name)
        self.to.setPlaceholderText(self.tr("Address for a test"))
        self.to.setAccessibleName(self.tr("Address for a test mail"))
        self.to.setFixedWidth(200)
        self.save = push_button(self.tr("Save"), self.save_wanted.emit, kind="primary")
        self.undo = push_button(self.tr("Cancel"), self.discard)
        self.test = push_button(
            self.tr("Send a test mail"), lambda: self.test_wanted.emit(self.to.text().strip())
        )
        for button in (self.save, self.undo):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.to)
        self.buttons.addWidget(self.test)

    def show_settings(self, settings: MailSettings, *, known: bool) -> None:
        """Show the stored settings; ``known`` = this machine has the password."""
        self.stored = settings
        self.password.line.setPlaceholderText(
            self.tr("Kept on this machine") if known and settings.user else ""
        )
        self.discard()

    def discard(self) -> None:
        """Forget the edits."""
        stored = self.stored
        self.host.setText(stored.host)
        self.port.setValue(stored.port)
        self.security.setCurrentIndex(max(self.security.findData(stored.security), 0))
        self.user.setText(stored.user)
        self.from_line.setText(stored.sender)
        self.password.clear()
        self.show_problems({})
        self._follow()

    def settings(self) -> MailSettings:
        """Return what stands in the form."""
        return MailSettings(
            self.host.text().strip(),
            self.port.value(),
            str(self.security.currentData()),
            self.user.text().strip(),
            self.from_line.text().strip(),
        )

    def new_password(self) -> str | None:
        """Return a password that was typed, None to keep the one there is."""
        return self.password.text() or None

    def is_changed(self) -> bool:
        """Return whether something is to be saved."""
        return self.settings() != self.stored or self.new_password() is not None

    def set_usable(self, usable: bool) -> None:
        """Let the form be edited, or read only."""
        for line in (self.host, self.user, self.from_line, self.to):
            line.setReadOnly(not usable)
        for entry in (self.port, self.security, self.password):
            entry.setEnabled(usable)
        for part in (self.save, self.undo, self.test, self.to):
            part.setVisible(usable)

    def values(self) -> dict[str, Any]:
        """Return the edits without the password, for the recovery."""
        now = self.settings()
        return {n: getattr(now, n) for n in ("host", "port", "security", "user", "sender")}

    def put(self, values: dict[str, Any]) -> None:
        """Put edits back."""
        for name, line in (("host", self.host), ("user", self.user), ("sender", self.from_line)):
            line.setText(str(values.get(name, "")))
        self.port.setValue(int(values.get("port", self.stored.port)))
        self.security.setCurrentIndex(max(self.security.findData(values.get("security")), 0))

    def _follow(self, *_: object) -> None:
        changed = self.is_changed()
        self.save.setEnabled(changed)
        self.undo.setEnabled(changed)
        self.test.setEnabled(not changed and bool(self.stored.host))
        self.edited.emit()
