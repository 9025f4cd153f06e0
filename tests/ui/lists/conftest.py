"""Lists on real databases: a page, the least of a window around it, many rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.db.tables.services import service
from app.ui.addresses import Address
from app.ui.jobs import Jobs
from app.ui.lists.page import ListPage
from app.ui.preferences import Preferences
from tests.db.conftest import NOW
from tests.db.test_store_speed import deck, store
from tests.helpers.command_line import Desk

MANY = 1000
WAIT_MS = 10_000


class Shell:
    """The least of a window: jobs, preferences, and what a page asked for."""

    def __init__(self, database: Path, preferences: Path) -> None:
        self.jobs = Jobs()
        self.jobs.session = open_session(str(database))
        self.preferences = Preferences(preferences)
        self.opened: list[str] = []
        self.told: list[str] = []
        self.copied: list[tuple[str, str]] = []
        self.faults: list[Any] = []
        self.refused: list[str] = []
        self.jobs.faulted.connect(lambda problem, _title: self.faults.append(problem))
        self.jobs.refused.connect(lambda text, _owner: self.refused.append(text))

    def open(self, address: Address, *, activate: bool = True) -> None:
        self.opened.append(address.text())

    def notify(self, text: str, *, kind: str = "ok", action: Any = None) -> None:
        self.told.append(text)

    def copy(self, text: str, html: str = "") -> None:
        self.copied.append((text, html))


@pytest.fixture(scope="session")
def _many_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand services: "Plan 0000" …, every third a cost price list in USD."""
    path = tmp_path_factory.mktemp("lists") / "many.db"
    Desk(path).ok("db", "init")
    session = open_session(str(path))
    rows = [
        {
            "company_id": 1,
            "name": f"Plan {n:04d}",
            "type": "payg" if n % 2 else "unit_pack",
            "side": "sell" if n % 3 else "cost",
            "currency": "EUR" if n % 2 else None,
            "size": None if n % 2 else Decimal(n + 1),
            "time_zone": "UTC",
            "description": "0021" if n == 1 else "",
            "created_at": NOW,
            "updated_at": NOW,
        }
        for n in range(MANY)
    ]
    with session.database.write() as connection:
        connection.execute(sa.insert(service), rows)
    session.close()
    return path


@pytest.fixture
def many(_many_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(_many_template, tmp_path / "many.db"))


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 000 rates in scope 1; only read."""
    path = tmp_path_factory.mktemp("lists") / "big.db"
    desk = Desk(path)
    desk.ok("db", "init")
    desk.service("Voice", "EUR")
    session = open_session(str(path))
    store(session.database, 1, deck(200_000))
    session.close()
    return path


@pytest.fixture
def make_shell(tmp_path: Path, qapp: QApplication) -> Iterator[Callable[[Path], Shell]]:
    made: list[Shell] = []

    def make(database: Path) -> Shell:
        made.append(Shell(database, tmp_path / "window.json"))
        return made[-1]

    yield make
    for shell in made:
        shell.jobs.shut_down()
    qapp.processEvents()
    for shell in made:
        assert shell.jobs.session is not None
        shell.jobs.session.close()
        shell.preferences.save()
        assert not shell.faults, shell.faults[0]


@pytest.fixture
def make_page(qtbot: QtBot, make_shell: object) -> Iterator[Callable[..., ListPage]]:
    """Return a function that opens a list and waits for its rows."""
    made: list[ListPage] = []

    def make(
        shell: Shell, section: str = "services", *, state: Any = None, **more: str
    ) -> ListPage:
        page = ListPage(shell, Address.of("list", section=section, **more))  # type: ignore[arg-type]
        made.append(page)
        qtbot.addWidget(page)
        page.resize(1150, 690)
        if state is not None:
            page.restore(state)
        page.show()
        page.start()
        settle(qtbot, page)
        return page

    yield make
    for page in made:
        page.closing()


@pytest.fixture
def page(
    make_page: Callable[..., ListPage], make_shell: Callable[[Path], Shell], many: Path
) -> ListPage:
    """The list of a thousand services, without the filter that hides archived ones."""
    return make_page(make_shell(many))


def settle(qtbot: QtBot, page: ListPage) -> None:
    """Wait until the list knows its rows and nothing runs."""
    qtbot.waitUntil(
        lambda: (
            page.model.matching is not None
            and not page.model.is_loading
            and not page.shell.jobs.running
        ),
        timeout=WAIT_MS,
    )


def shown(page: ListPage, column: str, rows: int = 5) -> list[str]:
    """Return what the first rows show in a column."""
    place = [c.name for c in page.section.columns].index(column)
    count = min(rows, page.model.rowCount())
    return [page.model.index(row, place).data() for row in range(count)]
