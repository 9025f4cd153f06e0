"""The tree sheet (F20): an exported tree, one row per node or tier, read back to the same tree.

Columns: ``Level 1`` … ``Level N`` hold canonical keys from the service domain down; then
:data:`FIELDS`. ``Name`` is for people and is not read, ``Currency`` is the service's. Rows after a
scale's first one repeat its keys and bring the next tier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importers.prices import parse_prices
from importers.records import (
    NO_PRICE,
    BillingRule,
    Codes,
    Column,
    FileProblem,
    Level,
    ParsedSheet,
    PriceType,
    QuantityRule,
    column_letter,
    display,
)
from importers.values import scale_text

NAME = "Name"
FIELDS = (
    "Depends on",
    "Price type",
    "Price",
    "Up to",
    "Scale type",
    "Counter group",
    "Billing rule",
    "Quantity rule",
    "Connection price",
    "First interval",
    "Next interval",
    "Currency",
)
_LEVEL = re.compile(r"^Level (\d+)$")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


def protected(key: str) -> str:
    """Return a key as it is written: one that a spreadsheet could run gets an apostrophe (Q38)."""
    return f"'{key}" if key.startswith(_RISKY) else key


def unprotected(text: str) -> str:
    """Return the key behind :func:`protected`."""
    return text.removeprefix("'")


@dataclass(frozen=True, slots=True)
class TreeTable:
    """The nodes of a tree sheet: an element per node; see app.domain.tree.from_table.

    ``levels[d].codes`` is -1 below a node's depth; ``depends_on`` is a code into ``attributes``
    or -1; ``source_row`` the 0-based row of the sheet; ``tier_rows`` the number of rows that only
    brought a further tier.
    """

    levels: tuple[Level, ...]
    depends_on: Codes
    attributes: list[str]
    price_type: npt.NDArray[np.int8]
    price: npt.NDArray[np.int64]
    billing_rule: npt.NDArray[np.int8]
    quantity_rule: npt.NDArray[np.int8]
    connect_price: npt.NDArray[np.int64]
    first_interval: npt.NDArray[np.int32]
    next_interval: npt.NDArray[np.int32]
    scale: npt.NDArray[np.int32]
    scales: list[str]
    source_row: Codes
    tier_rows: int


def is_tree_sheet(sheet: ParsedSheet) -> bool:
    """Return whether the first row is the header of a tree sheet."""
    if not sheet.row_count:
        return False
    header = sheet.row_texts(0)
    return "Level 1" in header and set(FIELDS[:3]) <= set(header)


def read_tree_sheet(sheet: ParsedSheet) -> TreeTable:
    """Return the nodes of a tree sheet. Raises FileProblem naming the first cell that can't be."""
    header = sheet.row_texts(0)
    reader = _Reader(sheet, {name: i for i, name in enumerate(header) if name})
    places = sorted((int(m[1]), i) for i, h in enumerate(header) if (m := _LEVEL.match(h)))
    levels = [_level(sheet.columns[index]) for _, index in places]
    used = np.flatnonzero(levels[0].codes >= 0)
    tiers, first = reader.scales(levels, used)
    nodes = used[first]
    depends_on, attributes = reader.words("Depends on", nodes)
    return TreeTable(
        levels=tuple(Level(lv.attribute, lv.keys, lv.codes[nodes]) for lv in levels),
        depends_on=depends_on,
        attributes=attributes,
        price_type=reader.enum("Price type", PriceType, nodes),
        price=np.where(tiers.codes[first] >= 0, NO_PRICE, reader.prices("Price")[nodes]),
        billing_rule=reader.enum("Billing rule", BillingRule, nodes),
        quantity_rule=reader.enum("Quantity rule", QuantityRule, nodes),
        connect_price=reader.prices("Connection price")[nodes],
        first_interval=reader.numbers("First interval")[nodes].astype(np.int32),
        next_interval=reader.numbers("Next interval")[nodes].astype(np.int32),
        scale=tiers.codes[first],
        scales=tiers.texts,
        source_row=nodes.astype(np.int32),
        tier_rows=len(used) - len(nodes),
    )


def currencies_of(sheet: ParsedSheet) -> list[str]:
    """Return the currencies that a tree sheet names, none if it has no such column."""
    header = sheet.row_texts(0)
    if "Currency" not in header:
        return []
    column = sheet.columns[header.index("Currency")]
    used = [code for code in np.unique(column.codes[1:]).tolist() if code]
    return list(dict.fromkeys(column.text(code).strip().upper() for code in used))


def _level(column: Column) -> Level:
    """Return the column as key codes; the header row and empty cells are -1."""
    keys = [unprotected(display(v, column.number_format)) for v in column.values[1:]]
    codes = column.codes - 1
    codes[0] = -1
    return Level("", keys, codes.astype(np.int32))


@dataclass(frozen=True, slots=True)
class _Scales:
    codes: npt.NDArray[np.int32]
    texts: list[str]


class _Reader:
    """Reads the fields of one tree sheet, distinct values first."""

    def __init__(self, sheet: ParsedSheet, places: dict[str, int]) -> None:
        self._sheet = sheet
        self._places = places

    def _column(self, name: str) -> Column | None:
        index = self._places.get(name)
        return None if index is None else self._sheet.columns[index]

    def _refuse(self, name: str, code: int, reason: str) -> FileProblem:
        column = self._sheet.columns[self._places[name]]
        row = int(np.flatnonzero(column.codes[1:] == code)[0]) + 2
        cell = f"{column_letter(self._places[name])}{row}"
        return FileProblem(
            f'Sheet "{self._sheet.name}", cell {cell}: "{column.text(code)}" {reason}.'
        )

    def _used(self, column: Column) -> list[int]:
        return [c for c in np.unique(column.codes[1:]).tolist() if c]

    def prices(self, name: str) -> npt.NDArray[np.int64]:
        """Return the prices of a column per sheet row in 1e-8, NO_PRICE where it is empty."""
        column = self._column(name)
        if column is None:
            return np.full(self._sheet.row_count, NO_PRICE, np.int64)
        used = self._used(column)
        parsed = parse_prices([column.values[c] for c in used], ".")
        table = np.full(len(column.values), NO_PRICE, np.int64)
        for code, units in zip(used, parsed.price.tolist(), strict=True):
            if units < 0:
                raise self._refuse(name, code, "is not a price")
            table[code] = units
        return table[column.codes]

    def numbers(self, name: str) -> npt.NDArray[np.int64]:
        """Return whole numbers per sheet row, -1 where the cell is empty."""
        column = self._column(name)
        if column is None:
            return np.full(self._sheet.row_count, -1, np.int64)
        table = np.full(len(column.values), -1, np.int64)
        for code in self._used(column):
            text = column.text(code)
            if not text.isdecimal():
                raise self._refuse(name, code, "is not a whole number")
            table[code] = int(text)
        return table[column.codes]

    def words(self, name: str, rows: npt.NDArray[np.int64]) -> tuple[Codes, list[str]]:
        """Return a code per row into the list of distinct texts, -1 where the cell is empty."""
        column = self._column(name)
        if column is None:
            return np.full(len(rows), -1, np.int32), []
        texts = [column.text(c) for c in range(1, len(column.values))]
        return (column.codes[rows] - 1).astype(np.int32), texts

    def enum(
        self,
        name: str,
        kind: type[PriceType] | type[BillingRule] | type[QuantityRule],
        rows: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int8]:
        """Return stored numbers of words such as "flat" or "submitted"; empty = 0."""
        column = self._column(name)
        if column is None:
            return np.zeros(len(rows), np.int8)
        known = {member.name.lower(): int(member) for member in kind}
        table = np.zeros(len(column.values), np.int8)
        for code in self._used(column):
            word = column.text(code).strip().lower().replace(" ", "_")
            if word not in known:
                raise self._refuse(name, code, f"is not one of {', '.join(known)}")
            table[code] = known[word]
        return table[column.codes[rows]]

    def scales(
        self, levels: Sequence[Level], used: npt.NDArray[np.int64]
    ) -> tuple[_Scales, npt.NDArray[np.bool_]]:
        """Return each used row's scale code (-1 = none) and the mask of rows that are nodes."""
        codes = np.full(len(used), -1, np.int32)
        first = np.ones(len(used), np.bool_)
        scale_rows = self.enum("Price type", PriceType, used) == PriceType.SCALE
        if not scale_rows.any():
            return _Scales(codes, []), first
        path = np.stack([level.codes[used] for level in levels])
        same = np.zeros(len(used), np.bool_)
        same[1:] = (path[:, 1:] == path[:, :-1]).all(axis=0) & scale_rows[1:] & scale_rows[:-1]
        first = ~same
        texts: dict[str, int] = {}
        prices, limits = self.prices("Price"), self.numbers("Up to")
        starts = np.flatnonzero(scale_rows & first)
        ends = np.append(np.flatnonzero(first), len(used))
        for start in starts.tolist():
            rows = used[start : int(ends[np.searchsorted(ends, start, side="right")])]
            text = self._scale(rows, prices[rows], limits[rows])
            codes[start] = texts.setdefault(text, len(texts))
        return _Scales(codes, list(texts)), first

    def _scale(
        self,
        rows: npt.NDArray[np.int64],
        prices: npt.NDArray[np.int64],
        limits: npt.NDArray[np.int64],
    ) -> str:
        kinds, kind_texts = self.words("Scale type", rows[:1])
        groups, group_texts = self.words("Counter group", rows[:1])
        tiers = [
            (int(price), None if limit < 0 else int(limit))
            for price, limit in zip(prices, limits, strict=True)
        ]
        if any(price < 0 for price, _ in tiers):
            raise FileProblem(
                f'Sheet "{self._sheet.name}", row {int(rows[0]) + 1}: a tier has no price.'
            )
        kind = kind_texts[kinds[0]] if kinds[0] >= 0 else "tier"
        group = group_texts[groups[0]] if groups[0] >= 0 else ""
        try:
            return scale_text(kind, group, tiers)
        except ValueError as problem:
            raise FileProblem(
                f'Sheet "{self._sheet.name}", row {int(rows[0]) + 1}: {problem}.'
            ) from None
