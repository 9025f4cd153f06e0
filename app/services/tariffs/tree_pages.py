"""Pages of a stored rate tree for the editor: heads, children, paths, levels to expand (F13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.tree_draft import NodeRef, NodeState
from app.services.context import Context, service

PAGE = 200
COUNTED = 1000
"""Children are counted up to here; a greater number is shown as "more than"."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A stored node as shown; ``above`` = node numbers from the root down to its parent.

    ``name`` is what a person sees, ``children`` at most COUNTED + 1, ``mark`` "" or one of
    incomplete, empty (depends on something, no children), no_others, missed_option, the gravest
    first. ``effective_*`` are the rules in force: its own, else inherited, else the catalogue's.
    """

    node_no: int
    parent_no: int
    attribute: str
    key: str
    name: str
    state: NodeState
    from_rev: int
    children: int
    has_others: bool
    effective_billing: int
    effective_quantity: int
    mark: str
    above: tuple[int, ...]
    known: bool = True

    def ref(self, below: int = 0) -> NodeRef:
        """Return the node as edits take it; ``below`` from :func:`count_below` when it matters."""
        return NodeRef(self.node_no, self.above, self.attribute, self.state, self.from_rev, below)


@dataclass(frozen=True, slots=True)
class ChildrenPage:
    """Rows in sibling order; ``total`` -1 = not counted (see :func:`count_children`)."""

    rows: list[TreeRow]
    total: int
    at_end: bool


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What stands above the tree; ``scope_state`` draft, current, past, upcoming or overlapped.

    ``nodes`` and ``leaves`` count without the root; ``incomplete`` = nodes that can't be used.
    """

    scope_id: int
    scope_name: str
    revision: int
    service_id: int
    service_name: str
    service_type: str
    side: str
    currency: str
    time_zone: str
    archived: bool
    scope_state: str
    effective_from: dt.datetime | None
    effective_till: dt.datetime | None
    root: TreeRow


@dataclass(frozen=True, slots=True)
class TreeSize:
    """Counts of a whole tree without its root."""

    nodes: int
    leaves: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class Expansion:
    """Branches to expand, parents first; ``left_out`` = how many more a cap kept closed."""

    numbers: list[int]
    left_out: int


@service("finance.services", "view")
def tree_head(ctx: Context, scope_id: int) -> TreeHead:
    """Return what stands above the tree and its root; quick for any size."""
    raise NotImplementedError


@service("finance.services", "view")
def tree_size(ctx: Context, scope_id: int) -> TreeSize:
    """Count the nodes of a tree; takes time with its size."""
    raise NotImplementedError


@service("finance.services", "view")
def children_page(
    ctx: Context, scope_id: int, parent_no: int, *, after_key: str | None = None, limit: int = PAGE
) -> ChildrenPage:
    """Return the children behind ``after_key`` (None = from the first one)."""
    raise NotImplementedError


@service("finance.services", "view")
def count_children(ctx: Context, scope_id: int, parent_no: int) -> int:
    """Count the stored children of a node."""
    raise NotImplementedError


@service("finance.services", "view")
def count_below(ctx: Context, scope_id: int, numbers: Sequence[int]) -> dict[int, int]:
    """Return node number → number of stored nodes below it, to be told before they are removed."""
    raise NotImplementedError


@service("finance.services", "view")
def rows_by_number(ctx: Context, scope_id: int, numbers: Sequence[int]) -> list[TreeRow]:
    """Return live nodes in the order of ``numbers``; those that are gone are left out."""
    raise NotImplementedError


@service("finance.services", "view")
def rows_by_keys(
    ctx: Context, scope_id: int, parent_no: int, keys: Sequence[str]
) -> dict[str, TreeRow]:
    """Return key → live child of a node, of those of ``keys`` that are there."""
    raise NotImplementedError


@service("finance.services", "view")
def path_of(ctx: Context, scope_id: int, node_no: int) -> tuple[TreeRow, ...]:
    """Return the nodes from the root down to a live node; UserError if it is gone."""
    raise NotImplementedError


@service("finance.services", "view")
def node_at(ctx: Context, scope_id: int, keys: Sequence[str]) -> int:
    """Return the number of the node at a path of keys, or of the deepest one above that exists."""
    raise NotImplementedError


@service("finance.services", "view")
def expand_levels(
    ctx: Context, scope_id: int, node_no: int, levels: int, limit: int = 5000
) -> Expansion:
    """Return the branches to open so that ``levels`` levels below a node show (0 = all)."""
    raise NotImplementedError
