"""Copying from lists, and what the selection adds up to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.lists import copying
from app.ui.lists.page import ListPage
from tests.ui.lists.conftest import MANY, Shell, settle
from tests.ui.lists.test_page import place

Modifier = Qt.KeyboardModifier


def select(page: ListPage, first: tuple[int, str], last: tuple[int, str]) -> None:
    view = page.view
    view.go_to(first[0], place(page, first[1]))
    view._go((last[0], place(page, last[1])), keep=True)


def copied(page: ListPage) -> str:
    return page.shell.copied[-1][0]  # type: ignore[attr-defined]


def test_item_15_the_whole_block_is_copied_with_and_without_headers(page: ListPage) -> None:
    select(page, (0, "name"), (1, "side"))
    page.copy()
    assert copied(page) == "Plan 0000\tUnit pack\tCost\nPlan 0001\tPay-as-you-go\tSell\n"
    page.copy(headers=True)
    assert copied(page).splitlines()[0] == "Name\tType\tSide"


def test_item_15_codes_keep_their_zeros(page: ListPage) -> None:
    page.view.go_to(1, place(page, "description"))
    page.copy()
    text, html = page.shell.copied[-1]  # type: ignore[attr-defined]
    assert text == "0021\n"
    assert ">0021</td>" in html
    assert "'\\@'" in html


def test_item_15_many_cells_are_copied_in_a_job(page: ListPage, qtbot: QtBot) -> None:
    page.view.select_everything()
    assert len(page.view.blocks()) == 1
    page.copy()
    qtbot.waitUntil(lambda: bool(page.shell.told))  # type: ignore[attr-defined]
    lines = copied(page).splitlines()
    assert len(lines) == MANY
    assert lines[-1].split("\t")[1] == f"Plan {MANY - 1:04d}"
    assert len(lines[0].split("\t")) == len(page.view.shown())


def test_item_15_too_many_cells_are_refused_with_a_sentence(
    page: ListPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "MOST", 100)
    page.view.select_everything()
    page.copy()
    assert "export" in page.shell.told[-1]  # type: ignore[attr-defined]
    assert not page.shell.copied  # type: ignore[attr-defined]


def test_item_15_two_blocks_keep_their_places(page: ListPage, qtbot: QtBot) -> None:
    page.view.go_to(0, place(page, "name"))
    qtbot.mouseClick(
        page.view.main.viewport(),
        Qt.MouseButton.LeftButton,
        Modifier.ControlModifier,
        page.view.main.visualRect(page.model.index(2, place(page, "side"))).center(),
    )
    page.copy()
    assert copied(page) == "Plan 0000\t\n\tSell\n"


def test_item_17_spreadsheet_keys_move_and_select(page: ListPage, qtbot: QtBot) -> None:
    view = page.view
    view.go_to(5, place(page, "name"))
    view.main.setFocus()
    qtbot.keyClick(view.main, Qt.Key.Key_End)
    assert view.current() == (5, view.shown()[-1])
    qtbot.keyClick(view.main, Qt.Key.Key_Home)
    qtbot.keyClick(view.main, Qt.Key.Key_Down, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert [(b.top, b.bottom) for b in view.blocks()] == [(5, MANY - 1)]
    qtbot.keyClick(view.main, Qt.Key.Key_Home, Modifier.ControlModifier)
    assert view.current() == (0, view.shown()[0])
    qtbot.keyClick(view.main, Qt.Key.Key_Space, Modifier.ShiftModifier)
    assert view.blocks()[0].right == page.model.columnCount() - 1


def test_the_selection_is_added_up_in_memory_and_by_the_database(
    page: ListPage, qtbot: QtBot
) -> None:
    said: list[str] = []
    page.status.connect(said.append)
    select(page, (0, "size"), (4, "size"))
    qtbot.waitUntil(lambda: "sum" in (said or [""])[-1])
    assert said[-1] == (
        "1,000 of 1,000 rows · 5 rows selected · Size: sum 9, average 3, min 1, max 5"
    )
    page.view.select_everything()
    qtbot.waitUntil(lambda: "1,000 rows selected" in said[-1] and "sum 250,000" in said[-1])
    page.view.go_to(0)
    qtbot.waitUntil(lambda: "selected" not in said[-1])
    settle(qtbot, page)


def test_item_02_two_hundred_thousand_rows_at_once(
    big: Path,
    make_shell: Callable[[Path], Shell],
    make_page: Callable[..., ListPage],
    qtbot: QtBot,
) -> None:
    """The mechanism: 200 rows are painted before the rest is known, the end needs one page."""
    page = make_page(make_shell(big), "rates", scope="1")
    assert page.counted.text() == "200,000 rows"
    fetched: list[int] = []
    page.model.dataChanged.connect(lambda top, bottom: fetched.append(bottom.row() - top.row() + 1))
    page.view.main.setFocus()
    qtbot.keyClick(page.view.main, Qt.Key.Key_End, Modifier.ControlModifier)
    qtbot.waitUntil(lambda: page.model.row(199_999) is not None)
    assert sum(fetched) <= 1000
    page.view.select_everything()
    assert len(page.view.blocks()) == 1
    steps: list[int] = []
    page.model.loaded.connect(lambda: steps.append(page.model.rowCount()))
    page.change(sorts=(("price", True),))
    settle(qtbot, page)
    assert steps == [200, 200_000]
    page.set_filter("key", "100019")
    settle(qtbot, page)
    assert page.model.matching is not None
    assert page.model.total == 200_000


def test_a_list_of_rates_is_named_by_service_and_dates(
    big: Path,
    make_shell: Callable[[Path], Shell],
    make_page: Callable[..., ListPage],
    qtbot: QtBot,
) -> None:
    page = make_page(make_shell(big), "rates", scope="1")
    qtbot.waitUntil(lambda: "Voice" in page.title())
    assert page.title().startswith("Rates · Voice, 01/01/")
    assert page.heading.text() == page.title()
