from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionaries.codes import (
    country_of_mcc,
    decide_padding,
    normalise_mcc,
    normalise_mccmnc,
    normalise_mnc,
)
from dictionaries.entries import Dictionaries
from dictionaries.others import is_others
from dictionaries.prefixes import normalise_prefix


def test_integers_restore_nearly_every_code(dictionaries: Dictionaries) -> None:
    codes = dictionaries["mccmnc"].keys()
    lost = [k for k in codes if normalise_mnc(k[:3], str(int(k[3:])), dictionaries).keys != (k,)]
    assert len(codes) > 3000
    assert len(lost) <= 2


def test_glued_integers_restore_nearly_every_code(dictionaries: Dictionaries) -> None:
    codes = dictionaries["mccmnc"].keys()
    damaged = [(k, f"{k[:3]}{int(k[3:])}.0") for k in codes]
    lost = [k for k, text in damaged if normalise_mccmnc(text, dictionaries).keys != (k,)]
    assert len(lost) <= 2


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("310410", ("310410",)), ("310-410", ("310410",)), ("310 410", ("310410",)),
        ("310/410", ("310410",)), ("310410.0", ("310410",)), ("2621", ("26201",)),
        ("260002", ("26002",)), ("262 01;02", ("26201", "26202")), ("262", ("*",)),
        ("26201;26202", ("26201", "26202")), ("26201, 310410", ("26201", "310410")),
        ("26201-26203", ("26201", "26202", "26203")), ("262xx", ("*",)), ("262-xxx", ("*",)),
        ("All networks", ("*",)), ("'26201", ("26201",)), ("310.260", ("310260",)),
    ],
)  # fmt: skip
def test_mccmnc_forms(text: str, keys: tuple[str, ...], dictionaries: Dictionaries) -> None:
    found = normalise_mccmnc(text, dictionaries)
    assert (found.keys, found.error) == (keys, "")


@pytest.mark.parametrize("text", ["26299", "abc", "310.26", "", "99999", "1", "26201 x"])
def test_bad_mccmnc_is_a_sentence(text: str, dictionaries: Dictionaries) -> None:
    found = normalise_mccmnc(text, dictionaries)
    assert found.keys == ()
    assert found.error.endswith(".")


@pytest.mark.parametrize(
    ("mcc", "mnc", "keys"),
    [
        ("262", "1", ("26201",)), ("262", "01", ("26201",)), ("262", "001", ("26201",)),
        ("262.0", "1.0", ("26201",)), ("234", "0", ("23400",)),
        ("262", "01;02;03", ("26201", "26202", "26203")),
        ("262", "06; 01;03", ("26206", "26201", "26203")),
        ("262", "1,2,10-12", ("26201", "26202", "26210", "26211", "26212")),
        ("262", "26201", ("26201",)), ("425", "050", ("42505",)),
        ("262", "*", ("*",)), ("262", "xx", ("*",)), ("262", "na", ("*",)), ("262", "", ("*",)),
        ("262", "[DEFAULT 214]", ("*",)), ("262", "Others", ("*",)),
    ],
)  # fmt: skip
def test_mnc_beside_its_mcc(
    mcc: str, mnc: str, keys: tuple[str, ...], dictionaries: Dictionaries
) -> None:
    found = normalise_mnc(mcc, mnc, dictionaries)
    assert (found.keys, found.error) == (keys, "")


def test_zero_is_an_mnc_not_empty(dictionaries: Dictionaries) -> None:
    assert normalise_mnc("234", "0", dictionaries).keys == ("23400",)
    assert normalise_mnc("234", "", dictionaries).keys == ("*",)


def test_a_list_read_as_a_number_is_an_error(dictionaries: Dictionaries) -> None:
    assert "1,2 read as a number" in normalise_mnc("262", "1.2", dictionaries).error


def test_a_range_holds_only_known_codes(dictionaries: Dictionaries) -> None:
    found = normalise_mnc("262", "44-58", dictionaries)
    assert "holds no MNC" in found.error


def test_a_list_tells_how_it_pads(dictionaries: Dictionaries) -> None:
    right = [("213", "030"), ("424", "020"), ("412", "010"), ("276", "040"), ("425", "010")]
    assert decide_padding(right, dictionaries) == "right"
    assert decide_padding([("262", "001"), ("262", "02"), ("310", "260")], dictionaries) == ""
    found = normalise_mnc("425", "010", dictionaries, padding="right")
    assert found.keys == ("42501",)


def test_mcc_and_its_countries(dictionaries: Dictionaries) -> None:
    assert normalise_mcc("262.0", dictionaries).keys == ("262",)
    assert normalise_mcc("404/405", dictionaries).keys == ("404", "405")
    assert "no MCC" in normalise_mcc("Germany", dictionaries).error
    assert country_of_mcc("262", dictionaries) == ("DE",)
    assert country_of_mcc("310", dictionaries)[0] == "US"
    assert len(country_of_mcc("310", dictionaries)) > 1
    assert country_of_mcc("xyz", dictionaries) == ()


@pytest.mark.parametrize(
    "text",
    ["All networks", "Other", "Others", "Rest of World", "*", "default", "[DEFAULT 214]", "ROW",
     "Alle Netze", "Все сети", "Other Unused", "全部"],
)  # fmt: skip
def test_catch_all_words(text: str) -> None:
    assert is_others(text)


@pytest.mark.parametrize("text", ["", "Otherland", "MTN", "na", "Rest Networks Ltd", "All-Tel"])
def test_no_catch_all_words(text: str) -> None:
    assert not is_others(text)


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("+93", ("93",)), ("0093", ("93",)), ("^93.*", ("93",)), ("^9375.*", ("9375",)),
        ("+49 (0)151", ("49151",)),
        ("447-449", ("447", "448", "449")), ("44,45", ("44", "45")), ("1-242", ("1242",)),
        ("1 (809, 829)", ("1809", "1829")), ("937[0-24]", ("9370", "9371", "9372", "9374")),
        ("44 20", ("4420",)), ("447.0", ("447",)), ("93", ("93",)), ("+44-7911", ("447911",)),
    ],
)  # fmt: skip
def test_prefix_forms(text: str, prefixes: tuple[str, ...]) -> None:
    assert normalise_prefix(text).prefixes == prefixes


@pytest.mark.parametrize(
    ("text", "word"),
    [("4.47E+11", "rounded"), ("", "missing"), ("093", "begins with 0"), ("abc", "only digits"),
     ("449-447", "backwards"), ("1234567890123456", "15 digits"), ("100000-199999", "10000")],
)  # fmt: skip
def test_bad_prefix_is_a_sentence(text: str, word: str) -> None:
    found = normalise_prefix(text)
    assert found.prefixes == ()
    assert word in found.error


@given(st.text(alphabet="0123456789+-^.*[](),; xE", max_size=16))
def test_prefixes_are_digits_whatever_comes(text: str) -> None:
    found = normalise_prefix(text)
    assert bool(found.prefixes) != bool(found.error)
    assert all(p.isdigit() and p[0] != "0" and len(p) <= 15 for p in found.prefixes)


@pytest.mark.parametrize(
    ("mcc", "mnc", "padding", "likely"),
    [("262", "99", "", "26299"), ("206", "770", "right", "20677"), ("460", "996", "", "460996"),
     ("310", "01", "", "310001"), ("262", "0", "", "")],
)  # fmt: skip
def test_a_code_that_the_dictionary_lacks_keeps_its_digits(
    mcc: str, mnc: str, padding: str, likely: str, dictionaries: Dictionaries
) -> None:
    found = normalise_mnc(mcc, mnc, dictionaries, padding=padding)
    assert (found.keys, found.likely, bool(found.error)) == ((), likely, True)


@pytest.mark.parametrize(
    ("mcc", "mnc", "key"),
    [("722", "340", "722034"), ("344", "300", "344030"), ("338", "500", "338050")],
)
def test_right_filled_codes_may_have_lost_a_zero_before(
    mcc: str, mnc: str, key: str, dictionaries: Dictionaries
) -> None:
    assert normalise_mnc(mcc, mnc, dictionaries, padding="right").keys == (key,)
    assert normalise_mnc(mcc, mnc, dictionaries).keys == ()
