"""Billing periods: laws over random settings, and a corpus of clock changes against a plain count.

The corpus is judged by a second way of counting: walk along the minutes and look at the date that
the clocks show (zones × years × clock changes, month ends, leap days × kinds of period).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.billing_periods import (
    Billing,
    BillingPeriod,
    due_date,
    period_of,
    periods,
    periods_of,
)

UTC = dt.UTC
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Moscow",
    "America/New_York",
    "America/Sao_Paulo",  # midnight was skipped until 2018
    "America/Havana",  # midnight is shown twice
    "America/St_Johns",  # clocks changed at 00:01 until 2011
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # a day was skipped
    "Pacific/Chatham",
)
YEARS = (2008, 2011, 2016, 2018, 2024)
KINDS = (
    Billing("UTC", "daily"),
    Billing("UTC", "weekly", 1),
    Billing("UTC", "weekly", 7, split_by_month=True),
    Billing("UTC", "monthly", 1),
    Billing("UTC", "monthly", 31),
    Billing("UTC", "quarterly", 30),
)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(found: Iterator[BillingPeriod], number: int) -> list[str]:
    return [f"{p.first:%d.%m}-{p.last:%d.%m}" for p in islice(found, number)]


# ------------------------------------------------------------------------------ by hand


def test_guide_a_week_over_the_end_of_a_month_is_split_in_two() -> None:
    weekly = Billing("Europe/Zagreb", "weekly", 1, split_by_month=True)
    start = period_of(dt.date(2025, 9, 29), weekly).start
    assert days(periods(weekly, (start, None)), 3) == ["29.09-30.09", "01.10-05.10", "06.10-12.10"]


def test_a13_day_31_means_the_last_day_of_a_shorter_month() -> None:
    monthly = Billing("UTC", "monthly", 31)
    found = days(periods(monthly, (at("2024-01-31"), None)), 4)
    assert found == ["31.01-28.02", "29.02-30.03", "31.03-29.04", "30.04-30.05"]


def test_quarters_are_those_of_the_calendar_from_the_billing_day() -> None:
    quarterly = Billing("UTC", "quarterly", 15)
    found = days(periods(quarterly, (at("2026-03-01"), None)), 3)
    assert found == ["01.03-14.04", "15.04-14.07", "15.07-14.10"]


def test_a13_versions_cut_periods_where_they_end() -> None:
    change = at("2026-01-10T15:00:00")
    terms = [
        (Billing("UTC", "monthly", 1), (at("2025-12-20"), change)),
        (Billing("UTC", "weekly", 1), (change, at("2026-01-14"))),
    ]
    found = list(periods_of(reversed(terms)))
    assert days(iter(found), 9) == ["20.12-31.12", "01.01-10.01", "10.01-11.01", "12.01-13.01"]
    assert found[1].till == found[2].start == change
    wanted = list(periods_of(terms, since=at("2026-01-05"), until=at("2026-01-11")))
    assert [p.start for p in wanted] == [at("2026-01-01"), change]


def test_a_march_in_kyiv_has_743_hours_and_an_october_745() -> None:
    monthly = Billing("Europe/Kyiv", "monthly", 1)
    hours = {
        month: (p.till - p.start) / HOUR
        for month in (3, 10)
        for p in [period_of(dt.date(2026, month, 9), monthly)]
    }
    assert hours == {3: 743, 10: 745}


def test_a_date_means_its_first_instant_inside_of_the_terms() -> None:
    daily = Billing("UTC", "daily")
    bounds = (at("2026-01-10T15:00:00"), None)
    found = period_of(dt.date(2026, 1, 10), daily, bounds)
    assert (found.start, found.till) == (bounds[0], at("2026-01-11"))
    with pytest.raises(ValueError, match="outside"):
        period_of(dt.date(2026, 1, 9), daily, bounds)
    with pytest.raises(ValueError, match="outside"):
        period_of(at("2026-01-10T14:59:59"), daily, bounds)


@pytest.mark.parametrize(
    ("period", "day", "split"),
    [("yearly", 1, False), ("daily", 2, False), ("weekly", 8, False), ("monthly", 1, True)],
)
def test_settings_that_can_not_be_are_refused(period: str, day: int, split: bool) -> None:
    with pytest.raises(ValueError, match="not"):
        Billing("UTC", period, day, split)


def test_an_invoice_of_ten_days_is_due_on_the_tenth_day_after() -> None:
    assert due_date(dt.date(2024, 2, 25), 10) == dt.date(2024, 3, 6)


# ------------------------------------------------------------------------------ the corpus


@cache
def first_seen(zone: str, day: dt.date) -> dt.datetime:
    """Return the first minute at which the clocks of a zone show ``day`` or a later one."""
    clock = ZoneInfo(zone)
    minute = dt.datetime(day.year, day.month, day.day, tzinfo=UTC) - 15 * HOUR
    while minute.astimezone(clock).date() < day:
        minute += MINUTE
    return minute


def changes(zone: str, year: int) -> Iterator[dt.date]:
    """Yield the local days on which clocks change, the ends of months, and the leap day."""
    clock = ZoneInfo(zone)
    noon = dt.datetime(year, 1, 1, 12, tzinfo=UTC)
    for one, other in pairwise(noon + n * DAY for n in range(366)):
        if one.astimezone(clock).utcoffset() != other.astimezone(clock).utcoffset():
            yield from {one.astimezone(clock).date(), other.astimezone(clock).date()}
    yield from (dt.date(year, month, 1) for month in (1, 3, 4, 10, 12))
    yield dt.date(year, 2, 29) if year % 4 == 0 else dt.date(year, 2, 28)


def begins(kind: Billing, day: dt.date) -> bool:
    """Return whether a period begins on a day, by the words of the rule."""
    last = (day + DAY).month != day.month
    if kind.period == "daily":
        return True
    if kind.period == "weekly":
        return day.isoweekday() == kind.day or (kind.split_by_month and day.day == 1)
    in_time = kind.period == "monthly" or day.month % 3 == 1
    return in_time and (day.day == kind.day or (last and day.day < kind.day))


def neighbours(kind: Billing, day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first day of the period with ``day`` and that of the next one."""
    first = day
    while not begins(kind, first):
        first -= DAY
    until = day + DAY
    while not begins(kind, until):
        until += DAY
    return first, until


@pytest.mark.parametrize("zone", ZONES)
def test_row_17_clock_changes_month_ends_and_leap_days(zone: str) -> None:
    checked = [
        check_day(Billing(zone, kind.period, kind.day, kind.split_by_month), day)
        for year in YEARS
        for day in changes(zone, year)
        for kind in KINDS
    ]
    assert sum(checked) >= 500, "three instants of six days of five years for each kind"


def check_day(kind: Billing, day: dt.date) -> int:
    """Compare the periods of three instants of a day to the count; return how many there were."""
    midnight, following = first_seen(kind.zone, day), first_seen(kind.zone, day + DAY)
    if midnight == following:  # the day was skipped
        return 0
    first, until = neighbours(kind, day)
    for instant in (midnight, midnight + 12 * HOUR + SECOND, following - SECOND):
        found = period_of(instant, kind)
        assert found.start == first_seen(kind.zone, first), (kind, instant)
        assert found.till == first_seen(kind.zone, until), (kind, instant)
    before = period_of(midnight - SECOND, kind)
    assert (before.till == midnight) == (first_seen(kind.zone, first) == midnight)
    return 3


@pytest.mark.soak
def test_row_17_a_hundred_thousand_random_instants() -> None:
    random = Random(17)
    for _ in range(100_000):
        kind = random.choice(KINDS)
        billing = Billing(random.choice(ZONES), kind.period, kind.day, kind.split_by_month)
        instant = at("2005-01-01") + random.randrange(25 * 366 * 86400) * SECOND
        found = period_of(instant, billing)
        assert found.start <= instant < found.till
        assert period_of(found.till, billing).start == found.till
        assert period_of(found.start - SECOND, billing).till == found.start


# ------------------------------------------------------------------------------ laws

instants = st.integers(0, 40 * 366 * 86400).map(lambda n: at("2000-01-01") + n * SECOND)
billings = st.one_of(
    st.builds(Billing, st.sampled_from(ZONES), st.just("daily"), st.just(1), st.booleans()),
    st.builds(Billing, st.sampled_from(ZONES), st.just("weekly"), st.integers(1, 7), st.booleans()),
    st.builds(
        Billing,
        st.sampled_from(ZONES),
        st.sampled_from(["monthly", "quarterly"]),
        st.integers(1, 31),
    ),
)
lengths = st.integers(3600, 400 * 86400).map(lambda n: n * SECOND)


@given(billings, instants, lengths)
@settings(max_examples=150, deadline=None)
def test_periods_tile_the_time(billing: Billing, start: dt.datetime, length: dt.timedelta) -> None:
    found = list(periods(billing, (start, start + length)))
    assert found[0].start == start
    assert found[-1].till == start + length
    assert all(one.till == other.start for one, other in pairwise(found))
    assert all(p.start < p.till and p.first < p.until for p in found)
    assert sum((p.till - p.start for p in found), dt.timedelta()) == length


@given(billings, instants, lengths, st.floats(0, 0.99))
@settings(max_examples=150, deadline=None)
def test_every_instant_lies_in_exactly_one_period(
    billing: Billing, start: dt.datetime, length: dt.timedelta, part: float
) -> None:
    bounds = (start, start + length)
    instant = start + length * part
    holding = [p for p in periods(billing, bounds) if p.start <= instant < p.till]
    assert holding == [period_of(instant, billing, bounds)]


@given(billings, instants, lengths, st.floats(0.01, 0.99))
@settings(max_examples=150, deadline=None)
def test_the_parts_of_a_cut_add_up_to_the_whole(
    billing: Billing, start: dt.datetime, length: dt.timedelta, part: float
) -> None:
    whole = list(periods(billing, (start, start + length)))
    cut = start + length * part
    terms = [(billing, (start, cut)), (billing, (cut, start + length))]
    parts = list(periods_of(terms))
    edges = {p.start for p in whole}
    assert {p.start for p in parts} == edges | {cut}


@given(billings, instants)
@settings(max_examples=200, deadline=None)
def test_split_by_month_only_adds_edges(billing: Billing, instant: dt.datetime) -> None:
    if billing.period != "weekly":
        return
    whole = period_of(instant, Billing(billing.zone, "weekly", billing.day))
    split = Billing(billing.zone, "weekly", billing.day, split_by_month=True)
    parts = list(periods(split, (whole.start, whole.till)))
    assert len(parts) in (1, 2)
    assert parts[0].start == whole.start
    assert parts[-1].till == whole.till
    assert all(p.first.month == p.last.month for p in parts)
