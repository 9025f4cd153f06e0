"""Small sheets and how they are read, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from importers.matching.rows import RowsResult, build_rows
from importers.records import CellValue, Issue, ParsedSheet, PriceType, RowState, Severity
from importers.settings import ColumnUse, Duplicates, ImportSettings, Kind, Role
from importers.values import price_text

Rows = Sequence[Sequence[CellValue]]


@cache
def dictionaries() -> Dictionaries:
    return Dictionaries.load()


def use(column: int, what: str, **more: object) -> ColumnUse:
    """Return a column use from "country", "country.alpha3", "price", "price@ATTR:KEY" …"""
    name, _, pairs = what.partition("@")
    keys = tuple(tuple(p.split(":")) for p in pairs.split("@") if p)
    attribute, _, by = name.partition(".")
    try:
        role = Role(attribute)
    except ValueError:
        return ColumnUse(column, Role.ATTRIBUTE, attribute, by=by or "any", **more)
    return ColumnUse(column, role, keys=keys, **more)


def settings(rows: Rows, columns: Sequence[str | ColumnUse], levels: str, **more) -> ImportSettings:
    """Return settings for rows with one header line; columns go by position ("" = unused)."""
    uses = tuple(c if isinstance(c, ColumnUse) else use(i, c) for i, c in enumerate(columns) if c)
    if "settings_currency" in more:
        more["currency"] = more.pop("settings_currency")
    plain = {
        "kind": Kind.STANDARD,
        "header_rows": (0,),
        "start_row": 1,
        "end_row": len(rows) - 1,
        "columns": uses,
        "levels": tuple(levels.split()),
        "duplicates": Duplicates.ERROR,
    }
    made = plain | more
    made["duplicates"] = Duplicates(made["duplicates"])
    return ImportSettings(**made)


def run(
    rows: Rows,
    columns: Sequence[str | ColumnUse],
    levels: str,
    *,
    resource: str = "sms_message",
    sheet: ParsedSheet | None = None,
    currency: str = "",
    today=None,
    learned=None,
    vendor: str = "",
    **more,
) -> RowsResult:
    result = build_rows(
        sheet or ParsedSheet.from_rows(rows),
        settings(rows, columns, levels, **more),
        dictionaries(),
        load_catalogue(),
        resource=resource,
        service_currency=currency,
        today=today,
        learned=learned,
        vendor=vendor,
    )
    check_balance(result)
    return result


def check_balance(result: RowsResult) -> None:
    """The counts add up, paths are unique, every code and source row is in range (F19)."""
    c = result.counts
    assert c.read == c.imported + c.merged + c.skipped + c.not_data + c.errors
    rates = result.rows
    for level in rates.levels:
        assert len(level.keys) == len(set(level.keys))
        if len(rates):
            assert level.codes.min() >= 0
            assert level.codes.max() < len(level.keys)
    paths = list(zip(*(level.codes.tolist() for level in rates.levels), strict=True))
    assert len(set(paths)) == len(rates)
    assert len(set(rates.source_row.tolist())) <= c.imported
    assert (result.state[rates.source_row] == RowState.IMPORTED).all()
    flat = rates.price_type == PriceType.FLAT
    assert (rates.price[flat] >= 0).all()
    assert (rates.price[~flat] == -1).all()


def rates(result: RowsResult) -> dict[str, str]:
    """Return path → price (or price type), e.g. {"DE/26201": "0.05", "FR/*": "BLOCKED"}."""
    found = {}
    table = result.rows
    for place in range(len(table)):
        path = "/".join(level.keys[level.codes[place]] for level in table.levels)
        kind = PriceType(int(table.price_type[place]))
        if kind is PriceType.SCALE:
            found[path] = table.scales[int(table.scale[place])]
        else:
            found[path] = (
                price_text(int(table.price[place])) if kind is PriceType.FLAT else kind.name
            )
    return found


def states(result: RowsResult) -> list[str]:
    return [RowState(int(s)).name for s in result.state]


def issues(result: RowsResult, severity: Severity | None = None) -> list[Issue]:
    return [i for i in result.issues if severity is None or i.severity is severity]


def errors(result: RowsResult) -> list[tuple[int | None, str | None, str]]:
    return [(i.row, i.column, i.reason) for i in issues(result, Severity.ERROR)]


def said(result: RowsResult) -> str:
    return "\n".join(i.reason for i in result.issues)


def zeros(count: int) -> np.ndarray:
    return np.zeros(count, np.int32)
