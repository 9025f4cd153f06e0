"""Watches the event loop of the window from inside of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

TICK_MS = 5
WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in milliseconds, and how long the window's own thread worked in it; the rest of it was
    spent on waiting: for a job that held the interpreter, or for a busy machine."""

    length: float = 0.0
    worked: float = 0.0


class Ticker(QObject):
    """A timer that should fire every 5 ms; its longest delay is the longest gap of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._longest = Gap()
        self._last = self._worked = 0.0

    def begin(self) -> None:
        """Start to watch."""
        self._longest = Gap()
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer.start()

    def end(self) -> Gap:
        """Return the longest gap."""
        self._tick()
        self._timer.stop()
        return self._longest

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        gap = Gap((now - self._last) * 1000, (worked - self._worked) * 1000)
        self._longest = max(self._longest, gap, key=_length)
        self._last, self._worked = now, worked


def _length(gap: Gap) -> float:
    return gap.length


def until(reached: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    """Run the event loop until something is so.

    What was closed is deleted too, which Qt leaves to a loop that was started by ``exec``.
    """
    deadline = time.monotonic() + seconds
    application = QApplication.instance()
    assert application is not None
    while not reached():
        if time.monotonic() > deadline:
            raise SystemExit("the window did not get there in time")
        application.processEvents()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[arg-type]
        time.sleep(0.001)
