"""Collects issues and decisions while a sheet becomes rates, without a million objects.

Rows that are left out are named singly up to a cap per topic; the rest is one issue with a count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importers.records import Decision, Issue, Severity, column_letter

DETAIL_CAP = 10_000
"""Rows named one by one per topic; beyond it they are only counted."""

ROWS_NAMED = 5
"""Row numbers that a summary sentence names."""


Describe = Callable[[int], tuple[str, int | None, str]]
"""Position within some rows → reason, 0-based column, value."""


@dataclass(frozen=True, slots=True)
class MoreRows:
    """Rows of one topic beyond the cap: an issue each, worded only when somebody looks.

    ``rows`` are 0-based; the first is position ``offset`` of ``describe``.
    """

    severity: Severity
    sheet: str
    rows: npt.NDArray[np.int32]
    describe: Describe
    offset: int

    def issue(self, place: int) -> Issue:
        """Return the issue of ``rows[place]``."""
        reason, column, value = self.describe(self.offset + place)
        return _issue(self.severity, reason, self.sheet, int(self.rows[place]), column, value)


class Remarks:
    """The issues and decisions of one sheet; rows and columns go in 0-based.

    ``keep`` = rows beyond the cap are kept as :attr:`more` for a preview.
    """

    def __init__(self, sheet: str, *, cap: int = DETAIL_CAP, keep: bool = False) -> None:
        self._sheet = sheet
        self._cap = cap
        self._keep = keep
        self._spent: dict[str, int] = {}
        self._surplus: dict[tuple[Severity, str], int] = {}
        self._issues: list[Issue] = []
        self.more: list[MoreRows] = []
        self.decisions: list[Decision] = []

    def add(
        self,
        severity: Severity,
        reason: str,
        *,
        row: int | None = None,
        column: int | None = None,
        value: str = "",
    ) -> None:
        """Add one issue; ``row`` and ``column`` are 0-based."""
        self._issues.append(_issue(severity, reason, self._sheet, row, column, value))

    def rows(
        self,
        severity: Severity,
        topic: str,
        rows: npt.NDArray[np.int32],
        *,
        describe: Describe,
    ) -> None:
        """Add an issue per row of ``rows`` (0-based sheet rows), at most the cap per ``topic``.

        ``describe`` gets the position within ``rows`` and returns reason, column and value.
        """
        left = self._cap - self._spent.get(topic, 0)
        named = min(left, len(rows))
        for position in range(named):
            reason, column, value = describe(position)
            self.add(severity, reason, row=int(rows[position]), column=column, value=value)
        self._spent[topic] = self._spent.get(topic, 0) + named
        if len(rows) > named:
            key = (severity, topic)
            self._surplus[key] = self._surplus.get(key, 0) + len(rows) - named
            if self._keep:
                self.more.append(MoreRows(severity, self._sheet, rows[named:], describe, named))

    def decide(self, decision: Decision) -> None:
        """Add a question that stops the import."""
        self.decisions.append(decision)

    def issues(self) -> list[Issue]:
        """Return all issues, with one line for each topic that went over the cap."""
        return self._issues + self.surplus()

    def surplus(self) -> list[Issue]:
        """Return the line for each topic that went over the cap."""
        return [
            Issue(severity, f"{row_count(count, 'more row')} of this kind: {topic}.", self._sheet)
            for (severity, topic), count in self._surplus.items()
        ]


def _issue(
    severity: Severity, reason: str, sheet: str, row: int | None, column: int | None, value: str
) -> Issue:
    return Issue(
        severity=severity,
        reason=reason,
        sheet=sheet,
        row=None if row is None else row + 1,
        column=None if column is None or column < 0 else column_letter(column),
        value=value,
    )


def row_count(count: int, thing: str = "row") -> str:
    """Return "1 row" or "3 rows"."""
    return f"{count} {thing}" + ("" if count == 1 else "s")


def row_list(rows: npt.NDArray[np.int32]) -> str:
    """Return "rows 3, 7, 9 … (120 in all)" for 0-based ``rows``, as a person counts them."""
    named = ", ".join(str(int(r) + 1) for r in rows[:ROWS_NAMED])
    word = "row" if len(rows) == 1 else "rows"
    rest = f" … ({len(rows)} in all)" if len(rows) > ROWS_NAMED else ""
    return f"{word} {named}{rest}"
