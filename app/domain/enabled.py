"""What an agreement has enabled: when its channels are held, and the order services are used in.

Spans are those of :mod:`app.domain.effective`: from a start up to, not including, an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.effective import Span, holds, joined

PACKS = ("unit_pack", "monetary_pack")
"""Service types that run down before anything is paid as it goes (RAT-4)."""

PAYG = "payg"
BUNDLES = ("bundle_initiator", "bundle_pack")
"""Service types that count recipients; what is sent is charged by pay-as-you-go (RAT-5)."""


def common(one: Span, other: Span) -> Span | None:
    """Return the time that two spans share, None if there is none."""
    start = max(one[0], other[0])
    end = min((till for till in (one[1], other[1]) if till is not None), default=None)
    return (start, end) if end is None or start < end else None


def channel_times(scopes: Iterable[tuple[Span, Iterable[str]]]) -> dict[str, list[Span]]:
    """Return when each channel is priced, by the scopes of a service and what they price (A17).

    Of scopes that overlap only one is in force at a time (F17); that does not matter here, because
    a channel that any of them prices is kept free from other services.
    """
    times: dict[str, list[Span]] = {}
    for span, channels in scopes:
        for channel in channels:
            times.setdefault(channel, []).append(span)
    return {channel: joined(spans) for channel, spans in times.items()}


def held(bounds: Span, times: Mapping[str, list[Span]]) -> set[tuple[str, Span]]:
    """Return which channels an enabling of the service holds, and when; no two overlap."""
    return {
        (channel, part)
        for channel, spans in times.items()
        for span in spans
        if (part := common(bounds, span)) is not None
    }


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
    in_force = [e for e in enabled if holds(e.span, at) and e.type not in BUNDLES]
    return sorted(in_force, key=lambda e: (e.type == PAYG, e.span[0], e.id))
