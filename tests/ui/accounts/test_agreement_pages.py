"""Agreements in the window: the page with its versions, new ones, what is locked (ACC-3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.domain.records import ListQuery
from app.sections import section
from app.services import records
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.lists.commands import address_of
from app.ui.lists.embedded import EmbeddedList
from app.ui.lists.filter_words import asked
from app.ui.main_window import MainWindow
from tests.contracts.cases import agreements as case
from tests.ui.conftest import settle


@pytest.fixture
def desk(database: Path, make_window: Callable[..., MainWindow]) -> MainWindow:
    """The window on a database with the agreements A-1 (two versions) and A-2."""
    session = open_session(str(database))
    case.fill(session.context())
    session.close()
    return make_window(database)


def opened(desk: MainWindow, qtbot: QtBot, listed: str, **arguments: str) -> RecordPage:
    page = desk.open(Address.of("record", section=listed, **arguments))
    assert isinstance(page, RecordPage)
    qtbot.waitUntil(lambda: page._loaded)
    settle(qtbot, desk.jobs)
    return page


def versions(page: RecordPage, qtbot: QtBot) -> EmbeddedList:
    found = page.panels.list_in_front()
    assert found is not None
    qtbot.waitUntil(lambda: found.model.matching is not None and not found.model.is_loading)
    settle(qtbot, page.shell.jobs)
    return found


def column(found: EmbeddedList, name: str) -> list[str]:
    place = [c.name for c in found.section.columns].index(name)
    return [found.model.index(row, place).data() for row in range(found.model.rowCount())]


def test_the_page_shows_the_version_in_force_and_lists_its_own(
    desk: MainWindow, qtbot: QtBot
) -> None:
    page = opened(desk, qtbot, "agreements", id="1")
    found = versions(page, qtbot)
    assert column(found, "state") == ["Upcoming", "Current"]
    assert column(found, "effective_till") == ["∞", "01/05/2097"]
    assert page.panels.tabText(0) == "Versions (2)"
    page.begin_editing()
    editable = {name for name, row in page.form.rows.items() if row.is_editable}
    assert editable >= {"bank_account_id", "invoice_emails"}
    assert not editable & {"party_id", "code", "effective_from", "credit_limit", "billing_day"}
    page.editing = False


def test_unlimited_and_indefinitely_are_words_in_lists(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreements", id="2")
    found = versions(page, qtbot)
    assert page.form.rows["credit_limit"].shown.text() == "Unlimited"
    assert column(found, "credit_limit") == ["Unlimited"]
    assert column(found, "effective_till") == ["∞"]


def test_a_new_version_begins_with_the_terms_of_the_newest(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreement_versions", new="1", **{"set.agreement_id": "2"})
    qtbot.waitUntil(lambda: page.form.loose_values()["billing_period"] == "daily")
    settle(qtbot, desk.jobs)
    values = page.form.loose_values()
    assert values["billing_zone"] == "Europe/Berlin"
    assert values["effective_from"] is not None
    assert page.form.labels()["agreement_id"] == "Aachen Mobile - A-2, USD"
    page.save(lambda _saved: None)
    qtbot.waitUntil(lambda: not page.is_new)
    settle(qtbot, desk.jobs)
    found = versions(opened(desk, qtbot, "agreements", id="2"), qtbot)
    assert sorted(column(found, "state")) == ["Current", "Upcoming"]


def test_what_a_version_in_force_keeps_says_why(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreement_versions", id="1")
    page.begin_editing()
    editable = {name for name, row in page.form.rows.items() if row.is_editable}
    assert editable == {"effective_till", "till_zone", "credit_limit", "days_for_payment"}
    page.editing = False


def test_choosing_the_company_fills_the_sides(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreements", new="1")
    page.form.put("party_id", "2", "Aachen Mobile")
    qtbot.waitUntil(lambda: bool(page.form.loose_values()["legal_entity_id"]))
    settle(qtbot, desk.jobs)
    labels = page.form.labels()
    assert labels["legal_entity_id"] == "Aachen Mobile Ltd"
    assert labels["own_legal_entity_id"] == "Owner Ltd"
    assert labels["own_bank_account_id"] == "Owner EUR"
    assert page.form.is_shown("billing_day")
    page.form.put("billing_period", "weekly")
    assert page.form.is_shown("billing_weekday")
    assert not page.form.is_shown("billing_day")
    page.editing = False


def test_the_page_leads_to_its_parties_and_its_lists_leave_out_what_it_says(
    desk: MainWindow, qtbot: QtBot
) -> None:
    page = opened(desk, qtbot, "agreements", id="1")
    assert {"party_id", "legal_entity_id"} <= {
        name for name, row in page.form.rows.items() if "href" in row.shown.text()
    }
    found = versions(page, qtbot)
    assert "agreement" not in found.state_shown.columns.visible
    assert "credit_limit" in found.state_shown.columns.visible
    found.reset_columns()
    assert "agreement" not in found.state_shown.columns.visible
    page.panels.choose("services")
    shown = versions(page, qtbot).state_shown.columns.visible
    assert "created_at" in shown, "the connection date (guide 6.3.2)"
    assert "company" not in shown
    companies = [entry[1:] for entry in page.record.history[-1].changes if entry[0] == "Company"]
    assert companies == [(None, page.record.labels["party_id"])]


def test_tab_goes_on_from_a_link_and_enter_opens_it(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreements", id="1")
    company, entity = (page.form.rows[n].shown for n in ("party_id", "legal_entity_id"))
    with qtbot.waitActive(desk):
        desk.activateWindow()
    company.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(company, Qt.Key.Key_Tab)
    assert entity.hasFocus()
    QTest.keyClick(company, Qt.Key.Key_Return)
    assert desk.page.address.text() == f"company?id={page.record.values['party_id']}"


def test_change_credit_limit_begins_with_the_limit(desk: MainWindow, qtbot: QtBot) -> None:
    page = opened(desk, qtbot, "agreements", id="1")
    page.commands.actions["change_limit"].trigger()
    version = desk.page
    assert isinstance(version, RecordPage)
    qtbot.waitUntil(lambda: version.editing)
    settle(qtbot, desk.jobs)
    assert version.form.rows["credit_limit"].editor.widget.hasFocus()
    assert version.address.get("edit") == ""
    version.discard()
    page.commands.actions["change_limit"].trigger()
    assert version.editing, "an open one begins as well"


@pytest.mark.parametrize("name", ["legal_entities", "own_legal_entities"])
def test_the_count_of_a_legal_entity_leads_to_as_many_agreements(
    desk: MainWindow, name: str
) -> None:
    session = desk.jobs.session
    assert session is not None
    ctx, entities, agreements = session.context(), section(name), section("agreements")
    place = [column.name for column in entities.columns].index("agreements")
    rows = records.first_rows(ctx, entities, ListQuery(name))
    counts = [row[place + 1] for row in rows]
    assert any(counts)
    for row, count in zip(rows, counts, strict=True):
        ((column, text),) = (
            address_of(entities.columns[place].link, entities, row).parts("where.").items()
        )
        condition = asked(text, agreements.column(column))
        assert condition is not None
        assert records.count(ctx, agreements, ListQuery("agreements", (condition,)))[0] == count
