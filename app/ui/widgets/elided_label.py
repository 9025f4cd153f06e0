"""A line of text that is shortened where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A line that ends in "…" where there is no room; the tooltip holds all of it."""

    def __init__(self, parent: QWidget | None = None, *, middle: bool = False) -> None:
        super().__init__(parent)
        self._whole = ""
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        """Show ``text``."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: object) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        line = self._whole.replace("\n", " ")
        shown = self.fontMetrics().elidedText(line, self._mode, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != line else "")
