"""What the tests of the tariff screens share: the sample data open in jobs, an editor, a shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.ui.addresses import Address
from app.ui.jobs import Jobs
from app.ui.preferences import Preferences

WAIT = 10_000
CURRENT, UPCOMING, EMPTY = 2, 3, 4
"""Scopes of the sample's SMS service: in force, to come, a draft without rates."""


class Desk:
    """A shell that remembers what it was told, on real jobs."""

    def __init__(self, jobs: Jobs, folder: Path) -> None:
        self.jobs = jobs
        self.preferences = Preferences(folder / "window.json")
        self.told: list[str] = []
        self.opened: list[Address] = []
        self.refused: list[str] = []
        jobs.refused.connect(lambda text, _owner: self.refused.append(text))

    def open(self, address: Address, *, activate: bool = True) -> Any:
        self.opened.append(address)

    def close_page(self, page: Any, *, ask: bool = True) -> None:
        raise AssertionError("nothing closes pages here")

    def notify(self, text: str, *, kind: str = "ok", action: Any = None) -> None:
        self.told.append(text)

    def copy(self, text: str, html: str = "") -> None:
        QApplication.clipboard().setText(text)


@pytest.fixture
def demo_jobs(demo_database: Path, qapp: QApplication) -> Iterator[Jobs]:
    """Jobs with the sample data open; a fault fails the test."""
    session = open_session(str(demo_database))
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


@pytest.fixture
def desk(demo_jobs: Jobs, tmp_path: Path) -> Desk:
    """A shell on the sample data."""
    return Desk(demo_jobs, tmp_path)


def settle(qtbot: QtBot, jobs: Jobs) -> None:
    """Wait until nothing runs and nothing is about to."""

    def quiet() -> bool:
        for _ in range(4):  # what a finished job shows may ask for more, a moment later
            QApplication.processEvents()
            if jobs.running:
                return False
        return True

    qtbot.waitUntil(quiet, timeout=WAIT)


@pytest.fixture
def make_editor(qtbot: QtBot, desk: Desk) -> Callable[..., Any]:
    """Return a function that opens an editor on a scope, all levels open.

    ``tested`` watches its model with Qt's model tester, which looks at everything on each change.
    """
    from app.ui.tariffs.tree_editor import TreeEditor

    def make(
        scope: int = UPCOMING, *, levels: int | None = 0, tested: bool = False, **prepared: Any
    ) -> TreeEditor:
        editor = TreeEditor(desk)
        qtbot.addWidget(editor)
        if "state" in prepared:
            editor.restore(prepared["state"])
        if "unsaved" in prepared:
            editor.recover(prepared["unsaved"])
        editor.resize(1100, 640)
        editor.show()
        with qtbot.waitSignal(editor.opened, timeout=WAIT):
            editor.open_scope(scope)
        if tested:
            QAbstractItemModelTester(
                editor.model,
                QAbstractItemModelTester.FailureReportingMode.Warning,
                editor.model,
            )
        settle(qtbot, desk.jobs)
        if levels is not None and "state" not in prepared:
            editor.open_levels(levels)
            settle(qtbot, desk.jobs)
        return editor

    return make
