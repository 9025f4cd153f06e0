"""What a draft is asked for and what it is, with the questions that every kind of draft may raise.

Everything here works on values: no database, no process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.counting import counted
from app.domain.diff import ChangeSet, TreeDiff, change_set
from app.domain.tree import RateTree
from app.services.tariffs.targets import Rules, Target
from app.services.tariffs.tree_names import attribute_name
from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries
from importers.choices import Choices
from importers.formats.book import OpenOptions
from importers.matching.meanings import MatchMemo
from importers.matching.rows import RowsResult
from importers.profiles import Profile
from importers.proposals.columns import Hints
from importers.records import Decision, DecisionKind, Issue, ParsedSheet
from importers.settings import ImportSettings, Proposal

Report = Callable[[str, int, int | None], None]

NO_PROFILE = "-"
"""Name that stands for "no profile, even if one fits"."""


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What the parent asks for; ``today`` lets prices of the past be warned about (Q35)."""

    path: Path
    options: OpenOptions
    choices: Choices
    node: str = ""
    mode: str = ""
    rules: Rules = field(default_factory=Rules)
    currency: str = ""
    vendor: str = ""
    profile: str = ""
    profiles: tuple[Profile, ...] = ()
    today: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays from one draft of a file to the next: proposals per sheet and hints, matches."""

    proposals: dict[tuple[str, Hints], Proposal] = field(default_factory=dict)
    matches: MatchMemo = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """The outcome: what was understood, the difference, what is to be written, what is open.

    Only a draft for a preview has ``result``, the rows with their trail, and ``node_rows``, the
    0-based sheet row of every node of ``tree`` (-1 = none). ``others_free`` = places of a WhatsApp
    card that got Others = Free by choice, ``service_free`` those
    that got Service = Free with it, ``without_others`` = places that have none (A10).
    """

    book_type: str
    sheet: ParsedSheet
    proposal: Proposal | None
    settings: ImportSettings | None
    target: Target | None
    tree: RateTree
    difference: TreeDiff
    rows: dict[str, int]
    state: np.ndarray[Any, np.dtype[np.int8]]
    columns: list[dict[str, Any]]
    issues: list[Issue]
    decisions: list[Decision]
    profile: str = ""
    signature: str = ""
    effective: dt.date | None = None
    profile_differences: tuple[str, ...] = ()
    result: RowsResult | None = None
    node_rows: np.ndarray[Any, np.dtype[np.int32]] | None = None
    others_free: int = 0
    service_free: int = 0
    without_others: int = 0

    def changes(self) -> ChangeSet:
        """Return what a commit writes."""
        return change_set(self.difference)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a draft tells of the file it came from."""

    type: str
    notes: list[Issue]


def structure_questions(
    difference: TreeDiff, catalogue: Catalogue, dictionaries: Dictionaries
) -> list[Decision]:
    """Ask where file and tree are built differently at the same place (F5)."""
    if not difference.conflicts:
        return []
    first = difference.conflicts[0]
    place = catalogue.path_text(first.path, dictionaries) or "the root"
    more = len(difference.conflicts) - 1
    also = f" (and {counted(more, 'more place')})" if more else ""
    question = (
        f"At {place}{also} the tree is by {attribute_name(catalogue, first.current)}, "
        f"the file by {attribute_name(catalogue, first.draft)}: "
        "replace this branch with --mode replace, or choose another node or other levels."
    )
    return [Decision(DecisionKind.STRUCTURE, question)]
