"""Menus of a list at the mouse: they only repeat what tool bar, keys and chooser offer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from app.ui.lists.page import ListPage

COPYING = ("link", "copy", "copy_headers", "all", "filter")


def show_row_menu(page: ListPage, where: QPoint) -> QMenu:
    """Open the menu of the selected rows: the section's commands, then copying."""
    menu = _popup(page)
    menu.addActions(list(page.commands.actions.values()))
    menu.addSeparator()
    for name in COPYING:
        menu.addAction(page.tools.actions[name])
    menu.popup(where)
    return menu


def show_column_menu(page: ListPage, name: str, where: QPoint) -> QMenu:
    """Open the menu of a column: order, groups, freezing, hiding."""
    layout = page.state_shown.columns
    menu = _popup(page)
    if page.section.column(name).sortable:
        _add_order(page, menu, name)
    if name in page.groups.columns:
        menu.addAction(page.tr("Group by this column"), lambda: page.groups.turn(name))
    menu.addSeparator()
    menu.addAction(page.tr("Freeze up to this column"), lambda: page.freeze_to(name))
    if layout.frozen:
        menu.addAction(page.tr("Free all columns"), lambda: page.freeze_to(""))
    hidden = layout.toggled(name, False)
    menu.addAction(page.tr("Hide this column"), lambda: page.change(columns=hidden))
    menu.addAction(page.tools.actions["columns"])
    menu.popup(where)
    return menu


def _add_order(page: ListPage, menu: QMenu, name: str) -> None:
    orders = ((page.tr("Sort ascending"), False), (page.tr("Sort descending"), True))
    for title, descending in orders:
        state = replace(page.state_shown, sorts=((name, descending),))
        action = menu.addAction(title)
        action.triggered.connect(lambda *_, sorts=state.sorts: page.change(sorts=sorts))


def _popup(page: ListPage) -> QMenu:
    menu = QMenu(page)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
