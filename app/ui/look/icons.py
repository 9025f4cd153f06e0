"""Icons of the program: stroke drawings in resources/icons, coloured by the theme when painted.

An icon asks the theme each time it is painted, so buttons and menus follow a change of theme
without being told.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.ui.look.theme import ICON_SIZE, theme

NAMES = (
    "services", "tree", "import", "export", "search", "filter", "clear", "plus", "minus", "edit",
    "copy", "paste", "cut", "trash", "archive", "undo", "redo", "save", "close", "check",
    "warning", "error", "info", "help", "home", "settings", "database", "server", "sample",
    "theme", "rows", "columns", "freeze", "star", "star-filled", "chevron-right", "chevron-down",
    "chevron-left", "chevron-up", "up", "down", "drag", "link", "calendar", "clock", "history",
    "compare", "price", "scale", "free", "blocked", "others", "play", "stop", "refresh", "file",
    "folder", "keyboard", "menu", "more", "user", "profile", "dictionary", "list", "vendor",
    "answers", "pin", "eye", "eye-off", "jump", "sum", "group", "bank", "company", "legal",
    "agreement", "enabled", "pack", "bundle", "account", "users", "role", "audit", "lock", "mail",
    "checklist", "key", "sign-out", "reseller",
)  # fmt: skip
"""Every icon there is."""

_TOKENS = {
    QIcon.Mode.Normal: "icon",
    QIcon.Mode.Active: "text",
    QIcon.Mode.Disabled: "disabled",
    QIcon.Mode.Selected: "selection_text",
}


def icon(name: str, tint: str = "") -> QIcon:
    """Return an icon by name; ``tint`` is a token for its normal state ("" = icon grey).

    Raises KeyError for a name that is not in ``NAMES``.
    """
    if name not in NAMES:
        raise KeyError(name)
    return _icon(name, tint)


def pixmap(name: str, size: int = ICON_SIZE, tint: str = "icon", ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture ``size`` pixels wide at a screen's ``ratio``."""
    picture = _picture(name, round(size * ratio), theme().hex(tint))
    result = QPixmap(picture)
    result.setDevicePixelRatio(ratio)
    return result


@cache
def _icon(name: str, token: str) -> QIcon:
    return QIcon(_Drawing(name, token))


@cache
def _source(name: str) -> str:
    return files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=2000)
def _picture(name: str, side: int, color: str) -> QPixmap:
    """Return the drawing of an icon as a square of ``side`` device pixels."""
    svg = _source(name).replace("currentColor", color)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return QPixmap.fromImage(image)


class _Drawing(QIconEngine):
    """Paints one drawing in the colour that the theme has for the state asked for."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._drawn = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon in the middle of ``rect``."""
        side = min(rect.width(), rect.height())
        ratio = painter.device().devicePixelRatioF()
        picture = QPixmap(self._pixmap(round(side * ratio), mode))
        picture.setDevicePixelRatio(ratio)
        left = rect.x() + (rect.width() - side) // 2
        painter.drawPixmap(QPoint(left, rect.y() + (rect.height() - side) // 2), picture)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon as large as ``size`` (device pixels) allows."""
        return self._pixmap(min(size.width(), size.height()), mode)

    def clone(self) -> QIconEngine:
        """Return another painter of the same icon."""
        return _Drawing(self._drawn, self._token)

    def _pixmap(self, side: int, mode: QIcon.Mode) -> QPixmap:
        token = _TOKENS[mode]
        if self._token and mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
            token = self._token
        return _picture(self._drawn, max(side, 1), theme().hex(token))
