"""The values of a draft that went through a dictionary, for the mapping panel (IMP-8).

Runs in the child process. Everything is per distinct value; words in price cells stand beside them
under the dictionary "price".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from app.services.tariffs.decisions_file import answer_key
from app.services.tariffs.drafts import Draft
from app.services.tariffs.import_views import Alternative, ValueRow, ValuesPage
from app.services.tariffs.window_words import in_window_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import OTHERS, Dictionaries
from dictionaries.normalise import normalise
from dictionaries.results import GREEN, RED, YELLOW, Candidate, Match
from importers.matching.keyed import Source
from importers.matching.network_codes import CODE
from importers.records import Decision, DecisionKind, PriceType, column_letter
from importers.values import PRICE_ANSWERS, Gives, PriceCells

SHOWS = ("all", "open", "yellow", "red", "manual", "learned", "green")
"""The filters of the panel, as :class:`ValuesPage` counts them."""

PRICE_WORDS = {
    "blocked": "Blocked",
    "not_included": "Not included",
    "free": "Free",
    "included": "Included",
    "zero": "Flat rate 0",
    "skip": "Leave out",
    "error": "Error",
}
"""What a word in a price cell may be said to mean, with the words for it."""

_ALTERNATIVES = 8

CERTAIN = 100.0
"""Score of a match by equality; nothing runs up to it."""


@dataclass(slots=True)
class _Entry:
    """One value while it is gathered; several columns may hold it."""

    row: ValueRow
    match: Match | None = None
    text: str = field(default="")


@dataclass(frozen=True)
class Values:
    """All values of one draft, gathered at the first question."""

    made: Draft
    dictionaries: Dictionaries

    def page(
        self,
        *,
        dictionary: str,
        column: str,
        show: str,
        text: str,
        first: int,
        count: int,
    ) -> ValuesPage:
        """Return the values that pass all filters, weightiest first."""
        wanted = normalise(text)
        passing = [
            e
            for e in self._entries
            if dictionary in ("", e.row.dictionary)
            and (not column or column in e.row.columns)
            and (not wanted or wanted in e.text)
        ]
        counts = self._tally(passing)
        shown = [e for e in passing if _shows(e.row, show)]
        rows = tuple(self._complete(e) for e in shown[max(first, 0) :][:count])
        return ValuesPage(first=max(first, 0), total=len(shown), rows=rows, counts=counts)

    def counts(self) -> dict[str, int]:
        """Return the number of values per filter."""
        return self._tally(self._entries)

    @staticmethod
    def _tally(entries: Iterable[_Entry]) -> dict[str, int]:
        tally = dict.fromkeys(SHOWS, 0)
        for entry in entries:
            for show in SHOWS:
                tally[show] += _shows(entry.row, show)
        return tally

    def _complete(self, entry: _Entry) -> ValueRow:
        """Add the runners-up, ranked only for values that are looked at."""
        row = entry.row
        if row.alternatives or row.dictionary == PRICE_ANSWERS[0]:
            return row
        if row.zone == GREEN and row.origin == "auto" and row.score >= CERTAIN:
            return replace(row, alternatives=(Alternative(row.key, row.name, row.score),))
        found = entry.match.alternatives if entry.match else self._candidates(row)
        listed = tuple(
            Alternative(c.key, c.name, row.score if c.key == row.key else round(c.score, 1))
            for c in found[:_ALTERNATIVES]
        )
        return replace(row, alternatives=listed)

    def _candidates(self, row: ValueRow) -> tuple[Candidate, ...]:
        """Return what a value would be likened to, had nobody decided it."""
        from dictionaries.match import candidates

        return candidates(self.dictionaries[row.dictionary], row.value, context=row.context)

    # -------------------------------------------------------------------- gathering

    @cached_property
    def _entries(self) -> list[_Entry]:
        """All values, open ones first, then by the rows that hang on them."""
        result = self.made.result
        if result is None or result.trail is None:
            return []
        found: dict[str, _Entry] = {}
        for attribute, source in result.trail.sources:
            for entry in self._of_source(attribute, source):
                _add(found, entry)
        for prices in result.trail.prices:
            for entry in self._of_prices(prices):
                _add(found, entry)
        for decision in self.made.decisions:
            if decision.kind is DecisionKind.VALUE:
                self._mark_open(found, decision)
        entries = list(found.values())
        entries.sort(key=lambda e: (not e.row.open, -e.row.rows, e.text))
        return entries

    @cached_property
    def _answers(self) -> dict[str, str]:
        return self.made.settings.answers if self.made.settings else {}

    def _of_source(self, attribute: str, source: Source) -> Iterator[_Entry]:
        name = "mccmnc" if attribute == CODE else load_catalogue().attributes[attribute].dictionary
        if not name:
            return
        letter = column_letter(source.use.column)
        used = np.flatnonzero(source.rows).tolist()
        for value in used:
            text = source.texts[value]
            if text and not text.isspace():
                yield self._value(name, letter, source, value)

    def _value(self, name: str, letter: str, source: Source, value: int) -> _Entry:
        text, context = source.texts[value], source.contexts[value]
        answered = source.answered
        start, number = int(answered.first[value]), int(answered.count[value])
        keys = [answered.keys[k] for k in answered.flat[start : start + number].tolist()]
        hit, problem = answered.matches.get(value), answered.problems.get(value)
        manual = self._answer(name, context, text)
        key, zone, reason = ";".join(keys), GREEN, ""
        if hit is not None:
            zone, reason = hit.zone, hit.reason
            key = key or (hit.key if zone == YELLOW else "")
        if problem is not None:
            reason = problem.reason
            zone = problem.zone or RED
            key = problem.likely
        if OTHERS in keys and not reason:
            reason = "means Others"
        row = ValueRow(
            id=answer_key(name, context, text),
            dictionary=name,
            context=context,
            context_name=self._context_name(context),
            value=text,
            columns=(letter,),
            rows=int(source.rows[value]),
            zone=GREEN if manual else zone,
            origin="manual" if manual else "learned" if _is_learned(hit) else "auto",
            open=False,
            key=manual or key,
            name=self._names(name, manual or key),
            score=round(hit.score, 1) if hit else 100.0 if keys else 0.0,
            reason="" if manual else in_window_words(reason),
        )
        return _Entry(row, None if manual and hit is None else hit, _searchable(row))

    def _answer(self, name: str, context: str, text: str) -> str:
        answers, norm = self._answers, normalise(text)
        return answers.get(f"{name}|{context}|{norm}") or answers.get(f"{name}||{norm}", "")

    def _context_name(self, context: str) -> str:
        for name in ("country", "mcc"):
            if context in self.dictionaries[name]:
                return self.dictionaries[name].label(context)
        return context

    def _names(self, name: str, keys: str) -> str:
        """Return what a person sees for one key or several joined by semicolons."""
        if keys in PRICE_WORDS:
            return PRICE_WORDS[keys]
        book = self.dictionaries[name]
        return ", ".join(book.label(key) for key in keys.split(";") if key)

    def _of_prices(self, prices: PriceCells) -> Iterator[_Entry]:
        """Yield the words of a price column: decided, understood, or no price at all (IMP-7)."""
        letter = column_letter(prices.use.column)
        rows = np.bincount(prices.cells.codes, minlength=len(prices.cells.values))
        for place, word in prices.words.items():
            name = answer_key(*PRICE_ANSWERS, word)
            answer = self._answers.get(name, "")
            row = self._word(name, word, letter, int(rows[place]))
            meaning = answer or _meaning(prices, place)
            if meaning:
                shown = PRICE_WORDS[meaning]
                origin, reason = ("manual", "") if answer else ("auto", "a known word")
                row = replace(
                    row, origin=origin, zone=GREEN, key=meaning, name=shown, reason=reason
                )
            yield _Entry(row, None, _searchable(row))

    @staticmethod
    def _word(name: str, word: str, letter: str, rows: int) -> ValueRow:
        meanings = tuple(Alternative(key, text, 0.0) for key, text in PRICE_WORDS.items())
        return ValueRow(
            id=name,
            dictionary=PRICE_ANSWERS[0],
            context="",
            context_name="",
            value=word,
            columns=(letter,) if letter else (),
            rows=rows,
            zone=RED,
            origin="auto",
            open=False,
            key="",
            name="",
            score=0.0,
            reason=f'"{word}" is not a price',
            alternatives=meanings,
        )

    def _mark_open(self, found: dict[str, _Entry], decision: Decision) -> None:
        """Mark the value that a question is about; clashes and price words come only with it."""
        name = answer_key(decision.dictionary, decision.context, decision.value)
        known = found.get(name)
        reason = in_window_words(decision.question).rstrip(".")
        if known is None:
            row = self._word(name, decision.value, "", decision.rows)
            if decision.dictionary != PRICE_ANSWERS[0]:
                row = replace(
                    row,
                    dictionary=decision.dictionary,
                    context=decision.context,
                    context_name=self._context_name(decision.context),
                    key=decision.proposal,
                    name=self._names(decision.dictionary, decision.proposal),
                    alternatives=self._options(decision),
                )
            known = found[name] = _Entry(row, None, _searchable(row))
        zone = decision.zone or known.row.zone
        known.row = replace(known.row, open=True, zone=zone, reason=reason)

    def _options(self, decision: Decision) -> tuple[Alternative, ...]:
        """Return the keys that a question offers; of a clash these are both sides."""
        book = self.dictionaries[decision.dictionary]
        keys = [*decision.options, *decision.value.split(" / ")]
        known = [key for key in dict.fromkeys(keys) if key in book]
        return tuple(Alternative(key, book.label(key), 0.0) for key in known)


def _meaning(prices: PriceCells, place: int) -> str:
    """Return what a word in a price cell is taken for, "" if it is no price."""
    if prices.gives[place] == Gives.NOTHING:
        return "skip"
    if prices.gives[place] != Gives.RATE:
        return ""
    kind = PriceType(int(prices.price_type[place]))
    return "zero" if kind is PriceType.FLAT else kind.name.lower()


def _is_learned(hit: Match | None) -> bool:
    return hit is not None and hit.reason.startswith("learned ")


def _add(found: dict[str, _Entry], entry: _Entry) -> None:
    """Add a value; the same one in another column only adds its letter."""
    known = found.get(entry.row.id)
    if known is None:
        found[entry.row.id] = entry
        return
    columns = tuple(sorted({*known.row.columns, *entry.row.columns}))
    rows = max(known.row.rows, entry.row.rows)
    worse = entry.row.zone != GREEN and known.row.zone == GREEN
    known.row = replace(entry.row if worse else known.row, columns=columns, rows=rows)


def _searchable(row: ValueRow) -> str:
    return normalise(f"{row.value} {row.key} {row.name} {row.context_name}")


def _shows(row: ValueRow, show: str) -> bool:
    tests: dict[str, Any] = {
        "all": True,
        "open": row.open,
        "yellow": row.zone == YELLOW,
        "red": row.zone == RED,
        "manual": row.origin == "manual",
        "learned": row.origin == "learned",
        "green": row.zone == GREEN and row.origin == "auto",
    }
    return bool(tests[show])
