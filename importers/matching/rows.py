"""From a sheet and settings to rates: the entry to matching, with everything a preview shows.

Every row ends as imported, merged, skipped, not data or in error, and the counts add up (F19).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries
from importers.kinds import standard, whatsapp_basic, whatsapp_tier
from importers.matching.assembly import Questions, finish
from importers.matching.filters import ask_which_list
from importers.matching.job import Gathered, Job
from importers.matching.keyed import Source
from importers.matching.meanings import Matching, MatchMemo, Trouble
from importers.matching.network_codes import CODE
from importers.matching.remarks import MoreRows, Remarks
from importers.matching.rivals import judge_rivals
from importers.matching.selection import select_rows, sheet_column
from importers.records import (
    Decision,
    FileProblem,
    Issue,
    MatchedRows,
    ParsedSheet,
    RowState,
    column_letter,
)
from importers.settings import ColumnUse, ImportSettings, Kind, Role
from importers.values import Gives, PriceCells

if TYPE_CHECKING:
    from dictionaries.learn import Learned
    from dictionaries.results import Match

_KINDS: dict[Kind, Callable[[Job], Gathered]] = {
    Kind.STANDARD: standard.gather,
    Kind.WHATSAPP_BASIC: whatsapp_basic.gather,
    Kind.WHATSAPP_TIER: whatsapp_tier.gather,
}


@dataclass(frozen=True, slots=True)
class RowCounts:
    """The row balance (F19): ``read`` is the sum of the other five."""

    read: int
    imported: int
    merged: int
    skipped: int
    not_data: int
    errors: int


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What became of one column's distinct values: taken, only suggested, or without a meaning."""

    column: str
    header: str
    role: Role
    attribute: str
    distinct: int
    auto: int
    suggested: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class ColumnMatches:
    """The matches of one column, for a mapping panel and for learning.

    ``matches`` are in order of the rows that hang on them; ``rows`` counts these. ``answered``
    marks values that a person decided.
    """

    attribute: str
    dictionary: str
    column: str
    matches: tuple[Match, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """How rates came about, for a preview: what each column meant, and the remarks not worded.

    ``sources`` are (attribute, what a column gave to it); ``surplus`` the lines that stand for
    ``more``.
    """

    sources: tuple[tuple[str, Source], ...]
    prices: tuple[PriceCells, ...]
    more: tuple[MoreRows, ...]
    surplus: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class RowsResult:
    """Rates of a sheet with their trail. ``state`` has a RowState per sheet row.

    ``effective`` is the date for which the sheet was read (None = it names none); ``other_dates``
    counts the rows left out because they hold at another date.
    """

    rows: MatchedRows
    state: npt.NDArray[np.int8]
    counts: RowCounts
    issues: list[Issue]
    decisions: list[Decision]
    columns: list[ColumnReport]
    matches: list[ColumnMatches]
    effective: dt.date | None = None
    other_dates: dict[dt.date, int] = field(default_factory=dict)
    trail: Trail | None = None


def build_rows(
    sheet: ParsedSheet,
    settings: ImportSettings,
    dictionaries: Dictionaries,
    catalogue: Catalogue,
    *,
    resource: str,
    learned: Learned | None = None,
    vendor: str = "",
    service_currency: str = "",
    today: dt.date | None = None,
    memo: MatchMemo | None = None,
    trail: bool = False,
) -> RowsResult:
    """Turn a sheet into rates for ``resource`` (a catalogue key) as ``settings`` say.

    ``learned`` are earlier choices (by default the dictionaries' own), ``vendor`` whose come first.
    ``service_currency`` is checked against the file's; ``today`` lets past dates be warned about.
    ``memo`` keeps matches for the next call with the same dictionaries, learned choices and vendor;
    with ``trail`` the result tells how each value was read.
    Raises FileProblem when the settings can't be applied to the sheet at all.
    """
    _check(settings, catalogue, resource)
    remarks = Remarks(sheet.name, keep=trail)
    selection = select_rows(sheet, settings, remarks)
    job = Job(
        selection=selection,
        matching=Matching(dictionaries, settings, learned or dictionaries.learned, vendor, memo),
        catalogue=catalogue,
        resource=resource,
        remarks=remarks,
        questions=Questions(remarks),
        service_currency=service_currency,
        today=today,
    )
    judge_rivals(job)
    gathered = _gatherer(settings)(job)
    state = selection.state
    rows = finish(
        gathered.rates,
        gathered.names,
        scales=gathered.scales,
        policy=settings.duplicates,
        state=state,
        remarks=remarks,
        contradicting=partial(ask_which_list, job),
    )
    job.questions.finish()
    return RowsResult(
        rows=rows,
        state=state,
        counts=_counts(state, selection.first, selection.last),
        issues=remarks.issues(),
        decisions=remarks.decisions,
        columns=_column_reports(gathered, job),
        matches=_column_matches(gathered, job),
        effective=gathered.facts.effective,
        other_dates=gathered.facts.other_dates,
        trail=_trail(gathered, remarks) if trail else None,
    )


def _trail(gathered: Gathered, remarks: Remarks) -> Trail:
    return Trail(
        gathered.table.sources, gathered.prices, tuple(remarks.more), tuple(remarks.surplus())
    )


def _gatherer(settings: ImportSettings) -> Callable[[Job], Gathered]:
    """Return the reader of the sheet's kind; volume tiers in a standard file are read as such."""
    roles = {use.role for use in settings.columns}
    if settings.kind is Kind.STANDARD and {Role.TIER_FROM, Role.TIER_TILL, Role.PRICE} <= roles:
        return whatsapp_tier.gather
    return _KINDS[settings.kind]


def _check(settings: ImportSettings, catalogue: Catalogue, resource: str) -> None:
    known = catalogue.resources[resource]
    if not settings.levels:
        raise FileProblem("No level of the tree is declared: declare a column for one (--column).")
    for attribute in settings.levels:
        if attribute not in known.attributes:
            possible = ", ".join(known.attributes) or "none"
            raise FileProblem(
                f'{known.name} has no level "{attribute}"; its levels are {possible}.'
            )
    if len(set(settings.levels)) < len(settings.levels):
        raise FileProblem(f"A level is named twice in {', '.join(settings.levels)}.")


def _counts(state: npt.NDArray[np.int8], first: int, last: int) -> RowCounts:
    used = state[first : last + 1] if last >= first else state[:0]
    number = np.bincount(used, minlength=len(RowState))
    return RowCounts(
        read=len(used),
        imported=int(number[RowState.IMPORTED]),
        merged=int(number[RowState.MERGED]),
        skipped=int(number[RowState.SKIPPED]),
        not_data=int(number[RowState.NOT_DATA]),
        errors=int(number[RowState.ERROR]),
    )


# ------------------------------------------------------------------------------------- reports


def _column_reports(gathered: Gathered, job: Job) -> list[ColumnReport]:
    reports = [_key_report(a, source, job) for a, source in gathered.table.sources]
    priced = [prices for prices in gathered.prices if prices.use.role is Role.PRICE]
    reports += [_price_report(prices, job) for prices in priced]
    return reports + [_fact_report(*column, job) for column in gathered.facts.columns]


def _fact_report(use: ColumnUse, filled: int, unusable: int, job: Job) -> ColumnReport:
    return ColumnReport(
        column=column_letter(use.column),
        header=_header(job, use.column, use.header),
        role=use.role,
        attribute=use.attribute,
        distinct=filled,
        auto=filled - unusable,
        suggested=0,
        unmatched=unusable,
    )


def _key_report(attribute: str, source: Source, job: Job) -> ColumnReport:
    answered = source.answered
    used = source.rows > 0
    suggested = sum(
        match.zone == "yellow" and bool(used[value]) for value, match in answered.matches.items()
    )
    blank = [value for value, text in enumerate(source.texts) if not text or text.isspace()]
    filled = int(used.sum()) - int(used[blank].sum())
    open_ones = sum(
        problem.trouble is not Trouble.SKIP and bool(used[value])
        for value, problem in answered.problems.items()
        if not (value in answered.matches and answered.matches[value].zone == "yellow")
    )
    return ColumnReport(
        column=column_letter(source.use.column),
        header=_header(job, source.use.column, source.use.header),
        role=source.use.role,
        attribute=source.use.attribute if attribute == CODE else attribute,
        distinct=filled,
        auto=filled - suggested - open_ones,
        suggested=suggested,
        unmatched=open_ones,
    )


def _price_report(prices: PriceCells, job: Job) -> ColumnReport:
    gives = prices.gives
    filled = int((gives != Gives.EMPTY).sum())
    unmatched = int(((gives == Gives.ERROR) | (gives == Gives.HELD)).sum())
    return ColumnReport(
        column=column_letter(prices.use.column),
        header=_header(job, prices.use.column, prices.use.header),
        role=Role.PRICE,
        attribute=" ".join(key for _, key in prices.use.keys),
        distinct=filled,
        auto=filled - unmatched,
        suggested=0,
        unmatched=unmatched,
    )


def _header(job: Job, column: int, given: str) -> str:
    """Return the header of a column: as settled, else the header rows joined top-down (Q11)."""
    if given:
        return given
    sheet = job.selection.sheet
    parts = [sheet_column(sheet, column).text(int(sheet.columns[column].codes[row]))
             for row in job.settings.header_rows if row < sheet.row_count]  # fmt: skip
    return " ".join(" ".join(parts).split())


def _column_matches(gathered: Gathered, job: Job) -> list[ColumnMatches]:
    found = []
    for attribute, source in gathered.table.sources:
        matches = source.answered.matches
        if not matches:
            continue
        order = sorted(matches, key=lambda value: -int(source.rows[value]))
        found.append(
            ColumnMatches(
                attribute=attribute,
                dictionary=job.catalogue.attributes[attribute].dictionary,
                column=column_letter(source.use.column),
                matches=tuple(matches[value] for value in order),
                rows=tuple(int(source.rows[value]) for value in order),
            )
        )
    return found
