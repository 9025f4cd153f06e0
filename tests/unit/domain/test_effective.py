"""What holds when: status, gaps and overlaps of half-open spans."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.domain.effective import (
    Span,
    gaps,
    holds,
    joined,
    meets,
    overlaps,
    shown,
    state_of,
    uncovered,
)

ZERO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def moment(day: int) -> dt.datetime:
    return ZERO + dt.timedelta(days=day)


def span(start: int, till: int | None = None) -> Span:
    return moment(start), None if till is None else moment(till)


def test_a_span_holds_from_its_start_up_to_its_end() -> None:
    now = moment(5)
    assert [state_of(span(*s), now) for s in ((1, 5), (5, 6), (6, 7), (0, None))] == [
        "past",
        "current",
        "upcoming",
        "current",
    ]
    assert [holds(span(5, 6), moment(day)) for day in (4, 5, 6)] == [False, True, False]


def test_the_current_one_is_shown_else_the_next_else_the_last() -> None:
    spans = [span(1, 3), span(3, 5), span(7, 9), span(9)]
    found = [shown(spans, lambda s: s, moment(day)) for day in (0, 2, 6, 20)]
    assert found == [spans[0], spans[0], spans[2], spans[3]]
    assert shown(spans[:2], lambda s: s, moment(8)) == spans[1]
    assert shown([], lambda s: s, ZERO) is None


def test_gaps_and_overlaps_are_told_as_spans() -> None:
    assert gaps([span(6, 8), span(1, 3), span(2, 4)]) == [span(4, 6)]
    assert gaps([]) == []
    assert overlaps([span(1, 4), span(3, 6), span(8), span(10)]) == [span(3, 4), span(10)]
    assert uncovered(span(0), [span(2, 4)]) == [span(0, 2), span(4)]
    assert uncovered(span(0, 3), [span(-5, 9)]) == []


spans = st.builds(
    lambda start, length: span(start, None if length is None else start + length),
    st.integers(-20, 20),
    st.one_of(st.none(), st.integers(1, 15)),
)


@given(st.lists(spans, max_size=6), spans)
def test_every_day_is_covered_uncovered_or_outside(covers: list[Span], whole: Span) -> None:
    free = uncovered(whole, covers)
    for day in range(-21, 40):
        at = moment(day)
        in_free = any(holds(part, at) for part in free)
        assert in_free == (holds(whole, at) and not any(holds(part, at) for part in covers))
    assert joined(free) == free


@given(st.lists(spans, max_size=6))
def test_overlaps_are_where_two_hold(known: list[Span]) -> None:
    found = overlaps(known)
    for day in range(-21, 40):
        number = sum(holds(part, moment(day)) for part in known)
        assert any(holds(part, moment(day)) for part in found) == (number > 1)
    assert all(meets(one, one) for one in known)
