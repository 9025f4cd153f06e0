"""Starts the window: the first paint comes before the database and everything heavy is loaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QMessageLogContext,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from app.ui import pace
from app.ui.first_window import FirstWindow
from app.ui.launch import STILL, Opening, missing_library
from app.ui.preferences import Preferences, config_folder
from app.ui.single_instance import SingleInstance, send

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

LOG_FOLDER = "log"


def run(what: Opening) -> int:
    """Show the window and run it; a second start hands its arguments to the first one."""
    folder = config_folder()
    instance = SingleInstance(folder)
    if not instance.acquire():
        return _hand_over(folder, what)
    pace.begin()
    qInstallMessageHandler(_told)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Tariffdesk")
    application.setApplicationDisplayName("Tariffdesk")
    application.setDesktopFileName("tariffdesk")
    preferences = Preferences()
    first = FirstWindow(preferences)
    first.show()
    application.processEvents()  # the first paint
    window = _after_paint(application, first, preferences, instance)
    window.begin(what)
    code = application.exec()
    window.end()
    instance.release()
    return code


def _dress(application: QApplication, preferences: Preferences) -> None:
    """Take font, theme and density as they were chosen; unknown names are of a newer program."""
    from app.ui.look import fonts
    from app.ui.look.theme import theme

    fonts.install(application)
    try:
        theme().set_density(str(preferences.get("density", "normal")))
        theme().apply(application, str(preferences.get("theme", "system")))
    except (KeyError, ValueError):
        theme().apply(application, "system")


def _after_paint(
    application: QApplication,
    first: FirstWindow,
    preferences: Preferences,
    instance: SingleInstance,
) -> MainWindow:
    """Build the main window into the first one, and what watches over it."""
    from app.ui.control.due_timer import DueTimer
    from app.ui.crash import Faults
    from app.ui.main_window import MainWindow
    from app.ui.widgets import wheel_guard

    _dress(application, preferences)
    faults = Faults(log_folder(config_folder()), application)
    faults.install()
    window = MainWindow(preferences)
    faults.happened.connect(lambda short, details: window.show_fault(short, details, faults.log))
    window.jobs.faulted.connect(faults.tell)
    window.databases.loaded.connect(pace.loaded, Qt.ConnectionType.SingleShotConnection)
    DueTimer(window)
    first.hold(window)
    wheel_guard.install(application)
    instance.received.connect(window.take_second_start)
    _end_by_signal(window)
    QTimer.singleShot(0, instance, instance.listen)
    return window


def log_folder(folder: Path) -> Path:
    """Return the folder of the log files, beside the preferences."""
    return folder / LOG_FOLDER


def _end_by_signal(window: MainWindow) -> None:
    """Let Ctrl+C and a system that shuts down end the window in order, edits kept for later."""
    import signal
    import socket

    ear, mouth = socket.socketpair()
    for half in (ear, mouth):
        half.setblocking(False)
    signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(ear.fileno(), QSocketNotifier.Type.Read, window)

    def end() -> None:
        notifier.setEnabled(False)
        window.end()

    notifier.activated.connect(end)

    def forget() -> None:
        signal.set_wakeup_fd(-1)
        ear.close()
        mouth.close()

    window.ended.connect(forget)
    window.ended.connect(QApplication.quit, Qt.ConnectionType.QueuedConnection)


def _hand_over(folder: Path, what: Opening) -> int:
    message: dict[str, object] = {"database": _absolute(what.database), "files": list(what.files)}
    if send(folder, message):
        return 0
    sys.stderr.write(
        "Tariffdesk is running already but does not answer: wait a moment, or end it and start "
        "again.\n"
    )
    return 1


def _absolute(database: str) -> str:
    if not database or "://" in database:
        return database
    return str(Path(database).expanduser().absolute())


_reasons: list[str] = []
"""What Qt said about the display before it gave up."""


def _told(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on; where it can't show windows at all, say in one sentence why."""
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write(f"{no_window(' '.join(_reasons), text)}\n")
        sys.stderr.flush()
        os._exit(1)
    if (context.category or "").startswith("qt.qpa"):
        _reasons.append(text)
    elif kind is not QtMsgType.QtDebugMsg and "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def no_window(reasons: str, fatal: str) -> str:
    """Return the sentence for a display that Qt can't use, from its own words about it."""
    if "xcb-cursor" in reasons:
        return missing_library("libxcb-cursor.so.0")
    if "could not connect to display" in reasons:
        return f"The display can't be reached: check DISPLAY. {STILL}"
    return missing_library((reasons or fatal).partition("\n")[0])
