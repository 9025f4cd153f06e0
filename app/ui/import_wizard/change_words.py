"""The words and tones of changes and remarks, the same in every tab of the wizard."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from app.ui import formats

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
        "stays": ("neutral", _tr("Stays")),
    }


def severity_words() -> dict[str, tuple[str, str]]:
    """Return severity → (tone, word)."""
    return {
        "error": ("error", _tr("Error")),
        "warning": ("warn", _tr("Warning")),
        "info": ("info", _tr("Note")),
    }


def change_name(kind: str) -> str:
    """Return the word of a change without its sign, for use inside a sentence."""
    return change_words()[kind][1].lstrip("▲▼ ").lower()


def row_count(count: int) -> str:
    """Return "1 row" or "12 rows"."""
    if count == 1:
        return _tr("1 row")
    return _tr("{count} rows").format(count=formats.number(count))


def shown_path(path: str) -> str:
    r"""Return a path of names (``A/B``, a slash in a name as ``\/``) as a person reads it."""
    return " › ".join(part.replace(r"\/", "/") for part in re.split(r"(?<!\\)/", path))


def sentence_case(text: str) -> str:
    """Return a remark with a capital first letter, unless it begins with a file's name."""
    first = text.partition(" ")[0]
    if "_" in first or "." in first.rstrip(".:"):
        return text
    return text[:1].upper() + text[1:]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ChangeWords", text)
