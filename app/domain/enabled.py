"""What an agreement has enabled: periods of channels, and the order in which services are used.

Times are half-open: a span holds from its start up to, not including, its end (None = for ever).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

PACKS = ("unit_pack", "monetary_pack")
"""Service types that run down before anything is paid as it goes (RAT-4)."""

PAYG = "payg"
BUNDLES = ("bundle_initiator", "bundle_pack")
"""Service types that count recipients; what is sent is charged by pay-as-you-go (RAT-5)."""


class Span(NamedTuple):
    """A time from ``start`` up to, not including, ``end``; None = for ever."""

    start: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Return whether an instant lies inside."""
        return self.start <= at and (self.end is None or at < self.end)

    def common(self, other: Span) -> Span | None:
        """Return the time that both hold, None if there is none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends, default=None)
        return Span(start, end) if end is None or start < end else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as the fewest spans, in order; touching ones become one."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        last = whole[-1] if whole else None
        if last is None or (last.end is not None and last.end < span.start):
            whole.append(span)
        elif last.end is not None:
            end = None if span.end is None else max(last.end, span.end)
            whole[-1] = Span(last.start, end)
    return whole


def within(bounds: Span, spans: Iterable[Span]) -> list[Span]:
    """Return the parts of ``spans`` that lie inside of ``bounds``."""
    parts = (bounds.common(span) for span in spans)
    return [part for part in parts if part is not None]


def missing(wanted: Span, spans: Iterable[Span]) -> Span | None:
    """Return the first part of ``wanted`` that no span covers, None if all is covered."""
    start = wanted.start
    for span in merged(spans):
        if span.start > start:
            return Span(start, span.start).common(wanted)
        if span.holds(start):
            if span.end is None:
                return None
            start = span.end
    return Span(start, wanted.end) if wanted.end is None or start < wanted.end else None


def channel_times(scopes: Iterable[tuple[Span, Iterable[str]]]) -> dict[str, list[Span]]:
    """Return when each channel is priced, by the scopes of a service and what they price (A17).

    Of scopes that overlap only one is in force at a time (F17); that does not matter here, because
    a channel that any of them prices is kept free from other services.
    """
    times: dict[str, list[Span]] = {}
    for span, channels in scopes:
        for channel in channels:
            times.setdefault(channel, []).append(span)
    return {channel: merged(spans) for channel, spans in times.items()}


def held(bounds: Span, times: Mapping[str, list[Span]]) -> set[tuple[str, Span]]:
    """Return which channels an enabling of the service holds, and when; no two overlap."""
    return {(channel, part) for channel, spans in times.items() for part in within(bounds, spans)}


# ------------------------------------------------------------------------------ order of use


@dataclass(frozen=True, slots=True)
class Enabled:
    """An enabling as rating looks at it; ``type`` is that of the service."""

    id: int
    service_id: int
    type: str
    span: Span


def order_of_use(enabled: Iterable[Enabled], at: datetime) -> list[Enabled]:
    """Return what an event at ``at`` tries in turn: packs, the oldest first, then the rest (RAT-1).

    Bundles are left out: they count recipients beside whatever charges the message (RAT-5).
    """
    in_force = [e for e in enabled if e.span.holds(at) and e.type not in BUNDLES]
    return sorted(in_force, key=lambda e: (e.type == PAYG, e.span.start, e.id))
