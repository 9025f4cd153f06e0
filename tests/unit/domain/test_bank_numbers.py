"""IBAN and VAT IDs: known ones, what looks odd, and laws for all."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.bank_numbers import (
    IBAN_LENGTHS,
    compact,
    iban_check_digits,
    iban_problem,
    looks_like_iban,
    vat_problem,
)

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    "iban",
    [
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "CH56 0483 5012 3456 7800 9",
        "SA03 8000 0000 6080 1016 7519",
        "ES91 2100 0418 4502 0005 1332",
        "mt84 malt 0110 0001 2345 mtlc ast0 01s",
        "NO93 8601 1117 947",
    ],
)
def test_known_ibans_are_right(iban: str) -> None:
    assert looks_like_iban(iban)
    assert iban_problem(iban) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("CH56 0483 5012 3456 7800 1", "check digits"),
        ("DE89 3704 0044 0532 0130", "An IBAN of DE has 22 characters, this has 20"),
        ("ZZ12 3456", "ZZ is no country"),
    ],
)
def test_odd_ibans_are_told(number: str, words: str) -> None:
    assert words in iban_problem(number)


@pytest.mark.parametrize("number", ["4070281043800", "ACC-1", "", "021000021 1234", "D123"])
def test_other_numbers_pass(number: str) -> None:
    assert iban_problem(number) == ""


countries = st.sampled_from(sorted(IBAN_LENGTHS))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country = draw(countries)
    size = IBAN_LENGTHS[country] - 4
    account = draw(st.text(SIGNS, min_size=size, max_size=size))
    return country + iban_check_digits(country, account) + account


@given(ibans())
def test_computed_check_digits_are_right(iban: str) -> None:
    assert iban_problem(iban) == ""
    assert iban_problem(" ".join(iban[i : i + 4] for i in range(0, len(iban), 4)).lower()) == ""


@given(ibans(), st.data())
def test_every_mistyped_sign_of_an_iban_is_seen(iban: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(iban) - 1))
    sign = data.draw(st.sampled_from(SIGNS))
    assume(sign != iban[at])
    # A digit for a letter moves all before it, so only signs of one kind are swapped.
    assume(sign.isdigit() == iban[at].isdigit())
    assert "check digits" in iban_problem(iban[:at] + sign + iban[at + 1 :])


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(iban_problem(text), str)
    assert compact(compact(text)) == compact(text)


@pytest.mark.parametrize(
    ("vat", "country"),
    [
        ("DE123456789", "DE"),
        ("EL123456789", "GR"),
        ("ATU 1234 5678", "AT"),
        ("NL123456789B01", "NL"),
        ("", "DE"),
        ("7777777", "CA"),
    ],
)
def test_fitting_vat_ids_pass(vat: str, country: str) -> None:
    assert vat_problem(vat, country) == ""


@pytest.mark.parametrize(
    ("vat", "country", "words"),
    [
        ("DE12345678", "DE", "does not look like a VAT ID of DE"),
        ("123456789", "DE", "begins with DE"),
        ("FR12345678901", "DE", "one of FR, the country is DE"),
    ],
)
def test_odd_vat_ids_are_told(vat: str, country: str, words: str) -> None:
    assert words in vat_problem(vat, country)
