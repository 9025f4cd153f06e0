"""A line for a password: unseen, with an eye to look at it and a word when Caps Lock is on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.ui.look.fonts import small_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import icon_button


class SecretLine(QLineEdit):
    """A line edit that shows dots and notices Caps Lock by what the keys bring."""

    caps_lock = Signal(bool)
    """Whether Caps Lock seems to be on, told after each letter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint
        self.setInputMethodHints(
            hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice whether a letter came in the other case than Shift asks for."""
        text = event.text()
        if len(text) == 1 and text.lower() != text.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(text.isupper() != shift)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock.emit(False)
        super().keyPressEvent(event)


class PasswordLine(QWidget):
    """The line, its eye, and the word about Caps Lock below; the password is never undone into."""

    changed = Signal(str)
    submitted = Signal()
    """Enter was pressed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = SecretLine(self)
        self.line.setAccessibleName(title)
        self.eye = icon_button("eye", "", self._turn)
        self.caps = QLabel(self.tr("Caps Lock is on."))
        self.caps.setFont(small_font())
        set_mark(self.caps, "tone", "warn")
        self.caps.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.eye)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.caps)
        self.setFocusProxy(self.line)
        self.line.caps_lock.connect(self.caps.setVisible)
        self.line.textChanged.connect(self.changed)
        self.line.returnPressed.connect(self.submitted)
        self.reveal(False)

    def text(self) -> str:
        """Return the password as it was typed."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Put a password."""
        self.line.setText(text)

    def clear(self) -> None:
        """Empty the line and hide what is typed next."""
        self.line.clear()
        self.caps.hide()
        self.reveal(False)

    def reveal(self, seen: bool) -> None:
        """Show the password, or dots."""
        modes = QLineEdit.EchoMode
        self.line.setEchoMode(modes.Normal if seen else modes.Password)
        name = self.tr("Hide the password") if seen else self.tr("Show the password")
        self.eye.setIcon(icon("eye-off" if seen else "eye"))
        self.eye.setToolTip(name)
        self.eye.setAccessibleName(name)

    def _turn(self) -> None:
        self.reveal(self.line.echoMode() is QLineEdit.EchoMode.Password)
