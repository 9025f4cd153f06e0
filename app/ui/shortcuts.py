"""The shortcut sheet (Ctrl+F1): every command of the window and of the open pages, searchable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.look import fonts
from app.ui.palette_entries import plain_title
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command in its group; ``keys`` = "" for one without a shortcut."""

    group: str
    title: str
    keys: str


def shortcuts(window: MainWindow) -> list[Shortcut]:
    """Return the commands of the window by group, then those of every open page."""
    groups = {a.id: a.group for a in window.commands.known.values()}
    editing = QCoreApplication.translate("shortcuts", "Edit")
    found = [
        Shortcut(groups.get(action.objectName(), editing), plain_title(action), keys_of(action))
        for action in window.actions()
        if action.text()
    ]
    for page in [] if window.gate.locked else window.tabs.pages:
        kind = QCoreApplication.translate("shortcuts", "Page: {0}").format(page.title())
        found += [
            Shortcut(kind, plain_title(a), keys_of(a))
            for a in [*page.actions_shown(), *_inside(page)]
            if a.text()
        ]
    return list(dict.fromkeys(found))


def _inside(page: QWidget) -> list[QAction]:
    """Return the actions of the parts of a page that have a key, e.g. of one table."""
    parts = [w for w in page.findChildren(QWidget) if not isinstance(w, QMenu)]
    return [a for part in parts for a in part.actions() if a.shortcuts()]


def keys_of(action: object) -> str:
    """Return all shortcuts of a QAction as people read them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(k.toString(native) for k in action.shortcuts())  # type: ignore[attr-defined]


class ShortcutSheet(QDialog):
    """A list of the commands by group, with a search over names and keys (item 46)."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 560)
        self._all = shortcuts(window)
        self.search = SearchField(self.tr("Search commands and keys"), self)
        self.search.setAccessibleName(self.tr("Search commands and keys"))
        self.list = QTreeWidget(self)
        self.list.setColumnCount(2)
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Shortcut")])
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.setColumnWidth(1, 190)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(self.tr("Commands and their shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._fill)
        self.search.moved_down.connect(self.list.setFocus)
        self._fill("")

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for shortcut in self._all:
            whole = f"{shortcut.group} {shortcut.title} {shortcut.keys}".casefold()
            if not all(word in whole for word in words):
                continue
            if shortcut.group not in groups:
                head = QTreeWidgetItem(self.list, [shortcut.group])
                head.setFont(0, fonts.strong_font())
                head.setFirstColumnSpanned(True)
                groups[shortcut.group] = head
            QTreeWidgetItem(groups[shortcut.group], [shortcut.title, shortcut.keys])
        self.list.expandAll()
