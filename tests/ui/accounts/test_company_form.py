"""The form of a company: what it shows to whom, caps offered, requisites filled by tax ID."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.services.accounts.register_load import load_register
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.main_window import MainWindow
from tests.helpers import office
from tests.ui.conftest import WAIT_MS, settle


@pytest.fixture(autouse=True)
def _office(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("INN,KPP,Name,Address\n7707083893,773601001,Sber,Moscow\n", encoding="utf-8")
    session = open_session(str(database))
    office.own_entity(session.context())
    load_register(session.context(), file)
    session.close()


def opened(window: MainWindow, qtbot: QtBot, section: str) -> RecordPage:
    page = window.open(Address.of("record", section=section, new=1))
    assert isinstance(page, RecordPage)
    settle(qtbot, window.jobs)
    return page


def test_a_new_company_is_asked_what_applies(window: MainWindow, qtbot: QtBot) -> None:
    form = opened(window, qtbot, "companies").form
    assert form.is_shown("mnp_requests"), "the topmost back office"
    assert not form.is_shown("mnp_connection")
    assert not form.is_shown("creator_of_resellers")
    assert not form.is_shown("standing")
    assert form.labels()["own_legal_entity_id"] == "Harbour EU"
    form.put("type", "reseller")
    form.put("mnp_requests", True)
    assert form.is_shown("creator_of_resellers")
    assert form.is_shown("mnp_channels")


def test_caps_are_offered_with_fz230(window: MainWindow, qtbot: QtBot) -> None:
    form = opened(window, qtbot, "companies").form
    assert not form.is_shown("calls_per_day")
    flag = form.rows["fz230"].editor.widget
    flag.click()
    qtbot.waitUntil(lambda: form.loose_values()["calls_per_month"] == 16, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    form.put("name", "Caller")
    values = form.values()
    assert (values["calls_per_day"], values["calls_per_week"]) == (2, 4)


@pytest.mark.parametrize(
    ("section", "filled"),
    [
        ("companies", {"name": "Sber", "kpp": "773601001", "legal_address": "Moscow"}),
        ("own_legal_entities", {"name": "Sber", "legal_name": "Sber", "country": "RU"}),
    ],
)
def test_requisites_are_filled_by_tax_id(
    window: MainWindow, qtbot: QtBot, section: str, filled: dict[str, str]
) -> None:
    form = opened(window, qtbot, section).form
    form.put("tax_id", "7707083893")
    form.fill_asked.emit("tax_id")
    qtbot.waitUntil(lambda: form.loose_values()["name"] == "Sber", timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    assert {name: form.loose_values()[name] for name in filled} == filled
    assert "Russia" in form.labels().get("country", "Russia")


def test_the_own_company_has_its_own_fields_only(window: MainWindow, qtbot: QtBot) -> None:
    page = window.open(Address.of("record", section="companies", id=1))
    assert isinstance(page, RecordPage)
    settle(qtbot, window.jobs)
    shown = {name for name in page.form.rows if page.form.is_shown(name)}
    assert {"name", "tax_id", "time_zone", "description"} <= shown
    assert not {"type", "parent_id", "enabled", "credit_limit", "mnp_requests"} & shown
