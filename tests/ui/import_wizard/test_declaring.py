"""Columns that only a person can declare: wide sheets, parts of a cell, two uses; Others = Free."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.ui.import_wizard.filter_dialog import FilterDialog
from app.ui.import_wizard.key_dialog import KeyDialog
from tests.helpers.command_line import Desk
from tests.ui.import_wizard.conftest import WAIT_MS, Driver, Make, written

COLUMNS = 1
WIDE = """Land,Netz,Abgehend,Ankommend
Germany,Telekom,0.0730,0.0130
France,SFR,0.0555,0.0155
"""
JOINED = """Netz,Price EUR
Germany - Telekom,0.0730
Germany - Vodafone,0.0725
France - SFR,0.0555
"""
CARD = """Market,Currency,Marketing,Utility,Service
Argentina,EUR,0.0618,0.026,
Brazil,EUR,0.0625,0.0068,
"""


def _actions(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions()}


def _below(menu: QMenu, *titles: str) -> dict[str, QAction]:
    """Return the actions of a submenu."""
    for title in titles:
        below = _actions(menu)[title].menu()
        assert isinstance(below, QMenu), title
        menu = below
    return _actions(menu)


def _menu(driver: Driver, column: int) -> QMenu:
    menu = driver.page.columns.source.menu_of(column)
    assert menu is not None
    return menu


def _answer(driver: Driver, text: str) -> None:
    """Type into the dialog that asks for a key, take the first proposal, accept."""
    dialog = driver.page.findChild(KeyDialog)
    assert dialog is not None
    with driver.qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.field.setFocus()
    QTest.keyClicks(dialog.field.line, text)
    driver.qtbot.waitUntil(lambda: bool(dialog.field.options()), timeout=WAIT_MS)
    assert not dialog.ok.isEnabled()
    QTest.keyClick(dialog.field.line, Qt.Key.Key_Return)
    assert dialog.ok.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    driver.ready()


def _declare(driver: Driver, column: int, title: str) -> None:
    _actions(_menu(driver, column))[title].trigger()
    driver.ready()


def _roles(driver: Driver) -> list[str]:
    header = driver.page.columns.source.header
    count = driver.page.columns.source.model.columnCount()
    return [header.head(column).role for column in range(count)]  # type: ignore[union-attr]


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    return written(tmp_path / "wide.csv", WIDE)


def test_imp_5_price_columns_of_a_wide_sheet_name_their_key(importer: Make, wide: Path) -> None:
    driver = importer(wide)
    driver.choose(node="SMS messaging/SMS message")
    for column, key in ((2, "mt"), (3, "mo")):
        _below(_menu(driver, column), "Price of")["Direction…"].trigger()
        _answer(driver, key)
    assert _roles(driver) == ["Country", "Network", "Price · A2P (MT)", "Price · P2A (MO)"]
    header = driver.page.columns.source.header
    needed = header.fontMetrics().horizontalAdvance("C  Price · A2P (MT)  ▾")
    assert header.sectionSize(2) > needed
    texts = driver.wizard.state.choices.columns
    assert set(texts) >= {"C=price@direction:mt", "D=price@direction:mo"}
    assert [a for a, _name in driver.wizard.proposal.levels] == ["country", "network", "direction"]
    assert (driver.draft.leaves, driver.draft.block) == (4, "")
    again = _below(_menu(driver, 2), "Price of")
    assert again["Direction: A2P (MT)…"].isChecked()
    again["Price without a key"].trigger()
    driver.ready()
    assert _roles(driver)[2] == "Price"


def test_a_wide_sheet_gives_what_the_command_line_gives(
    importer: Make, wide: Path, database: Path
) -> None:
    desk = Desk(database)
    desk.service("Twin", "EUR", "payg", "--side", "cost")
    node = "SMS messaging/SMS message"
    columns = ["A=country", "B=network", "C=price@direction:mt", "D=price@direction:*"]
    declared = [part for text in columns for part in ("--column", text)]
    desk.ok("import", wide, "--service", "Twin", "--node", node, *declared)
    driver = importer(wide)
    driver.choose(node=node)
    _below(_menu(driver, 2), "Price of")["Direction…"].trigger()
    _answer(driver, "mt")
    _below(_menu(driver, 3), "Price of")["Direction…"].trigger()
    _answer(driver, "oth")
    driver.commit()
    rates = desk.rates("Acme SMS")
    assert rates == desk.rates("Twin")
    assert len(rates) == 4


def test_imp_5_bounds_and_types_of_a_key_stand_below_more(wizard: Make, wide: Path) -> None:
    driver = wizard(wide)
    driver.choose(node="SMS messaging/SMS message")
    more = _below(_menu(driver, 3), "More")
    assert {"Price type of", "Tier from of", "Tier till of"} <= set(more)
    _below(_menu(driver, 3), "More", "Tier from of")["Direction…"].trigger()
    _answer(driver, "mo")
    assert "D=tier_from@direction:mo" in driver.wizard.state.choices.columns
    assert _roles(driver)[3] == "Tier from · P2A (MO)"


def test_imp_5_a_part_of_a_cell_and_two_uses_of_a_column_stay(wizard: Make, tmp_path: Path) -> None:
    driver = wizard(written(tmp_path / "joined.csv", JOINED))
    driver.choose(node="SMS messaging/SMS message")
    driver.choosing(columns=("A=attribute:network:best", "B=price"))
    _below(_menu(driver, 0), "Part of the cell")["After the dash"].trigger()
    driver.ready()
    assert _roles(driver)[0] == "Network (after the dash)"
    _below(_menu(driver, 0), "Also gives")["Country"].trigger()
    driver.ready()
    _below(_menu(driver, 0), "Part of the cell for Country")["Before the dash"].trigger()
    driver.ready()
    both = "Network (after the dash) + Country (before the dash)"
    assert _roles(driver)[0] == both
    assert (driver.draft.leaves, driver.draft.values["open"]) == (3, 0)
    _declare(driver, 1, "Price")  # another column declared anew
    assert _roles(driver)[0] == both
    _below(_menu(driver, 0), "Country")["By key"].trigger()
    driver.ready()
    assert _roles(driver)[0] == both
    assert driver.wizard.state.choices.columns[:2] == (
        "A=attribute:network:after_dash",
        "A=attribute:country.key:full:before_dash",
    )
    also = _below(_menu(driver, 0), "Also gives")
    assert also["Country"].isChecked()
    also["Country"].trigger()
    driver.ready()
    assert _roles(driver)[0] == "Network (after the dash)"


def test_a10_others_is_asked_with_the_number_of_regions(importer: Make, tmp_path: Path) -> None:
    driver = importer(written(tmp_path / "card.csv", CARD))
    driver.to(COLUMNS)
    others = driver.page.columns.settings.others
    assert others.isVisibleTo(driver.page)
    assert not others.box.isChecked()
    assert "Regions without a price for Others: 2" in others.note.text()
    assert (driver.draft.leaves, driver.draft.block) == (4, "")
    others.box.click()
    driver.ready()
    assert driver.wizard.state.choices.others == "free"
    assert others.note.text() == "Free: Others in 2 regions, Service in 2."
    assert driver.draft.leaves == 8
    others.box.click()
    driver.ready()
    assert (driver.wizard.state.choices.others, driver.draft.leaves) == ("none", 4)


def test_a10_other_kinds_have_no_such_choice(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    assert not driver.page.columns.settings.others.isVisibleTo(driver.page)


def test_item_13_a_constant_is_chosen_by_name_and_shown_by_name(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    driver.to(COLUMNS)
    levels = driver.page.columns.settings.levels
    menu = levels.add.menu()
    assert isinstance(menu, QMenu)
    _below(menu, "One value for all rows")["Direction…"].trigger()
    _answer(driver, "P2A")
    assert driver.wizard.state.choices.constants == ("direction=mo",)
    shown = [levels.list.item(row).text() for row in range(levels.list.count())]
    assert any(text.startswith("Direction: P2A (MO)") for text in shown), shown
    assert driver.wizard.undo_stack.undoText() == "Direction = P2A (MO)"
    assert not driver.wizard.problem


def test_one_column_is_filtered_by_several_values(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    driver.to(COLUMNS)
    _below(_menu(driver, 0), "Only rows where it is")["Choose values…"].trigger()
    driver.ready()
    dialog = driver.page.findChild(FilterDialog)
    assert dialog is not None
    shown = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert shown == ["Germany   2", "France   1", "Spain   1"]
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    dialog.search.setText("ger")
    dialog.search.searched.emit("ger")
    driver.ready()
    assert dialog.list.count() == 1
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.ok.click()
    driver.ready()
    assert driver.wizard.state.choices.where == ("A=France", "A=Germany")
    assert driver.draft.rows["imported"] == 3
    _below(_menu(driver, 0), "Only rows where it is")["France"].trigger()
    driver.ready()
    assert driver.wizard.state.choices.where == ("A=Germany",)
    assert driver.draft.rows["imported"] == 2
