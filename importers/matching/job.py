"""What an import of one sheet carries along, and what it gathers on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from dictionaries.catalogue import Catalogue
from importers.matching.assembly import LevelNames, Questions, Rates
from importers.matching.levels import LevelTable
from importers.matching.meanings import Matching
from importers.matching.remarks import Remarks
from importers.matching.row_facts import RowFacts
from importers.matching.selection import Selection
from importers.settings import ImportSettings
from importers.values import PriceCells


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet on its way to rates: its data rows, settings, dictionaries, and what was remarked.

    ``service_currency`` "" = any, ``today`` None = dates are not compared with the clock.
    """

    selection: Selection
    matching: Matching
    catalogue: Catalogue
    resource: str
    remarks: Remarks
    questions: Questions
    service_currency: str = ""
    today: dt.date | None = None

    @property
    def settings(self) -> ImportSettings:
        """The settings in force."""
        return self.selection.settings

    def with_settings(self, settings: ImportSettings) -> Job:
        """Return the same job under other settings; the choice of rows stays."""
        selection = replace(self.selection, settings=settings, cache={})
        matching = replace(self.matching, settings=settings)
        return replace(self, selection=selection, matching=matching)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Candidate rates with their level keys and scales, and what each column contributed."""

    rates: Rates
    names: LevelNames
    table: LevelTable
    prices: tuple[PriceCells, ...]
    facts: RowFacts
    scales: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Habits:
    """What a kind of file changes: price words, and (attribute, key) whose zero is free."""

    words: dict[str, str] = field(default_factory=dict)
    free_zero: tuple[tuple[str, str], ...] = ()
