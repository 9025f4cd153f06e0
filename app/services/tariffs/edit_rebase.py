"""Settles a draft against the tree as it is now: what to write, and what both sides touched (F14).

Nodes that only this draft touched are written, whatever others did elsewhere. Where both sides
touched one node, a resolution decides; without one the node is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.db.queries import rate_browse, rate_subtree
from app.domain.tree_draft import VALUES, NodeState, Staged, TreeDraft
from app.services.tariffs.node_changes import NewNode

MINE, THEIRS = "mine", "theirs"
Resolution = str | Mapping[str, str]
"""mine or theirs for the whole node, or for each field that differs."""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field of a node that both sides touched, with the three values."""

    field: str
    base: object
    theirs: object
    mine: object

    @property
    def both(self) -> bool:
        """Whether both sides changed this very field, to different values."""
        return len({repr(self.base), repr(self.theirs), repr(self.mine)}) == 3


@dataclass(frozen=True, slots=True)
class NodeConflict:
    """A node that both sides touched; ``theirs`` None = they removed it, ``mine`` None = I did.

    ``below`` = nodes under it that they changed, where I remove it with everything below.
    ``choices`` are the resolutions that are possible: mine, theirs.
    """

    node_no: int
    path: str
    fields: tuple[FieldConflict, ...]
    base: NodeState | None
    theirs: NodeState | None
    mine: NodeState | None
    below: int = 0
    choices: tuple[str, ...] = (MINE, THEIRS)


@dataclass(slots=True)
class Plan:
    """What to write; ``rebased`` = nodes of the draft that others had touched meanwhile.

    ``merged`` = numbers of new nodes that others had added too → their stored numbers; ``settled``
    = states that nodes get which are not those of the draft (None = not there).
    """

    added: list[NewNode] = field(default_factory=list)
    updated: list[tuple[int, NodeState]] = field(default_factory=list)
    tops: list[int] = field(default_factory=list)  # removed with all below
    emptied: list[int] = field(default_factory=list)  # only what is below goes
    conflicts: list[NodeConflict] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    settled: dict[int, NodeState | None] = field(default_factory=dict)
    rebased: int = 0


class Rebase:
    """One settling of a draft; :attr:`plan` holds the result of :meth:`run`."""

    def __init__(
        self,
        connection: Any,
        scope_id: int,
        draft: TreeDraft,
        *,
        base_rev: int,
        resolutions: Mapping[int, Resolution],
        path_text: Callable[[Sequence[int], str, str], str],
    ) -> None:
        self._connection, self._scope, self._draft = connection, scope_id, draft
        self._base_rev, self._resolutions = base_rev, resolutions
        self._path_text = path_text
        self.plan = Plan()
        self._stored: dict[int, NodeState] = {}
        self._final: dict[int, NodeState | None] = {}  # settled states of staged stored nodes
        self._touched_below: dict[int, int] = {}
        self._lost: set[int] = set()  # new nodes that go with a place that is theirs
        self._rivals: dict[tuple[int, str], tuple[int, NodeState]] = {}

    def run(self) -> Plan:
        """Settle every entry, parents first, and return the plan."""
        entries = sorted(self._draft, key=lambda item: (len(item[1].above), item[0] < 0, -item[0]))
        self._read(entries)
        for number, entry in entries:
            if entry.base is None:
                self._settle_new(number, entry)
            else:
                self._settle_stored(number, entry, entry.base)
        return self.plan

    def _read(self, entries: Sequence[tuple[int, Staged]]) -> None:
        numbers = {number for number, _ in entries if number >= 0}
        parents = {entry.parent for _, entry in entries if entry.parent >= 0}
        found = rate_browse.states(self._connection, self._scope, numbers | parents)
        self._stored = {number: browsed.state for number, browsed in found.items()}
        for parent in parents:
            self._load_rivals(parent, parent)
        dropping = [no for no, entry in entries if entry.drops_children and no in found]
        for part in rate_browse.batches(dropping):
            self._touched_below |= rate_subtree.changed_below(
                self._connection, self._scope, part, self._base_rev
            )

    # -------------------------------------------------------------------------- stored nodes

    def _settle_stored(self, number: int, entry: Staged, base: NodeState) -> None:
        theirs = self._stored.get(number)
        below = self._touched_below.get(number, 0)
        if theirs == base and not below:
            self._write(number, theirs, entry.now)
            return
        self.plan.rebased += 1
        if theirs == entry.now:  # they did the same
            self._final[number] = theirs
            return
        answer = self._resolutions.get(number)
        if answer is None:
            self._conflict(number, entry, theirs, below=below)
        elif theirs is None:
            self._write_again(number, entry, answer)
        else:
            wanted = _chosen(answer, theirs, entry.now)
            self._note(number, entry, wanted)
            self._write(number, theirs, wanted)

    def _note(self, number: int, entry: Staged, state: NodeState | None) -> None:
        if state != entry.now:
            self.plan.settled[number] = state

    def _write(self, number: int, stored: NodeState | None, wanted: NodeState | None) -> None:
        self._final[number] = wanted
        if stored is None or wanted == stored:
            return
        if wanted is None:
            self.plan.tops.append(number)
            return
        self.plan.updated.append((number, wanted))
        if stored.is_branch and stored.depends_on != wanted.depends_on:
            self.plan.emptied.append(number)

    def _write_again(self, number: int, entry: Staged, answer: Resolution) -> None:
        """Bring back a node that they removed, as I have it; its place must be there."""
        self._final[number] = None
        if answer != MINE or entry.now is None or not self._has_place(entry):
            self._note(number, entry, None)
            return
        self._final[number] = entry.now
        self.plan.added.append(NewNode(number, self._place(entry.parent), entry.now))

    # -------------------------------------------------------------------------- new nodes

    def _settle_new(self, number: int, entry: Staged) -> None:
        assert entry.now is not None, "a new node is never staged as removed"
        if entry.parent in self._lost or not self._has_place(entry):
            self._lose(number, entry)
            return
        parent = self._place(entry.parent)
        rival = self._rival(parent, entry.now.key)
        if rival is None:
            self.plan.added.append(NewNode(number, parent, entry.now))
            return
        self.plan.rebased += 1
        rival_no, theirs = rival
        alike = theirs.is_branch and theirs.depends_on == entry.now.depends_on
        answer = THEIRS if theirs == entry.now else self._resolutions.get(number)
        if answer is None:
            self._conflict(number, entry, theirs)
            return
        if answer == MINE and theirs.is_branch and not alike:
            self.plan.tops.append(rival_no)
            self.plan.added.append(NewNode(number, parent, entry.now))
            return
        self.plan.merged[number] = rival_no
        self._load_rivals(number, rival_no)
        self._stored[rival_no] = theirs
        wanted = _chosen(answer, theirs, entry.now)
        self._note(number, entry, wanted)
        self._write(rival_no, theirs, wanted)

    def _lose(self, number: int, entry: Staged) -> None:
        """Take note of a new node whose place is gone; only the topmost one is told."""
        told = entry.parent in self._lost
        self._lost.add(number)
        self._note(number, entry, None)
        if told or self._open_above(entry):
            return
        self.plan.rebased += 1
        if self._resolutions.get(number) is None:
            self._conflict(number, entry, None, choices=(THEIRS,))

    def _open_above(self, entry: Staged) -> bool:
        """Tell whether a node above is settled by an answer, or is a conflict itself."""
        told = {conflict.node_no for conflict in self.plan.conflicts} | set(self._resolutions)
        return not told.isdisjoint(entry.above)

    def _has_place(self, entry: Staged) -> bool:
        """Tell whether the parent is there and depends on what the node is a value of."""
        state = self._parent_state(entry.parent)
        return state is not None and state.depends_on == entry.attribute

    def _parent_state(self, parent: int) -> NodeState | None:
        if parent in self.plan.merged:
            parent = self.plan.merged[parent]
        if parent in self._final:
            return self._final[parent]
        if parent < 0:
            held = self._draft.get(parent)
            return held.now if held else None
        return self._stored.get(parent)

    def _place(self, parent: int) -> int:
        return self.plan.merged.get(parent, parent)

    def _rival(self, parent: int, key: str) -> tuple[int, NodeState] | None:
        """Return the stored node that stands where a new one goes, unless it goes itself."""
        if parent < 0 or parent in self.plan.emptied:
            return None
        rival = self._rivals.get((parent, key))
        return None if rival is None or rival[0] in self.plan.tops else rival

    def _load_rivals(self, number: int, stored: int) -> None:
        """Look up the stored nodes that have the keys of the new ones under ``number``."""
        keys = [self._draft.ref(new).state.key for new in self._draft.children_added(number)]
        found = rate_browse.browse_keys(self._connection, self._scope, stored, keys, cap=0)
        for key, browsed in found.items():
            self._rivals[stored, key] = (browsed.node_no, browsed.state)

    # -------------------------------------------------------------------------- conflicts

    def _conflict(
        self,
        number: int,
        entry: Staged,
        theirs: NodeState | None,
        *,
        below: int = 0,
        choices: tuple[str, ...] = (MINE, THEIRS),
    ) -> None:
        mine = entry.now
        key = (mine or entry.base or theirs or NodeState("", None, 0)).key
        names = VALUES if mine and theirs else ()
        fields = tuple(
            FieldConflict(
                name, getattr(entry.base, name, None), getattr(theirs, name), getattr(mine, name)
            )
            for name in names
            if getattr(mine, name) != getattr(theirs, name)
        )
        if theirs is None and mine is not None and not self._has_place(entry):
            choices = (THEIRS,)
        path = self._path_text(entry.above, entry.attribute, key)
        self.plan.conflicts.append(
            NodeConflict(number, path, fields, entry.base, theirs, mine, below, choices)
        )
        self._final[number] = mine


def _chosen(answer: Resolution, theirs: NodeState, mine: NodeState | None) -> NodeState | None:
    """Return the state that a resolution asks for; a removed node can't be mixed."""
    if isinstance(answer, str) or mine is None:
        return mine if answer == MINE else theirs
    taken = {name: getattr(mine, name) for name, side in answer.items() if side == MINE}
    return replace(theirs, **taken)
