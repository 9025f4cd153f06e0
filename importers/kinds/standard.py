"""Standard files: a rate per row, or per row and price column, keyed by the columns beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from importers.matching.assembly import LevelNames, Rates, raise_state, tell_problems
from importers.matching.job import Gathered, Habits, Job
from importers.matching.levels import LevelTable, LevelWork
from importers.matching.meanings import Problem
from importers.matching.price_rates import (
    PricedColumn,
    refuse_other_currencies,
    without_prices,
)
from importers.matching.row_facts import FactReader, RowFacts
from importers.matching.selection import Mask
from importers.prices import decide_decimal
from importers.records import (
    OTHERS,
    CellError,
    Codes,
    Decision,
    DecisionKind,
    FileProblem,
    PriceType,
    RowState,
    Severity,
    column_letter,
)
from importers.settings import ColumnUse, Role
from importers.values import Gives, PriceCells, read_prices

_NO_HABITS = Habits()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Keys, facts and prices of a sheet, read; ``clean`` marks the entries that may give rates."""

    table: LevelTable
    facts: RowFacts
    prices: tuple[PriceCells, ...]
    names: LevelNames
    clean: Mask


def gather(job: Job, habits: Habits = _NO_HABITS) -> Gathered:
    """Return all rates that the sheet gives; rows that give none get their state and an issue."""
    ready = prepare(job, price_uses(job), habits)
    several = len(ready.prices) > 1
    parts = [
        PricedColumn(job, ready.table, ready.facts, ready.names, cells, several).rates(
            ready.clean, habits
        )
        for cells in ready.prices
    ]
    rates = Rates.joined(parts)
    tell_empty(job, ready, rates)
    return Gathered(rates, ready.names, ready.table, ready.prices, ready.facts)


def prepare(job: Job, uses: Sequence[ColumnUse], habits: Habits) -> Prepared:
    """Read keys, facts and prices, and report every row that can give no rate because of them."""
    wide = frozenset(attribute for use in uses for attribute, _ in use.keys)
    table = LevelWork(job.selection, job.matching, job.catalogue, job.resource, wide).run()
    reader = FactReader(job.selection, job.matching, job.remarks, job.service_currency, job.today)
    facts = reader.read()
    prices = tuple(_price_cells(job, use, habits, facts) for use in uses)
    _ask_decimal(job, prices)
    clean = _without_problems(job, table, facts, _only_data(job, table, facts, prices))
    return Prepared(table, facts, prices, _level_names(job, table, uses), clean)


def _price_cells(job: Job, use: ColumnUse, habits: Habits, facts: RowFacts) -> PriceCells:
    """Read one price column; cells in another currency than the service's are refused."""
    cells = job.selection.cells(use.column, use.extract)
    if use.role is Role.PRICE_TYPE:
        return without_prices(cells, use, facts)
    settings = job.settings
    if any(u.role is Role.UNIT for u in settings.columns):  # then each row names its unit
        settings, use = settings.with_changes(unit="1"), replace(use, unit="")
    prices = read_prices(cells, use, settings, defaults=habits.words)
    refuse_other_currencies(job, prices)
    return prices


# --------------------------------------------------------------------------------- price columns


def price_uses(job: Job) -> list[ColumnUse]:
    """Return the price columns in the service's currency; ask when there are only others (Q20).

    Without any, the column of price types stands in: Free, Included … need no price.
    """
    uses = [u for u in job.settings.columns if u.role is Role.PRICE]
    types = [u for u in job.settings.columns if u.role is Role.PRICE_TYPE]
    if not uses and not types:
        raise FileProblem(
            f'No column of sheet "{job.selection.sheet.name}" is declared as the price: declare '
            "one with --column COL=price."
        )
    if not uses:
        return types[:1]
    expected = job.service_currency
    if not expected:
        return uses
    # Where a column names each row's currency, the rows are checked instead of the column.
    by_row = any(u.role is Role.CURRENCY for u in job.settings.columns)
    common = "" if by_row else job.settings.currency
    own = [u for u in uses if (u.currency or common or expected) == expected]
    for use in uses:
        said = use.currency or common
        if use in own:
            continue
        if any(other.keys == use.keys for other in own):
            job.remarks.add(
                Severity.INFO,
                f"Column {column_letter(use.column)} is in {said} and left out: the service is in "
                f"{expected}.",
                column=use.column,
            )
            continue
        job.remarks.decide(
            Decision(
                DecisionKind.CURRENCY,
                f"Column {column_letter(use.column)} is in {said}, the service in {expected}: "
                f"import it into a service in {said}, or say --currency {expected} if that is "
                "what it is in.",
                value=said,
                rows=len(job.selection.rows),
            )
        )
    return own or uses


def _ask_decimal(job: Job, prices: Sequence[PriceCells]) -> None:
    """Ask for the decimal sign where the settings leave it open and a column needs it (Q19)."""
    if job.settings.decimal:
        return
    for price in prices:
        sign, reason = decide_decimal(price.cells.values)
        if not sign:
            letter = column_letter(price.use.column)
            question = f"Column {letter}: {reason}; say which sign it is with --decimal . or ,"
            job.remarks.decide(Decision(DecisionKind.DECIMAL, question, options=(".", ",")))
            return


# --------------------------------------------------------------------------------- which rows


def _only_data(job: Job, table: LevelTable, facts: RowFacts, prices: Sequence[PriceCells]) -> Mask:
    """Return which data rows are data: a key of their own or a price (Q13); list the others."""
    live = facts.price_type > PriceType.FLAT
    live[table.positions[table.proves]] = True
    for price in prices:
        says = price.gives == Gives.RATE
        for place, value in enumerate(price.cells.values):
            if isinstance(value, CellError):
                says[place] = True
        live |= says[price.cells.codes]
    rows = job.selection.rows[~live]
    said = ("no data: the row has neither a price nor a key of its own", None, "")
    job.remarks.rows(Severity.INFO, "rows without data", rows, describe=lambda _: said)
    return live


def _without_problems(job: Job, table: LevelTable, facts: RowFacts, live: Mask) -> Mask:
    """Report keys and facts that leave rows out; return which entries are clean."""
    positions = table.positions
    bad = (table.problem >= 0) & live[positions]
    _tell(job, positions[bad], table.problem[bad], table.problems)
    clean = live[positions] & (table.problem < 0)
    if facts.problems:
        fault = facts.fault[positions]
        bad = clean & (fault >= 0)
        _tell(job, positions[bad], fault[bad], facts.problems)
        clean &= fault < 0
    _tell_notes(job, table)
    return clean


def _tell(job: Job, positions: Codes, numbers: Codes, problems: Sequence[Problem]) -> None:
    tell_problems(
        job.selection.rows[positions],
        numbers,
        problems,
        state=job.selection.state,
        remarks=job.remarks,
        questions=job.questions,
    )


def _tell_notes(job: Job, table: LevelTable) -> None:
    for _, source in table.sources:
        for value, note in source.answered.notes.items():
            job.remarks.add(
                Severity.WARNING,
                f"{note} ({int(source.rows[value])} rows).",
                column=source.use.column,
                value=source.texts[value],
            )


def tell_empty(job: Job, ready: Prepared, rates: Rates) -> None:
    """List rows of a wide sheet that got no rate, and no error either: they are skipped."""
    idle = np.zeros(len(job.selection.state), np.bool_)
    idle[job.selection.rows[ready.table.positions[ready.clean]]] = True
    idle &= job.selection.state == RowState.NOT_DATA
    idle[rates.row] = False
    empty = np.flatnonzero(idle).astype(np.int32)
    raise_state(job.selection.state, empty, RowState.SKIPPED)
    said = ("no price in any of the price columns: the row gives no rate", None, "")
    job.remarks.rows(Severity.INFO, "rows without any price", empty, describe=lambda _: said)


# --------------------------------------------------------------------------------- the rates


def _level_names(job: Job, table: LevelTable, uses: Sequence[ColumnUse]) -> LevelNames:
    """Return the levels with all their keys; those of wide levels come from the price columns."""
    keys = []
    for attribute in job.settings.levels:
        keyed = table.found.get(attribute)
        keys.append(keyed.keys if keyed else _wide_keys(job, attribute, uses))
    kinds = [job.catalogue.kind(job.resource, a) for a in job.settings.levels]
    return LevelNames(
        job.settings.levels,
        tuple(keys),
        tuple(kind == "grouping" for kind in kinds),
        has_prefix="prefix" in kinds,
    )


def _wide_keys(job: Job, attribute: str, uses: Sequence[ColumnUse]) -> list[str]:
    name = job.catalogue.attributes[attribute].dictionary
    keys = list(dict.fromkeys(dict(u.keys).get(attribute, OTHERS) for u in uses))
    for key in keys:
        if name and key != OTHERS and key not in job.matching.dictionaries[name]:
            raise FileProblem(
                f'A price column is declared for {attribute} "{key}", which is no key of '
                f"{job.matching.dictionaries[name].title}."
            )
    return keys
