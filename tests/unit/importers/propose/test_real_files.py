"""Every real price list gets the proposal that a person would set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from importers.formats.reading import open_book
from importers.proposals.layout import shape_signature
from importers.records import ParsedSheet
from importers.settings import Kind, Proposal, Role
from tests.unit.importers.propose.conftest import Propose, uses_of

RATES = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "rates"

pytestmark = pytest.mark.skipif(not RATES.is_dir(), reason="the real price lists are not here")


@dataclass(frozen=True)
class Expected:
    """What the proposal of a file must be; columns by 0-based index."""

    path: str
    domain: str
    levels: tuple[str, ...]
    attributes: tuple[tuple[int, str], ...]
    prices: tuple[int, ...]
    end_row: int
    decimal: str = "."
    currency: str = ""
    kind: Kind = Kind.STANDARD
    roles: tuple[tuple[int, Role], ...] = ()


TWILIO = {
    "domain": "sms",
    "levels": ("country", "network"),
    "attributes": ((0, "country"), (1, "country"), (2, "network")),
    "prices": (3,),
}
OV500 = (
    (3, Role.CONNECT_PRICE),
    (4, Role.FIRST_INTERVAL),
    (5, Role.NEXT_INTERVAL),
    (6, Role.IGNORE),
)
ASTPP = ((2, Role.CONNECT_PRICE), (5, Role.FIRST_INTERVAL), (6, Role.NEXT_INTERVAL))

FILES = [
    Expected("sms/sms_twilio_2024-01.csv", **TWILIO, end_row=1092),
    Expected("sms/sms_twilio_2024-04.csv", **TWILIO, end_row=1091),
    Expected("sms/sms_twilio_2024-09.csv", **TWILIO, end_row=1091),
    Expected("sms/sms_batchpack_2019.csv", **TWILIO, end_row=1098),
    Expected(
        "sms/sms_smsroute_2026.csv",
        domain="sms",
        levels=("country", "network"),
        attributes=((1, "country"), (0, "country"), (4, "network")),
        prices=(2,),
        end_row=40,
        currency="USD",
        roles=((3, Role.FILTER), (5, Role.IGNORE), (6, Role.IGNORE)),
    ),
    Expected(
        "sms/sms_aws_sns_2022_a-l.csv",
        domain="sms",
        levels=("country", "mccmnc"),
        attributes=((0, "country"), (2, "mcc"), (3, "mnc")),
        prices=(6,),
        end_row=2056,
        roles=((1, Role.FILTER), (4, Role.FILTER), *((c, Role.IGNORE) for c in (5, *range(7, 15)))),
    ),
    Expected(
        "sms/sms_multi_supplier_2026-04.csv",
        domain="sms",
        levels=("direction", "country", "network"),
        attributes=((6, "direction"), (1, "country"), (2, "country"), (3, "network")),
        prices=(4,),
        end_row=650,
        currency="USD",
        roles=((0, Role.FILTER), (5, Role.CURRENCY), *((c, Role.IGNORE) for c in (7, 8, 9))),
    ),
    Expected(
        "sms/sms_sinch_2026-08.csv",
        domain="sms",
        levels=("country",),
        attributes=((1, "country"), (0, "country")),
        prices=(2,),
        end_row=241,
        currency="USD",
    ),
    Expected(
        "sms/sms_tencent_usd_zh.csv",
        domain="sms",
        levels=("country",),
        attributes=((2, "country"), (0, "country")),
        prices=(4,),
        end_row=216,
        currency="USD",
        roles=((1, Role.IGNORE), (3, Role.IGNORE)),
    ),
    Expected(
        "voice/voice_azure_pstn_rates.csv",
        domain="voice",
        levels=("country", "destination", "prefix"),
        attributes=((2, "country"), (0, "destination"), (3, "prefix")),
        prices=(4,),
        end_row=6592,
        roles=((1, Role.FILTER),),
    ),
    Expected(
        "voice/voice_ivozprovider_prices_sample.csv",
        domain="voice",
        levels=("destination", "prefix"),
        attributes=((0, "destination"), (1, "prefix")),
        prices=(2,),
        end_row=4743,
        roles=((3, Role.CONNECT_PRICE), (4, Role.NEXT_INTERVAL)),
    ),
    Expected(
        "voice/templates/astpp_originationrates_sample.csv",
        domain="voice",
        levels=("destination", "prefix"),
        attributes=((1, "destination"), (0, "prefix")),
        prices=(4,),
        end_row=2,
        currency="USD",
        roles=ASTPP,
    ),
    Expected(
        "voice/templates/astpp_terminationrates_sample.csv",
        domain="voice",
        levels=("destination", "prefix"),
        attributes=((1, "destination"), (0, "prefix")),
        prices=(4,),
        end_row=2,
        currency="USD",
        roles=(*ASTPP, (7, Role.IGNORE), (8, Role.IGNORE)),
    ),
    Expected(
        "voice/templates/astpp_uploaded_termination_rates_2019.csv",
        domain="voice",
        levels=("prefix",),
        attributes=((0, "prefix"),),
        prices=(4,),
        end_row=1,
        currency="USD",
        roles=ASTPP,
    ),
    Expected(
        "voice/templates/astpp_did_sample.csv",
        domain="voice",
        levels=("country", "prefix"),
        attributes=((1, "country"), (0, "prefix")),
        prices=(5,),
        end_row=2,
        roles=((6, Role.FIRST_INTERVAL), (7, Role.NEXT_INTERVAL), (8, Role.IGNORE)),
    ),
    Expected(
        "voice/templates/ov500_rates_outgoing.csv",
        domain="voice",
        levels=("destination", "prefix"),
        attributes=((1, "destination"), (0, "prefix")),
        prices=(2,),
        end_row=2,
        roles=OV500,
    ),
    Expected(
        "voice/templates/ov500_rates_incoming.csv",
        domain="voice",
        levels=("prefix",),
        attributes=((0, "prefix"),),
        prices=(2,),
        end_row=3,
        roles=OV500,
    ),
    Expected(
        "voice/templates/ov500_did.csv",
        domain="voice",
        levels=("destination", "prefix"),
        attributes=((1, "destination"), (0, "prefix")),
        prices=(4,),
        end_row=1,
        roles=((2, Role.IGNORE), (3, Role.IGNORE), (5, Role.CONNECT_PRICE)),
    ),
    Expected(
        "whatsapp/whatsapp_meta_usd_2026-01.csv",
        domain="whatsapp",
        levels=("whatsapp_region", "pricing_category"),
        attributes=((0, "whatsapp_region"),),
        prices=(2, 3, 4, 5, 6),
        end_row=32,
        currency="USD",
        kind=Kind.WHATSAPP_BASIC,
    ),
    Expected(
        "whatsapp/whatsapp_meta_usd_conversation_2024.csv",
        domain="whatsapp",
        levels=("whatsapp_region", "pricing_category"),
        attributes=((0, "whatsapp_region"),),
        prices=(2, 3, 4, 5, 6),
        end_row=33,
        currency="USD",
        kind=Kind.WHATSAPP_BASIC,
    ),
    Expected(
        "whatsapp/whatsapp_uspeedo_long_2023.csv",
        domain="whatsapp",
        levels=("whatsapp_region", "pricing_category"),
        attributes=((0, "whatsapp_region"), (2, "pricing_category")),
        prices=(3,),
        end_row=16,
        currency="USD",
        kind=Kind.WHATSAPP_BASIC,
    ),
    Expected(
        "roaming/roaming_comium_gambia_prepaid.csv",
        domain="sms",
        levels=("direction", "country", "network"),
        attributes=((0, "country"), (1, "network")),
        prices=(7, 8),
        end_row=208,
        roles=tuple((c, Role.IGNORE) for c in (2, 3, 4, 5, 6, 9)),
    ),
]


def first_sheet(path: str) -> ParsedSheet:
    return open_book(RATES / path).sheets[0]


@pytest.mark.parametrize("expected", FILES, ids=lambda e: Path(e.path).stem)
def test_the_proposal_of_a_real_list(expected: Expected, proposed: Propose) -> None:
    proposal = proposed(first_sheet(expected.path))
    assert (proposal.header_rows, proposal.start_row) == ((0,), 1)
    assert proposal.end_row == expected.end_row
    assert (proposal.domain, proposal.kind) == (expected.domain, expected.kind)
    assert proposal.levels == expected.levels
    assert _attributes(proposal) == expected.attributes
    assert tuple(u.column for u in uses_of(proposal, Role.PRICE)) == expected.prices
    assert proposal.decimal == expected.decimal
    assert proposal.currency == expected.currency
    assert proposal.price_list
    assert {c: _role(proposal, c) for c, _ in expected.roles} == dict(expected.roles)
    assert (proposal.section_rows, proposal.fill_down, proposal.ask_fill_down) == ((), (), ())


def _attributes(proposal: Proposal) -> tuple[tuple[int, str], ...]:
    return tuple((u.column, u.attribute) for u in uses_of(proposal, Role.ATTRIBUTE))


def _role(proposal: Proposal, column: int) -> Role:
    return next(u.role for u in proposal.columns if u.column == column)


def test_every_real_list_is_covered() -> None:
    folders = ("sms", "voice", "whatsapp", "roaming")
    found = {str(p.relative_to(RATES)) for f in folders for p in (RATES / f).rglob("*.csv")}
    assert found - {e.path for e in FILES} == {"voice/templates/astpp_ratedeck_sample.csv"}


def test_a_deck_without_prices_is_no_price_list(proposed: Propose) -> None:
    proposal = proposed(first_sheet("voice/templates/astpp_ratedeck_sample.csv"))
    assert not proposal.price_list
    assert proposal.reasons["price_list"] == "no column holds prices"


def test_the_parts_of_a_tariff_plan_are_no_price_lists(proposed: Propose) -> None:
    for path in sorted((RATES / "tariffplans").rglob("*.csv")):
        assert not proposed(open_book(path).sheets[0]).price_list, path.name


@pytest.mark.parametrize(
    ("name", "start", "end", "price", "fill"),
    [
        ("esim_travel_japan_2025.xlsx", 1, 74, 6, ()),
        ("esim_travel_europe_2025.xlsx", 1, 138, 7, ()),
        ("esim_travel_china_2025.xlsx", 1, 251, 7, (6,)),
    ],
)
def test_package_lists_are_read_but_fit_no_resource(
    name: str, start: int, end: int, price: int, fill: tuple[int, ...], proposed: Propose
) -> None:
    proposal = proposed(first_sheet(f"esim/{name}"))
    assert (proposal.start_row, proposal.end_row) == (start, end)
    assert [u.column for u in uses_of(proposal, Role.PRICE)] == [price]
    assert proposal.currency == "USD"
    assert proposal.fill_down == fill
    assert proposal.domain == ""
    assert "packages" in proposal.reasons["domain"]


def test_issues_of_one_list_share_a_signature_and_others_do_not(proposed: Propose) -> None:
    def signature(path: str) -> str:
        built = first_sheet(path)
        return shape_signature(built, proposed(built))

    issues = {signature(f"sms/sms_twilio_2024-{month}.csv") for month in ("01", "04", "09")}
    assert len(issues) == 1
    everything = {signature(e.path) for e in FILES}
    assert len(everything) == len(FILES) - 2


def test_the_direction_that_a_whole_list_stands_for(proposed: Propose) -> None:
    reasons = proposed(first_sheet("sms/sms_twilio_2024-01.csv")).reasons
    assert reasons["node"].startswith("direction=mt")
