"""Billing periods of an agreement: which days and instants one invoice is about (FIN-5, A13).

Periods begin at the start of a local day in the billing zone: every day, every week on the billing
day (1 = Monday), every month on it, or every calendar quarter (January, April, July, October) on
it; day 31 means the last day of a shorter month. With *split by month* the first of a month begins
one as well. The start and the end of the version that holds cut them at any instant.

Where clocks skip midnight, the day begins with the first time they show; where they show it twice,
with the first (``app.domain.zones``). So periods tile the time, whatever the clocks do.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.effective import Span
from app.domain.zones import instant_of, local_of

DAILY, WEEKLY, MONTHLY, QUARTERLY = "daily", "weekly", "monthly", "quarterly"
LAST_DAY = {DAILY: 1, WEEKLY: 7, MONTHLY: 31, QUARTERLY: 31}
"""The greatest billing day of each kind of period."""

_DAY = dt.timedelta(days=1)
_MONTHS = {MONTHLY: 1, QUARTERLY: 3}


@dataclass(frozen=True, slots=True)
class Billing:
    """How an agreement is billed; ``day`` is 1 for daily. Raises ValueError for what can't be."""

    zone: str
    period: str
    day: int = 1
    split_by_month: bool = False

    def __post_init__(self) -> None:
        if self.period not in LAST_DAY:
            raise ValueError(f'"{self.period}" is not a billing period.')
        if not 1 <= self.day <= LAST_DAY[self.period]:
            raise ValueError(f"{self.day} is not a billing day of {self.period} periods.")
        if self.split_by_month and self.period in _MONTHS:
            raise ValueError(f"{self.period.capitalize()} periods are not split by month.")


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """One period: the instants ``start`` up to, not including, ``till``, and the days they touch.

    ``first`` = its first local date, ``until`` = the first local date after it.
    """

    start: dt.datetime
    till: dt.datetime
    first: dt.date
    until: dt.date

    @property
    def last(self) -> dt.date:
        """Return the last local date, as invoices show it."""
        return self.until - _DAY


def period_of(
    at: dt.datetime | dt.date, billing: Billing, bounds: Span | None = None
) -> BillingPeriod:
    """Return the period that holds an instant, or the first instant of a local date in ``bounds``.

    Raises ValueError for one outside of ``bounds``, the span of the version with these settings.
    """
    instant = at if isinstance(at, dt.datetime) else _first_instant(at, billing, bounds)
    if bounds is not None and not _inside(instant, bounds):
        raise ValueError(f"{at} lies outside of the terms that are asked for.")
    first = _start_on(local_of(instant, billing.zone).date(), billing)
    # Clocks that go back over midnight show the day before again (St. John's until 2011).
    while (until := _next(first, billing)) and _begins(until, billing) <= instant:
        first = until
    return _cut(_begins(first, billing), _begins(until, billing), billing, bounds)


def periods(
    billing: Billing,
    bounds: Span,
    *,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Iterator[BillingPeriod]:
    """Yield the periods of a version in order; they tile ``bounds`` without gap or overlap.

    ``since``, ``until``: only those with an instant from here up to there, whole. Without any end
    this goes on for ever.
    """
    at = bounds[0] if since is None else max(bounds[0], since)
    ends = [end for end in (bounds[1], until) if end is not None]
    end = min(ends, default=None)
    while end is None or at < end:
        found = period_of(at, billing, bounds)
        yield found
        at = found.till


def periods_of(
    terms: Iterable[tuple[Billing, Span]],
    *,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Iterator[BillingPeriod]:
    """Yield the periods of several versions, earliest first: each change of terms cuts one."""
    for billing, bounds in sorted(terms, key=lambda term: term[1][0]):
        yield from periods(billing, bounds, since=since, until=until)


def due_date(issued: dt.date, days_for_payment: int) -> dt.date:
    """Return the last day on which an invoice can be paid without penalty."""
    return issued + dt.timedelta(days=days_for_payment)


# ------------------------------------------------------------------------------ local days


def _start_on(day: dt.date, billing: Billing) -> dt.date:
    """Return the first day of the period that holds a local date."""
    if billing.period == DAILY:
        return day
    if billing.period == WEEKLY:
        start = day - dt.timedelta(days=(day.isoweekday() - billing.day) % 7)
        return max(start, day.replace(day=1)) if billing.split_by_month else start
    months = _MONTHS[billing.period]
    number = (day.year * 12 + day.month - 1) // months * months
    start = _day_of(number, billing.day)
    return start if start <= day else _day_of(number - months, billing.day)


def _next(first: dt.date, billing: Billing) -> dt.date:
    """Return the first day of the period after the one that begins on ``first``."""
    if billing.period == DAILY:
        return first + _DAY
    if billing.period == WEEKLY:
        after = first + dt.timedelta(days=(billing.day - first.isoweekday() - 1) % 7 + 1)
        month = _day_of(first.year * 12 + first.month, 1)
        return min(after, month) if billing.split_by_month else after
    return _day_of(first.year * 12 + first.month - 1 + _MONTHS[billing.period], billing.day)


def _day_of(month_number: int, day: int) -> dt.date:
    """Return a day of a month, clamped to its end; months are counted from January of year 0."""
    year, month = divmod(month_number, 12)
    return dt.date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


# ------------------------------------------------------------------------------ instants


def _begins(day: dt.date, billing: Billing) -> dt.datetime:
    return instant_of(dt.datetime.combine(day, dt.time()), billing.zone)


def _first_instant(day: dt.date, billing: Billing, bounds: Span | None) -> dt.datetime:
    start = _begins(day, billing)
    if bounds is not None and start < bounds[0] < _begins(day + _DAY, billing):
        return bounds[0]
    return start


def _inside(instant: dt.datetime, bounds: Span) -> bool:
    return bounds[0] <= instant and (bounds[1] is None or instant < bounds[1])


def _cut(
    start: dt.datetime, till: dt.datetime, billing: Billing, bounds: Span | None
) -> BillingPeriod:
    """Return the part of a period that lies in ``bounds``, with the days that it touches."""
    if bounds is not None:
        start = max(start, bounds[0])
        till = till if bounds[1] is None else min(till, bounds[1])
    first = local_of(start, billing.zone).date()
    until = local_of(till, billing.zone).date()
    if _begins(until, billing) != till:
        until += _DAY
    return BillingPeriod(start, till, first, max(until, first + _DAY))
