"""Loading the register of companies in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.accounts.register_page import RegisterPage
from app.ui.addresses import Address
from app.ui.main_window import MainWindow
from tests.ui.conftest import WAIT_MS, settle


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> RegisterPage:
    opened = window.open(Address.of("register"))
    assert isinstance(opened, RegisterPage)
    settle(qtbot, window.jobs)
    return opened


def test_a_dropped_file_is_loaded_and_told(
    page: RegisterPage, qtbot: QtBot, tmp_path: Path
) -> None:
    assert page.place.fact() == "No register is loaded yet."
    file = tmp_path / "register.csv"
    file.write_text("ИНН;Наименование\n7707083893;Сбер\n7707083894;Не тот\n", encoding="utf-8")
    assert page.place.on_files is not None
    page.place.on_files([str(file)])
    assert page.job is not None
    qtbot.waitUntil(lambda: page.job is None, timeout=WAIT_MS)
    settle(qtbot, page.shell.jobs)
    assert "1 added, 0 changed" in page.bar.text()
    assert "Row 3: Digit 10 of the INN 7707083894 is wrong" in page.bar.text()
    assert page.place.fact() == "1 company is known."


def test_a_file_that_is_no_register_is_told(
    page: RegisterPage, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    page.load(file)
    qtbot.waitUntil(lambda: page.job is None, timeout=WAIT_MS)
    settle(qtbot, page.shell.jobs)
    assert page.bar.text().startswith("other.csv has no headings INN and Name")
    assert page.progress.isHidden()


def test_a_file_is_chosen(page: RegisterPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.place.buttons()[0].click()
    assert page.dialog is not None
    assert page.dialog.isVisible()
    page.dialog.reject()
