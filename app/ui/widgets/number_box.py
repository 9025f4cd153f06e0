"""A spin box with room before its digits, which the style sheet can't give."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

_ROOM = 5


class NumberBox(QSpinBox):
    """Takes a whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_ROOM, 0, 0, 0)
