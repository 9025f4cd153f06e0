"""From candidate rates to the rates that stay: duplicates, prefixes under two groups, row states.

Also turns problems (of keys, prices, dates …) into issues and decisions, grouped and counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dictionaries.normalise import normalise
from importers.matching.duplicates import Repeat, path_ids, settle
from importers.matching.meanings import Problem, Trouble
from importers.matching.remarks import Remarks
from importers.matching.selection import distinct
from importers.records import (
    Codes,
    Decision,
    Level,
    MatchedRows,
    PriceType,
    RowState,
    Severity,
)
from importers.settings import Duplicates
from importers.values import price_text

MOST_DECISIONS = 5_000
"""Questions about values asked one by one; more of them mean that a column is declared wrongly."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates as the sheet gives them, before duplicates are settled; an element per rate.

    ``row`` is the 0-based sheet row, ``column`` the price column, ``date`` the day number
    (``date.toordinal``) from which the rate holds or -1; the rest as in MatchedRows. ``levels``
    are codes per level, ``sure`` is the number of levels read for certain, by a name of today.
    """

    row: Codes
    column: Codes
    levels: tuple[Codes, ...]
    price_type: npt.NDArray[np.int8]
    price: npt.NDArray[np.int64]
    billing_rule: npt.NDArray[np.int8]
    quantity_rule: npt.NDArray[np.int8]
    connect_price: npt.NDArray[np.int64]
    first_interval: npt.NDArray[np.int32]
    next_interval: npt.NDArray[np.int32]
    scale: npt.NDArray[np.int32]
    date: Codes
    sure: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, index: Codes) -> Rates:
        """Return the rates at ``index``."""
        if len(index) == len(self):
            return self
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "levels"}
        taken = {name: array[index] for name, array in arrays.items()}
        return Rates(levels=tuple(codes[index] for codes in self.levels), **taken)

    @classmethod
    def joined(cls, parts: Sequence[Rates]) -> Rates:
        """Return all rates of ``parts`` (at least one), in order of the sheet's rows."""
        if len(parts) == 1:
            return parts[0]
        names = [f.name for f in fields(cls) if f.name != "levels"]
        arrays = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
        levels = tuple(
            np.concatenate(codes) for codes in zip(*(p.levels for p in parts), strict=True)
        )
        whole = cls(levels=levels, **arrays)
        order = np.argsort(whole.row, kind="stable").astype(np.int32)
        if (order[1:] > order[:-1]).all():
            return whole
        reordered = {n: getattr(whole, n)[order] for n in names}
        return cls(levels=tuple(codes[order] for codes in levels), **reordered)


@dataclass(frozen=True, slots=True)
class LevelNames:
    """The levels of the tree: attributes from the target down, keys of each, which only group."""

    attributes: tuple[str, ...]
    keys: tuple[list[str], ...]
    grouping: tuple[bool, ...]
    has_prefix: bool

    @property
    def sizes(self) -> list[int]:
        """Number of keys per level."""
        return [max(len(keys), 1) for keys in self.keys]

    def path(self, rates: Rates, place: int) -> str:
        """Return the keys of one rate's path as a text."""
        return " / ".join(
            keys[codes[place]] for keys, codes in zip(self.keys, rates.levels, strict=True)
        )


def finish(
    rates: Rates,
    names: LevelNames,
    *,
    scales: list[str],
    policy: Duplicates,
    state: npt.NDArray[np.int8],
    remarks: Remarks,
    contradicting: Callable[[Codes, Codes], None] | None = None,
) -> MatchedRows:
    """Settle duplicates and return the rates that stay; ``state`` is raised in place per row.

    ``contradicting`` gets the sheet rows of rates whose path another row prices differently, and
    these other rows.
    """
    rates = _one_group_per_prefix(rates, names, policy, state, remarks)
    dates = rates.date if (rates.date >= 0).any() else None
    payload: list[npt.NDArray[Any]] = [
        rates.price,
        rates.price_type,
        rates.billing_rule,
        rates.quantity_rule,
        rates.connect_price,
        rates.first_interval,
        rates.next_interval,
        rates.scale,
    ]
    settled = settle(
        rates.levels, names.sizes, payload=payload, dates=dates, policy=policy, sure=rates.sure
    )
    for repeat in settled.repeats:
        raise_state(state, rates.row[repeat.at], repeat.state)
        _tell_repeat(rates, names, repeat, scales, remarks)
    if contradicting is not None:
        pairs = [(rates.row[r.at], rates.row[r.other]) for r in settled.repeats if r.differs]
        for rows, others in pairs:
            contradicting(rows, others)
    kept = rates.take(settled.keep)
    raise_state(state, kept.row, RowState.IMPORTED)
    return _matched(kept, names, scales)


def raise_state(state: npt.NDArray[np.int8], rows: Codes, to: RowState) -> None:
    """Give rows a state, unless they have a better one already (F19)."""
    state[rows] = np.maximum(state[rows], np.int8(to))


def _matched(rates: Rates, names: LevelNames, scales: list[str]) -> MatchedRows:
    levels = []
    for attribute, keys, codes in zip(names.attributes, names.keys, rates.levels, strict=True):
        used, place = distinct(codes, max(len(keys), 1))
        own = keys if len(used) == len(keys) else [keys[i] for i in used.tolist()]
        levels.append(Level(attribute, own, place))
    return MatchedRows(
        levels=tuple(levels),
        price_type=rates.price_type,
        price=rates.price,
        billing_rule=rates.billing_rule,
        quantity_rule=rates.quantity_rule,
        connect_price=rates.connect_price,
        first_interval=rates.first_interval,
        next_interval=rates.next_interval,
        scale=rates.scale,
        scales=scales,
        source_row=rates.row,
    )


# ----------------------------------------------------------------------------- duplicates, told

_SEVERITIES = {
    RowState.MERGED: Severity.INFO,
    RowState.SKIPPED: Severity.WARNING,
    RowState.ERROR: Severity.ERROR,
}


def _tell_repeat(
    rates: Rates, names: LevelNames, repeat: Repeat, scales: list[str], remarks: Remarks
) -> None:
    def describe(position: int) -> tuple[str, int | None, str]:
        here, there = int(repeat.at[position]), int(repeat.other[position])
        path = names.path(rates, here)
        other = f"row {int(rates.row[there]) + 1}"
        if int(rates.column[there]) != int(rates.column[here]):
            other += " (another price column)"
        own = rate_text(rates, here, scales)
        if repeat.state is RowState.MERGED:
            reason = f"{path}: {repeat.topic} as in {other}"
        else:
            theirs = rate_text(rates, there, scales)
            reason = f"{path}: {repeat.topic}: {own} here, {theirs} in {other}"
        return reason, int(rates.column[here]), own

    remarks.rows(_SEVERITIES[repeat.state], repeat.topic, rates.row[repeat.at], describe=describe)


def rate_text(rates: Rates, place: int, scales: list[str]) -> str:
    """Return one rate as a person reads it: price, price type, date."""
    kind = PriceType(int(rates.price_type[place]))
    if kind is PriceType.SCALE:
        text = scales[int(rates.scale[place])]
    elif kind is PriceType.FLAT:
        text = price_text(int(rates.price[place]))
    else:
        text = kind.name.replace("_", " ").capitalize()
    if rates.connect_price[place] >= 0:
        text += f" + {price_text(int(rates.connect_price[place]))} per call"
    if rates.first_interval[place] >= 0 or rates.next_interval[place] >= 0:
        text += f" ({rates.first_interval[place]}/{rates.next_interval[place]})"
    if rates.date[place] >= 0:
        text += f" from {dt.date.fromordinal(int(rates.date[place])).isoformat()}"
    return text


def _one_group_per_prefix(
    rates: Rates,
    names: LevelNames,
    policy: Duplicates,
    state: npt.NDArray[np.int8],
    remarks: Remarks,
) -> Rates:
    """Refuse rates whose prefix stands under two groups (F4): rating could not tell them apart."""
    if not names.has_prefix or not any(names.grouping) or not len(rates):
        return rates
    group = path_ids(*_chosen(rates, names, grouping=True))
    own, own_sizes = _chosen(rates, names, grouping=False)
    if len(own) == 1:
        prefix, count = own[0], own_sizes[0]
    else:
        values, inverse = np.unique(path_ids(own, own_sizes), return_inverse=True)
        prefix, count = inverse.astype(np.int32), len(values)
    every = np.arange(len(rates), dtype=np.int32)
    first, last = np.zeros(count, np.int32), np.zeros(count, np.int32)
    first[prefix[::-1]] = every[::-1]
    last[prefix] = every
    differs = group != group[first[prefix]]
    if not differs.any():
        return rates
    torn = np.zeros(count, np.bool_)
    torn[prefix[differs]] = True
    chosen = last if policy is Duplicates.LAST else first
    bad = torn[prefix] if policy is Duplicates.ERROR else group != group[chosen[prefix]]
    # Each refused rate is shown beside one of another group.
    contrast = np.zeros(count, np.int32)
    contrast[prefix[differs][::-1]] = every[differs][::-1]
    other = np.where(differs, first[prefix], contrast[prefix])
    _tell_torn(rates, names, every[bad], other[bad], remarks)
    raise_state(state, rates.row[bad], RowState.ERROR)
    return rates.take(every[~bad])


def _chosen(rates: Rates, names: LevelNames, *, grouping: bool) -> tuple[list[Codes], list[int]]:
    picks = [i for i, flag in enumerate(names.grouping) if flag is grouping]
    return [rates.levels[i] for i in picks], [names.sizes[i] for i in picks]


def _tell_torn(rates: Rates, names: LevelNames, at: Codes, other: Codes, remarks: Remarks) -> None:
    def describe(position: int) -> tuple[str, int | None, str]:
        here, there = int(at[position]), int(other[position])
        own, theirs = names.path(rates, here), names.path(rates, there)
        row = int(rates.row[there]) + 1
        return f"the prefix stands under two groups: {own} here, {theirs} in row {row}", None, own

    remarks.rows(Severity.ERROR, "a prefix under two groups", rates.row[at], describe=describe)


# ------------------------------------------------------------------------------ problems, told


@dataclass(slots=True)
class Questions:
    """Values that wait for a person, gathered over all columns: one question per value."""

    remarks: Remarks
    _asked: dict[tuple[str, str, str], Decision] = field(default_factory=dict)
    _surplus: int = 0

    def add(self, problems: Sequence[Problem], rows: npt.NDArray[np.int64]) -> None:
        """Ask about values; ``rows[i]`` rows hang on ``problems[i]``; the weightiest come first."""
        order = np.argsort(-rows, kind="stable")
        self._surplus += max(len(order) - MOST_DECISIONS, 0)
        for place in order[:MOST_DECISIONS].tolist():
            decision = problems[place].decision(int(rows[place]))
            key = (decision.dictionary, decision.context, normalise(decision.value))
            before = self._asked.get(key)
            if before is not None:
                decision = replace(before, rows=before.rows + decision.rows)
            self._asked[key] = decision

    def finish(self) -> None:
        """Hand the questions over, the weightiest first."""
        asked = sorted(self._asked.values(), key=lambda d: (-d.rows, d.value))
        for decision in asked[:MOST_DECISIONS]:
            self.remarks.decide(decision)
        surplus = self._surplus + max(len(asked) - MOST_DECISIONS, 0)
        if surplus:
            self.remarks.add(
                Severity.ERROR, f"{surplus} more values have no key: is a column declared wrongly?"
            )


_TOPICS = {
    Trouble.MISSING: "a key is missing",
    Trouble.ERROR: "a cell can't be used",
    Trouble.HELD: "a value waits for a decision",
    Trouble.SKIP: "left out by decision",
}


def tell_problems(
    rows: Codes,
    numbers: Codes,
    problems: Sequence[Problem],
    *,
    state: npt.NDArray[np.int8],
    remarks: Remarks,
    questions: Questions,
) -> None:
    """Report the problem ``problems[numbers[i]]`` of each sheet row ``rows[i]``."""
    if not len(rows):
        return
    pairs = np.unique(rows.astype(np.int64) * len(problems) + numbers)
    rows = (pairs // len(problems)).astype(np.int32)
    numbers = (pairs % len(problems)).astype(np.int32)
    troubles = np.fromiter((p.trouble for p in problems), np.int8, len(problems))
    for trouble, topic in _TOPICS.items():
        own = np.flatnonzero(troubles[numbers] == trouble)
        if not len(own):
            continue
        skipped = trouble is Trouble.SKIP
        raise_state(state, rows[own], RowState.SKIPPED if skipped else RowState.ERROR)
        if trouble is Trouble.HELD:
            weights = np.bincount(numbers[own], minlength=len(problems))
            held = np.flatnonzero(weights)
            questions.add([problems[i] for i in held.tolist()], weights[held])
        remarks.rows(
            Severity.INFO if skipped else Severity.ERROR,
            topic,
            rows[own],
            describe=_saying(problems, numbers[own]),
        )


def _saying(
    problems: Sequence[Problem], numbers: Codes
) -> Callable[[int], tuple[str, int | None, str]]:
    def describe(position: int) -> tuple[str, int | None, str]:
        problem = problems[int(numbers[position])]
        return problem.reason, problem.column, problem.value

    return describe
