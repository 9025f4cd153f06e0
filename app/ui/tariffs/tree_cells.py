"""Turns what a person does to cells into undo steps: typing, clearing, filling, pasting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, QModelIndex

from app.domain import tree_edits
from app.domain.kinds import BillingRule, PriceType, QuantityRule
from app.domain.tree_draft import Edit, EditRefused, NodeState, Staged
from app.ui import formats
from app.ui.tariffs import tree_words as words
from app.ui.tariffs.tree_delegate import parse_cell
from app.ui.tariffs.tree_items import Item
from app.ui.tariffs.tree_words import FIELDS, VOICE, Column

if TYPE_CHECKING:
    from app.ui.tariffs.tree_model import TreeModel

LEAF_TYPES = tuple(kind for kind in PriceType if kind > PriceType.DEPENDS_ON)
Table = Sequence[Sequence[Any]]
"""Rows of cell contents as :func:`content` or :func:`read_text` gives them."""

Change = Callable[[NodeState], NodeState]


def _tr(text: str) -> str:
    return QCoreApplication.translate("tree_cells", text)


def typed(model: TreeModel, cells: Iterable[QModelIndex], value: Any) -> Edit:
    """Return the step that gives the cells a typed value (a price in 1e-8, a rule, seconds)."""
    indexes = list(cells)
    column = Column(indexes[0].column())
    text = _step_text(model, column, [model.item(index) for index in indexes])
    return _joined(model, [(index, value_for(column, value)) for index in indexes], text)


def value_for(column: Column, value: Any) -> Any:
    """Return the content of a cell for a typed value."""
    if column is Column.PRICE:
        return None if value is None else ("price", value)
    return value


def cleared(model: TreeModel, cells: Iterable[QModelIndex]) -> Edit:
    """Return the step of Delete on cells: no price, inherited rules, no intervals."""
    wanted: list[tuple[QModelIndex, Any]] = []
    for index in cells:
        column, state = Column(index.column()), model.state(model.item(index))
        if not model.can_edit(model.item(index), column) or state is None:
            continue
        if column is Column.TYPE:
            continue
        if column in (Column.BILLING, Column.QUANTITY):
            wanted.append((index, 0))
        else:
            wanted.append((index, None))
    if not wanted:
        raise EditRefused(_tr("There is nothing to clear in these cells."))
    text = formats.counted(len(wanted), _tr("Clear 1 cell"), _tr("Clear {n} cells"))
    return _joined(model, wanted, text)


def filled(model: TreeModel, cells: Sequence[QModelIndex]) -> Edit:
    """Return the step of Ctrl+D: the first cell of each column goes into those below it."""
    sources: dict[int, Any] = {}
    wanted: list[tuple[QModelIndex, Any]] = []
    for index in cells:
        column = index.column()
        if column == Column.NAME:
            continue
        if column not in sources:
            sources[column] = content(model, index)
        else:
            wanted.append((index, sources[column]))
    if not wanted:
        raise EditRefused(_tr("Select the cell to copy and the cells below it, then fill down."))
    text = formats.counted(len(wanted), _tr("Fill down 1 cell"), _tr("Fill down {n} cells"))
    return _joined(model, wanted, text)


def pasted(
    model: TreeModel,
    table: Table,
    start: Sequence[QModelIndex],
    rows_from: Callable[[QModelIndex, int], list[QModelIndex]],
    columns: Sequence[Column],
) -> Edit:
    """Return the step of a paste: one value fills the selection, a block spreads from its corner.

    ``rows_from`` gives up to n rows from a cell downwards as shown; ``columns`` are those shown.
    Raises EditRefused if the block does not fit; then nothing has changed.
    """
    if len(table) == 1 and len(table[0]) == 1:
        wanted = [(index, table[0][0]) for index in start]
    else:
        wanted = _spread(table, start[0], rows_from, columns)
    contents = [(index, _meaning(Column(index.column()), value)) for index, value in wanted]
    text = formats.counted(len(contents), _tr("Paste 1 cell"), _tr("Paste {n} cells"))
    return _joined(model, contents, text)


def _spread(
    table: Table,
    corner: QModelIndex,
    rows_from: Callable[[QModelIndex, int], list[QModelIndex]],
    columns: Sequence[Column],
) -> list[tuple[QModelIndex, Any]]:
    rows = rows_from(corner, len(table))
    width = max(map(len, table))
    left = list(columns).index(Column(corner.column()))
    if len(rows) < len(table) or left + width > len(columns):
        raise EditRefused(
            _tr("The copied block of {rows} × {columns} cells does not fit here.").format(
                rows=formats.number(len(table)), columns=width
            )
        )
    return [
        (row.siblingAtColumn(columns[left + offset]), value)
        for row, line in zip(rows, table, strict=False)
        for offset, value in enumerate(line)
    ]


def content(model: TreeModel, index: QModelIndex) -> Any:
    """Return what a cell holds, so that it can go into another cell of its column."""
    state, column = model.state(model.item(index)), Column(index.column())
    if state is None or column is Column.NAME:
        return None
    if column is Column.PRICE:
        if state.price_type == PriceType.SCALE and state.scale:
            return ("scale", state.scale)
        return None if state.price is None else ("price", state.price)
    if column is Column.TYPE:
        return ("type", state.price_type)
    return getattr(state, FIELDS[column][0])


def plain_text(model: TreeModel, index: QModelIndex) -> str:
    """Return a cell for a spreadsheet: the language's decimal mark, no group marks."""
    item, column = model.item(index), Column(index.column())
    state = model.state(item)
    if column is Column.NAME or state is None or column not in words.NUMBERS:
        return model.text(item, column)
    if column is Column.PRICE and state.price_type == PriceType.SCALE:
        return model.text(item, column)
    value = state.price if column is Column.PRICE else getattr(state, FIELDS[column][0])
    if column in (Column.FIRST, Column.NEXT):
        return "" if value is None else str(value)
    return formats.plain_price(value).replace(".", QLocale().decimalPoint())


def _meaning(column: Column, value: Any) -> Any:
    """Return the content that a pasted text means; contents of our own stay. Raises EditRefused."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if column in words.NUMBERS:
        try:
            return value_for(column, parse_cell(column, text))
        except ValueError as problem:
            raise EditRefused(str(problem)) from None
    names: dict[str, Any]
    if column is Column.TYPE:
        names = {words.type_name(kind).casefold(): ("type", int(kind)) for kind in LEAF_TYPES}
    elif column is Column.BILLING:
        names = {words.billing_name(rule).casefold(): int(rule) for rule in reversed(BillingRule)}
    elif column is Column.QUANTITY:
        names = {words.quantity_name(rule).casefold(): int(rule) for rule in reversed(QuantityRule)}
    else:
        raise EditRefused(_tr("Names are not pasted over: add values with Add… instead."))
    short = text.casefold().partition(" (")[0]
    if short not in names:
        raise EditRefused(_tr("“{text}” is nothing that this column can hold.").format(text=text))
    return names[short]


def applied(state: NodeState, column: Column, value: Any) -> NodeState:
    """Return ``state`` with the content of one cell. Raises EditRefused."""
    if column is Column.PRICE:
        return _priced(state, value)
    if column is Column.TYPE:
        return _typed(state, value)
    if column in VOICE and state.price_type not in (PriceType.FLAT, PriceType.SCALE):
        if value is None:
            return state
        raise EditRefused(_tr("Only a rate with a price has intervals and a connection price."))
    return replace(state, **{FIELDS[column][0]: value})


def _priced(state: NodeState, value: Any) -> NodeState:
    if state.is_branch:
        if value is None:
            return state
        raise EditRefused(
            _tr("A node that depends on {attribute} has no price of its own: open it and set the "
                "prices below.").format(attribute=words.attribute_name(state.depends_on or ""))
        )  # fmt: skip
    if value is None:
        return replace(state, price=None, scale=None)
    kind, amount = value
    if kind == "scale":
        return tree_edits.of_type(state, PriceType.SCALE, scale=amount)
    return tree_edits.of_type(state, PriceType.FLAT, price=amount)


def _typed(state: NodeState, value: Any) -> NodeState:
    kind = value[1]
    if state.is_branch or kind == PriceType.DEPENDS_ON:
        if state.is_branch and kind == PriceType.DEPENDS_ON:
            return state
        raise EditRefused(
            _tr("What depends on something is changed one by one, in its Price type cell.")
        )
    return tree_edits.of_type(state, kind)


def _joined(model: TreeModel, cells: Sequence[tuple[QModelIndex, Any]], text: str) -> Edit:
    """Return one step of all cells; the cells of a node are applied from left to right."""
    by_node: dict[int, tuple[Item, list[tuple[Column, Any]]]] = {}
    for index, value in cells:
        item, column = model.item(index), Column(index.column())
        if not model.can_edit(item, column) and not _says_nothing(model, index, value):
            raise EditRefused(_refusal(model, item, column))
        by_node.setdefault(item.id, (item, []))[1].append((column, value))
    before: dict[int, Staged | None] = {}
    after: dict[int, Staged | None] = {}
    for item, values in by_node.values():
        step = tree_edits.set_values(model.steps.draft, [model.ref(item)], _change(values), text)
        before |= step.before
        after |= step.after
    return Edit(text, before, after)


def _change(values: Sequence[tuple[Column, Any]]) -> Change:
    def change(state: NodeState) -> NodeState:
        for column, value in values:
            state = applied(state, column, value)
        return state

    return change


def _says_nothing(model: TreeModel, index: QModelIndex, value: Any) -> bool:
    """Whether a pasted cell is what a cell that takes nothing shows anyway."""
    return value in (None, "") or value == content(model, index)


def _refusal(model: TreeModel, item: Item, column: Column) -> str:
    state = model.state(item)
    title = model.title(column)
    if state is not None and state.is_branch and column is Column.PRICE:
        return _tr("“{node}” has no price of its own: it is priced {how}.").format(
            node=item.name, how=words.type_text(state)
        )
    return _tr("“{node}” takes no value in {column}.").format(node=item.name, column=title)


def _step_text(model: TreeModel, column: Column, items: Sequence[Item]) -> str:
    title = words.column_title(column, priced=model.head.priced)
    if len(items) == 1:
        return _tr("{column} of {node}").format(column=title, node=items[0].name)
    return _tr("{column} of {n} nodes").format(column=title, n=formats.number(len(items)))
