"""What the tests of the widgets share: a window that is kept while its test runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QMainWindow,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

KEPT: list[QWidget] = []
"""Windows of the running test, which nothing else holds."""


def shown(qtbot: QtBot, widget: QWidget, width: int = 800, height: int = 300) -> QWidget:
    """Show a widget inside a window of its own and return the window."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(widget)
    column.addStretch(1)
    window.resize(width, height)
    qtbot.addWidget(window)
    KEPT.append(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture(autouse=True)
def _keep_no_window() -> Iterator[None]:
    yield
    KEPT.clear()


@pytest.fixture
def frame(qtbot: QtBot) -> QMainWindow:
    """A main window with a status bar."""
    window = QMainWindow()
    window.statusBar().showMessage("Ready")
    window.resize(900, 600)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window
