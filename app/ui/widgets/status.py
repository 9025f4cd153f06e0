"""A status as shape, word and colour: painted in rows and shown as a label (item 33).

The shapes are drawn, not written, so that no font has to hold them.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.look.theme import theme
from app.ui.look.tokens import TONES

_GLYPHS = {"ok": "●", "warn": "◐", "error": "✕", "info": "◷", "neutral": "○"}
_SIDE = 9
_PAD = 7
_GAP = 6
_HEIGHT = 18
_ROUND = 9


def glyph(tone: str) -> str:
    """Return the sign of a tone, for plain text; unknown tones count as neutral."""
    return _GLYPHS[_known(tone)]


def tone_colors(tone: str) -> tuple[QColor, QColor]:
    """Return the text and the fill colour of a tone."""
    known = _known(tone)
    return theme().color(known), theme().color(f"{known}_fill")


def status_width(metrics: QFontMetrics, text: str) -> int:
    """Return the width that a painted status needs, pixels."""
    return metrics.horizontalAdvance(text) + _SIDE + _GAP + 2 * _PAD + 1


def paint_status(
    painter: QPainter, rect: QRect, tone: str, text: str, selected: bool = False
) -> None:
    """Paint a status left in ``rect``, in the middle of its height, shortened if it must be.

    The pill keeps its own fill in a selected row, where an edge parts it from the selection.
    """
    color, fill = tone_colors(tone)
    metrics = painter.fontMetrics()
    width = min(status_width(metrics, text), rect.width())
    height = min(max(_HEIGHT, metrics.height()), rect.height())
    pill = QRectF(rect.x(), rect.y() + (rect.height() - height) / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
    paint_glyph(painter, QPointF(pill.x() + _PAD + _SIDE / 2, pill.center().y()), tone)
    room = int(width - 2 * _PAD - _SIDE - _GAP) + 1
    left = int(pill.x()) + _PAD + _SIDE + _GAP
    painter.setPen(color)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
    painter.drawText(
        QRect(left, rect.y(), max(room, 0), rect.height()),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        shown,
    )
    painter.restore()


def paint_glyph(painter: QPainter, center: QPointF, tone: str) -> None:
    """Paint the sign of a tone around ``center``, 9 pixels wide."""
    color = tone_colors(tone)[0]
    half = _SIDE / 2 - 0.75
    circle = QRectF(center.x() - half, center.y() - half, 2 * half, 2 * half)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.5, c=Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    known = _known(tone)
    if known == "error":
        reach = half - 0.5
        painter.drawLine(center + QPointF(-reach, -reach), center + QPointF(reach, reach))
        painter.drawLine(center + QPointF(-reach, reach), center + QPointF(reach, -reach))
    else:
        if known == "ok":
            painter.setBrush(color)
        painter.drawEllipse(circle)
        if known == "warn":
            painter.setBrush(color)
            painter.drawPie(circle, 90 * 16, 180 * 16)
        if known == "info":
            painter.drawLine(center, center + QPointF(0, -half + 1.5))
            painter.drawLine(center, center + QPointF(half - 1.5, 0))
    painter.restore()


def _known(tone: str) -> str:
    return tone if tone in TONES else "neutral"


class StatusLabel(QLabel):
    """A status outside of a list; its text is the word, so screen readers read it."""

    def __init__(self, tone: str = "neutral", text: str = "", parent: QWidget | None = None):
        super().__init__(text, parent)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def tone(self) -> str:
        """Return the tone shown."""
        return self._tone

    def set_status(self, tone: str, text: str) -> None:
        """Show another status."""
        self._tone = tone
        self.setText(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(status_width(metrics, self.text()), max(_HEIGHT, metrics.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 48), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text():
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        paint_status(painter, self.rect(), self._tone, self.text())
        painter.end()
