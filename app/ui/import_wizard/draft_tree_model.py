"""The tree as it will be, lazily: children of a node come when it is opened (IMP-12)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.ui import formats
from app.ui.import_wizard.change_words import change_words
from app.ui.tariffs.tree_words import attribute_name

if TYPE_CHECKING:
    from app.services.tariffs.import_views import TreePage, TreeRow
    from app.ui.import_wizard.wizard import Wizard

PAGE = 200
NAME, PRICE, CONNECT, INTERVALS, NOW, CHANGE, RATES, ROW = range(8)
VOICE = (CONNECT, INTERVALS)
"""Columns that only voice rates fill."""

CHANGE_ROLE = Qt.ItemDataRole.UserRole
"""(tone, word) of a leaf's change."""

RIGHT = (NOW, PRICE, CONNECT, RATES, ROW)

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str]


class Node:
    """A node whose children are known as far as they were asked for."""

    __slots__ = ("asked", "children", "parent", "place", "row", "serial", "total")

    def __init__(
        self, serial: int, row: TreeRow | None = None, parent: Node | None = None, place: int = 0
    ) -> None:
        self.serial = serial
        self.row = row
        self.parent = parent
        self.place = place
        self.children: list[Node] = []
        self.total = row.children if row else -1
        self.asked = False

    @property
    def number(self) -> int:
        """Return the node's id in the draft; the root's is 0."""
        return self.row.id if self.row else 0

    def path(self) -> tuple[Key, ...]:
        """Return the (attribute, key) steps from the root."""
        node: Node | None = self
        steps: list[Key] = []
        while node is not None and node.row is not None:
            steps.append((node.row.attribute, node.row.key))
            node = node.parent
        return tuple(reversed(steps))


class DraftTreeModel(QAbstractItemModel):
    """Nodes of the draft. Ids belong to one draft, so a new draft starts over."""

    arrived = Signal(QModelIndex)
    """Children of a node came."""

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.titles = (
            self.tr("Resources"),
            self.tr("New price"),
            self.tr("Connection"),
            self.tr("Intervals"),
            self.tr("Price now"),
            self.tr("Change"),
            self.tr("Rates"),
            self.tr("Row"),
        )
        self._serials = itertools.count(1)
        self._nodes: dict[int, Node] = {}
        self._root = self._made()
        self._generation = 0
        self._words = change_words()
        self.has_voice = False
        """Whether a row that came holds a voice price."""

    def restart(self) -> None:
        """Show a new draft from its root."""
        self.beginResetModel()
        self._generation += 1
        self._nodes.clear()
        self._root = self._made()
        self.has_voice = False
        self.endResetModel()
        if self.wizard.draft is not None:
            self._ask(self._root)

    def node(self, index: Index) -> Node:
        """Return the node of an index; the root for an invalid one or one of another draft."""
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def holds(self, node: Node) -> bool:
        """Whether a node belongs to the draft that is shown."""
        return self._nodes.get(node.serial) is node

    def _made(self, row: TreeRow | None = None, parent: Node | None = None, place: int = 0) -> Node:
        node = Node(next(self._serials), row, parent, place)
        self._nodes[node.serial] = node
        return node

    def index_of(self, node: Node) -> QModelIndex:
        """Return the index of a node."""
        return (
            QModelIndex() if node.parent is None else self.createIndex(node.place, 0, node.serial)
        )

    # ---------------------------------------------------------------- pages

    def canFetchMore(self, parent: Index) -> bool:
        node = self.node(parent)
        return not node.asked and (node.total < 0 or len(node.children) < node.total)

    def fetchMore(self, parent: Index) -> None:
        self._ask(self.node(parent))

    def _ask(self, node: Node) -> None:
        if node.asked:
            return
        node.asked = True
        number, first, generation = node.number, len(node.children), self._generation

        def lost() -> None:
            node.asked = False

        self.wizard.page(
            (id(self), number, first),
            lambda ctx, session: session.tree(ctx, number, first, PAGE),
            lambda page: self._take(node, page, generation),
            lost=lost,
        )

    def _take(self, node: Node, page: TreePage, generation: int) -> None:
        if generation != self._generation:
            return
        node.asked = False
        node.total = page.total
        self.has_voice |= any(row.connect or row.intervals for row in page.rows)
        if page.rows and page.first == len(node.children):
            index = self.index_of(node)
            last = page.first + len(page.rows) - 1
            self.beginInsertRows(index, page.first, last)
            node.children += [
                self._made(row, node, page.first + place) for place, row in enumerate(page.rows)
            ]
            self.endInsertRows()
        self.arrived.emit(self.index_of(node))

    # ---------------------------------------------------------------- Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node = self.node(parent)
        if parent.isValid() and parent.column() != 0:
            return QModelIndex()
        if 0 <= row < len(node.children) and 0 <= column < len(self.titles):
            return self.createIndex(row, column, node.children[row].serial)
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        node = self.node(index).parent
        return QModelIndex() if node is None else self.index_of(node)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self.node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.titles)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        if parent.column() > 0:
            return False
        node = self.node(parent)
        return bool(node.children) or node.total > 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.node(index).row
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(row, column) if column in (NAME, PRICE, NOW) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column in RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == CHANGE_ROLE and column == CHANGE and row.change in self._words:
            return self._words[row.change]
        return None

    def _text(self, row: TreeRow, column: int) -> str:
        if column == NAME:
            named = row.name and row.key not in ("", "*") and row.name != row.key
            return f"{row.name} ({row.key})" if named and row.key.isdigit() else row.name
        if column == PRICE:
            return self._price(row)
        if column in VOICE:
            return row.connect if column == CONNECT else row.intervals
        if column == NOW:
            return row.old
        if column == CHANGE:
            return self._words[row.change][1] if row.change in self._words else ""
        if column == RATES:
            return formats.number(row.leaves) if row.children else ""
        return formats.number(row.source_row) if row.source_row else ""

    def _price(self, row: TreeRow) -> str:
        """Return the price in words; of a branch what it depends on, by its name."""
        if row.price_type != "depends_on":
            return row.price
        attribute = attribute_name(row.price.removeprefix("by ").replace(" ", "_"))
        return self.tr("by {attribute}").format(attribute=attribute)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
