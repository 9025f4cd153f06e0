"""Lists in the page of a record: what belongs to it, counted, added to, opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.sections import Panel
from app.sections import section
from app.sections.services import SERVICES
from app.services import records
from app.ui.forms.page import RecordPage
from app.ui.forms.panels import filled
from app.ui.lists.embedded import EmbeddedList
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from tests.ui.conftest import settle

Open = Callable[..., RecordPage]

WITH_PANELS = replace(
    SERVICES,
    panels=(
        Panel("scopes", "Scopes", "scopes", (("service_id", "={id}"),)),
        Panel(
            "alike",
            "Same currency",
            "services",
            (("currency", "={currency}"),),
            (("currency", "{currency}"), ("name", "Next to {name}")),
        ),
        Panel("packs", "Packs", "services", shown_when=("type", ("unit_pack",))),
    ),
)


@pytest.fixture
def page(open_record: Open, declare: Callable[..., None]) -> RecordPage:
    declare(WITH_PANELS)
    return open_record(id=1)


def listed(page: RecordPage, qtbot: QtBot) -> EmbeddedList:
    found = page.panels.list_in_front()
    assert found is not None
    qtbot.waitUntil(lambda: found.model.matching is not None and not found.model.is_loading)
    settle(qtbot, page.shell.jobs)
    return found


def names(found: ListPage, column: str = "name") -> list[str]:
    place = [c.name for c in found.section.columns].index(column)
    return [found.model.index(row, place).data() for row in range(found.model.rowCount())]


def test_only_what_belongs_to_the_record_is_listed(page: RecordPage, qtbot: QtBot) -> None:
    scopes = listed(page, qtbot)
    assert names(scopes, "service") == ["Acme SMS"]
    assert [page.panels.tabText(n) for n in range(page.panels.count())] == [
        "Scopes (1)",
        "Same currency (1)",
    ]
    assert scopes.counted.text() == "1 row"
    assert scopes.chips.chips() == [], "it can't be widened"
    scopes.set_filter("currency", "=USD")
    settle(qtbot, page.shell.jobs)
    assert scopes.model.matching == 0
    assert scopes.counted.text() == "0 of 1 rows"
    scopes.clear_filters()
    settle(qtbot, page.shell.jobs)
    assert scopes.model.matching == 1


def test_add_opens_a_form_that_belongs_here(
    page: RecordPage, window: MainWindow, qtbot: QtBot
) -> None:
    page.panels.choose("alike")
    services = listed(page, qtbot)
    services.tools.actions["add"].trigger()
    made = window.page
    assert isinstance(made, RecordPage)
    assert made is not page
    qtbot.waitUntil(lambda: made._loaded)
    settle(qtbot, window.jobs)
    assert made.form.loose_values()["currency"] == "EUR"
    assert made.form.loose_values()["name"] == "Next to Acme SMS"
    done: list[bool] = []
    made.save(done.append)
    settle(qtbot, window.jobs)
    assert done == [True]
    settle(qtbot, window.jobs)
    services.showEvent(None)  # type: ignore[arg-type] # it is looked at again
    qtbot.waitUntil(lambda: services.model.total == 2)
    assert page.panels.tabText(1) == "Same currency (2)"


def test_rows_open_and_counts_follow_changes(
    page: RecordPage, window: MainWindow, qtbot: QtBot
) -> None:
    scopes = listed(page, qtbot)
    window.jobs.change(
        "Add",
        lambda ctx: records.create(
            ctx,
            section("services"),
            {"name": "X", "type": "payg", "currency": "EUR", "side": "sell", "time_zone": "UTC"},
        ),
        owner=window,
        nouns=("services",),
    )
    settle(qtbot, window.jobs)
    qtbot.waitUntil(lambda: page.panels.tabText(1) == "Same currency (2)")
    scopes.open_row(0)
    assert window.page is not None
    assert window.page.address.kind == "service"
    settle(qtbot, window.jobs)


def test_each_list_has_keys_and_columns_of_its_own(
    page: RecordPage, window: MainWindow, qtbot: QtBot
) -> None:
    page.panels.choose("alike")
    services = listed(page, qtbot)
    services.change(columns=services.state_shown.columns.toggled("side", False))
    assert window.preferences.get("panel/services/alike")
    assert window.preferences.get("list/services") is None
    window.activateWindow()
    services.view.go_to(0)
    services.view.main.setFocus()
    qtbot.waitUntil(services.view.main.hasFocus)
    qtbot.keyClick(services.view.main, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert page.editing, "Ctrl+E edits the record from here too"
    page.cancel()
    services.view.main.setFocus()
    qtbot.keyClick(services.view.main, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert window.page is not None
    assert window.page.address.kind == "import", "the key of the list's own command"
    settle(qtbot, window.jobs)


def test_a_new_record_has_no_panels(page: RecordPage, open_record: Open) -> None:
    assert page.panels.isVisible()
    fresh = open_record(new="1")
    assert fresh.panels.isHidden()


def test_panels_follow_rights_and_the_record(
    page: RecordPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.panels.choose("alike")
    listed(page, qtbot)
    assert page.state()["panel"] == "alike"
    page._go_to(2)
    qtbot.waitUntil(lambda: page.record is not None and page.record.id == 2)
    assert page.panels.panel_in_front() == "alike"
    assert names(listed(page, qtbot)) == ["Retail SMS"]
    actor = page.shell.jobs.session.actor  # type: ignore[union-attr]
    monkeypatch.setattr(type(actor), "may", lambda *_: False)
    page.panels.show_record(None)
    page.panels.show_record(page.record)
    assert page.panels.isHidden()


def test_panels_stand_beside_the_form_where_there_is_room(
    page: RecordPage, window: MainWindow
) -> None:
    window.resize(1366, 768)
    QApplication.processEvents()
    assert page.split.orientation() == Qt.Orientation.Vertical
    window.resize(1900, 900)
    QApplication.processEvents()
    assert page.split.orientation() == Qt.Orientation.Horizontal


def test_places_without_a_value_are_empty() -> None:
    assert filled("={id}, {name}", {"id": 7, "name": None}) == "=7, "


def test_a_record_of_which_all_is_locked_is_not_edited(page: RecordPage, qtbot: QtBot) -> None:
    assert page.record is not None
    some = {"name": "System roles stay."}
    page.record = replace(page.record, locked=some)
    assert page.why_not_edit() == ""
    page.begin_editing()
    assert page.form.rows["name"].reason.text() == "System roles stay."
    assert not page.form.rows["name"].is_editable
    page.cancel()
    every = {field.name: "System roles stay." for field in page.section.form if not field.fixed}
    page.record = replace(page.record, locked=every)
    page._enable()
    assert not page.tools.edit.isEnabled()
    assert page.tools.edit.toolTip() == "System roles stay."
    settle(qtbot, page.shell.jobs)
