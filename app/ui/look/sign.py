"""An icon as a part of a layout, in the colours of the theme even after it was switched."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.look.icons import icon
from app.ui.look.theme import theme

SIDE = 16


class Sign(QLabel):
    """Shows one icon; ``tint`` is a token of the theme ("" = icon grey)."""

    def __init__(
        self, name: str, tint: str = "", *, side: int = SIDE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._tint, self._side = name, tint, side
        theme().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        size = QSize(self._side, self._side)
        self.setPixmap(icon(self._name, self._tint).pixmap(size, self.devicePixelRatioF()))
