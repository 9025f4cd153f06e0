"""The window's own commands: one QAction each, made from ACTIONS, and the menu bar over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from app.actions import ACTIONS, Action
from app.sections import GROUPS
from app.ui import titles
from app.ui.addresses import Address
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.pages import is_available
from app.ui.sample_removal import is_sample

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

NEEDS_DATABASE = frozenset({"import", "compare", "backup", "account", "security"})
WHILE_LOCKED = frozenset(
    {
        *("open_database", "new_database", "connect_server", "sample_data", "quit"),
        *("theme", "density", "shortcuts", "about"),
    }
)
"""What can be used while nobody is signed in."""

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "normal", "comfortable")


class Commands(QObject):
    """The actions of the window by id; ``undo`` and ``redo`` belong to the page in front."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.by_id: dict[str, QAction] = {}
        self.known: dict[str, Action] = {a.id: a for a in ACTIONS if _is_there(a)}
        for action in self.known.values():
            self._add(action)
        # Actions of Qt's own making die under Python's hands once another window has died.
        self.undo, self.redo = QAction(window), QAction(window)
        self._follow_steps()
        for made, name, keys in (
            (self.undo, "undo", [QKeySequence("Ctrl+Z")]),
            (self.redo, "redo", [QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")]),
        ):
            made.setObjectName(name)
            made.setIcon(icon(name))
            made.setShortcuts(keys)
            window.addAction(made)
        self.themes = self._choices(THEMES, self.theme_titles(), window.set_theme)
        self.densities = self._choices(DENSITIES, self.density_titles(), window.set_density)

    def _follow_steps(self) -> None:
        """Let undo and redo do, and name, the steps of the stack in front (item 20)."""
        group = self._window.undo_group
        for made, able, named, does in (
            (self.undo, group.canUndoChanged, group.undoTextChanged, group.undo),
            (self.redo, group.canRedoChanged, group.redoTextChanged, group.redo),
        ):
            made.setEnabled(False)
            made.triggered.connect(does)
            able.connect(made.setEnabled)
            named.connect(self._name_steps)
        self._name_steps()

    def _name_steps(self) -> None:
        group = self._window.undo_group
        self.undo.setText(f"{self.tr('Undo')} {group.undoText()}".strip())
        self.redo.setText(f"{self.tr('Redo')} {group.redoText()}".strip())

    def theme_titles(self) -> dict[str, str]:
        """Return the themes as shown."""
        return {
            "system": self.tr("Theme of the system"),
            "light": self.tr("Light theme"),
            "dark": self.tr("Dark theme"),
        }

    def density_titles(self) -> dict[str, str]:
        """Return the densities as shown."""
        return {
            "compact": self.tr("Compact rows"),
            "normal": self.tr("Normal rows"),
            "comfortable": self.tr("Comfortable rows"),
        }

    def fill(self, bar: QMenuBar) -> None:
        """Build the menus; those that follow the page or the past fill when they open."""
        window = self._window
        file = bar.addMenu(self.tr("&File"))
        self._group(file, "File", but={"quit"})
        recent = QMenu(self.tr("Recent databases"), file)
        recent.setIcon(icon("history"))
        recent.aboutToShow.connect(lambda: window.databases.fill_recent(recent))
        file.insertMenu(self.by_id["sample_data"], recent)
        file.addSeparator()
        file.addAction(self.by_id["quit"])
        edit = bar.addMenu(self.tr("&Edit"))
        edit.aboutToShow.connect(lambda: self._fill_edit(edit))
        self._fill_edit(edit)
        self._tariffs(bar.addMenu(self.tr("&Tariffs")))
        go = bar.addMenu(self.tr("&Go"))
        go.aboutToShow.connect(lambda: self._fill_go(go))
        self._fill_go(go)
        view = bar.addMenu(self.tr("&View"))
        self._group(view, "View", but={"density", "theme"})
        view.addSeparator()
        view.addActions([*self.themes.values(), self.by_id["theme"]])
        view.addSeparator()
        view.addActions(list(self.densities.values()))
        self._group(bar.addMenu(self.tr("&Help")), "Help")

    def follow(self, *, open_database: bool, local: bool, locked: bool = False) -> None:
        """Enable what can be used now; ``locked`` = a sign-in is asked for."""
        for name, action in self.by_id.items():
            action.setEnabled(not locked or name in WHILE_LOCKED)
        self.by_id["sign_out"].setVisible(self._window.gate.person is not None)
        for name in NEEDS_DATABASE & set(self.by_id):
            known = self.known[name]
            usable = open_database and (name != "backup" or local)
            self.by_id[name].setEnabled(usable and self._window.may(known.area, known.level))
        removable = open_database and is_sample(self._window.local_path())
        self.by_id["remove_sample"].setEnabled(removable)
        self.by_id["remove_sample"].setVisible(removable)
        self.themes[theme().setting].setChecked(True)
        self.densities[theme().density].setChecked(True)

    def yield_shortcuts(self, actions: list[QAction]) -> None:
        """Leave undo and redo to a page that brings its own: two of one shortcut never fire."""
        taken = {k.toString() for a in actions if a.isEnabled() for k in a.shortcuts()}
        for made, keys in ((self.undo, ["Ctrl+Z"]), (self.redo, ["Ctrl+Y", "Ctrl+Shift+Z"])):
            made.setShortcuts([QKeySequence(k) for k in keys if k not in taken])

    # -------------------------------------------------------------------------- parts

    def _add(self, action: Action) -> None:
        made = QAction(self._window)
        made.setObjectName(action.id)
        made.setText(QCoreApplication.translate("actions", action.title))
        if action.icon:
            made.setIcon(icon(action.icon))
        if action.shortcut:
            made.setShortcut(QKeySequence(action.shortcut))
        made.triggered.connect(lambda: self._window.perform(action.does))
        self._window.addAction(made)
        self.by_id[action.id] = made

    def _choices(
        self, names: tuple[str, ...], titles: dict[str, str], choose: Callable[[str], object]
    ) -> dict[str, QAction]:
        group = QActionGroup(self)
        found = {}
        for name in names:
            made = QAction(titles[name], group)
            made.setCheckable(True)
            made.triggered.connect(lambda _=False, n=name: choose(n))
            found[name] = made
        return found

    def _group(self, menu: QMenu, group: str, but: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        for action in self.known.values():
            if action.group == group and action.id not in but:
                menu.addAction(self.by_id[action.id])

    def _fill_edit(self, menu: QMenu) -> None:
        empty(menu)
        menu.addActions([self.undo, self.redo])
        menu.addSeparator()
        page = self._window.page
        for action in page.actions_shown() if page is not None else []:
            menu.addAction(action)

    def _tariffs(self, menu: QMenu) -> None:
        self._sections(menu, "Tariffs")
        menu.addSeparator()
        self._group(menu, "Tariffs")

    def _fill_go(self, menu: QMenu) -> None:
        empty(menu)
        self._group(menu, "Go")
        menu.addSeparator()
        for group in GROUPS:
            if group != "Tariffs":
                self._sections(menu, group)
                self._group(menu, group)
        recent = menu.addMenu(icon("clock"), self.tr("Recent items"))
        self._window.recent.fill(recent)
        menu.addSeparator()
        self._group(menu, "Window")

    def _sections(self, menu: QMenu, group: str) -> None:
        if not is_available("list"):
            return
        for section in titles.sections():
            shown = section.group == group and not section.arguments
            if shown and self._window.may(section.area, "view"):
                made = QAction(icon(section.icon or "list"), section.title, menu)
                address = Address.of("list", section=section.id)
                made.triggered.connect(lambda _=False, a=address: self._window.open(a))
                menu.addAction(made)


def empty(menu: QMenu) -> None:
    """Take all entries out of a menu and delete those that are its own.

    ``QMenu.clear`` would end the Python objects of the shared ones too: undo, and every command of
    the page, would be dead after the menu was open once.
    """
    for action in menu.actions():
        below = action.menu()
        menu.removeAction(action)
        if isinstance(below, QMenu) and below.parent() is menu:
            below.deleteLater()
        elif action.parent() is menu:
            action.deleteLater()


def _is_there(action: Action) -> bool:
    """Tell whether the page that an action opens is part of this program."""
    if action.does.startswith("window."):
        return True
    return is_available(Address.parse(action.does).kind)
