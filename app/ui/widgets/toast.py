"""Short news of background work over the window's lower right corner, three at most."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.widgets.announce import announce
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.message_bar import ICONS

SHOWN_MS = 6000
MOST = 3
_MARGIN = 16
_WIDTH = 380


def show_toast(
    parent: QWidget,
    text: str,
    kind: str = "ok",
    action: tuple[str, Callable[[], object]] | None = None,
) -> Toast:
    """Show news over ``parent``; ``kind`` ok, info, warn or error. An error stays until closed."""
    stack = parent.findChild(_Stack, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return (stack or _Stack(parent)).add(text, kind, action)


def toasts(parent: QWidget) -> list[Toast]:
    """Return the toasts shown over ``parent``, the oldest first."""
    stack = parent.findChild(_Stack, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return list(stack.shown) if stack else []


class Toast(QFrame):
    """One piece of news. Hides by itself unless it is an error, hovered or focused."""

    def __init__(
        self,
        stack: _Stack,
        text: str,
        kind: str,
        action: tuple[str, Callable[[], object]] | None,
    ) -> None:
        super().__init__(stack.window_)
        self.kind = kind
        self._stack = stack
        self._sign = QLabel()
        self._text = QLabel(text)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.setFixedWidth(_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(text)
        self._lay_out(action)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._expire)
        if kind != "error":
            self._timer.start()
        theme().changed.connect(self._color)
        self._color()

    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def dismiss(self) -> None:
        """Take it away."""
        self._timer.stop()
        self._stack.drop(self)

    def _lay_out(self, action: tuple[str, Callable[[], object]] | None) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._text)
        if action is not None:
            title, slot = action
            self.button = push_button(title, lambda: self._act(slot), kind="link")
            words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 8, 10)
        row.setSpacing(10)
        close = icon_button("close", self.tr("Close message"), self.dismiss)
        for beside in (self._sign, self._text):  # one line stands level with the cross
            beside.setMinimumHeight(close.sizeHint().height())
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def _act(self, slot: Callable[[], object]) -> None:
        self.dismiss()
        slot()

    def _expire(self) -> None:
        focused = self.window().focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start()
        else:
            self.dismiss()

    def _color(self) -> None:
        self._sign.setPixmap(
            icon(ICONS[self.kind], self.kind).pixmap(QSize(16, 16), self.devicePixelRatioF())
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("border"), 1))
        painter.setBrush(theme().color("panel"))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(self.kind))
        painter.drawRoundedRect(QRectF(5, 8, 3, self.height() - 16), 1.5, 1.5)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.kind != "error":
            self._timer.start()
        super().leaveEvent(event)


class _Stack(QObject):
    """The toasts of one window and where they are."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window_ = window
        self.shown: list[Toast] = []
        window.installEventFilter(self)

    def add(self, text: str, kind: str, action: tuple[str, Callable[[], object]] | None) -> Toast:
        """Show one more; the oldest that is no error makes room."""
        while len(self.shown) >= MOST:
            self.drop(next((t for t in self.shown if t.kind != "error"), self.shown[0]))
        toast = Toast(self, text, kind, action)
        self.shown.append(toast)
        toast.show()
        self.place()
        announce(toast, text, urgent=kind == "error")
        return toast

    def drop(self, toast: Toast) -> None:
        """Take one away and let the others close up."""
        if toast in self.shown:
            self.shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self.place()

    def place(self) -> None:
        """Put the toasts over the corner, the newest at the bottom."""
        bottom = self.window_.height() - _MARGIN - self._status_height()
        for toast in reversed(self.shown):
            height = toast.heightForWidth(_WIDTH)
            toast.resize(_WIDTH, height)
            bottom -= height
            toast.move(QPoint(self.window_.width() - _WIDTH - _MARGIN, bottom))
            toast.raise_()
            bottom -= 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def _status_height(self) -> int:
        from PySide6.QtWidgets import QStatusBar

        bar = self.window_.findChild(QStatusBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return bar.height() if bar is not None and bar.isVisible() else 0
