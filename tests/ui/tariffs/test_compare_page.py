"""Comparing two scopes in the window (item 32)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.domain.tree_draft import TreeDraft
from app.services.tariffs import edit_tree, price_change, tree_pages
from app.ui.addresses import Address
from app.ui.tariffs.compare_model import KIND, NEW, OLD, PATH, PERCENT
from app.ui.tariffs.compare_page import ComparePage
from tests.ui.tariffs.conftest import CURRENT, EMPTY, UPCOMING, Desk, settle


@pytest.fixture
def changed(desk: Desk) -> Desk:
    """The coming scope with Austria 3 % dearer, Belgium 10 % cheaper and Czechia gone."""
    session = desk.jobs.session
    assert session is not None
    ctx = session.context()
    draft = TreeDraft()
    path = ["sms", "sms_message", "mt"]
    for country, percent in (("AT", 3), ("BE", -10)):
        number = tree_pages.node_at(ctx, UPCOMING, [*path, country])
        change = price_change.PriceChange("percent", Decimal(percent))
        draft.apply(price_change.staged_change(ctx, UPCOMING, [number], draft, change))
    from app.domain import tree_edits

    number = tree_pages.node_at(ctx, UPCOMING, [*path, "CZ"])
    (row,) = tree_pages.rows_by_number(ctx, UPCOMING, [number])
    draft.apply(tree_edits.remove(draft, [row.ref()], "remove"))
    edit_tree.save_tree_edits(ctx, UPCOMING, draft, base_rev=1)
    return desk


def opened(qtbot: QtBot, desk: Desk, first: int, second: int) -> ComparePage:
    page = ComparePage(desk, Address.of("compare", first=first, second=second))
    qtbot.addWidget(page)
    page.resize(1100, 640)
    page.show()
    page.start()
    settle(qtbot, desk.jobs)
    assert page.model is not None
    QAbstractItemModelTester(
        page.model, QAbstractItemModelTester.FailureReportingMode.Warning, page.model
    )
    return page


def column(page: ComparePage, number: int) -> list[str]:
    model: Any = page.model
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def test_item_32_counts_add_up_and_filter(qtbot: QtBot, changed: Desk) -> None:
    page = opened(qtbot, changed, CURRENT, UPCOMING)
    assert page.model is not None
    counts = page.model.comparison.counts
    assert counts["increased"] == 4
    assert counts["decreased"] == 5
    assert counts["removed"] == 3
    assert sum(counts.values()) - counts["new"] == 91
    assert page.model.total == 12
    assert page.count.text() == "12 of 91 rates"
    page.chips.choose("increased")
    settle(qtbot, changed.jobs)
    assert set(column(page, KIND)) == {"Increased"}
    assert all(text.startswith(("▲ +3.", "▲ +2.")) for text in column(page, PERCENT))
    page.chips.choose("unchanged")
    settle(qtbot, changed.jobs)
    assert page.model.total == counts["unchanged"]
    page.chips.choose(None)
    page.search.setText("belgium")
    page.search.searched.emit("belgium")
    settle(qtbot, changed.jobs)
    assert page.model.total == 5
    assert all("Belgium" in path for path in column(page, PATH))
    page.search.setText("nowhere")
    page.search.searched.emit("nowhere")
    settle(qtbot, changed.jobs)
    assert page.stack.currentWidget() is page.empty
    page.empty.buttons()[0].click()
    settle(qtbot, changed.jobs)
    assert page.model.total == 12
    page.closing()
    settle(qtbot, changed.jobs)


def test_item_32_sorts_by_percent(qtbot: QtBot, changed: Desk) -> None:
    page = opened(qtbot, changed, CURRENT, UPCOMING)
    page.table.sortByColumn(PERCENT, Qt.SortOrder.DescendingOrder)
    settle(qtbot, changed.jobs)
    signs = [text[0] for text in column(page, PERCENT) if text]
    assert signs[:4] == ["▲"] * 4
    assert "▼" not in signs[:4]


def test_item_32_export_and_jump(qtbot: QtBot, changed: Desk, tmp_path: Path) -> None:
    page = opened(qtbot, changed, CURRENT, UPCOMING)
    file = tmp_path / "differences.xlsx"
    page.export_to(file)
    settle(qtbot, changed.jobs)
    assert changed.told == ["12 rows written to differences.xlsx."]
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    assert sheet.max_row >= 13
    row = column(page, KIND).index("Removed")
    page.table.setCurrentIndex(page.model.index(row, OLD))
    page.open_node()
    assert changed.opened[-1].number("scope") == CURRENT
    row = column(page, KIND).index("Increased")
    page.table.setCurrentIndex(page.model.index(row, NEW))
    page.open_node()
    assert changed.opened[-1].number("scope") == UPCOMING


def test_two_scopes_are_chosen_by_typing(qtbot: QtBot, desk: Desk) -> None:
    page = ComparePage(desk, Address.of("compare"))
    qtbot.addWidget(page)
    page.show()
    page.start()
    page.compare()
    assert "Choose two scopes" in page.bar.text()
    page.first.set_value(CURRENT, "SMS service")
    page.second.set_value(CURRENT, "SMS service")
    page.compare()
    assert "one and the same" in page.bar.text()
    page.second.set_value(EMPTY, "SMS service draft")
    page.compare()
    settle(qtbot, desk.jobs)
    assert page.model is not None
    assert page.model.comparison.counts["removed"] == 91
    page.swap_scopes()
    settle(qtbot, desk.jobs)
    assert page.model.comparison.counts["new"] == 91
    page.refresh(frozenset({"rates"}))
    assert page.bar.buttons()


def test_typing_in_a_scope_field_offers_scopes(qtbot: QtBot, desk: Desk) -> None:
    page = ComparePage(desk, Address.of("compare"))
    qtbot.addWidget(page)
    page.show()
    page.start()
    qtbot.keyClicks(page.first.line, "whats")
    qtbot.waitUntil(lambda: bool(page.first.options()), timeout=5000)
    assert page.first.options()[0].text.startswith("WhatsApp")
