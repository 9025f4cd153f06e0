"""Drafts of exported trees: the file names its nodes itself, nothing has to be matched (F20)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.domain.diff import Mode, diff
from app.domain.tree import LeafValues, LevelCodes, RateTree, TableProblem, from_table
from app.services.tariffs.drafts import (
    Draft,
    DraftRequest,
    FileFacts,
    Report,
    structure_questions,
)
from app.services.tariffs.price_jumps import tell_jumps
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from importers.records import Decision, DecisionKind, FileProblem, ParsedSheet, RowState
from importers.tree_sheet import TreeTable, currencies_of, read_tree_sheet


def draft_tree_sheet(
    source: FileFacts,
    sheet: ParsedSheet,
    request: DraftRequest,
    current: RateTree,
    report: Report,
    *,
    keep: bool,
) -> Draft:
    """Read an exported tree back (F20); it names its own nodes, so there is no target."""
    if request.node:
        raise FileProblem(
            f"{request.path.name} is an exported rate tree and names its own nodes: "
            "leave out --node."
        )
    table = read_tree_sheet(sheet)
    report("building", 0, None)
    tree = _told_tree(table, sheet)
    assert tree.node_no is not None
    node_rows = np.concatenate([[np.int32(-1)], table.source_row])[tree.node_no] if keep else None
    tree = replace(tree, node_no=None)
    mode, decisions = _tree_mode(request.mode, current)
    difference = diff(current, tree, (), mode)
    state = _states(sheet)
    return Draft(
        book_type=source.type,
        sheet=sheet,
        proposal=None,
        settings=None,
        target=None,
        tree=tree,
        difference=difference,
        rows=_balance(state, sheet.row_count),
        state=state,
        columns=[],
        issues=[*source.notes, *tell_jumps(difference, Dictionaries.load(), sheet.name)],
        decisions=[
            *decisions,
            *_tree_currency(sheet, request),
            *structure_questions(difference, load_catalogue(), Dictionaries.load()),
        ],
        node_rows=node_rows,
    )


def tree_of(table: TreeTable) -> RateTree:
    """Return the tree of a sheet's rows. Raises TableProblem that numbers the row."""
    values = LeafValues(
        price_type=table.price_type,
        price=table.price,
        billing_rule=table.billing_rule,
        quantity_rule=table.quantity_rule,
        connect_price=table.connect_price,
        first_interval=table.first_interval,
        next_interval=table.next_interval,
        scale=table.scale,
        scales=table.scales,
    )
    levels = [LevelCodes(lv.attribute, lv.keys, lv.codes) for lv in table.levels]
    return from_table(levels, table.depends_on, table.attributes, values)


def _told_tree(table: TreeTable, sheet: ParsedSheet) -> RateTree:
    """Return the tree of a sheet's rows. Raises FileProblem that names the row."""
    try:
        return tree_of(table)
    except TableProblem as problem:
        row = int(table.source_row[problem.row]) + 1
        raise FileProblem(f'Sheet "{sheet.name}", row {row}: {problem.reason}.') from None


def _states(sheet: ParsedSheet) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Return what became of each row: all that say something are read."""
    state = np.zeros(sheet.row_count, np.int8)
    used = sheet.columns[0].codes > 0
    used[0] = False
    state[used] = RowState.IMPORTED
    return state


def _tree_currency(sheet: ParsedSheet, request: DraftRequest) -> list[Decision]:
    """Ask about a sheet in another currency than the service's, unless --currency settles it."""
    expected, chosen = request.currency, request.choices.currency
    said = [chosen] if chosen else currencies_of(sheet)
    other = ", ".join(c for c in said if c != expected)
    if not expected or not other:
        return []
    question = (
        f"The file is in {other}, the service in {expected}: import it into a service in {other}, "
        f"or say --currency {expected} if that is what it is in."
    )
    return [Decision(DecisionKind.CURRENCY, question, value=other)]


def _tree_mode(wanted: str, current: RateTree) -> tuple[Mode, list[Decision]]:
    if wanted:
        return Mode(wanted), []
    if not current.leaf.any():
        return Mode.REPLACE, []
    question = (
        "The scope has rates already: --mode replace makes it equal to the file, "
        "--mode merge keeps what the file does not name."
    )
    options = (Mode.MERGE.value, Mode.REPLACE.value)
    return Mode.MERGE, [Decision(DecisionKind.MODE, question, options=options)]


def _balance(state: np.ndarray[Any, np.dtype[np.int8]], read: int) -> dict[str, int]:
    """Return the row balance (F19): read is the sum of the others."""
    tally = np.bincount(state[:read], minlength=len(RowState))
    return {
        "read": int(tally.sum()),
        "imported": int(tally[RowState.IMPORTED]),
        "merged": int(tally[RowState.MERGED]),
        "skipped": int(tally[RowState.SKIPPED]),
        "not_data": int(tally[RowState.NOT_DATA]),
        "errors": int(tally[RowState.ERROR]),
    }
