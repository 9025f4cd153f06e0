"""A QR code drawn by Qt: dark on light in both themes, for cameras read nothing else reliably."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.look.tokens import LIGHT

QUIET = 4
"""Empty modules around the code (ISO/IEC 18004)."""

MODULE = 4
"""Pixels of a module."""


class QrCode(QWidget):
    """Shows one text as a QR code."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[bytes] = []
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Draw another text."""
        made = segno.make(text, error="m", micro=False)
        self._rows = [bytes(row) for row in made.matrix]
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size with its quiet edge."""
        side = (len(self._rows) + 2 * QUIET) * MODULE
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the modules."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(LIGHT["base"]))
        dark = QColor(LIGHT["text"])
        side = self.width() / max(len(self._rows) + 2 * QUIET, 1)
        for y, row in enumerate(self._rows):
            for x, module in enumerate(row):
                if module:
                    place = QRectF((x + QUIET) * side, (y + QUIET) * side, side, side)
                    painter.fillRect(place, dark)
        painter.end()
