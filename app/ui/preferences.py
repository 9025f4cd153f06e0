"""What the window remembers by itself: sizes, columns, views, recent items, tabs, unsaved edits.

One JSON file in the person's configuration folder (``TARIFFDESK_CONFIG`` names another folder),
written whole through a temporary file, so a crash leaves the old one or the new one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QIODevice, QObject, QSaveFile, QStandardPaths, QTimer

FOLDER_VARIABLE = "TARIFFDESK_CONFIG"
SAVE_AFTER_MS = 800


def config_folder() -> Path:
    """Return the folder of the preferences; it need not exist yet."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    # Qt knows the platform's folder already; another library would cost the first paint 15 ms.
    place = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(place)) / "Tariffdesk"


class Preferences(QObject):
    """Named JSON values, e.g. ``list/services`` or ``window``; saved soon after a change."""

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file or config_folder() / "window.json"
        self._values: dict[str, Any] = _read(self._file)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or ``default``."""
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a JSON value; None forgets it."""
        if self._values.get(name) == value:
            return
        if value is None:
            del self._values[name]
        else:
            self._values[name] = value
        self._timer.start()

    def save(self) -> None:
        """Write the file now; a folder that can't be written costs the memory, not the work."""
        self._timer.stop()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        file = QSaveFile(str(self._file))
        if file.open(QIODevice.OpenModeFlag.WriteOnly):
            file.write(json.dumps(self._values, ensure_ascii=False, indent=1).encode())
            file.commit()


def _read(file: Path) -> dict[str, Any]:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
