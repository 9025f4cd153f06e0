"""Tabs and unsaved edits of one database, kept beside it so that nothing is lost by a crash.

One JSON file per database in the configuration folder, written whole a second after a change. A
window that was closed in order leaves no unsaved edits in it, so any that are found are offered
(item 49).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

SAVE_AFTER_MS = 1000
FOLDER = "sessions"


@dataclass(frozen=True, slots=True)
class SavedTab:
    """A tab as the file holds it; ``unsaved`` = its edits, None without any."""

    address: str
    title: str = ""
    icon: str = "file"
    state: dict[str, Any] = field(default_factory=dict)
    unsaved: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SavedSession:
    """All tabs in their order, and the place of the one in front."""

    tabs: tuple[SavedTab, ...] = ()
    active: int = 0

    @property
    def unsaved(self) -> tuple[SavedTab, ...]:
        """Return the tabs with unsaved edits."""
        return tuple(t for t in self.tabs if t.unsaved is not None)


def session_path(folder: Path, place: str, user: int | None = None) -> Path:
    """Return the file for the database ``place`` (a path or a server's name, no password).

    Where people sign in, each ``user`` has a file.
    """
    name = place if user is None else f"{place}\n{user}"
    return folder / FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.json"


def read_session(path: Path) -> SavedSession:
    """Return what was saved; an empty session for no file or one that can't be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        tabs = tuple(SavedTab(**tab) for tab in data["tabs"])
        return SavedSession(tabs, int(data["active"]))
    except (OSError, ValueError, TypeError, KeyError):
        return SavedSession()


def write_session(path: Path, session: SavedSession) -> None:
    """Write the file whole or not at all; a full disk costs the memory, not the work."""
    text = json.dumps(asdict(session), ensure_ascii=False)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)


class SessionFile(QObject):
    """Saves what ``collect`` returns soon after :meth:`touch`, in a thread of its own."""

    def __init__(
        self, path: Path, collect: Callable[[], SavedSession], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._collect = collect
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="session-file")
        self._writing: Future[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save)

    def touch(self) -> None:
        """Take note that something changed; changes within a second are written together."""
        if not self._timer.isActive():
            self._timer.start()

    def close(self, *, collect: bool = True) -> None:
        """Write the last state and end the thread."""
        self._timer.stop()
        if collect:
            self._writer.submit(write_session, self._path, self._collect())
        self._writer.shutdown(wait=True)

    def _save(self) -> None:
        if self._writing is not None and not self._writing.done():
            self._timer.start()  # a slow disk: the next state will do
            return
        self._writing = self._writer.submit(write_session, self._path, self._collect())
