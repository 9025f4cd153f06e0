"""Dial codes and area codes in two columns make one prefix."""

from __future__ import annotations

import pytest

from importers.matching.dial_codes import dialled
from tests.unit.importers.rows.sheets import errors, rates
from tests.unit.importers.rows.test_rivals import read

HEADER = ("Country", "Zone", "Country code", "Area codes", "Price per minute USD", "Increment")


def test_area_codes_stand_behind_the_dial_code() -> None:
    rows = [
        HEADER,
        ("Germany", "Mobile", 49, "15,16,17", 0.02, "60/60"),
        ("Germany", "Fixed", 49, None, 0.005, "60/60"),
        ("Albania", "Mobile", 355, "66-69", 0.25, "30/6"),
    ]
    result = read(rows, resource="call")
    found = {path.rpartition("/")[2]: price for path, price in rates(result).items()}
    german = {"49": "0.005", "4915": "0.02", "4916": "0.02", "4917": "0.02"}
    assert found == german | dict.fromkeys(("35566", "35567", "35568", "35569"), "0.25")


def test_a_trunk_zero_is_refused() -> None:
    rows = [
        HEADER,
        ("Germany", "Berlin", 49, "030", 0.02, "60/60"),
        ("Germany", "Munich", 49, "89", 0.02, "60/60"),
        ("Austria", "Vienna", 43, "1", 0.02, "60/60"),
    ]
    result = read(rows, resource="call")
    assert [(row, column) for row, column, _ in errors(result)] == [(2, "D")]
    assert len(result.rows) == 2


@pytest.mark.parametrize(
    ("dials", "areas", "expected"),
    [
        (["49", "49"], ["4915", "49 16"], ["494915", "4949, 4916"]),
        (["1", "49"], ["212; 213", ""], ["1212, 1213", "49"]),
        (["", "49"], ["15", "16"], ["", "4916"]),
        (["49.0"], ["15 - 17"], ["4915-4917"]),
    ],
)
def test_lists_ranges_blanks_and_whole_prefixes(
    dials: list[str], areas: list[str], expected: list[str]
) -> None:
    assert dialled(dials, areas) == expected


def test_whole_prefixes_stay_as_they_are() -> None:
    assert dialled(["49", "43", "43"], ["4915,4916", "431", ""]) == ["4915, 4916", "431", "43"]
