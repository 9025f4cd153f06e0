"""The rate tree as an item model: lazy pages of a stored tree under a draft of staged edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal

from app.domain.kinds import OTHERS, PriceType
from app.domain.pricing import parse_scale
from app.domain.tree_draft import ROOT, NodeRef, NodeState, Staged, mark_of
from app.services.tariffs.tree_pages import COUNTED, TreeRow
from app.ui import formats
from app.ui.tariffs import tree_words as words
from app.ui.tariffs.tree_items import Item, Kind, gap_for, in_order, just_before, merge, stretches
from app.ui.tariffs.tree_source import PAGE, Request, TreeSource
from app.ui.tariffs.tree_words import FIELDS, VOICE, Column

if TYPE_CHECKING:
    from app.services.tariffs.tree_pages import ChildrenPage, TreeHead
    from app.ui.tariffs.tree_steps import TreeSteps

RELOADED = 2_000
"""Loaded siblings of one node that a refresh reads again; the others load when looked at."""

_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is painted beside its text.

    ``row`` is "", "changed", "new" or "removed"; ``changed`` marks the cell itself, ``muted`` an
    inherited or derived text, ``match`` a hit of the search.
    """

    row: str = ""
    changed: bool = False
    muted: bool = False
    match: bool = False
    mark: words.Mark | None = None
    bold: bool = False


class TreeModel(QAbstractItemModel):
    """Nodes with their scale lines and gaps; columns are :class:`Column`."""

    edited = Signal(object, object)
    """(index, value): a person typed a value; the editor makes an undo step of it."""

    filled = Signal()
    """Pages came, or the draft changed: counts and marks may be other ones."""

    def __init__(
        self, head: TreeHead, source: TreeSource, steps: TreeSteps, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.head = head
        self.steps = steps
        self._source = source
        self._names: dict[tuple[str, str], str] = {}
        self._matches: frozenset[int] = frozenset()
        self._by_no: dict[int, Item] = {}
        self._by_id: dict[int, Item] = {}
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
        return dict(self.path_keys(item)).get("domain") == "voice"

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
        return item.kind is Kind.NODE and not item.loaded and item.total > 0

    def fetchMore(self, parent: QModelIndex) -> None:
        self.load(self.item(parent))

    # ------------------------------------------------------------------ loading

    def load(self, item: Item) -> None:
        """Ask for the first page of a node's children, unless they are there or on their way."""
        if not item.loaded and item.total > 0 and item.no >= 0:
            item.loaded = True
            gap = self._adopt(Item(Kind.GAP, item.no, item))
            self._sync(item, in_order([*item.entries, gap]))
            self._source.want(Request(item.no))

    def load_around(self, parent: Item, key: str) -> bool:
        """Ask for the page that begins at ``key``; return whether it is there already."""
        if not parent.loaded:
            if parent.total == 0:
                return True
            parent.loaded = True
            self._sync(
                parent, in_order([*parent.entries, self._adopt(Item(Kind.GAP, parent.no, parent))])
            )
        if any(child.key == key for child in parent.nodes.values()):
            return True
        if gap_for(parent, key) is None:
            return True
        self._source.want(Request(parent.no, just_before(key)))
        return False

    def is_loading(self, item: Item) -> bool:
        """Whether a page of a node's children is on its way."""
        return self._source.is_wanted(item.no)

    def reload(self) -> None:
        """Read everything that is loaded again; items stay, so selection and scroll do too."""
        self._source.forget()
        for item in [self.root, *self._by_no.values()]:
            if item.no < 0 or not (item.loaded or item is self.root):
                continue
            item.loaded = True
            for after, count in stretches(item):
                limit = min(max(count, 1 if count else PAGE), RELOADED)
                self._source.want(Request(item.no, after, limit))

    def replace_head(self, head: TreeHead) -> None:
        """Take a newer head of the same scope."""
        self.head = head
        self.root.take(head.root)
        self.root.total = head.root.children

    def _arrived(self, found: Sequence[tuple[Request, ChildrenPage]]) -> None:
        for wanted, page in found:
            parent = self._by_no.get(wanted.parent_no)
            if parent is not None and parent.loaded:
                self._show_page(parent, wanted.after, page)
        self.filled.emit()

    def _show_page(self, parent: Item, after: str | None, page: ChildrenPage) -> None:
        if page.total >= 0:
            parent.total = page.total
        known = {row.node_no: row for row in page.rows}
        wanted = merge(
            parent,
            after,
            page.rows,
            at_end=page.at_end,
            make=lambda row: self._make(row, parent),
        )
        for child in list(parent.nodes.values()):
            row = known.get(child.no)
            if row is not None and child.stored is not row:
                self._update(child, row)
        self._sync(parent, wanted)
        if not parent.gaps:
            parent.total = sum(1 for child in parent.nodes.values() if child.stored is not None)

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

    def settle(self, revision: int, numbers: dict[int, int]) -> None:
        """Turn what is staged into what is stored, in place, after a save."""
        before = dict(self.steps.draft)
        gone = [no for no, entry in before.items() if entry.now is None]
        for number, entry in before.items():
            item = self._by_no.get(number)
            if item is not None and entry.now is not None:
                item.stored = self._stored_now(item, entry.now, numbers, revision)
        self._renumber_nodes(numbers)
        self.steps.saved(revision, numbers)
        for number in gone:
            item = self._by_no.get(number)
            if item is not None and item.parent is not None:
                parent = item.parent
                parent.total = max(parent.total - 1, 0)
                self._sync(parent, [entry for entry in parent.entries if entry is not item])
        self._touch_all([numbers.get(no, no) for no in before])
        self.filled.emit()

    def _stored_now(
        self, item: Item, state: NodeState, numbers: dict[int, int], revision: int
    ) -> TreeRow:
        """Return the row of a node that was just saved, until it is read again."""
        if item.stored is not None:
            return replace(item.stored, state=state, from_rev=revision, mark=self.mark(item))
        item.loaded, item.total = True, len(item.nodes)
        above = tuple(numbers.get(no, no) for no in self.above(item))
        return TreeRow(
            node_no=numbers[item.no],
            parent_no=above[-1],
            attribute=item.attribute,
            key=item.key,
            name=item.name,
            state=state,
            from_rev=revision,
            children=item.total,
            has_others=any(child.key == OTHERS for child in item.nodes.values()),
            effective_billing=self.effective_rule(item, Column.BILLING),
            effective_quantity=self.effective_rule(item, Column.QUANTITY),
            mark=self.mark(item),
            above=above,
            known=True,
            others_wanted=False,
        )

    def _renumber_nodes(self, numbers: dict[int, int]) -> None:
        """Give new nodes the numbers under which they are stored now."""
        for old, new in numbers.items():
            item = self._by_no.pop(old, None)
            if item is None:
                continue
            item.no = new
            self._by_no[new] = item
            if item.parent is not None:
                item.parent.nodes = {e.no: e for e in item.parent.entries if e.kind is Kind.NODE}
            for entry in item.entries:
                if entry.kind is not Kind.NODE:
                    entry.no = new

    # ------------------------------------------------------------------ cells

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return None

    def title(self, column: Column) -> str:
        """Return the header of a column."""
        return words.column_title(column, currency=self.head.currency, priced=self.head.priced)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        reader = _READERS.get(role)
        return reader(self, self.item(index), Column(index.column())) if reader else None

    def text(self, item: Item, column: Column) -> str:
        """Return the text of a cell."""
        if item.kind is Kind.GAP:
            self._source.want(Request(item.no, item.after))
            return self._gap_text(item) if column is Column.NAME else ""
        if item.kind is Kind.TIER:
            return self._tier_text(item, column)
        if column is Column.NAME:
            return item.name
        state = self.state(item)
        return "" if state is None else self._node_text(item, state, column)

    def _node_text(self, item: Item, state: NodeState, column: Column) -> str:
        if column is Column.TYPE:
            return words.type_text(state)
        if column is Column.PRICE:
            return words.price_text(state)
        if column in (Column.BILLING, Column.QUANTITY):
            return self._rule_text(item, state, column)
        if not self.is_voice(item) or state.is_branch:
            return ""
        value = getattr(state, FIELDS[column][0])
        return formats.price(value) if column is Column.CONNECT else formats.number(value)

    def _rule_text(self, item: Item, state: NodeState, column: Column) -> str:
        if item.attribute == "domain":
            return ""
        rule = getattr(state, FIELDS[column][0])
        return words.rule_text(column, rule, self.effective_rule(item, column))

    def effective_rule(self, item: Item, column: Column) -> int:
        """Return the rule that holds for a node: its own, else the nearest one above."""
        field = FIELDS[column][0]
        top = item
        for node in (item, *item.above()):
            state = self.state(node)
            own = getattr(state, field) if state else 0
            if own:
                return int(own)
            if node.stored is not None and node.attribute == "resource":
                return int(_inherited(node.stored, column))
            if node.stored is not None:
                top = node
        return int(_inherited(top.stored, column)) if top.stored else 0

    def _gap_text(self, item: Item) -> str:
        parent = item.parent
        if parent is None or not parent.nodes:
            return self.tr("Loading…")
        if parent.total > COUNTED:
            return self.tr("Loading… there are more")
        return self.tr("Loading… {n} more").format(n=formats.number(parent.unloaded()))

    def _tier_text(self, item: Item, column: Column) -> str:
        state = self.state(item.parent) if item.parent else None
        if state is None or not state.scale or column not in (Column.NAME, Column.PRICE):
            return ""
        lines = words.scale_lines(parse_scale(state.scale))
        if item.tier >= len(lines):
            return ""
        return lines[item.tier][0 if column is Column.NAME else 1]

    def look(self, index: QModelIndex) -> Look:
        """Return how a cell is painted."""
        item, column = self.item(index), Column(index.column())
        if item.kind is not Kind.NODE:
            return Look(muted=True)
        entry = self.steps.draft.get(item.no)
        row = self.row_state(item)
        changed = row == "changed" and entry is not None and _differs(entry, column)
        state = self.state(item)
        first = column is Column.NAME
        return Look(
            row=row,
            changed=changed,
            muted=state is not None and self._is_muted(item, state, column),
            match=first and item.no in self._matches,
            mark=words.mark_of(self.mark(item)) if first else None,
            bold=first and item.attribute in {"domain", "resource"},
        )

    def row_state(self, item: Item) -> str:
        """Return "new", "changed", "removed" or ""."""
        entry = self.steps.draft.get(item.no)
        if self.removed(item):
            return "removed"
        if entry is None:
            return ""
        return "new" if entry.base is None else "changed"

    def _is_muted(self, item: Item, state: NodeState, column: Column) -> bool:
        if column in (Column.BILLING, Column.QUANTITY):
            return getattr(state, FIELDS[column][0]) == 0
        return column is Column.TYPE and (state.is_branch or state.price_type == PriceType.NONE)

    def mark(self, item: Item) -> str:
        """Return the validity mark of a node, staged edits included."""
        state, stored = self.state(item), item.stored
        if state is None or self.removed(item):
            return ""
        draft = self.steps.draft
        if stored is not None and draft.get(item.no) is None and not draft.children_added(item.no):
            return stored.mark
        added = draft.children_added(item.no)
        same = stored is not None and stored.state.depends_on == state.depends_on
        others = any(draft.ref(no).state.key == OTHERS for no in added)
        return mark_of(
            state,
            children=len(added) + (item.total if same else 0),
            has_others=others or (stored is not None and same and stored.has_others),
            others_wanted=stored is not None and same and stored.others_wanted,
            known=stored is None or stored.known,
        )

    def tooltip(self, item: Item, column: Column) -> str:
        """Return what hovering a cell tells."""
        state = self.state(item)
        if item.kind is not Kind.NODE or state is None:
            return ""
        lines = []
        mark = words.mark_of(self.mark(item)) if column is Column.NAME else None
        if mark:
            lines.append(mark.word)
        if column is Column.NAME and item.key not in ("", OTHERS, item.name):
            attribute = words.attribute_name(item.attribute)
            lines.append(f"{item.name}\n{attribute}: {item.key}")
        if column is Column.PRICE and state.scale:
            lines.append(words.scale_tooltip(parse_scale(state.scale)))
        lines += self._staged_lines(item, column)
        return "\n".join(lines)

    def accessible(self, item: Item, column: Column) -> str:
        """Return what a screen reader says: the cell with its marks in words."""
        parts = [self.text(item, column)]
        if item.kind is Kind.NODE and column is Column.NAME:
            state = {
                "new": self.tr("new"),
                "changed": self.tr("changed"),
                "removed": self.tr("removed"),
            }.get(self.row_state(item))
            mark = words.mark_of(self.mark(item))
            parts += [text for text in (state, mark and mark.word) if text]
        return ", ".join(parts)

    def _staged_lines(self, item: Item, column: Column) -> list[str]:
        row = self.row_state(item)
        entry = self.steps.draft.get(item.no)
        if row == "new":
            return [self.tr("New, not saved yet")]
        if row == "removed":
            return [self.tr("Removed when you save")]
        if row == "changed" and entry and entry.base and _differs(entry, column):
            before = self._node_text(item, entry.base, column) or self.tr("nothing")
            return [self.tr("Changed, not saved yet; before: {value}").format(value=before)]
        return []

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        item = self.item(index)
        if item.kind is Kind.GAP:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if item.kind is Kind.TIER:
            return flags | Qt.ItemFlag.ItemNeverHasChildren
        flags |= Qt.ItemFlag.ItemIsDropEnabled | Qt.ItemFlag.ItemIsDragEnabled
        if self.can_edit(item, Column(index.column())):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def can_edit(self, item: Item, column: Column) -> bool:
        """Whether a cell takes a value."""
        if item.kind is not Kind.NODE or column is Column.NAME or item.attribute == "domain":
            return False
        state = self.state(item)
        if state is None or self.removed(item):
            return False
        if column in (Column.TYPE, Column.BILLING, Column.QUANTITY):
            return True
        if column is Column.PRICE:
            return not state.is_branch and self.head.priced
        priced = state.price_type in (PriceType.FLAT, PriceType.SCALE)
        return column in VOICE and priced and self.is_voice(item)

    def edit_value(self, item: Item, column: Column) -> Any:
        """Return what an editor of the cell starts from."""
        state = self.state(item)
        if state is None or column is Column.NAME:
            return self.text(item, column)
        if column in (Column.TYPE, Column.BILLING, Column.QUANTITY):
            return getattr(state, FIELDS[column][0])
        return self.text(item, column)

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        self.edited.emit(index, value)
        return True

    def show_matches(self, numbers: Iterable[int]) -> None:
        """Highlight the hits of a search."""
        before, self._matches = self._matches, frozenset(numbers)
        for number in before ^ self._matches:
            item = self._by_no.get(number)
            if item is not None:
                self._touch(item)


def _inherited(stored: TreeRow | None, column: Column) -> int:
    if stored is None:
        return 0
    return stored.effective_billing if column is Column.BILLING else stored.effective_quantity


def _differs(entry: Staged, column: Column) -> bool:
    base, now = entry.base, entry.now
    if base is None or now is None or column is Column.NAME:
        return False
    return any(getattr(base, field) != getattr(now, field) for field in FIELDS[column])


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in words.NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_READERS: dict[int, Callable[[TreeModel, Item, Column], Any]] = {
    Qt.ItemDataRole.DisplayRole: TreeModel.text,
    Qt.ItemDataRole.EditRole: TreeModel.edit_value,
    Qt.ItemDataRole.ToolTipRole: TreeModel.tooltip,
    Qt.ItemDataRole.TextAlignmentRole: lambda _model, _item, column: _alignment(column),
    Qt.ItemDataRole.AccessibleTextRole: lambda model, item, column: model.accessible(item, column),
}
