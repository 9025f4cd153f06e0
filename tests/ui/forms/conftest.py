"""What the tests of forms share: pages of records in the main window, on real databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.main_window import MainWindow
from tests.ui.conftest import settle


@pytest.fixture
def open_record(window: MainWindow, qtbot: QtBot) -> Callable[..., RecordPage]:
    """Return a function that opens the form of a record in the main window."""

    def make(section: str = "services", **arguments: Any) -> RecordPage:
        page = window.open(Address.of("record", section=section, **arguments))
        assert isinstance(page, RecordPage)
        qtbot.waitUntil(lambda: page._loaded)
        settle(qtbot, window.jobs)
        return page

    return make
