"""The tool bar of a list, and its actions: shortcuts inside the page, names for the palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from app.domain.permissions import EXPORT, VIEW
from app.ui.look.icons import icon
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.ui.lists.page import ListPage

LEFT = ("add",)
RIGHT = ("columns", "export", "refresh")
"""Shown as icons alone: their names are their tool tips."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something to do with the list; ``level`` of the section's area that it needs.

    ``rights`` = (area, level) that it needs beside.
    """

    name: str
    title: str
    icon: str
    shortcut: str
    does: Callable[[], object]
    level: str = "view"
    rights: tuple[tuple[str, str], ...] = ()


class ListTools:
    """All actions of a list page by name, and the tool bar with those that are used most."""

    def __init__(self, page: ListPage) -> None:
        self._page = page
        self.actions = {tool.name: self._action(tool) for tool in tools_of(page)}
        self.bar = PageToolBar(page)
        self._buttons: dict[str, QToolButton] = {}
        self._fill()
        page.addActions(list(self.actions.values()))
        page.addActions(list(page.commands.actions.values()))

    def button(self, name: str) -> QToolButton:
        """Return the button of a tool that stands in the tool bar."""
        return self._buttons[name]

    def _action(self, tool: Tool) -> QAction:
        action = QAction(tool.title, self._page)
        if tool.icon:
            action.setIcon(icon(tool.icon))
        if tool.shortcut:
            action.setShortcut(tool.shortcut)
            action.setToolTip(f"{tool.title} ({action.shortcut().toString()})")
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda *_: tool.does())
        area = self._page.section.area
        rights = [(area, tool.level), *tool.rights]
        if not all(self._page.shell.jobs.may(*right) for right in rights):
            action.setEnabled(False)
            words = self._page.tr("You may not do this: ask an administrator for the right.")
            action.setToolTip(words)
        return action

    def _fill(self) -> None:
        groups, views = self._page.groups, self._page.views
        for name in LEFT:
            self._add(name)
        if self.bar.actions() and self._page.commands.actions:
            self.bar.addSeparator()
        self.bar.add_all(self._page.commands.shown(minor=False))
        self.bar.add_more(self._page.commands.shown(minor=True))
        if self.bar.actions():
            self.bar.addSeparator()
        for action, menu in ((groups.action, groups.menu), (views.action, views.menu)):
            self._buttons[action.text()] = self.bar.add(action, menu=menu)
        for name in RIGHT:
            self._add(name, text=False)

    def _add(self, name: str, *, text: bool = True) -> None:
        if name in self.actions:
            self._buttons[name] = self.bar.add(self.actions[name], text=text)


def tools_of(page: ListPage) -> list[Tool]:
    """Return what can be done with a list, beside its section's own commands."""
    section = page.section
    tools = []
    if section.create:
        title = page.tr("Add %1").replace("%1", section.singular)
        tools.append(Tool("add", title, "plus", "Ctrl+N", page.add, level="manage"))
    return [
        *tools,
        Tool(
            "export",
            page.tr("Export…"),
            "export",
            "Ctrl+Shift+E",
            page.export,
            rights=((EXPORT, VIEW),),
        ),
        Tool("columns", page.tr("Columns…"), "columns", "", page.choose_columns),
        Tool("refresh", page.tr("Refresh"), "refresh", "F5", page.reload),
        Tool("copy", page.tr("Copy"), "copy", "Ctrl+C", page.copy),
        Tool(
            "copy_headers",
            page.tr("Copy with headers"),
            "copy",
            "Ctrl+Shift+C",
            lambda: page.copy(headers=True),
        ),
        Tool("all", page.tr("Select all"), "", "Ctrl+A", page.view.select_everything),
        Tool("find", page.tr("Search"), "search", "Ctrl+F", page.find),
        Tool("filter", page.tr("Filter this column"), "filter", "Ctrl+L", page.find_in_column),
        Tool("clear", page.tr("Clear all filters"), "clear", "", page.clear_filters),
        Tool("link", page.tr("Open link of this cell"), "link", "Ctrl+Return", page.open_link),
        Tool(
            "ascending",
            page.tr("Sort by this column"),
            "up",
            "Alt+Shift+Up",
            lambda: page.sort_here(descending=False),
        ),
        Tool(
            "descending",
            page.tr("Sort by this column, descending"),
            "down",
            "Alt+Shift+Down",
            lambda: page.sort_here(descending=True),
        ),
        Tool("reset", page.tr("Reset columns"), "undo", "", page.reset_columns),
    ]
