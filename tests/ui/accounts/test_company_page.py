"""The profile of a company: head, tabs, agreements of a legal entity, block and unblock."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.ui.accounts.company_page import CompanyPage
from app.ui.addresses import Address
from app.ui.main_window import MainWindow
from tests.helpers import office
from tests.ui.conftest import WAIT_MS, settle


@pytest.fixture
def company_id(database: Path) -> int:
    """A reseller with two legal entities and three agreements, and one client below it."""
    session = open_session(str(database))
    ctx = session.context()
    own = office.own_entity(ctx)
    made = office.company(
        ctx,
        "Telecom Monsters",
        "reseller",
        creator_of_resellers=True,
        two_factor=True,
        email="office@monsters.example",
        tax_id="7707083893",
        description="Sells on in Spain and Portugal.",
    )
    spain, portugal = (office.entity(ctx, made, name) for name in ("Monsters ES", "Monsters PT"))
    office.agreement(ctx, made, spain, own, "ES-2026", credit_limit="1000")
    office.agreement(ctx, made, spain, own, "ES-2025", effective_till="2026-02-01")
    office.agreement(ctx, made, portugal, own, "PT-2026", currency="USD")
    session.close()
    return made


@pytest.fixture
def page(company_id: int, window: MainWindow, qtbot: QtBot) -> CompanyPage:
    opened = window.open(Address.of("company", id=company_id))
    assert isinstance(opened, CompanyPage)
    qtbot.waitUntil(lambda: opened.profile is not None, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    return opened


def test_the_head_tells_who_it_is(page: CompanyPage, company_id: int) -> None:
    assert page.title() == page.head.heading.text() == "Telecom Monsters"
    assert page.head.status.text() == "Enabled"
    assert page.head.kind.text() == "Reseller"
    assert page.head.tenant.text().endswith("System owner")
    pills = [label.text() for label in page.head.pills.findChildren(QLabel)]
    assert pills == ["Creator of resellers", "Two-factor authentication"]
    page.head.number.click()
    assert QApplication.clipboard().text() == str(company_id)


def test_the_overview_says_honestly_that_there_is_no_traffic(page: CompanyPage) -> None:
    assert page.overview.period() == "month"
    page.overview.periods["day"].click()
    assert all("No traffic yet today." in s.text() for s in page.overview.sentences)
    assert page.state() == {"tab": 0, "period": "day"}
    assert page.overview.links["agreements"].text() == "3 agreements"
    assert page.overview.links["legal_entities"].text() == "2 legal entities"


def test_links_open_the_lists_of_the_company(
    page: CompanyPage, window: MainWindow, company_id: int, qtbot: QtBot
) -> None:
    page.overview.links["legal_entities"].click()
    settle(qtbot, window.jobs)
    shown = window.tabs.currentWidget()
    assert shown.address.get("where.party_id") == f"={company_id}"


def test_agreements_stand_as_cards_by_legal_entity(page: CompanyPage, qtbot: QtBot) -> None:
    page.tabs.setCurrentWidget(page.finance)
    settle(qtbot, page.shell.jobs)
    finance = page.finance
    assert [view.card.title for view in finance.cards] == ["ES-2026", "PT-2026", "ES-2025"]
    assert [view.card.state for view in finance.cards] == ["current", "current", "past"]
    finance.entity.setCurrentIndex(finance.entity.findText("Monsters PT"))
    assert [view.card.title for view in finance.cards] == ["PT-2026"]
    assert finance.cards[0].card.credit_limit is None
    tabs = [finance.tabs.tabText(i) for i in range(finance.tabs.count())]
    assert tabs == ["Enabled services", "Enabled packs", "Invoices", "Payments"]


def test_block_and_unblock(page: CompanyPage, window: MainWindow, qtbot: QtBot) -> None:
    block = page.commands.actions["block"]
    assert block.isEnabled()
    block.trigger()
    qtbot.waitUntil(lambda: page.commands.question is not None)
    question = page.commands.question
    assert question is not None
    question.yes_button.click()
    qtbot.waitUntil(lambda: page.head.status.text() == "Blocked", timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    assert not block.isVisible()
    page.commands.actions["unblock"].trigger()
    qtbot.waitUntil(lambda: page.head.status.text() == "Enabled", timeout=WAIT_MS)
    settle(qtbot, window.jobs)


def test_assets_are_empty_by_kind(page: CompanyPage) -> None:
    page.tabs.setCurrentWidget(page.assets)
    page.assets.kinds.setCurrentIndex(3)
    assert page.assets.empty.fact() == "No WhatsApp templates yet."


def test_the_own_company_is_not_blocked_and_has_no_tenant(window: MainWindow, qtbot: QtBot) -> None:
    page = window.open(Address.of("company", id=1))
    assert isinstance(page, CompanyPage)
    qtbot.waitUntil(lambda: page.profile is not None, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    assert page.head.kind.text() == "System owner"
    assert not page.commands.actions["block"].isVisible()
    assert page.head.tenant.isHidden()
    assert page.finance.empty.fact() == "No agreement yet."


def test_a_company_that_is_gone_is_told(window: MainWindow, qtbot: QtBot) -> None:
    page = window.open(Address.of("company", id=999))
    assert isinstance(page, CompanyPage)
    settle(qtbot, window.jobs)
    assert page.head.isHidden()
    assert "There is no company 999" in page.bar.text()
