"""The wheel scrolls a form and never changes a field that has no focus (item 28).

Only windows and the fields that the wheel once turned over are watched: a filter on the whole
application would see every event of the program, and opening a page would take half as long again.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent, QWindow
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget

_GUARDED = (QAbstractSpinBox, QComboBox)


class _WheelGuard(QObject):
    """Passes wheel events of unfocused spin boxes and combos on to what scrolls them."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusWindowChanged.connect(self.watch)

    def watch(self) -> None:
        """Watch all windows there are; a new one takes the focus before anybody scrolls in it."""
        for window in QApplication.allWindows():
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QWheelEvent):
            return False
        if isinstance(watched, QWindow):
            self._guard_field(watched, event)
            return False
        if isinstance(watched, _GUARDED) and not watched.hasFocus():
            event.ignore()
            return True
        return False

    def _guard_field(self, window: QWindow, event: QWheelEvent) -> None:
        """Guard the field under the wheel, before the event reaches it."""
        top = QWidget.find(window.winId())
        widget = top.childAt(event.position().toPoint()) if top is not None else None
        while widget is not None and not isinstance(widget, _GUARDED):
            widget = widget.parentWidget()
        if widget is not None:
            # Theirs is WheelFocus: the wheel itself would give them the focus first.
            if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self)


def install(app: QApplication) -> None:
    """Guard all fields of the application, those to come too; once is enough."""
    if app.findChild(_WheelGuard) is None:
        _WheelGuard(app).watch()
