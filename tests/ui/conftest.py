"""What the window's tests share: a database file, jobs on it, the main window, no stray dialogs.

Fixtures: ``config_folder`` (preferences in the test's folder, always on), ``database`` (a file
with two services and their scopes), ``demo_database`` (with imported rates), ``jobs`` (open on
``database``), ``window`` (the main window on it), ``dialogs`` (answers for modal dialogs; one that
no test announced fails instead of hanging).
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TARIFFDESK_FONT"] = "bundled"
os.environ.pop("TARIFFDESK_DB", None)

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.ui.jobs import Jobs
from tests.helpers.command_line import Desk

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

WAIT_MS = 10_000
THREADS = ("query", "change", "session-file")
"""Prefixes of the names of the window's own threads."""


@pytest.fixture(scope="session", autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    """Give the application the look that a person sees, in its light version."""
    from app.ui.look import fonts, theme

    QLocale.setDefault(QLocale("en_US"))
    fonts.install(qapp)
    theme.theme().apply(qapp, "light")
    yield
    # What is still on the off-screen clipboard when Python ends crashes Qt.
    QApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep preferences, logs and data of every test in a folder of its own."""
    folder = tmp_path / "config"
    monkeypatch.setenv("TARIFFDESK_CONFIG", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("TARIFFDESK_DB", raising=False)
    return folder


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    """Fail a test that leaves the threads of its jobs behind."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while True:
        left = [
            t.name
            for t in threading.enumerate()
            if t not in before and t.is_alive() and t.name.startswith(THREADS)
        ]
        if not left:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {left}; call jobs.shut_down()")
        time.sleep(0.02)


# ------------------------------------------------------------------------------ dialogs


class Dialogs:
    """Answers for the modal dialogs that a test expects, in their order."""

    def __init__(self) -> None:
        self._answers: deque[Callable[[QDialog], object]] = deque()
        self.shown: list[QDialog] = []

    def answer(self, *answers: Callable[[QDialog], object]) -> None:
        """Announce dialogs; each answer gets its dialog, visible, and has to close it."""
        self._answers.extend(answers)

    def run(self, dialog: QDialog) -> int:
        """Stand in for ``QDialog.exec``."""
        if not self._answers:
            pytest.fail(f"an unexpected dialog opened: {dialog.windowTitle()!r} ({dialog!r})")
        self.shown.append(dialog)
        dialog.open()
        QApplication.processEvents()
        self._answers.popleft()(dialog)
        assert not dialog.isVisible(), "the answer must close the dialog"
        return dialog.result()


@pytest.fixture(autouse=True)
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    """Guard against modal dialogs: an announced one is answered, any other fails the test."""
    expected = Dialogs()

    def run(dialog: QDialog) -> int:
        return expected.run(dialog)

    monkeypatch.setattr(QDialog, "exec", run)
    monkeypatch.setattr(QMessageBox, "exec", run)

    def refuse(*arguments: object, **_: object) -> None:
        pytest.fail(f"an unexpected modal dialog or menu opened: {arguments[:3]!r}")

    for name in ("information", "question", "warning", "critical", "about"):
        monkeypatch.setattr(QMessageBox, name, refuse)
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, refuse)
    monkeypatch.setattr(QMenu, "exec", refuse)
    return expected


# ------------------------------------------------------------------------------ databases


@pytest.fixture(scope="session")
def _database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ui-template") / "template.db"
    desk = Desk(path)
    desk.ok("db", "init")
    desk.service("Acme SMS", "EUR", "payg", "--side", "cost")
    desk.service("Retail SMS", "USD")
    return path


@pytest.fixture
def database(_database_template: Path, tmp_path: Path) -> Path:
    """A database file with the services Acme SMS (1, cost, EUR) and Retail SMS (2, sell, USD).

    Each has one scope (1 and 2) without rates, in force from 2026-01-01.
    """
    return Path(shutil.copy(_database_template, tmp_path / "desk.db"))


@pytest.fixture(scope="session")
def _demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ui-demo") / "demo.db"
    Desk(path).ok("demo", "--no-window")
    return path


@pytest.fixture
def demo_database(_demo_template: Path, tmp_path: Path) -> Path:
    """A database file with the sample data: services, imports, rates."""
    return Path(shutil.copy(_demo_template, tmp_path / "demo.db"))


@pytest.fixture
def jobs(database: Path, qapp: QApplication) -> Iterator[Jobs]:
    """Jobs with ``database`` open; faults and refusals nobody expected fail the test."""
    session = open_session(str(database))
    running = Jobs()
    running.session = session
    faults: list[BaseException] = []
    running.faulted.connect(lambda problem, _title: faults.append(problem))
    yield running
    running.shut_down()
    qapp.processEvents()
    session.close()
    if faults:
        raise faults[0]


# ------------------------------------------------------------------------------ the window


@pytest.fixture
def faults() -> list[BaseException]:
    """Faults of the windows' jobs; what a test leaves in here fails it."""
    return []


@pytest.fixture
def make_window(
    qtbot: QtBot, qapp: QApplication, faults: list[BaseException]
) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that makes a shown main window on a database, or on none (None).

    The window is open on the database when the function returns; it is closed after the test.
    """
    from app.ui.main_window import MainWindow

    made: list[MainWindow] = []

    def make(path: Path | None = None, *, size: tuple[int, int] = (1366, 768)) -> MainWindow:
        window = MainWindow()
        made.append(window)
        window.jobs.faulted.connect(lambda problem, _title: faults.append(problem))
        window.resize(*size)
        window.show()
        if path is not None:
            window.open_target(str(path))
            qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
        settle(qtbot, window.jobs)
        return window

    yield make
    for window in reversed(made):
        window.end()
    qapp.processEvents()
    if faults:
        raise faults[0]


@pytest.fixture
def window(make_window: Callable[..., MainWindow], database: Path) -> MainWindow:
    """The main window with ``database`` open and no job running."""
    return make_window(database)


def settle(qtbot: QtBot, jobs: Jobs) -> None:
    """Let new pages start, then wait until no job is running any more."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not jobs.running, timeout=WAIT_MS)
