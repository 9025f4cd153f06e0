"""Price lists imported lately, remembered by the window with their vendor and service."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.preferences import Preferences

PREFERENCE = "import/recent"
MOST = 20


@dataclass(frozen=True, slots=True)
class RecentList:
    """A file that was opened for an import."""

    file: str
    vendor: str = ""
    service: str = ""


def recent_lists(preferences: Preferences, vendor: str = "") -> list[RecentList]:
    """Return the lists opened lately, newest first, those of ``vendor`` before the others."""
    stored = preferences.get(PREFERENCE) or []
    known = [
        RecentList(str(d.get("file", "")), str(d.get("vendor", "")), str(d.get("service", "")))
        for d in stored
        if isinstance(d, dict) and d.get("file")
    ]
    return sorted(known, key=lambda r: bool(vendor) and r.vendor != vendor)


def remember_list(preferences: Preferences, opened: RecentList) -> None:
    """Put a list in front of those opened lately."""
    rest = [r for r in recent_lists(preferences) if r.file != opened.file]
    preferences.set(PREFERENCE, [asdict(r) for r in [opened, *rest][:MOST]])


def forget_lists(preferences: Preferences, folder: Path) -> None:
    """Take the lists of a folder that is going away off those opened lately."""
    kept = [r for r in recent_lists(preferences) if Path(r.file).parent != folder]
    preferences.set(PREFERENCE, [asdict(r) for r in kept])
