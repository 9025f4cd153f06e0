"""A message inside a page, between its tool bar and its content; it takes its own room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui import formats
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.widgets.announce import announce
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.status import tone_colors

Action = tuple[str, Callable[[], object]]

ICONS = {"error": "error", "warn": "warning", "info": "info", "ok": "check"}
"""Kind of a message → its icon."""

_BAR = 3


class MessageBar(QFrame):
    """One message with its actions; hidden while there is none."""

    closed = Signal()
    """The person closed it; :meth:`clear` does not tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = "info"
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._buttons: list[QPushButton] = []
        self._close = icon_button("close", self.tr("Close message"), self._closed)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(8)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close)
        theme().changed.connect(self._color)
        self.hide()

    @property
    def kind(self) -> str:
        """Return "error", "warn", "info" or "ok"."""
        return self._kind

    def text(self) -> str:
        """Return the message shown, "" if there is none."""
        return self._text.text()

    def buttons(self) -> list[QPushButton]:
        """Return the buttons of the actions shown."""
        return list(self._buttons)

    def show_message(
        self,
        text: str,
        kind: str = "error",
        actions: Sequence[Action] = (),
        closable: bool = True,
    ) -> None:
        """Show a message instead of the one before. Raises KeyError for an unknown kind."""
        text = formats.with_dates(text)
        self._sign.setAccessibleName(self._kind_word(kind))
        self._kind = kind
        self._text.setText(text)
        self._take_actions(actions)
        self._close.setVisible(closable)
        self._row.setContentsMargins(12, 4, 4 if closable or actions else 12, 4)
        self._color()
        self.setAccessibleName(text)
        self.show()
        announce(self, text, urgent=kind == "error")

    def clear(self) -> None:
        """Hide the bar."""
        self._text.clear()
        self._take_actions(())
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        color, fill = tone_colors(self._kind)
        painter = QPainter(self)
        painter.fillRect(self.rect(), fill)
        painter.fillRect(0, 0, _BAR, self.height(), color)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._close.isVisibleTo(self):
            self._closed()
        else:
            super().keyPressEvent(event)

    def _kind_word(self, kind: str) -> str:
        return {
            "error": self.tr("Error"),
            "warn": self.tr("Warning"),
            "info": self.tr("Note"),
            "ok": self.tr("Done"),
        }[kind]

    def _take_actions(self, actions: Sequence[Action]) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [push_button(title, slot, kind="link") for title, slot in actions]
        for position, button in enumerate(self._buttons):
            self._row.insertWidget(2 + position, button)

    def _color(self) -> None:
        self._sign.setPixmap(
            icon(ICONS[self._kind], self._kind).pixmap(QSize(16, 16), self.devicePixelRatioF())
        )
        self.update()

    def _closed(self) -> None:
        self.clear()
        self.closed.emit()
