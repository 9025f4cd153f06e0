"""The model of the navigation: groups, and under each its places.

A model of our own: the standard one keeps Python objects for its items, and clearing it has
crashed Qt when the collector had been at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.look import fonts
from app.ui.look.icons import icon

KEY, ADDRESS, GROUP = (Qt.ItemDataRole.UserRole + n for n in (1, 2, 3))
"""Item data: what is starred, the address that opens, the group's name (groups only)."""

_Index = QModelIndex | QPersistentModelIndex
_TOP = 0
"""Internal id of a group; a place has that of its group's row plus one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the navigation; ``area`` is what a person must be allowed to view."""

    key: str
    title: str
    icon: str
    group: str
    address: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and the places under it."""

    name: str
    title: str
    places: tuple[Entry, ...]


class NavigationModel(QAbstractItemModel):
    """Two levels, read only; places are off while no database is open."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._usable = True

    def show(self, groups: Sequence[Group], *, usable: bool) -> None:
        """Show these groups instead; those without a place are left out."""
        self.beginResetModel()
        self._groups = tuple(group for group in groups if group.places)
        self._usable = usable
        self.endResetModel()

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a group or of a place."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: _Index) -> QModelIndex:
        """Return the group of a place."""
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many groups there are, or places in one."""
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() != _TOP or parent.column() > 0:
            return 0
        return len(self._groups[parent.row()].places)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return 1."""
        return 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Places are off without a database; nothing is edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.internalId() != _TOP and not self._usable:
            return Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows and where it leads."""
        if not index.isValid():
            return None
        if index.internalId() == _TOP:
            return _of_group(self._groups[index.row()], role)
        return _of_place(self._groups[index.internalId() - 1].places[index.row()], role)


def _of_group(group: Group, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return group.title
    if role == Qt.ItemDataRole.FontRole:
        return fonts.strong_font()
    return group.name if role == GROUP else None


def _of_place(place: Entry, role: int) -> Any:
    if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
        return place.title
    if role == Qt.ItemDataRole.DecorationRole:
        return icon(place.icon or "list")
    return {KEY: place.key, ADDRESS: place.address}.get(role)
