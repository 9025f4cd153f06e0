"""The words and tones of changes and remarks, the same in every tab of the wizard."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CHANGES = ("new", "increased", "decreased", "changed", "unchanged", "removed")
"""What may become of a rate, in the order in which it is told."""

SEVERITIES = ("error", "warning", "info")


def change_words() -> dict[str, tuple[str, str]]:
    """Return change → (tone, word); an increase is not an error."""
    return {
        "new": ("ok", _tr("New")),
        "increased": ("warn", _tr("▲ Increased")),
        "decreased": ("info", _tr("▼ Decreased")),
        "changed": ("warn", _tr("Changed")),
        "unchanged": ("neutral", _tr("Unchanged")),
        "removed": ("error", _tr("Closed")),
    }


def severity_words() -> dict[str, tuple[str, str]]:
    """Return severity → (tone, word)."""
    return {
        "error": ("error", _tr("Error")),
        "warning": ("warn", _tr("Warning")),
        "info": ("info", _tr("Note")),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChangeWords", text)
