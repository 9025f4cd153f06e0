"""Several lists in one sheet: a column such as the supplier that tells contradicting rows apart."""

from __future__ import annotations

import numpy as np

from importers.matching.job import Job
from importers.matching.selection import Cells
from importers.records import Codes, Decision, DecisionKind, column_letter
from importers.settings import ColumnUse, Role

MOST_VALUES = 30
"""A column with more different values names things, not lists."""

ENOUGH = 0.9
"""Part of the contradicting rows that must differ in the column."""


def ask_which_list(job: Job, rows: Codes, others: Codes) -> None:
    """Ask for ``--where`` if a filter column tells ``rows`` from ``others``, their contradictions.

    Both are 0-based sheet rows of equal paths with different prices, pair by pair.
    """
    settings = job.settings
    if not len(rows) or settings.where or not settings.ask_filter:
        return
    found = [
        (share, -use.column, use, cells)
        for use in settings.columns
        if use.role is Role.FILTER
        for cells in [job.selection.cells(use.column, use.extract)]
        if (share := _share(job, cells, rows, others)) >= ENOUGH
    ]
    if found:
        _, _, use, cells = max(found, key=lambda item: item[:2])
        job.remarks.decide(_question(use, cells, len(np.unique(np.append(rows, others)))))


def _share(job: Job, cells: Cells, rows: Codes, others: Codes) -> float:
    """Return which part of the pairs has two values in the column; 0 if it has too many or few."""
    if not 2 <= len([text for text in cells.texts if text.strip()]) <= MOST_VALUES:
        return 0.0
    place = np.searchsorted(job.selection.rows, np.stack([rows, others]))
    here, there = cells.codes[place]
    return float(np.mean(here != there))


def _question(use: ColumnUse, cells: Cells, rows: int) -> Decision:
    counts = np.bincount(cells.codes, minlength=len(cells.texts))
    values = [cells.texts[i] for i in np.argsort(-counts, kind="stable").tolist()]
    values = [text for text in values if text.strip()]
    letter = column_letter(use.column)
    name = use.header if use.header and "=" not in use.header else letter
    return Decision(
        DecisionKind.FILTER,
        f"The sheet holds several lists: {rows} rows give one path different prices, and column "
        f'{letter} "{use.header}" tells them apart ({", ".join(values)}): choose one with --where '
        f'"{name}={values[0]}", or say with --duplicates first or last which row counts.',
        value=name,
        rows=rows,
        options=tuple(values),
    )
