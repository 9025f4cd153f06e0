"""The theme in force: token colours, palette, style sheet and density, changed at one place.

Fusion is used everywhere, so that both themes look the same on every platform; the platform is
only asked whether it is dark, where it reports that.
"""

from __future__ import annotations

from importlib.resources import files
from string import Template

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.ui.look.tokens import TABLES

SETTINGS = ("light", "dark", "system")
ROW_HEIGHTS = {"compact": 22, "normal": 24, "comfortable": 30}
"""Density → height of a row in pixels."""

ICON_SIZE = 16
"""Side of an icon in rows, buttons and tool bars, pixels."""

STYLE_FOLDER = "look"
"""Search path of the images that resources/style.qss names."""


class Theme(QObject):
    """Colours and density of the window; one instance, see :func:`theme`."""

    changed = Signal()
    """Colours or density are other ones now; widgets that paint themselves repaint."""

    def __init__(self) -> None:
        super().__init__()
        self._setting = "system"
        self._density = "normal"
        self._app: QApplication | None = None
        self._use("light")

    @property
    def name(self) -> str:
        """Return "light" or "dark": what is shown."""
        return self._name

    @property
    def setting(self) -> str:
        """Return "light", "dark" or "system": what was chosen."""
        return self._setting

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are shown."""
        return self._name == "dark"

    @property
    def density(self) -> str:
        """Return "compact", "normal" or "comfortable"."""
        return self._density

    @property
    def row_height(self) -> int:
        """Return the height of a row in lists, trees and navigation, pixels."""
        return ROW_HEIGHTS[self._density]

    def color(self, token: str) -> QColor:
        """Return the colour of a token of app.ui.look.tokens. Raises KeyError."""
        return QColor(self._colors[token])

    def hex(self, token: str) -> str:
        """Return the colour of a token as ``#rrggbb``, for rich text. Raises KeyError."""
        return TABLES[self._name][token]

    def set_density(self, name: str) -> None:
        """Take another density. Raises KeyError for an unknown one."""
        if ROW_HEIGHTS[name] != self.row_height:
            self._density = name
            self._dress()
            self.changed.emit()

    def apply(self, app: QApplication, name: str) -> None:
        """Show a theme in the whole application: "light", "dark" or "system".

        "system" follows the platform from now on, and is light where it tells nothing.
        """
        if name not in SETTINGS:
            raise ValueError(f"unknown theme {name!r}")
        if self._app is not app:
            self._app = app
            app.setStyle("Fusion")
            QDir.setSearchPaths(STYLE_FOLDER, [str(files("resources").joinpath("style"))])
            app.styleHints().colorSchemeChanged.connect(self._follow)
        self._setting = name
        self._show(self._wanted())

    def _wanted(self) -> str:
        if self._setting != "system" or self._app is None:
            return self._setting if self._setting != "system" else "light"
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def _follow(self) -> None:
        if self._setting == "system" and self._wanted() != self._name:
            self._show(self._wanted())

    def _show(self, name: str) -> None:
        self._use(name)
        self._dress()
        self.changed.emit()

    def _use(self, name: str) -> None:
        self._name = name
        self._colors = {token: QColor(value) for token, value in TABLES[name].items()}

    def _dress(self) -> None:
        if self._app is not None:
            # Without the sheet first: from one sheet to another Qt dresses every widget once for
            # each widget around it, which takes six times as long.
            self._app.setStyleSheet("")
            self._app.setPalette(palette(self))
            self._app.setStyleSheet(style_sheet(self))


def palette(source: Theme) -> QPalette:
    """Return the palette of a theme, with its active, inactive and disabled groups."""
    result = QPalette()
    roles = QPalette.ColorRole
    for role, token in (
        (roles.Window, "window"),
        (roles.WindowText, "text"),
        (roles.Base, "base"),
        (roles.AlternateBase, "alternate"),
        (roles.Text, "text"),
        (roles.Button, "button"),
        (roles.ButtonText, "text"),
        (roles.BrightText, "error"),
        (roles.PlaceholderText, "placeholder"),
        (roles.Highlight, "selection"),
        (roles.HighlightedText, "selection_text"),
        (roles.Accent, "accent"),
        (roles.Link, "link"),
        (roles.LinkVisited, "link"),
        (roles.ToolTipBase, "tooltip"),
        (roles.ToolTipText, "tooltip_text"),
        (roles.Light, "panel"),
        (roles.Midlight, "hover"),
        (roles.Mid, "border"),
        (roles.Dark, "input_border"),
        (roles.Shadow, "shadow"),
    ):
        result.setColor(role, source.color(token))
    disabled = QPalette.ColorGroup.Disabled
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        result.setColor(disabled, role, source.color("disabled"))
    result.setColor(disabled, roles.Base, source.color("window"))
    result.setColor(disabled, roles.Button, source.color("window"))
    result.setColor(disabled, roles.Highlight, source.color("selection_inactive"))
    inactive = QPalette.ColorGroup.Inactive
    result.setColor(inactive, roles.Highlight, source.color("selection_inactive"))
    return result


def style_sheet(source: Theme) -> str:
    """Return resources/style.qss with the theme's colours and row height filled in."""
    text = files("resources").joinpath("style.qss").read_text(encoding="utf-8")
    values = dict(TABLES[source.name], theme=source.name, row=str(source.row_height))
    return Template(text).substitute(values)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    weights = ((color.redF(), 0.2126), (color.greenF(), 0.7152), (color.blueF(), 0.0722))
    return sum(weight * _linear(value) for value, weight in weights)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


_theme: Theme | None = None


def theme() -> Theme:
    """Return the one theme of the program."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme
