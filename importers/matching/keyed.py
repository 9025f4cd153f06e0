"""One attribute over the entries of a sheet: a key or a problem each; and how sources join.

An entry is a data row, or one of several that a list in a cell made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from importers.matching.meanings import Answered, Problem, Trouble
from importers.matching.selection import Mask
from importers.records import OTHERS, Codes
from importers.settings import ColumnUse


@dataclass(frozen=True, slots=True)
class Source:
    """What one column gave to an attribute: its distinct values with texts, contexts, rows."""

    use: ColumnUse
    answered: Answered
    texts: Sequence[str]
    contexts: Sequence[str]
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Keyed:
    """One attribute over the entries: ``codes`` into ``keys``, or ``-1 - i`` for ``problems[i]``.

    ``proves`` marks entries whose own cell shows that the row is data. ``column`` is the first
    source column or -1.
    """

    attribute: str
    keys: list[str]
    codes: Codes
    problems: list[Problem]
    proves: Mask
    column: int = -1
    sources: tuple[Source, ...] = ()

    def at(self, repeat: Codes) -> Keyed:
        """Return the same attribute for entries repeated as ``repeat`` says."""
        return replace(self, codes=self.codes[repeat], proves=self.proves[repeat])


def spread(counts: npt.NDArray[np.integer]) -> tuple[Codes, Codes]:
    """Return, for entries to be repeated ``counts`` times (0 counts as once), source and number.

    The first array names the entry that each new one comes from, the second counts 0, 1, 2 … in it.
    """
    times = np.maximum(counts, 1)
    repeat = np.repeat(np.arange(len(times), dtype=np.int32), times)
    starts = np.cumsum(times) - times
    within = np.arange(len(repeat), dtype=np.int32) - starts[repeat].astype(np.int32)
    return repeat, within


def placed(
    attribute: str, answered: Answered, values: Codes, within: Codes | int, *, missing: Problem
) -> Keyed:
    """Return the attribute for entries with numbers ``values``, taking key ``within`` of each."""
    without = np.flatnonzero(answered.count == 0)
    problems = [answered.problems.get(v, missing) for v in without.tolist()]
    table = np.zeros(len(answered.count), np.int32)
    table[without] = -1 - np.arange(len(without), dtype=np.int32)
    if not len(answered.flat):
        codes = table[values]
    elif not len(without) and isinstance(within, int):
        codes = answered.flat[answered.first[values]]
    else:
        place = np.minimum(answered.first[values] + within, len(answered.flat) - 1)
        codes = np.where(answered.count[values] > 0, answered.flat[place], table[values])
    codes = codes.astype(np.int32, copy=False)
    return Keyed(attribute, answered.keys, codes, problems, answered.proves[values], missing.column)


def is_missing(keyed: Keyed) -> Mask:
    """Return which entries have no value at all."""
    return _with_trouble(keyed, lambda p: p.trouble is Trouble.MISSING)


def is_clash(keyed: Keyed) -> Mask:
    """Return which entries have evidence that contradicts itself; no other source may mend that."""
    return _with_trouble(keyed, lambda p: p.clash)


def _with_trouble(keyed: Keyed, test: Callable[[Problem], bool]) -> Mask:
    flags = np.array([False, *(test(p) for p in keyed.problems)], np.bool_)
    return flags[np.where(keyed.codes < 0, -keyed.codes, 0)]


def with_blanks_as_others(keyed: Keyed) -> Keyed:
    """Return ``keyed`` with missing values as the fallback key (F2)."""
    missing = is_missing(keyed)
    if not missing.any():
        return keyed
    keys = keyed.keys if OTHERS in keyed.keys else [*keyed.keys, OTHERS]
    codes = np.where(missing, np.int32(keys.index(OTHERS)), keyed.codes)
    return replace(keyed, keys=keys, codes=codes)


def with_problems(keyed: Keyed, places: Codes, problems: Mapping[int, Problem]) -> Keyed:
    """Return ``keyed`` with ``problems[places[i]]``, if there is one, instead of entry i's key."""
    codes = keyed.codes.copy()
    listed = list(keyed.problems)
    for number, problem in problems.items():
        listed.append(problem)
        codes[places == number] = -len(listed)
    return replace(keyed, codes=codes, problems=listed)


def joined(before: Keyed, answered: Answered, values: Codes, take: Mask) -> tuple[Answered, Codes]:
    """Join two sources: entries in ``take`` follow ``answered``, the others ``before``.

    Returns the joint answers and each entry's value number in them.
    """
    size, known, bad = len(answered.count), len(before.keys), len(before.problems)
    places = {key: code for code, key in enumerate(before.keys)}
    recode = np.array([places.setdefault(k, len(places)) for k in answered.keys], np.int32)
    own = np.arange(known, dtype=np.int32)
    base = len(answered.flat)
    problems = dict(answered.problems)
    problems.update({size + 2 * known + i: p for i, p in enumerate(before.problems)})
    joint = Answered(
        keys=list(places),
        first=np.concatenate([answered.first, base + own, base + own, np.zeros(bad, np.int32)]),
        count=np.concatenate(
            [answered.count, np.ones(2 * known, np.int32), np.zeros(bad, np.int32)]
        ),
        flat=np.concatenate([recode[answered.flat] if base else answered.flat, own]),
        problems=problems,
        proves=np.concatenate(
            [
                answered.proves,
                np.zeros(known, np.bool_),
                np.ones(known, np.bool_),
                np.zeros(bad, np.bool_),
            ]
        ),
    )
    kept = np.where(
        before.codes >= 0,
        size + before.codes + known * before.proves,
        size + 2 * known - 1 - before.codes,
    )
    return joint, np.where(take, values, kept).astype(np.int32)


def answers_of(
    keyed: Keyed, keys_of: Mapping[int, tuple[str, ...] | Problem]
) -> tuple[Answered, Codes]:
    """Derive answers from another attribute: ``keys_of`` has an entry per key code of ``keyed``.

    Problems of ``keyed`` stay problems. Returns the answers and each entry's value number.
    """
    known, bad = len(keyed.keys), len(keyed.problems)
    places: dict[str, int] = {}
    flat: list[int] = []
    first, count = np.zeros(known + bad, np.int32), np.zeros(known + bad, np.int32)
    problems = {known + i: p for i, p in enumerate(keyed.problems)}
    for code in range(known):
        derived = keys_of[code]
        if isinstance(derived, Problem):
            problems[code] = derived
            continue
        first[code], count[code] = len(flat), len(derived)
        flat += [places.setdefault(key, len(places)) for key in derived]
    answered = Answered(
        list(places),
        first,
        count,
        np.array(flat, np.int32),
        problems,
        np.zeros(known + bad, np.bool_),
    )
    values = np.where(keyed.codes >= 0, keyed.codes, known - 1 - keyed.codes).astype(np.int32)
    return answered, values
