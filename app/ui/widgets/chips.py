"""Chips: active filters that can be taken away, and counts that can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.status import glyph

_WIDEST = 320
_CROSS = 12


class ChipBar(QWidget):
    """Chips of the active filters, then "Clear all" and further actions; wraps, never overflows.

    Hidden while there is no chip and no further action.
    """

    removed = Signal(str)
    """ID of the chip whose cross was clicked, or that had the focus when Delete was pressed."""

    clicked = Signal(str)
    """ID of the chip that was clicked."""

    clear_all = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[_Chip] = []
        self._extra: list[QWidget] = []
        self._clear = push_button(self.tr("Clear all"), self.clear_all.emit, kind="link")
        self._flow = FlowLayout(self)
        self._flow.addWidget(self._clear)
        _grow_downwards(self)
        self._show_parts()

    def set_chips(self, chips: Sequence[tuple[str, str]]) -> None:
        """Show these chips, (ID, text) each, instead of the ones before."""
        if [(c.key, c.text()) for c in self._chips] == list(chips):
            return
        for old in self._chips:
            _drop(self._flow, old)
        self._chips = [_Chip(key, text, self) for key, text in chips]
        self._arrange()

    def chips(self) -> list[tuple[str, str]]:
        """Return the chips shown as (ID, text)."""
        return [(c.key, c.text()) for c in self._chips]

    def add_action(self, title: str, slot: Callable[[], object]) -> QPushButton:
        """Add a link behind "Clear all", e.g. "Save view…"; shown with the chips."""
        button = push_button(title, slot, kind="link")
        self._extra.append(button)
        self._arrange()
        return button

    def _arrange(self) -> None:
        while self._flow.takeAt(0) is not None:
            pass
        for widget in (*self._chips, self._clear, *self._extra):
            self._flow.addWidget(widget)
        previous: QWidget | None = None
        for widget in (*self._chips, self._clear, *self._extra):
            if previous is not None:
                QWidget.setTabOrder(previous, widget)
            previous = widget
        self._flow.invalidate()  # widgets that are shown already ask for no place
        self._show_parts()

    def _show_parts(self) -> None:
        self._clear.setVisible(bool(self._chips))
        for button in self._extra:
            button.setVisible(bool(self._chips))
        self.setVisible(bool(self._chips))
        self.updateGeometry()


class _Chip(QFrame):
    """One filter: its text, which may be clicked, and a cross."""

    def __init__(self, key: str, text: str, bar: ChipBar) -> None:
        super().__init__(bar)
        self.key = key
        self._bar = bar
        self._full = text
        set_mark(self, "chip", True)
        self._words = QToolButton()
        self._words.setText(
            self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST)
        )
        self._words.setToolTip(text)
        self._words.setAutoRaise(True)
        self._words.setAccessibleName(text)
        self._words.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._words.clicked.connect(lambda: bar.clicked.emit(key))
        self._cross = icon_button("close", bar.tr("Remove filter %1").replace("%1", text))
        self._cross.setIconSize(QSize(_CROSS, _CROSS))
        self._cross.clicked.connect(lambda: bar.removed.emit(key))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 2, 0)
        row.setSpacing(0)
        row.addWidget(self._words)
        row.addWidget(self._cross)
        self.setFocusProxy(self._words)
        self.show()

    def text(self) -> str:
        return self._full

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._bar.removed.emit(self.key)
        else:
            super().keyPressEvent(event)


class CountChips(QWidget):
    """Kinds with their counts, e.g. "New 12 · Up 3": one of them, or all, is chosen.

    Choosing the chosen one again chooses all (None). Kinds without rows can't be chosen.
    """

    chosen = Signal(object)
    """ID of the kind, None for all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QPushButton] = {}
        self._chosen: str | None = None
        self._flow = FlowLayout(self)
        _grow_downwards(self)

    def set_counts(self, counts: Sequence[tuple[str, str, int, str]]) -> None:
        """Show (ID, title, count, tone) for each kind; tone "" has no sign."""
        if [key for key, *_ in counts] != list(self._buttons):
            for old in self._buttons.values():
                _drop(self._flow, old)
            self._buttons = {key: self._button(key) for key, *_ in counts}
        for key, title, count, tone in counts:
            sign = f"{glyph(tone)} " if tone else ""
            button = self._buttons[key]
            button.setText(f"{sign}{title}  {formats.number(count)}")
            button.setAccessibleName(f"{title}: {formats.number(count)}")
            button.setEnabled(count > 0 or key == self._chosen)
            set_mark(button, "tone", tone)
        self.updateGeometry()

    def value(self) -> str | None:
        """Return the ID of the chosen kind, None for all."""
        return self._chosen

    def choose(self, key: str | None) -> None:
        """Choose a kind, or all; :attr:`chosen` tells it."""
        if key != self._chosen:
            self._chosen = key
            self.chosen.emit(key)
        for name, button in self._buttons.items():
            button.setChecked(name == self._chosen)

    def _button(self, key: str) -> QPushButton:
        button = QPushButton(self)
        button.setCheckable(True)
        set_mark(button, "count", True)
        button.clicked.connect(lambda: self.choose(None if self._chosen == key else key))
        self._flow.addWidget(button)
        button.show()
        return button


def _grow_downwards(widget: QWidget) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


def _drop(layout: FlowLayout, widget: QWidget) -> None:
    layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()
