"""Drives the real window and takes its picture: the window, its dialogs, menus and lists."""

from __future__ import annotations

import gc
import shutil
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.ui.look.fonts import strong_font
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

WAIT_SECONDS = 60.0
QUIET_SECONDS = 0.28
"""So long nothing may run before a picture: filters and type-aheads ask 200 ms after a key."""

CAPTION = 28
"""Height of the caption that is painted over a dialog, as a desktop would."""


class Stuck(Exception):
    """The window did not get where a scene wanted it in time."""


class Driver:
    """A window on a database of its own, and pictures of it in the wanted themes."""

    def __init__(
        self, folder: Path, work: Path, *, themes: tuple[str, ...], size: tuple[int, int]
    ) -> None:
        self.folder, self.work, self.themes, self.size = folder, work, themes, size
        self.prefix = ""
        self.sheet: Path | None = None
        self.taken: list[Path] = []
        self.faults: list[str] = []
        self._window: MainWindow | None = None
        self._number = 0
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application

    # ------------------------------------------------------------------ the window

    @property
    def window(self) -> MainWindow:
        """Return the window. Raises Stuck when none was begun."""
        if self._window is None:
            raise Stuck("no window is open")
        return self._window

    @property
    def page(self) -> Any:
        """Return the page in front."""
        return self.window.page

    def begin(self, database: Path | None) -> None:
        """Show a new window with fresh preferences, on a copy of ``database`` or on none."""
        from app.ui.main_window import MainWindow
        from app.ui.preferences import Preferences

        self._number += 1
        folder = self.work / f"window-{self._number}"
        folder.mkdir(parents=True)
        self._window = MainWindow(Preferences(folder / "window.json"))
        self._window.jobs.faulted.connect(self._fault)
        self._window.resize(*self.size)
        self._window.move(0, 0)
        self._window.show()
        self._window.activateWindow()
        if database is not None:
            place = folder / "tariffs.db"
            shutil.copy(database, place)
            self._window.open_target(str(place))
            self.until(lambda: self.window.jobs.session is not None)
        self.settle()

    def end(self) -> None:
        """Close the window whatever it holds."""
        if self._window is None:
            return
        for widget in self.application.topLevelWidgets():
            if widget is not self._window and widget.isVisible():
                widget.close()
        window, self._window = self._window, None
        window.end()
        del window
        self.application.processEvents()
        self.end_what_was_deleted()
        gc.collect()

    def slot_failed(
        self, kind: type[BaseException], problem: BaseException, where: TracebackType | None
    ) -> None:
        """Stand in for ``sys.excepthook``: note an exception that left a slot of the window."""
        told = "".join(traceback.format_exception(kind, problem, where))
        self.faults.append(f"{self.prefix}: {told}")

    def _fault(self, problem: BaseException, title: str) -> None:
        self.faults.append(f"{self.prefix}: {title or 'a job'}: {problem!r}")

    # ------------------------------------------------------------------ waiting

    def until(self, reached: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
        """Run the window until something is so. Raises Stuck."""
        deadline = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > deadline:
                raise Stuck("the window did not get there in time")
            self.application.processEvents()
            time.sleep(0.002)

    def settle(self, quiet: float = QUIET_SECONDS) -> None:
        """Run the window until nothing has been running for a while."""
        since = time.monotonic()

        def calm() -> bool:
            nonlocal since
            if self.window.jobs.running:
                since = time.monotonic()
            return time.monotonic() - since > quiet

        self.until(calm)
        self.end_what_was_deleted()

    def end_what_was_deleted(self) -> None:
        """Let closed pages and dialogs go, as an event loop does; :meth:`until` is none."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def busy(self, seconds: float) -> None:
        """Run the window for a while, whatever is running in it."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    # ------------------------------------------------------------------ doing

    def open(self, address: str) -> Any:
        """Open a page by its address and wait for it."""
        page = self.window.open_address(address)
        self.settle()
        return page

    def keys(self, text: str) -> None:
        """Type a text where the keyboard is."""
        focus = self.application.focusWidget()
        if focus is not None:
            QTest.keyClicks(focus, text)

    def press(self, keys: str, on: QWidget | None = None) -> None:
        """Press a key with its modifiers, e.g. "Ctrl+K", where the keyboard is."""
        popup = self.application.activePopupWidget()
        above = (popup.focusWidget() or popup) if popup is not None else None
        target = on or above or self.application.focusWidget() or self.window
        combination = QKeySequence(keys)[0]
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def click(
        self,
        widget: QWidget,
        place: QPoint | None = None,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Click on a widget, in its middle or at a place in it."""
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, modifiers, place or widget.rect().center()
        )

    def dialog(self) -> QDialog:
        """Return the visible dialog in front. Raises Stuck when there is none."""
        shown = [w for w in self.application.topLevelWidgets() if isinstance(w, QDialog)]
        for widget in reversed(shown):
            if widget.isVisible():
                return widget
        raise Stuck("no dialog is open")

    def close_popups(self) -> None:
        """Close menus and dialogs."""
        while (popup := self.application.activePopupWidget()) is not None:
            popup.close()
        for widget in self.application.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        self.settle()

    # ------------------------------------------------------------------ pictures

    def shot(self, name: str) -> None:
        """Wait for the window, then write its picture."""
        self.settle()
        self.shot_now(name)

    def shot_now(self, name: str) -> None:
        """Write the picture of what is seen now, in each theme, and go back to the first one."""
        for wanted in self.themes:
            if theme().name != wanted:
                theme().apply(self.application, wanted)
                self.busy(0.06)
            path = self.folder / f"{self.prefix}_{name}_{wanted}.png"
            if not self.picture().save(str(path)):
                raise Stuck(f"{path} can't be written")
            self.taken.append(path)
        if theme().name != self.themes[0]:
            theme().apply(self.application, self.themes[0])
            self.busy(0.06)

    def picture(self) -> QPixmap:
        """Return the window with everything that stands over it."""
        picture = self.window.grab()
        painter = QPainter(picture)
        origin = self.window.mapToGlobal(QPoint(0, 0))
        over = [w for w in self.application.topLevelWidgets() if w.isVisible()]
        over = [w for w in over if w is not self.window and w.width() > 1]
        over.sort(key=lambda w: not isinstance(w, QDialog))
        for widget in over:
            place = widget.mapToGlobal(QPoint(0, 0)) - origin
            if isinstance(widget, QDialog):
                _paint_caption(painter, place, widget)
            painter.drawPixmap(place, widget.grab())
        painter.end()
        return picture


def _paint_caption(painter: QPainter, place: QPoint, dialog: QDialog) -> None:
    """Paint the frame and title that a desktop puts around a dialog."""
    frame = dialog.rect().translated(place).adjusted(-1, -CAPTION, 1, 1)
    painter.fillRect(frame, theme().color("border"))
    caption = frame.adjusted(1, 1, -1, 0)
    caption.setHeight(CAPTION - 1)
    fill = QColor("#2b3038" if theme().is_dark else "#dfe3e8")
    painter.fillRect(caption, fill)
    painter.setPen(theme().color("text"))
    painter.setFont(strong_font())
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(caption.adjusted(10, 0, -10, 0), middle, dialog.windowTitle())
