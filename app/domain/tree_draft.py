"""Staged edits over a stored rate tree (F13): what the editor shows before Save, and its steps.

Stored nodes keep their numbers, new ones have negative numbers. A stored node that is removed, or
that depends on something else now, takes its stored children along without an entry for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from app.domain.kinds import OTHERS, PriceType

ROOT = 0
NOWHERE = -1
"""Parent number of the root; new nodes are numbered below it."""
DOMAIN, RESOURCE = "domain", "resource"
FORMAT = 1
"""Version of the recovery text."""


class EditRefused(ValueError):
    """An edit that makes no sense; the text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """Values of a node; prices in 1e-8, intervals in seconds, None = not set, rule 0 = inherit.

    ``scale`` is the canonical text of app.domain.pricing.
    """

    key: str
    depends_on: str | None
    price_type: int
    price: int | None = None
    scale: str | None = None
    billing_rule: int = 0
    quantity_rule: int = 0
    connect_price: int | None = None
    first_interval: int | None = None
    next_interval: int | None = None

    @property
    def is_branch(self) -> bool:
        """Whether the node's children hold the prices."""
        return self.price_type == PriceType.DEPENDS_ON


def mark_of(
    state: NodeState, *, children: int, has_others: bool, others_wanted: bool, known: bool
) -> str:
    """Return the validity mark of a node, the gravest: "" if there is nothing to say (SVC-4).

    incomplete = no usable price, empty = a branch without children, missed_option = its key left
    the dictionary, no_others = a branch without fallback where one is usual.
    """
    if state.price_type == PriceType.NONE or _lacks_price(state):
        return "incomplete"
    if state.is_branch and not children:
        return "empty"
    if not known:
        return "missed_option"
    missing = state.is_branch and others_wanted and not has_others
    return "no_others" if missing else ""


def _lacks_price(state: NodeState) -> bool:
    flat, scaled = state.price_type == PriceType.FLAT, state.price_type == PriceType.SCALE
    return (flat and state.price is None) or (scaled and state.scale is None)


VALUES = tuple(f.name for f in fields(NodeState) if f.name != "key")
"""The fields of a node that an edit can change."""


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node as an edit takes it: ``above`` = numbers from the root down to its parent.

    ``attribute`` is what its key is a value of; ``below`` the number of stored nodes under it.
    """

    node_no: int
    above: tuple[int, ...]
    attribute: str
    state: NodeState
    from_rev: int = 0
    below: int = 0

    @property
    def parent(self) -> int:
        """Return the number of the node above, NOWHERE for the root."""
        return self.above[-1] if self.above else NOWHERE


@dataclass(frozen=True, slots=True)
class Staged:
    """One node in the overlay: ``base`` None = new, ``now`` None = removed.

    ``from_rev`` is the stored version the edit began from; ``below`` the number of stored nodes
    under it at that time, which go along if :attr:`drops_children`.
    """

    parent: int
    base: NodeState | None
    now: NodeState | None
    from_rev: int
    attribute: str = ""
    above: tuple[int, ...] = ()
    below: int = 0

    @property
    def drops_children(self) -> bool:
        """Whether the stored children of this node go when the draft is saved."""
        if self.base is None or not self.base.is_branch:
            return False
        return self.now is None or self.now.depends_on != self.base.depends_on

    @property
    def weight(self) -> int:
        """Return how many nodes this entry adds to, changes in or takes from the stored tree."""
        return 1 + (self.below if self.drops_children else 0)


@dataclass(frozen=True, slots=True)
class Edit:
    """One undo step: node number → its entry before and after (None = not staged).

    ``text`` names it in the undo menu; ``removes`` = nodes that disappear from view with it.
    """

    text: str
    before: dict[int, Staged | None]
    after: dict[int, Staged | None]
    removes: int = 0

    def __bool__(self) -> bool:
        return bool(self.after)

    @property
    def count(self) -> int:
        """Return how many nodes the step touches by itself."""
        return len(self.after)


@dataclass(frozen=True, slots=True)
class SubtreeNode:
    """A node of a copied subtree; ``parent`` = place of its parent in the list, -1 for a top."""

    parent: int
    state: NodeState


@dataclass(frozen=True, slots=True)
class Subtree:
    """Copied nodes, parents before children; the tops are values of ``attribute``.

    ``resource`` is the catalogue key above or at the tops ("" above resources), ``source`` what a
    person calls the place ("SMS service / SMS messaging / Spain"), ``fixed`` the attributes above.
    """

    attribute: str
    nodes: tuple[SubtreeNode, ...]
    currency: str = ""
    resource: str = ""
    source: str = ""
    fixed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def tops(self) -> tuple[NodeState, ...]:
        """Return the states of the topmost nodes."""
        return tuple(node.state for node in self.nodes if node.parent < 0)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a clipboard."""
        plain = {f.name: getattr(self, f.name) for f in fields(Subtree) if f.name != "nodes"}
        return {**plain, "nodes": [[n.parent, *_row(n.state)] for n in self.nodes]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Subtree:
        """Return the subtree of :meth:`to_json`; ValueError if it is something else."""
        try:
            rows: list[list[Any]] = plain["nodes"]
            nodes = tuple(SubtreeNode(int(row[0]), _state(row[1:])) for row in rows)
            texts = {name: str(plain[name]) for name in _SUBTREE_TEXTS}
            fixed = tuple(map(str, plain["fixed"]))
        except (KeyError, TypeError, IndexError, ValueError) as problem:
            raise ValueError("this is no copied part of a rate tree") from problem
        if any(not -1 <= node.parent < place for place, node in enumerate(nodes)):
            raise ValueError("this is no copied part of a rate tree")
        return cls(nodes=nodes, fixed=fixed, **texts)


_SUBTREE_TEXTS = ("attribute", "currency", "resource", "source")


@dataclass(frozen=True, slots=True)
class DraftCounts:
    """Nodes that Save will change, add and remove, those under removed ones included."""

    changed: int = 0
    added: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """Return the N of "Save N changes"."""
        return self.changed + self.added + self.removed


class TreeDraft:
    """The overlay of one scope's tree; not thread-safe (hand :meth:`copy` to a job)."""

    def __init__(self) -> None:
        self._staged: dict[int, Staged] = {}
        self._added: dict[int, dict[int, None]] = {}
        self._next = NOWHERE - 1
        # After a save: what is stored now, and which number an older undo step means.
        self._stored: dict[int, tuple[NodeState | None, int]] = {}
        self._alias: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._staged)

    def __iter__(self) -> Iterator[tuple[int, Staged]]:
        return iter(self._staged.items())

    # -------------------------------------------------------------------------- reading

    @property
    def count(self) -> int:
        """Return the N of "Save N changes"."""
        return sum(entry.weight for entry in self._staged.values())

    def counts(self) -> DraftCounts:
        """Return the nodes changed, added and removed."""
        changed = added = removed = 0
        for entry in self._staged.values():
            removed += entry.weight - 1
            if entry.base is None:
                added += 1
            elif entry.now is None:
                removed += 1
            else:
                changed += 1
        return DraftCounts(changed, added, removed)

    @property
    def next_number(self) -> int:
        """Return the number of the next new node; they count down from -2."""
        return self._next

    def get(self, node_no: int) -> Staged | None:
        """Return the entry of a node, None if it is not staged."""
        return self._staged.get(node_no)

    def state_of(self, node_no: int, stored: NodeState | None = None) -> NodeState | None:
        """Return the values to show: the staged ones, else ``stored``; None = removed."""
        entry = self._staged.get(node_no)
        return stored if entry is None else entry.now

    def is_removed(self, node_no: int, above: Sequence[int] = ()) -> bool:
        """Tell whether a node goes, by itself or (with ``above``) with a node above it."""
        entry = self._staged.get(node_no)
        if entry is not None and entry.now is None:
            return True
        for parent, child in zip(above, (*above, node_no)[1:], strict=True):
            held = self._staged.get(parent)
            if held is not None and (held.now is None or (held.drops_children and child > 0)):
                return True
        return False

    def children_added(self, parent: int) -> list[int]:
        """Return the new nodes under ``parent`` in sibling order: by key, ``*`` last."""
        return sorted(self._added.get(parent, ()), key=lambda no: sibling_order(self._now(no).key))

    def ref(self, node_no: int) -> NodeRef:
        """Return a staged node as edits take it; KeyError if it is not staged, or removed."""
        entry = self._staged[node_no]
        state = entry.now
        if state is None:
            raise KeyError(node_no)
        return NodeRef(node_no, entry.above, entry.attribute, state, entry.from_rev, entry.below)

    def staged_under(self, tops: Iterable[int]) -> list[int]:
        """Return the staged nodes strictly below any of ``tops``."""
        wanted = frozenset(tops)
        return [no for no, entry in self._staged.items() if not wanted.isdisjoint(entry.above)]

    def copy(self) -> TreeDraft:
        """Return an independent copy, for a job."""
        other = TreeDraft()
        other._staged = dict(self._staged)
        other._added = {parent: dict(numbers) for parent, numbers in self._added.items()}
        other._next = self._next
        other._stored, other._alias = dict(self._stored), dict(self._alias)
        return other

    def _now(self, node_no: int) -> NodeState:
        entry = self._staged[node_no]
        assert entry.now is not None, "new nodes are never kept as removed"
        return entry.now

    # -------------------------------------------------------------------------- changing

    def apply(self, edit: Edit) -> None:
        """Do a step (or do it again)."""
        self._turn(edit.before, edit.after)

    def revert(self, edit: Edit) -> None:
        """Take a step back; ask :meth:`can_revert` first if the draft was saved since."""
        self._turn(edit.after, edit.before)

    def can_revert(self, edit: Edit) -> str:
        """Return "", or the sentence why a step can't be taken back any more."""
        for number, entry in edit.after.items():
            own = self._alias.get(number, number)
            settled = own not in self._staged and own in self._stored
            if settled and entry is not None and entry.drops_children and entry.below:
                return (
                    f"This step removed {entry.below} stored rates below and was saved: undo that "
                    "revision in the history of the scope."
                )
        return ""

    def saved(
        self,
        revision: int,
        numbers: Mapping[int, int],
        states: Mapping[int, NodeState | None] | None = None,
    ) -> None:
        """Empty the draft after a save; ``numbers`` = new nodes' numbers → their stored ones.

        ``states`` = what is stored of nodes that did not end up as the draft had them (None = not
        there). Steps done before can still be taken back: they stage the way back.
        """
        settled = states or {}
        for number, entry in self._staged.items():
            own = numbers.get(number, number)
            self._stored[own] = (settled.get(number, entry.now), revision)
            if own != number:
                self._alias[number] = own
        for number, own in self._alias.items():
            self._alias[number] = numbers.get(own, own)
        self._staged.clear()
        self._added.clear()

    def clear(self) -> None:
        """Discard everything; the undo stack must be cleared too."""
        self._staged.clear()
        self._added.clear()

    def _turn(self, now: Mapping[int, Staged | None], then: Mapping[int, Staged | None]) -> None:
        self._next = min(self._next, min(then, default=0) - 1)
        if not self._stored:
            for number, entry in then.items():
                self._put(number, entry)
            return
        for number in sorted(then, key=lambda no: _depth(now[no] or then[no])):
            self._restage(number, now[number], then[number])

    def _put(self, number: int, entry: Staged | None) -> None:
        old = self._staged.pop(number, None)
        if old is not None and old.base is None:
            self._added[old.parent].pop(number, None)
        if entry is not None:
            self._staged[number] = entry
            if entry.base is None:
                self._added.setdefault(entry.parent, {})[number] = None

    def _restage(self, number: int, now: Staged | None, then: Staged | None) -> None:
        """Bring a node to what ``then`` shows, from what is stored since the last save."""
        shape = then or now
        assert shape is not None, "an edit names a node only to change it"
        wanted = then.now if then is not None else shape.base
        own = self._alias.get(number, number)
        held = self._staged.get(own)
        base, rev = (
            (held.base, held.from_rev)
            if held
            else self._stored.get(own, (shape.base, shape.from_rev))
        )
        if base is None and own > 0 and wanted is not None:  # its stored number is gone for good
            own = self._alias[number] = self._next
            self._next -= 1
        if base == wanted:
            self._put(own, None)
            return
        above = tuple(self._alias.get(no, no) for no in shape.above)
        parent = self._alias.get(shape.parent, shape.parent)
        self._put(
            own, replace(shape, parent=parent, base=base, now=wanted, from_rev=rev, above=above)
        )

    # -------------------------------------------------------------------------- recovery

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which :meth:`from_json` makes the same staged edits."""
        return {
            "format": FORMAT,
            "next": self._next,
            "staged": [
                [no, e.parent, _plain(e.base), _plain(e.now), e.from_rev, e.attribute,
                 list(e.above), e.below]
                for no, e in self._staged.items()
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> TreeDraft:
        """Return the draft of :meth:`to_json`; ValueError if it is something else."""
        draft = cls()
        try:
            if plain["format"] != FORMAT:
                raise ValueError("these edits were kept by another version of the program")
            draft._next = int(plain["next"])
            for no, parent, base, now, rev, attribute, above, below in plain["staged"]:
                entry = Staged(
                    int(parent), _state_or_none(base), _state_or_none(now), int(rev),
                    str(attribute), tuple(map(int, above)), int(below),
                )  # fmt: skip
                draft._put(int(no), entry)
        except (KeyError, TypeError, AssertionError) as problem:
            raise ValueError("these are no kept edits of a rate tree") from problem
        return draft


def _depth(entry: Staged | None) -> int:
    return len(entry.above) if entry else 0


def _plain(state: NodeState | None) -> list[Any] | None:
    return None if state is None else _row(state)


def _row(state: NodeState) -> list[Any]:
    return [getattr(state, name) for name in _FIELDS]


_FIELDS = tuple(f.name for f in fields(NodeState))
_TEXTS = frozenset({"key", "depends_on", "scale"})
_NEVER_NONE = frozenset({"key", "price_type", "billing_rule", "quantity_rule"})


def _state(row: Sequence[Any]) -> NodeState:
    values = dict(zip(_FIELDS, row, strict=True))
    for name, value in values.items():
        wanted = str if name in _TEXTS else int
        if not isinstance(value, wanted) and (value is not None or name in _NEVER_NONE):
            raise TypeError(f"{name} can't be {value!r}")
    return NodeState(**values)


def _state_or_none(row: Sequence[Any] | None) -> NodeState | None:
    return None if row is None else _state(row)


def sibling_order(key: str) -> tuple[bool, bytes]:
    """Return what siblings are sorted by: the key's bytes, ``*`` last (F2)."""
    return key == OTHERS, key.encode("utf-8", "surrogatepass")
