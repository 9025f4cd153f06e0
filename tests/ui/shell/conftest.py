"""The shell's tests open a page of their own beside those of the program."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.ui import pages
from app.ui.main_window import MainWindow
from tests.ui.shell.pages import KIND, PLACE, NotePage, address


@pytest.fixture(autouse=True)
def _note_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pages.PAGES, KIND, PLACE)


@pytest.fixture
def note(window: MainWindow) -> Callable[[int], NotePage]:
    def open_note(number: int) -> NotePage:
        page = window.open(address(number))
        assert isinstance(page, NotePage)
        return page

    return open_note
