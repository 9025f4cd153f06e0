"""Profiles (IMP-14): saved by header names, found again, and saying what changed."""

from __future__ import annotations

import pytest

from dictionaries.catalogue import load_catalogue
from importers.choices import settings_of
from importers.profiles import Profile, from_profile, to_profile
from importers.proposals.columns import propose
from importers.proposals.layout import shape_signature
from importers.records import FileProblem, ParsedSheet

from .sheets import dictionaries, rates, run, settings

ROWS = [
    ["Country", "Network", "Route", "Rate USD"],
    ["Germany", "Vodafone", "A", "0.05"],
    ["Germany", "Telekom", "A", "0.06"],
    ["Poland", "Play", "B", "0.02"],
]


def proposed(rows):
    sheet = ParsedSheet.from_rows(rows)
    return sheet, propose(sheet, dictionaries(), load_catalogue())


def saved(rows=ROWS, **more) -> Profile:
    sheet, proposal = proposed(rows)
    chosen = settings_of(proposal).with_changes(**more) if more else settings_of(proposal)
    return to_profile(
        chosen,
        proposal.headers,
        shape_signature(sheet, proposal),
        name="ACME monthly",
        vendor="ACME",
    )


def reordered(rows, order):
    return [[row[i] for i in order] for row in rows]


def test_profile_survives_its_text():
    profile = saved(
        answers={"country||x": "DE"},
        price_words={"tbd": "skip"},
        where=((2, "A"),),
        constants=(("direction", "mt"),),
        negative="blocked",
        unit="0.01",
    )
    assert Profile.from_text(profile.to_text()) == profile
    assert profile.to_text() == Profile.from_text(profile.to_text()).to_text()


def test_same_layout_gives_the_same_settings_and_nothing_to_say():
    sheet, proposal = proposed([*ROWS, ["Spain", "Vodafone", "A", "0.07"]])
    found, differences = from_profile(saved(), sheet, proposal)
    assert differences == []
    assert found.end_row == 4
    assert found.columns == saved().settings.columns


def test_moved_column_is_found_and_told():
    rows = reordered(ROWS, (3, 0, 1, 2))
    sheet, proposal = proposed(rows)
    found, differences = from_profile(saved(where=((2, "A"),)), sheet, proposal)
    assert 'Column "Rate USD" moved from D to A.' in differences
    assert found.where == ((3, "A"),)
    kept = found.with_changes(start_row=1)
    result = run(rows, kept.columns, " ".join(kept.levels), where=kept.where)
    assert rates(result) == {"DE/26202": "0.05", "DE/26201": "0.06"}


def test_missing_and_new_columns_are_told():
    rows = [[*row[:2], row[3], "x"] for row in ROWS]
    rows[0][3] = "Surcharge"
    sheet, proposal = proposed(rows)
    found, differences = from_profile(saved(where=((2, "A"),)), sheet, proposal)
    assert 'Column "Surcharge" (D) is new; it is not used.' in differences
    assert any('"Route" is no longer there; rows are no longer filtered' in d for d in differences)
    assert found.where == ()
    without = [row[1:] for row in ROWS]
    sheet, proposal = proposed(without)
    found, differences = from_profile(saved(), sheet, proposal)
    assert any('"Country" is no longer there; it gave the country' in d for d in differences)
    assert "country" not in {u.attribute for u in found.columns}


def test_another_decimal_sign_in_the_file_counts_and_is_told():
    rows = [ROWS[0], *([*row[:3], row[3].replace(".", ",")] for row in ROWS[1:])]
    sheet, proposal = proposed(rows)
    found, differences = from_profile(saved(), sheet, proposal)
    assert found.decimal == ","
    assert any("decimal" in d or "written with" in d for d in differences)


def test_lines_skipped_below_the_header_stay_skipped():
    profile = saved(start_row=2)
    titled = [["ACME rates", None, None, None], *ROWS]
    sheet, proposal = proposed(titled)
    found, _ = from_profile(profile, sheet, proposal)
    assert found.start_row == max(proposal.header_rows) + 2


def test_sheet_without_headers_goes_by_place():
    plain = settings([["DE", 1]], ("country", "price"), "country", header_rows=(), start_row=0)
    profile = to_profile(plain, ("A", "B"), "x")
    sheet, proposal = proposed([["FR", "0.02"], ["DE", "0.03"], ["PL", "0.04"]])
    found, _ = from_profile(profile, sheet, proposal)
    if not proposal.header_rows:
        assert [u.column for u in found.columns] == [0, 1]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1}', "\x00"])
def test_damaged_profiles_are_one_sentence(text):
    with pytest.raises(FileProblem):
        Profile.from_text(text)
