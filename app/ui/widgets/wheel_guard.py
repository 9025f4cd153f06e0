"""The wheel scrolls a form and never changes a field that has no focus (item 28)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox

_GUARDED = (QAbstractSpinBox, QComboBox)
_WHEEL = QEvent.Type.Wheel
_POLISH = QEvent.Type.Polish


class _WheelGuard(QObject):
    """Passes wheel events of unfocused spin boxes and combos on to what scrolls them."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (_WHEEL, _POLISH) or not isinstance(watched, _GUARDED):
            return False
        if kind == _WHEEL and not watched.hasFocus():
            event.ignore()
            return True
        # Theirs is WheelFocus: the wheel itself would give them the focus first.
        if kind == _POLISH and watched.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            watched.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return False


def install(app: QApplication) -> None:
    """Guard all fields of the application, those to come too; once is enough."""
    if app.findChild(_WheelGuard) is None:
        app.installEventFilter(_WheelGuard(app))
