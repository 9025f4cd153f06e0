"""WhatsApp tier (IMP-3): volume bands per market and pricing category become one scale each.

The card has groups of columns side by side (From, To, Rate type, Rate), one per category, and a
row per band; the market stands on the first row of its block. Thresholds are upper inclusive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from importers.kinds.standard import Prepared, prepare, tell_empty
from importers.kinds.whatsapp_basic import HABITS, with_pricing_type
from importers.matching.assembly import Rates, raise_state
from importers.matching.duplicates import path_ids
from importers.matching.job import Gathered, Job
from importers.matching.price_rates import PricedColumn
from importers.matching.selection import Cells
from importers.records import (
    NO_PRICE,
    CellValue,
    Codes,
    FileProblem,
    PriceType,
    RowState,
    Severity,
)
from importers.settings import ColumnUse, Role
from importers.values import PriceCells, scale_text

_GROUPED = re.compile(r"\d{1,3}(?:([ ,.'\u00a0\u202f])\d{3})(?:\1\d{3})*|\d+")
_OPEN = frozenset(
    {"", "-", "--", "\u2013", "\u2014", "\u221e", "+", "n/a", "unlimited", "no limit", "max"}
)
_LIST_RATE = re.compile(r"\blist\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """The columns of one pricing category: price, bounds, and the rate type if there is one."""

    price: ColumnUse
    start: ColumnUse
    till: ColumnUse
    rate_type: ColumnUse | None


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a group: its bounds (None = open), price in 1e-8, entry and 0-based sheet row."""

    start: int | None
    till: int | None
    price: int
    entry: int
    row: int
    kind: PriceType = PriceType.FLAT
    listed: bool = False


def gather(job: Job) -> Gathered:
    """Return a scale (or a flat rate) per market and category of a volume-tier card."""
    job = with_pricing_type(job)
    groups, flat = _groups(job.settings.columns)
    uses = [*(group.price for group in groups), *flat]
    bare = tuple(u for u in job.settings.columns if not (u.role is Role.PRICE_TYPE and u.keys))
    ready = prepare(job.with_settings(job.settings.with_changes(columns=bare)), uses, HABITS)
    scales: list[str] = []
    parts = [
        GroupReader(job, ready, group, cells, scales).rates()
        for group, cells in zip(groups, ready.prices[: len(groups)], strict=True)
    ]
    for cells in ready.prices[len(groups) :]:
        column = PricedColumn(job, ready.table, ready.facts, ready.names, cells, wide=True)
        parts.append(column.rates(ready.clean, HABITS))
    rates = Rates.joined(parts)
    tell_empty(job, ready, rates)
    return Gathered(rates, ready.names, ready.table, ready.prices, ready.facts, scales)


def _groups(columns: Sequence[ColumnUse]) -> tuple[list[Group], list[ColumnUse]]:
    """Return the groups (columns with the same keys) and price columns that belong to none."""
    found: dict[tuple[tuple[str, str], ...], dict[Role, ColumnUse]] = {}
    for use in columns:
        if use.role in (Role.TIER_FROM, Role.TIER_TILL, Role.PRICE, Role.PRICE_TYPE):
            found.setdefault(use.keys, {}).setdefault(use.role, use)
    groups, flat = [], []
    for roles in found.values():
        price, start, till = (roles.get(r) for r in (Role.PRICE, Role.TIER_FROM, Role.TIER_TILL))
        if price and start and till:
            groups.append(Group(price, start, till, roles.get(Role.PRICE_TYPE)))
        elif price and not start and not till:
            flat.append(price)
    if not groups:
        raise FileProblem(
            "No volume tiers are declared: a tier card needs, for each pricing category, the "
            "columns From, To and price (tier_from, tier_till, price)."
        )
    return groups, flat


@dataclass(frozen=True, slots=True)
class GroupReader:
    """Reads one group into rates; ``scales`` is the pool of scale texts, shared by all groups."""

    job: Job
    ready: Prepared
    group: Group
    prices: PriceCells
    scales: list[str]

    def rates(self) -> Rates:
        """Return a rate per market that has a price in this group; report bands that don't fit."""
        every = PricedColumn(
            self.job, self.ready.table, self.ready.facts, self.ready.names, self.prices, wide=True
        ).rates(self.ready.clean, HABITS)
        blocks = self._blocks(every)
        leaders: list[int] = []
        kinds: list[tuple[PriceType, int, int]] = []
        for bands in blocks:
            rate = self._rate(bands)
            if rate is not None:
                leaders.append(bands[0].entry)
                kinds.append(rate)
                rows = np.array([band.row for band in bands], np.int32)
                raise_state(self.job.selection.state, rows, RowState.IMPORTED)
        chosen = every.take(np.array(leaders, np.int32)) if len(leaders) < len(every) else every
        return replace(
            chosen,
            price_type=np.array([kind for kind, _, _ in kinds], np.int8),
            price=np.array([price for _, price, _ in kinds], np.int64),
            scale=np.array([scale for _, _, scale in kinds], np.int32),
        )

    def _blocks(self, every: Rates) -> list[list[Band]]:
        """Return the bands of each market in file order; ``entry`` is the place in ``every``."""
        starts = self._bounds(self.group.start, every.row)
        tills = self._bounds(self.group.till, every.row)
        listed = self._listed(every.row)
        blocks: dict[int, list[Band]] = {}
        ids = path_ids(every.levels, self.ready.names.sizes).tolist()
        for entry, path in enumerate(ids):
            start, till = starts[entry], tills[entry]
            row = int(every.row[entry])
            if isinstance(start, str) or isinstance(till, str):
                self._refuse(row, start if isinstance(start, str) else str(till))
                blocks.setdefault(path, []).append(Band(-1, -1, NO_PRICE, entry, row))
                continue
            kind = PriceType(int(every.price_type[entry]))
            price = int(every.price[entry])
            band = Band(start, till, price, entry, row, kind, listed[entry])
            blocks.setdefault(path, []).append(band)
        return list(blocks.values())

    def _cells(self, use: ColumnUse, rows: Codes) -> tuple[Cells, list[int]]:
        cells = self.job.selection.cells(use.column, use.extract)
        places = np.searchsorted(self.job.selection.rows, rows)
        return cells, cells.codes[places].tolist()

    def _bounds(self, use: ColumnUse, rows: Codes) -> list[int | str | None]:
        cells, codes = self._cells(use, rows)
        read = [_bound(v, t) for v, t in zip(cells.values, cells.texts, strict=True)]
        return [read[code] for code in codes]

    def _listed(self, rows: Codes) -> list[bool]:
        if self.group.rate_type is None:
            return [False] * len(rows)
        cells, codes = self._cells(self.group.rate_type, rows)
        return [_LIST_RATE.search(cells.texts[code]) is not None for code in codes]

    def _rate(self, bands: list[Band]) -> tuple[PriceType, int, int] | None:
        """Return price type, price and scale of one market's bands; None if they don't fit."""
        if any(band.start == -1 for band in bands):
            return None
        bands = _without_list_rate(bands)
        problem = _misfit(bands)
        if problem:
            self._refuse(bands[0].row, problem)
            return None
        if len(bands) == 1:
            return bands[0].kind, bands[0].price, -1
        if any(band.kind not in (PriceType.FLAT, PriceType.FREE) for band in bands):
            self._refuse(bands[0].row, "a tier has no price")
            return None
        tiers = [(max(band.price, 0), band.till) for band in bands]
        text = scale_text("tier", "", tiers)
        if text not in self.scales:
            self.scales.append(text)
        return PriceType.SCALE, NO_PRICE, self.scales.index(text)

    def _refuse(self, row: int, sentence: str) -> None:
        category = " ".join(key for _, key in self.group.price.keys)
        said = f"{category}: {sentence}" if category else sentence
        self.job.remarks.add(
            Severity.ERROR, said, row=row, column=self.group.price.column, value=""
        )
        raise_state(self.job.selection.state, np.array([row], np.int32), RowState.ERROR)


def _bound(value: CellValue, text: str) -> int | str | None:
    """Return a threshold as a whole number, None for an open end, or what is wrong with it."""
    plain = text.strip().casefold().removesuffix("+").strip()
    if plain in _OPEN:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if float(value).is_integer() and value >= 0 else f'"{text}" is no volume'
    if _GROUPED.fullmatch(plain):
        return int(re.sub(r"\D", "", plain))
    return f'"{text}" is no volume: write a whole number'


def _without_list_rate(bands: list[Band]) -> list[Band]:
    """Fit in the list rate where it stands without bounds: it holds below the first tier."""
    first = bands[0]
    if len(bands) == 1 or not first.listed or first.start is not None or first.till is not None:
        return bands
    below = bands[1].start
    if below is None or below <= 1:
        return bands[1:]
    return [replace(first, start=0, till=below - 1), *bands[1:]]


def _misfit(bands: list[Band]) -> str:
    """Return what is wrong with a market's bands: gaps, overlaps, a closed end; "" if they fit."""
    if (bands[0].start or 0) > 1:
        return f"the first tier begins at {bands[0].start}, not at 0 (row {bands[0].row + 1})"
    for lower, upper in pairwise(bands):
        rows = f"rows {lower.row + 1} and {upper.row + 1}"
        if lower.till is None or upper.start is None:
            return f"a tier without a limit is followed by another one ({rows})"
        if lower.till < (lower.start or 0):
            return f"a tier ends at {lower.till}, before it begins (row {lower.row + 1})"
        if upper.start <= lower.till:
            return f"the tiers overlap from {upper.start} to {lower.till} ({rows})"
        if upper.start > lower.till + 1:
            return f"no tier covers {lower.till + 1} to {upper.start - 1} ({rows})"
    last = bands[-1]
    if last.till is not None:
        return f"the last tier ends at {last.till}: it needs no upper limit (row {last.row + 1})"
    return ""
