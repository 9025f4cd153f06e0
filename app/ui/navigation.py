"""The navigation at the left: favourites, sections by group, a filter that finds any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, Action
from app.domain.sections import Section
from app.sections import GROUPS
from app.ui import titles
from app.ui.addresses import Address
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.navigation_model import ADDRESS, GROUP, KEY, Entry, Group, NavigationModel
from app.ui.pages import is_available
from app.ui.preferences import Preferences
from app.ui.widgets.search_field import SearchField

STAR = 16
FAVOURITES = "Favourites"


May = Callable[[str, str], bool]
"""Whether a person may do (area, level)."""


def places(may: May | None = None) -> list[Entry]:
    """Return every place there is: sections without arguments, and actions that open a page."""
    found = [_place(s) for s in titles.sections() if not s.arguments and is_available("list")]
    opening = [a for a in ACTIONS if not a.does.startswith("window.") and a.group in GROUPS]
    found += [
        Entry(f"action:{a.id}", _title(a), a.icon, a.group, a.does, a.area)
        for a in opening
        if is_available(Address.parse(a.does).kind)
    ]
    return [entry for entry in found if may is None or may(entry.area, "view")]


def entries(may: May | None = None) -> list[Entry]:
    """Return the places as the navigation shows them: a family of sections is one of them.

    It has the key, title and icon of its parent, and opens the first section one may look at.
    """
    heads = {s.id: _place(s) for s in titles.sections()}
    found: dict[str, Entry] = {}
    for entry in places(may):
        parent = titles.parent_of(entry.key)
        if entry.key == parent or parent not in heads:
            found[entry.key] = entry
        elif parent not in found:
            found[parent] = replace(heads[parent], address=entry.address, area=entry.area)
    return list(found.values())


def _place(section: Section) -> Entry:
    address = Address.of("list", section=section.id).text()
    return Entry(section.id, section.title, section.icon, section.group, address, section.area)


def _title(action: Action) -> str:
    return QCoreApplication.translate("actions", action.title).rstrip("…")


class Navigation(QWidget):
    """A filter box over a tree of the places; Enter or a click opens one."""

    opened = Signal(str)
    """Address of the place that was chosen."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setMinimumWidth(140)
        self._preferences = preferences
        self._entries, self._places = entries(), places()
        self._allowed = True
        self.filter = SearchField(self.tr("Find a section"), self)
        self.filter.setAccessibleName(self.tr("Find a section"))
        self.tree = NavigationTree(self)
        self._model = NavigationModel(self)
        self.tree.setModel(self._model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self.tree)
        self.setFocusProxy(self.filter)
        self.filter.textChanged.connect(lambda _: self.rebuild())
        self.filter.returnPressed.connect(self._open_first)
        self.filter.moved_down.connect(self._go_down)
        self.tree.chosen.connect(self._open)
        self.tree.starred.connect(self.toggle_favourite)
        self.tree.collapsed.connect(lambda i: self._remember(i, folded=True))
        self.tree.expanded.connect(lambda i: self._remember(i, folded=False))
        theme().changed.connect(self._dress)
        self._dress()
        self.rebuild()

    @property
    def favourites(self) -> list[str]:
        """Return the keys of the starred places in their order."""
        return list(self._preferences.get("navigation/favourites", []))

    def set_usable(self, usable: bool, may: May | None = None) -> None:
        """Grey everything while no database is open; show what ``may`` be viewed."""
        asked = may if usable else None
        shown = entries(asked)
        if usable != self._allowed or shown != self._entries:
            self._allowed, self._entries, self._places = usable, shown, places(asked)
            self.rebuild()

    def toggle_favourite(self, key: str) -> None:
        """Star a place, or take its star away."""
        now = self.favourites
        kept = [k for k in now if k != key] if key in now else [*now, key]
        self._preferences.set("navigation/favourites", kept)
        self.rebuild()

    def rebuild(self) -> None:
        """Show the places that match the filter, under their groups."""
        words = self.filter.text().casefold().split()
        known = self._places if words else self._entries
        matching = [e for e in known if all(w in e.title.casefold() for w in words)]
        starred = {e.key: e for e in (matching if words else self._places)}
        chosen = [starred[k] for k in self.favourites if k in starred]
        current = self.tree.currentIndex().data(KEY)
        self.tree.blockSignals(True)
        found = [Group(FAVOURITES, self.tr("Favourites"), tuple(chosen))]
        for group in GROUPS:
            inside = tuple(e for e in matching if e.group == group)
            found.append(Group(group, titles.tr(group), inside))
        self._model.show(found, usable=self._allowed)
        folded = set() if words else set(self._preferences.get("navigation/folded", []))
        for row in range(self._model.rowCount()):
            index = self._model.index(row, 0)
            self.tree.setExpanded(index, index.data(GROUP) not in folded)
        self.tree.blockSignals(False)
        self._select(current)

    def _select(self, key: object) -> None:
        found = self._items()
        same = [i for i in found if i.data(KEY) == key and key is not None]
        if same:
            self.tree.setCurrentIndex(same[0])
        elif self.filter.text() and found:
            self.tree.setCurrentIndex(found[0])

    def _items(self) -> list[QModelIndex]:
        groups = [self._model.index(r, 0) for r in range(self._model.rowCount())]
        return [self._model.index(r, 0, g) for g in groups for r in range(self._model.rowCount(g))]

    def _open_first(self) -> None:
        found = self._items()
        current = self.tree.currentIndex()
        if current.data(ADDRESS) is not None:
            self._open(current)
        elif found:
            self._open(found[0])

    def _go_down(self) -> None:
        if not self.tree.currentIndex().isValid() and self._items():
            self.tree.setCurrentIndex(self._items()[0])
        self.tree.setFocus(Qt.FocusReason.TabFocusReason)

    def _open(self, index: QModelIndex) -> None:
        address = index.data(ADDRESS)
        if address and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.opened.emit(address)

    def _remember(self, index: QModelIndex, *, folded: bool) -> None:
        if self.filter.text():
            return
        others = [
            g for g in self._preferences.get("navigation/folded", []) if g != index.data(GROUP)
        ]
        self._preferences.set(
            "navigation/folded", [*others, index.data(GROUP)] if folded else others
        )

    def _dress(self) -> None:
        self.tree.setIndentation(12)
        self.tree.doItemsLayout()


class NavigationTree(QTreeView):
    """The tree of places. Enter or a click opens, Space or a click on the star keeps one on top."""

    chosen = Signal(QModelIndex)
    starred = Signal(str)

    def __init__(self, parent: Navigation) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_mark(self, "plain", True)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Sections"))
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self._favourites = parent
        self.setItemDelegate(PlaceDelegate(self))

    def is_starred(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """Tell whether a place is a favourite."""
        return index.data(KEY) in self._favourites.favourites

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first place, so that the keyboard is seen."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter, star by Space; fold groups by both."""
        index = self.currentIndex()
        keys = Qt.Key
        if event.key() in {keys.Key_Return, keys.Key_Enter, keys.Key_Space} and index.isValid():
            if index.data(GROUP) is not None:
                self.setExpanded(index, not self.isExpanded(index))
            elif event.key() == keys.Key_Space:
                self.starred.emit(index.data(KEY))
            else:
                self.chosen.emit(index)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open by a click; at the right end of a row it stars."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        if index.data(GROUP) is not None:
            if place.x() > self.indentation():  # the arrow folds by itself
                self.setExpanded(index, not self.isExpanded(index))
        elif star_rect(self.visualRect(index)).contains(place):
            self.starred.emit(index.data(KEY))
        else:
            self.chosen.emit(index)

    def _menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.data(KEY) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opens = QAction(self.tr("Open"), menu)
        opens.triggered.connect(lambda: self.chosen.emit(index))
        title = self.tr("Remove from favourites") if self.is_starred(index) else ""
        star = QAction(icon("star"), title or self.tr("Add to favourites"), menu)
        key = index.data(KEY)
        star.triggered.connect(lambda: self.starred.emit(key))
        menu.addActions([opens, star])
        menu.popup(self.viewport().mapToGlobal(place))


class PlaceDelegate(QStyledItemDelegate):
    """Paints a place with its star: filled for favourites, an outline under the mouse."""

    def __init__(self, tree: NavigationTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the row height of the density."""
        return QSize(super().sizeHint(option, index).width(), theme().row_height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the row, and its star at the right."""
        starred = self._tree.is_starred(index)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        shows = index.data(KEY) is not None and (starred or hovered)
        place = star_rect(QRect(option.rect))
        if shows:
            option.rect.setRight(place.left() - 4)
        super().paint(painter, option, index)
        if shows:
            icon("star-filled" if starred else "star").paint(painter, place)


def star_rect(row: QRect) -> QRect:
    """Return where the star of a row is."""
    return QRect(row.right() - STAR - 3, row.center().y() - STAR // 2 + 1, STAR, STAR)
