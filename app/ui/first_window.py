"""The top-level window: on the screen before anything heavy is loaded, then it holds the rest.

It shows the outline of the main window in the theme's colours at once; the main window is built
after this first paint and put into it, so nothing flickers and nobody looks at nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.ui.look.tokens import TABLES
from app.ui.preferences import Preferences

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

SMALLEST = (960, 600)
USUAL = (1366, 768)
NAVIGATION = 216
"""Width of the navigation until somebody drags its edge."""

_MENU, _TABS, _STATUS = 28, 32, 36
"""Heights of the menu bar, the tabs and the status bar in the outline."""


class FirstWindow(QWidget):
    """The outline, later the main window; asks it before it closes."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._held: MainWindow | None = None
        self.setWindowTitle("Tariffdesk")
        self.setMinimumSize(*SMALLEST)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._outline = _outline(preferences)
        self._column.addWidget(self._outline)
        restore_geometry(self, preferences)

    def hold(self, window: MainWindow) -> None:
        """Show the main window inside; it gives the title and decides about closing."""
        self._outline.hide()
        self._outline.deleteLater()
        self._column.addWidget(window)
        self._held = window
        self.setWindowTitle(window.windowTitle())
        window.windowTitleChanged.connect(self.setWindowTitle)
        window.ended.connect(self._end)
        window.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the main window ask about unsaved edits; it ends this window when it may."""
        if self._held is None:
            event.accept()
        else:
            event.ignore()
            self._held.close()

    def _end(self) -> None:
        self._held = None
        self.hide()


def _outline(preferences: Preferences) -> QWidget:
    """Return the lines of the main window in the colours it had last.

    Only by a style sheet: a palette or a painter would load what takes as long as all of this.
    """
    chosen = str(preferences.get("theme", "system"))
    shown = str(preferences.get("theme_shown", "light")) if chosen == "system" else chosen
    colors = TABLES.get(shown, TABLES["light"])
    frame = QWidget()
    frame.setStyleSheet(
        f"QWidget {{ background: {colors['window']}; }}"
        f"#menu, #tabs {{ border-bottom: 1px solid {colors['border']}; }}"
        f"#side {{ border-right: 1px solid {colors['border']}; }}"
        f"#foot {{ border-top: 1px solid {colors['border']}; }}"
    )
    parts = {name: QFrame(frame) for name in ("menu", "side", "tabs", "page", "foot")}
    for name, part in parts.items():
        part.setObjectName(name)
    for name, height in (("menu", _MENU), ("tabs", _TABS), ("foot", _STATUS)):
        parts[name].setFixedHeight(height)
    parts["side"].setFixedWidth(int(preferences.get("window", {}).get("navigation", NAVIGATION)))
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(0)
    grid.addWidget(parts["menu"], 0, 0, 1, 2)
    grid.addWidget(parts["side"], 1, 0, 2, 1)
    grid.addWidget(parts["tabs"], 1, 1)
    grid.addWidget(parts["page"], 2, 1)
    grid.addWidget(parts["foot"], 3, 0, 1, 2)
    return frame


def restore_geometry(window: QWidget, preferences: Preferences) -> None:
    """Give a window the size and place it had, or the usual size."""
    window.resize(*USUAL)
    stored = preferences.get("window", {}).get("geometry")
    if isinstance(stored, str):
        window.restoreGeometry(QByteArray.fromBase64(stored.encode()))


def geometry_text(window: QWidget) -> str:
    """Return size and place of a window for :func:`restore_geometry`."""
    return bytes(window.saveGeometry().toBase64().data()).decode()
