"""The rows of the rate tree: lazy pages of a stored tree under a draft of staged edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Signal

from app.domain.kinds import OTHERS, PriceType
from app.domain.pricing import parse_scale
from app.domain.tree_draft import ROOT, NodeRef, NodeState, Staged
from app.services.tariffs.tree_options import CALL
from app.services.tariffs.tree_pages import TreeRow
from app.ui.tariffs.tree_items import (
    Item,
    Kind,
    gap_for,
    gap_item,
    in_order,
    just_before,
    merge,
    merge_before,
    stretches,
    trimmed,
)
from app.ui.tariffs.tree_source import PAGE, Request, TreeSource
from app.ui.tariffs.tree_words import Column

if TYPE_CHECKING:
    from app.services.tariffs.tree_pages import ChildrenPage, TreeHead
    from app.ui.tariffs.tree_steps import TreeSteps

MOST_LOADED = 2_000
"""Loaded siblings of one node; the view lays out all of them at each change (13 ms a thousand)."""

RELOADED = 2_000
"""Loaded siblings of one node that a refresh reads again; the others load when looked at."""

Held = tuple[int, int, int]
"""(ID of the parent item, first row, last row)"""

_NONE = QModelIndex()


class TreeRows(QAbstractItemModel):
    """Nodes with their scale lines and gaps; :class:`TreeModel` fills the cells."""

    changing = Signal(object)
    """A page is about to be shown: remember what is in sight, this item above all (or None)."""

    changed = Signal()
    """The page of :attr:`changing` is there."""

    filled = Signal()
    """Pages came, or the draft changed: counts and marks may be other ones."""

    forgot = Signal()
    """Pages that were on their way do not come: what is loaded is read anew."""

    def __init__(
        self, head: TreeHead, source: TreeSource, steps: TreeSteps, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.head = head
        self.steps = steps
        self._source = source
        self._names: dict[tuple[str, str], str] = {}
        self._by_no: dict[int, Item] = {}
        self._by_id: dict[int, Item] = {}
        self.held: Callable[[], Sequence[Held]] = tuple
        """What the view needs, because it is selected: it is never forgotten."""
        self.root = self._adopt(Item(Kind.NODE, ROOT, None))
        self.root.take(head.root)
        self.root.total = head.root.children
        source.arrived.connect(self._arrived)
        steps.changed.connect(self._draft_changed)

    # ------------------------------------------------------------------ items

    def item(self, index: QModelIndex) -> Item:
        """Return the item of an index, the root for an invalid one."""
        return self._by_id[index.internalId()] if index.isValid() else self.root

    def find(self, node_no: int) -> Item | None:
        """Return a loaded node."""
        return self._by_no.get(node_no)

    def index_of(self, item: Item, column: int = 0) -> QModelIndex:
        """Return the index of an item; an invalid one for the root."""
        return _NONE if item is self.root else self.createIndex(item.row, column, item.id)

    def index_of_number(self, node_no: int, column: int = 0) -> QModelIndex:
        """Return the index of a loaded node, else an invalid one."""
        item = self._by_no.get(node_no)
        return _NONE if item is None else self.index_of(item, column)

    def numbers(self) -> list[int]:
        """Return the numbers of the loaded nodes."""
        return list(self._by_no)

    def state(self, item: Item) -> NodeState | None:
        """Return what a node shows: staged values before stored ones; of a removed one, stored."""
        stored = item.stored.state if item.stored else None
        entry = self.steps.draft.get(item.no)
        if entry is None:
            return stored
        return entry.now or entry.base

    def above(self, item: Item) -> tuple[int, ...]:
        """Return the numbers from the root down to the node's parent."""
        return tuple(reversed([parent.no for parent in item.above()]))

    def ref(self, item: Item, below: int = 0) -> NodeRef:
        """Return a node as edits take it; ``below`` = stored nodes under it, where it matters."""
        draft = self.steps.draft
        entry = draft.get(item.no)
        if entry is not None and entry.now is not None:
            return replace(draft.ref(item.no), below=below) if below else draft.ref(item.no)
        stored = item.stored
        assert stored is not None, "a node that is not stored is staged"
        return NodeRef(
            item.no, self.above(item), item.attribute, stored.state, stored.from_rev, below
        )

    def removed(self, item: Item) -> bool:
        """Whether the node is to be removed, by itself or with one above it."""
        return self.steps.draft.is_removed(item.no, self.above(item))

    def path(self, item: Item) -> list[Item]:
        """Return the nodes from level 1 down to ``item``."""
        chain = [item, *item.above()]
        return [node for node in reversed(chain) if node is not self.root]

    def path_keys(self, item: Item) -> tuple[tuple[str, str], ...]:
        """Return the (attribute, key) pairs from level 1 down to ``item``."""
        return tuple((node.attribute, node.key) for node in self.path(item))

    def resource(self, item: Item) -> str:
        """Return the catalogue key of the resource a node belongs to, "" above resources."""
        return dict(self.path_keys(item)).get("resource", "")

    def is_voice(self, item: Item) -> bool:
        """Whether a node belongs to voice, whose rates have intervals and a connection price."""
        return self.resource(item) == CALL

    def has_voice(self) -> bool:
        """Whether the tree has voice rates at all."""
        return any(child.key == "voice" for child in self.root.nodes.values())

    def name_of(self, attribute: str, key: str) -> str:
        """Return the name of a key as far as it is known here."""
        if key == OTHERS:
            return self.tr("Others")
        return self._names.get((attribute, key), key)

    def learn(self, names: dict[tuple[str, str], str]) -> None:
        """Learn names of keys that are staged but not stored."""
        self._names.update(names)
        for number, _ in list(self.steps.draft):
            item = self._by_no.get(number)
            if item is not None and item.stored is None:
                item.name = self.name_of(item.attribute, item.key)
                self._touch(item)

    def unnamed(self) -> list[tuple[str, str]]:
        """Return (attribute, key) of staged new nodes whose names are not known."""
        wanted = []
        for _, entry in self.steps.draft:
            if entry.base is None and entry.now is not None and entry.now.key != OTHERS:
                pair = (entry.attribute, entry.now.key)
                if pair not in self._names:
                    wanted.append(pair)
        return list(dict.fromkeys(wanted))

    def walk(self, item: Item | None = None) -> Iterator[Item]:
        """Yield the loaded nodes below ``item`` in the order shown."""
        for child in (item or self.root).entries:
            if child.kind is Kind.NODE:
                yield child
                yield from self.walk(child)

    # ------------------------------------------------------------------ Qt's structure

    def index(self, row: int, column: int, parent: QModelIndex = _NONE) -> QModelIndex:
        entries = self.item(parent).entries
        if parent.isValid() and parent.column() > 0:
            return _NONE
        if 0 <= row < len(entries) and 0 <= column < len(Column):
            return self.createIndex(row, column, entries[row].id)
        return _NONE

    def parent(self, index: QModelIndex = _NONE) -> QModelIndex:
        above = self.item(index).parent
        return _NONE if above is None else self.index_of(above)

    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        return 0 if parent.column() > 0 else len(self.item(parent).entries)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:
        return len(Column)

    def hasChildren(self, parent: QModelIndex = _NONE) -> bool:
        item = self.item(parent)
        if parent.column() > 0 or item.kind is not Kind.NODE:
            return False
        return bool(item.entries) or (not item.loaded and item.total > 0)

    def canFetchMore(self, parent: QModelIndex) -> bool:
        item = self.item(parent)
        wanted = item.kind is Kind.NODE and not item.loaded and item.total > 0 and item.no >= 0
        return wanted and not self._source.is_wanted(item.no)

    def fetchMore(self, parent: QModelIndex) -> None:
        self.load(self.item(parent))

    # ------------------------------------------------------------------ loading

    def load(self, item: Item) -> None:
        """Ask for the first page of a node's children, unless they are there or on their way.

        Rows come later: views ask in the middle of other changes.
        """
        if not item.loaded and item.total > 0 and item.no >= 0:
            self._source.want(Request(item.no))

    def load_gap(self, gap: Item, *, from_below: bool = False) -> None:
        """Ask for the page at the beginning of a gap, or at its end if it was reached from below.

        The gap in front of everything is always filled from its end.
        """
        parent = gap.parent
        if gap.kind is not Kind.GAP or parent is None or self.is_loading(parent):
            return
        following = self._stored_below(gap) if from_below or gap.after is None else None
        if following is not None and following.key != OTHERS:
            self._source.want(Request(gap.no, before=following.key))
        else:
            self._source.want(Request(gap.no, gap.after))

    def _stored_below(self, gap: Item) -> Item | None:
        entries = gap.parent.entries if gap.parent else []
        return next((e for e in entries[gap.row + 1 :] if e.stored is not None), None)

    def load_around(self, parent: Item, key: str) -> bool:
        """Ask for the page that begins at ``key``; return whether it is there already."""
        if any(child.key == key for child in parent.nodes.values()):
            return True
        if parent.loaded and gap_for(parent, key) is None:
            return True
        if not parent.loaded and parent.total == 0:
            return True
        self._source.want(Request(parent.no, just_before(key)))
        return False

    def is_loading(self, item: Item) -> bool:
        """Whether a page of a node's children is on its way."""
        return self._source.is_wanted(item.no)

    def reload(self) -> None:
        """Read everything that is loaded again; items stay, so selection and scroll do too."""
        self._source.forget()
        self.forgot.emit()
        for item in [self.root, *self._by_no.values()]:
            if item.no < 0 or not (item.loaded or item is self.root):
                continue
            for after, count in stretches(item):
                limit = min(count, RELOADED)
                self._source.want(Request(item.no, after, limit))

    def replace_head(self, head: TreeHead) -> None:
        """Take a newer head of the same scope."""
        self.head = head
        self.root.take(head.root)
        self.root.total = head.root.children

    def _arrived(self, found: Sequence[tuple[Request, ChildrenPage]]) -> None:
        for wanted, page in found:
            parent = self._by_no.get(wanted.parent_no)
            if parent is not None:
                following = (c for c in parent.nodes.values() if c.key == wanted.before)
                anchor = next(following, None) if wanted.before is not None else None
                self.changing.emit(anchor)
                self._show_page(parent, wanted, page)
                self.changed.emit()
        self.filled.emit()

    def _show_page(self, parent: Item, asked: Request, page: ChildrenPage) -> None:
        if page.total >= 0:
            parent.total = page.total
        if not parent.loaded and asked.after is not None:
            parent.gaps[None] = self._adopt(gap_item(parent, None))
        parent.loaded = True
        known = {row.node_no: row for row in page.rows}

        def make(row: TreeRow) -> Item:
            return self._make(row, parent)

        if asked.before is not None:
            wanted = merge_before(parent, asked.before, page.rows, at_end=page.at_end, make=make)
        else:
            wanted = merge(parent, asked.after, page.rows, at_end=page.at_end, make=make)
        for child in list(parent.nodes.values()):
            row = known.get(child.no)
            if row is not None and child.stored is not row:
                self._update(child, row)
        self._sync(parent, wanted)
        self._forget_far(parent, page)
        if not parent.gaps:
            parent.total = sum(1 for child in parent.nodes.values() if child.stored is not None)

    def _forget_far(self, parent: Item, page: ChildrenPage) -> None:
        """Keep a long level short: what is far from the page that came loads again when needed."""
        excess = len(parent.nodes) - MOST_LOADED
        if excess <= 0 or not page.rows:
            return
        held = [(top, bottom) for owner, top, bottom in self.held() if owner == parent.id]
        middle = parent.nodes[page.rows[len(page.rows) // 2].node_no].row
        plain = [
            entry
            for entry in parent.nodes.values()
            if entry.stored is not None
            and not entry.entries
            and not self._is_staged(entry)
            and not any(top <= entry.row <= bottom for top, bottom in held)
        ]
        plain.sort(key=lambda entry: abs(entry.row - middle), reverse=True)
        far = {entry.id for entry in plain[: excess + MOST_LOADED // 2]}
        self._sync(parent, trimmed(parent, far))

    def _is_staged(self, item: Item) -> bool:
        return self.steps.draft.get(item.no) is not None

    def _make(self, row: TreeRow, parent: Item) -> Item:
        item = Item(Kind.NODE, row.node_no, parent)
        item.take(row)
        item.total = row.children
        self._names[row.attribute, row.key] = row.name
        self._adopt(item)
        item.entries = self._own_entries(item)
        self._number(item)
        return item

    def _update(self, item: Item, row: TreeRow) -> None:
        """Show newer stored values of a loaded node."""
        item.take(row)
        item.total = row.children
        if item.loaded and not row.children:
            item.loaded = False
        self._sync(item, self._own_entries(item))
        self._touch(item)

    def _own_entries(self, item: Item) -> list[Item]:
        """Return what stands below a node: scale lines, loaded and new nodes, gaps."""
        stored = [child for child in item.nodes.values() if child.stored is not None]
        gaps = list(item.gaps.values()) if item.loaded else []
        return in_order([*self._tiers(item), *stored, *self._new_nodes(item), *gaps])

    def _tiers(self, item: Item) -> list[Item]:
        state = self.state(item)
        if state is None or state.price_type != PriceType.SCALE or not state.scale:
            return []
        old = [entry for entry in item.entries if entry.kind is Kind.TIER]
        tiers = []
        for number in range(len(parse_scale(state.scale).tiers)):
            if number < len(old):
                tiers.append(old[number])
                continue
            tier = self._adopt(Item(Kind.TIER, item.no, item))
            tier.tier = number
            tiers.append(tier)
        return tiers

    def _new_nodes(self, item: Item) -> list[Item]:
        draft = self.steps.draft
        found = []
        for number in draft.children_added(item.no):
            node = item.nodes.get(number)
            if node is None:
                node = self._adopt(Item(Kind.NODE, number, item))
            entry = draft.ref(number)
            node.key, node.attribute = entry.state.key, entry.attribute
            node.name = self.name_of(node.attribute, node.key)
            node.parent = item
            node.entries = node.entries or self._own_entries(node)
            self._number(node)
            found.append(node)
        return found

    def _adopt(self, item: Item) -> Item:
        self._by_id[item.id] = item
        if item.kind is Kind.NODE:
            self._by_no[item.no] = item
        return item

    def _number(self, item: Item) -> None:
        """Index the entries of an item that no view has seen yet."""
        for row, entry in enumerate(item.entries):
            entry.row = row
        item.nodes = {e.no: e for e in item.entries if e.kind is Kind.NODE}
        item.gaps = {e.after: e for e in item.entries if e.kind is Kind.GAP}

    # ------------------------------------------------------------------ changing rows

    def _sync(self, parent: Item, wanted: Sequence[Item]) -> None:
        """Turn a node's entries into ``wanted`` by the fewest insertions and removals."""
        index = self.index_of(parent)
        self._insert_missing(parent, index, wanted)
        keep = {entry.id for entry in wanted}
        row = len(parent.entries)
        while row:
            if parent.entries[row - 1].id in keep:
                row -= 1
                continue
            last = row - 1
            while row and parent.entries[row - 1].id not in keep:
                row -= 1
            self.beginRemoveRows(index, row, last)
            gone = parent.entries[row : last + 1]
            del parent.entries[row : last + 1]
            self._renumber(parent, row)
            self.endRemoveRows()
            for entry in gone:
                self._forget(entry)

    def _insert_missing(self, parent: Item, index: QModelIndex, wanted: Sequence[Item]) -> None:
        present = {entry.id for entry in parent.entries}
        row = len(parent.entries)
        end = len(wanted)
        while end:
            if wanted[end - 1].id in present:
                row = wanted[end - 1].row
                end -= 1
                continue
            start = end
            while start and wanted[start - 1].id not in present:
                start -= 1
            # Rows that are about to go may stand between: any place there will do.
            self.beginInsertRows(index, row, row + end - start - 1)
            parent.entries[row:row] = wanted[start:end]
            self._by_id.update((entry.id, entry) for entry in wanted[start:end])
            self._renumber(parent, row)
            self.endInsertRows()
            end = start

    def _renumber(self, parent: Item, start: int) -> None:
        for row in range(start, len(parent.entries)):
            parent.entries[row].row = row
        parent.nodes = {e.no: e for e in parent.entries if e.kind is Kind.NODE}
        parent.gaps = {e.after: e for e in parent.entries if e.kind is Kind.GAP}

    def _forget(self, item: Item) -> None:
        self._by_id.pop(item.id, None)
        if item.kind is Kind.NODE and self._by_no.get(item.no) is item:
            del self._by_no[item.no]
        for entry in item.entries:
            self._forget(entry)

    def drop(self, index: QModelIndex) -> None:
        """Forget the stored children of a collapsed node; they load again when it opens."""
        item = self.item(index)
        if item.kind is Kind.NODE and item.loaded and item is not self.root:
            item.loaded = False
            self._sync(item, [e for e in item.entries if e.kind is not Kind.GAP and not e.stored])

    def _touch(self, item: Item) -> None:
        if item is not self.root:
            self.dataChanged.emit(self.index_of(item), self.index_of(item, len(Column) - 1))

    # ------------------------------------------------------------------ the draft

    def _draft_changed(self, touched: dict[int, tuple[Staged | None, Staged | None]]) -> None:
        parents = {e.parent for pair in touched.values() for e in pair if e is not None}
        for number in parents | touched.keys():
            item = self._by_no.get(number)
            if item is not None:
                self._sync(item, self._own_entries(item))
        self._touch_all(touched)
        self.filled.emit()

    def _touch_all(self, numbers: Iterable[int]) -> None:
        """Repaint nodes and what inherits from them."""
        items = [item for no in numbers if (item := self._by_no.get(no)) is not None]
        if len(items) > PAGE:
            self.layoutAboutToBeChanged.emit()
            self.layoutChanged.emit()
            return
        for item in items:
            self._touch(item)
            for below in self._loaded_below(item):
                self._touch_entries(below)

    def _touch_entries(self, parent: Item) -> None:
        last = parent.entries[-1]
        self.dataChanged.emit(
            self.index_of(parent.entries[0]), self.index_of(last, len(Column) - 1)
        )

    def _loaded_below(self, item: Item) -> Iterator[Item]:
        if item.entries:
            yield item
            for child in item.nodes.values():
                yield from self._loaded_below(child)
