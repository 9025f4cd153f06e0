"""The menu that groups a list by one or two columns (item 14)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.sections import Section
from app.ui.lists import cells
from app.ui.lists.state import GROUP_LEVELS
from app.ui.look.icons import icon


class GroupMenu(QObject):
    """Tells by which columns to group; a second column makes groups within the groups."""

    chosen = Signal(tuple)
    turned = Signal(bool)
    """Every group is to be opened (True) or closed."""

    def __init__(self, section: Section, page: QWidget) -> None:
        super().__init__(page)
        self._groups: tuple[str, ...] = ()
        self._section = section
        self.action = QAction(icon("group"), self.tr("Group"), page)
        self.menu = QMenu(page)
        self.menu.aboutToShow.connect(self._fill)
        self._fill()

    @property
    def columns(self) -> list[str]:
        """Return the columns by which the list can be grouped."""
        return [c.name for c in self._section.columns if c.sortable and c.kind in cells.GROUPABLE]

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Show by which columns the list is grouped."""
        self._groups = groups

    def turn(self, name: str) -> None:
        """Add a column to the groups, or take it away; a third replaces the second."""
        if name in self._groups:
            groups = tuple(n for n in self._groups if n != name)
        else:
            groups = (*self._groups[: GROUP_LEVELS - 1], name)
        self.chosen.emit(groups)

    def _fill(self) -> None:
        self.menu.clear()
        none = self.menu.addAction(self.tr("No groups"))
        none.setCheckable(True)
        none.setChecked(not self._groups)
        none.triggered.connect(lambda *_: self.chosen.emit(()))
        self.menu.addSeparator()
        for name in self.columns:
            self._add(name)
        self.menu.addSeparator()
        for title, opened in ((self.tr("Open all groups"), True), (self.tr("Close all"), False)):
            action = self.menu.addAction(title)
            action.setEnabled(bool(self._groups))
            action.triggered.connect(lambda *_, on=opened: self.turned.emit(on))

    def _add(self, name: str) -> None:
        title = self._section.column(name).title
        if name in self._groups and len(self._groups) > 1:
            title = f"{title}  ({self._groups.index(name) + 1})"
        action = self.menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(name in self._groups)
        action.triggered.connect(lambda *_: self.turn(name))
