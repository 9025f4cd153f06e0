"""Notices that nobody uses the window: warns a minute before the time is up, then tells (USR-4).

It costs a look into a set for each event of the program, and one timer.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

WARNING_SECONDS = 60
CHECK_SECONDS = 15
"""Longest time between two looks, so that a machine that was asleep is noticed soon."""

PING_SECONDS = 240
"""After so long, somebody who works without asking the database is told to it all the same."""

_TYPES = QEvent.Type
INPUT = frozenset(
    {
        _TYPES.KeyPress,
        _TYPES.MouseButtonPress,
        _TYPES.MouseMove,
        _TYPES.Wheel,
        _TYPES.TouchBegin,
        _TYPES.TabletPress,
    }
)
"""What a person does; everything else the program may do by itself."""


def awake() -> float:
    """Return seconds that also count while the machine sleeps, where the system tells them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class IdleWatch(QObject):
    """Watches keyboard and mouse over the whole program while it was begun."""

    warned = Signal()
    """A minute is left."""

    resumed = Signal()
    """Somebody is there again after :attr:`warned`."""

    over = Signal()
    """The time is up; watching has ended."""

    working = Signal()
    """Somebody works, told every few minutes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now: Callable[[], float] = awake
        self.busy: Callable[[], bool] = bool
        """Whether something runs that must not be interrupted: it counts as input."""
        self.limit = 0.0
        self._last = self._told = 0.0
        self._warning = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.check)

    @property
    def watching(self) -> bool:
        """Whether it was begun."""
        return self.limit > 0

    def begin(self, minutes: int) -> None:
        """Watch; 0 minutes = never over."""
        self.stop()
        if minutes > 0:
            self.limit = minutes * 60.0
            self._last = self._told = self.now()
            application = QApplication.instance()
            assert application is not None
            application.installEventFilter(self)
            self._arm()

    def stop(self) -> None:
        """End watching."""
        self._timer.stop()
        self.limit, self._warning = 0.0, False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def stir(self) -> None:
        """Take note that somebody is there."""
        self._last = self.now()
        if self._warning:
            self._warning = False
            self.resumed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice input; nothing is kept from its target."""
        if event.type() in INPUT:
            self.stir()
        return False

    def check(self) -> None:
        """Look how long it was quiet."""
        if not self.watching:
            return
        if self.busy():
            self.stir()
        now = self.now()
        quiet = now - self._last
        if quiet >= self.limit:
            self.stop()
            self.over.emit()
            return
        if quiet >= self.limit - self.warning_seconds and not self._warning:
            self._warning = True
            self.warned.emit()
        if self._last > self._told and now - self._told >= PING_SECONDS:
            self._told = now
            self.working.emit()
        self._arm()

    @property
    def warning_seconds(self) -> float:
        """Return how long before the end it is said."""
        return min(WARNING_SECONDS, self.limit / 2)

    def _arm(self) -> None:
        quiet = self.now() - self._last
        ahead = self.limit - quiet
        if not self._warning:
            ahead -= self.warning_seconds
        self._timer.start(max(50, round(min(ahead, CHECK_SECONDS) * 1000)))
