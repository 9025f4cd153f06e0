"""Warnings below the settings: what is in the way first, each with its reason and a jump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.services.tariffs.import_views import Message
from app.ui import formats
from app.ui.import_wizard.change_words import sentence_case
from app.ui.look.sign import Sign
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.ui.import_wizard.wizard import Wizard

SHOWN = 12
"""Messages listed; the errors tab of the preview has them all."""

_ICONS = {"block": "error", "error": "error", "warning": "warning", "info": "info"}
_TOKENS = {"block": "error", "error": "error", "warning": "warn", "info": "info"}
_RANK = {"block": 0, "error": 1, "warning": 2, "info": 3}


def severity_word(severity: str) -> str:
    """Return how bad a message is, as a screen reader says it."""
    words = {
        "block": QCoreApplication.translate("MessageList", "Stops the import"),
        "error": QCoreApplication.translate("MessageList", "Error"),
        "warning": QCoreApplication.translate("MessageList", "Warning"),
    }
    return words.get(severity, QCoreApplication.translate("MessageList", "Note"))


class MessageLine(QWidget):
    """One message with its sign and, where it has a place, a button that goes there."""

    def __init__(self, message: Message, jump: QPushButton | None, parent: QWidget) -> None:
        super().__init__(parent)
        sign = Sign(_ICONS[message.severity], _TOKENS[message.severity])
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        sign.setAccessibleName(severity_word(message.severity))
        text = QLabel(formats.with_dates(sentence_case(message.text)))
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(text)
        if jump is not None:
            column.addWidget(jump, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)


class MessageList(QWidget):
    """The draft's messages. ``jump_wanted`` gives (row or None, column letter or "")."""

    jump_wanted = Signal(object, str)
    values_wanted = Signal()
    errors_wanted = Signal()

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._lines: list[QWidget] = []
        wizard.drafted.connect(self.show_messages)
        self.show_messages()

    def show_messages(self) -> None:
        """Show the messages of the last draft."""
        for line in self._lines:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = list(self._made())
        for line in self._lines:
            self._layout.addWidget(line)

    def _made(self) -> list[QWidget]:
        draft = self.wizard.draft
        if self.wizard.problem:
            return [self._problem()]
        if draft is None:
            return []
        ranked = sorted(draft.messages, key=lambda m: _RANK[m.severity])
        lines: list[QWidget] = [self._line(m) for m in ranked[:SHOWN]]
        if len(ranked) > SHOWN:
            more = self.tr("{count} more under Preview, Errors").format(count=len(ranked) - SHOWN)
            lines.append(muted_label(more, wrap=True))
        if not lines:
            lines.append(muted_label(self.tr("Nothing to remark."), wrap=True))
        return lines

    def _problem(self) -> QWidget:
        again = push_button(self.tr("Try again"), self.wizard.go_on, kind="link")
        return MessageLine(Message("block", "problem", self.wizard.problem), again, self)

    def _line(self, message: Message) -> QWidget:
        return MessageLine(message, self._jump(message), self)

    def _jump(self, message: Message) -> QPushButton | None:
        if message.kind == "rows":
            return push_button(self.tr("Show the errors"), self.errors_wanted.emit, kind="link")
        if message.kind == "value":
            return push_button(self.tr("Show values"), self.values_wanted.emit, kind="link")
        if message.row is None and not message.column:
            return None
        place = f"{message.column}{message.row or ''}"
        title = self.tr("Show {place}").format(place=place)
        row, column = message.row, message.column
        return push_button(title, lambda: self.jump_wanted.emit(row, column), kind="link")
