"""Frames and titles that part a page into its pieces."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.look.fonts import heading_font, title_font
from app.ui.look.marks import set_mark

_SHORTEST = 120
"""Pixels that a title in one line needs at least."""


class Card(QFrame):
    """A framed piece with a title; add widgets to ``body``, small buttons to ``head``."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_mark(self, "panel", True)
        self._title = SectionTitle(title)
        self.head = QHBoxLayout()
        self.head.setSpacing(4)
        self.head.addWidget(self._title, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(self.head)
        column.addLayout(self.body, 1)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Show another title; "" hides it."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self.setAccessibleName(title)


class SectionTitle(QLabel):
    """A heading inside a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(heading_font())
        self.setTextFormat(Qt.TextFormat.PlainText)


class PageTitle(QLabel):
    """The title of a page; one line of it ends in "…" where there is no room."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(title_font())
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return least if self.wordWrap() else QSize(min(least.width(), _SHORTEST), least.height())

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_whole()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self._shown())
        painter.end()

    def _tell_whole(self) -> None:
        is_whole = self.wordWrap() or self._shown() == self.text()
        self.setToolTip("" if is_whole else self.text())

    def _shown(self) -> str:
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)


def muted_label(text: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label for what is said beside the main thing."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    set_mark(label, "tone", "muted")
    return label


def separator() -> QFrame:
    """Return a thin horizontal line."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    set_mark(line, "line", True)
    return line
