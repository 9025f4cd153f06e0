"""The checklist in the window: the start page, hidden and shown, the profile of a company (M4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.accounts.company_page import CompanyPage
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.home import HomePage
from app.ui.main_window import MainWindow
from tests.helpers.command_line import Desk
from tests.ui.conftest import settle

Make = Callable[..., MainWindow]


def home(window: MainWindow, qtbot: QtBot) -> HomePage:
    page = window.open(Address.of("home"))
    assert isinstance(page, HomePage)
    settle(qtbot, window.jobs)
    return page


def test_m4_a_new_database_shows_its_steps_and_a_step_opens_its_form(
    make_window: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "new.db"
    Desk(path).ok("db", "init")
    window = make_window(path)
    card = home(window, qtbot).setup
    assert card is not None
    assert card.isVisible()
    assert card.accessibleName() == "Set-up: 0 of 8 steps done"
    assert "agreement" not in card.list.links, "it follows the first company"
    card.list.links["own_legal_entity"].click()
    settle(qtbot, window.jobs)
    assert isinstance(window.page, RecordPage)
    assert window.page.section.id == "own_legal_entities"
    assert window.page.is_new


def test_m4_a_hidden_list_stays_hidden_until_it_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    card = home(window, qtbot).setup
    assert card is not None
    card.toggle.click()
    assert not card.list.isVisible()
    page = home(window, qtbot)
    page.revisit(page.address)
    settle(qtbot, window.jobs)
    assert page.setup is not None
    assert page.setup.isVisible()
    assert not page.setup.list.isVisible()
    page.setup.toggle.click()
    assert page.setup.list.isVisible()


def test_m4_nothing_is_shown_where_nothing_is_missing(
    make_window: Make, qtbot: QtBot, demo_database: Path
) -> None:
    window = make_window(demo_database)
    card = home(window, qtbot).setup
    assert card is not None
    assert not card.isVisible()
    page = window.open(Address.of("company", id=2))
    assert isinstance(page, CompanyPage)
    settle(qtbot, window.jobs)
    page.tabs.setCurrentWidget(page.setup)
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Set-up"
    assert not page.setup.list.links


def test_m4_the_profile_counts_what_is_missing(window: MainWindow, qtbot: QtBot) -> None:
    form = window.open(Address.of("record", section="companies", new=1))
    assert isinstance(form, RecordPage)
    settle(qtbot, window.jobs)
    form.form.put("name", "Client")
    form.save_button.click()
    settle(qtbot, window.jobs)
    page = window.open(Address.of("company", id=2))
    assert isinstance(page, CompanyPage)
    settle(qtbot, window.jobs)
    assert page.tabs.tabText(page.tabs.indexOf(page.setup)) == "Set-up (3 missing)"
    page.setup.list.links["legal_entity"].click()
    settle(qtbot, window.jobs)
    assert isinstance(window.page, RecordPage)
    assert window.page.form.labels()["party_id"] == "Client"
