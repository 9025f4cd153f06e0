"""Properties that the style sheet looks at, set so that a shown widget follows at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_mark(widget: QWidget, name: str, value: str | bool) -> None:
    """Set a style property and let the style look again.

    Known ones: ``tone`` of a label (muted, ok, warn, error, info), ``invalid`` of an input,
    ``primary`` and ``danger`` of a push button, ``link`` of a push button, ``panel`` of a frame.
    """
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
