"""The same path twice (IMP-10, Q36), one prefix under two groups (F4), dates per key (Q35)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.matching.duplicates import path_ids, settle
from importers.records import DecisionKind, FileProblem, RowState, Severity
from importers.settings import Duplicates

from .sheets import errors, issues, rates, run, said, states

ONE = ("country", "price")
ROWS = [["c", "p"], ["DE", 1], ["FR", 5], ["Germany", 2], ["DEU", 1]]


def test_identical_rates_collapse_with_an_info_line_each():
    result = run([["c", "p"], ["DE", 1], ["Germany", 1.0], ["DEU", "1.00"]], ONE, "country")
    assert rates(result) == {"DE": "1"}
    assert states(result)[1:] == ["IMPORTED", "MERGED", "MERGED"]
    infos = issues(result, Severity.INFO)
    assert [i.row for i in infos if "same rate again" in i.reason] == [3, 4]
    assert not errors(result)


@pytest.mark.parametrize(
    ("policy", "price", "expected"),
    [
        ("first", "1", ["IMPORTED", "IMPORTED", "SKIPPED", "MERGED"]),
        ("last", "1", ["MERGED", "IMPORTED", "SKIPPED", "IMPORTED"]),
        ("error", None, ["ERROR", "IMPORTED", "ERROR", "ERROR"]),
    ],
)
def test_differing_rates_follow_the_rule(policy, price, expected):
    result = run(ROWS, ONE, "country", duplicates=policy)
    assert rates(result).get("DE") == price
    assert states(result)[1:] == expected


def test_each_differing_row_is_listed_with_both_prices_and_rows():
    result = run(ROWS, ONE, "country", duplicates="error")
    listed = errors(result)
    assert sorted(row for row, _, _ in listed) == [2, 4, 5]
    by_row = {row: reason for row, _, reason in listed}
    assert "1 here, 2 in row 4" in by_row[2]
    assert "2 here, 1 in row 2" in by_row[4]
    last = run(ROWS, ONE, "country", duplicates="last")
    assert "2 here, 1 in row 5" in said(last)


def test_price_type_and_rules_make_a_difference():
    rows = [["c", "p", "b"], ["DE", 1, "submitted"], ["DE", 1, "delivered"]]
    result = run(rows, ("country", "price", "billing_rule"), "country")
    assert result.counts.errors == 2


def test_row_counts_once_by_the_best_it_gave():
    rows = [["mcc", "mnc", "p"], ["262", "01", 1], ["262", "01;02", 1], ["262", "01", 1]]
    result = run(rows, ("mcc", "mnc", "price"), "country mccmnc")
    assert rates(result) == {"DE/26201": "1", "DE/26202": "1"}
    assert states(result)[1:] == ["IMPORTED", "IMPORTED", "MERGED"]


def test_f4_one_prefix_under_two_groups_is_an_error():
    rows = [["dest", "prefix", "p"], ["A", "93", 1], ["B", "93", 1], ["A", "94", 2], ["A", "93", 1]]
    columns = ("destination", "prefix", "price")
    result = run(rows, columns, "destination prefix", resource="call")
    assert rates(result) == {"A/94": "2"}
    assert sorted(row for row, _, _ in errors(result)) == [2, 3, 5]
    assert "A / 93 here, B / 93 in row 3" in said(result)
    last = run(rows[:3], columns, "destination prefix", resource="call", duplicates="last")
    assert rates(last) == {"B/93": "1"}
    assert last.counts.errors == 1


DATED = [
    ["c", "p", "from"],
    ["DE", 1, "2026-01-01"],
    ["DE", 2, "2026-03-01"],
    ["FR", 3, "2026-01-01"],
    ["PL", 4, ""],
    ["PL", 5, "2026-06-01"],
]
DATE_COLUMNS = ("country", "price", "effective_from")


def test_q35_newest_date_up_to_the_chosen_one_counts_and_later_ones_are_offered():
    result = run(DATED, DATE_COLUMNS, "country", effective="2026-03-15")
    assert rates(result) == {"DE": "2", "FR": "3", "PL": "4"}
    assert states(result)[1:] == ["SKIPPED", "IMPORTED", "IMPORTED", "IMPORTED", "SKIPPED"]
    assert result.effective == dt.date(2026, 3, 15)
    assert result.other_dates == {dt.date(2026, 6, 1): 1}
    assert "--effective 2026-06-01" in said(result)
    assert "replaced by a newer date" in said(result)


def test_without_a_chosen_date_the_newest_in_the_file_counts():
    result = run(DATED[:4], DATE_COLUMNS, "country")
    assert result.effective == dt.date(2026, 3, 1)
    assert rates(result) == {"DE": "2", "FR": "3"}


def test_past_date_warns_and_ended_rates_are_left_out():
    rows = [
        ["c", "p", "from", "till"],
        ["DE", 1, "2026-01-01", "2026-02-01"],
        ["FR", 2, "2026-03-01", ""],
    ]
    columns = ("country", "price", "effective_from", "effective_till")
    result = run(rows, columns, "country", today=dt.date(2026, 5, 1))
    assert rates(result) == {"FR": "2"}
    assert states(result)[1] == "SKIPPED"
    assert "a past date" in said(result)
    assert "a past date" not in said(run(rows, columns, "country", today=dt.date(2026, 3, 1)))


def test_q18_undecidable_day_and_month_is_asked_and_settled():
    rows = [["c", "p", "from"], ["DE", 1, "01/03/2026"]]
    result = run(rows, DATE_COLUMNS, "country")
    assert [d.kind for d in result.decisions] == [DecisionKind.DATE]
    settled = run(rows, DATE_COLUMNS, "country", day_first=True)
    assert settled.effective == dt.date(2026, 3, 1)
    with pytest.raises(FileProblem, match="YYYY-MM-DD"):
        run(rows, DATE_COLUMNS, "country", effective="soon")


def test_bad_dates_are_errors_of_their_rows():
    rows = [["c", "p", "from"], ["DE", 1, "2026-01-01"], ["FR", 2, "yesterday-ish"]]
    result = run(rows, DATE_COLUMNS, "country")
    assert errors(result)[0][:2] == (3, "C")
    assert rates(result) == {"DE": "1"}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), max_size=30),
    st.sampled_from(list(Duplicates)),
)
def test_settle_against_a_plain_account(entries, policy):
    a = np.array([e[0] for e in entries], np.int32)
    b = np.array([e[1] for e in entries], np.int32)
    price = np.array([e[2] for e in entries], np.int64)
    found = settle([a, b], [4, 3], payload=[price], dates=None, policy=policy)
    expected = []
    for path in {(x, y) for x, y, _ in entries}:
        members = [i for i, (x, y, _) in enumerate(entries) if (x, y) == path]
        prices = {entries[i][2] for i in members}
        if len(prices) == 1 or policy is Duplicates.FIRST:
            expected.append(members[0])
        elif policy is Duplicates.LAST:
            expected.append(members[-1])
    assert found.keep.tolist() == sorted(expected)
    told = sorted(i for r in found.repeats for i in r.at.tolist())
    assert told == sorted(set(range(len(entries))) - set(expected))
    for repeat in found.repeats:
        same = price[repeat.at] == price[repeat.other]
        assert same.all() if repeat.state is RowState.MERGED else not same.any()


def test_path_ids_of_very_many_keys_do_not_overflow():
    codes = [np.array([0, 2**31 - 2, 0], np.int32)] * 4
    ids = path_ids(codes, [2**31 - 1] * 4)
    assert ids[0] == ids[2] != ids[1]
