"""Starts the window: the first paint comes before the database and everything heavy is loaded."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.ui.launch import Opening, missing_library
from app.ui.look import fonts
from app.ui.look.theme import theme
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences, config_folder
from app.ui.single_instance import SingleInstance, send

LOG_FOLDER = "log"


def run(what: Opening) -> int:
    """Show the window and run it; a second start hands its arguments to the first one."""
    folder = config_folder()
    instance = SingleInstance(folder)
    if not instance.acquire():
        return _hand_over(folder, what)
    qInstallMessageHandler(_told)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Tariffdesk")
    application.setApplicationDisplayName("Tariffdesk")
    application.setDesktopFileName("tariffdesk")
    preferences = Preferences()
    fonts.install(application)
    _dress(application, preferences)
    window = MainWindow(preferences)
    window.show()
    application.processEvents()  # the first paint
    _after_paint(application, window, instance, folder)
    window.begin(what)
    code = application.exec()
    window.end()
    instance.release()
    return code


def _dress(application: QApplication, preferences: Preferences) -> None:
    """Take theme and density as they were chosen; unknown names are of a newer program."""
    try:
        theme().set_density(str(preferences.get("density", "normal")))
        theme().apply(application, str(preferences.get("theme", "system")))
    except (KeyError, ValueError):
        theme().apply(application, "system")


def _after_paint(
    application: QApplication, window: MainWindow, instance: SingleInstance, folder: Path
) -> None:
    from app.ui.crash import Faults
    from app.ui.widgets import wheel_guard

    faults = Faults(log_folder(folder), application)
    faults.install()
    faults.happened.connect(lambda short, details: window.show_fault(short, details, faults.log))
    window.jobs.faulted.connect(faults.tell)
    wheel_guard.install(application)
    instance.received.connect(window.take_second_start)
    instance.listen()
    _end_by_signal(window)


def log_folder(folder: Path) -> Path:
    """Return the folder of the log files, beside the preferences."""
    return folder / LOG_FOLDER


def _end_by_signal(window: MainWindow) -> None:
    """Let Ctrl+C and a system that shuts down end the window in order, edits kept for later."""
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
        QApplication.quit()

    notifier.activated.connect(end)
    window.destroyed.connect(lambda _=None, pair=(ear, mouth): [s.close() for s in pair])


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


def _told(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on; where it can't show windows at all, say in one sentence why."""
    if kind is QtMsgType.QtFatalMsg:
        needs = "libxcb-cursor.so.0" if "xcb" in text else text.partition("\n")[0]
        sys.stderr.write(f"{missing_library(needs)}\n")
        sys.stderr.flush()
        import os

        os._exit(1)
    if kind is not QtMsgType.QtDebugMsg and "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")
