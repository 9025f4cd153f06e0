"""Lists: every section, filters, order, groups, columns, views, export, empty ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt

from app.sections import SECTIONS
from app.ui.lists.menus import show_column_menu, show_row_menu
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import Play, scene

RATES = "list?section=rates&scope=13"


def _plain(section: str, arguments: str) -> Play:
    def play(driver: Driver) -> Iterator[str]:
        driver.open(f"list?section={section}{arguments}")
        yield "plain"

    return play


for _section in SECTIONS:
    _given = "".join(f"&{name}=13" for name in _section.arguments)
    scene(f"list-{_section.id}")(_plain(_section.id, _given))


def place(page: Any, name: str) -> int:
    """Return the place of a column in its section."""
    return [column.name for column in page.section.columns].index(name)


def select(page: Any, rows: tuple[int, int], columns: tuple[str, str]) -> None:
    """Select a block of cells."""
    model, first = page.model, place(page, columns[0])
    block = QItemSelection(
        model.index(rows[0], first), model.index(rows[1], place(page, columns[1]))
    )
    selection = page.view.main.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    selection.setCurrentIndex(model.index(rows[0], first), flags.NoUpdate)
    selection.select(block, flags.ClearAndSelect)


@scene("lists-filter")
def filters(driver: Driver) -> Iterator[str]:
    page = driver.open("list?section=services")
    page.set_filter("side", "=sell")
    page.set_filter("name", "s")
    page.set_filter("currency", "EUR")
    yield "chips"
    page.clear_filters()
    page.view.focus_filter("size")
    driver.keys("abc")
    yield "bad-filter"
    page.clear_filters()
    page.view.focus_filter("state")
    page.view.main.header.edits[place(page, "state")].show_choices()
    yield "choices"
    driver.close_popups()
    page.set_filter("name", "nothing is called so")
    yield "nothing"
    page.clear_filters()
    page.search.setText("sms")
    yield "search"


@scene("lists-sort")
def order(driver: Driver) -> Iterator[str]:
    page = driver.open("list?section=services")
    header = page.view.main.header
    for name, modifier in (
        ("side", Qt.KeyboardModifier.NoModifier),
        ("name", Qt.KeyboardModifier.ShiftModifier),
        ("name", Qt.KeyboardModifier.ShiftModifier),
    ):
        at = place(page, name)
        x = header.sectionViewportPosition(at) + header.sectionSize(at) // 2
        driver.click(header.viewport(), QPoint(x, 10), modifier)
        driver.settle()
    yield "two-keys"
    for name in ("side", "type"):
        page.groups.turn(name)
        driver.settle()
    page.model.turn_all(True)
    yield "grouped"


@scene("lists-tools")
def tools(driver: Driver) -> Iterator[str]:
    page = driver.open("list?section=services")
    page.choose_columns()
    yield "columns"
    page.chooser.close()
    page.set_filter("side", "=cost")
    page.views.save("Costs of vendors")
    page.views.select("Costs of vendors")
    page.set_filter("currency", "EUR")
    driver.settle()
    button = page.tools.bar.widgetForAction(page.views.action)
    menu = page.views.menu
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    yield "views"
    driver.close_popups()
    page.views.ask_new()
    yield "save-view"
    driver.close_popups()
    page.clear_filters()
    driver.settle()
    page.export()
    yield "export"
    driver.close_popups()
    page.view.go_to(1)
    show_row_menu(page, page.view.main.viewport().mapToGlobal(QPoint(260, 60)))
    yield "row-menu"
    driver.close_popups()
    show_column_menu(page, "type", page.view.main.viewport().mapToGlobal(QPoint(360, 4)))
    yield "column-menu"
    driver.close_popups()
    page.view.go_to(2)
    page.commands.actions["archive"].trigger()
    yield "archive"


@scene("lists-numbers")
def numbers(driver: Driver) -> Iterator[str]:
    page = driver.open(RATES)
    priced = [c.name for c in page.section.columns if "price" in c.name]
    name = "price" if "price" in priced else priced[0]
    page.view.main.setFocus()
    select(page, (2, 14), (name, name))
    yield "selection"
    page.view.select_everything()
    yield "all-selected"
    visible = page.state_shown.columns.visible
    page.freeze_to(visible[1])
    driver.settle()
    bar = page.view.main.horizontalScrollBar()
    bar.setValue(bar.maximum())
    yield "frozen"


def _never(section: str) -> Callable[[Driver], Iterator[str]]:
    def play(driver: Driver) -> Iterator[str]:
        driver.open(f"list?section={section}")
        yield "never"

    return play


for _section in SECTIONS:
    if not _section.arguments:
        scene(f"empty-{_section.id}", "empty")(_never(_section.id))
