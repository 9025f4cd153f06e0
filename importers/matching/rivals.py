"""Price columns left out: ask, or tell, where their prices differ from the chosen ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from importers.matching.job import Job
from importers.records import NO_PRICE, Decision, DecisionKind, Severity, column_letter
from importers.settings import ColumnUse, Role
from importers.values import read_prices


def judge_rivals(job: Job) -> None:
    """Ask which price column counts where the headers leave it open; warn about each other one.

    Only columns that a proposal marked and whose prices differ in some data row are spoken of.
    """
    columns = job.settings.columns
    chosen = next((u for u in columns if u.role is Role.PRICE), None)
    if chosen is None:
        return
    found = [(u, rows) for u in columns if u.rival and (rows := _differing(job, chosen, u))]
    for use, rows in found:
        job.remarks.add(Severity.WARNING, _left_out(use, chosen, rows), column=use.column)
    asked = [use for use, _ in found if use.rival == "ask"]
    if asked:
        job.remarks.decide(_question(sorted([chosen, *asked], key=lambda u: u.column), chosen, job))


def _differing(job: Job, chosen: ColumnUse, other: ColumnUse) -> int:
    """Return in how many data rows both columns have a price, and not the same."""
    prices = []
    for use in (chosen, other):
        cells = job.selection.cells(use.column, use.extract)
        prices.append(read_prices(cells, use, job.settings).price[cells.codes])
    both = (prices[0] != NO_PRICE) & (prices[1] != NO_PRICE)
    return int(np.count_nonzero(both & (prices[0] != prices[1])))


def _left_out(use: ColumnUse, chosen: ColumnUse, rows: int) -> str:
    letter = column_letter(use.column)
    return (
        f'Column {letter} "{use.header}" holds other prices in {rows} rows and is left out; column '
        f'{column_letter(chosen.column)} "{chosen.header}" is taken '
        f"(choose with --column {letter}=price)."
    )


def _question(uses: Sequence[ColumnUse], chosen: ColumnUse, job: Job) -> Decision:
    named = " and ".join(f'{column_letter(u.column)} "{u.header}"' for u in uses)
    letters = tuple(column_letter(u.column) for u in uses)
    ways = " or ".join(f"--column {letter}=price" for letter in letters)
    return Decision(
        DecisionKind.ROLE,
        f"Columns {named} {'both' if len(uses) == 2 else 'all'} look like prices and differ: "
        f"choose with {ways}.",
        proposal=column_letter(chosen.column),
        rows=len(job.selection.rows),
        options=letters,
    )
