"""When channels are held, and the order of use (A17, RAT-1)."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.domain.effective import Span, holds
from app.domain.enabled import Enabled, channel_times, common, held, order_of_use

DAY = dt.timedelta(days=1)
ZERO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    return ZERO + number * DAY


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 40))
    length = draw(st.none() | st.integers(1, 15))
    return day(start), None if length is None else day(start + length)


CHANNELS = st.sets(st.sampled_from(["sms/mt", "sms/mo", "whatsapp/message"]))


@given(spans(), spans(), st.integers(0, 60))
def test_common_time_is_in_both(one: Span, other: Span, at: int) -> None:
    shared = common(one, other)
    both = holds(one, day(at)) and holds(other, day(at))
    assert both == (shared is not None and holds(shared, day(at)))
    assert shared == common(other, one)


@given(spans(), st.lists(st.tuples(spans(), CHANNELS), max_size=6), st.integers(0, 60))
def test_a17_a_channel_is_held_while_enabling_and_a_scope_hold(
    bounds: Span, scopes: list[tuple[Span, set[str]]], at: int
) -> None:
    found = held(bounds, channel_times(scopes))
    for channel in ("sms/mt", "sms/mo", "whatsapp/message"):
        expected = holds(bounds, day(at)) and any(
            holds(span, day(at)) for span, channels in scopes if channel in channels
        )
        now = [span for name, span in found if name == channel and holds(span, day(at))]
        assert len(now) == int(expected), "its own rows never overlap"


@given(spans(), st.lists(st.tuples(spans(), CHANNELS), max_size=6))
def test_rows_of_one_channel_neither_overlap_nor_touch(
    bounds: Span, scopes: list[tuple[Span, set[str]]]
) -> None:
    rows = sorted(held(bounds, channel_times(scopes)), key=lambda row: (row[0], row[1][0]))
    for (name, one), (other_name, other) in itertools.pairwise(rows):
        if name == other_name:
            assert one[1] is not None
            assert one[1] < other[0]


def test_rat_1_packs_oldest_first_then_payg() -> None:
    items = [
        Enabled(1, 11, "payg", (day(0), None)),
        Enabled(2, 12, "unit_pack", (day(3), None)),
        Enabled(3, 13, "monetary_pack", (day(2), None)),
        Enabled(4, 14, "unit_pack", (day(2), None)),
        Enabled(5, 15, "unit_pack", (day(0), day(5))),
        Enabled(6, 16, "unit_pack", (day(20), None)),
        Enabled(7, 17, "bundle_pack", (day(0), None)),
        Enabled(8, 18, "payg", (day(1), None)),
    ]
    assert [e.id for e in order_of_use(items, day(10))] == [3, 4, 2, 1, 8]
    assert [e.id for e in order_of_use(items, day(4))] == [5, 3, 4, 2, 1, 8]
    assert order_of_use([], day(0)) == []
