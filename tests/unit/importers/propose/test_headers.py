from __future__ import annotations

from dataclasses import replace

import pytest

from importers.proposals.headers import (
    find_header,
    header_money,
    header_names,
    read_header,
    title_lines,
)
from importers.proposals.titles import effective_date
from importers.records import CellValue, Merge, ParsedSheet
from tests.unit.importers.propose.conftest import Propose, attributes_of, price_columns_of


def sheet(rows: list[list[CellValue]], *merges: tuple[int, int, int, int]) -> ParsedSheet:
    built = ParsedSheet.from_rows(rows)
    return replace(built, merges=tuple(Merge(*m) for m in merges))


BODY: list[list[CellValue]] = [
    ["Germany", "Vodafone", "0,045"],
    ["France", "Orange", "0,1"],
    ["Spain", "Movistar", "0,055"],
]


def test_q10_title_and_logo_rows_stand_above_the_header() -> None:
    rows: list[list[CellValue]] = [
        ["ACME Telecom"],
        [None, None, "SMS price list"],
        ["Valid from 01.03.2024"],
        ["Currency:", "EUR"],
        [],
        ["Country", "Network", "Price"],
        *BODY,
    ]
    header = find_header(sheet(rows))
    assert (header.rows, header.start_row) == ((5,), 6)
    assert "row 6" in header.reason
    assert title_lines(sheet(rows), header) == [
        "ACME Telecom",
        "SMS price list",
        "Valid from 01.03.2024",
        "Currency: EUR",
    ]


def test_q10_titles_are_mined_for_date_and_currency(proposed: Propose) -> None:
    rows: list[list[CellValue]] = [
        ["SMS prices, all amounts in EUR"],
        ["Effective: March 1, 2024"],
        ["Country", "Network", "Price"],
        *BODY,
    ]
    proposal = proposed(sheet(rows))
    assert proposal.currency == "EUR"
    assert proposal.effective == "2024-03-01"
    assert "lines above" in proposal.reasons["currency"]


@pytest.mark.parametrize(
    ("titles", "date"),
    [
        (["Valid from 01.03.2024 until 30.06.2024"], "2024-03-01"),
        (["Preisliste gültig ab 1. März 2024"], "2024-03-01"),
        (["Действует с 01.03.2024"], "2024-03-01"),
        (["生效日期：2024年3月1日"], "2024-03-01"),
        (["Price list 2024-03-01"], "2024-03-01"),
        (["Cost per conversation in USD, effective June 1, 2023"], "2023-06-01"),
        (["Valid from 01/03/2024"], ""),
        (["Valid from 13/03/2024"], "2024-03-13"),
        (["Issued 2024-02-01", "Valid from 2024-03-01"], "2024-03-01"),
        (["Version 2024-02-01", "Printed 2024-03-01"], ""),
        (["Tel. +49 30 1234567"], ""),
    ],
)
def test_q10_the_date_in_a_title(titles: list[str], date: str) -> None:
    assert effective_date(titles)[0] == date


def test_q10_a_person_may_set_the_first_data_row(proposed: Propose) -> None:
    rows: list[list[CellValue]] = [
        ["Country", "Network", "Price"],
        ["note", "note", "note"],
        *BODY,
    ]
    proposal = proposed(sheet(rows), start_row=3)
    assert proposal.start_row == 3
    assert proposal.header_rows == (0,)


def test_q10_no_header_at_all(proposed: Propose) -> None:
    proposal = proposed(sheet([["Germany", "0.05"], ["France", "0.04"], ["Spain", "0.03"]]))
    assert (proposal.header_rows, proposal.start_row, proposal.end_row) == ((), 0, 2)
    assert attributes_of(proposal) == {0: ["country"]}
    assert price_columns_of(proposal) == [1]


def test_q11_merged_two_line_headers_are_joined_top_down() -> None:
    rows: list[list[CellValue]] = [
        ["Country", "Operator", "Price", None],
        [None, None, "EUR", "USD"],
        ["Germany", "Vodafone", 0.05, 0.06],
        ["France", "Orange", 0.04, 0.05],
    ]
    for built in (sheet(rows, (0, 2, 0, 3), (0, 0, 1, 0)), sheet(rows)):
        header = find_header(built)
        assert header.rows == (0, 1)
        assert header.start_row == 2
        names = header_names(built, header.rows)
        assert names == ("Country", "Operator", "Price EUR", "Price USD")


def test_q11_the_group_line_may_stand_above_the_names() -> None:
    rows: list[list[CellValue]] = [
        [None, None, "Rate per minute", None],
        ["Destination", "Code", "Peak", "Off peak"],
        ["Germany", "49", 0.05, 0.06],
        ["France", "33", 0.04, 0.05],
    ]
    built = sheet(rows, (0, 2, 0, 3))
    header = find_header(built)
    assert header.rows == (0, 1)
    assert header_names(built, header.rows)[2:] == (
        "Rate per minute Peak",
        "Rate per minute Off peak",
    )


def test_q11_a_data_row_of_words_is_no_second_header_line() -> None:
    rows: list[list[CellValue]] = [
        ["Country", "Operator", "Price"],
        ["Germany", "Vodafone", "n/a"],
        ["France", "Orange", 0.04],
        ["Spain", "Movistar", 0.05],
    ]
    assert find_header(sheet(rows)).rows == (0,)


def test_q11_a_merge_may_reach_beyond_the_last_column(proposed: Propose) -> None:
    rows: list[list[CellValue]] = [["Country", "Price"], ["Germany", "0.05"], ["France", "0.06"]]
    proposal = proposed(sheet(rows, (0, 1, 0, 9), (0, 7, 0, 9), (2, 0, 30, 0), (1, 5, 2, 5)))
    assert proposal.headers == ("Country", "Price")
    assert proposal.end_row == 2


def test_numbers_under_a_name_that_is_no_price_are_no_price(proposed: Propose) -> None:
    rows: list[list[CellValue]] = [
        ["Country", "Year", "gdpPercap"],
        ["Germany", 1997, 27788.88416],
        ["France", 1997, 25889.78487],
    ]
    assert not proposed(sheet(rows)).price_list


def test_q15_duplicate_and_empty_names() -> None:
    built = sheet([["Country", "Price", "price", None, "Price"], ["Germany", 1, 2, 3, 4]])
    assert header_names(built, (0,)) == ("Country", "Price", "price (2)", "D", "Price (3)")


@pytest.mark.parametrize(
    ("text", "role", "attribute"),
    [
        ("Country", "attribute", "country"),
        ("ISO", "attribute", "country"),
        ("Land", "attribute", "country"),
        ("Pays", "attribute", "country"),
        ("País", "attribute", "country"),
        ("Paese", "attribute", "country"),
        ("Страна", "attribute", "country"),
        ("国家（或地区）", "attribute", "country"),
        ("Ülke", "attribute", "country"),
        ("Kraj", "attribute", "country"),
        ("Netzbetreiber", "attribute", "network"),
        ("Opérateur", "attribute", "network"),
        ("Operadora", "attribute", "network"),
        ("Оператор", "attribute", "network"),
        ("运营商", "attribute", "network"),
        ("Operatör", "attribute", "network"),
        ("operator_name", "attribute", "network"),
        ("MCC+MNC", "attribute", "mccmnc"),
        ("MCC/MNC", "attribute", "mccmnc"),
        ("mcc", "attribute", "mcc"),
        ("IMSI", "attribute", "mccmnc"),
        ("Dial Code", "attribute", "prefix"),
        ("Vorwahl", "attribute", "prefix"),
        ("Indicatif", "attribute", "prefix"),
        ("Prefijo", "attribute", "prefix"),
        ("Код направления", "attribute", "prefix"),
        ("Destination", "attribute", "destination"),
        ("Название направления", "attribute", "destination"),
        ("Price", "price", ""),
        ("Preis", "price", ""),
        ("Prix", "price", ""),
        ("Precio", "price", ""),
        ("Preço", "price", ""),
        ("Prezzo", "price", ""),
        ("Цена", "price", ""),
        ("单价（美元）", "price", ""),
        ("Fiyat", "price", ""),
        ("Cena", "price", ""),
        ("ppm", "price", ""),
        ("Cost / Min (USD)", "price", ""),
        ("price_usd_per_sms", "price", ""),
        ("ppc", "connect_price", ""),
        ("Connection Cost (USD)", "connect_price", ""),
        ("minimal", "first_interval", ""),
        ("Initial Increment", "first_interval", ""),
        ("resolution", "next_interval", ""),
        ("Increment", "next_interval", ""),
        ("Billing Increment", "increment", ""),
        ("Taktung", "increment", ""),
        ("Währung", "currency", ""),
        ("Gültig ab", "effective_from", ""),
        ("Effective Date", "effective_from", ""),
        ("Date d'effet", "effective_from", ""),
        ("Действует с", "effective_from", ""),
        ("生效日期", "effective_from", ""),
        ("Valid until", "effective_till", ""),
        ("shortCodeDomesticPrice", "ignore", "short_code"),
        ("carrierFee", "ignore", "fee"),
        ("tenDlcDomesticPrice", "ignore", "short_code"),
        ("Old price", "ignore", "old"),
        ("total_price_usd", "ignore", "total"),
        ("grace", "ignore", "technical"),
    ],
)
def test_header_words_in_ten_languages(text: str, role: str, attribute: str) -> None:
    first = read_header(text)[0]
    assert (first.role, first.attribute) == (role, attribute)


def test_short_words_must_be_the_whole_header() -> None:
    assert [m.role for m in read_header("To")] == ["tier_till"]
    assert not any(m.role == "tier_till" for m in read_header("Call to Gambia"))


@pytest.mark.parametrize(
    ("text", "currency", "unit"),
    [
        ("Price (USD)", "USD", ""),
        ("Price(EUR cent)", "EUR", "0.01"),
        ("Preis in €", "EUR", ""),
        ("Rate, ct", "", "0.01"),
        ("Price per 1000 SMS, EUR", "EUR", "0.001"),
        ("price_usd_per_sms", "USD", ""),
        ("单价（美元）", "USD", ""),
        ("Цена, руб.", "RUB", ""),
        ("All networks", "", ""),
        ("Country", "", ""),
    ],
)
def test_q20_currency_and_unit_in_a_header(text: str, currency: str, unit: str) -> None:
    assert header_money(text) == (currency, unit)
