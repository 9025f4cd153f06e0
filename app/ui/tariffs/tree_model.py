"""The rate tree as an item model: what its cells say, how they look, what can be edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from app.domain.kinds import OTHERS, PriceType
from app.domain.pricing import parse_scale
from app.domain.tree_draft import NodeState, Staged, mark_of
from app.services.tariffs.tree_pages import TreeRow, catalogue_rules
from app.ui import formats
from app.ui.tariffs import tree_words as words
from app.ui.tariffs.tree_items import Item, Kind
from app.ui.tariffs.tree_rows import TreeRows
from app.ui.tariffs.tree_source import TreeSource
from app.ui.tariffs.tree_words import FIELDS, VOICE, Column

if TYPE_CHECKING:
    from app.services.tariffs.tree_pages import TreeHead
    from app.ui.tariffs.tree_steps import TreeSteps


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


_FLAGS_ROOT = Qt.ItemFlag.ItemIsDropEnabled
_FLAGS_GAP = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_FLAGS_TIER = _FLAGS_GAP | Qt.ItemFlag.ItemIsSelectable
_FLAGS_NODE = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDropEnabled
    | Qt.ItemFlag.ItemIsDragEnabled
)
_FLAGS_EDITED = _FLAGS_NODE | Qt.ItemFlag.ItemIsEditable


class TreeModel(TreeRows):
    """Nodes with their scale lines and gaps; columns are :class:`Column`."""

    edited = Signal(object, object)
    """(index, value): a person typed a value; the editor makes an undo step of it."""

    def __init__(
        self, head: TreeHead, source: TreeSource, steps: TreeSteps, parent: QObject | None = None
    ) -> None:
        super().__init__(head, source, steps, parent)
        self._matches: frozenset[int] = frozenset()

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
            if node.attribute == "resource":
                return catalogue_rules(node.key)[column is Column.QUANTITY]
            if node.stored is not None:
                top = node
        return int(_inherited(top.stored, column)) if top.stored else 0

    def _gap_text(self, item: Item) -> str:
        return self.tr("Loading…") if item.after is None else self.tr("Loading more…")

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
        # Asked for every row at each layout: combined flags are made once.
        if not index.isValid():
            return _FLAGS_ROOT
        item = self.item(index)
        if item.kind is not Kind.NODE:
            return _FLAGS_GAP if item.kind is Kind.GAP else _FLAGS_TIER
        column = index.column()
        if column and self.can_edit(item, Column(column)):
            return _FLAGS_EDITED
        return _FLAGS_NODE

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

    # ------------------------------------------------------------------ saving

    def settle(
        self,
        revision: int,
        numbers: dict[int, int],
        states: Mapping[int, NodeState | None] | None = None,
    ) -> None:
        """Turn what is staged into what is stored, in place, after a save."""
        before = dict(self.steps.draft)
        gone = [no for no, entry in before.items() if entry.now is None]
        for number, entry in before.items():
            item = self._by_no.get(number)
            if item is not None and entry.now is not None:
                item.stored = self._stored_now(item, entry.now, numbers, revision)
        self._renumber_nodes(numbers)
        self.steps.saved(revision, numbers, states)
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
