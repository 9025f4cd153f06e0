"""What came of each row of a file, and of the file: every row is counted once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.services.bulk.table import Table

ADDED, CHANGED, UNCHANGED, REJECTED = OUTCOMES = ("added", "changed", "unchanged", "rejected")

UPDATE, ONLY_NEW = "update", "only-new"
"""Ways to load: rows that are new are refused, or rows that are there are left alone."""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What to load and how. ``mapping`` = {heading: field, or "" to leave the column out}.

    ``mode`` "" adds and changes. ``rejects`` = where the rows left out go, with their reasons;
    ``codes`` = a new file for the codes of invited users, who get a mail otherwise; ``table`` = the
    sheet as it was read and looked at before, so that just this is loaded.
    """

    file: Path
    sheet: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    mode: str = ""
    dry_run: bool = False
    rejects: Path | None = None
    codes: Path | None = None
    leave_out_unknown: bool = False
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row: its number in the sheet, what came of it, of which record, and why or what changed.

    ``cells`` = its texts as they stand in the file, of a rejected one only.
    """

    row: int
    outcome: str
    title: str
    detail: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file; ``read`` = rows below the headings, blank ones among them.

    ``warnings`` are sentences about what could not be done after the commit (a mail); ``sheet`` =
    the name of the one that was read, where there are several.
    """

    read: int
    blank: int
    rows: tuple[RowOutcome, ...]
    dry_run: bool
    headings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sheet: str = ""

    def number(self, outcome: str) -> int:
        """Return how many rows came to an outcome."""
        return sum(1 for row in self.rows if row.outcome == outcome)

    def counts(self) -> dict[str, int]:
        """Return the numbers, which add up: read = all the others."""
        counted = Counter(row.outcome for row in self.rows)
        return {
            "read": self.read,
            **{name: counted[name] for name in OUTCOMES},
            "blank": self.blank,
        }
