"""The guide's worked examples (SVC-9) built from files of our own; the numbers are those of A32."""

# ruff: noqa: E501 - the rate card keeps its lines

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command_line import Desk


def _csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk.db")
    desk.ok("db", "init")
    return desk


def _id(desk: Desk, name: str) -> int:
    listed = desk.ok("service", "list", "--json").json
    return next(int(row["id"]) for row in listed if row["name"] == name)


def _round_trip(desk: Desk, tmp_path: Path, name: str, kind: str, currency: str) -> None:
    """Export → import into another service gives the same tree, in both formats."""
    original = desk.ok("tree", "--service", name, "--json").json["tree"]
    for ending in ("xlsx", "csv"):
        sheet = tmp_path / f"export.{ending}"
        desk.ok("export", "--service", name, sheet)
        copy = f"{name} {ending}"
        desk.service(copy, currency, kind, *(("--size", 1000) if kind.endswith("pack") else ()))
        desk.ok("import", sheet, "--service", copy)
        assert desk.ok("tree", "--service", copy, "--json").json["tree"] == original


def test_example_1_sms(desk: Desk, tmp_path: Path) -> None:
    desk.service("SMS service", "EUR")
    mt = _csv(
        tmp_path / "mt.csv", "Country;Network;Price", "Spain;Vodafone;0,04", "Spain;Others;0,08"
    )
    desk.ok(
        "import", mt, "--service", "SMS service", "--node", "SMS messaging/SMS message/A2P (MT)",
        "--quantity-rule", "segments",
    )  # fmt: skip
    mo = _csv(tmp_path / "mo.csv", "Direction,Price type", "P2A (MO),Free")
    desk.ok(
        "import", mo, "--service", "SMS service", "--node", "SMS messaging/SMS message",
        "--mode", "merge", "--column", "A=attribute:direction", "--column", "B=price_type",
    )  # fmt: skip
    scales = _csv(
        tmp_path / "scales.csv",
        "Level 1,Level 2,Level 3,Level 4,Level 5,Depends on,Price type,Price,Up to,Scale type,Counter group",
        "sms,,,,,resource,depends_on,,,,",
        "sms,sms_message,,,,direction,depends_on,,,,",
        "sms,sms_message,mt,,,country,depends_on,,,,",
        "sms,sms_message,mt,ES,,network,depends_on,,,,",
        "sms,sms_message,mt,ES,21422,,scale,0.005,1000,tier,sender_id",
        "sms,sms_message,mt,ES,21422,,scale,0.004,,tier,sender_id",
        "sms,sms_message,mt,*,,,scale,0.05,10000,tier,",
        "sms,sms_message,mt,*,,,scale,0.04,50000,tier,",
        "sms,sms_message,mt,*,,,scale,0.03,,tier,",
    )
    desk.ok("import", scales, "--service", "SMS service", "--mode", "merge")
    for fee, lines in {
        "Sender ID usage fee": ("Spain;Vodafone;10", "Spain;DIGI mobil;15"),
        "Sender ID setup fee": ("Spain;DIGI mobil;50",),
    }.items():
        sheet = _csv(tmp_path / f"{fee}.csv", "Country;Operator;Fee", *lines)
        desk.ok(
            "import", sheet, "--service", "SMS service", "--node", f"SMS messaging/{fee}",
            "--column", "A=attribute:country", "--column", "B=attribute:mno", "--column", "C=price",
            "--accept-suggestions",
        )  # fmt: skip
    rates = desk.rates("SMS service")
    mt_path = "sms/sms_message/mt"
    assert rates[f"{mt_path}/ES/21401"] == "0.04"
    assert rates[f"{mt_path}/ES/*"] == "0.08"
    assert rates[f"{mt_path}/ES/21422"] == (
        "Tier per sender id: 0.00500 up to 1000, 0.00400 up to ∞"
    )
    assert rates[f"{mt_path}/*"] == (
        "Tier: 0.05000 up to 10000, 0.04000 up to 50000, 0.03000 up to ∞"
    )
    assert rates["sms/sms_message/mo"] == "Free"
    assert rates["sms/sms_sender_id_usage_fee/ES/21401"] == "10"
    assert rates["sms/sms_sender_id_usage_fee/ES/21422"] == "15"
    assert rates["sms/sms_sender_id_setup_fee/ES/21422"] == "50"
    tree = desk.ok("tree", "--service", "SMS service", "--json").json["tree"]
    target = tree[0]["children"][0]["children"]
    assert [n["name"] for n in target] == ["P2A (MO)", "A2P (MT)"]
    _round_trip(desk, tmp_path, "SMS service", "payg", "EUR")


TIER_CARD = """\
Volume tier rates in USD,,,,,,,,,,,,,,,,
"See https://example.com/pricing for the terms",,,,,,,,,,,,,,,,
,,Utility,,,,,Authentication,,,,,Auth-Intl,,,,
,,Messages per month,,What we charge,,,Messages per month,,What we charge,,,Messages per month,,What we charge,,
"Market
(per rate card)",Currency,From,To,Rate type,Rate,vs. List rate,From,To,Rate type,Rate,vs. List rate,From,To,Rate type,Rate,vs. List rate
Argentina,$US,0,"100,000",List rate,0.0289,0%,0,"120,000",List rate,0.0289,0%,0,--,List rate,0.0280,0%
,,"100,001","1,000,000",Tier,0.0275,-5%,"120,001","400,000",Tier,0.0275,-5%,n/a,n/a,n/a,n/a,n/a
,,"1,000,001","4,500,000",Tier,0.0260,-10%,"400,001","1,000,000",Tier,0.0260,-10%,n/a,n/a,n/a,n/a,n/a
,,"4,500,001","15,000,000",Tier,0.0246,-15%,"1,000,001","5,000,000",Tier,0.0246,-15%,n/a,n/a,n/a,n/a,n/a
,,"15,000,001","30,000,000",Tier,0.0231,-20%,"5,000,001","10,000,000",Tier,0.0231,-20%,n/a,n/a,n/a,n/a,n/a
,,"30,000,001",--,Tier,0.0217,-25%,"10,000,001",--,Tier,0.0217,-25%,n/a,n/a,n/a,n/a,n/a
Egypt,$US,0,"100,000",List rate,0.0052,0%,0,"300,000",List rate,0.0052,0%,0,"300,000",List rate,0.0650,0%
,,"100,001","1,000,000",Tier,0.0049,-5%,"300,001","2,000,000",Tier,0.0049,-5%,"300,001","2,000,000",Tier,0.0618,-5%
,,"1,000,001","4,500,000",Tier,0.0047,-10%,"2,000,001","10,000,000",Tier,0.0047,-10%,"2,000,001","10,000,000",Tier,0.0585,-10%
,,"4,500,001","40,000,000",Tier,0.0044,-15%,"10,000,001","20,000,000",Tier,0.0044,-15%,"10,000,001","20,000,000",Tier,0.0553,-15%
,,"40,000,001","80,000,000",Tier,0.00421,-20%,"20,000,001","40,000,000",Tier,0.0042,-20%,"20,000,001","40,000,000",Tier,0.0520,-20%
,,"80,000,001",--,Tier,0.0039,-25%,"40,000,001",--,Tier,0.0039,-25%,"40,000,001",--,Tier,0.0488,-25%
"""

BASE_CARD = """\
"Cost per message in USD, effective January 1, 2026",,,,,,
Notes: list prices,,,,,,
Market,Currency,Marketing,Utility,Authentication,"Authentication-
International",Service
Argentina,$US,0.0618,n/a,n/a,n/a,Free
Egypt,$US,0.1073,n/a,n/a,n/a,Free
"""


def test_example_2_whatsapp(desk: Desk, tmp_path: Path) -> None:
    desk.service("WhatsApp", "USD")
    tiers, base = tmp_path / "Tier Pricing.csv", tmp_path / "Pricing.csv"
    tiers.write_text(TIER_CARD, encoding="utf-8")
    base.write_text(BASE_CARD, encoding="utf-8")
    node = ("--node", "WhatsApp messaging/WhatsApp message")
    desk.ok("import", base, "--service", "WhatsApp", *node, "--kind", "whatsapp_basic")
    desk.ok(
        "import",
        tiers,
        "--service",
        "WhatsApp",
        *node,
        "--kind",
        "whatsapp_tier",
        "--mode",
        "merge",
    )
    rates = desk.rates("WhatsApp")
    argentina, egypt = "whatsapp/whatsapp_message/argentina", "whatsapp/whatsapp_message/egypt"
    assert rates[f"{argentina}/marketing"] == "0.0618"
    assert rates[f"{egypt}/marketing"] == "0.1073"
    assert rates[f"{argentina}/service"] == "Free"
    assert rates[f"{argentina}/authentication_international"] == "0.028"
    assert rates[f"{argentina}/authentication"] == (
        "Tier: 0.02890 up to 120000, 0.02750 up to 400000, 0.02600 up to 1000000, "
        "0.02460 up to 5000000, 0.02310 up to 10000000, 0.02170 up to ∞"
    )
    assert rates[f"{egypt}/utility"].startswith("Tier: 0.00520 up to 100000, 0.00490 up to 1000000")
    assert "0.00421 up to 80000000" in rates[f"{egypt}/utility"]
    assert rates[f"{egypt}/authentication_international"].endswith("0.04880 up to ∞")
    assert len(rates) == 10
    _round_trip(desk, tmp_path, "WhatsApp", "payg", "USD")


def test_example_3_rcs(desk: Desk, tmp_path: Path) -> None:
    desk.service("RCS mes", "EUR")
    sheet = _csv(
        tmp_path / "rcs.csv",
        "Message type,Country,Price EUR",
        "Basic,Spain,0.04", "Basic,Italy,0.05", "Basic,France,0.034",
        "Conversation,Spain,0.08", "Conversation,Italy,0.088", "Conversation,France,0.09",
        "Single,Spain,0.093", "Single,Italy,0.089", "Single,France,1",
    )  # fmt: skip
    desk.ok(
        "import", sheet, "--service", "RCS mes", "--node", "RCS messaging/RCS message",
        "--billing-rule", "delivered", "--column", "A=attribute:billing_event",
        "--column", "B=attribute:country", "--column", "C=price",
    )  # fmt: skip
    rates = desk.rates("RCS mes")
    root = "rcs/rcs_message"
    assert len(rates) == 9
    assert rates[f"{root}/basic/FR"] == "0.034"
    assert rates[f"{root}/conversation/IT"] == "0.088"
    assert rates[f"{root}/single/ES"] == "0.093"
    message = desk.ok("tree", "--service", "RCS mes", "--json").json["tree"][0]["children"][0]
    assert message["billing_rule"] == "delivered"
    _round_trip(desk, tmp_path, "RCS mes", "payg", "EUR")


def test_example_4_unit_pack(desk: Desk, tmp_path: Path) -> None:
    desk.service("USA SMS&WA Pack", "", "unit_pack", "--size", 1000)
    sheet = _csv(tmp_path / "pack.csv", "Country,Price type", "USA,Included")
    columns = ("--column", "A=attribute:country", "--column", "B=price_type")
    for node in ("SMS messaging/SMS message", "WhatsApp messaging/WhatsApp message"):
        desk.ok("import", sheet, "--service", "USA SMS&WA Pack", "--node", node, *columns)
    assert desk.rates("USA SMS&WA Pack") == {
        "sms/sms_message/US": "Included",
        "whatsapp/whatsapp_message/US": "Included",
    }
    desk.service("Unit packs EUR", "EUR")
    prices = _csv(tmp_path / "packs.csv", "Pack,Price", "USA SMS&WA Pack,10")
    desk.ok(
        "import", prices, "--service", "Unit packs EUR", "--node", "Service purchase/Unit pack",
        "--column", "A=attribute:pack", "--column", "B=price", "--accept-suggestions",
    )  # fmt: skip
    pack = _id(desk, "USA SMS&WA Pack")
    assert desk.rates("Unit packs EUR") == {f"service_purchase/unit_pack/{pack}": "10"}
    tree = desk.ok("tree", "--service", "Unit packs EUR", "--json").json["tree"]
    assert tree[0]["children"][0]["children"][0]["name"] == "USA SMS&WA Pack"
    _round_trip(desk, tmp_path, "USA SMS&WA Pack", "unit_pack", "")


def test_example_5_bundle(desk: Desk, tmp_path: Path) -> None:
    desk.service("Bundle_1", "", "bundle_initiator")
    desk.service("Bundle_2_pack", "", "bundle_pack", "--size", 1000)
    desk.service("Bundle_price", "EUR")
    initiator = _csv(
        tmp_path / "initiator.csv",
        "Level 1,Level 2,Depends on,Price type,Price",
        "sms,,resource,depends_on,", "sms,sms_message,,included,",
        "whatsapp,,resource,depends_on,", "whatsapp,whatsapp_message,,included,",
        "whatsapp,whatsapp_conversation,,included,",
    )  # fmt: skip
    desk.ok("import", initiator, "--service", "Bundle_1")
    pack = _csv(
        tmp_path / "pack.csv",
        "Level 1,Level 2,Depends on,Price type,Price",
        "bundle_grouping,,resource,depends_on,", "bundle_grouping,bundle_member,,included,",
    )  # fmt: skip
    desk.ok("import", pack, "--service", "Bundle_2_pack")
    pack_id = _id(desk, "Bundle_2_pack")
    price = _csv(
        tmp_path / "price.csv",
        "Level 1,Level 2,Level 3,Depends on,Price type,Price",
        "service_purchase,,,resource,depends_on,",
        "service_purchase,bundle_pack,,pack,depends_on,",
        f"service_purchase,bundle_pack,{pack_id},,flat,100",
        "bundle_grouping,,,resource,depends_on,", "bundle_grouping,bundle_member,,,flat,1",
        "sms,,,resource,depends_on,", "sms,sms_message,,,flat,0.2",
    )  # fmt: skip
    desk.ok("import", price, "--service", "Bundle_price")
    assert desk.rates("Bundle_1")["whatsapp/whatsapp_conversation"] == "Included"
    rates = desk.rates("Bundle_price")
    assert rates[f"service_purchase/bundle_pack/{pack_id}"] == "100"
    assert rates["bundle_grouping/bundle_member"] == "1"
    assert rates["sms/sms_message"] == "0.2"
    _round_trip(desk, tmp_path, "Bundle_price", "payg", "EUR")
