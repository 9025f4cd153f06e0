"""WhatsApp base and volume-tier cards (IMP-3): the guide's examples as sheets."""

from __future__ import annotations

import json

import pytest

from dictionaries.catalogue import load_catalogue
from importers.choices import settings_of
from importers.matching.rows import build_rows
from importers.proposals.columns import propose
from importers.records import FileProblem, ParsedSheet, Severity
from importers.settings import Kind

from .sheets import check_balance, dictionaries, errors, issues, rates, run, said, states, use

CARD = [
    [
        "Market",
        "Currency",
        "Marketing",
        "Utility",
        "Authentication",
        "Authentication-\nInternational",
        "Service",
    ],
    ["Argentina", "$US", "0.0618", "0.0289", "0.0289", "n/a", 0],
    ["Egypt", "$US", "0.1073", "0.0052", "0.0052", "0.0650", "Free"],
    ["Rest of Africa", "$US", "0.02", "--", "0.01", "", "0.0000"],
]
CATEGORIES = ("marketing", "utility", "authentication", "authentication_international", "service")
BASIC = ("whatsapp_region", "currency", *(f"price@pricing_category:{c}" for c in CATEGORIES))


def test_base_card_wide():
    result = run(
        CARD,
        BASIC,
        "whatsapp_region pricing_category",
        resource="whatsapp_message",
        kind=Kind.WHATSAPP_BASIC,
        currency="USD",
    )
    found = rates(result)
    assert found["argentina/marketing"] == "0.0618"
    assert found["argentina/service"] == "FREE"
    assert found["egypt/service"] == "FREE"
    assert found["egypt/authentication_international"] == "0.065"
    assert "argentina/authentication_international" not in found
    assert "rest_of_africa/utility" not in found
    assert len(found) == 12
    assert not errors(result)
    assert any("taken as Free" in i.reason for i in issues(result, Severity.INFO))


def test_base_card_with_the_pricing_type_level():
    levels = "whatsapp_region pricing_category pricing_type"
    result = run(
        CARD, BASIC, levels, resource="whatsapp_message", kind=Kind.WHATSAPP_BASIC, currency="USD"
    )
    assert rates(result)["argentina/utility/regular"] == "0.0289"
    assert {level.attribute for level in result.rows.levels} == set(levels.split())


def test_base_card_in_long_form_with_a_junk_last_row():
    rows = [
        ["Country / Region", "Type", "Price (USD)"],
        ["Mexico", "Marketing", "0.0628"],
        ["Mexico", "Auth-Intl", "0.03"],
        ["Brazil", "service", 0],
        ["...", "...", "..."],
    ]
    result = run(
        rows,
        ("whatsapp_region", "pricing_category", "price"),
        "whatsapp_region pricing_category",
        resource="whatsapp_message",
        kind=Kind.WHATSAPP_BASIC,
    )
    assert rates(result) == {
        "mexico/marketing": "0.0628",
        "mexico/authentication_international": "0.03",
        "brazil/service": "FREE",
    }
    assert states(result)[4] == "NOT_DATA"
    assert not result.decisions


ARGENTINA_UTILITY = [
    ("0", "100,000", "0.0289"),
    ("100,001", "1,000,000", "0.0275"),
    ("1,000,001", "4,500,000", "0.0260"),
    ("4,500,001", "15,000,000", "0.0246"),
    ("15,000,001", "30,000,000", "0.0231"),
    ("30,000,001", "--", "0.0217"),
]
ARGENTINA_AUTHENTICATION = [
    ("0", "120,000", "0.0289"),
    ("120,001", "400,000", "0.0275"),
    ("400,001", "1,000,000", "0.0260"),
    ("1,000,001", "5,000,000", "0.0246"),
    ("5,000,001", "10,000,000", "0.0231"),
    ("10,000,001", "--", "0.0217"),
]
EGYPT_INTERNATIONAL = [
    ("0", "300,000", "0.0650"),
    ("300,001", "2,000,000", "0.0618"),
    ("2,000,001", "10,000,000", "0.0585"),
    ("10,000,001", "20,000,000", "0.0553"),
    ("20,000,001", "40,000,000", "0.0520"),
    ("40,000,001", "--", "0.0488"),
]
NONE = ("n/a", "n/a", "n/a")


def tier_card() -> list[list[object]]:
    """A card as two public importers describe it: title, note, group line, sub-header, header."""
    head = [
        ["Volume tier rates in USD, effective January 1, 2026", *[None] * 16],
        ["https://example.com/pricing", *[None] * 16],
        [
            None,
            None,
            "Utility",
            *[None] * 4,
            "Authentication",
            *[None] * 4,
            "Auth-Intl",
            *[None] * 4,
        ],
        [None, None, *(["Messages per month", None, "What we charge", None, None] * 3)],
        [
            "Market\n(per rate card)",
            "Currency",
            *(["From", "To", "Rate type", "Rate", "vs. List rate"] * 3),
        ],
    ]
    body: list[list[object]] = []
    blocks = {
        "Argentina": (ARGENTINA_UTILITY, ARGENTINA_AUTHENTICATION, [("0", "--", "0.0280")]),
        "Egypt": ([("0", "--", "0.0052")], [NONE], EGYPT_INTERNATIONAL),
    }
    for market, groups in blocks.items():
        for index in range(max(map(len, groups))):
            row: list[object] = [market if not index else None, "$US" if not index else None]
            for bands in groups:
                band = bands[index] if index < len(bands) else (None, None, None)
                kind = "n/a" if band is NONE else "List rate" if not index else "Tier"
                row += [
                    band[0],
                    band[1],
                    kind if band[0] else None,
                    band[2],
                    "0%" if band[0] else None,
                ]
            body.append(row)
    return head + body


TIER_USES = (
    use(0, "whatsapp_region"),
    use(1, "currency"),
    *(
        use(2 + 5 * group + offset, f"{role}@pricing_category:{category}")
        for group, category in enumerate(
            ("utility", "authentication", "authentication_international")
        )
        for offset, role in enumerate(("tier_from", "tier_till", "price_type", "price"))
    ),
)


def tiers(rows, **more):
    return run(
        rows,
        TIER_USES,
        "whatsapp_region pricing_category",
        resource="whatsapp_message",
        kind=Kind.WHATSAPP_TIER,
        currency="USD",
        header_rows=(2, 3, 4),
        start_row=5,
        fill_down=(0, 1),
        **more,
    )


def test_tier_card_gives_the_scales_of_the_guide():
    result = tiers(tier_card())
    found = rates(result)
    assert set(found) == {
        "argentina/utility",
        "argentina/authentication",
        "argentina/authentication_international",
        "egypt/utility",
        "egypt/authentication_international",
    }
    assert found["argentina/authentication_international"] == "0.028"
    assert found["egypt/utility"] == "0.0052"
    scale = json.loads(found["argentina/utility"])
    assert list(scale) == ["type", "group", "tiers"]
    assert scale["tiers"] == [
        ["0.0289", 100_000],
        ["0.0275", 1_000_000],
        ["0.026", 4_500_000],
        ["0.0246", 15_000_000],
        ["0.0231", 30_000_000],
        ["0.0217", None],
    ]
    assert json.loads(found["argentina/authentication"])["tiers"][0] == ["0.0289", 120_000]
    assert not errors(result)
    assert states(result)[5:] == ["IMPORTED"] * 12


def test_tier_card_is_recognised_and_read_without_help():
    sheet = ParsedSheet.from_rows(tier_card())
    proposal = propose(sheet, dictionaries(), load_catalogue())
    assert proposal.kind is Kind.WHATSAPP_TIER
    result = build_rows(
        sheet,
        settings_of(proposal),
        dictionaries(),
        load_catalogue(),
        resource="whatsapp_message",
        service_currency="USD",
    )
    check_balance(result)
    assert rates(result) == rates(tiers(tier_card()))


def test_pricing_type_level_of_a_tier_card():
    rows = tier_card()
    result = run(
        rows,
        TIER_USES,
        "whatsapp_region pricing_category pricing_type",
        resource="whatsapp_message",
        kind=Kind.WHATSAPP_TIER,
        header_rows=(2, 3, 4),
        start_row=5,
        fill_down=(0, 1),
    )
    assert "argentina/utility/regular" in rates(result)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ((6, 2), "100,003", "no tier covers 100001 to 100002 (rows 6 and 7)"),
        ((6, 2), "99,000", "the tiers overlap from 99000 to 100000 (rows 6 and 7)"),
        ((5, 2), "5", "the first tier begins at 5"),
        ((10, 3), "99,000,000", "needs no upper limit"),
        ((6, 3), "--", "a tier without a limit is followed by another one"),
        ((6, 2), "lots", '"lots" is no volume'),
    ],
)
def test_tiers_that_do_not_fit_are_errors_naming_rows(place, value, sentence):
    rows = tier_card()
    rows[place[0]][place[1]] = value
    result = tiers(rows)
    assert "argentina/utility" not in rates(result)
    assert "argentina/authentication" in rates(result)
    assert sentence in said(result)
    assert "utility" in errors(result)[0][2]


def test_list_rate_without_bounds_holds_below_the_first_tier():
    rows = tier_card()
    rows[5][2:4] = [None, None]
    scale = json.loads(rates(tiers(rows))["argentina/utility"])
    assert scale["tiers"][:2] == [["0.0289", 100_000], ["0.0275", 1_000_000]]


def test_card_without_tier_columns_is_refused():
    with pytest.raises(FileProblem, match="tier_from"):
        run(
            CARD,
            BASIC,
            "whatsapp_region pricing_category",
            resource="whatsapp_message",
            kind=Kind.WHATSAPP_TIER,
        )
