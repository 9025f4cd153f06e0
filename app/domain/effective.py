"""What holds when: rows with a half-open period of instants, their status, gaps and overlaps.

A span is (start, till): it holds from ``start`` up to, not including, ``till``; None = no end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

Span = tuple[dt.datetime, dt.datetime | None]

PAST, CURRENT, UPCOMING = "past", "current", "upcoming"


def holds(span: Span, at: dt.datetime) -> bool:
    """Return whether an instant lies in a span."""
    start, till = span
    return start <= at and (till is None or at < till)


def state_of(span: Span, now: dt.datetime) -> str:
    """Return "past", "current" or "upcoming"."""
    start, till = span
    if till is not None and till <= now:
        return PAST
    return CURRENT if start <= now else UPCOMING


def shown(items: Sequence[T], span: Callable[[T], Span], now: dt.datetime) -> T | None:
    """Return the item to show for all: the current one, else the next, else the last past one."""
    order = {CURRENT: 0, UPCOMING: 1, PAST: 2}

    def rank(item: T) -> tuple[int, float]:
        state, start = state_of(span(item), now), span(item)[0].timestamp()
        return order[state], start if state == UPCOMING else -start

    return min(items, key=rank, default=None)


def meets(one: Span, other: Span) -> bool:
    """Return whether two spans have an instant in common."""
    return _before(one[0], other[1]) and _before(other[0], one[1])


def overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return the parts of time that more than one of the spans takes, in order."""
    found: list[Span] = []
    ordered = sorted(spans, key=lambda span: span[0])
    for place, one in enumerate(ordered):
        later = (other for other in ordered[place + 1 :] if meets(one, other))
        found.extend((other[0], _earlier(one[1], other[1])) for other in later)
    return joined(found)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same instants as spans that neither touch nor overlap, in order."""
    merged: list[Span] = []
    for start, till in sorted(spans, key=lambda span: span[0]):
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            merged[-1] = (merged[-1][0], _later(merged[-1][1], till))
        else:
            merged.append((start, till))
    return merged


def uncovered(span: Span, covers: Iterable[Span]) -> list[Span]:
    """Return the parts of a span that lie in none of ``covers``, in order."""
    found: list[Span] = []
    at: dt.datetime | None = span[0]
    for start, till in joined(covers):
        if at is None or not _before(at, span[1]):
            break
        if start > at:
            found.append((at, _earlier(start, span[1])))
        at = None if till is None else max(at, till)
    if at is not None and _before(at, span[1]):
        found.append((at, span[1]))
    return found


def gaps(spans: Sequence[Span]) -> list[Span]:
    """Return the times between the first start and the last end that no span takes."""
    if not spans:
        return []
    whole = joined(spans)
    return uncovered((whole[0][0], whole[-1][1]), whole)


def _before(at: dt.datetime, till: dt.datetime | None) -> bool:
    return till is None or at < till


def _earlier(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    ends = [end for end in (one, other) if end is not None]
    return min(ends, default=None)


def _later(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return None if one is None or other is None else max(one, other)
