"""Prices, words, price types, rules, units, currencies and wide sheets in rows."""

from __future__ import annotations

import datetime as dt

import pytest

from dictionaries.normalise import normalise
from importers.records import (
    BillingRule,
    CellError,
    DecisionKind,
    FileProblem,
    QuantityRule,
    Severity,
)
from importers.values import price_text, scale_text

from .sheets import errors, issues, rates, run, said, states, use

ONE = ("country", "price")


def sheet(*prices):
    countries = ["DE", "FR", "PL", "IT", "ES", "PT", "NL", "BE"]
    return [["c", "p"], *([c, p] for c, p in zip(countries, prices, strict=False))]


def test_q21_floats_and_texts_are_exact():
    result = run(sheet(0.1 + 0.2, "1E-3", "0.07450001", 5.8759999999999994), ONE, "country")
    assert rates(result) == {"DE": "0.3", "FR": "0.001", "PL": "0.07450001", "IT": "5.876"}


def test_q19_decimal_comma_and_an_open_sign_is_asked():
    assert rates(run(sheet("0,045", "1.234,5"), ONE, "country", decimal=",")) == {
        "DE": "0.045",
        "FR": "1234.5",
    }
    result = run(sheet("1.234", "2.500"), ONE, "country", decimal="")
    assert [d.kind for d in result.decisions] == [DecisionKind.DECIMAL]
    assert not rates(result)


def test_q23_words_by_the_shipped_table_and_by_the_settings():
    result = run(sheet("Blocked", "Free", "n/a", "on request"), ONE, "country")
    assert rates(result)["DE"] == "BLOCKED"
    assert rates(result)["FR"] == "FREE"
    own = {"on request": "blocked", "n/a": "zero"}
    result = run(sheet("Blocked", "Free", "N/A", "On Request"), ONE, "country", price_words=own)
    assert rates(result) == {"DE": "BLOCKED", "FR": "FREE", "PL": "0", "IT": "BLOCKED"}


def test_unknown_word_waits_for_a_person_or_is_an_error():
    result = run(sheet("wibble", 0.2), ONE, "country")
    (decision,) = result.decisions
    assert (decision.dictionary, decision.value, decision.rows) == ("price", "wibble", 1)
    assert rates(result) == {"FR": "0.2"}
    assert not run(sheet("wibble", 0.2), ONE, "country", accept_suggestions=True).decisions
    answers = {"price||wibble": "blocked"}
    assert rates(run(sheet("wibble", 0.2), ONE, "country", answers=answers))["DE"] == "BLOCKED"
    with pytest.raises(FileProblem, match="price word"):
        run(sheet("wibble"), ONE, "country", answers={"price||wibble": "perhaps"})


def test_answer_to_a_word_with_signs_is_found():
    answers = {f"price||{normalise('w/b!')}": "skip"}
    result = run(sheet("w/b!", 0.2), ONE, "country", answers=answers)
    assert states(result)[1] == "SKIPPED"


def test_q22_negative_prices_become_positive_with_one_warning():
    result = run(sheet(-0.05, "(0.06)", "−0.07", 0.08), ONE, "country")
    assert rates(result) == {"DE": "0.05", "FR": "0.06", "PL": "0.07", "IT": "0.08"}
    (warning,) = issues(result, Severity.WARNING)
    assert warning.reason.startswith("3 rows have a negative price")
    assert "rows 2, 3, 4" in warning.reason


def test_minus_one_means_blocked_when_the_settings_say_so():
    result = run(sheet(-1, -1.0, "-1", -2), ONE, "country", negative="blocked")
    assert rates(result) == {"DE": "BLOCKED", "FR": "BLOCKED", "PL": "BLOCKED", "IT": "2"}
    refused = run(sheet(-1, 2), ONE, "country", negative="error")
    assert rates(refused) == {"FR": "2"}
    words = run(sheet(-1, 9999, 2), ONE, "country", price_words={"-1": "blocked", "9999": "skip"})
    assert rates(words) == {"DE": "BLOCKED", "PL": "2"}


def test_zero_stays_a_flat_rate_with_a_warning():
    result = run(sheet(0, "0.00", 0.1), ONE, "country")
    assert rates(result) == {"DE": "0", "FR": "0", "PL": "0.1"}
    (warning,) = issues(result, Severity.WARNING)
    assert "2 rows have a price of 0" in warning.reason


def test_q24_two_prices_and_limits_are_errors_with_their_text():
    result = run(sheet("0.045 / 0.050", "<0.05", "12%", "0.045 (was 0.050)"), ONE, "country")
    assert not rates(result)
    assert [(r, c) for r, c, _ in errors(result)] == [(2, "B"), (3, "B"), (4, "B"), (5, "B")]
    assert "0.045 / 0.050" in said(result)


def test_price_with_more_than_8_decimals_is_an_error():
    assert "8 decimals" in errors(run(sheet("0.123456789"), ONE, "country"))[0][2]


def test_empty_price_in_a_long_sheet_is_an_error_and_can_be_given_a_meaning():
    result = run(sheet(None, 0.2), ONE, "country")
    assert errors(result) == [(2, "B", "the row has no price")]
    skipped = run(sheet(None, 0.2), ONE, "country", price_words={"": "skip"})
    assert states(skipped)[1] == "SKIPPED"


def test_units_cents_and_per_thousand():
    assert rates(run(sheet("4.5"), ONE, "country", unit="0.01")) == {"DE": "0.045"}
    assert rates(run(sheet("4.5 ct", 4.5), ONE, "country")) == {"DE": "0.045", "FR": "4.5"}
    rows = [["c", "p", "u"], ["DE", 12, "1000"], ["FR", 4.5, "cent"], ["PL", 1, ""], ["IT", 1, "?"]]
    result = run(rows, ("country", "price", "unit"), "country")
    assert rates(result) == {"DE": "0.012", "FR": "0.045", "PL": "1"}
    assert errors(result)[0][:2] == (5, "C")


def test_q16_wide_sheet_gives_a_rate_per_price_column_and_blanks_give_none():
    rows = [
        ["c", "out", "in"],
        ["DE", 0.1, 0.01],
        ["FR", 0.2, None],
        ["PL", None, None],
        ["IT", "n/a", 3],
    ]
    columns = ("country", "price@direction:mt", "price@direction:mo")
    result = run(rows, columns, "direction country")
    assert rates(result) == {"mt/DE": "0.1", "mo/DE": "0.01", "mt/FR": "0.2", "mo/IT": "3"}
    assert states(result) == ["NOT_DATA", "IMPORTED", "IMPORTED", "SKIPPED", "IMPORTED"]
    assert result.counts.imported == 3
    with pytest.raises(FileProblem, match="no key of Direction"):
        run(rows, ("country", "price@direction:up"), "direction country")


def test_price_type_billing_and_quantity_rules_by_best_match():
    rows = [
        ["c", "p", "t", "b", "q"],
        ["DE", 0.1, "Flat rate", "Submitted", "Messages"],
        ["FR", "", "Free", "delivered", "segments"],
        ["PL", 0.3, "blocked", "", ""],
        ["IT", "", "flat", "", ""],
        ["ES", 0.5, "", "wobbly", ""],
    ]
    columns = ("country", "price", "price_type", "billing_rule", "quantity_rule")
    result = run(rows, columns, "country")
    assert rates(result) == {"DE": "0.1", "FR": "FREE", "PL": "BLOCKED"}
    assert result.rows.billing_rule.tolist() == [
        BillingRule.SUBMITTED,
        BillingRule.DELIVERED,
        BillingRule.INHERIT,
    ]
    assert result.rows.quantity_rule.tolist() == [
        QuantityRule.MESSAGES,
        QuantityRule.SEGMENTS,
        QuantityRule.INHERIT,
    ]
    assert {r for r, _, _ in errors(result)} == {5, 6}


def test_q20_rows_of_another_currency_are_asked_about():
    rows = [
        ["c", "p", "cur"],
        ["DE", 1, "EUR"],
        ["FR", 2, "$US"],
        ["PL", 3, "USD"],
        ["IT", 4, "moon"],
    ]
    columns = ("country", "price", "currency")
    result = run(rows, columns, "country", currency="USD")
    assert rates(result) == {"FR": "2", "PL": "3"}
    (decision,) = result.decisions
    assert (decision.kind, decision.value, decision.rows) == (DecisionKind.CURRENCY, "EUR", 1)
    assert "--where C=USD" in decision.question
    picked = run(rows, columns, "country", currency="USD", where=((2, "USD"),))
    assert not picked.decisions
    assert states(picked)[1:] == ["SKIPPED", "SKIPPED", "IMPORTED", "SKIPPED"]


def test_currency_signs_in_cells_and_of_the_whole_sheet():
    result = run(sheet("€0.045", "USD 0.05", "0.06"), ONE, "country", currency="EUR")
    assert rates(result) == {"DE": "0.045", "PL": "0.06"}
    assert [d.kind for d in result.decisions] == [DecisionKind.CURRENCY]
    other = run(
        [["c", "p"], ["DE", 1]],
        ("country", use(1, "price", currency="EUR")),
        "country",
        currency="USD",
    )
    assert [d.kind for d in other.decisions] == [DecisionKind.CURRENCY]
    both = run(
        [["c", "eur", "usd"], ["DE", 1, 1.1]],
        ("country", use(1, "price", currency="EUR"), use(2, "price", currency="USD")),
        "country",
        currency="USD",
    )
    assert rates(both) == {"DE": "1.1"}
    assert not both.decisions


def test_error_in_a_price_cell_names_it():
    result = run(sheet(CellError("#DIV/0!")), ONE, "country")
    assert errors(result)[0][:2] == (2, "B")


def test_float_noise_is_told():
    assert "rounding noise" in said(run(sheet(5.8759999999999994), ONE, "country"))


@pytest.mark.parametrize(
    ("price", "text"), [(0, "0"), (1, "0.00000001"), (10**8, "1"), (12_500_000, "0.125"), (-1, "")]
)
def test_price_text(price, text):
    assert price_text(price) == text


def test_scale_text_is_canonical():
    text = scale_text("tier", "", [(2_890_000, 100_000), (2_750_000, None)])
    assert text == '{"type":"tier","group":"","tiers":[["0.0289",100000],["0.0275",null]]}'
    for kind, tiers in [
        ("step", [(1, None)]),
        ("tier", [(1, 5)]),
        ("tier", [(1, 5), (1, 5), (1, None)]),
        ("tier", [(1, None), (1, None)]),
        ("tier", []),
    ]:
        with pytest.raises(ValueError):
            scale_text(kind, "", tiers)


def test_voice_rates_with_connect_price_and_intervals():
    rows = [
        ["dest", "prefix", "price", "connect", "inc"],
        ["Afghanistan Mobile", "+9377", 0.27, 0.1, "60/60"],
        ["Afghanistan Mobile", "0093 79", 0.25, None, "1/1"],
        ["Afghanistan", "^93.*", 0.2, "free", "30/6"],
        ["UK", "447-449", 0.1, None, None],
        ["Xanadu", "4.47E+11", 0.1, None, None],
        ["Date", "971", 0.1, None, dt.date(2026, 1, 1)],
    ]
    columns = ("destination", "prefix", "price", "connect_price", "increment")
    result = run(rows, columns, "destination prefix", resource="call")
    assert rates(result) == {
        "Afghanistan Mobile/9377": "0.27",
        "Afghanistan Mobile/9379": "0.25",
        "Afghanistan/93": "0.2",
        "UK/447": "0.1",
        "UK/448": "0.1",
        "UK/449": "0.1",
    }
    assert result.rows.connect_price.tolist()[:3] == [10_000_000, -1, 0]
    assert result.rows.first_interval.tolist()[:4] == [60, 1, 30, -1]
    assert result.rows.next_interval.tolist()[:4] == [60, 1, 6, -1]
    assert [r for r, _, _ in errors(result)] == [6, 7]
    assert "1/1" in errors(result)[1][2]


def test_separate_interval_columns():
    rows = [["prefix", "p", "first", "next"], ["93", 1, "60 sec", 6], ["94", 1, "1 min", "x"]]
    columns = ("prefix", "price", "first_interval", "next_interval")
    result = run(rows, columns, "prefix", resource="call")
    assert (result.rows.first_interval.tolist(), result.rows.next_interval.tolist()) == ([60], [6])
    assert errors(result)[0][:2] == (3, "D")


def test_currency_column_counts_more_than_the_sheets_currency():
    rows = [["c", "p", "cur"], ["DE", 1, "EUR"], ["FR", 2, "USD"]]
    columns = ("country", "price", "currency")
    result = run(rows, columns, "country", currency="EUR", settings_currency="USD")
    assert [(d.kind, d.value) for d in result.decisions] == [(DecisionKind.CURRENCY, "USD")]
    assert rates(result) == {"DE": "1"}


def test_unit_column_counts_more_than_the_headers_unit():
    rows = [["c", "p", "per"], ["DE", 12, "1000"], ["FR", 5, ""]]
    result = run(rows, ("country", "price", "unit"), "country", unit="0.001")
    assert rates(result) == {"DE": "0.012", "FR": "5"}


def test_unit_that_leaves_more_than_8_decimals_is_an_error():
    rows = [["c", "p", "per"], ["DE", "0.00000012", "1000"]]
    result = run(rows, ("country", "price", "unit"), "country")
    assert errors(result)[0][:2] == (2, "B")
    assert "8 decimals" in said(result)


def test_every_declared_column_is_reported():
    rows = [
        ["c", "p", "inc", "from"],
        ["DE", 1, "60/60", "2026-01-01"],
        ["FR", 2, "?", "2026-01-01"],
    ]
    result = run(rows, ("country", "price", "increment", "effective_from"), "country")
    told = {c.role.value: (c.column, c.distinct, c.unmatched) for c in result.columns}
    assert told == {
        "attribute": ("A", 2, 0),
        "price": ("B", 2, 0),
        "increment": ("C", 2, 1),
        "effective_from": ("D", 1, 0),
    }


def test_volume_tiers_in_a_standard_file_become_scales():
    rows = [
        ["country", "from", "to", "price"],
        ["DE", 0, 1000, 0.05],
        ["DE", 1001, "", 0.04],
        ["FR", 0, "--", 0.06],
    ]
    result = run(rows, ("country", "tier_from", "tier_till", "price"), "country")
    assert rates(result) == {
        "DE": '{"type":"tier","group":"","tiers":[["0.05",1000],["0.04",null]]}',
        "FR": "0.06",
    }
    assert states(result)[1:] == ["IMPORTED"] * 3


def test_many_prefixes_with_a_few_odd_ones():
    rows = [["prefix", "p"], *([f"+{9_300_000 + i}", "0.01"] for i in range(30_000))]
    rows += [
        ["0044", "0.02"],
        ["447-449", "0.03"],
        ["", "0.04"],
        ["abc", "0.05"],
        ["9300000", "0.01"],
    ]
    result = run(rows, ("prefix", "price"), "prefix", resource="call")
    found = rates(result)
    assert len(found) == 30_004
    assert (found["44"], found["448"], found["9300001"]) == ("0.02", "0.03", "0.01")
    assert [row for row, _, _ in errors(result)] == [30_004, 30_005]
    assert states(result)[-1] == "MERGED"
