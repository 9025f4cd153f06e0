"""The path of the current node above the tree; a click selects a node on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.ui.look.marks import set_mark

LONGEST = 220
"""Widest button, pixels; longer names are shortened and told in full by the tooltip."""


class Breadcrumb(QWidget):
    """Buttons from the service down to the current node."""

    chosen = Signal(int)
    """Number of the node that was clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._shown: list[tuple[int, str]] = []
        self.setAccessibleName(self.tr("Path of the node"))
        self.setMinimumWidth(1)

    def show_path(self, path: Sequence[tuple[int, str]]) -> None:
        """Show (number, name) pairs."""
        if list(path) == self._shown:
            return
        self._shown = list(path)
        while self._row.count() > 1:
            taken = self._row.takeAt(0)
            widget = taken.widget() if taken else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, (number, name) in enumerate(path):
            if place:
                arrow = QLabel("›")
                set_mark(arrow, "tone", "muted")
                self._insert(arrow)
            self._insert(self._button(number, name))

    def _insert(self, widget: QWidget) -> None:
        self._row.insertWidget(self._row.count() - 1, widget)

    def _button(self, number: int, name: str) -> QToolButton:
        button = QToolButton()
        text = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, LONGEST)
        button.setText(text.replace("&", "&&"))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.chosen.emit(number))
        return button
