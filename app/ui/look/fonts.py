"""The font of the window: the platform's own where it has one, else the bundled one."""

from __future__ import annotations

import os
import sys
from importlib.resources import files

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

VARIABLE = "TARIFFDESK_FONT"
"""Set to "bundled" to use the bundled font anywhere, e.g. for comparable screenshots."""

FAMILY = "Source Sans 3"
FILES = ("SourceSans3-Regular.ttf", "SourceSans3-SemiBold.ttf")
BUNDLED_SIZE = 10.5
"""Point size of the bundled font, whose letters are small for their size."""

SMALLEST_SIZE = 9.0
LARGEST_SYSTEM_SIZE = 11.0
TITLE_SIZE = 15.0


def install(app: QApplication) -> None:
    """Give the application its font, with digits of one width.

    Windows, macOS and a Linux desktop that names a font keep theirs; otherwise, and where
    ``TARIFFDESK_FONT`` says so, the bundled one is used.
    """
    font = app.font()
    if os.environ.get(VARIABLE) == "bundled" or not _has_own_font():
        font = _bundled() or font
    elif font.pointSizeF() > 0:
        font.setPointSizeF(min(max(font.pointSizeF(), SMALLEST_SIZE), LARGEST_SYSTEM_SIZE))
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)


def title_font() -> QFont:
    """Return the font of a page's title."""
    return _semibold(TITLE_SIZE)


def heading_font() -> QFont:
    """Return the font of a heading inside a page: a little larger, semibold."""
    return _semibold(QApplication.font().pointSizeF() + 1.0)


def strong_font() -> QFont:
    """Return the window's font in semibold."""
    return _semibold(QApplication.font().pointSizeF())


def small_font() -> QFont:
    """Return a font one step smaller, never below 9 pt."""
    font = QApplication.font()
    font.setPointSizeF(max(font.pointSizeF() - 1.0, SMALLEST_SIZE))
    return font


def fixed_font() -> QFont:
    """Return a font of one width, for error details and file contents."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(max(QApplication.font().pointSizeF() - 0.5, SMALLEST_SIZE))
    return font


def _semibold(size: float) -> QFont:
    font = QApplication.font()
    font.setPointSizeF(max(size, SMALLEST_SIZE))
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _bundled() -> QFont | None:
    """Return the bundled font, None if its files can't be read."""
    folder = files("resources").joinpath("fonts")
    loaded = [
        QFontDatabase.addApplicationFontFromData(folder.joinpath(name).read_bytes())
        for name in FILES
    ]
    if min(loaded) < 0:
        return None
    font = QFont(FAMILY)
    font.setPointSizeF(BUNDLED_SIZE)
    return font


def _has_own_font() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    # A desktop tells Qt its font through a platform theme; without one Qt takes the first it finds.
    return bool(os.environ.get("XDG_CURRENT_DESKTOP")) and not _is_headless()


def _is_headless() -> bool:
    return QApplication.platformName() in ("offscreen", "minimal", "vnc")
