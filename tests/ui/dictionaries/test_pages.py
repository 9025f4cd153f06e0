"""Dictionaries in the window: entries, newer lists, missed options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.sections import section
from app.services import dictionary_missed, records
from app.services.context import Context
from app.services.dictionary_keys import number_of
from app.ui.addresses import Address
from app.ui.dictionaries.missed_page import MissedPage
from app.ui.dictionaries.update_page import UpdatePage
from app.ui.forms.page import RecordPage
from app.ui.lists.family import FamilyPage
from app.ui.main_window import MainWindow
from tests.ui.conftest import WAIT_MS, settle

LIST = (
    "MCC;MNC;Brand;Operator;CountryISO;Status\n"
    "262;02;Vodafone Neu;Vodafone D2 GmbH;DE;Operational\n"
    "262;99;Newcomer;Newcomer AG;DE;Operational\n"
    "x;1;bad;;;\n"
)
QUICK = ("country", "AT")


@pytest.fixture
def rated(make_window: Callable[..., MainWindow], demo_database: Path, qtbot: QtBot) -> MainWindow:
    window = make_window(demo_database)
    settle(qtbot, window.jobs)
    return window


def context(window: MainWindow) -> Context:
    assert window.jobs.session is not None
    return window.jobs.session.context()


def retired(window: MainWindow) -> int:
    """Retire a country that rates use, and return its number among the missed options."""
    ctx = context(window)
    records.named_service("dictionary_records.retire")(ctx, [number_of(*QUICK)])
    found = dictionary_missed.options(ctx)
    return next(one.number for one in found if one.key == "AT" and one.company_id == 1)


def opened(window: MainWindow, qtbot: QtBot, number: int) -> MissedPage:
    page = window.open(Address.of("missed-option", id=number))
    assert isinstance(page, MissedPage)
    settle(qtbot, window.jobs)
    return page


def choose(page: MissedPage, qtbot: QtBot, text: str, key: str) -> None:
    page.field.setFocus()
    qtbot.keyClicks(page.field.line, text)
    page.field.open()
    qtbot.waitUntil(lambda: any(o.key == key for o in page.field.options()), timeout=WAIT_MS)
    place = [o.key for o in page.field.options()].index(key)
    for _ in range(place):
        qtbot.keyClick(page.field.line, Qt.Key.Key_Down)
    qtbot.keyClick(page.field.line, Qt.Key.Key_Return)
    assert page.field.value() == key


def test_a_missed_option_is_replaced_in_the_ticked_trees(rated: MainWindow, qtbot: QtBot) -> None:
    page = opened(rated, qtbot, retired(rated))
    assert page.title() == "Country AT"
    assert "Austria is retired" in page.facts.text()
    QAbstractItemModelTester(page.model)
    assert page.option is not None
    before = len(page.option.places)
    assert before > 1
    assert not page.replace.isEnabled()
    first = page.model.index(0, 0)
    page.model.setData(first, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    choose(page, qtbot, "monts", "MS")
    assert page.replace.isEnabled()
    page.replace.click()
    settle(qtbot, rated.jobs)
    settle(qtbot, rated.jobs)
    assert page.bar.text() == ""
    assert page.option is not None
    assert len(page.option.places) == 1
    assert not page.replace.isEnabled()


def test_two_branches_are_not_made_one(rated: MainWindow, qtbot: QtBot) -> None:
    page = opened(rated, qtbot, retired(rated))
    choose(page, qtbot, "germany", "DE")
    page.replace.click()
    settle(qtbot, rated.jobs)
    assert "Two branches would become one" in page.bar.text()


def test_a_retired_key_is_used_again(rated: MainWindow, qtbot: QtBot) -> None:
    page = opened(rated, qtbot, retired(rated))
    assert page.add.isHidden()
    page.again.click()
    settle(qtbot, rated.jobs)
    settle(qtbot, rated.jobs)
    assert page.stack.currentWidget() is page.gone
    assert page.gone.fact() == "No missed option any more"


def test_a_line_opens_its_rate_tree(rated: MainWindow, qtbot: QtBot) -> None:
    page = opened(rated, qtbot, retired(rated))
    page.table.activated.emit(page.model.index(0, 0))
    settle(qtbot, rated.jobs)
    assert page.option is not None
    place = page.option.places[0]
    assert rated.page is not None
    assert rated.page.address == Address.of("service", id=place.service_id, scope=place.scope_id)


@pytest.fixture
def update(window: MainWindow, qtbot: QtBot) -> UpdatePage:
    page = window.open(Address.of("dictionary-update", dictionary="mccmnc"))
    assert isinstance(page, UpdatePage)
    settle(qtbot, window.jobs)
    return page


def test_a_newer_list_is_shown_taken_and_undone(
    update: UpdatePage, qtbot: QtBot, tmp_path: Path
) -> None:
    jobs = update.shell.jobs
    file = tmp_path / "codes.csv"
    file.write_text(LIST, encoding="utf-8")
    assert not update.undo.isEnabled()
    assert update.place.on_files is not None
    update.place.on_files([str(file)])
    settle(qtbot, jobs)
    assert [line[:2] for line in update.model.lines] == [("Added", "26299"), ("Changed", "26202")]
    assert update.summary.text() == ("codes.csv: 1 to add, 1 to change, 0 to retire, 0 unchanged")
    assert update.left_out.text() == "Line 4 has no usable key (x1) and was left out."
    update.whole.click()
    settle(qtbot, jobs)
    assert "hardly the whole list" in update.bar.text()
    assert not update.take.isEnabled()
    update.whole.click()
    settle(qtbot, jobs)
    update.take.click()
    settle(qtbot, jobs)
    settle(qtbot, jobs)
    assert update.bar.text() == "1 added, 1 changed, 0 retired."
    assert update.undo.isEnabled()
    update.undo.click()
    settle(qtbot, jobs)
    settle(qtbot, jobs)
    assert update.bar.text().startswith("Undone: 2 entries")
    assert not update.undo.isEnabled()


def test_a_file_that_is_no_list_is_told(update: UpdatePage, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    update.read(file)
    settle(qtbot, update.shell.jobs)
    assert "other.csv has no column with the keys of MCCMNC" in update.bar.text()
    assert update.stack.currentIndex() == 0
    update.choose()
    assert update.dialog is not None
    update.dialog.reject()


def test_the_lists_open_what_they_count(window: MainWindow, qtbot: QtBot) -> None:
    family = window.open(Address.parse("list?section=dictionaries"))
    assert isinstance(family, FamilyPage)
    settle(qtbot, window.jobs)
    assert family.shown.model.rowCount() == 20
    family.shown.open_row(2)
    settle(qtbot, window.jobs)
    qtbot.waitUntil(lambda: family.shown.model.rowCount() == 3056, timeout=WAIT_MS)
    assert family.address.get("section") == "entries"
    family.shown.open_row(0)
    settle(qtbot, window.jobs)
    assert isinstance(window.page, RecordPage)
    assert window.page.title().startswith("MCCMNC 202")


def test_an_entry_is_added_with_the_fields_of_its_dictionary(
    window: MainWindow, qtbot: QtBot
) -> None:
    address = Address.of("record", section="entries", **{"set.dictionary": "country"})
    page = window.open(address)
    assert isinstance(page, RecordPage)
    settle(qtbot, window.jobs)
    shown = {name for name, row in page.form.rows.items() if not row.cell.isHidden()}
    assert {"name_en", "alpha3", "name_fr"} <= shown
    assert not {"codes", "brand", "minor_units", "origin"} & shown
    assert section("entries").help == "dictionaries"
