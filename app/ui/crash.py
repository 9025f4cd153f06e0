"""Unexpected exceptions from any thread: logged, told once in the window, survived (item 50)."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, Signal, qVersion

LOG_NAME = "tariffdesk.log"
CRASH_NAME = "crash.log"
LOG_BYTES = 1_000_000
LOG_FILES = 3

_log = logging.getLogger("tariffdesk")


class Faults(QObject):
    """Logs every fault to the folder's rotating file and tells :attr:`happened` about it."""

    happened = Signal(str, str)
    """(what went wrong in short, details to copy)."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._opened = False
        self._handler: logging.Handler | None = None
        self._crashes: IO[str] | None = None

    @property
    def log(self) -> Path:
        """Return the log file."""
        return self._folder / LOG_NAME

    def install(self) -> None:
        """Take what nobody caught, in the window's thread and in others; crashes go to a file."""
        sys.excepthook = self._unhandled
        threading.excepthook = self._unhandled_in_thread
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._crashes = (self._folder / CRASH_NAME).open("a", encoding="utf-8")
        except OSError:
            return
        faulthandler.enable(self._crashes)

    def tell(self, problem: BaseException, doing: str = "") -> None:
        """Log ``problem`` and tell the window; ``doing`` names the job it happened in."""
        details = described(problem, doing)
        self._write(details)
        self.happened.emit(type(problem).__name__, details)

    def close(self) -> None:
        """Close the files; later faults are told but not logged."""
        if self._handler is not None:
            _log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None
        if self._crashes is not None:
            if faulthandler.is_enabled():
                faulthandler.disable()
            self._crashes.close()
            self._crashes = None

    def _unhandled(
        self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, trace)
        else:
            self.tell(problem.with_traceback(trace))

    def _unhandled_in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.tell(told.exc_value, told.thread.name if told.thread else "")

    def _write(self, details: str) -> None:
        if not self._opened:
            self._opened = True
            from logging.handlers import RotatingFileHandler

            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                handler = RotatingFileHandler(
                    self.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
                )
            except OSError:
                return
            self._handler = handler
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            _log.addHandler(handler)
            _log.propagate = False
        _log.error(details)


def described(problem: BaseException, doing: str = "") -> str:
    """Return the traceback with the versions that a report needs."""
    from app.ui.about import version

    head = (
        f"Tariffdesk {version()}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.platform()}"
    )
    where = f"\nWhile: {doing}" if doing else ""
    return f"{head}{where}\n{''.join(traceback.format_exception(problem))}"
