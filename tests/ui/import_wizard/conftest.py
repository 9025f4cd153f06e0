"""Wizards on a real database, a shell that records what is opened, and small price lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.import_wizard.page import ImportPage
from app.ui.jobs import Jobs
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


@pytest.fixture
def wizard(qtbot: QtBot, jobs: Jobs, config_folder: Path) -> Iterator[Make]:
    """Return a function that makes a shown wizard; by default into Acme SMS."""
    made: list[Driver] = []

    def make(file: Path | None = None, service: str = "Acme SMS", **arguments: Any) -> Driver:
        shell = RecordingShell(jobs, Preferences(config_folder / "window.json"))
        page = ImportPage(shell, Address.of("import", service=service, **arguments))  # type: ignore[arg-type]
        page.resize(1150, 712)
        page.show()
        driver = Driver(page, shell, qtbot)
        made.append(driver)
        page.start()
        driver.ready()
        if file is not None:
            driver.open(file)
        return driver

    yield make
    for driver in made:
        driver.page.closing()
    qtbot.waitUntil(lambda: not jobs.running, timeout=WAIT_MS)
    for driver in made:
        delete(driver.page)
        driver.shell.preferences.save()  # its timer must not outlive it


def delete(page: ImportPage) -> None:
    """Delete a page here and now: the collector might do it in the thread of a job."""
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


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
