"""The rates of one price column: rows with a price, a type without one, nothing, or an error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importers.matching.assembly import LevelNames, Rates, tell_problems
from importers.matching.job import Habits, Job
from importers.matching.levels import LevelTable
from importers.matching.meanings import Problem, Trouble
from importers.matching.remarks import row_count, row_list
from importers.matching.row_facts import RowFacts, currency_question
from importers.matching.selection import Cells, Mask
from importers.records import NO_PRICE, OTHERS, Codes, PriceType, Severity
from importers.settings import ColumnUse
from importers.values import PRICE_ANSWERS, Gives, PriceCells

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PricedColumn:
    """One price column over the clean entries of a sheet; ``wide`` = one of several such."""

    job: Job
    table: LevelTable
    facts: RowFacts
    names: LevelNames
    cells: PriceCells
    wide: bool

    def rates(self, clean: Mask, habits: Habits) -> Rates:
        """Return the column's rates; entries without one are reported or, if wide, passed over."""
        entries = np.flatnonzero(clean).astype(np.int32)
        positions = self.table.positions[entries]
        values = self.cells.cells.codes[positions]
        said = self.facts.price_type[positions]
        gives = self._gives(values, said)
        self._tell_no_rate(positions, values, gives)
        good = gives == Gives.RATE
        if not good.all():
            entries, positions = entries[good], positions[good]
            values, said = values[good], said[good]
        levels = self._level_codes(entries)
        kind = self._kinds(values, said, levels, positions, habits)
        price = np.where(kind == PriceType.FLAT, self.cells.price[values], NO_PRICE)
        fits = self._apply_unit(price, positions)
        rates = self._assembled(positions, levels, kind, price, self._sure(entries))
        return rates if fits.all() else rates.take(np.flatnonzero(fits).astype(np.int32))

    def _gives(self, values: Codes, said: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        """Return what each entry gives; a price type other than flat needs no price."""
        gives = self.cells.gives[values]
        return np.where(said > PriceType.FLAT, np.int8(Gives.RATE), gives)

    def _kinds(
        self,
        values: Codes,
        said: npt.NDArray[np.int8],
        levels: tuple[Codes, ...],
        positions: Codes,
        habits: Habits,
    ) -> npt.NDArray[np.int8]:
        kind = np.where(said > PriceType.FLAT, said, self.cells.price_type[values]).astype(np.int8)
        flat = kind == PriceType.FLAT
        zero = self.cells.zero[values] & flat
        if zero.any():
            for free in self._free(zero, levels, habits):
                kind[free] = PriceType.FREE
                self._tell_rows(Severity.INFO, "a price of 0, taken as Free", positions[free])
                zero &= ~free
            self._tell_rows(
                Severity.WARNING, "a price of 0, kept as a flat rate of 0", positions[zero]
            )
        negative = self.cells.negative[values] & flat
        self._tell_rows(
            Severity.WARNING, "a negative price, taken as positive", positions[negative]
        )
        self._tell_warnings(values)
        return kind

    def _free(self, zero: Mask, levels: tuple[Codes, ...], habits: Habits) -> list[Mask]:
        found = []
        for attribute, key in habits.free_zero:
            if attribute in self.names.attributes:
                level = self.names.attributes.index(attribute)
                keys = self.names.keys[level]
                if key in keys:
                    found.append(zero & (levels[level] == keys.index(key)))
        return [mask for mask in found if mask.any()]

    def _level_codes(self, entries: Codes) -> tuple[Codes, ...]:
        own = dict(self.cells.use.keys)
        levels = []
        for attribute, keys in zip(self.names.attributes, self.names.keys, strict=True):
            keyed = self.table.found.get(attribute)
            if keyed is None:
                code = keys.index(own.get(attribute, OTHERS))
                levels.append(np.full(len(entries), code, np.int32))
            else:
                levels.append(keyed.codes[entries])
        return tuple(levels)

    def _sure(self, entries: Codes) -> npt.NDArray[np.int8]:
        """Return how many levels of each entry were read for certain."""
        sure = np.zeros(len(entries), np.int8)
        for keyed in self.table.found.values():
            sure += keyed.proves[entries]
        return sure

    def _assembled(
        self,
        positions: Codes,
        levels: tuple[Codes, ...],
        kind: npt.NDArray[np.int8],
        price: npt.NDArray[np.int64],
        sure: npt.NDArray[np.int8],
    ) -> Rates:
        facts = self.facts
        return Rates(
            row=self.job.selection.rows[positions],
            column=np.full(len(positions), self.cells.use.column, np.int32),
            levels=levels,
            price_type=kind,
            price=price,
            billing_rule=facts.billing_rule[positions],
            quantity_rule=facts.quantity_rule[positions],
            connect_price=facts.connect_price[positions],
            first_interval=facts.first_interval[positions],
            next_interval=facts.next_interval[positions],
            scale=np.full(len(positions), -1, np.int32),
            date=facts.date[positions],
            sure=sure,
        )

    def _apply_unit(self, price: npt.NDArray[np.int64], positions: Codes) -> Mask:
        """Multiply prices (in place) by the unit that their row names; return which fit 1e-8."""
        fits = np.ones(len(price), np.bool_)
        units = self.facts.units
        for number, unit in enumerate(units):
            if unit == 1:
                continue
            own = price > 0
            if self.facts.worth is not None:
                own &= self.facts.worth[positions] == number
            exact = (price % unit.denominator == 0) & (price < _LARGEST // unit.numerator)
            fits &= exact | ~own
            own &= exact
            price[own] = price[own] // unit.denominator * unit.numerator
        problem = Problem(
            Trouble.ERROR,
            "the price times its unit has more than 8 decimals",
            "",
            self.cells.use.column,
        )
        self._problems(positions[~fits], np.zeros(int((~fits).sum()), np.int32), [problem])
        return fits

    # ------------------------------------------------------------------------ what is reported

    def _tell_no_rate(self, positions: Codes, values: Codes, gives: npt.NDArray[np.int8]) -> None:
        """Report entries without a rate: errors, open words, in long sheets also empty cells."""
        silent = (Gives.EMPTY, Gives.NOTHING) if self.wide else ()
        bad = (gives != Gives.RATE) & ~np.isin(gives, silent)
        if not bad.any():
            return
        numbers = values[bad]
        used = np.unique(numbers).tolist()
        problems = [self._no_rate(value) for value in used]
        self._problems(positions[bad], np.searchsorted(used, numbers).astype(np.int32), problems)

    def _no_rate(self, value: int) -> Problem:
        cells, column = self.cells, self.cells.use.column
        text = cells.cells.texts[value]
        reason = cells.reasons.get(value, "")
        gives = int(cells.gives[value])
        if gives == Gives.EMPTY:
            return Problem(Trouble.ERROR, "the row has no price", text, column)
        if gives == Gives.NOTHING:
            return Problem(Trouble.SKIP, f'"{text}" stands for no price: no rate', text, column)
        if gives == Gives.ERROR or self.job.settings.accept_suggestions:
            return Problem(Trouble.ERROR, reason, text, column)
        return Problem(
            Trouble.HELD,
            reason,
            cells.words.get(value, text),
            column,
            dictionary=PRICE_ANSWERS[0],
            zone="red",
        )

    def _problems(self, positions: Codes, numbers: Codes, problems: list[Problem]) -> None:
        tell_problems(
            self.job.selection.rows[positions],
            numbers,
            problems,
            state=self.job.selection.state,
            remarks=self.job.remarks,
            questions=self.job.questions,
        )

    def _tell_rows(self, severity: Severity, what: str, positions: Codes) -> None:
        if len(positions):
            rows = np.unique(self.job.selection.rows[positions])
            self.job.remarks.add(
                severity,
                f"{row_count(len(rows))} {'has' if len(rows) == 1 else 'have'} {what}: "
                f"{row_list(rows)}.",
                column=self.cells.use.column,
            )

    def _tell_warnings(self, values: Codes) -> None:
        if not self.cells.warnings:
            return
        counts = np.bincount(values, minlength=len(self.cells.cells.values))
        for value, sentence in self.cells.warnings.items():
            if counts[value]:
                self.job.remarks.add(
                    Severity.WARNING,
                    f"{sentence} ({row_count(int(counts[value]))}).",
                    column=self.cells.use.column,
                    value=self.cells.cells.texts[value],
                )


def without_prices(cells: Cells, use: ColumnUse, facts: RowFacts) -> PriceCells:
    """Return the cells of a column of price types as prices that are all empty."""
    size = len(cells.values)
    gives = np.full(size, Gives.EMPTY, np.int8)
    gives[cells.codes[facts.price_type > PriceType.FLAT]] = Gives.RATE
    nothing = np.zeros(size, np.bool_)
    return PriceCells(
        use=use,
        cells=cells,
        gives=gives,
        price_type=np.full(size, PriceType.FLAT, np.int8),
        price=np.full(size, NO_PRICE, np.int64),
        zero=nothing,
        negative=nothing,
    )


def refuse_other_currencies(job: Job, cells: PriceCells) -> None:
    """Refuse cells that name another currency than the service's, and ask (Q20)."""
    expected = job.service_currency or cells.use.currency or job.settings.currency
    known = {c for c in cells.currencies.values() if "|" not in c}
    if not expected and len(known) < 2:
        return
    wrong: dict[str, list[int]] = {}
    for place, said in cells.currencies.items():
        if expected not in said.split("|"):
            wrong.setdefault(said.replace("|", "/"), []).append(place)
            cells.gives[place] = Gives.ERROR
            against = f", the service in {expected}" if expected else ""
            cells.reasons[place] = f"the price is in {said}{against}"
    for said, places in wrong.items():
        rows = int(np.isin(cells.cells.codes, places).sum())
        job.remarks.decide(currency_question(said, expected, rows, None))
