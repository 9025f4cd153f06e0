"""The actions of the tree editor: texts, shortcuts, icons, and the tool bar made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.look.icons import icon
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.ui.tariffs.tree_editor import TreeEditor

Slot = Callable[[], object]
LEVELS = (1, 2, 3, 0)
"""Levels of the buttons; 0 = all."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("tree_actions", text)


class TreeActions:
    """The editor's actions by name; every one is listed by the editor for palette and sheet."""

    def __init__(self, editor: TreeEditor) -> None:
        self._editor = editor
        c, b = editor.commands, editor.clipboard
        self.add = self._make(
            _tr("&Add…"),
            "plus",
            c.add,
            "Ctrl+N",
            "Insert",
            hint=_tr("Add values under the current node"),
        )
        self.imported = self._make(
            _tr("&Import…"),
            "import",
            editor.import_here,
            hint=_tr("Import rates into the current node"),
        )
        self.prices = self._make(
            _tr("&Prices…"),
            "price",
            c.change_prices,
            "Ctrl+Shift+P",
            hint=_tr("Change prices of the selected nodes"),
        )
        self.scale = self._make(_tr("Edit &scale…"), "scale", editor.scale_here, "Ctrl+L")
        self.find = self._make(_tr("&Find"), "search", editor.find_bar.open_bar, "Ctrl+F")
        self.next = self._make(_tr("Next hit"), "down", lambda: editor.search_step(1), "F3")
        self.previous = self._make(
            _tr("Previous hit"), "up", lambda: editor.search_step(-1), "Shift+F3"
        )
        self.problems = self._toggle(_tr("P&roblems"), "warning", editor.show_problems)
        self.history = self._toggle(_tr("&History"), "history", editor.show_history, "Ctrl+H")
        self.copy = self._make(_tr("&Copy"), "copy", b.copy, "Ctrl+C", on=editor.view)
        self.cut = self._make(_tr("Cu&t"), "cut", b.cut, "Ctrl+X", on=editor.view)
        self.paste = self._make(_tr("&Paste"), "paste", b.paste, "Ctrl+V", on=editor.view)
        self.fill = self._make(_tr("Fill &down"), "down", c.fill_down, "Ctrl+D", on=editor.view)
        self.delete = self._make(_tr("&Delete"), "trash", c.delete, "Delete", on=editor.view)
        self.undo = self._make(_tr("&Undo"), "undo", editor.undo)
        self.redo = self._make(_tr("&Redo"), "redo", editor.redo)
        self.discard = self._make(_tr("Discard"), "clear", editor.ask_discard)
        self.save = self._make(_tr("&Save changes"), "save", editor.save_now, "Ctrl+S")
        self.levels = [self._level(level) for level in LEVELS]

    def _make(
        self,
        text: str,
        icon_name: str,
        slot: Slot,
        *shortcuts: str,
        on: QWidget | None = None,
        hint: str = "",
    ) -> QAction:
        home = on or self._editor
        action = QAction(icon(icon_name), text, home)
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda *_: slot())
        keys = ", ".join(shortcuts)
        plain = text.replace("&", "").rstrip("…")
        told = hint or plain
        action.setToolTip(f"{told} ({keys})" if keys else told)
        home.addAction(action)
        return action

    def _toggle(
        self, text: str, icon_name: str, slot: Callable[[bool], object], *shortcuts: str
    ) -> QAction:
        action = self._make(text, icon_name, lambda: slot(action.isChecked()), *shortcuts)
        action.setCheckable(True)
        return action

    def _level(self, level: int) -> QAction:
        text = _tr("All") if not level else str(level)
        action = self._make(text, "tree", lambda: self._editor.open_levels(level))
        told = _tr("Open all levels") if not level else _tr("Open {n} levels").format(n=level)
        action.setToolTip(told)
        action.setText(text)
        action.setWhatsThis(told)
        return action

    def tool_bar(self) -> PageToolBar:
        """Return the tool bar of the editor."""
        bar = PageToolBar(self._editor)
        for action in (self.add, self.imported, self.prices):
            bar.add(action)
        bar.addSeparator()
        for level, action in zip(LEVELS, self.levels, strict=True):
            button = bar.add(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            told = _tr("Open all levels") if not level else action.toolTip()
            button.setAccessibleName(told)
        bar.addSeparator()
        for action in (self.problems, self.history, self.find, self.undo, self.redo):
            bar.add(action, text=action is self.problems)
        return bar

    def menu(self, parent: QWidget) -> QMenu:
        """Return the context menu; all of it is reachable elsewhere too."""
        menu = QMenu(parent)
        groups: Sequence[Sequence[QAction]] = (
            (self.add, self.imported, self.scale, self.prices),
            (self.cut, self.copy, self.paste, self.fill, self.delete),
            (self.undo, self.redo),
        )
        for group in groups:
            for action in group:
                menu.addAction(action)
            menu.addSeparator()
        return menu
