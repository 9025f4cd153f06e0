"""Local times of a time zone as instants, and back; every wall-clock time means exactly one.

A time that clocks skip (spring) is moved forward to the first one they show; a time they show twice
(autumn) is the first of both. So a later local time never is an earlier instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def zone_of(zone: str | ZoneInfo) -> ZoneInfo:
    """Return a time zone by its name. Raises ValueError with a sentence for an unknown one."""
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'"{zone}" is not a time zone: choose one like Europe/Berlin.') from None


def instant_of(local: datetime, zone: str | ZoneInfo) -> datetime:
    """Return the instant (UTC) of a naive local time. Raises ValueError for an aware one."""
    if local.tzinfo is not None:
        raise ValueError("A local time must have no zone of its own.")
    chosen = zone_of(zone)
    plain = local.replace(fold=0)
    instant = plain.replace(tzinfo=chosen).astimezone(UTC)
    if local_of(instant, chosen) == plain:
        return instant
    return _end_of_gap(plain, chosen)


def local_of(instant: datetime, zone: str | ZoneInfo) -> datetime:
    """Return the naive local time of an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("An instant must have a zone.")
    return instant.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def settled(local: datetime, zone: str | ZoneInfo) -> datetime:
    """Return a local time that clocks show: one inside of a gap is moved forward."""
    return local_of(instant_of(local, zone), zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clocks jump over ``local``."""
    before = local.replace(tzinfo=zone, fold=0).utcoffset()
    after = local.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    low = (local - after).replace(tzinfo=UTC, microsecond=0)
    high = (local - before).replace(tzinfo=UTC, microsecond=0) + _SECOND
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def zone_name(local: datetime) -> str:
    """Return how far the zone of an aware moment is from UTC, e.g. "UTC+02:00"."""
    offset = local.strftime("%z")[:5]
    return "UTC" if offset in {"", "+0000"} else f"UTC{offset[:3]}:{offset[3:]}"
