# ruff: noqa: DTZ001 - the dates of a spreadsheet have no time zone
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.dates import decide_day_first, month_names, parse_dates
from importers.records import CellError, CellValue

MARCH = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    "value",
    [
        MARCH,
        dt.datetime(2024, 3, 1),
        "2024-03-01",
        "2024/3/1",
        "2024.03.01",
        "20240301",
        20240301,
        "01.03.2024",
        "1.3.24",
        "1 March 2024",
        "1st of March 2024",
        "March 1, 2024",
        "Mar 1 2024",
        "1-Mar-24",
        "01-MAR-2024",
        "1. März 2024",
        "1er mars 2024",
        "1 de marzo de 2024",
        "1 de março de 2024",
        "1 marzo 2024",
        "1 марта 2024 г.",
        "1 Mart 2024",
        "1 marca 2024",
        "2024年3月1日",
        45352,
        45352.0,
        "45352",
    ],
)
def test_q18_many_forms_of_one_day(value: CellValue) -> None:
    column = parse_dates([value])
    assert column.errors == {}
    assert column.dates == [MARCH]
    assert column.texts == ["2024-03-01"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("01.03.2024 00:00 UTC", "2024-03-01T00:00:00+00:00"),
        ("2024-03-01T08:10:27Z", "2024-03-01T08:10:27+00:00"),
        ("2024-03-01 08:00 +02:00", "2024-03-01T08:00:00+02:00"),
        ("2024-03-01 08:00 GMT+3", "2024-03-01T08:00:00+03:00"),
        ("2024-03-01 8:15 PM", "2024-03-01T20:15:00"),
        ("2024-03-01 08:00 CET", "2024-03-01T08:00:00 CET"),
        (45352.5, "2024-03-01T12:00:00"),
        (dt.datetime(2024, 3, 1, 5, 30), "2024-03-01T05:30:00"),
    ],
)
def test_q18_times_and_zones_are_kept(value: CellValue, text: str) -> None:
    column = parse_dates([value])
    assert column.dates == [MARCH]
    assert column.texts == [text]


def test_q18_a_value_above_twelve_decides_the_column() -> None:
    day = parse_dates(["01/03/2024", "13/03/2024"])
    assert (day.day_first, day.dates[0]) == (True, MARCH)
    month = parse_dates(["03/01/2024", "03/13/2024"])
    assert (month.day_first, month.dates[0]) == (False, MARCH)
    assert "13/03/2024" in day.reason


def test_q18_otherwise_the_column_is_asked_about() -> None:
    column = parse_dates(["01/03/2024", "02/03/2024", "05/05/2024", "2024-03-01"])
    assert column.day_first is None
    assert column.ambiguous == (0, 1)
    assert column.dates[2:] == [dt.date(2024, 5, 5), MARCH]
    assert parse_dates(["01/03/2024"], day_first=True).dates == [MARCH]
    assert parse_dates(["03/01/2024"], day_first=False).dates == [MARCH]


def test_q18_contradicting_values_decide_nothing() -> None:
    first, reason = decide_day_first(["13/01/2024", "01/13/2024", "01/02/2024"])
    assert first is None
    assert "contradict" in reason


def test_q18_the_1904_system() -> None:
    assert parse_dates([45352 - 1462], date_1904=True).dates == [MARCH]


def test_open_ends_and_blanks_are_no_dates_and_no_errors() -> None:
    column = parse_dates([None, "", "-", "until further notice", "∞", "бессрочно"])
    assert column.dates == [None] * 6
    assert column.errors == {}


@pytest.mark.parametrize(
    "value",
    ["31.02.2024", "soon", 12, 1.5, True, "1900-01-01", CellError("#REF!"), dt.time(5), "25:00",
     "2024-03-01 25:00", "2024-13-45"],
)  # fmt: skip
def test_what_is_no_date_is_told_in_a_sentence(value: CellValue) -> None:
    column = parse_dates([value])
    assert column.dates == [None]
    assert column.errors[0].startswith('"')


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_written_dates_read_back(date: dt.date) -> None:
    serial = (date - dt.date(1899, 12, 30)).days
    values: list[CellValue] = [
        date.isoformat(),
        date.strftime("%d.%m.%Y"),
        date.strftime("%Y%m%d"),
        date.strftime("%d %B %Y"),
        date.strftime("%b %d, %Y"),
        serial,
        float(serial),
    ]
    assert parse_dates(values).dates == [date] * len(values)
    for first, form in ((True, "%d/%m/%Y"), (False, "%m/%d/%Y")):
        assert parse_dates([date.strftime(form)], day_first=first).dates == [date]


@given(st.text(max_size=25))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    column = parse_dates([text])
    assert len(column.dates) == 1
    decide_day_first([text])


def test_the_month_table_names_every_month() -> None:
    assert set(month_names().values()) == set(range(1, 13))
