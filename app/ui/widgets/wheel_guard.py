"""The wheel scrolls a form and never changes a field that has no focus (item 28).

The same look at each field gives spin boxes the room before their digits that the style sheet can't
give them.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
)

_GUARDED = (QAbstractSpinBox, QComboBox)
_WHEEL = QEvent.Type.Wheel
_POLISH = QEvent.Type.Polish
_ROOM = 5


class _WheelGuard(QObject):
    """Passes wheel events of unfocused spin boxes and combos on to what scrolls them."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, _GUARDED):  # first: every event of the program comes here
            return False
        kind = event.type()
        if kind == _WHEEL and not watched.hasFocus():
            event.ignore()
            return True
        if kind == _POLISH:
            _prepare(watched)
        return False


def _prepare(field: QAbstractSpinBox | QComboBox) -> None:
    # Theirs is WheelFocus: the wheel itself would give them the focus first.
    if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if isinstance(field, QSpinBox | QDoubleSpinBox):
        line = field.findChild(QLineEdit)
        if line is not None:
            line.setTextMargins(_ROOM, 0, 0, 0)


def install(app: QApplication) -> None:
    """Guard all fields of the application, those to come too; once is enough."""
    if app.findChild(_WheelGuard) is None:
        app.installEventFilter(_WheelGuard(app))
