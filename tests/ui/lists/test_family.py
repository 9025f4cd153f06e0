"""Sections of one navigation entry, and addresses that filter: tabs, keys, rights, restarts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import app.sections as declared
from app.sections.scopes import SCOPES
from app.sections.services import SERVICES
from app.sections.vendors import VENDORS
from app.ui import navigation, titles
from app.ui.addresses import Address
from app.ui.lists.family import FamilyPage
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from app.ui.palette_entries import palette_entries
from tests.ui.conftest import settle
from tests.ui.lists.conftest import Shell
from tests.ui.lists.conftest import settle as settle_list

FAMILY = (
    SERVICES,
    replace(SCOPES, parent="services"),
    replace(VENDORS, parent="services", area="mccmnc"),
)


@pytest.fixture(autouse=True)
def _family(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {one.id: one for one in FAMILY}
    monkeypatch.setattr(
        declared, "SECTIONS", tuple(ids.get(one.id, one) for one in declared.SECTIONS)
    )
    monkeypatch.setattr(titles, "SECTIONS", declared.SECTIONS)


def opened(window: MainWindow, qtbot: QtBot, section: str, **more: str) -> FamilyPage:
    page = window.open(Address.of("list", section=section, **more))
    assert isinstance(page, FamilyPage)
    ready(page, qtbot)
    return page


def ready(page: FamilyPage, qtbot: QtBot) -> None:
    settle(qtbot, page.shell.jobs)
    qtbot.waitUntil(lambda: page.shown.model.matching is not None)


def test_a_family_shares_one_entry_and_one_page(window: MainWindow, qtbot: QtBot) -> None:
    tabs = window.tabs.count()
    page = opened(window, qtbot, "services")
    assert [page.row.tabText(n) for n in range(page.row.count())] == [
        "Services",
        "Scopes",
        "Vendors",
    ]
    first = page.shown
    assert window.focusWidget() is first.view.main, "rows first, as in any list"
    page.row.setFocus()
    qtbot.keyClick(page.row, Qt.Key.Key_Right)
    ready(page, qtbot)
    assert page.title() == "Scopes"
    assert page.address.get("section") == "scopes"
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Scopes"
    again = opened(window, qtbot, "services")
    assert again is page
    assert page.shown is first, "it stayed as it was"
    assert opened(window, qtbot, "vendors") is page
    assert window.tabs.count() == tabs + 1
    keys = [e.key for e in navigation.entries()]
    assert "services" in keys
    assert not {"scopes", "vendors"} & set(keys)
    assert {"Services", "Scopes", "Vendors"} <= {e.title for e in palette_entries(window)}


def test_the_filter_of_the_navigation_finds_each_of_them(window: MainWindow) -> None:
    shown = window.navigation
    shown.filter.setText("vend")
    titles_found = [i.data() for i in shown._items()]
    assert titles_found == ["Vendors"]
    shown.filter.setText("")


def test_the_entry_opens_what_one_may_look_at(window: MainWindow) -> None:
    found = {e.key: e for e in navigation.entries(lambda area, _: area != "finance.services")}
    assert found["services"].title == "Services"
    assert found["services"].address == "list?section=vendors"
    assert "services" not in {e.key for e in navigation.entries(lambda *_: False)}


def test_lists_come_back_after_a_restart(window: MainWindow, qtbot: QtBot) -> None:
    page = opened(window, qtbot, "services")
    page.shown.set_filter("name", "Acme")
    page = opened(window, qtbot, "scopes", **{"where.state": "=current"})
    state, address = page.state(), page.address
    window.close_tab()
    again = FamilyPage(window, address)
    qtbot.addWidget(again)
    again.restore(state)
    again.show()
    again.start()
    ready(again, qtbot)
    assert again.shown.state_shown.filters == (("state", "=current"),)
    again.row.setCurrentIndex(0)
    QApplication.processEvents()
    ready(again, qtbot)
    assert again.shown.state_shown.filter_of("name") == "Acme"
    again.closing()


def test_who_may_look_at_one_of_them_sees_a_plain_list(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = window.jobs.session.actor  # type: ignore[union-attr]
    monkeypatch.setattr(type(actor), "may", lambda _self, area, _level: area != "mccmnc")
    page = opened(window, qtbot, "services")
    assert page.row.count() == 2
    window.close_tab()
    monkeypatch.setattr(type(actor), "may", lambda _self, area, _level: area == "mccmnc")
    alone = window.open(Address.of("list", section="vendors"))
    assert isinstance(alone, ListPage)
    settle(qtbot, window.jobs)


# ------------------------------------------------------------------------------ where


def test_an_address_filters_this_opening_only(
    make_page: Callable[..., ListPage],
    make_shell: Callable[[Path], Shell],
    many: Path,
    qtbot: QtBot,
) -> None:
    page = make_page(make_shell(many), **{"where.side": "=cost", "where.gone": "x"})
    assert page.state_shown.filters == (("side", "=cost"),), "instead of the section's own"
    assert page.model.matching == 334
    assert [text for _, text in page.chips.chips()] == ["Side: Cost"]
    page.revisit(Address.of("list", section="services", **{"where.name": "plan 0012"}))
    settle_list(qtbot, page)
    assert page.model.matching == 1
    page.clear_filters()
    settle_list(qtbot, page)
    other = make_page(page.shell)
    assert other.state_shown.filters == (("state", "!=archived"),), "the default stays"
