"""What people said about columns of files: taken for the next file with the same headings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.preferences import Preferences

MOST = 200
"""Headings that are remembered for one list; the oldest are forgotten."""


def known_columns(preferences: Preferences, name: str, titles: Collection[str]) -> dict[str, str]:
    """Return {heading: title of a field, or "" to leave it out} of the list ``name``."""
    stored = preferences.get(f"load/{name}") or {}
    if not isinstance(stored, dict):
        return {}
    return {str(h): str(t) for h, t in stored.items() if t == "" or t in titles}


def remember_columns(preferences: Preferences, name: str, columns: Mapping[str, str]) -> None:
    """Keep what was said about the columns of the list ``name``."""
    preferences.set(f"load/{name}", dict(list(columns.items())[-MOST:]))
