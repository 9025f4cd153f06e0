"""Item 28: the wheel over a field that has no focus."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollBar,
    QWidget,
)

from tests.ui.everywhere.reach import told


def turned(root: QWidget) -> Iterator[str]:
    """Turn the wheel over every unfocused field; tell those that changed or took the focus."""
    for kind in (QAbstractSpinBox, QComboBox, QAbstractSlider):
        for field in root.findChildren(kind):
            if isinstance(field, QScrollBar) or field.hasFocus():
                continue
            if not field.isVisible() or field.visibleRegion().isEmpty():
                continue
            before = _value(field)
            place = field.mapTo(root, field.visibleRegion().boundingRect().center())
            for angle in (120, -240):
                QTest.wheelEvent(root.windowHandle(), place, QPoint(0, angle))
                QApplication.processEvents()
            if _value(field) != before or field.hasFocus():
                yield f"the wheel changed {told(field)}"


def _value(field: QWidget) -> object:
    if isinstance(field, QComboBox):
        return field.currentIndex(), field.currentText()
    return field.text() if isinstance(field, QAbstractSpinBox) else field.value()  # type: ignore[attr-defined]
