from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionaries.normalise import mixed_script, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Côte d’Ivoire ", "cote d ivoire"),
        ("U. S. Virgin Islands", "us virgin islands"),
        ("U.S.A.", "usa"),
        ("D.R. Congo", "dr congo"),
        ("N/A", "n a"),
        ("N. Korea", "n korea"),
        ("Trinidad & Tobago", "trinidad and tobago"),
        ("SPAIN_MOBILE", "spain mobile"),
        ("Türkiye İzmir ıraq", "turkiye izmir iraq"),
        ("Łódź Ærø Straße Đorđe", "lodz aero strasse dorde"),
        ("Peru¹", "peru"),
        ("O₂", "o2"),
        ("soft\u00adhyphen\u00a0and\u200bzero", "softhyphen andzero"),
        ("Ｆｕｌｌ　width", "full width"),
        ("MТС", "mtc"),  # Latin M, Cyrillic ТС
        ("МТС", "мтс"),  # Cyrillic throughout
        ("Телe2", "теле2"),  # Latin e in a Cyrillic word
        ("中国移动", "中国移动"),
        ("--", ""),
    ],
)
def test_one_spelling(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=30))
def test_case_does_not_matter(text: str) -> None:
    assert normalise(text.lower()) == normalise(text.lower().casefold())


def test_mixed_script_names_the_word() -> None:
    assert mixed_script("Оператор MТС Russia") == "MТС"
    assert mixed_script("МТС Russia") == ""
    assert mixed_script("plain") == ""
