"""The way of Tab over layouts within layouts, and what asking for it leaves behind."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLayoutItem,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui import focus_order


def test_tab_goes_by_the_layouts_and_keeps_none_of_their_items(qtbot: QtBot) -> None:
    """An item that PySide keeps is taken for what later stands at its place in memory."""
    holder = QWidget()
    qtbot.addWidget(holder)
    c, d, b, e, a = (QLineEdit() for _ in "cdbea")
    column, row, grid = QVBoxLayout(holder), QHBoxLayout(), QGridLayout()
    last = QPushButton()
    column.addWidget(a)
    column.addLayout(row)
    row.addWidget(b)
    row.addWidget(c)
    column.addStretch(1)
    column.addLayout(grid)
    grid.addWidget(e, 1, 0)
    grid.addWidget(d, 0, 1)
    column.addWidget(last)
    holder.show()
    before = _items()
    assert focus_order.stops(holder) == [a, b, c, d, e, last]
    assert _items() == before


def test_the_keyboard_stays_near_what_was_disabled_under_it(qtbot: QtBot) -> None:
    holder, page = QWidget(), QWidget()
    qtbot.addWidget(holder)
    menu, asked, beside = (QLineEdit() for _ in range(3))
    column, inner = QVBoxLayout(holder), QHBoxLayout(page)
    for widget in (menu, page):
        column.addWidget(widget)
    for widget in (asked, beside):
        inner.addWidget(widget)
    holder.show()
    asked.setEnabled(False)
    assert focus_order.step(holder, asked, forward=True)
    assert holder.focusWidget() is beside


def _items() -> int:
    return sum(isinstance(one, QLayoutItem) for one in shiboken6.getAllValidWrappers())
