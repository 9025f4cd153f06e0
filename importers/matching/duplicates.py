"""The same path twice in a file (IMP-10, Q36): identical rates collapse, others follow the rule.

Runs after mapping, because aliases, lists and fill-down make duplicates that the cells do not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from importers.records import Codes, RowState
from importers.settings import Duplicates

Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LIMIT = 1 << 62


@dataclass(frozen=True, slots=True)
class Repeat:
    """Rates that gave way: their places, those of the rates they gave way to, and their state.

    ``differs`` = the two of a pair contradict each other.
    """

    at: Codes
    other: Codes
    state: RowState
    topic: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """``keep`` are the places of the rates that stay, ascending; ``repeats`` tell of the rest."""

    keep: Codes
    repeats: tuple[Repeat, ...]


def path_ids(levels: Sequence[Codes], sizes: Sequence[int]) -> Ids:
    """Return one number per rate, equal exactly where all level codes are equal."""
    count = len(levels[0]) if levels else 0
    ids, size = np.zeros(count, np.int64), 1
    for codes, width in zip(levels, sizes, strict=True):
        if size * width >= _LIMIT:
            values, inverse = np.unique(ids, return_inverse=True)
            ids, size = inverse.astype(np.int64), len(values)
        ids = ids * width + codes
        size *= width
    return ids


def _surely_unique(levels: Sequence[Codes], sizes: Sequence[int]) -> bool:
    """Tell whether some level never repeats a key, as the prefixes of a voice deck."""
    for codes, size in zip(levels, sizes, strict=True):
        if size >= len(codes) and np.bincount(codes, minlength=1).max(initial=0) <= 1:
            return True
    return False


def settle(
    levels: Sequence[Codes],
    sizes: Sequence[int],
    *,
    payload: Sequence[npt.NDArray[Any]],
    dates: Codes | None,
    policy: Duplicates,
    sure: npt.NDArray[np.int8] | None = None,
) -> Settled:
    """Decide which rates stay.

    ``payload`` are the arrays that must all be equal for rates to be identical. ``dates`` are day
    numbers: of one path only the newest counts, -1 is "always". Rates come in file order. Of
    contradicting ones the surest (by ``sure``) stay in question, then the first or last of them.
    """
    count = len(levels[0]) if levels else 0
    everything = np.arange(count, dtype=np.int32)
    if _surely_unique(levels, sizes):
        return Settled(everything, ())
    ids = path_ids(levels, sizes)
    order = np.argsort(ids, kind="stable").astype(np.int32)
    same = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    if not len(same):
        return Settled(everything, ())
    doubled = np.zeros(count, np.bool_)
    doubled[same] = True
    doubled[same + 1] = True
    members = order[doubled]
    groups = _Groups(members, ids[members])
    repeats: list[Repeat] = []
    if dates is not None:
        groups = _newest(groups, dates, repeats)
    if sure is None:
        sure = np.zeros(count, np.int8)
    _by_policy(groups, _payload_ids(payload, groups.members), policy, sure, repeats)
    keep = np.ones(count, np.bool_)
    for repeat in repeats:
        keep[repeat.at] = False
    return Settled(np.flatnonzero(keep).astype(np.int32), tuple(repeats))


class _Groups:
    """Rates sorted by path, then file order; ``of`` is the group number of each member."""

    __slots__ = ("ids", "last", "members", "of", "start")

    def __init__(self, members: Codes, ids: Ids) -> None:
        self.members, self.ids = members, ids
        fresh = np.ones(len(ids), np.bool_)
        fresh[1:] = ids[1:] != ids[:-1]
        self.start = np.flatnonzero(fresh)
        self.of = np.cumsum(fresh) - 1
        self.last = np.append(self.start[1:], len(ids)) - 1


def _newest(groups: _Groups, dates: Codes, repeats: list[Repeat]) -> _Groups:
    """Drop rates that a newer date of their path replaces; undated ones rank with the newest."""
    own = dates[groups.members]
    newest = np.maximum.reduceat(own, groups.start)
    old = (own >= 0) & (own < newest[groups.of])
    if not old.any():
        return groups
    by_date = np.lexsort((np.arange(len(own)), own, groups.of))
    other = groups.members[by_date[groups.last]][groups.of]
    repeats.append(
        Repeat(groups.members[old], other[old], RowState.SKIPPED, "replaced by a newer date")
    )
    return _Groups(groups.members[~old], groups.ids[~old])


def _payload_ids(payload: Sequence[npt.NDArray[Any]], members: Codes) -> Ids:
    """Return one number per member, equal where the payloads are equal."""
    ids = np.zeros(len(members), np.int64)
    for column in payload:
        part = column[members]
        if len(part) and (part == part[0]).all():
            continue
        values, codes = np.unique(part, return_inverse=True)
        _, ids = np.unique(ids * len(values) + codes, return_inverse=True)
        ids = ids.astype(np.int64)
    return ids


def _by_policy(
    groups: _Groups,
    payload: Ids,
    policy: Duplicates,
    sure: npt.NDArray[np.int8],
    repeats: list[Repeat],
) -> None:
    if not len(groups.members):
        return
    differs = payload != payload[groups.start][groups.of]
    mixed = np.logical_or.reduceat(differs, groups.start)
    chosen = groups.start
    if policy is not Duplicates.ERROR:
        chosen = np.where(mixed, _surest(groups, sure, policy), chosen)
    place = np.arange(len(payload))
    other = groups.members[chosen][groups.of]
    gone = place != chosen[groups.of]
    if policy is Duplicates.ERROR:
        bad = mixed[groups.of]
        # The chosen rate of a contradicting group is an error too; it is shown beside the next one.
        contrast = _first_different(groups, differs)
        other = np.where(bad & ~differs, groups.members[contrast][groups.of], other).astype(
            np.int32
        )
        _tell(repeats, groups, bad, other, RowState.ERROR, "the same path with different prices")
        gone &= ~bad
    equal = gone & (payload == payload[chosen][groups.of])
    _tell(repeats, groups, equal, other, RowState.MERGED, "the same rate again")
    weaker = sure[groups.members] < sure[other]
    for mask, taken in ((weaker, "surer"), (~weaker, policy.value)):
        rule = f"the same path with another price ({taken} one taken)"
        _tell(repeats, groups, gone & ~equal & mask, other, RowState.SKIPPED, rule)


def _surest(
    groups: _Groups, sure: npt.NDArray[np.int8], policy: Duplicates
) -> npt.NDArray[np.intp]:
    """Return per group the place of the surest member, the last or first of several such."""
    count = len(groups.members)
    place = np.arange(count)
    later = place if policy is Duplicates.LAST else count - 1 - place
    weight = sure[groups.members].astype(np.int64) * count + later
    best = np.maximum.reduceat(weight, groups.start) % count
    return best if policy is Duplicates.LAST else count - 1 - best


def _first_different(groups: _Groups, differs: Mask) -> npt.NDArray[np.intp]:
    """Return per group the place of the first member unlike the first one (else the first)."""
    place = np.where(differs, np.arange(len(differs)), len(differs))
    found = np.minimum.reduceat(place, groups.start)
    return np.where(found < len(differs), found, groups.start)


def _tell(
    repeats: list[Repeat], groups: _Groups, mask: Mask, other: Codes, state: RowState, topic: str
) -> None:
    if mask.any():
        differs = state is not RowState.MERGED
        repeats.append(Repeat(groups.members[mask], other[mask], state, topic, differs))
