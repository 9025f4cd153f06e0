"""Copies the selected cells: at once where they are in memory, in a job where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from app.domain.records import ListQuery, Row
from app.domain.sections import Column, Section
from app.services import records
from app.services.context import Context
from app.ui import formats
from app.ui.lists import cells, selection
from app.ui.lists.clipboard import Cell, rows_to_html, rows_to_tsv
from app.ui.lists.selection import Block
from app.ui.lists.view import ListView

if TYPE_CHECKING:
    from app.ui.pages import Shell

AT_ONCE = 5_000
"""Cells that are copied without a job."""

MOST = 2_000_000
"""Cells that a clipboard is asked to hold; more are exported."""

MOST_HTML = 300_000
"""Cells that are also offered as a table, which is ten times as long."""

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What goes to the clipboard."""

    text: str
    html: str
    rows: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """The selected cells: rows by id, columns, and which of them are selected in which row."""

    section: Section
    query: ListQuery
    places: list[int]
    ids: list[int]
    masks: list[frozenset[int]] | None
    headers: bool

    @property
    def columns(self) -> list[Column]:
        return [self.section.columns[place] for place in self.places]


def copy_selection(view: ListView, shell: Shell, owner: QObject, *, headers: bool) -> None:
    """Copy the selected cells, with the columns' titles if asked; groups' headings are left out."""
    blocks = view.blocks()
    places = selection.columns_of(blocks, view.shown())
    count = selection.row_count(blocks) * len(places)
    if not count:
        return
    if count > MOST:
        shell.notify(_too_many(count), kind="warn")
        return
    plan = _plan(view, blocks, places, headers=headers)
    rows = _in_memory(view, blocks) if count <= AT_ONCE else None
    if rows is not None:
        _hand_over(shell, written(plan, rows), tell=False)
        return
    shell.jobs.query(
        partial(_fetch, plan),
        owner=owner,
        done=partial(_hand_over, shell, tell=True),
        title=QCoreApplication.translate("lists", "Copying"),
    )


def _too_many(count: int) -> str:
    text = QCoreApplication.translate(
        "lists", "%1 cells are too many for the clipboard: export the list to a file instead."
    )
    return text.replace("%1", formats.number(count))


def _plan(view: ListView, blocks: list[Block], places: list[int], *, headers: bool) -> _Plan:
    model = view.model
    ids = list(selection.ids_of(model, blocks))
    masks = None
    if any((b.left, b.right) != (blocks[0].left, blocks[0].right) for b in blocks):
        masks = [_mask(blocks, row, places) for row in _rows(view, blocks)]
    return _Plan(model.section, model.query, places, ids, masks, headers)


def _rows(view: ListView, blocks: list[Block]) -> Iterable[int]:
    for first, last in selection.stretches(blocks):
        yield from (r for r in range(first, last + 1) if view.model.heading(r) is None)


def _mask(blocks: list[Block], row: int, places: list[int]) -> frozenset[int]:
    return frozenset(place for place in places if any(b.holds(row, place) for b in blocks))


def _in_memory(view: ListView, blocks: list[Block]) -> list[Row] | None:
    """Return the selected rows, None if one of them is not in memory."""
    found = [view.model.row(row) for row in _rows(view, blocks)]
    return None if any(row is None for row in found) else [row for row in found if row is not None]


def _fetch(plan: _Plan, ctx: Context) -> Copied:
    """Fetch and write the rows part by part; as a table only where they are not too many."""
    texts: list[str] = []
    lines: list[list[Cell]] = []
    with_table = len(plan.ids) * len(plan.places) <= MOST_HTML
    for start in range(0, len(plan.ids), CHUNK):
        ctx.stop_if_cancelled()
        part = plan.ids[start : start + CHUNK]
        table = _table(plan, records.rows_by_keys(ctx, plan.section, plan.query, part))
        texts.append(_text(table))
        lines += table if with_table else ()
        ctx.report("copying", min(start + CHUNK, len(plan.ids)), len(plan.ids))
    titles = _titles(plan)
    text = "".join([rows_to_tsv([titles]) if titles else "", *texts])
    return Copied(text, rows_to_html(lines, titles) if with_table else "", len(plan.ids))


def written(plan: _Plan, rows: Sequence[Row]) -> Copied:
    """Return the selected cells of rows as text and as a table."""
    table, titles = _table(plan, rows), _titles(plan)
    text = (rows_to_tsv([titles]) if titles else "") + _text(table)
    return Copied(text, rows_to_html(table, titles), len(rows))


def _titles(plan: _Plan) -> list[str]:
    return [column.title for column in plan.columns] if plan.headers else []


def _text(table: Sequence[Sequence[Cell]]) -> str:
    return rows_to_tsv([cell.text for cell in line] for line in table)


def _table(plan: _Plan, rows: Sequence[Row]) -> list[list[Cell]]:
    columns = plan.columns
    writers = [cells.writer(column) for column in columns]
    masks = dict(zip(plan.ids, plan.masks, strict=True)) if plan.masks else {}

    def cell(row: Row, number: int) -> Cell:
        place = plan.places[number]
        if masks and place not in masks[row[0]]:
            return Cell("")
        return cells.copied(columns[number], row[place + 1], writers[number])

    return [[cell(row, number) for number in range(len(columns))] for row in rows]


def _hand_over(shell: Shell, copied: Copied, *, tell: bool) -> None:
    shell.copy(copied.text, copied.html)
    if tell:
        text = QCoreApplication.translate("lists", "%1 rows copied.")
        shell.notify(text.replace("%1", formats.number(copied.rows)))
