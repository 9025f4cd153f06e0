"""Laws of local times: each means one instant, later ones never an earlier one."""

# ruff: noqa: DTZ001 - local times have no zone of their own

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.zones import instant_of, local_of, settled

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",  # midnights that do not exist, until 2018
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # a day that does not exist
    "America/New_York",
)
zones = st.sampled_from(ZONES)
locals_ = st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1))
transitions = st.sampled_from(
    [
        datetime(2026, 3, 29, 2),
        datetime(2026, 10, 25, 2),
        datetime(2018, 11, 4),
        datetime(2011, 12, 30),
    ]
)
near = st.builds(
    lambda at, minutes: at + timedelta(minutes=minutes), transitions, st.integers(-2000, 2000)
)
times = st.one_of(locals_, near)


@given(times, zones)
def test_an_instant_comes_back_as_its_local_time(local: datetime, zone: str) -> None:
    instant = instant_of(local, zone)
    back = local_of(instant, zone)
    assert instant.tzinfo is UTC
    assert back >= local.replace(microsecond=0)
    assert settled(back, zone) == back
    if back == local:
        earlier = instant - timedelta(hours=1)
        assert local_of(earlier, zone) != local, "of two the first is meant"


@given(times, times, zones)
def test_a_later_local_time_is_never_an_earlier_instant(
    one: datetime, other: datetime, zone: str
) -> None:
    first, last = sorted((one, other))
    assert instant_of(first, zone) <= instant_of(last, zone)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        (datetime(2026, 1, 31), "Europe/Berlin", datetime(2026, 1, 30, 23)),
        (datetime(2026, 3, 29, 2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1)),  # 03:00
        (datetime(2026, 10, 25, 2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30)),
        (datetime(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3)),  # 01:00
        (datetime(2011, 12, 30, 12), "Pacific/Apia", datetime(2011, 12, 30, 10)),  # the 31st
    ],
)
def test_gaps_go_forward_and_of_two_the_first_is_meant(
    local: datetime, zone: str, instant: datetime
) -> None:
    assert instant_of(local, zone) == instant.replace(tzinfo=UTC)


def test_what_is_no_local_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant_of(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    with pytest.raises(ValueError, match="must have a zone"):
        local_of(datetime(2026, 1, 1), "UTC")
    with pytest.raises(ValueError, match='"Berlin" is not a time zone'):
        instant_of(datetime(2026, 1, 1), "Berlin")
    with pytest.raises(ValueError, match="is not a time zone"):
        instant_of(datetime(2026, 1, 1), "../etc")
