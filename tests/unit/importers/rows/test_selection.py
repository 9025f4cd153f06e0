"""Which rows are data: headers, sections, footers, hidden rows, filters, merges, fill-down."""

from __future__ import annotations

import numpy as np

from importers.records import Merge, ParsedSheet
from importers.settings import ImportSettings

from .sheets import errors, rates, run, said, settings, states, use

SMS = ("country", "network", "price")


def test_q10_q13_q14_titles_blanks_and_footers_are_no_data():
    rows = [
        ["Price list", None, None],
        [None, None, None],
        ["c", "n", "p"],
        ["DE", "", 1],
        [None, " ", None],
        ["FR", "", 2],
        ["Total countries: 2", "", None],
        ["Prices exclude VAT", None, None],
        [None, None, None],
    ]
    result = run(rows, SMS, "country network", header_rows=(2,), start_row=3)
    assert rates(result) == {"DE/*": "1", "FR/*": "2"}
    assert result.counts.read == 8
    assert result.counts.not_data == 6
    assert not errors(result)
    assert not result.decisions
    assert [i.row for i in result.issues if "neither a price nor a key" in i.reason] == [7, 8]


def test_start_and_end_rows_bound_the_data():
    rows = [["c", "n", "p"], ["DE", "", 1], ["FR", "", 2], ["PL", "", 3]]
    result = run(rows, SMS, "country network", start_row=2, end_row=2)
    assert rates(result) == {"FR/*": "2"}
    assert states(result) == ["NOT_DATA", "NOT_DATA", "IMPORTED", "NOT_DATA"]


def test_q12_section_rows_are_skipped_or_become_a_level():
    rows = [
        ["d", "prefix", "p"],
        ["EUROPE", None, None],
        ["Germany", "49", 1],
        ["ASIA", None, None],
        ["China", "86", 2],
        ["Japan", "81", 3],
    ]
    columns = ("", "prefix", "price")
    sectioned = use(0, "destination", extract="section")
    result = run(
        rows, (sectioned, *columns[1:]), "destination prefix", resource="call", section_rows=(1, 3)
    )
    assert rates(result) == {"EUROPE/49": "1", "ASIA/86": "2", "ASIA/81": "3"}
    assert states(result)[1] == "NOT_DATA"


def test_q9_hidden_rows_are_imported_and_told_or_skipped():
    rows = [["c", "n", "p"], ["DE", "", 1], ["FR", "", 2]]
    plain = ParsedSheet.from_rows(rows)
    sheet = ParsedSheet(plain.name, plain.columns, 3, hidden_rows=np.array([2], np.int32))
    result = run(rows, SMS, "country network", sheet=sheet)
    assert len(rates(result)) == 2
    assert "Hidden rows are imported too: row 3" in said(result)
    skipped = run(rows, SMS, "country network", sheet=sheet, skip_hidden=True)
    assert states(skipped) == ["NOT_DATA", "IMPORTED", "SKIPPED"]


def test_where_filters_join_by_column():
    rows = [["c", "type", "p"], ["DE", "a", 1], ["FR", "B ", 2], ["PL", "c", 3]]
    result = run(rows, ("country", "", "price"), "country", where=((1, "A"), (1, "b")))
    assert rates(result) == {"DE": "1", "FR": "2"}
    assert states(result)[3] == "SKIPPED"
    assert "left out by the filter on column B" in said(result)


def test_q11_blanks_repeat_only_in_declared_columns():
    rows = [["c", "n", "p"], ["DE", "Vodafone", 1], ["", "Telekom", 2], ["PL", "Play", 3]]
    asked = run(rows, SMS, "country network")
    assert errors(asked) == [(3, "A", "the Country is missing")]
    filled = run(rows, SMS, "country network", fill_down=(0,))
    assert list(rates(filled)) == ["DE/26202", "DE/26201", "PL/26006"]


def test_fill_down_never_repeats_a_title_or_a_section():
    rows = [
        ["c", "n", "p"],
        ["", "Vodafone", 1],
        ["EUROPE", "", ""],
        ["", "Vodafone", 2],
        ["DE", "", 3],
    ]
    result = run(rows, SMS, "country network", fill_down=(0,), section_rows=(2,))
    assert rates(result) == {"DE/*": "3"}
    assert [row for row, _, _ in errors(result)] == [2, 4]


def test_q11_merged_cells_fill_inside_their_range_only():
    rows = [["c", "n", "p"], ["DE", "Vodafone", 1], [None, "Telekom", None], [None, "O2", 2]]
    plain = ParsedSheet.from_rows(rows)
    merges = (Merge(1, 0, 2, 0), Merge(1, 2, 2, 2))
    sheet = ParsedSheet(plain.name, plain.columns, 4, merges=merges)
    result = run(rows, SMS, "country network", sheet=sheet)
    assert rates(result) == {"DE/26202": "1", "DE/26201": "1"}
    assert errors(result) == [(4, "A", "the Country is missing")]


def test_merge_to_the_right_fills_columns_of_one_role_only():
    rows = [["c", "out", "in"], ["DE", 0.5, None], ["Note about prices", None, None]]
    plain = ParsedSheet.from_rows(rows)
    merges = (Merge(1, 1, 1, 2), Merge(2, 0, 2, 2))
    sheet = ParsedSheet(plain.name, plain.columns, 3, merges=merges)
    columns = ("country", "price@direction:mt", "price@direction:mo")
    result = run(rows, columns, "direction country", sheet=sheet)
    assert rates(result) == {"mt/DE": "0.5", "mo/DE": "0.5"}
    assert states(result)[2] == "NOT_DATA"


def test_empty_sheet_has_an_empty_balance():
    rows = [["c", "n", "p"]]
    found = run(rows, SMS, "country network")
    assert (found.counts.read, found.counts.not_data, len(found.rows)) == (1, 1, 0)


def test_settings_survive_json():
    made = settings([["c", "p"], ["DE", 1]], ("country", "price@direction:mt"), "country direction")
    assert ImportSettings.from_json(made.to_json()) == made


def test_bounds_and_merges_outside_the_sheet_do_no_harm():
    rows = [["c", "n", "p"], ["DE", "", 1]]
    plain = ParsedSheet.from_rows(rows)
    sheet = ParsedSheet(plain.name, plain.columns, 2, merges=(Merge(5, 0, 9, 0), Merge(1, 0, 9, 0)))
    result = run(rows, SMS, "country network", sheet=sheet, start_row=-1, end_row=99)
    assert rates(result) == {"DE/*": "1"}
    assert rates(run(rows, SMS, "country network", end_row=-5)) == {}
