"""The loaded part of a rate tree: items in sibling order, with gaps for what is not loaded yet.

A level of a million siblings is shown as the pages somebody looked at; each stretch between them
is one *gap* row that loads its beginning when it comes into sight.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from app.domain.tree import OTHERS

if TYPE_CHECKING:
    from app.services.tariffs.tree_pages import TreeRow

HIGHEST = "\U0010ffff"
"""Sorts behind every key; half a key is made smaller by it (:func:`just_before`)."""

_numbers = itertools.count(1)

Place = tuple[int, str, int]


class Kind(Enum):
    """What a row of the tree is: a node, a line of a node's scale, or siblings not loaded yet."""

    NODE = "node"
    TIER = "tier"
    GAP = "gap"


class Item:
    """One row of the tree; ``entries`` are its rows below, in sibling order.

    ``no`` is the node's number (of a tier or a gap: its owner's), ``stored`` the row read from the
    database or None for a node that is not saved yet, ``after`` (gaps) the key before the gap,
    ``tier`` the index of a scale's line.
    """

    __slots__ = (
        "after",
        "attribute",
        "entries",
        "gaps",
        "id",
        "key",
        "kind",
        "loaded",
        "name",
        "no",
        "nodes",
        "parent",
        "row",
        "stored",
        "tier",
        "total",
    )

    def __init__(self, kind: Kind, no: int, parent: Item | None) -> None:
        self.id = next(_numbers)
        self.kind = kind
        self.no = no
        self.parent = parent
        self.row = 0
        self.key = ""
        self.attribute = ""
        self.name = ""
        self.stored: TreeRow | None = None
        self.entries: list[Item] = []
        self.nodes: dict[int, Item] = {}
        self.gaps: dict[str | None, Item] = {}
        self.loaded = False
        self.total = 0
        self.after: str | None = None
        self.tier = 0

    @property
    def place(self) -> Place:
        """Return what siblings are sorted by: tiers, keys, ``*`` last; a gap behind its key."""
        if self.kind is Kind.TIER:
            return (-1, "", self.tier)
        if self.kind is Kind.GAP:
            return (0, "", -1) if self.after is None else (0, self.after, 1)
        return node_place(self.key)

    @property
    def depth(self) -> int:
        """Return the number of nodes above, 0 for the root."""
        return sum(1 for _ in self.above())

    def above(self) -> Iterator[Item]:
        """Yield the items above, nearest first."""
        item = self.parent
        while item is not None:
            yield item
            item = item.parent

    def take(self, row: TreeRow) -> None:
        """Show a row as it is stored."""
        self.stored = row
        self.key, self.attribute, self.name = row.key, row.attribute, row.name


def node_place(key: str) -> Place:
    """Return the place of a node among its siblings."""
    return (1, key, 0) if key == OTHERS else (0, key, 0)


def just_before(key: str) -> str | None:
    """Return a text that sorts behind every smaller key and before ``key``; None = the very first.

    >>> just_before("26201") < "26201"
    True
    """
    if key == OTHERS:
        return HIGHEST
    if not key:
        return None
    last = ord(key[-1]) - 1
    if last < 0:
        return key[:-1]
    if 0xD800 <= last <= 0xDFFF:
        last = 0xD7FF  # half a pair is no character
    return key[:-1] + chr(last) + HIGHEST


def gap_for(parent: Item, key: str) -> Item | None:
    """Return the gap in which a child of ``parent`` would be, None if its place is loaded."""
    place = node_place(key)
    before: Item | None = None
    for item in parent.entries:
        if item.place > place:
            break
        if item.kind is Kind.GAP:
            before = item
        elif item.stored is not None:
            before = None
    return before


def stretches(parent: Item) -> list[tuple[str | None, int]]:
    """Return what is loaded under a node: (key to load behind, number of stored children) each."""
    found: list[tuple[str | None, int]] = []
    begins = True
    for entry in parent.entries:
        if entry.kind is Kind.GAP:
            begins = True
        elif entry.stored is not None and begins:
            found.append((just_before(entry.key) if found or parent.gaps else None, 1))
            begins = False
        elif entry.stored is not None:
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return found or [(None, 0)]


def merge(
    parent: Item,
    after: str | None,
    page: Sequence[TreeRow],
    *,
    at_end: bool,
    make: Callable[[TreeRow], Item],
) -> list[Item]:
    """Return the entries wanted under ``parent`` once the page behind ``after`` has come.

    Stored children between ``after`` and the page's end that the page lacks are gone. A gap
    follows the page unless it was the last one or its end had been loaded before.
    """
    low: Place = (0, "", -1) if after is None else (0, after, 1)
    high: Place = (2, "", 0) if at_end else node_place(page[-1].key) if page else low
    found = {row.node_no for row in page}
    kept = [
        child
        for child in parent.nodes.values()
        if child.stored is None or child.no in found or not low < child.place <= high
    ]
    gaps = [gap for gap in parent.gaps.values() if not low <= gap.place <= high]
    if not at_end and page and not _is_loaded(parent, page[-1].node_no):
        gaps.append(gap_item(parent, page[-1].key))
    tiers = [item for item in parent.entries if item.kind is Kind.TIER]
    known = {child.no for child in kept}
    fresh = [make(row) for row in page if row.node_no not in known]
    return in_order([*tiers, *kept, *fresh, *gaps])


def merge_before(
    parent: Item,
    before: str,
    page: Sequence[TreeRow],
    *,
    at_end: bool,
    make: Callable[[TreeRow], Item],
) -> list[Item]:
    """Return the entries wanted once the page in front of ``before`` has come.

    It fills the lower end of the gap there; the rest of the gap stays unless the page reaches the
    sibling in front of it, or the first of all (``at_end``).
    """
    gap = gap_for(parent, just_before(before) or "")
    fresh = [row for row in page if not _is_loaded(parent, row.node_no)]
    gaps = [item for item in parent.gaps.values() if item is not gap]
    if gap is not None and not at_end and len(fresh) == len(page):
        gaps.append(gap)
    rest = [item for item in parent.entries if item.kind is not Kind.GAP]
    return in_order([*rest, *(make(row) for row in fresh), *gaps])


def trimmed(parent: Item, far: Container[int]) -> list[Item]:
    """Return the entries without the nodes of ``far`` (item IDs), with gaps where they stood."""
    found: list[Item] = []
    after: str | None = None
    missing = False
    for entry in parent.entries:
        if entry.kind is Kind.GAP or entry.id in far:
            missing = True
            continue
        if entry.kind is Kind.NODE and entry.stored is not None:
            if missing:
                found.append(gap_item(parent, after))
            missing, after = False, entry.key
        found.append(entry)
    if missing:
        found.append(gap_item(parent, after))
    return in_order(found)


def gap_item(parent: Item, after: str | None) -> Item:
    """Return the gap behind ``after``: the one there, or a new one."""
    gap = parent.gaps.get(after)
    if gap is None:
        gap = Item(Kind.GAP, parent.no, parent)
        gap.after = after
    return gap


def in_order(items: Iterable[Item]) -> list[Item]:
    """Return items in sibling order."""
    return sorted(items, key=_place)


def _place(item: Item) -> Place:
    return item.place


def _is_loaded(parent: Item, node_no: int) -> bool:
    child = parent.nodes.get(node_no)
    return child is not None and child.stored is not None
