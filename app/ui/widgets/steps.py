"""The numbered steps of a wizard: where one is, what is done, where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.ui.look.fonts import strong_font
from app.ui.look.icons import pixmap
from app.ui.look.theme import theme

STATES = ("done", "current", "open", "problem")
_CIRCLE = 22
_PAD = 8
_LINE = 28


class StepBar(QWidget):
    """Steps beside each other; those allowed can be clicked or reached with the arrow keys."""

    chosen = Signal(int)
    """Index of the step that was chosen; the bar itself stays as it is until told."""

    def __init__(self, titles: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[_Step] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Steps"))
        theme().changed.connect(self.update)
        self.set_steps(titles)

    def set_steps(self, titles: Sequence[str]) -> None:
        """Show these steps, all open, the first the current one."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._steps = [_Step(self, index, title) for index, title in enumerate(titles)]
        for step in self._steps:
            if step.index:
                self._row.addWidget(_Line(), 1)
            self._row.addWidget(step)
        self._row.addStretch(2)
        if self._steps:
            self.set_current(0)

    def count(self) -> int:
        """Return how many steps there are."""
        return len(self._steps)

    def current(self) -> int:
        """Return the index of the current step, -1 without steps."""
        return next((s.index for s in self._steps if s.is_current), -1)

    def state(self, index: int) -> str:
        """Return "done", "current", "open" or "problem" of a step."""
        step = self._steps[index]
        return "current" if step.is_current and step.state != "problem" else step.state

    def set_state(
        self, index: int, state: str, *, allowed: bool | None = None, reason: str = ""
    ) -> None:
        """Mark a step; ``allowed`` = may be chosen, ``reason`` = why not, or what is wrong.

        Raises ValueError for an unknown state.
        """
        if state not in STATES:
            raise ValueError(f"unknown state {state!r}")
        step = self._steps[index]
        if state == "current":
            self.set_current(index)
        else:
            step.state = state
        if allowed is not None:
            step.setEnabled(allowed)
        step.setToolTip(reason)
        step.tell()

    def set_current(self, index: int) -> None:
        """Move the mark of the current step; what the steps are otherwise stays."""
        for step in self._steps:
            step.is_current = step.index == index
            step.tell()

    def button(self, index: int) -> QAbstractButton:
        """Return the button of a step."""
        return self._steps[index]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        focused = self.focusWidget()
        if event.key() not in moves or not isinstance(focused, _Step):
            super().keyPressEvent(event)
            return
        way = moves[Qt.Key(event.key())] * (1 if self.isLeftToRight() else -1)
        rest = self._steps[focused.index + way :] if way > 0 else self._steps[: focused.index][::-1]
        target = next((s for s in rest if s.isEnabled()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)


class _Step(QAbstractButton):
    """A circle with a number or a sign, and the step's title."""

    def __init__(self, bar: StepBar, index: int, title: str) -> None:
        super().__init__(bar)
        self.index = index
        self.state = "open"
        self.is_current = False
        self.setText(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: bar.chosen.emit(index))

    def tell(self) -> None:
        """Show and tell the state; the font of the current one is heavier."""
        words = {
            "done": self.tr("done"),
            "open": self.tr("open"),
            "problem": self.tr("has a problem"),
        }
        state = self.tr("current") if self.is_current else words[self.state]
        self.setAccessibleName(f"{self.index + 1}. {self.text()}, {state}")
        self.setFont(strong_font())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_PAD * 3 + _CIRCLE + text + 2, _CIRCLE + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(_PAD * 2 + _CIRCLE, _CIRCLE + 10)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        circle = QRectF(_PAD, (self.height() - _CIRCLE) / 2, _CIRCLE, _CIRCLE)
        edge, fill, ink = self._colors()
        painter.setPen(QPen(edge, 1.5))
        painter.setBrush(fill)
        painter.drawEllipse(circle.adjusted(0.75, 0.75, -0.75, -0.75))
        self._paint_sign(painter, circle, ink)
        room = QRect(_CIRCLE + 2 * _PAD, 0, self.width() - _CIRCLE - 2 * _PAD - 2, self.height())
        painter.setFont(self.font())
        painter.setPen(theme().color("text" if self.is_current else "muted"))
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, max(room.width(), 0)
            ),
        )
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        hovered = self.underMouse() and self.isEnabled()
        if not hovered and not self.hasFocus():
            return
        pen = QPen(theme().color("focus"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen
        painter.setPen(pen)
        painter.setBrush(theme().color("hover") if hovered else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _paint_sign(self, painter: QPainter, circle: QRectF, ink: str) -> None:
        if self.state == "problem" or (self.state == "done" and not self.is_current):
            name = "warning" if self.state == "problem" else "check"
            sign = pixmap(name, 14, ink, self.devicePixelRatioF())
            painter.drawPixmap(int(circle.x()) + 4, int(circle.y()) + 4, sign)
            return
        painter.setFont(strong_font())
        painter.setPen(theme().color(ink))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self.index + 1))

    def _colors(self) -> tuple[QColor, QColor, str]:
        """Return edge, fill and the token of what stands in the circle."""
        color = theme().color
        if self.state == "problem":
            return color("error"), color("error_fill"), "error"
        if self.is_current:
            return color("accent"), color("accent"), "accent_text"
        if self.state == "done":
            return color("ok"), color("ok_fill"), "ok"
        return color("input_border"), color("base"), "muted"


class _Line(QWidget):
    """The line between two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(8)
        self.setMaximumWidth(_LINE * 2)
        self.setFixedHeight(_CIRCLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(theme().color("border"), 1.5))
        middle = self.height() / 2
        painter.drawLine(2, round(middle), self.width() - 2, round(middle))
        painter.end()
