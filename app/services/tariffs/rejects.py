"""The rejects file: every row left out in error, as it stands in the sheet, with its reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from importers.records import Issue, ParsedSheet, RowState, Severity

_NUMBER = re.compile(r"^[+-]?[\d\s.,'’]+$")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")


def write_rejects(
    path: Path,
    sheet: ParsedSheet,
    state: np.ndarray,
    issues: Iterable[Issue],
    headers: list[str],
) -> int:
    """Write the rows in state ERROR to a CSV file (UTF-8 with BOM) and return their number."""
    reasons: dict[int, list[str]] = {}
    for issue in issues:
        if issue.severity is Severity.ERROR and issue.row is not None:
            place = f"{issue.column}{issue.row}: " if issue.column else ""
            reasons.setdefault(issue.row, []).append(f"{place}{issue.reason}")
    rows = np.flatnonzero(state == RowState.ERROR)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "reason", *map(escaped, headers)])
        for row in rows.tolist():
            reason = "; ".join(reasons.get(row + 1, ["see the issues of this sheet"]))
            writer.writerow([row + 1, escaped(reason), *map(escaped, sheet.row_texts(row))])
    return len(rows)


def escaped(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it instead of running it (Q38).

    Numbers stay numbers: only texts that begin like a formula get an apostrophe.
    """
    if text.startswith(_RISKY) and not _NUMBER.match(text):
        return f"'{text}"
    return text
