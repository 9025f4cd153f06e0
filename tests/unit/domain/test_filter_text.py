"""What a person types over a column, as a condition and back (item 9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.filter_text import filter_text, parse_filter
from app.domain.records import Filter
from app.domain.sections import Choice, Column, Kind

TONES = (Choice("current", "Current"), Choice("past", "Past"), Choice("none", "No scope"))
NAME = Column("name", "Name")
SIZE = Column("size", "Size", Kind.NUMBER)
PRICE = Column("price", "Price", Kind.PRICE)
DAY = Column("day", "Day", Kind.DATE)
AT = Column("at", "When", Kind.INSTANT)
STATE = Column("state", "Status", Kind.STATUS, choices=TONES)
LIVE = Column("live", "Live", Kind.FLAG)

NEW_YEAR = dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("column", "text", "op", "values"),
    [
        (NAME, "oran", "contains", ("oran",)),
        (NAME, "=Orange", "equals", ("Orange",)),
        (NAME, "!=x", "differs", ("x",)),
        (NAME, "<>x", "differs", ("x",)),
        (NAME, "!x", "excludes", ("x",)),
        (NAME, "^x", "starts", ("x",)),
        (NAME, "a|b", "in", ("a", "b")),
        (NAME, "=a|b", "in", ("a", "b")),
        (NAME, "!=a|b", "differs", ("a", "b")),
        (NAME, "empty", "empty", ()),
        (NAME, "=", "empty", ()),
        (NAME, "Filled", "filled", ()),
        (NAME, "!=", "filled", ()),
        (NAME, '"a|b"', "contains", ("a|b",)),
        (NAME, '="a..b"', "equals", ("a..b",)),
        (NAME, 'say "hi"', "contains", ('say "hi"',)),
        (NAME, '="  two  "', "equals", ("  two  ",)),
        (SIZE, "5", "equals", (5,)),
        (SIZE, "> 5", "gt", (5,)),
        (SIZE, "-3..7", "between", (-3, 7)),
        (SIZE, "1|2|2", "in", (1, 2)),
        (PRICE, "..0.5", "le", (Decimal("0.5"),)),
        (PRICE, ".05..", "ge", (Decimal("0.05"),)),
        (PRICE, "<=0.070", "le", (Decimal("0.070"),)),
        (PRICE, "!0.1", "differs", (Decimal("0.1"),)),
        (DAY, "2026-01-01", "equals", (NEW_YEAR,)),
        (DAY, "2026-01-01..2026-02-01", "between", (NEW_YEAR, dt.date(2026, 2, 1))),
        (AT, ">2026-01-01", "gt", (NEW_YEAR,)),
        (AT, "<2026-01-01T10:00+00:00", "lt", (dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC),)),
        (STATE, "current", "equals", ("current",)),
        (STATE, "no scope", "equals", ("none",)),
        (STATE, "s", "in", ("past", "none")),
        (STATE, "past|current", "in", ("past", "current")),
        (STATE, "!=current", "differs", ("current",)),
        (STATE, "^n", "equals", ("none",)),
        (LIVE, "Yes", "equals", (True,)),
        (LIVE, "!=no", "differs", (False,)),
    ],
)
def test_item_09_grammar(column: Column, text: str, op: str, values: tuple[object, ...]) -> None:
    assert parse_filter(text, column) == Filter(column.name, op, values)


def test_item_09_a_time_without_a_zone_is_local() -> None:
    found = parse_filter("> 2026-01-01 10:00", AT)
    assert found is not None
    assert found.values == (dt.datetime(2026, 1, 1, 10).astimezone(),)


def test_item_09_an_empty_cell_asks_nothing() -> None:
    assert parse_filter("  ", NAME) is None


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        (SIZE, "five", "whole number"),
        (SIZE, "1.5", "whole number"),
        (PRICE, "0,5", "not a number"),
        (PRICE, "1e3", "not a number"),
        (PRICE, "²", "not a number"),
        (PRICE, "5..1", "ends before it begins"),
        (PRICE, "..", "one end of the range"),
        (PRICE, "1..2..3", "two ends"),
        (PRICE, "^1", "can't be compared"),
        (NAME, ">", "value after"),
        (NAME, ">a|b", "one value"),
        (DAY, "31.12.2026", "not a date"),
        (AT, "2026-01-01 99:00", "not a time"),
        (STATE, "gone", "choose from Current, Past, No scope"),
        (STATE, "=s", "choose from"),
        (STATE, ">past", "no order"),
        (LIVE, "maybe", "neither yes nor no"),
        (LIVE, ">yes", "can't be compared"),
    ],
)
def test_item_09_a_text_that_makes_no_sense_says_why(
    column: Column, text: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_filter(text, column)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NUMBERS = st.integers(-(10**12), 10**12)
PRICES = st.decimals(0, 10**9, places=8)
DATES = st.dates()
TIMES = st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(1900, 1, 1))  # noqa: DTZ001
KINDS = [(NAME, TEXTS), (SIZE, NUMBERS), (PRICE, PRICES), (DAY, DATES), (AT, TIMES)]


@st.composite
def asked(draw: st.DrawFn) -> tuple[Column, Filter]:
    column, values = draw(st.sampled_from(KINDS))
    ops = ["equals", "differs", "gt", "ge", "lt", "le", "between", "in", "empty", "filled"]
    if column is NAME:
        ops += ["contains", "excludes", "starts"]
    op = draw(st.sampled_from(ops))
    if op in {"empty", "filled"}:
        return column, Filter(column.name, op)
    if op == "between":
        return column, Filter(column.name, op, tuple(sorted([draw(values), draw(values)])))
    if op == "in":
        several = draw(st.lists(values, min_size=2, max_size=4, unique=True))
        return column, Filter(column.name, op, tuple(several))
    return column, Filter(column.name, op, (draw(values),))


@given(asked())
def test_item_09_every_condition_has_a_text_that_means_it(case: tuple[Column, Filter]) -> None:
    column, condition = case
    assert parse_filter(filter_text(condition), column) == condition


@given(st.sampled_from([column for column, _ in KINDS] + [STATE, LIVE]), st.text(max_size=20))
def test_item_09_any_text_gives_a_condition_or_a_sentence(column: Column, text: str) -> None:
    try:
        found = parse_filter(text, column)
    except ValueError as problem:
        found, sentence = None, str(problem)
        assert sentence.endswith((".", ".."))
    assert found is None or parse_filter(filter_text(found), column) == found
