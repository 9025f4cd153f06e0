"""The tools of a record's page: edit, save, the section's commands, previous and next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from app.ui import formats
from app.ui.forms.neighbours import Neighbours
from app.ui.look.icons import icon
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.ui.forms.page import RecordPage


class RecordTools:
    """Actions of the page with their shortcuts, and the tool bar that is shown while reading."""

    def __init__(self, page: RecordPage) -> None:
        self._page = page
        tr = page.tr
        self.edit = self._action(tr("Edit"), "edit", "Ctrl+E", page.begin_editing)
        self.save = self._action(tr("Save"), "save", "Ctrl+S", page.save_now)
        self.cancel = self._action(tr("Cancel editing"), "close", "", page.cancel)
        self.previous = self._action(tr("Previous record"), "up", "Alt+Up", lambda: page.step(-1))
        self.next = self._action(tr("Next record"), "down", "Alt+Down", lambda: page.step(1))
        self.bar = PageToolBar(page)
        self.bar.add(self.edit)
        self.own = page.toolbar_actions()
        if self.own:
            self.bar.addSeparator()
        minor = page.commands.shown(minor=True)
        self.bar.add_all(action for action in self.own if action not in minor)
        self.bar.add_more([action for action in self.own if action in minor])
        # Not to the page: its panels have keys of their own, and two of one key never fire.
        page.tabs.addActions(self.own)
        self.bar.add_stretch()
        for action in (self.previous, self.next):
            self.bar.add(action, text=False)

    def _action(self, title: str, icon_name: str, keys: str, slot: Callable[[], object]) -> QAction:
        page = self._page
        action = QAction(icon(icon_name), title, page)
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda *_: slot())
        page.addAction(action)
        return action

    def update(self, neighbours: Neighbours) -> None:
        """Enable what can be done now, and say why not."""
        page, tr = self._page, self._page.tr
        reason = page.why_not_edit()
        self.edit.setEnabled(page.record is not None and not page.editing and not reason)
        self.edit.setToolTip(reason or tr("Edit (Ctrl+E)"))
        self.save.setEnabled(page.editing)
        self.cancel.setEnabled(page.editing)
        number = page.record_id or 0
        place, count = neighbours.place(number), neighbours.count()
        of = tr("{n} of {all}").format(n=formats.number(place + 1), all=formats.number(count))
        alone = tr("Open a record from a list to go through that list.")
        for action, by, words in (
            (self.previous, -1, tr("Previous record (Alt+Up)")),
            (self.next, 1, tr("Next record (Alt+Down)")),
        ):
            action.setEnabled(neighbours.step(number, by) is not None)
            action.setToolTip(f"{words} · {of}" if place >= 0 else alone)
