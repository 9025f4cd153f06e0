"""Ending enabled services in the window: the question with its moment, refusals, the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.db.tables.agreements import agreement
from app.sections import section
from app.services import records
from app.services.context import Actor
from app.ui.addresses import Address
from app.ui.forms.command_question import CommandQuestion
from app.ui.forms.page import RecordPage
from app.ui.lists.commands import SectionCommands
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from tests.helpers.agreements import add_agreement, add_company, add_service
from tests.ui.conftest import WAIT_MS, settle


@pytest.fixture
def desk(database: Path, make_window: Callable[..., MainWindow]) -> MainWindow:
    """The window on a database with an enabled service and two packs, one of which is over."""
    session = open_session(str(database))
    ctx = session.context()
    with ctx.database.write() as connection:
        under = add_agreement(connection, add_company(connection, "Delta Messaging"), "D-1")
        sold = {
            kind: add_service(connection, f"Sold {kind}", kind, size=size).id
            for kind, size in (("payg", None), ("unit_pack", Decimal(10)))
        }
    for listed, kind, more in (
        ("enabled_services", "payg", {"hidden": False}),
        ("enabled_packs", "unit_pack", {"billing": "free"}),
        ("enabled_packs", "unit_pack", {"billing": "free", "effective_till": "2026-02-02"}),
    ):
        place = {"service_id": str(sold[kind]), "agreement_id": str(under)}
        times = {"effective_from": "2026-02-01 08:30", "from_zone": "UTC", "till_zone": "UTC"}
        records.create(ctx, section(listed), {**place, **times, **more})
    session.close()
    return make_window(database)


def asked(commands: SectionCommands, qtbot: QtBot) -> CommandQuestion:
    commands.actions["end"].trigger()
    qtbot.waitUntil(lambda: commands.question is not None, timeout=WAIT_MS)
    assert isinstance(commands.question, CommandQuestion)
    return commands.question


def opened_list(desk: MainWindow, listed: str) -> ListPage:
    page = desk.open(Address.of("list", section=listed))
    found = page if isinstance(page, ListPage) else page.findChild(ListPage)
    assert found is not None
    return found


def test_a_service_is_ended_from_its_page(desk: MainWindow, qtbot: QtBot) -> None:
    page = desk.open(Address.of("record", section="enabled_services", id="1"))
    assert isinstance(page, RecordPage)
    qtbot.waitUntil(lambda: page._loaded, timeout=WAIT_MS)
    settle(qtbot, desk.jobs)
    question = asked(page.commands, qtbot)
    assert isinstance(question.form.loose_values()["effective_till"], dt.datetime)
    begun = page.form.base()["effective_from"]
    question.form.put("effective_till", begun)
    question.yes_button.click()
    qtbot.waitUntil(lambda: bool(question.form.problems()), timeout=WAIT_MS)
    assert "choose a later moment" in question.form.problems()["effective_till"]
    question.form.put("effective_till", begun + dt.timedelta(days=1))
    with qtbot.waitSignal(page.commands.ran, timeout=WAIT_MS):
        question.yes_button.click()
    qtbot.waitUntil(lambda: page.form.base()["effective_till"] is not None, timeout=WAIT_MS)
    settle(qtbot, desk.jobs)
    assert page.form.base()["effective_till"] == begun + dt.timedelta(days=1)
    assert not page.commands.actions["end"].isEnabled(), "it is over"


def test_only_rows_that_go_on_are_ended_from_the_list(desk: MainWindow, qtbot: QtBot) -> None:
    found = opened_list(desk, "enabled_packs")
    settle(qtbot, desk.jobs)
    found.view.select_everything()
    question = asked(found.commands, qtbot)
    QTest.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: found.commands.question is None, timeout=WAIT_MS)
    with qtbot.waitSignal(found.commands.ran, timeout=WAIT_MS):
        asked(found.commands, qtbot).yes_button.click()
    settle(qtbot, desk.jobs)
    place = [column.name for column in found.section.columns].index("state")
    shown = {found.model.index(row, place).data() for row in range(found.model.rowCount())}
    assert shown == {"Past"}


def test_who_buys_is_not_offered_what_its_tenant_keeps(
    desk: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.jobs.session
    assert session is not None
    with session.database.read() as connection:
        [buyer] = connection.execute(sa.select(agreement.c.party_id)).scalars()
    areas = ("accounts.enabled_services", "accounts.agreements")
    rights = frozenset((area, "manage") for area in areas)
    rita = Actor("Rita", company_id=buyer, owner=False, permissions=rights)
    monkeypatch.setattr(desk.jobs, "session", replace(session, actor=rita))
    page = desk.open(Address.of("record", section="enabled_services", id="1"))
    assert isinstance(page, RecordPage)
    qtbot.waitUntil(lambda: page._loaded, timeout=WAIT_MS)
    settle(qtbot, desk.jobs)
    assert "tenant keeps this" in page.why_not_edit()
    end = page.commands.actions["end"]
    assert (end.isEnabled(), "tenant keeps this" in end.toolTip()) == (False, True)
    listed = opened_list(desk, "agreements")
    settle(qtbot, desk.jobs)
    listed.view.select_everything()
    assert "tenant keeps this" in listed.commands.actions["delete"].toolTip()
    assert not listed.tools.actions["export"].isEnabled()
