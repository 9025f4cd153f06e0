"""Check digits of Russian requisites: known numbers, and laws for all numbers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.requisites import (
    account_key,
    account_problem,
    bik_problem,
    inn_check_digits,
    inn_problem,
    is_inn,
    kpp_problem,
    ogrn_problem,
    plain,
)


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


@pytest.mark.parametrize(
    "inn", ["7707083893", "7736050003", "7710140679", "7830002293", "500100732259"]
)
def test_known_inns_are_right(inn: str) -> None:
    assert inn_problem(inn) == ""


@pytest.mark.parametrize(
    ("inn", "place"), [("7707083894", 10), ("500100732269", 11), ("500100732258", 12)]
)
def test_a_wrong_inn_names_its_digit(inn: str, place: int) -> None:
    assert inn_problem(inn).startswith(f"Digit {place} of the INN {inn} is wrong")


@pytest.mark.parametrize("text", ["", "123", "PL5260001246", "DE123456789", "77070838931"])
def test_what_claims_to_be_no_inn_is_let_pass(text: str) -> None:
    assert not is_inn(text)
    assert inn_problem(text) == ""


@given(digits(9))
def test_one_last_digit_makes_ten_an_inn(body: str) -> None:
    right = inn_check_digits(body + "0")
    assert [d for d in "0123456789" if not inn_problem(body + d)] == [right]


@given(digits(10))
def test_one_pair_makes_twelve_an_inn(body: str) -> None:
    right = inn_check_digits(body + "00")
    assert inn_problem(body + right) == ""
    wrong = (f"{body}{n:02d}" for n in range(100) if f"{n:02d}" != right)
    assert all(map(inn_problem, wrong))


@given(digits(9), st.integers(0, 8), st.integers(1, 9))
def test_a_mistyped_digit_of_an_inn_is_nearly_always_seen(body: str, at: int, by: int) -> None:
    """A remainder of 10 counts as 0, so only mistakes between those two pass."""
    inn = body + inn_check_digits(body + "0")
    other = inn[:at] + str((int(inn[at]) + by) % 10) + inn[at + 1 :]
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    rests = {sum(int(d) * w for d, w in zip(n, weights, strict=False)) % 11 for n in (inn, other)}
    assume(rests != {0, 10})
    assert inn_problem(other)


@pytest.mark.parametrize("ogrn", ["1027700132195", "1027700067328", "304500116000157"])
def test_known_ogrns_are_right(ogrn: str) -> None:
    assert ogrn_problem(ogrn) == ""
    wrong = ogrn[:-1] + str((int(ogrn[-1]) + 1) % 10)
    assert ogrn_problem(wrong).startswith(f"Digit {len(ogrn)} of the OGRN")


@pytest.mark.parametrize("kpp", ["773601001", "7736AZ001", "", "12345"])
def test_fitting_kpps_pass(kpp: str) -> None:
    assert kpp_problem(kpp) == ""


@pytest.mark.parametrize("kpp", ["7736010O1", "77360a001", "AB3601001"])
def test_nine_signs_that_are_no_kpp_are_refused(kpp: str) -> None:
    assert kpp_problem(kpp).startswith(f"The KPP {kpp} is wrong")


def test_a_bik_begins_with_the_country() -> None:
    assert bik_problem("044525225") == bik_problem("017003983") == bik_problem("12345") == ""
    assert bik_problem("144525225").startswith("Digits 1 and 2 of the BIK")


@pytest.mark.parametrize(
    ("bik", "account"),
    [
        ("044525225", "40703810338000004033"),
        ("044525225", "40703810438040104602"),
        ("044525659", "40703810600000011971"),
        ("044525225", "40702810438000034726"),
    ],
)
def test_known_accounts_fit_their_bank(bik: str, account: str) -> None:
    assert account_problem(bik, account) == ""


@pytest.mark.parametrize(
    ("bik", "account"),
    [
        ("044525225", "30101810400000000225"),
        ("044525974", "30101810145250000974"),
        ("044525593", "30101810200000000593"),
    ],
)
def test_known_correspondent_accounts_fit_the_bank_of_russia(bik: str, account: str) -> None:
    assert account_problem(bik, account, correspondent=True) == ""


@given(digits(7), digits(20), st.booleans())
def test_one_ninth_digit_fits_an_account(bank: str, account: str, correspondent: bool) -> None:
    bik = f"04{bank}"
    fitting = [
        d
        for d in "0123456789"
        if not account_problem(bik, account[:8] + d + account[9:], correspondent=correspondent)
    ]
    assert fitting == [str(account_key(bik, account, correspondent=correspondent))]


@given(digits(7), digits(20), st.integers(0, 19), st.integers(1, 9))
def test_every_mistyped_digit_of_an_account_is_seen(
    bank: str, account: str, at: int, by: int
) -> None:
    """7, 1 and 3 have no common factor with 10."""
    bik = f"04{bank}"
    right = account[:8] + str(account_key(bik, account)) + account[9:]
    other = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert account_problem(bik, other)


def test_a_letter_stands_for_a_digit_in_clearing_currencies() -> None:
    key = account_key("044525225", "40703A10038000004033")
    assert key == account_key("044525225", "40703010038000004033")
    assert account_problem("044525225", f"40703A10{key}38000004033") == ""


def test_spaces_and_hyphens_do_not_count() -> None:
    assert plain(" 4070\u00a02810-9000 ") == "407028109000"
