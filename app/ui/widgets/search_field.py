"""A search field: tells its text a moment after typing stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.look.icons import icon

DEBOUNCE_MS = 200

_BESIDE = 40
"""Pixels of the magnifier, the frame and their spaces."""


class SearchField(QLineEdit):
    """Line edit with a magnifier and a clear button. Esc clears, Down moves on."""

    searched = Signal(str)
    """The text, 200 ms after the last change; at once on Enter and when it was cleared."""

    moved_down = Signal()
    """Down was pressed: the focus belongs to the results now."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder or self.tr("Search"))
        self.setAccessibleName(placeholder or self.tr("Search"))
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._tell)
        sign = QAction(icon("search", "muted"), self.accessibleName(), self)
        self.addAction(sign, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(icon("close", "muted"), self.tr("Clear"), self)
        self._clear.triggered.connect(self.empty)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)  # after it was added: its button does not look before
        self.textChanged.connect(self._changed)

    def room(self) -> int:
        """Return the pixels that its words need, beside the magnifier."""
        return self.fontMetrics().horizontalAdvance(self.placeholderText()) + _BESIDE

    def empty(self) -> None:
        """Clear the text and tell it at once."""
        self.clear()
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.empty()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        elif key == Qt.Key.Key_Down:
            self._tell()
            self.moved_down.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._timer.start()

    def _tell(self) -> None:
        self._timer.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.searched.emit(self._told)
