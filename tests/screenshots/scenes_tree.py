"""The rate tree: levels, editing each kind of cell, marks, dialogs, finding, history, conflict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from app.ui.tariffs.tree_words import Column
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene

CURRENT, COMING, DRAFT = 2, 3, 4
"""Scopes of the sample's SMS service."""

A2P = ("SMS messaging", "SMS message", "A2P")


def opened(driver: Driver, scope: int = COMING, levels: int = 0) -> Any:
    """Return the editor of a scope of the SMS service, opened to so many levels."""
    editor = driver.open(f"service?id=1&scope={scope}").editor()
    driver.until(lambda: getattr(editor, "head", None) is not None)
    editor.open_levels(levels)
    driver.settle()
    return editor


def node(editor: Any, *names: str) -> Any:
    """Return the loaded node at a path of the beginnings of names."""
    item = editor.model.root
    for name in names:
        item = next(child for child in item.nodes.values() if child.name.startswith(name))
    return item


def networks(editor: Any, country: str) -> list[Any]:
    """Return the networks of a country below A2P messages."""
    return list(node(editor, *A2P, country).nodes.values())


def set_price(editor: Any, item: Any, units: int) -> None:
    """Set a price, in 1/100 000 000 of the currency, as the cell editor does."""
    editor.model.setData(editor.model.index_of(item, Column.PRICE), units)


def select(editor: Any, first: Any, last: Any, left: Column, right: Column) -> None:
    """Select a block of cells."""
    index = editor.model.index_of
    block = QItemSelection(index(first, left), index(last, right))
    selection = editor.view.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    selection.setCurrentIndex(index(first, left), flags.NoUpdate)
    selection.select(block, flags.ClearAndSelect)


@scene("tree-levels")
def levels(driver: Driver) -> Iterator[str]:
    editor = opened(driver, CURRENT, 1)
    yield "one"
    editor.open_levels(2)
    yield "two"
    editor.open_levels(3)
    yield "three"
    editor.open_levels(0)
    yield "all"
    editor.view.go_to(networks(editor, "Austria")[0], Column.PRICE)
    yield "at-a-rate"


@scene("tree-cells")
def cells(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    first, second = networks(editor, "Austria")[:2]
    view, index = editor.view, editor.model.index_of
    view.go_to(first, Column.PRICE)
    view.edit(index(first, Column.PRICE))
    driver.settle()
    field = view.viewport().findChild(QLineEdit)
    field.selectAll()
    driver.keys("0.0455")
    yield "price"
    field.selectAll()
    driver.keys("0,0712")
    driver.press("Return", field)
    yield "price-refused"
    driver.press("Escape", field)
    for column, name in (
        (Column.TYPE, "type"),
        (Column.BILLING, "billing"),
        (Column.QUANTITY, "quantity"),
    ):
        view.go_to(second, column)
        view.edit(index(second, column))
        driver.settle()
        yield name
        for _ in range(2):  # its list, then the editor
            driver.press("Escape")
        driver.settle()


@scene("tree-marks")
def marks(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    items = networks(editor, "Austria")
    set_price(editor, items[0], 4_990_000)
    set_price(editor, items[1], 2_500_000)
    editor.commands.remove_silently([items[2]])
    editor.view.go_to(node(editor, *A2P), Column.NAME)
    editor.acts.add.trigger()
    driver.settle()
    picker = driver.dialog()
    driver.keys("Japan")
    driver.settle()
    picker.model.toggle(0)  # type: ignore[attr-defined]
    picker.add_button.click()  # type: ignore[attr-defined]
    driver.settle()
    editor.view.go_to(node(editor, *A2P, "Austria"), Column.NAME)
    yield "staged"
    select(editor, items[0], items[2], Column.NAME, Column.QUANTITY)
    yield "selected"
    editor.view.go_to(node(editor, *A2P, "Japan"), Column.PRICE)
    yield "new"
    editor.ask_discard()
    yield "discard"


@scene("tree-live")
def live(driver: Driver) -> Iterator[str]:
    editor = opened(driver, CURRENT)
    item = networks(editor, "Austria")[0]
    editor.view.go_to(item, Column.PRICE)
    set_price(editor, item, 4_990_000)
    yield "warning"
    editor.save_now()
    yield "question"
    driver.dialog().yes_button.click()  # type: ignore[attr-defined]
    yield "saved"


@scene("tree-dialogs")
def dialogs(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    editor.view.go_to(node(editor, *A2P, "Spain", "DIGI"), Column.PRICE)
    yield "scale-lines"
    editor.acts.scale.trigger()
    yield "scale"
    dialog: Any = driver.dialog()
    dialog.model.put(0, 1, "abc")
    yield "scale-mistake"
    driver.close_popups()
    editor.view.go_to(node(editor, *A2P), Column.NAME)
    editor.acts.add.trigger()
    yield "add"
    driver.keys("ja")
    yield "add-typed"
    driver.dialog().take_list("Japan\nAustria\nAtlantis\nKR\n")  # type: ignore[attr-defined]
    yield "add-list"
    driver.close_popups()
    editor.view.go_to(node(editor, *A2P, "Austria"), Column.NAME)
    editor.acts.prices.trigger()
    yield "prices-empty"
    dialog = driver.dialog()
    dialog.value.setText("3.5")
    yield "prices"
    dialog.kind.setCurrentIndex(dialog.kind.findData("add"))
    dialog.value.setText("-1")
    yield "prices-refused"
    driver.close_popups()
    editor.view.go_to(node(editor, *A2P, "Austria"), Column.NAME)
    editor.acts.delete.trigger()
    yield "delete"
    driver.close_popups()
    place = editor.view.visualRect(editor.view.currentIndex()).bottomLeft()
    editor.view.customContextMenuRequested.emit(place)
    yield "menu"


@scene("tree-find")
def find(driver: Driver) -> Iterator[str]:
    editor = opened(driver, CURRENT, 2)
    editor.acts.find.trigger()
    driver.keys("vodafone")
    yield "hits"
    driver.press("F3", editor)
    yield "next"
    editor.find_bar.field.setText("zzz")
    yield "nothing"


@scene("tree-panels")
def panels(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    item = networks(editor, "Austria")[0]
    set_price(editor, item, 4_990_000)
    editor.save_now()
    driver.settle()
    editor.view.go_to(item, Column.PRICE)
    editor.show_history(True)
    yield "history"
    editor.show_history(False)
    editor.model.edited.emit(editor.model.index_of(item, Column.PRICE), None)
    editor.save_now()
    driver.settle()
    editor.show_problems(True)
    yield "problems"


@scene("tree-paste")
def paste(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    items = networks(editor, "Austria")
    editor.view.go_to(items[0], Column.PRICE)
    QGuiApplication.clipboard().setText("0.1\n0.2\n0.3\n")
    editor.acts.paste.trigger()
    select(editor, items[0], items[2], Column.PRICE, Column.PRICE)
    yield "block"
    QGuiApplication.clipboard().setText("0.1\t1\t2\t3\t4\t5\n")
    editor.acts.paste.trigger()
    yield "too-wide"


@scene("tree-empty")
def empty(driver: Driver) -> Iterator[str]:
    opened(driver, DRAFT, 1)
    yield "draft"


@scene("tree-conflict")
def conflict(driver: Driver) -> Iterator[str]:
    from app.domain import tree_edits
    from app.domain.tree_draft import TreeDraft
    from app.services.tariffs import edit_tree, tree_pages

    editor = opened(driver)
    items = networks(editor, "Austria")[:2]
    for item in items:
        set_price(editor, item, 4_990_000)
    session = driver.window.jobs.session
    assert session is not None
    ctx = session.context()
    rows = tree_pages.rows_by_number(ctx, COMING, [item.no for item in items])
    draft = TreeDraft()
    edit = tree_edits.set_values(draft, [row.ref() for row in rows], {"price": 6_000_000}, "x")
    draft.apply(edit)
    edit_tree.save_tree_edits(ctx, COMING, draft, base_rev=editor.head.revision)
    editor.save_now()
    yield "fields"
