# ruff: noqa: DTZ001 - the dates of a spreadsheet have no time zone
from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pytest

from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries
from importers.proposals.columns import propose
from importers.records import CellValue, Column, ParsedSheet
from importers.settings import Kind, Role
from tests.unit.importers.propose.conftest import (
    Propose,
    attributes_of,
    price_columns_of,
    reason_of,
    role_of,
    uses_of,
)

Rows = list[list[CellValue]]


def sheet(rows: Rows, name: str = "Sheet1") -> ParsedSheet:
    return ParsedSheet.from_rows(rows, name=name)


# ------------------------------------------------------------------------- wide sheets, WhatsApp

BASE_CARD: Rows = [
    ["Cost per message in USD, effective January 1, 2026"],
    ["Note one"],
    ["Market", "Currency", "Marketing", "Utility", "Authentication",
     "Authentication-\nInternational", "Service"],
    ["Argentina", "$US", "0.0618", "0.0260", "0.0260", "n/a", "Free"],
    ["Egypt", "$US", "0.0644", "0.0036", "0.0036", "0.0650", "--"],
    ["Rest of Africa", "$US", "0.0225", "0.0040", "0.0040", "n/a", "Free"],
]  # fmt: skip


def test_q16_category_columns_are_unpivoted(proposed: Propose) -> None:
    proposal = proposed(sheet(BASE_CARD))
    assert proposal.kind is Kind.WHATSAPP_BASIC
    assert (proposal.domain, proposal.resource) == ("whatsapp", "whatsapp_message")
    assert proposal.levels == ("whatsapp_region", "pricing_category")
    assert {u.column: u.keys for u in uses_of(proposal, Role.PRICE)} == {
        2: (("pricing_category", "marketing"),),
        3: (("pricing_category", "utility"),),
        4: (("pricing_category", "authentication"),),
        5: (("pricing_category", "authentication_international"),),
        6: (("pricing_category", "service"),),
    }
    assert proposal.currency == "USD"
    assert proposal.effective == "2026-01-01"


def test_q16_the_long_form_has_a_category_column(proposed: Propose) -> None:
    rows: Rows = [
        ["Country / Region", "Category", "Price (USD)"],
        *(
            [m, c, "0.0628"]
            for c in ("Marketing", "Utility", "Service")
            for m in ("Mexico", "India")
        ),
    ]
    proposal = proposed(sheet(rows))
    assert proposal.kind is Kind.WHATSAPP_BASIC
    assert attributes_of(proposal) == {0: ["whatsapp_region"], 1: ["pricing_category"]}
    assert price_columns_of(proposal) == [2]


def tier_card() -> ParsedSheet:
    part: list[CellValue] = ["From", "To", "Rate type", "Rate", "vs. List rate"]
    none: list[CellValue] = [None] * 4
    low: list[CellValue] = ["1", "100,000", "List rate", "0.026", "0%"]
    high: list[CellValue] = ["100,001", "--", "Tier", "0.0247", "-5%"]
    missing: list[CellValue] = ["n/a"] * 5
    return sheet(
        [
            ["Volume tier pricing, USD"],
            ["https://example.com/rates"],
            [None, None, "Utility", *none, "Authentication", *none, "Auth-Intl", *none],
            [None, None, *(["Messages per month", None, "What we charge", None, None] * 3)],
            ["Market\n(per rate card)", "Currency", *part * 3],
            ["Argentina", "$US", *low, *low, *missing],
            [None, None, *high, *high, *missing],
            ["Egypt", "$US", *low, *low, *low],
            [None, None, *high, *high, *high],
        ],
        name="Tier Pricing",
    )


def test_imp3_the_tier_card_has_three_groups_side_by_side(proposed: Propose) -> None:
    proposal = proposed(tier_card())
    assert proposal.kind is Kind.WHATSAPP_TIER
    assert proposal.header_rows == (2, 3, 4)
    assert (proposal.start_row, proposal.end_row) == (5, 8)
    assert proposal.levels == ("whatsapp_region", "pricing_category")
    assert proposal.fill_down == (0, 1)
    keys = ("utility", "authentication", "authentication_international")
    for place, key in enumerate(keys):
        first = 2 + 5 * place
        roles = {
            u.column: u.role for u in proposal.columns if u.keys == (("pricing_category", key),)
        }
        assert roles == {
            first: Role.TIER_FROM,
            first + 1: Role.TIER_TILL,
            first + 2: Role.PRICE_TYPE,
            first + 3: Role.PRICE,
        }
        assert role_of(proposal, first + 4) is Role.IGNORE
    assert len(set(proposal.headers)) == 17
    assert proposal.decimal == "."


def test_q16_direction_columns(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Operator", "Outgoing SMS", "Incoming SMS", "Call to Gambia"],
        ["Albania", "Vodafone", "10", "Free", "50"],
        ["Algeria", "Djezzy", "10", "Free", "20"],
        ["Australia", "Vodafone", "12", "Free", "30"],
    ]
    proposal = proposed(sheet(rows))
    assert proposal.levels == ("direction", "country", "network")
    assert [u.keys for u in uses_of(proposal, Role.PRICE)] == [
        (("direction", "mt"),),
        (("direction", "mo"),),
    ]
    assert "voice" in reason_of(proposal, 4)


def test_q16_prices_of_other_kinds_are_left_out_with_a_reason(proposed: Propose) -> None:
    rows: Rows = [
        ["country", "SMS price", "carrierFee", "shortCodePrice", "tollFreePrice", "10DLC price",
         "Old price", "Total price"],
        ["DE", "0.07", "0.001", "0.1", "0.2", "0.3", "0.06", "0.071"],
        ["FR", "0.06", "0.001", "0.1", "0.2", "0.3", "0.05", "0.061"],
    ]  # fmt: skip
    proposal = proposed(sheet(rows))
    assert price_columns_of(proposal) == [1]
    for column in range(2, 8):
        assert role_of(proposal, column) is Role.IGNORE
        assert reason_of(proposal, column)


def test_two_price_columns_of_two_currencies(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Price EUR", "Price USD"],
        ["Germany", 0.05, 0.06],
        ["France", 0.04, 0.05],
    ]
    assert price_columns_of(proposed(sheet(rows))) == [1]
    chosen = proposed(sheet(rows), currency="USD")
    assert price_columns_of(chosen) == [2]
    assert "--column B=price" in reason_of(chosen, 1)


# ----------------------------------------------------------------------------------- Q19, Q20


@pytest.mark.parametrize(
    ("prices", "decimal"),
    [
        (["0,045", "1,234"], ","),
        (["0.045", "1.234"], "."),
        (["1.234", "2.500"], ""),
        (["1,234", "2,500"], ""),
        ([0.045, 1.234], "."),
    ],
)
def test_q19_the_decimal_sign_is_decided_per_sheet_from_its_prices(
    prices: list[CellValue], decimal: str, proposed: Propose
) -> None:
    rows: Rows = [["Country", "Price"], ["Germany", prices[0]], ["France", prices[1]]]
    proposal = proposed(sheet(rows))
    assert proposal.decimal == decimal
    assert proposal.reasons["decimal"]
    assert proposed(sheet(rows), decimal=",").decimal == ","


@pytest.mark.parametrize(
    ("header", "cell", "title", "currency"),
    [
        ("Price (USD)", "0.05", "Prices", "USD"),
        ("Price", "€0.05", "Prices", "EUR"),
        ("Price", "0.05", "All prices in GBP", "GBP"),
        ("Price", "0.05", "Prices", ""),
        ("Price", "¥5.5", "Prices", ""),
    ],
)
def test_q20_where_the_currency_is_named(
    header: str, cell: str, title: str, currency: str, proposed: Propose
) -> None:
    rows: Rows = [[title], [], ["Country", header], ["Germany", cell], ["France", cell]]
    proposal = proposed(sheet(rows))
    assert proposal.currency == currency
    assert proposal.reasons["currency"]


def test_q20_a_currency_column_of_one_or_several_currencies(proposed: Propose) -> None:
    rows: Rows = [["Country", "Price", "Currency"], ["DE", "0.05", "EUR"], ["FR", "0.04", "EUR"]]
    assert proposed(sheet(rows)).currency == "EUR"
    rows[2][2] = "USD"
    several = proposed(sheet(rows))
    assert several.currency == ""
    assert "EUR, USD" in several.reasons["currency"]
    assert role_of(several, 2) is Role.CURRENCY


def test_q20_cents_and_thousands_in_the_header(proposed: Propose) -> None:
    for header, unit in (("Price(EUR cent)", "0.01"), ("Price per 1000, EUR", "0.001")):
        proposal = proposed(sheet([["Country", header], ["Germany", "7.5"], ["France", "6.25"]]))
        assert (proposal.currency, proposal.unit) == ("EUR", unit)


# ------------------------------------------------------------------------------ Q25-Q33, levels


def test_mcc_and_mnc_columns_make_one_level(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Network", "MCC", "MNC", "Price"],
        ["Germany", "Vodafone", "262", "02", "0.05"],
        ["France", "Orange", "208", "1", "0.06"],
        ["Spain", "Movistar", "214", "*", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    assert proposal.levels == ("country", "mccmnc")
    assert attributes_of(proposal) == {0: ["country"], 2: ["mcc"], 3: ["mnc"]}
    assert role_of(proposal, 1) is Role.FILTER
    assert proposal.domain == "sms"


def test_a_numeric_mnc_column_counts_too(proposed: Propose) -> None:
    rows: Rows = [["MCC", "MNC", "Rate"], [262.0, 1.0, 0.05], [208.0, 1.0, 0.06], [214.0, 7.0, 0.1]]
    assert proposed(sheet(rows)).levels == ("mccmnc",)


@pytest.mark.parametrize("header", ["MCCMNC", "IMSI", "Network code", "Code", None])
def test_mccmnc_is_told_by_its_values(header: str | None, proposed: Propose) -> None:
    rows: Rows = [
        ["Country", header, "Price"],
        ["Germany", "26202", "0.05"],
        ["France", "208-01", "0.06"],
        ["Spain", "214 07", "0.07"],
        ["USA", "310410", "0.07"],
    ]
    assert proposed(sheet(rows)).levels == ("country", "mccmnc")


def test_q30_country_codes_and_names(proposed: Propose) -> None:
    def by(values: list[str]) -> str:
        rows: Rows = [["Country", "Price"], *([v, "0.05"] for v in values)]
        return uses_of(proposed(sheet(rows)), Role.ATTRIBUTE)[0].by

    assert by(["DE", "FR", "ES"]) == "key"
    assert by(["DEU", "FRA", "ESP"]) == "alpha3"
    assert by(["Germany", "France", "Espagne"]) == "any"
    assert by(["DE", "UK", "EL", "FR"]) == "any"
    assert by([*(["DE", "FR", "ES"] * 40), "AN"]) == "any"


def test_several_lists_in_one_sheet_are_pointed_out(proposed: Propose) -> None:
    rows: Rows = [
        ["Provider", "Country", "Price per SMS"],
        *([p, c, f"0.0{n}5"] for n, p in enumerate(("Acme", "Beta")) for c in ("DE", "FR", "ES")),
    ]
    proposal = proposed(sheet(rows))
    assert role_of(proposal, 0) is Role.FILTER
    assert 'column A "Provider" (Acme, Beta' in proposal.reasons["filter"]


def test_q31_country_and_network_in_one_cell(proposed: Propose) -> None:
    rows: Rows = [
        ["ISO", "Country", "Description", "Price / msg"],
        ["AD", "Andorra", "ANDORRA Outbound SMS - Mobiland", "0.13170"],
        ["AD", "Andorra", "ANDORRA Outbound SMS - Other", "0.13170"],
        ["DE", "Germany", "GERMANY Outbound SMS - Vodafone", "0.07"],
        ["DE", "Germany", "GERMANY Outbound SMS - O2", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    assert proposal.levels == ("country", "network")
    network = next(u for u in proposal.columns if u.attribute == "network")
    assert (network.column, network.extract) == (2, "after_dash")
    assert proposal.reasons["node"].startswith("direction=mt")


def test_q31_one_column_feeds_two_attributes(proposed: Propose) -> None:
    rows: Rows = [
        ["Destination", "SMS rate"],
        ["Germany - Vodafone", "0.05"],
        ["Germany - Telekom", "0.06"],
        ["France - Orange", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    assert [(u.attribute, u.extract) for u in uses_of(proposal, Role.ATTRIBUTE)] == [
        ("country", "before_dash"),
        ("network", "after_dash"),
    ]
    assert price_columns_of(proposal) == [1]


def test_q33_several_columns_in_order_of_trust(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "ISO", "中文名", "Price"],
        ["Germany", "DE", "德国", "0.05"],
        ["France", "FR", "法国", "0.06"],
        ["Spain", "ES", "西班牙", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    uses = uses_of(proposal, Role.ATTRIBUTE)
    assert [(u.column, u.by) for u in uses] == [(1, "key"), (0, "any")]
    assert "already tells" in reason_of(proposal, 2)


def test_a_dial_code_is_no_level_of_an_sms_list(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Dial code", "SMS price"],
        ["Germany", "49", "0.05"],
        ["France", "33", "0.06"],
        ["Spain", "34", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    assert proposal.levels == ("country",)
    assert "dial code is no level" in reason_of(proposal, 1)


def test_the_header_yields_to_the_values(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Network", "Price"],
        ["4727985745", "Vodafone", "0.05"],
        ["4727985746", "Orange", "0.06"],
        ["4727985747", "Movistar", "0.07"],
    ]
    proposal = proposed(sheet(rows))
    assert role_of(proposal, 0) is Role.IGNORE
    assert "4727985745" in reason_of(proposal, 0)


def test_one_word_two_meanings_is_settled_by_the_values(proposed: Propose) -> None:
    rows: Rows = [["Страна", "Направление", "Цена"], ["Россия", "исходящие", "2,5"],
                  ["Россия", "входящие", "0,5"], ["Казахстан", "исходящие", "3,5"]]  # fmt: skip
    assert attributes_of(proposed(sheet(rows), resource="sms_message"))[1] == ["direction"]
    for row, text in zip(rows[1:], ("Москва", "Сибирь", "Алматы"), strict=True):
        row[1] = text
    assert attributes_of(proposed(sheet(rows), resource="call"))[1] == ["destination"]


def test_a_direction_column_is_the_first_level(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Direction", "Price per SMS"],
        ["Germany", "outbound", "0.05"],
        ["Germany", "inbound", "0.01"],
        ["France", "outbound", "0.06"],
    ]
    assert proposed(sheet(rows)).levels == ("direction", "country")


def test_voice_levels_intervals_and_connection_price(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Destination", "Code", "Rate per min", "Connection fee", "Billing increment",
         "Effective date"],
        ["Germany", "Germany - Fixed", "49", "0.01", "0.02", "1/1", dt.datetime(2024, 3, 1)],
        ["Germany", "Germany - Mobile", "49151", "0.05", "0.02", "60/60", dt.datetime(2024, 3, 1)],
        ["France", "France - Mobile", "336", "0.04", "0.02", "30/6", dt.datetime(2024, 3, 1)],
    ]  # fmt: skip
    proposal = proposed(sheet(rows))
    assert (proposal.domain, proposal.resource) == ("voice", "call")
    assert proposal.levels == ("country", "destination", "prefix")
    assert [role_of(proposal, c) for c in (3, 4, 5, 6)] == [
        Role.PRICE,
        Role.CONNECT_PRICE,
        Role.INCREMENT,
        Role.EFFECTIVE_FROM,
    ]


@pytest.mark.parametrize("prefix", ["+9377", "^9375.*", "009377", "9377"])
def test_voice_prefixes_in_all_spellings(prefix: str, proposed: Propose) -> None:
    rows: Rows = [
        ["Destination", "Dial pattern" if prefix[0] in "+^0" else "Prefix", "Price / min"],
        *(["Afghanistan Mobile", prefix.replace("7", str(n), 1), "0.27"] for n in range(2, 9)),
    ]
    assert proposed(sheet(rows)).levels == ("destination", "prefix")


def test_q37_intervals_in_two_columns_or_by_value(proposed: Propose) -> None:
    rows: Rows = [
        ["Prefix", "Destination", "ppm", "ppc", "minimal", "resolution", "x"],
        ["93", "Afghanistan", "0.1232", "0", "1", "1", "60/60"],
        ["9376", "Afghanistan Mobile", "0.057757", "0", "1", "1", "1/1"],
    ]
    proposal = proposed(sheet(rows))
    assert [role_of(proposal, c) for c in range(2, 7)] == [
        Role.PRICE,
        Role.CONNECT_PRICE,
        Role.FIRST_INTERVAL,
        Role.NEXT_INTERVAL,
        Role.INCREMENT,
    ]


def test_q35_date_columns(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "SMS price", "From", "To", "Last updated"],
        ["Germany", "0.05", "2024-03-01", "2024-12-31", "2024-02-01"],
        ["France", "0.06", "2024-03-01", "2024-12-31", "2024-02-02"],
    ]
    proposal = proposed(sheet(rows))
    assert [role_of(proposal, c) for c in (2, 3, 4)] == [
        Role.EFFECTIVE_FROM,
        Role.EFFECTIVE_TILL,
        Role.IGNORE,
    ]


def test_rules_and_price_types_by_their_words(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Price per SMS", "Price type", "Billing rule", "Quantity rule"],
        ["Germany", "0.05", "Flat rate", "Submitted", "Messages"],
        ["France", "0.06", "Blocked", "Delivered", "Segments"],
        ["Spain", "0.07", "Flat", "Delivered", "Segments"],
    ]
    proposal = proposed(sheet(rows))
    assert [role_of(proposal, c) for c in (2, 3, 4)] == [
        Role.PRICE_TYPE,
        Role.BILLING_RULE,
        Role.QUANTITY_RULE,
    ]


@pytest.mark.parametrize(
    ("rows", "domain", "levels"),
    [
        ([["Land", "Netzbetreiber", "Preis in EUR Cent"], ["Deutschland", "Telekom", "7,5"],
          ["Österreich", "A1", "6,25"]], "sms", ("country", "network")),
        ([["Страна", "Оператор", "Цена за SMS, руб."], ["Россия", "МТС", "2,5"],
          ["Казахстан", "Beeline", "5,1"]], "sms", ("country", "network")),
        ([["Pays", "Indicatif", "Destination", "Prix par minute"],
          ["France", "33", "Fixe", "0,005"], ["France", "336", "Mobile", "0,01"],
          ["Belgique", "32", "Fixe", "0,02"]],
         "voice", ("country", "destination", "prefix")),
        ([["País", "Operador", "Precio por SMS"], ["España", "Movistar", "0,05"],
          ["Alemania", "Telekom", "0,06"]], "sms", ("country", "network")),
        ([["País", "Operadora", "Preço por SMS (R$)"], ["Brasil", "Vivo", "0,05"],
          ["Alemanha", "Telekom", "0,06"]], "sms", ("country", "network")),
        ([["Paese", "Operatore", "Prezzo SMS"], ["Italia", "TIM", "0,05"],
          ["Germania", "Telekom", "0,06"]], "sms", ("country", "network")),
        ([["国家", "运营商", "短信单价（美元）"], ["德国", "Telekom", "0.05"],
          ["法国", "Orange", "0.06"]], "sms", ("country", "network")),
        ([["Ülke", "Operatör", "SMS fiyatı"], ["Almanya", "Telekom", "0,05"],
          ["Fransa", "Orange", "0,06"]], "sms", ("country", "network")),
        ([["Kraj", "Operator", "Cena za SMS"], ["Niemcy", "Telekom", "0,05"],
          ["Francja", "Orange", "0,06"]], "sms", ("country", "network")),
    ],
)  # fmt: skip
def test_price_lists_in_many_languages(
    rows: Rows, domain: str, levels: tuple[str, ...], proposed: Propose
) -> None:
    proposal = proposed(sheet(rows))
    assert (proposal.domain, proposal.levels) == (domain, levels)
    assert proposal.price_list
    assert len(price_columns_of(proposal)) == 1


# ---------------------------------------------------------------------------------- hints, limits


def test_the_target_decides_which_attributes_count(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Operator", "Price"],
        ["Germany", "Vodafone", "0.05"],
        ["France", "Orange", "0.06"],
    ]
    assert proposed(sheet(rows), resource="viber_message").levels == ("country", "network")
    assert proposed(sheet(rows), resource="email_message").levels == ("country",)
    fee = proposed(sheet(rows), resource="sms_sender_id_setup_fee")
    assert fee.levels == ("country", "mno")
    assert fee.domain == "sms"


def test_a_price_without_anything_it_is_for_is_no_price_list(proposed: Propose) -> None:
    rows: Rows = [["#Id", "ConnectFee", "Rate"], ["RT_1", "0.2", "0.1"], ["RT_2", "0", "0.05"]]
    proposal = proposed(sheet(rows))
    assert not proposal.price_list
    assert "what the prices are for" in proposal.reasons["price_list"]


def test_every_column_has_a_use_and_a_reason(proposed: Propose) -> None:
    for built in (sheet(BASE_CARD), tier_card()):
        proposal = proposed(built)
        assert {u.column for u in proposal.columns} == set(range(len(built.columns)))
        assert all(u.reason for u in proposal.columns)
        assert len(proposal.headers) == len(built.columns)


def test_garbage_is_survived(proposed: Propose) -> None:
    rows: Rows = [
        [None, True, dt.time(5), float("nan"), "\x00", "=1+1", "x" * 5000],
        [1, "1", 1.0, dt.date(2024, 1, 1), dt.timedelta(1), "\u200b", "'"],
    ] * 40
    for built in (sheet(rows), sheet(rows[:1]), sheet([[None]]), sheet([["Price"]])):
        assert not proposed(built).price_list


def test_a_million_rows_cost_little(dictionaries: Dictionaries, catalogue: Catalogue) -> None:
    count = 1_000_000
    draw = np.random.default_rng(1)

    def column(name: str, values: list[CellValue], codes: np.ndarray) -> Column:
        every = np.concatenate([[1], codes + 2]).astype(np.int32)
        return Column([None, name, *values], every)

    big = ParsedSheet(
        "deck",
        (
            column(
                "Destination", [f"Zone {i}" for i in range(5000)], draw.integers(0, 5000, count)
            ),
            column("Prefix", [f"93{i:07d}" for i in range(count)], np.arange(count)),
            column(
                "Price / min", [f"0.{i:05d}" for i in range(4000)], draw.integers(0, 4000, count)
            ),
            column("Increment", ["60/60", "1/1"], draw.integers(0, 2, count)),
        ),
        count + 1,
    )
    propose(sheet(BASE_CARD), dictionaries, catalogue)  # load the dictionaries
    start = time.process_time()
    proposal = propose(big, dictionaries, catalogue)
    assert time.process_time() - start < 1.2
    assert proposal.levels == ("destination", "prefix")
    assert proposal.end_row == count
