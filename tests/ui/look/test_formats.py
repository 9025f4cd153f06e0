"""Numbers, prices and dates are written exactly and never read by guessing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from app.ui import formats

LANGUAGES = ("en_US", "de_DE", "fr_FR", "ru_RU", "ar_EG", "en_IN", "de_CH", "es_ES", "hi_IN")
locales = st.sampled_from(LANGUAGES).map(QLocale)
prices = st.decimals(
    min_value=Decimal(-9999999999), max_value=Decimal(9999999999), places=8
)  # fmt: skip
days = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2099, 12, 31))

EN, DE = QLocale("en_US"), QLocale("de_DE")


@given(value=prices, locale=locales)
def test_a_written_price_is_read_back_exactly(value: Decimal, locale: QLocale) -> None:
    assert formats.parse_price(formats.price(value, locale), locale) == value


@given(units=st.integers(-(10**18) + 1, 10**18 - 1), locale=locales)
def test_stored_units_are_read_back_exactly(units: int, locale: QLocale) -> None:
    text = formats.price(units, locale)
    assert formats.parse_price(text, locale).scaleb(8) == units


@given(value=prices, locale=locales)
def test_numbers_and_amounts_are_read_back_exactly(value: Decimal, locale: QLocale) -> None:
    assert formats.parse_number(formats.number(value, locale), locale) == value
    assert formats.parse_number(formats.amount(value, locale), locale) == value


@given(value=days, locale=locales)
def test_a_written_date_is_read_back(value: dt.date, locale: QLocale) -> None:
    assert formats.parse_date(formats.date(value, locale), locale) == value
    assert formats.parse_date(value.isoformat(), locale) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.0712"), "0.07120"),
        (Decimal("0.12345678"), "0.12345678"),
        (7_120_000, "0.07120"),
        (Decimal(0), "0.00000"),
        (Decimal("1234.5"), "1,234.50000"),
        (Decimal("1E+3"), "1,000.00000"),
        (None, ""),
    ],
)
def test_a_price_has_five_decimals_or_more(value: Decimal | int | None, text: str) -> None:
    assert formats.price(value, EN) == text


@pytest.mark.parametrize(
    ("text", "locale", "part"),
    [
        ("0,0712", "en_US", "0.0712"),
        ("0,071", "en_US", "0.071"),
        ("0.0712", "de_DE", "0,0712"),
        ("0.0712", "fr_FR", "0,0712"),
        ("1,234", "en_US", "1234"),
        ("1.234", "de_DE", "1,234"),
        ("12,34.5", "en_US", "not a number"),
        ("1,2345", "en_US", "1.2345"),
        ("EUR 5", "en_US", "not a number"),
        ("1e5", "en_US", "not a number"),
        ("", "en_US", "Enter a number"),
        ("-", "en_US", "not a number"),
        (".", "en_US", "not a number"),
        ("0.123456789", "en_US", "8 decimals"),
    ],
)
def test_a_price_is_never_guessed(text: str, locale: str, part: str) -> None:
    with pytest.raises(ValueError) as refused:
        formats.parse_price(text, QLocale(locale))
    assert part in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("0.0712", "en_US", "0.0712"),
        (" .5 ", "en_US", "0.5"),
        ("5", "en_US", "5"),
        ("1,234.50", "en_US", "1234.5"),
        ("1,234,567", "en_US", "1234567"),
        ("0,0712", "de_DE", "0.0712"),
        ("1.234,5", "de_DE", "1234.5"),
        ("1 234,5", "fr_FR", "1234.5"),
        ("1\u00a0234", "fr_FR", "1234"),
        ("1'234.5", "de_CH", "1234.5"),
        ("−0.5", "en_US", "-0.5"),
        ("١٢٫٥", "ar_EG", "12.5"),
        ("12,34,567.5", "en_IN", "1234567.5"),
    ],
)
def test_a_price_is_read_as_the_language_writes_it(text: str, locale: str, value: str) -> None:
    assert formats.parse_price(text, QLocale(locale)) == Decimal(value)


def test_whole_numbers_take_group_marks() -> None:
    assert formats.parse_number("1,234", EN) == 1234
    assert formats.parse_number("1.234", DE) == 1234


def test_dates_have_fixed_digits_and_an_unmistakable_year() -> None:
    day = dt.date(2026, 9, 3)
    assert formats.date(day, EN) == "09/03/2026"
    assert formats.date(day, DE) == "03.09.2026"
    assert formats.date(day, QLocale("ru_RU")) == "03.09.2026"
    assert formats.date_pattern(DE) == "DD.MM.YYYY"
    assert formats.date(None, EN) == ""


@pytest.mark.parametrize(
    ("text", "locale", "day"),
    [
        ("9/3/26", "en_US", dt.date(2026, 9, 3)),
        ("3.9.2026", "de_DE", dt.date(2026, 9, 3)),
        ("2026-09-03", "de_DE", dt.date(2026, 9, 3)),
    ],
)
def test_dates_are_read_in_the_order_of_the_language(text: str, locale: str, day: dt.date) -> None:
    assert formats.parse_date(text, QLocale(locale)) == day


@pytest.mark.parametrize(
    "text", ["", "30", "13/40/2026", "soon", "1/2/3/4", "30/09/2026", "1/2/345"]
)
def test_a_date_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="09/30/2026 or 2026-09-30"):
        formats.parse_date(text, EN)


@pytest.fixture
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    with monkeypatch.context() as zone:
        zone.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_berlin")
def test_instants_are_shown_in_the_persons_zone_without_seconds() -> None:
    moment = dt.datetime(2026, 9, 3, 22, 5, 59, tzinfo=dt.UTC)
    assert formats.instant(moment, DE) == "04.09.2026 00:05"
    assert formats.plain_instant(moment) == "2026-09-04 00:05:59"
    assert formats.instant(None) == ""
    with pytest.raises(ValueError, match="zone"):
        formats.instant(moment.replace(tzinfo=None), DE)


@pytest.mark.usefixtures("_berlin")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("de_DE", "04.09.2026 00:05:59"),
        ("en_US", "09/04/2026 12:05:59\u202fAM"),
        ("da_DK", "04.09.2026 00.05.59"),
    ],
)
def test_the_audit_tells_the_second(name: str, text: str) -> None:
    moment = dt.datetime(2026, 9, 3, 22, 5, 59, tzinfo=dt.UTC)
    assert formats.instant_to_the_second(moment, QLocale(name)) == text
    assert formats.instant_to_the_second(None) == ""


def test_plain_texts_know_no_language() -> None:
    QLocale.setDefault(DE)
    assert formats.plain_price(7_120_000) == "0.0712"
    assert formats.plain_price(Decimal("1234.50")) == "1234.5"
    assert formats.plain_number(100) == "100"
    assert formats.plain_number(Decimal("1E+2")) == "100"
    assert formats.plain_date(dt.date(2026, 9, 3)) == "2026-09-03"
    assert formats.plain_price(None) == formats.plain_date(None) == formats.plain_number(None) == ""


def test_per_cent_periods_and_sizes() -> None:
    assert formats.percent(Decimal("3.04"), EN) == "+3.0\u00a0%"
    assert formats.percent(-12.5, DE) == "−12,5\u00a0%"
    assert formats.percent(Decimal("0.001"), EN) == "0.0\u00a0%"
    assert formats.period(dt.date(2026, 1, 1), None, EN) == "01/01/2026 – ∞"
    assert formats.file_size(1_400_000, EN) == "1.4 MB"
    assert formats.number(1_234_567, EN) == "1,234,567"


def test_item_48_plain_dates_of_sentences_become_the_languages() -> None:
    german = QLocale("de_DE")
    told = "It overlaps the scope 2026-01-01 – ∞: list_2026-01-01.csv takes effect on 2026-02-01."
    assert formats.with_dates(told, german) == (
        "It overlaps the scope 01.01.2026 – ∞: list_2026-01-01.csv takes effect on 01.02.2026."
    )
    assert formats.with_dates("“2026-01-31” or 2026-99-01", german) == "“2026-01-31” or 2026-99-01"


def test_item_48_one_is_one() -> None:
    english = QLocale("en_US")
    told = [formats.counted(n, "1 row in {file}", "{n} rows in {file}", english) for n in (1, 1200)]
    assert told == ["1 row in {file}", "1,200 rows in {file}"]
