"""The shown value of a field: text to read and copy, or a link that the keyboard opens too."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.look.theme import theme

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ValueLabel(QLabel):
    """A wrapped text. Qt's own links keep Tab to themselves, so a link here is one stop of it."""

    opened = Signal()
    """The link was clicked, or Enter or Space was pressed on it."""

    def __init__(self, parent: QWidget) -> None:
        self._linked = False
        super().__init__(parent)
        self.setWordWrap(True)
        self.linkActivated.connect(lambda _: self.opened.emit())

    def show_text(self, text: str, *, linked: bool) -> None:
        """Show a text, as a link or plain."""
        flags = Qt.TextInteractionFlag
        self._linked = linked
        self.setTextFormat(Qt.TextFormat.RichText if linked else Qt.TextFormat.PlainText)
        self.setText(f'<a href="#">{escape(text)}</a>' if linked else text)
        if linked:
            self.setTextInteractionFlags(flags.LinksAccessibleByMouse | flags.TextSelectableByMouse)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        else:
            self.setTextInteractionFlags(
                flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
            )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self._linked and event.type() == QEvent.Type.PaletteChange:
            text = self.text()  # keeps the colour that links had when it was set
            self.setText("")
            self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._linked and event.key() in _OPENING:
            self.opened.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._linked and self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme().color("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()
