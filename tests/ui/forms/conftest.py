"""What the tests of forms share: pages of records in the main window, on real databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import app.sections as declared
from app.domain.sections import Section
from app.services import records
from app.ui import titles
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.main_window import MainWindow
from tests.ui.conftest import WAIT_MS, settle


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that declares sections, over those there are, and services by name."""
    named = records.named_service
    services: dict[str, Callable[..., Any]] = {}
    monkeypatch.setattr(records, "named_service", lambda name: services.get(name) or named(name))

    def make(*sections: Section, **more: Callable[..., Any]) -> None:
        services.update({f"tests.{name}": service for name, service in more.items()})
        ids = {one.id: one for one in sections}
        kept = [ids.pop(one.id, one) for one in declared.SECTIONS]
        monkeypatch.setattr(declared, "SECTIONS", (*kept, *ids.values()))
        monkeypatch.setattr(titles, "SECTIONS", declared.SECTIONS)

    return make


@pytest.fixture
def open_record(window: MainWindow, qtbot: QtBot) -> Callable[..., RecordPage]:
    """Return a function that opens the form of a record in the main window."""

    def make(section: str = "services", **arguments: Any) -> RecordPage:
        page = window.open(Address.of("record", section=section, **arguments))
        assert isinstance(page, RecordPage)
        qtbot.waitUntil(lambda: page._loaded, timeout=WAIT_MS)
        settle(qtbot, window.jobs)
        with qtbot.waitActive(window, timeout=WAIT_MS):  # without it nothing has the keyboard
            window.activateWindow()
        return page

    return make
