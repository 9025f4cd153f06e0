"""The audit and the due work in the window: entries, their commands, what is due, its clock."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.due_work import Task, Unit
from app.errors import UserError
from app.services.context import Actor, Context
from app.services.due import run as due
from app.ui.addresses import Address
from app.ui.control.audit_page import AuditPage
from app.ui.control.due_page import DuePage
from app.ui.control.due_timer import DueTimer
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from tests.helpers.agreements import START, add_agreement, add_company, add_version
from tests.ui.conftest import settle


def open_page(window: MainWindow, qtbot: QtBot, address: str) -> object:
    page = window.open_address(address)
    settle(qtbot, window.jobs)
    return page


@pytest.fixture
def entry(window: MainWindow, qtbot: QtBot) -> AuditPage:
    """The first entry: the service Acme SMS was added."""
    page = open_page(window, qtbot, "audit?id=1")
    assert isinstance(page, AuditPage)
    return page


def test_the_list_opens_an_entry_with_its_command(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, "list?section=audit")
    assert isinstance(page, ListPage)
    values = page.model.row(page.model.rowCount() - 1)
    assert values is not None
    page.open_row(page.model.rowCount() - 1)
    settle(qtbot, window.jobs)
    detail = window.page
    assert isinstance(detail, AuditPage)
    assert detail.title() == "Add service"
    assert detail.heading.text() == "Add service"


def test_an_entry_shows_every_field_in_words_or_as_stored(entry: AuditPage, qtbot: QtBot) -> None:
    changes = entry.table.changes
    QAbstractItemModelTester(changes, QAbstractItemModelTester.FailureReportingMode.Fatal)
    texts = changes.texts()
    assert texts[0] == ("What", "Field", "Old value", "New value")
    assert ("Add service: Acme SMS", "Name", "", "Acme SMS") in texts
    assert ("Add service: Acme SMS", "Side", "", "Cost") in texts
    assert entry.facts.text().endswith("data of System owner")
    assert " UTC" in entry.facts.text()
    entry.stored.trigger()
    assert ("INSERT service 1", "side", "—", "cost") in changes.texts()
    assert entry.table.current_entry() == 0


def test_of_many_entries_the_one_asked_for_is_open_and_others_are_found(
    window: MainWindow, qtbot: QtBot
) -> None:
    def add(ctx: Context) -> None:
        from app.services.tariffs.vendor_records import create

        for number in range(20):
            create(ctx, {"name": f"Vendor {chr(65 + number)}"})

    window.jobs.change("Add", add, owner=window, nouns=("vendors",))
    settle(qtbot, window.jobs)
    listed = open_page(window, qtbot, "list?section=audit")
    assert isinstance(listed, ListPage)
    newest = listed.model.row(0)
    assert newest is not None
    page = open_page(window, qtbot, f"audit?id={newest[0]}")
    assert isinstance(page, AuditPage)
    tree = page.table

    def opened() -> list[int]:
        return [n for n in range(20) if tree.isExpanded(tree.changes.index(n, 0))]

    assert opened() == [19]
    page.search.setText("vendor h")
    page.search.searched.emit("vendor h")
    assert [n for n in range(20) if not tree.isRowHidden(n, QModelIndex())] == [7]
    assert tree.current_entry() == 7
    assert page.open_record.isEnabled()


def test_an_entry_leads_to_its_record_and_its_object(
    entry: AuditPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert entry.open_record.isEnabled()
    entry.open_record.trigger()
    assert window.page is not None
    assert window.page.address == Address.of("service", id=1)
    entry.of_object.trigger()
    settle(qtbot, window.jobs)
    listed = window.page
    assert isinstance(listed, ListPage)
    assert listed.model.rowCount() == 1


def test_an_entry_is_downloaded_and_copied(
    entry: AuditPage, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert entry.detail is not None
    entry.export_to(tmp_path / "entry.csv")
    settle(qtbot, window.jobs)
    with (tmp_path / "entry.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0][:2] == ["Date and time", "User"]
    assert len(rows) == sum(len(one.fields) for one in entry.detail.changes) + 1
    entry.copy.trigger()
    assert "Acme SMS" in QApplication.clipboard().text()


def test_an_entry_that_is_not_there_says_so(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, "audit?id=999")
    assert isinstance(page, AuditPage)
    assert "There is no entry 999" in page.bar.text()
    assert not page.export.isEnabled()


def test_an_open_audit_follows_every_change(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, "list?section=audit")
    assert isinstance(page, ListPage)
    before = page.model.rowCount()

    def add(ctx: Context) -> None:
        from app.services.tariffs.vendor_records import create

        create(ctx, {"name": "New vendor"})

    window.jobs.change("Add", add, owner=window, nouns=("vendors",))
    settle(qtbot, window.jobs)
    settle(qtbot, window.jobs)
    assert page.model.rowCount() == before + 1


# ------------------------------------------------------------------------------ due work


@pytest.fixture
def things(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Two things due; the values say which one fails and how."""
    broken: dict[int, str] = {}

    def do(unit: Unit, _ctx: object, _connection: object) -> str:
        if unit.number in broken:
            raise UserError(broken[unit.number])
        return "Done so."

    named: dict[str, Callable[..., object]] = {
        "due": lambda _connection, _until: [
            Unit(f"vendor:{n}", START, f"Thing {n}", 1) for n in (1, 2)
        ],
        "do": do,
    }
    task = Task("agreement_versions", "Things", "Things happen.", "due", "do", ("vendors",))
    monkeypatch.setattr(due, "TASKS", (task,))
    monkeypatch.setattr(due, "named_service", named.__getitem__)
    return broken


def test_the_clock_tells_only_what_was_done_or_failed(
    window: MainWindow, qtbot: QtBot, things: dict[int, str]
) -> None:
    clock = DueTimer(window)
    things[2] = "It is closed: open it."
    clock.run()
    settle(qtbot, window.jobs)
    assert clock.button.isVisible()
    assert clock.button.text() == "1 due thing failed"
    qtbot.mouseClick(clock.button, Qt.MouseButton.LeftButton)
    settle(qtbot, window.jobs)
    assert not clock.button.isVisible()
    listed = window.page
    assert isinstance(listed, ListPage)
    assert listed.section.id == "due_work"
    assert listed.model.rowCount() == 2
    clock.run()
    settle(qtbot, window.jobs)
    assert not clock.button.isVisible(), "what fails again was told before"
    things.clear()
    clock.run()
    settle(qtbot, window.jobs)
    assert clock.button.text() == "1 due thing done"
    clock.run()
    settle(qtbot, window.jobs)
    window.close_database()
    assert not clock.button.isVisible()


def test_the_clock_stands_still_for_viewers(
    window: MainWindow, qtbot: QtBot, things: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = frozenset({("settings.database", "view")})
    viewer = Actor("Eve", owner=False, permissions=rights)
    monkeypatch.setattr(type(window.jobs.session), "actor", viewer, raising=False)
    clock = DueTimer(window)
    clock.run()
    assert not window.jobs.running
    assert not clock.button.isVisible()


def test_what_is_due_next_is_shown_and_done(
    window: MainWindow, qtbot: QtBot, things: dict[int, str]
) -> None:
    page = open_page(window, qtbot, "due")
    assert isinstance(page, DuePage)
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert page.model.rowCount() == 2
    assert page.model.data(page.model.index(0, 2)) == "Thing 1"
    things[1] = "It is closed: open it."
    page.do_now.trigger()
    settle(qtbot, window.jobs)
    assert page.bar.text() == "Thing 1: It is closed: open it."
    assert page.model.rowCount() == 1
    things.clear()
    page.do_now.trigger()
    settle(qtbot, window.jobs)
    settle(qtbot, window.jobs)
    assert page.model.rowCount() == 0
    assert page.stack.currentWidget() is page.empty
    page.done.trigger()
    settle(qtbot, window.jobs)
    assert isinstance(window.page, ListPage)


def test_versions_of_agreements_are_due_in_the_window(window: MainWindow, qtbot: QtBot) -> None:
    def fill(ctx: Context) -> None:
        with ctx.database.write() as connection:
            client = add_company(connection, "Hornes")
            made = add_agreement(connection, client, "A-1", till=START.replace(month=2))
            add_version(connection, made, START.replace(month=2))

    window.jobs.change("Fill", fill, owner=window)
    settle(qtbot, window.jobs)
    page = open_page(window, qtbot, "due")
    assert isinstance(page, DuePage)
    texts = [page.model.data(page.model.index(row, 2)) for row in range(page.model.rowCount())]
    assert texts == ["Hornes - A-1, EUR: a version ends", "Hornes - A-1, EUR: a version begins"]
