"""Showing what is shown only once: a code to hand over, in a box with Copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.records import NewRecord, WithSecret
from app.ui.look.fonts import heading_font
from app.ui.look.sign import Sign
from app.ui.widgets.buttons import push_button

if TYPE_CHECKING:
    from app.ui.pages import Shell

WIDTH = 480
MOST_LINES = 10


class SecretDialog(QDialog):
    """A sentence, the secret in a box that can be copied, and a button that closes for good."""

    def __init__(
        self, sentence: str, secret: str, copy: Callable[[str], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Shown only once"))
        self._secret, self._copy = secret, copy
        heading = QLabel(self.windowTitle())
        heading.setFont(heading_font())
        words = QLabel(sentence)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.box = QPlainTextEdit(secret)
        self.box.setReadOnly(True)
        self.box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.box.setAccessibleName(self.tr("One-time code"))
        self.box.setTabChangesFocus(True)
        lines = min(secret.count("\n") + 1, MOST_LINES)
        self.box.setFixedHeight(lines * self.box.fontMetrics().lineSpacing() + 20)
        self.copied = QLabel(self.tr("Copied"))
        self.copied.setProperty("tone", "ok")
        self.copied.hide()
        self.copy_button = push_button(
            self.tr("Copy"), self._take, kind="primary", icon_name="copy"
        )
        self.close_button = push_button(self.tr("Close"), self.accept)
        self._lay_out(heading, words)
        self.setMinimumWidth(WIDTH)
        self.resize(WIDTH, self._outer.totalHeightForWidth(WIDTH))
        self.copy_button.setFocus()

    def _lay_out(self, heading: QLabel, words: QLabel) -> None:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(words)
        column.addWidget(self.box)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(Sign("key", "info", side=24), 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(column, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for part in (self.copied, self.copy_button, self.close_button):
            row.addWidget(part)
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(16)
        outer.addLayout(body)
        outer.addLayout(row)

    def _take(self) -> None:
        self._copy(self._secret)
        self.copied.show()
        self.close_button.setFocus()


def tell_outcome(shell: Shell, parent: QWidget, outcome: object) -> None:
    """Tell what a command or a new record says: in a toast, in a dialog where it made a secret."""
    told = outcome.told if isinstance(outcome, NewRecord) else outcome
    if isinstance(told, WithSecret) and told.secret:
        SecretDialog(str(told), told.secret, shell.copy, parent.window()).open()
    elif isinstance(told, str) and told:
        shell.notify(str(told))
