"""Several price columns in one sheet: the new one is taken, an open choice is asked about."""

from __future__ import annotations

import pytest

from dictionaries.catalogue import load_catalogue
from importers.choices import Choices, settings_for, settings_of
from importers.matching.rows import RowsResult, build_rows
from importers.proposals.columns import propose
from importers.records import DecisionKind, ParsedSheet, Severity
from tests.unit.importers.rows.sheets import Rows, dictionaries, rates, said

FIRST = ("Country", "MCC", "MNC")


def read(rows: Rows, *columns: str, resource: str = "sms_message", **more: object) -> RowsResult:
    """Propose, apply the ``--column`` texts and build, as an import does."""
    sheet, catalogue = ParsedSheet.from_rows(rows), load_catalogue()
    proposal = propose(sheet, dictionaries(), catalogue)
    choices = Choices(columns=columns, **more)
    base = settings_of(proposal)
    settings = settings_for(
        base, choices, sheet=sheet, headers=proposal.headers, catalogue=catalogue
    )
    return build_rows(sheet, settings, dictionaries(), catalogue, resource=resource)


def priced(*headers: str, prices: tuple[float, ...] = (0.07, 0.072)) -> Rows:
    return [
        (*FIRST, *headers),
        ("Germany", "262", "01", *prices),
        ("France", "208", "01", *prices),
    ]


def roles(result: RowsResult) -> list[DecisionKind]:
    return [d.kind for d in result.decisions]


@pytest.mark.parametrize(
    "headers",
    [
        ("Current rate EUR", "New rate EUR"),
        ("Preis alt (EUR)", "Preis neu (EUR)"),
        ("Ancien tarif EUR", "Nouveau tarif EUR"),
        ("List rate", "Rate"),
    ],
)
def test_the_newer_or_net_price_is_taken_and_the_other_told(headers: tuple[str, str]) -> None:
    result = read(priced(*headers))
    assert rates(result)["DE/26201"] == "0.072"
    assert DecisionKind.ROLE not in roles(result)
    warnings = [i for i in result.issues if i.severity is Severity.WARNING]
    assert "other prices" in " ".join(i.reason for i in warnings)


def test_two_prices_that_differ_are_asked_about_even_with_suggestions_accepted() -> None:
    for accept in (False, True):
        result = read(priced("Rate A EUR", "Rate B EUR"), accept_suggestions=accept)
        asked = next(d for d in result.decisions if d.kind is DecisionKind.ROLE)
        assert asked.options == ("D", "E")
        assert "--column E=price" in asked.question


def test_equal_prices_are_not_asked_about() -> None:
    result = read(priced("Rate A EUR", "Rate B EUR", prices=(0.07, 0.07)))
    assert roles(result) == []
    assert "other prices" not in said(result)


def test_a_total_beside_the_price_is_told() -> None:
    result = read(priced("Base price EUR", "Surcharge EUR", "Total EUR", prices=(0.06, 0.01, 0.07)))
    assert rates(result)["DE/26201"] == "0.06"
    assert roles(result) == []
    assert '"Total EUR" holds other prices in 2 rows' in said(result)


@pytest.mark.parametrize(
    "header",
    ["Rate per 1k EUR", "EUR per 1000 SMS", "EUR/1000 SMS", "CPM EUR", "Price per 1,000 EUR"],
)
def test_a_price_per_thousand_is_read_as_such_without_a_hint(header: str) -> None:
    rows = [(*FIRST, header), ("Germany", "262", "01", 70), ("France", "208", "01", 71.5)]
    result = read(rows)
    assert rates(result) == {"DE/26201": "0.07", "FR/20801": "0.0715"}


def test_a_card_with_a_row_per_volume_tier_becomes_scales() -> None:
    rows = [
        ("Market", "Currency", "Message type", "From", "To", "List rate", "Rate"),
        ("Germany", "EUR", "Utility", 0, 100000, 0.05, 0.05),
        ("Germany", "EUR", "Utility", 100001, None, 0.05, 0.0475),
        ("India", "EUR", "Utility", 0, 25000000, 0.0014, 0.0014),
        ("India", "EUR", "Utility", 25000001, None, 0.0014, 0.0012),
    ]
    result = read(rows, resource="whatsapp_message")
    assert len(result.rows) == 2
    assert {"0.0475" in scale or "0.0012" in scale for scale in rates(result).values()} == {True}


def test_another_currency_inside_the_price_cells_is_no_filter() -> None:
    rows = [
        (*FIRST, "Price"),
        ("Germany", "262", "01", "0.07 EUR"),
        ("France", "208", "01", "0.08 EUR"),
        ("Indonesia", "510", "01", "300 IDR"),
    ]
    asked = [d.question for d in read(rows).decisions if d.kind is DecisionKind.CURRENCY]
    assert asked
    assert "--where" not in " ".join(asked)


def test_a_declared_price_column_keeps_the_other_proposals() -> None:
    rows = priced("Rate A EUR", "Rate B EUR")
    for letter, price in (("D", "0.07"), ("E", "0.072")):
        result = read(rows, f"{letter}=price")
        assert rates(result) == {"DE/26201": price, "FR/20801": price}
        assert roles(result) == []


def test_a_declared_attribute_leaves_only_the_declared_columns() -> None:
    result = read(priced("Rate A EUR", "Rate B EUR"), "A=country", "E=price")
    assert rates(result) == {"DE": "0.072", "FR": "0.072"}


def test_an_ignored_key_column_takes_its_level_along() -> None:
    result = read(priced("Price EUR", "Note"), "B=ignore", "C=ignore")
    assert rates(result) == {"DE": "0.07", "FR": "0.07"}


@pytest.mark.parametrize(("more", "price"), [({}, "0.07"), ({"unit": "1"}, "70")])
def test_unit_and_currency_of_a_declared_price_come_from_its_header(
    more: dict[str, str], price: str
) -> None:
    rows = [("Where", "X EUR per 1000"), ("Germany", 70)]
    result = read(rows, "A=country", "B=price", **more)
    assert rates(result) == {"DE": price}
