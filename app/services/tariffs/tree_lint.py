"""Lists what keeps parts of a rate tree from being used, or is probably forgotten (SVC-4, F4)."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.context import Context, service


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """A node to look at: path from the root (numbers and names), kind, a sentence.

    ``kind``: incomplete, empty, no_others, missed_option, twin_prefix.
    """

    node_no: int
    numbers: tuple[int, ...]
    path: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class TreeProblems:
    """The first problems, the gravest kinds first, and the number of each kind."""

    problems: tuple[TreeProblem, ...]
    counts: dict[str, int]


@service("finance.services", "view")
def problems(ctx: Context, scope_id: int, limit: int = 1000) -> TreeProblems:
    """Return what is wrong with a stored tree; takes time with its size."""
    raise NotImplementedError
