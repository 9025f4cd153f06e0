"""The tool bar of a list, and its actions: shortcuts inside the page, names for the palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from app.ui.look.icons import icon
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.ui.lists.page import ListPage

LEFT = ("add",)
RIGHT = ("columns", "export", "refresh")
"""Shown as icons alone: their names are their tool tips."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something to do with the list; ``level`` of the section's area that it needs."""

    name: str
    title: str
    icon: str
    shortcut: str
    does: Callable[[], object]
    level: str = "view"


class ListTools:
    """All actions of a list page by name, and the tool bar with those that are used most."""

    def __init__(
        self, page: ListPage, tools: Sequence[Tool], menus: Sequence[tuple[QAction, QMenu]]
    ) -> None:
        self._page = page
        self.actions = {tool.name: self._action(tool) for tool in tools}
        self.bar = PageToolBar(page)
        self._buttons: dict[str, QToolButton] = {}
        self._fill(menus)
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
        session = self._page.shell.jobs.session
        area = self._page.section.area
        if session is not None and not session.actor.may(area, tool.level):
            action.setEnabled(False)
            words = self._page.tr("You may not do this: ask an administrator for the right.")
            action.setToolTip(words)
        return action

    def _fill(self, menus: Sequence[tuple[QAction, QMenu]]) -> None:
        for name in LEFT:
            self._add(name)
        if self.bar.actions() and self._page.commands.actions:
            self.bar.addSeparator()
        self.bar.add_all(self._page.commands.actions.values())
        if self.bar.actions():
            self.bar.addSeparator()
        for action, menu in menus:
            self._buttons[action.text()] = self.bar.add(action, menu=menu)
        for name in RIGHT:
            self._add(name, text=False)

    def _add(self, name: str, *, text: bool = True) -> None:
        if name in self.actions:
            self._buttons[name] = self.bar.add(self.actions[name], text=text)
