"""A file of companies in the window: looked at, filtered, loaded, its rejects kept."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.services.bulk.loads import LOADS
from app.ui.addresses import Address
from app.ui.loading.page import LoadPage
from app.ui.main_window import MainWindow
from app.ui.titles import section
from tests.ui.conftest import WAIT_MS, settle


def opened(window: MainWindow, qtbot: QtBot, name: str) -> LoadPage:
    page = window.open(Address.of("load", section=name))
    assert isinstance(page, LoadPage)
    settle(qtbot, window.jobs)
    return page


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> LoadPage:
    return opened(window, qtbot, "companies")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("Name,Type\nLantern,Client\nOdd,Agency\n", encoding="utf-8")
    return path


def wait(page: LoadPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.job is None, timeout=3 * WAIT_MS)
    settle(qtbot, page.shell.jobs)


def test_a_file_is_looked_at_loaded_and_its_rejects_are_kept(
    page: LoadPage, qtbot: QtBot, file: Path, tmp_path: Path
) -> None:
    assert page.place.on_files is not None
    page.place.on_files([str(file)])
    wait(page, qtbot)
    assert [line[1] for line in page.model.lines] == ["To add", "Left out"]
    assert page.take.text() == "Load 1 row"
    page.chips.choose("rejected")
    assert [line[2] for line in page.model.lines] == ["Odd"]
    page.take.click()
    wait(page, qtbot)
    assert [line[1] for line in page.model.lines] == ["Added", "Left out"]
    assert page.bar.text().startswith("The file is loaded.")
    assert page.take.isHidden()
    rejects = tmp_path / "left.csv"
    page.save_rejects(rejects)
    qtbot.waitUntil(rejects.exists, timeout=WAIT_MS)
    settle(qtbot, page.shell.jobs)
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        assert [row[0] for row in csv.reader(stream)] == ["Name", "Odd"]
    page.read(file)
    assert page.job is not None


def test_the_same_file_again_has_nothing_to_do(page: LoadPage, qtbot: QtBot, file: Path) -> None:
    for _ in range(2):
        page.read(file)
        wait(page, qtbot)
        page.load_it()
        if page.job is not None:
            wait(page, qtbot)
    page.read(file)
    wait(page, qtbot)
    assert [line[1] for line in page.model.lines] == ["Unchanged", "Left out"]
    assert not page.take.isEnabled()


def test_columns_are_told_by_hand_and_remembered(page: LoadPage, qtbot: QtBot, file: Path) -> None:
    file.write_text("Kunde,Colour,Art\nLantern,red,Client\n", encoding="utf-8")
    page.read(file)
    wait(page, qtbot)
    assert "no headings that are known" in page.bar.text()
    assert list(page.columns.choices) == ["Kunde", "Colour", "Art"]
    file.write_text("Kunde,Colour,Type\nLantern,red,Client\n", encoding="utf-8")
    page.read(file)
    wait(page, qtbot)
    assert '"Kunde", "Colour"' in page.bar.text()
    assert page.stack.currentWidget() is page.columns
    assert not page.columns.next.isEnabled()
    choice = page.columns.choices["Kunde"]
    choice.setCurrentText("Name")
    choice.activated.emit(choice.currentIndex())
    page.columns.rest.click()
    page.columns.next.click()
    wait(page, qtbot)
    assert [line[1:3] for line in page.model.lines] == [("To add", "Lantern")]
    assert page.bar.text() == "Columns left out: Colour."
    page.mapping.click()
    assert page.columns.choices["Colour"].currentText() == "Leave out"
    page.read(file)
    wait(page, qtbot)
    assert page.take.isEnabled(), "what was said holds for the next file"


def test_the_sheet_that_fits_is_proposed_and_another_can_be_chosen(
    page: LoadPage, qtbot: QtBot, tmp_path: Path
) -> None:
    book = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        made.add_worksheet("Cover").write_row(0, 0, ["List of partners", "2026"])
        for name, row in (("Clients", "Lantern"), ("More", "Beacon")):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["Name", "Type"])
            sheet.write_row(1, 0, [row, "Client"])
    page.read(book)
    wait(page, qtbot)
    assert (page.sheet.count(), page.sheet.currentText()) == (3, "Clients")
    page.sheet.setCurrentText("More")
    page.sheet.activated.emit(2)
    wait(page, qtbot)
    assert [line[2] for line in page.model.lines] == ["Beacon"]
    page.sheet.setCurrentText("Cover")
    page.sheet.activated.emit(0)
    assert "no headings" in page.bar.text()
    assert not page.sheet.isHidden()


def test_a_stopped_look_shows_no_rows_of_before(page: LoadPage, qtbot: QtBot, file: Path) -> None:
    page.read(file)
    wait(page, qtbot)
    page.mode.setCurrentIndex(1)
    page.cancel.click()
    wait(page, qtbot)
    assert page.bar.text() == "Stopped: nothing was changed."
    assert page.stack.currentWidget() is page.columns
    page.columns.next.click()
    wait(page, qtbot)
    page.copy()
    copied = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    assert copied.splitlines()[0] == "Row\tOutcome\tCompany\tDetails"
    assert len(copied.splitlines()) == 3


def test_a_template_is_saved(page: LoadPage, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    page.save_template(path)
    qtbot.waitUntil(lambda: page.bar.text() == "Saved template.xlsx.", timeout=WAIT_MS)
    assert path.exists()


def test_codes_of_users_are_asked_for_where_no_mail_is_sent(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = opened(window, qtbot, "users")
    assert not page.can_mail
    file = tmp_path / "users.csv"
    owner = "System owner"
    file.write_text("Email,No restrictions\nann@a.example,yes\n", encoding="utf-8")
    page.read(file)
    wait(page, qtbot)
    assert [line[1] for line in page.model.lines] == ["To add"], (owner, page.model.lines)
    page.take.click()
    assert page.dialog is not None
    assert page.dialog.isVisible()
    codes = tmp_path / "codes.csv"
    page.dialog.fileSelected.emit(str(codes))
    page.dialog.reject()
    wait(page, qtbot)
    assert "ann@a.example" in codes.read_text(encoding="utf-8")


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
def test_every_list_that_can_be_loaded_says_so(load: object) -> None:
    name = load.section_id  # type: ignore[attr-defined]
    commands = {command.id: command for command in section(name).commands}
    assert commands["load"].opens == f"load?section={name}"
