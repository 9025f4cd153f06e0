"""Buttons in their few kinds: primary, dangerous, a link in text, an icon alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import ICON_SIZE

Slot = Callable[[], object]


def push_button(
    text: str, slot: Slot | None = None, *, kind: str = "", icon_name: str = ""
) -> QPushButton:
    """Return a push button; ``kind`` is "", "primary", "danger" or "link"."""
    button = QPushButton(text)
    if kind:
        set_mark(button, kind, True)
    if kind == "link":
        button.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon_name:
        tints = {"primary": "accent_text", "danger": "danger_text"}
        button.setIcon(icon(icon_name, tints.get(kind, "")))
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    if slot is not None:
        button.clicked.connect(lambda *_: slot())
    return button


def icon_button(
    icon_name: str, name: str, slot: Slot | None = None, *, parent: QWidget | None = None
) -> QToolButton:
    """Return a button of an icon alone; ``name`` is its tooltip and its accessible name."""
    button = QToolButton(parent)
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setAutoRaise(True)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if slot is not None:
        button.clicked.connect(lambda *_: slot())
    return button
