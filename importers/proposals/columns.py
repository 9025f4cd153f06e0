"""Understanding a sheet: header, data rows, roles of columns, decimal sign, currency, levels.

Everything is a proposal with its reason; a person's hints steer the rest. Only the first rows, the
last rows and samples of the distinct values are looked at, so a million rows cost little more than
a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries
from importers.proposals.domains import find_domain, resource_of
from importers.proposals.facts import Facts, column_facts
from importers.proposals.headers import Header, find_header, header_names, title_lines
from importers.proposals.layout import (
    Grid,
    Mask,
    find_end,
    find_sections,
    grid_of,
    has_blanks_below,
    merged_columns,
    repeats_header,
)
from importers.proposals.price_columns import (
    PriceColumns,
    choose_prices,
    common_unit,
    currency_of,
    decimal_of,
)
from importers.proposals.roles import Reading, read_columns
from importers.proposals.sources import LEVEL_ORDER, Sources, choose_sources
from importers.proposals.tier_layout import tier_columns
from importers.proposals.titles import effective_date
from importers.records import ParsedSheet, column_letter
from importers.settings import ColumnUse, Kind, Proposal, Role


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person has already decided; empty fields leave the choice to the program.

    ``resource`` is the catalogue resource of the target node. Rows are 0-based.
    """

    domain: str = ""
    resource: str = ""
    kind: Kind | None = None
    decimal: str = ""
    currency: str = ""
    start_row: int | None = None
    end_row: int | None = None


_LEVEL_WEIGHT = 5.0
"""A level known by weaker evidence than this does not make a sheet a price list."""


_FEW = 30
"""A column of so many different values may tell several price lists in one sheet apart."""


@dataclass(slots=True)
class _Work:
    """What is known so far about a sheet on the way to its proposal."""

    sheet: ParsedSheet
    hints: Hints
    header: Header
    names: tuple[str, ...]
    titles: list[str]
    grid: Grid
    columns: list[Facts] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    domain: str = ""
    resource: str = ""
    attributes: tuple[str, ...] = ()


def propose(
    sheet: ParsedSheet,
    dictionaries: Dictionaries,
    catalogue: Catalogue,
    *,
    hints: Hints = Hints(),
) -> Proposal:
    """Return what the sheet looks like; never raises for bad contents.

    A sheet without usable prices gives ``price_list`` False and says why in ``reasons``.
    """
    work = _begin(sheet, hints)
    work.columns = _facts(work, dictionaries)
    _decide_domain(work, catalogue)
    work.readings = read_columns(
        work.columns, attributes=work.attributes, is_whatsapp=work.domain == "whatsapp"
    )
    tiers = tier_columns(work.columns) if work.domain in ("whatsapp", "") else ()
    if tiers and hints.kind in (None, Kind.WHATSAPP_TIER):
        return _tier_proposal(work, tiers)
    prices = choose_prices(
        work.readings, attributes=work.attributes, domain=work.domain, currency=hints.currency
    )
    sources = choose_sources(
        work.readings, attributes=work.attributes, domain=work.domain, wide=prices.wide
    )
    return _finish(work, prices, sources)


def _begin(sheet: ParsedSheet, hints: Hints) -> _Work:
    header = find_header(sheet, start_row=hints.start_row)
    names = header_names(sheet, header.rows)
    titles = title_lines(sheet, header)
    grid = grid_of(sheet, header.start_row)
    work = _Work(sheet, hints, header, names, titles, grid)
    work.reasons["header_row"] = header.reason
    if grid.blank_rows:
        work.reasons["blank_rows"] = f"{grid.blank_rows} blank rows between the data are ignored"
    return work


def _facts(work: _Work, dictionaries: Dictionaries) -> list[Facts]:
    rows = _rough_rows(work)
    own = work.sheet.row_texts(work.header.rows[-1]) if work.header.rows else [""] * len(work.names)
    return [
        column_facts(
            column,
            index=index,
            header=name if work.header.rows else "",
            own=" ".join(own[index].split()),
            start=work.header.start_row,
            rows=rows,
            dictionaries=dictionaries,
        )
        for index, (column, name) in enumerate(zip(work.sheet.columns, work.names, strict=True))
    ]


def _rough_rows(work: _Work) -> Mask:
    """Return which rows below the header are filled like data (a mask from the start row on).

    Section titles, notes below the table and repeated headers would blur what the values are.
    """
    filled = work.grid.filled
    rows: Mask = filled > 1 if np.any(filled > 1) else filled > 0
    rows &= ~repeats_header(work.sheet, work.header)
    if work.hints.end_row is not None:
        rows[work.hints.end_row + 1 - work.header.start_row :] = False
    return rows


def _decide_domain(work: _Work, catalogue: Catalogue) -> None:
    hints = work.hints
    if hints.resource in catalogue.resources:
        work.resource = hints.resource
        work.domain = catalogue.resources[hints.resource].domain
        work.reasons["domain"] = "chosen with the target"
    elif hints.domain:
        work.domain, work.reasons["domain"] = hints.domain, "chosen"
    else:
        work.domain, work.reasons["domain"] = find_domain(
            work.columns, titles=work.titles, sheet_name=work.sheet.name
        )
    if not work.resource and work.domain:
        texts = [*work.titles, work.sheet.name]
        work.resource = resource_of(work.domain, catalogue, titles=texts)
    known = catalogue.resources.get(work.resource)
    work.attributes = known.attributes if known else LEVEL_ORDER


# ---------------------------------------------------------------------------- the usual layouts


def _finish(work: _Work, prices: PriceColumns, sources: Sources) -> Proposal:
    columns = _all_uses(work, prices, sources)
    kind = _kind(work, prices, sources)
    priced = _priced(columns)
    keys = [u.column for u in sources.uses]
    start = work.header.start_row
    end = _end(work, priced, [] if kind is Kind.WHATSAPP_TIER else keys)
    sections = find_sections(work.sheet, work.header, end, grid=work.grid, prices=priced, keys=keys)
    fill, ask = _fill_down(work, sources.uses, end, priced, kind)
    if sections:
        work.reasons["section_rows"] = f"{len(sections)} rows with one text only or a header again"
    if sources.node[0] and sources.node[0] in work.attributes:
        attribute, key, why = sources.node
        work.reasons["node"] = f"{attribute}={key}: {why}"
    _tell_filters(work, columns)
    usable = _is_price_list(work, priced, sources)
    return Proposal(
        header_rows=work.header.rows,
        start_row=start,
        end_row=end,
        decimal=_decimal(work, columns),
        currency=_currency(work, columns),
        unit=common_unit(prices.uses),
        domain=work.domain,
        resource=work.resource,
        kind=kind,
        columns=columns,
        levels=sources.levels,
        headers=work.names,
        effective=_effective(work),
        price_list=usable,
        section_rows=sections,
        fill_down=fill,
        ask_fill_down=ask,
        reasons=work.reasons,
    )


def _all_uses(work: _Work, prices: PriceColumns, sources: Sources) -> tuple[ColumnUse, ...]:
    """Return a use for every column: keys in order of trust, prices, then all others."""
    uses = [*sources.uses, *prices.uses]
    taken = {u.column for u in uses}
    others: list[ColumnUse] = []
    seen: set[Role] = set()
    for reading in sorted(work.readings, key=lambda r: (-r.score, r.facts.index)):
        index = reading.facts.index
        if index in taken:
            continue
        role, reason = sources.left_out.get(index, (reading.role, reading.reason))
        if index in prices.left_out:
            role, reason = Role.IGNORE, prices.left_out[index]
        elif role in (Role.ATTRIBUTE, Role.PRICE):
            role, reason = Role.IGNORE, reading.reason
        elif role not in (Role.IGNORE, Role.FILTER) and role in seen:
            role, reason = Role.IGNORE, f"another column is the {role.value} already"
        seen.add(role)
        others.append(
            ColumnUse(
                column=index,
                role=role,
                header=reading.facts.header,
                reason=reason,
                rival=prices.rivals.get(index, ""),
            )
        )
    return (*uses, *sorted(others, key=lambda u: u.column))


def _kind(work: _Work, prices: PriceColumns, sources: Sources) -> Kind:
    if work.hints.kind is not None:
        return work.hints.kind
    region = "whatsapp_region" in sources.levels
    roles = {r.role for r in work.readings}
    if work.domain == "whatsapp" and region and {Role.TIER_FROM, Role.TIER_TILL} <= roles:
        work.reasons["kind"] = "volume tiers for each market, a row per tier"
        return Kind.WHATSAPP_TIER
    if work.domain == "whatsapp" and region and "pricing_category" in sources.levels:
        work.reasons["kind"] = "a price for each market and category"
        return Kind.WHATSAPP_BASIC
    if prices.wide:
        work.reasons["kind"] = f"a price column for each {prices.wide}"
    return Kind.STANDARD


def _end(work: _Work, priced: Sequence[int], keys: Sequence[int]) -> int:
    if work.hints.end_row is not None:
        work.reasons["end_row"] = "chosen"
        return min(work.hints.end_row, work.sheet.row_count - 1)
    end, work.reasons["end_row"] = find_end(work.sheet, work.grid, prices=priced, keys=keys)
    has_price = work.grid.any_filled(priced)
    for merge in work.sheet.merges:
        # The rows of a merged key are data although only the first of them shows the key.
        if merge.left in keys and merge.top <= end < merge.bottom:
            rows = np.flatnonzero(has_price[: merge.bottom + 1 - work.header.start_row])
            end = max(end, work.header.start_row + int(rows[-1])) if len(rows) else end
    return end


def _fill_down(
    work: _Work, uses: Sequence[ColumnUse], end: int, priced: Sequence[int], kind: Kind
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns to fill from above, and those a person must be asked about (Q11)."""
    start = work.header.start_row
    merged = merged_columns(work.sheet, start, end, [u.column for u in uses])
    has_price = work.grid.any_filled(priced)[: max(end + 1 - start, 0)]
    ask: list[int] = []
    for attribute in ("whatsapp_region", "country", "destination"):
        columns = [u.column for u in uses if u.attribute == attribute]
        if not columns or set(columns) & merged or _is_last_key(uses, attribute):
            continue
        if has_blanks_below(work.grid, columns, data=has_price):
            ask += columns
    filled = set(ask) if kind is Kind.WHATSAPP_TIER else set()
    if merged:
        letters = ", ".join(column_letter(c) for c in sorted(merged))
        work.reasons["fill_down"] = f"merged cells in column {letters}"
    return tuple(sorted(merged | filled)), tuple(sorted(set(ask) - filled))


def _is_last_key(uses: Sequence[ColumnUse], attribute: str) -> bool:
    """Tell whether nothing below the level tells rows apart: its blanks are then missing keys."""
    later = LEVEL_ORDER[LEVEL_ORDER.index(attribute) + 1 :]
    return not any(u.attribute in later for u in uses)


def _tell_filters(work: _Work, columns: Sequence[ColumnUse]) -> None:
    """Point to columns whose few values (suppliers, route types) may make rows differ twice."""
    told = []
    for use in columns:
        facts = work.columns[use.column]
        if use.role is Role.FILTER and 2 <= facts.distinct <= _FEW and not use.keys:
            values = ", ".join(facts.texts[:3])
            told.append(f'column {column_letter(use.column)} "{use.header}" ({values} …)')
    if told:
        work.reasons["filter"] = (
            f"one list may hold several: {'; '.join(told)}; choose with --where"
        )


def _priced(columns: Sequence[ColumnUse]) -> list[int]:
    """Return the price columns; without any, that of the price types (Free, Included …)."""
    roles = {u.role for u in columns}
    wanted = Role.PRICE if Role.PRICE in roles else Role.PRICE_TYPE
    return [u.column for u in columns if u.role is wanted]


def _is_price_list(work: _Work, priced: Sequence[int], sources: Sources) -> bool:
    if not priced:
        work.reasons["price_list"] = "no column holds prices"
        return False
    strong = [
        r
        for r in work.readings
        if r.score >= _LEVEL_WEIGHT and r.facts.index in {u.column for u in sources.uses}
    ]
    if not sources.levels or not (strong or any(u.extract for u in sources.uses)):
        work.reasons["price_list"] = "no column says what the prices are for"
        return False
    return True


def _decimal(work: _Work, columns: Sequence[ColumnUse]) -> str:
    if work.hints.decimal:
        work.reasons["decimal"] = "chosen"
        return work.hints.decimal
    money = {u.column for u in columns if u.role in (Role.PRICE, Role.CONNECT_PRICE)}
    sign, work.reasons["decimal"] = decimal_of([f for f in work.columns if f.index in money])
    return sign


def _currency(work: _Work, columns: Sequence[ColumnUse]) -> str:
    prices = [u for u in columns if u.role is Role.PRICE]
    found, reason = currency_of(
        prices, work.readings, titles=work.titles, sheet_name=work.sheet.name
    )
    if work.hints.currency:
        work.reasons["currency"] = f"chosen ({reason})" if found else "chosen"
        return work.hints.currency
    work.reasons["currency"] = reason
    return found


def _effective(work: _Work) -> str:
    date, reason = effective_date(work.titles)
    if date or work.titles:
        work.reasons["effective"] = reason
    return date


# ------------------------------------------------------------------------- the volume-tier layout


def _tier_proposal(work: _Work, tiers: tuple[ColumnUse, ...]) -> Proposal:
    work.domain, work.resource = "whatsapp", work.resource or "whatsapp_message"
    work.reasons["kind"] = "volume tiers for each market, categories side by side"
    inside = {u.column for u in tiers}
    work.readings = [r for r in work.readings if r.facts.index not in inside]
    sources = choose_sources(
        work.readings,
        attributes=("whatsapp_region",),
        domain="whatsapp",
        wide="pricing_category",
    )
    work.hints = replace(work.hints, kind=Kind.WHATSAPP_TIER)
    proposal = _finish(work, PriceColumns(tiers, "pricing_category", {}), sources)
    regions = tuple(u.column for u in sources.uses)
    currency = tuple(u.column for u in proposal.columns if u.role is Role.CURRENCY)
    work.reasons["fill_down"] = "market and currency stand on the first row of their block only"
    return replace(proposal, fill_down=tuple(sorted({*regions, *currency})), ask_fill_down=())
