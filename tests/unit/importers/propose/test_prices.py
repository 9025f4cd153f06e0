# ruff: noqa: DTZ001 - the dates of a spreadsheet have no time zone
from __future__ import annotations

import datetime as dt
import random
import time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.prices import (
    MEANINGS,
    PriceKind,
    decide_decimal,
    normalise_word,
    parse_prices,
    price_words,
    sign_evidence,
)
from importers.records import NO_PRICE, CellError, CellValue


def one(value: CellValue, decimal: str = ".", **options: str) -> tuple[PriceKind, int]:
    column = parse_prices([value], decimal, **options)
    return PriceKind(column.kind[0]), int(column.price[0])


def price(value: CellValue, decimal: str = ".", **options: str) -> Decimal:
    kind, units = one(value, decimal, **options)
    assert kind in (PriceKind.PRICE, PriceKind.ZERO), f"{value!r} is {kind.name}"
    return Decimal(units) / 10**8


def error(value: CellValue, decimal: str = ".") -> str:
    column = parse_prices([value], decimal)
    assert column.kind[0] == PriceKind.ERROR, f"{value!r} was read as {column.price[0]}"
    assert column.price[0] == NO_PRICE
    return column.errors[0]


# ------------------------------------------------------------------------------------ Q19


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("0.045", ".", "0.045"),
        ("0,045", ",", "0.045"),
        ("1.234,50", ",", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1\u00a0234,50", ",", "1234.5"),
        ("1\u2009234.5", ".", "1234.5"),
        ("1\u202f234.5", ".", "1234.5"),
        ("1 234 567,8", ",", "1234567.8"),
        ("1'234.50", ".", "1234.5"),
        ("1\u2019234,50", ",", "1234.5"),
        ("12,34,567.5", ".", "1234567.5"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        (".5", ".", "0.5"),
        (",5", ",", "0.5"),
        ("5.", ".", "5"),
        ("0.00000001", ".", "0.00000001"),
        ("+0.05", ".", "0.05"),
        ("\u0660\u066b\u0660\u0664\u0665", ".", "0.045"),
        ("\uff10\uff0e\uff10\uff14\uff15", ".", "0.045"),
    ],
)
def test_q19_decimal_and_thousands_signs(text: str, sign: str, value: str) -> None:
    assert price(text, sign) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("0,045", "."),
        ("0.045", ","),
        ("1,23", "."),
        ("1.2345,6", "."),
        ("01,234", "."),
        ("1.5.", ","),
    ],
)
def test_q19_a_text_that_contradicts_the_column_is_an_error(text: str, sign: str) -> None:
    assert text in error(text, sign)


def test_q19_a_leading_zero_or_not_three_digits_proves_the_sign() -> None:
    assert decide_decimal(["0.045", "1.234"])[0] == "."
    assert decide_decimal(["1,25", "1,234"])[0] == ","
    assert decide_decimal(["1.234,5"])[0] == ","
    assert decide_decimal(["1,234,567"])[0] == "."
    assert decide_decimal(["12345.678"])[0] == "."
    assert decide_decimal(["1 234,500"])[0] == ","
    assert decide_decimal(["1,5E-02"])[0] == ","


def test_q19_undecidable_columns_are_asked_about() -> None:
    sign, reason = decide_decimal(["1.234", "2.500", None, 5.0])
    assert sign == ""
    assert "1.234" in reason
    column = parse_prices(["1.234", "7", "0.5"], "")
    assert column.kind.tolist() == [PriceKind.ERROR, PriceKind.PRICE, PriceKind.PRICE]
    assert "--decimal" in column.errors[0]


def test_q19_contradiction_is_not_decided_but_one_odd_value_does_not_overturn_many() -> None:
    assert decide_decimal(["0.5", "0,5"])[0] == ""
    sign, reason = decide_decimal([*(f"0.{i:04}1" for i in range(50)), "0,5"])
    assert sign == "."
    assert "0,5" in reason


def test_q19_numbers_and_words_need_no_sign() -> None:
    assert decide_decimal([0.045, 1, "free", None, "12", "2024-01-01"])[0] == "."


@given(
    st.decimals(min_value=0, max_value=99_999_999, places=8, allow_nan=False),
    st.sampled_from([".", ","]),
    st.sampled_from(["", "group", " ", "'", "\u00a0"]),
    st.sampled_from(["{}", "€{}", "{} EUR", "USD {}/msg", " {} ", "{}*"]),
)
@settings(max_examples=400, deadline=None)
def test_q19_written_in_either_convention_reads_back(
    value: Decimal, sign: str, group: str, frame: str
) -> None:
    other = {"group": "," if sign == "." else "."}.get(group, group)
    whole, _, part = f"{value:.8f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", other or "")
    text = frame.format(grouped + sign + part)
    assert price(text, sign) == value


@given(
    st.lists(
        st.decimals(min_value=0, max_value=9999, places=5, allow_nan=False), min_size=1, max_size=30
    ),
    st.sampled_from([".", ","]),
)
@settings(max_examples=200, deadline=None)
def test_q19_the_decision_never_chooses_the_wrong_sign(values: list[Decimal], sign: str) -> None:
    texts: list[CellValue] = [str(v.normalize().__format__("f")).replace(".", sign) for v in values]
    decided, _ = decide_decimal(texts)
    has_sign = any(sign in str(t) for t in texts)
    if decided and has_sign:
        assert decided == sign
    if not decided:
        assert {sign_evidence(str(t)) for t in texts} <= {"?", ""}


# ------------------------------------------------------------------------------------ Q20


@pytest.mark.parametrize(
    ("text", "sign", "value", "currency", "unit"),
    [
        ("€0.045", ".", "0.045", "EUR", ""),
        ("0,045 EUR", ",", "0.045", "EUR", ""),
        ("USD 0.0045/msg", ".", "0.0045", "USD", ""),
        ("4.5 ct", ".", "0.045", "", "0.01"),
        ("EUR cent 4,5", ",", "0.045", "EUR", "0.01"),
        ("4.5¢", ".", "0.045", "", "0.01"),
        ("R$ 0.25", ".", "0.25", "BRL", ""),
        ("A$0.05", ".", "0.05", "AUD", ""),
        ("$US0.0250", ".", "0.025", "USD", ""),
        ("0.05 GBD", ".", "0.05", "GBP", ""),
        ("2,5 руб.", ",", "2.5", "RUB", ""),
        ("0.3元/条", ".", "0.3", "CNY", ""),
        ("12 EUR per 1000", ".", "0.012", "EUR", "0.001"),
        ("0,005 € / 1 000 SMS", ",", "0.000005", "EUR", "0.001"),
        ("US$0.0045 per SMS", ".", "0.0045", "USD", ""),
        ("0.1 per second", ".", "6", "", "60"),
    ],
)
def test_q20_amount_currency_and_unit_are_told_apart(
    text: str, sign: str, value: str, currency: str, unit: str
) -> None:
    column = parse_prices([text], sign)
    assert Decimal(int(column.price[0])) / 10**8 == Decimal(value)
    assert column.currencies.get(0, "") == currency
    assert column.units.get(0, "") == unit


def test_q20_an_ambiguous_sign_keeps_all_its_currencies() -> None:
    column = parse_prices(["¥5", "kr 5"], ".")
    assert column.currencies[0] == "CNY|JPY"
    assert "SEK" in column.currencies[1].split("|")


def test_q20_the_unit_of_the_column_is_applied_exactly_and_the_cell_wins() -> None:
    assert price("4.5", unit="0.01") == Decimal("0.045")
    assert price(4.5, unit="0.01") == Decimal("0.045")
    assert price("4.5 ct", unit="0.001") == Decimal("0.045")
    assert price("12", unit="0.001") == Decimal("0.012")
    column = parse_prices(["0.1234567"], ".", unit="0.01")
    assert column.kind[0] == PriceKind.ERROR
    assert "8 decimals" in column.errors[0]


def test_q20_unknown_words_next_to_the_price_are_an_error() -> None:
    assert "incl vat" in error("0.5 incl. VAT").lower()
    assert "new" in error("0.045 new")


# ------------------------------------------------------------------------------------ Q21


def test_q21_money_is_exact() -> None:
    assert price(0.1 + 0.2) == Decimal("0.3")
    assert price("1E-3") == Decimal("0.001")
    assert price("1,5E-02", ",") == Decimal("0.015")
    assert price(1e-3) == Decimal("0.001")
    assert price(7) == 7
    assert price("€110.7") == Decimal("110.7")
    assert price("92233720368.5") == Decimal("92233720368.5")


def test_q21_noise_of_a_spreadsheet_float_is_rounded_with_a_warning() -> None:
    column = parse_prices([5.8759999999999994, 0.0745, 52.532999999999994], ".")
    assert column.price.tolist() == [587600000, 7450000, 5253300000]
    assert sorted(column.warnings) == [0, 2]
    assert "5.8759999999999994" in column.warnings[0]


def test_q21_more_than_eight_decimals_are_an_error() -> None:
    assert "8 decimals" in error("0.123456789")
    assert "8 decimals" in error(1 / 3)


@given(st.decimals(min_value=0, max_value=9_999_999, places=8, allow_nan=False))
@settings(max_examples=500, deadline=None)
def test_q21_any_float_of_eight_decimals_is_exact(value: Decimal) -> None:
    units = int(value.scaleb(8))
    assert one(float(value))[1] == units


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
@settings(max_examples=500, deadline=None)
def test_q21_a_float_is_its_shortest_text_or_refused(value: float) -> None:
    kind, units = one(value)
    exact = Decimal(repr(value))
    rounded = exact.quantize(Decimal("1e-8"), rounding=ROUND_HALF_UP)
    if rounded != exact and abs(rounded - exact) >= min(Decimal("1e-9"), exact * Decimal("1e-6")):
        assert kind == PriceKind.ERROR
    else:
        assert Decimal(units) / 10**8 == rounded


def test_q21_too_large_or_endless_numbers_are_errors() -> None:
    assert "too large" in error("99999999999")
    for text in ("1e30", "1e999", "9" * 300, float("inf"), float("nan"), "1e-99"):
        error(text)


# ------------------------------------------------------------------------------- Q22, Q23, Q24


@pytest.mark.parametrize(
    "value",
    ["-0.05", "\u22120.05", "(0.05)", "0.05-", "-€0.05", "€-0.05", "(€0.05)", "- 0.05", -0.05],
)
def test_q22_the_sign_is_never_dropped(value: CellValue) -> None:
    assert one(value) == (PriceKind.NEGATIVE, 5_000_000)


def test_q22_minus_one_and_minus_zero() -> None:
    assert one("-1") == (PriceKind.NEGATIVE, 10**8)
    assert one(-0.0)[0] == PriceKind.ZERO
    assert one("-0")[0] == PriceKind.ZERO


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Blocked", "blocked"),
        ("заблокировано", "blocked"),
        ("Gesperrt", "blocked"),
        ("N/A", "skip"),
        ("na", "skip"),
        ("-", "skip"),
        ("--", "skip"),
        ("\u2014", "skip"),
        ("...", "skip"),
        ("on request", "error"),
        ("TBD", "error"),
        ("Variable", "error"),
        ("Free", "free"),
        ("  FREE  OF   CHARGE ", "free"),
        ("gratuit", "free"),
        ("免费", "free"),
        ("Ücretsiz", "free"),
        ("Free*", "free"),
        ("not included", "not_included"),
        ("unlimited", "unlimited"),
    ],
)
def test_q23_words_have_a_meaning(word: str, meaning: str) -> None:
    column = parse_prices([word], ".")
    assert column.kind[0] == PriceKind.WORD
    assert price_words()[column.words[0]] == meaning


def test_q23_unknown_words_stay_words_and_empty_is_empty() -> None:
    column = parse_prices([None, "", "  ", "\u00a0", "VoLTE"], ".")
    assert column.kind.tolist() == [PriceKind.EMPTY] * 4 + [PriceKind.WORD]
    assert column.words == {4: "volte"}
    assert "volte" not in price_words()


def test_q23_the_shipped_table_is_sound() -> None:
    assert set(price_words().values()) <= set(MEANINGS)
    assert {normalise_word(w) for w in price_words()} == set(price_words())
    assert not any(w.replace(".", "").isdigit() for w in price_words())


def test_q23_zero_is_told_from_empty() -> None:
    assert [one(v)[0] for v in ("0", "0.00", 0, 0.0)] == [PriceKind.ZERO] * 4


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("0.045 / 0.050", "more than one number"),
        ("0.045 (was 0.050)", "more than one number"),
        ("0.045 0.050", "more than one number"),
        ("0.045-0.050", "more than one number"),
        ("<0.05", "limit"),
        ("≥ 0.05", "limit"),
        ("12%", "percentage"),
        ("12.05.2024", "date"),
        ("2024-01-01", "date"),
        (dt.date(2024, 1, 1), "date"),
        (dt.datetime(2024, 1, 1, 5), "date"),
        (True, "not a price"),
        (CellError("#N/A"), "error of the spreadsheet"),
        (CellError("formula without result"), "error of the spreadsheet"),
        ("Zone 1", "not understood"),
        ("1-Jan", "not understood"),
    ],
)
def test_q24_never_the_first_number_wins(value: CellValue, part: str) -> None:
    assert part in error(value)


@pytest.mark.parametrize("value", ["1/1", "60/60", "60/1/1", dt.date(2024, 1, 1)])
def test_q37_intervals_and_their_damaged_dates_are_no_prices(value: CellValue) -> None:
    assert error(value)


def test_footnote_marks_do_not_change_the_number() -> None:
    column = parse_prices(["0.04¹", "0.045*", "0.05 †"], ".")
    assert column.price.tolist() == [4_000_000, 4_500_000, 5_000_000]


@given(st.text(max_size=30))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    for sign in (".", ",", ""):
        column = parse_prices([text], sign)
        assert (column.kind[0] == PriceKind.ERROR) == (0 in column.errors)
        assert (column.kind[0] == PriceKind.WORD) == (0 in column.words)
        decide_decimal([text])


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="decimal sign"):
        parse_prices(["1"], ";")
    with pytest.raises(ValueError, match="unit"):
        parse_prices(["1"], ".", unit="0")
    with pytest.raises(ValueError, match="unit"):
        parse_prices(["1"], ".", unit=Fraction(-1))


def test_a_column_of_many_values_is_read_at_once() -> None:
    draw = random.Random(3)
    values: list[CellValue] = [f"{draw.random():.6f}" for _ in range(100_000)]
    values += [f"€ {draw.random():.5f}" for _ in range(50_000)]
    values += [round(draw.random(), 5) for _ in range(50_000)]
    start = time.process_time()
    column = parse_prices(values, ".")
    assert time.process_time() - start < 2
    assert not np.any(column.price == NO_PRICE)
    assert not column.errors
