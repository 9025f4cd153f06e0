"""What stands where there is nothing yet: a fact, a hint and what to do next (item 45)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.look.fonts import heading_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button

Choice = tuple[str, Callable[[], object], bool]
"""(title, what it does, whether it is the primary one)."""

_ICON = 40
_WIDEST = 560


class EmptyState(QWidget):
    """A fact, a hint and buttons in the middle of an empty place; takes files where asked to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = "list"
        self._on_files: Callable[[list[str]], object] | None = None
        self._over = False
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._fact = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        set_mark(self._hint, "tone", "muted")
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._lay_out()
        theme().changed.connect(self._color)

    @property
    def on_files(self) -> Callable[[list[str]], object] | None:
        """Return what takes the paths of dropped files; None = files are not taken."""
        return self._on_files

    @on_files.setter
    def on_files(self, take: Callable[[list[str]], object] | None) -> None:
        self._on_files = take
        self.setAcceptDrops(take is not None)
        self.update()

    def fact(self) -> str:
        """Return the fact shown."""
        return self._fact.text()

    def buttons(self) -> list[QPushButton]:
        """Return the buttons of the actions shown."""
        return list(self._buttons)

    def set(
        self, icon_name: str, fact: str, hint: str = "", actions: Sequence[Choice] = ()
    ) -> None:
        """Show a fact, a hint below it and buttons; the primary one is coloured."""
        self._icon_name = icon_name
        self._fact.setText(fact)
        self._fact.setFont(heading_font())
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._put_buttons(actions)
        self._color()

    def _put_buttons(self, actions: Sequence[Choice]) -> None:
        """Make the buttons anew; the first one takes the keyboard that one of the old ones had."""
        before = self._buttons
        self._buttons = [
            push_button(title, slot, kind="primary" if primary else "")
            for title, slot, primary in actions
        ]
        for position, button in enumerate(self._buttons):
            self._row.insertWidget(1 + position, button)
            button.show()  # at once, or it could not take the keyboard
        if self._buttons and any(button.hasFocus() for button in before):
            self._buttons[0].setFocus()
        for button in before:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()

    def _lay_out(self) -> None:
        self._row.addStretch(1)
        self._row.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._fact)
        column.addWidget(self._hint)
        column.addSpacing(8)
        column.addLayout(self._row)
        column.addStretch(3)
        for label in (self._fact, self._hint):
            label.setMinimumWidth(120)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(1)
        outer.addWidget(middle, 20)
        outer.addStretch(1)

    def _color(self) -> None:
        picture = icon(self._icon_name, "muted").pixmap(
            QSize(_ICON, _ICON), self.devicePixelRatioF()
        )
        self._picture.setPixmap(picture)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._on_files is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme().color("focus" if self._over else "border"), 2 if self._over else 1.25)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        if self._over:
            painter.setBrush(theme().color("accent_fill"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), 8, 8)
        painter.end()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event):
            self._hover(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hover(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover(False)
        paths = _files(event)
        if paths and self._on_files is not None:
            event.acceptProposedAction()
            self._on_files(paths)

    def _hover(self, over: bool) -> None:
        self._over = over
        self.update()


def _files(event: QDropEvent) -> list[str]:
    """Return the local files that are dragged."""
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
