"""Writes a rate tree to XLSX or CSV: the tree sheet that imports back, or a flat list (F20)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.db.queries import rate_nodes
from app.domain.pricing import Scale, parse_scale, price_text
from app.domain.tree import NONE, BillingRule, Int32, PriceType, QuantityRule, RateTree
from app.errors import UserError
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.find import find_service, pick_scope
from app.services.tariffs.import_checks import refuse_unwritable
from app.services.tariffs.tree_view import price_words
from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries
from importers.tree_sheet import FIELDS, NAME, protected

CHUNK = 20_000
XLSX_ROWS = 1_048_576
Row = list[str | int | Decimal | None]


class _Sink(Protocol):
    def write(self, row: Sequence[str | int | Decimal | None]) -> None: ...


@service("finance.services", "view", export=True)
def export_scope(
    ctx: Context, service_name: str, file: Path, *, scope_id: int | None = None, flat: bool = False
) -> int:
    """Write the tree to ``file`` (by its ending .xlsx or .csv) and return the number of rows.

    ``flat`` writes a row per rate with names, for people; the tree sheet is the one to import.
    """
    if file.suffix.lower() not in {".xlsx", ".csv"}:
        raise UserError(f"{file.name}: choose a name that ends in .xlsx or .csv.")
    refuse_unwritable(file)
    with ctx.database.read() as connection:
        target = find_service(connection, ctx.actor.company_id, service_name)
        scope = pick_scope(connection, ctx, target, scope_id)
        tree = rate_nodes.read_tree(connection, scope.id)
        dictionaries = dictionaries_of(connection, target.company_id)
    tree = tree.take(tree.preorder())
    lines: _FlatSheet | _TreeSheet
    if flat:
        lines = _FlatSheet(tree, load_catalogue(), dictionaries)
    else:
        lines = _TreeSheet(tree, load_catalogue(), dictionaries, target.currency)
    if file.suffix.lower() == ".xlsx" and lines.count >= XLSX_ROWS:
        raise UserError(f"{lines.count} rows do not fit an XLSX sheet: export to .csv instead.")
    return _write(ctx, file, lines)


def _write(ctx: Context, file: Path, lines: _TreeSheet | _FlatSheet) -> int:
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        opened = _xlsx if file.suffix.lower() == ".xlsx" else _csv
        opened(temporary, lines, ctx)
        temporary.replace(file)
    except OSError as problem:
        raise UserError(
            f"{file} can't be written ({problem.strerror}): choose another place."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    return lines.count


def _csv(path: Path, lines: _TreeSheet | _FlatSheet, ctx: Context) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(lines.header)
        for done, row in enumerate(lines.rows()):
            writer.writerow(["" if cell is None else cell for cell in row])
            if done % CHUNK == 0:
                ctx.report("writing", done, lines.count)


def _xlsx(path: Path, lines: _TreeSheet | _FlatSheet, ctx: Context) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Rates")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(lines.header):
        sheet.set_column(column, column, max(12, min(40, len(title) + 2)))
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(lines.rows(), start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell)
        if number % CHUNK == 0:
            ctx.report("writing", number, lines.count)
    try:
        book.close()
    except FileCreateError as problem:
        raise problem.args[0] from None


def _write_cell(sheet: Any, row: int, column: int, cell: str | int | Decimal | None) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, int) or Decimal(repr(float(cell))) == cell:
        sheet.write_number(row, column, cell)
    else:  # a spreadsheet's number can't hold it exactly
        sheet.write_string(row, column, f"{cell:f}")


def _ancestors(tree: RateTree) -> list[Int32]:
    """Return per depth 1…n the ancestor of every node at that depth, -1 where it is deeper."""
    depth = tree.depth()
    deepest = int(depth.max(initial=0))
    result = []
    for level in range(1, deepest + 1):
        at = np.where(depth == level, np.arange(len(tree)), NONE).astype(np.int32)
        for below in range(level + 1, deepest + 1):
            nodes = np.flatnonzero(depth == below)
            at[nodes] = at[tree.parent[nodes]]
        result.append(at)
    return result


class _TreeSheet:
    """The rows of a tree sheet: one per node, and one more per further tier of a scale."""

    def __init__(
        self, tree: RateTree, catalogue: Catalogue, dictionaries: Dictionaries, currency: str | None
    ) -> None:
        self._tree = tree
        self._currency = currency or None
        self._names = _Names(tree, catalogue, dictionaries)
        self._scales = [parse_scale(text) for text in tree.scales]
        self._levels = _ancestors(tree)
        levels = [f"Level {n}" for n in range(1, max(1, len(self._levels)) + 1)]
        self.header = [*levels, NAME, *FIELDS]
        tiers = np.array([len(s.tiers) for s in self._scales] or [1])
        self.count = len(tree) - 1
        self.count += int((tiers[tree.scale[tree.scale >= 0]] - 1).sum())

    def rows(self) -> Iterator[Row]:
        """Yield the rows in preorder; the root has none."""
        for node in range(1, len(self._tree)):
            place = self._place(node)
            scale = int(self._tree.scale[node])
            if scale < 0:
                yield [*place, *self._fields(node)]
            else:
                yield from self._tiers(node, place, self._scales[scale])

    def _place(self, node: int) -> Row:
        tree = self._tree
        keys: Row = [
            None if at[node] < 0 else protected(tree.keys[tree.key[at[node]]])
            for at in self._levels
        ]
        return [*keys, protected(self._names.of(node))]

    def _fields(self, node: int) -> Row:
        tree = self._tree
        depends = int(tree.depends_on[node])
        price = int(tree.price[node])
        return [
            tree.attributes[depends] if depends >= 0 else None,
            PriceType(int(tree.price_type[node])).name.lower(),
            Decimal(price_text(price)) if price >= 0 else None,
            None,
            None,
            None,
            *self._rules(node),
        ]

    def _rules(self, node: int) -> Row:
        """Return the fields from the billing rule on, the same for each tier of a scale."""
        tree = self._tree
        billing, quantity = int(tree.billing_rule[node]), int(tree.quantity_rule[node])
        connect = int(tree.connect_price[node])
        first, following = int(tree.first_interval[node]), int(tree.next_interval[node])
        return [
            BillingRule(billing).name.lower() if billing else None,
            QuantityRule(quantity).name.lower() if quantity else None,
            Decimal(price_text(connect)) if connect >= 0 else None,
            first if first >= 0 else None,
            following if following >= 0 else None,
            self._currency,
        ]

    def _tiers(self, node: int, place: Row, scale: Scale) -> Iterator[Row]:
        for tier in scale.tiers:
            yield [
                *place,
                None,
                PriceType.SCALE.name.lower(),
                Decimal(price_text(tier.price)),
                tier.up_to,
                scale.type.value,
                scale.group or None,
                *self._rules(node),
            ]


class _FlatSheet:
    """A list for people: a row per rate, a column per attribute, names instead of keys."""

    def __init__(self, tree: RateTree, catalogue: Catalogue, dictionaries: Dictionaries) -> None:
        self._tree = tree
        self._names = _Names(tree, catalogue, dictionaries)
        self._leaves = np.flatnonzero(tree.leaf)
        used = dict.fromkeys(name for name, _ in tree.level_counts())
        self._attributes = list(used)
        self.header = [
            *(_title(name, catalogue) for name in self._attributes),
            "Price type",
            "Price",
            "Details",
        ]
        self.count = len(self._leaves)

    def rows(self) -> Iterator[Row]:
        """Yield a row per leaf."""
        tree = self._tree
        for leaf in self._leaves.tolist():
            names: dict[str, str] = {}
            node = leaf
            while tree.parent[node] >= 0:
                parent = int(tree.parent[node])
                names[tree.attributes[tree.depends_on[parent]]] = self._names.of(node)
                node = parent
            price = int(tree.price[leaf])
            yield [
                *(protected(names.get(name, "")) or None for name in self._attributes),
                PriceType(int(tree.price_type[leaf])).name.lower().replace("_", " "),
                Decimal(price_text(price)) if price >= 0 else None,
                price_words(tree, leaf),
            ]


def _title(attribute: str, catalogue: Catalogue) -> str:
    known = catalogue.attributes.get(attribute)
    return known.name if known else attribute.capitalize()


class _Names:
    """Names of nodes, each distinct (attribute, key) looked up once."""

    def __init__(self, tree: RateTree, catalogue: Catalogue, dictionaries: Dictionaries) -> None:
        self._tree, self._catalogue, self._dictionaries = tree, catalogue, dictionaries
        self._known: dict[tuple[int, int], str] = {}

    def of(self, node: int) -> str:
        """Return the name of ``node`` as the tree's Resources column shows it."""
        tree = self._tree
        attribute, key = int(tree.depends_on[tree.parent[node]]), int(tree.key[node])
        if (attribute, key) not in self._known:
            self._known[attribute, key] = self._catalogue.key_text(
                tree.attributes[attribute], tree.keys[key], self._dictionaries
            )
        return self._known[attribute, key]
