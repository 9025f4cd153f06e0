"""Wizards on a real database, a shell that records what is opened, and small price lists."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.ui.addresses import Address
from app.ui.import_wizard.page import ImportPage
from app.ui.import_wizard.state import WizardState
from app.ui.jobs import READERS, Jobs
from app.ui.preferences import Preferences

WAIT_MS = 20_000
PLAIN = """Country,Network,Price EUR
Germany,Telekom,0.0730
Germany,Vodafone,0.0725
France,SFR,0.0555
Spain,Movistar,0.0380
"""
"""Four rates, nothing to decide."""

OPEN = """Country,Network,Price EUR
Germany,Telekom,0.0730
Austria,A1,0.0412
Israel,Beezz,0.0413
Cambodia,Cootel,0.0414
Netherlands,Digicel,0.0415
Poland,Orange,on request
Poland,Play,0.021
Poland,Play,0.022
France,SFR,0.0555
"""
"""Two suggestions (A1, Beezz), two values without a match, a word for a price, a duplicate."""


@dataclass
class RecordingShell:
    """Offers a page what the main window does; remembers what was opened."""

    jobs: Jobs
    preferences: Preferences
    opened: list[str] = field(default_factory=list)

    def open(self, address: Address, *, activate: bool = True) -> Any:
        self.opened.append(address.text())

    def close_page(self, page: Any, *, ask: bool = True) -> None:
        page.closing()

    def notify(self, text: str, **_: Any) -> None:
        self.opened.append(text)

    def copy(self, text: str, html: str = "") -> None:
        QApplication.clipboard().setText(text)


@dataclass
class Driver:
    """A shown wizard and the patience to wait for it."""

    page: ImportPage
    shell: RecordingShell
    qtbot: QtBot

    @property
    def wizard(self) -> Any:
        return self.page.wizard

    @property
    def draft(self) -> Any:
        assert self.page.wizard.draft is not None, self.page.wizard.problem
        return self.page.wizard.draft

    def ready(self) -> None:
        """Wait until nothing is being asked or drafted."""

        def calm() -> bool:
            return not self.wizard.busy and not self.shell.jobs.running

        self.qtbot.waitUntil(calm, timeout=WAIT_MS)
        QApplication.processEvents()
        self.qtbot.waitUntil(calm, timeout=WAIT_MS)

    def open(self, file: Path) -> None:
        """Open a price list and wait for its draft."""
        self.page.open_list(str(file))
        self.ready()

    def activate(self) -> None:
        """Make the wizard's window the active one, so that its shortcuts work."""
        with self.qtbot.waitActive(self.page):
            self.page.activateWindow()

    def choose(self, **changes: Any) -> None:
        """Set fields of the state as the widgets do."""
        self.wizard.choose("test", self.wizard.state.but(**changes))
        self.ready()

    def choosing(self, **changes: Any) -> None:
        """Set choices about the sheet as the widgets do."""
        self.wizard.choose("test", self.wizard.state.choosing(**changes))
        self.ready()

    def to(self, step: int) -> None:
        """Go to a step, which must be possible."""
        self.page.go_to(step)
        self.ready()
        assert self.page.stack.currentIndex() == step, self.page.reason.text()

    def commit(self) -> None:
        """Confirm and wait until the import is written."""
        self.to(4)
        assert self.page.next.isEnabled(), self.page.reason.text()
        self.page.next.click()
        self.qtbot.waitUntil(lambda: self.page.committing is None, timeout=WAIT_MS)
        self.ready()


Make = Callable[..., Driver]


class Wizards:
    """Wizards on one database. A wizard handed back is handed out again: it keeps its child."""

    def __init__(self, jobs: Jobs, preferences: Path) -> None:
        self.jobs = jobs
        self._file = preferences
        self._made: list[Driver] = []
        self._free: list[Driver] = []

    def make(self, qtbot: QtBot, file: Path | None, service: str) -> Driver:
        """Return a shown wizard at its first step, on ``file`` if one is given."""
        driver = self._free.pop() if self._free else self._new(qtbot, service)
        driver.qtbot = qtbot
        page = driver.page
        page.open_list("")
        page.bar.clear()
        driver.wizard.state = WizardState(service=service)
        driver.wizard.refresh_target()
        page.resize(1150, 712)
        page.show()
        driver.ready()
        if file is not None:
            driver.open(file)
        return driver

    def _new(self, qtbot: QtBot, service: str) -> Driver:
        shell = RecordingShell(self.jobs, Preferences(self._file))
        page = ImportPage(shell, Address.of("import", service=service))  # type: ignore[arg-type]
        page.start()
        driver = Driver(page, shell, qtbot)
        self._made.append(driver)
        return driver

    def hand_back(self) -> None:
        """Take all wizards back, as they are."""
        self._free = list(self._made)
        for driver in self._made:
            driver.page.hide()

    def end(self) -> None:
        """Delete all wizards."""
        for driver in self._made:
            driver.page.closing()
        deadline = time.monotonic() + 10
        while self.jobs.running and time.monotonic() < deadline:
            QApplication.processEvents()
        for driver in self._made:
            delete(driver.page)
            driver.shell.preferences.save()  # its timer must not outlive it


@pytest.fixture(scope="module")
def _shared(
    _database_template: Path, tmp_path_factory: pytest.TempPathFactory, qapp: QApplication
) -> Iterator[Wizards]:
    folder = tmp_path_factory.mktemp("wizards")
    session = open_session(str(shutil.copy(_database_template, folder / "desk.db")))
    jobs = Jobs()
    jobs.session = session
    for _ in range(READERS):  # all threads run before the first test counts them
        jobs.run(lambda _job: time.sleep(0.05), owner=jobs)
    wizards = Wizards(jobs, folder / "window.json")
    yield wizards
    wizards.end()
    jobs.shut_down()
    qapp.processEvents()
    session.close()


@pytest.fixture
def wizard(_shared: Wizards, qtbot: QtBot) -> Iterator[Make]:
    """Return a function that makes a wizard into Acme SMS, for tests that import nothing."""
    faults: list[BaseException] = []
    heard = _shared.jobs.faulted.connect(lambda problem, _title: faults.append(problem))
    yield lambda file=None, service="Acme SMS": _shared.make(qtbot, file, service)
    _shared.hand_back()
    _shared.jobs.faulted.disconnect(heard)
    if faults:
        raise faults[0]


@pytest.fixture
def importer(jobs: Jobs, qtbot: QtBot, config_folder: Path) -> Iterator[Make]:
    """Return a function that makes a wizard on a database of the test's own."""
    wizards = Wizards(jobs, config_folder / "window.json")
    yield lambda file=None, service="Acme SMS": wizards.make(qtbot, file, service)
    wizards.end()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A list of four rates without a question."""
    return written(tmp_path / "plain.csv", PLAIN)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A list with values to decide, a word for a price and a duplicate."""
    return written(tmp_path / "questions.csv", OPEN)


def written(path: Path, text: str) -> Path:
    """Write a text file and return its path."""
    path.write_text(text, encoding="utf-8")
    return path


def delete(page: ImportPage) -> None:
    """Delete a page here and now: the collector might do it in the thread of a job."""
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def texts(model: QAbstractItemModel, column: int) -> list[str]:
    """Return what a column of a model shows."""
    return [model.index(row, column).data() for row in range(model.rowCount())]
