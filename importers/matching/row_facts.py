"""What a row says beside keys and price: price type, rules, intervals, currency, unit and dates.

Each column is read over its distinct values; the result has one element per data row.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

import numpy as np
import numpy.typing as npt

from importers.dates import parse_dates
from importers.matching.meanings import Asked, Matching, Problem, Trouble, dictionary_answers
from importers.matching.remarks import Remarks, row_count, row_list
from importers.matching.selection import Cells, Selection
from importers.prices import PriceKind, parse_prices, price_words
from importers.records import (
    NO_PRICE,
    OTHERS,
    BillingRule,
    CellError,
    Codes,
    Decision,
    DecisionKind,
    FileProblem,
    PriceType,
    QuantityRule,
    Severity,
    column_letter,
)
from importers.settings import ColumnUse, Role
from importers.tokens import clean, currency_codes, currency_tokens, find_tokens, split_count
from importers.values import UNKNOWN, read_intervals

_DATES_TOLD = 100
"""Other effective dates that get a line of their own."""

_MOST_CURRENCIES = 500
"""More distinct unknown texts than this in a currency column are not looked for by likeness."""

ALWAYS = -1
"""Stands in date arrays for "no date given"."""

_PRICE_TYPES = {
    "flat": PriceType.FLAT,
    "free": PriceType.FREE,
    "included": PriceType.INCLUDED,
    "not_included": PriceType.NOT_INCLUDED,
    "blocked": PriceType.BLOCKED,
}
_BILLING_RULES = {
    "submitted": BillingRule.SUBMITTED,
    "delivered": BillingRule.DELIVERED,
    "default": BillingRule.DEFAULT,
}
_QUANTITY_RULES = {
    "messages": QuantityRule.MESSAGES,
    "segments": QuantityRule.SEGMENTS,
    "full_period": QuantityRule.FULL_PERIOD,
    "default": QuantityRule.DEFAULT,
}


@dataclass(slots=True)
class RowFacts:
    """Facts per data row. ``fault`` is the number of the row's first problem in ``problems`` or -1.

    ``price_type`` is -1 where no column says it; ``date`` a day number (``date.toordinal``) or
    ALWAYS; ``worth`` the place of the row's unit in ``units`` (what one price unit is worth).
    ``columns`` tells of each column read: its distinct filled values and how many are unusable.
    """

    price_type: npt.NDArray[np.int8]
    billing_rule: npt.NDArray[np.int8]
    quantity_rule: npt.NDArray[np.int8]
    connect_price: npt.NDArray[np.int64]
    first_interval: npt.NDArray[np.int32]
    next_interval: npt.NDArray[np.int32]
    date: Codes
    fault: Codes
    worth: Codes | None = None
    units: list[Fraction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    effective: dt.date | None = None
    other_dates: dict[dt.date, int] = field(default_factory=dict)
    columns: list[tuple[ColumnUse, int, int]] = field(default_factory=list)

    @classmethod
    def nothing(cls, count: int) -> RowFacts:
        """Return the facts of rows that have no such columns."""
        return cls(
            price_type=np.full(count, -1, np.int8),
            billing_rule=np.full(count, BillingRule.INHERIT, np.int8),
            quantity_rule=np.full(count, QuantityRule.INHERIT, np.int8),
            connect_price=np.full(count, NO_PRICE, np.int64),
            first_interval=np.full(count, UNKNOWN, np.int32),
            next_interval=np.full(count, UNKNOWN, np.int32),
            date=np.full(count, ALWAYS, np.int32),
            fault=np.full(count, -1, np.int32),
        )

    def blame(self, cells: Cells, problems: dict[int, Problem]) -> None:
        """Give every row whose value is a key of ``problems`` that problem, unless it has one."""
        if not problems:
            return
        table = np.full(len(cells.values), -1, np.int32)
        for place, problem in problems.items():
            table[place] = len(self.problems)
            self.problems.append(problem)
        self.fault = np.where(self.fault < 0, table[cells.codes], self.fault)


@dataclass(slots=True)
class FactReader:
    """Reads the columns of one sheet into :class:`RowFacts`."""

    selection: Selection
    matching: Matching
    remarks: Remarks
    service_currency: str = ""
    today: dt.date | None = None

    def read(self) -> RowFacts:
        """Read all columns that are no keys and no prices."""
        facts = RowFacts.nothing(len(self.selection.rows))
        readers = {
            Role.PRICE_TYPE: self._price_type,
            Role.BILLING_RULE: self._billing_rule,
            Role.QUANTITY_RULE: self._quantity_rule,
            Role.CONNECT_PRICE: self._connect_price,
            Role.INCREMENT: self._intervals,
            Role.FIRST_INTERVAL: self._intervals,
            Role.NEXT_INTERVAL: self._intervals,
            Role.CURRENCY: self._currency,
            Role.UNIT: self._unit,
        }
        for use in self.selection.settings.columns:
            if use.role in readers:
                cells = self.selection.cells(use.column, use.extract)
                before = len(facts.problems)
                readers[use.role](facts, use, cells)
                facts.columns.append((use, _filled(cells), len(facts.problems) - before))
        self._dates(facts)
        return facts

    # ---------------------------------------------------------------------- dictionary words

    def _price_type(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        table = self._terms(facts, use, cells, "price_type", _PRICE_TYPES, blank=-1)
        facts.price_type = table[cells.codes]

    def _billing_rule(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        table = self._terms(facts, use, cells, "billing_rule", _BILLING_RULES, blank=0)
        facts.billing_rule = table[cells.codes]

    def _quantity_rule(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        table = self._terms(facts, use, cells, "quantity_rule", _QUANTITY_RULES, blank=0)
        facts.quantity_rule = table[cells.codes]

    def _terms(
        self,
        facts: RowFacts,
        use: ColumnUse,
        cells: Cells,
        name: str,
        numbers: dict[str, PriceType] | dict[str, BillingRule] | dict[str, QuantityRule],
        *,
        blank: int,
    ) -> npt.NDArray[np.int8]:
        """Return the number of each distinct value's term; unknown words become problems."""
        dictionary = self.matching.dictionaries[name]
        errors = frozenset(i for i, v in enumerate(cells.values) if isinstance(v, CellError))
        asked = Asked(name, cells.texts, ("",) * len(cells.texts), use, errors)
        answered = dictionary_answers(self.matching, dictionary, asked)
        table = np.full(len(cells.values), blank, np.int8)
        problems = dict(answered.problems)
        for place in np.flatnonzero(answered.count).tolist():
            key = answered.keys[answered.flat[answered.first[place]]]
            if key in numbers:
                table[place] = numbers[key]
            elif key != OTHERS:
                problems[place] = Problem(
                    Trouble.ERROR,
                    f'"{cells.texts[place]}" can\'t be set by one row of a price list',
                    cells.texts[place],
                    use.column,
                )
        facts.blame(cells, problems)
        return table

    # ---------------------------------------------------------------------- numbers

    def _connect_price(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        settings = self.selection.settings
        column = parse_prices(cells.values, settings.decimal, unit=use.unit or settings.unit)
        price = column.price.copy()
        problems: dict[int, Problem] = {}
        for place in np.flatnonzero(column.kind >= PriceKind.WORD).tolist():
            text = cells.texts[place]
            if column.kind[place] == PriceKind.NEGATIVE:
                problems[place] = _problem(f'"{text}" is a negative connection price', text, use)
            elif column.kind[place] == PriceKind.ERROR:
                problems[place] = _problem(column.errors[place], text, use)
            elif price_words().get(column.words[place]) in ("free", "zero", "skip"):
                price[place] = 0 if price_words()[column.words[place]] != "skip" else NO_PRICE
            else:
                problems[place] = _problem(f'"{text}" is not a connection price', text, use)
        facts.connect_price = price[cells.codes]
        facts.blame(cells, problems)

    def _intervals(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        pair = use.role is Role.INCREMENT
        found = read_intervals(cells.values, cells.texts, pair=pair)
        if use.role is not Role.NEXT_INTERVAL:
            facts.first_interval = found.first[cells.codes]
        if use.role is not Role.FIRST_INTERVAL:
            facts.next_interval = found.following[cells.codes]
        problems = {p: _problem(s, cells.texts[p], use) for p, s in found.errors.items()}
        facts.blame(cells, problems)

    def _unit(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        """Read a column that says what a price is for ("per 1000", "cent")."""
        problems: dict[int, Problem] = {}
        places: dict[Fraction, int] = {Fraction(1): 0}
        table = np.zeros(len(cells.values), np.int32)
        for place, text in enumerate(cells.texts):
            unit = _unit_of(text)
            if unit is None:
                problems[place] = _problem(f'"{text}" is no known unit of a price', text, use)
            else:
                table[place] = places.setdefault(unit, len(places))
        facts.units = list(places)
        if len(places) > 1:
            facts.worth = table[cells.codes]
        facts.blame(cells, problems)

    # ---------------------------------------------------------------------- currency

    def _currency(self, facts: RowFacts, use: ColumnUse, cells: Cells) -> None:
        """Refuse rows of another currency than the service's; which one counts is asked (Q20)."""
        found = _currencies_of(self.matching, cells.texts)
        known = {c for options in found if options and len(options) == 1 for c in options}
        expected = self.service_currency or self.selection.settings.currency
        if not expected and len(known) == 1:
            expected = next(iter(known))
        problems: dict[int, Problem] = {}
        others: dict[str, list[int]] = {}
        for place, (text, options) in enumerate(zip(cells.texts, found, strict=True)):
            if options is None:
                problems[place] = _problem(f'"{text}" is no currency', text, use)
            elif options and expected not in options:
                said = "/".join(options)
                problems[place] = _problem(
                    f"the price is in {said}"
                    + (f", the service in {expected}" if expected else ""),
                    text,
                    use,
                )
                others.setdefault(said, []).append(place)
        for said, places in others.items():
            rows = int(np.isin(cells.codes, places).sum())
            self.remarks.decide(currency_question(said, expected, rows, use.column))
        facts.blame(cells, problems)

    # ---------------------------------------------------------------------- dates

    def _dates(self, facts: RowFacts) -> None:
        starts = self._days(facts, Role.EFFECTIVE_FROM)
        ends = self._days(facts, Role.EFFECTIVE_TILL)
        chosen = self._chosen_day(starts)
        if chosen is None:
            return
        facts.effective = dt.date.fromordinal(chosen)
        if self.today is not None and facts.effective < self.today:
            self.remarks.add(
                Severity.WARNING, f"The rates are effective from {facts.effective}, a past date."
            )
        if starts is not None:
            facts.date = np.where(starts > chosen, np.int32(ALWAYS), starts)
            self._leave_out(facts, starts > chosen, starts, "takes effect on")
        if ends is not None:
            over = (ends != ALWAYS) & (ends < chosen)
            self._leave_out(facts, over, ends, "ended on")

    def _chosen_day(self, starts: Codes | None) -> int | None:
        """Return the day for which the sheet is read: the one asked for, else the newest in it."""
        text = self.selection.settings.effective
        if text:
            try:
                return dt.date.fromisoformat(text[:10]).toordinal()
            except ValueError:
                raise FileProblem(
                    f'The effective date "{text}" is no date; write it as YYYY-MM-DD.'
                ) from None
        if starts is None or not (starts != ALWAYS).any():
            return None
        return int(starts.max())

    def _days(self, facts: RowFacts, role: Role) -> Codes | None:
        use = next((u for u in self.selection.settings.columns if u.role is role), None)
        if use is None:
            return None
        cells = self.selection.cells(use.column, use.extract)
        settings, sheet = self.selection.settings, self.selection.sheet
        column = parse_dates(cells.values, day_first=settings.day_first, date_1904=sheet.date_1904)
        before = len(facts.problems)
        days = np.array([d.toordinal() if d else ALWAYS for d in column.dates], np.int32)
        problems = {p: _problem(s, cells.texts[p], use) for p, s in column.errors.items()}
        for place in column.ambiguous:
            problems[place] = _problem("day and month can be swapped", cells.texts[place], use)
        if column.ambiguous:
            self.remarks.decide(_date_question(column.reason, use.column, cells, column.ambiguous))
        facts.blame(cells, problems)
        facts.columns.append((use, _filled(cells), len(facts.problems) - before))
        return days[cells.codes]

    def _leave_out(
        self, facts: RowFacts, mask: npt.NDArray[np.bool_], days: Codes, verb: str
    ) -> None:
        """Leave rows of another date out; tell each date once and how to import it."""
        places = np.flatnonzero(mask & (facts.fault < 0))
        found, number, counts = np.unique(days[places], return_inverse=True, return_counts=True)
        facts.fault[places] = len(facts.problems) + number
        for place, (day, count) in enumerate(zip(found.tolist(), counts.tolist(), strict=True)):
            date = dt.date.fromordinal(day)
            facts.other_dates[date] = facts.other_dates.get(date, 0) + count
            facts.problems.append(Problem(Trouble.SKIP, f"the rate {verb} {date}"))
            if verb.startswith("takes") and place < _DATES_TOLD:
                rows = self.selection.rows[places[number == place]]
                self.remarks.add(
                    Severity.INFO,
                    f"{row_count(count)} {'takes' if count == 1 else 'take'} effect on {date}: "
                    "import what takes effect then into a scope of its own "
                    f"with --effective {date} ({row_list(rows)}).",
                )


def _filled(cells: Cells) -> int:
    return sum(1 for text in cells.texts if text.strip())


def _problem(sentence: str, text: str, use: ColumnUse) -> Problem:
    return Problem(Trouble.ERROR, sentence, text, use.column)


def currency_question(said: str, expected: str, rows: int, column: int | None) -> Decision:
    """Return the question about rows in another currency; ``column`` names it, None = the price."""
    others = f"the service is in {expected}" if expected else "others in another currency"
    if column is None:
        ways = "split the file by currency and import each part into a service in its currency."
        if expected:
            ways = f"take these rows out of the file, or import them into a service in {said}."
    elif expected:
        ways = (
            f"keep the rows in {expected} with --where {column_letter(column)}={expected}, or "
            f"import into a service in {said}."
        )
    else:
        ways = f"choose one with --where {column_letter(column)}=CURRENCY."
    question = f"{row_count(rows)} {'is' if rows == 1 else 'are'} in {said}, {others}: {ways}"
    return Decision(DecisionKind.CURRENCY, question, value=said, rows=rows)


def _date_question(reason: str, column: int, cells: Cells, ambiguous: Sequence[int]) -> Decision:
    rows = int(np.isin(cells.codes, ambiguous).sum())
    return Decision(
        DecisionKind.DATE,
        f"Column {column_letter(column)}: {reason}; say which comes first with --date-order dmy "
        "or mdy.",
        value=cells.texts[ambiguous[0]],
        rows=rows,
        options=("dmy", "mdy"),
    )


def _currencies_of(matching: Matching, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
    """Return the ISO codes that each cell can mean, () for an empty one, None for no currency."""
    found = [_by_token(text.strip().casefold()) for text in texts]
    unknown = [place for place, codes in enumerate(found) if codes is None]
    if unknown and len(unknown) <= _MOST_CURRENCIES:
        from dictionaries.match import match

        hits = match(matching.dictionaries["currency"], [texts[place] for place in unknown])
        for place, hit in zip(unknown, hits, strict=True):
            if hit.zone == "green":
                found[place] = (hit.key,)
    return found


def _by_token(folded: str) -> tuple[str, ...] | None:
    if not folded:
        return ()
    if folded.upper() in currency_codes():
        return (folded.upper(),)
    tokens = currency_tokens().get(folded)
    return tuple(tokens.split("|")) if tokens else None


_UNIT_NUMBER = re.compile(r"\d{1,7}(?:\.\d{1,6})?")


def _unit_of(text: str) -> Fraction | None:
    """Return what a price unit is worth: "per 1000" → 1/1000, "cent" and "0.01" → 1/100."""
    if not text.strip():
        return Fraction(1)
    if _UNIT_NUMBER.fullmatch(text.strip()):
        number = Fraction(text.strip())
        return None if not number else 1 / number if number >= 1 else number
    rest, count_unit = split_count(clean(text))
    _, unit, _ = find_tokens(rest)
    units = [Fraction(u) for u in (unit, count_unit) if u]
    return prod(units, start=Fraction(1)) if units else None
