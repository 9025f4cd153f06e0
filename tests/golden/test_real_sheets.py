"""Every real price list, imported by the command line into a fresh cost service, unattended.

The lists lie outside the project, in ``../shared/data/rates``: a case per CSV file under sms,
voice, voice/templates, whatsapp and roaming. The eSIM sheets and the multi-file tariff plans are
outside: they sell packages or spread one rate over several files, which no rate tree holds. The
expected prices were read in the files by hand.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command_line import Desk

RATES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "rates"
FOLDERS = ("sms", "voice", "voice/templates", "whatsapp", "roaming")
SMS, CALL = "SMS messaging/SMS message", "Voice calls/Call"
S, V, W = "sms/sms_message/", "voice/call/", "whatsapp/whatsapp_message/"
C = "whatsapp/whatsapp_conversation/"
UNATTENDED = ("--accept-suggestions", "--skip-errors")

pytestmark = pytest.mark.skipif(
    not RATES.is_dir(), reason="the real price lists (../shared/data/rates) are not there"
)


@dataclass(frozen=True)
class Sheet:
    """What must come of one file.

    ``rows`` are imported, merged, skipped, not data, errors; ``why`` reasons of rejected rows, each
    with how many rows it holds back. ``options`` answer a decision that the list truly leaves open.
    """

    node: str
    levels: tuple[str, ...]
    leaves: int
    rows: tuple[int, int, int, int, int]
    prices: dict[str, str]
    why: dict[str, int] = field(default_factory=dict)
    currency: str = "USD"
    options: tuple[str, ...] = ()


SHEETS = {
    "sms/sms_aws_sns_2022_a-l.csv": Sheet(
        SMS, ("country", "mccmnc"), 1015, (1015, 1041, 0, 1, 0),
        # both message types cost the same; MNC 030 is 03 filled up on the right
        {S + "AD/21303": "0.1138", S + "CH/22851": "0.05124", S + "IE/27215": "0.09556",
         S + "AC/*": "0.18784", S + "LS/65101": "0.06948", S + "AR/722034": "0.05164"},
    ),
    "sms/sms_batchpack_2019.csv": Sheet(
        SMS, ("country", "network"), 1029, (1029, 31, 20, 1, 18),
        {S + "BH/42601": "0.02167", S + "SE/24007": "0.055", S + "UZ/43407": "0.11",
         S + "AD/*": "0.015"},
        {"is not in Country": 5, "is not in Operator": 12, "too weak": 1},
    ),
    "sms/sms_multi_supplier_2026-04.csv": Sheet(
        SMS, ("direction", "country", "network"), 237, (237, 0, 409, 1, 4),
        {S + "mt/JE/*": "0.0763", S + "mt/VE/*": "0.225", S + "mt/AD/*": "0.09705"},
        {"is not in Country": 4},
        # five suppliers price the same countries: which list it shall be must be said
        options=("--where", "provider=Sinch"),
    ),
    "sms/sms_sinch_2026-08.csv": Sheet(
        SMS, ("country",), 237, (237, 0, 0, 1, 4),
        {S + "AC": "0.07", S + "CV": "0.1744", S + "MX": "0.103"},
        {"split into Curaçao": 1, "no country": 3},
    ),
    "sms/sms_smsroute_2026.csv": Sheet(
        SMS, ("country", "network"), 117, (40, 0, 0, 1, 0),
        {S + "US/310004": "0.008", S + "AU/50501": "0.028", S + "AU/50502": "0.028",
         S + "KE/63902": "0.014"},
    ),
    "sms/sms_tencent_usd_zh.csv": Sheet(
        SMS, ("country",), 216, (216, 0, 0, 1, 0),
        {S + "AG": "0.0781", S + "JP": "0.075", S + "KP": "0.0505", S + "ZA": "0.0319"},
    ),
    "sms/sms_twilio_2024-01.csv": Sheet(
        SMS, ("country", "network"), 1017, (1017, 45, 6, 1, 24),
        {S + "AU/50501": "0.0515", S + "GW/63202": "0.1575", S + "PL/26012": "0.0431"},
        {"is not in Country": 6, "is not in Operator": 17, "too weak": 1},
    ),
    "sms/sms_twilio_2024-04.csv": Sheet(
        SMS, ("country", "network"), 1017, (1017, 46, 4, 1, 24),
        {S + "AU/50501": "0.0515", S + "GW/63202": "0.1575", S + "PL/26012": "0.0431"},
        {"is not in Country": 6, "is not in Operator": 17, "too weak": 1},
    ),
    "sms/sms_twilio_2024-09.csv": Sheet(
        SMS, ("country", "network"), 1021, (1021, 46, 1, 1, 23),
        {S + "AU/50501": "0.0515", S + "GW/63202": "0.1764", S + "PL/26012": "0.0431"},
        {"is not in Country": 6, "is not in Operator": 16, "too weak": 1},
    ),
    "voice/voice_azure_pstn_rates.csv": Sheet(
        CALL, ("country", "destination", "prefix"), 6592, (6592, 0, 0, 1, 0),
        {V + "AD/Andorra - Mobile/3763": "0.28", V + "US/USA/1929": "0.013",
         V + "SV/El Salvador - Mobile/50323741": "0.29"},
    ),
    "voice/voice_ivozprovider_prices_sample.csv": Sheet(
        CALL, ("destination", "prefix"), 4743, (4743, 0, 0, 1, 0),
        {V + "Albania/35572": "0.204", V + "Haiti/50947": "0.322", V + "Uruguay/59892": "0.195"},
        currency="EUR",
    ),
    "voice/templates/astpp_did_sample.csv": Sheet(
        CALL, ("country", "prefix"), 2, (2, 0, 0, 1, 0),
        {V + "IN/535345345": "1", V + "IN/65456456": "6"},
    ),
    "voice/templates/astpp_originationrates_sample.csv": Sheet(
        CALL, ("destination", "prefix"), 2, (2, 0, 0, 1, 0),
        {V + "USA/1": "0.01", V + "UK/44": "0.05"},
    ),
    "voice/templates/astpp_terminationrates_sample.csv": Sheet(
        CALL, ("destination", "prefix"), 2, (2, 0, 0, 1, 0),
        {V + "USA/1": "0.05", V + "UK/44": "0.06"},
    ),
    "voice/templates/astpp_uploaded_termination_rates_2019.csv": Sheet(
        CALL, ("prefix",), 1, (1, 0, 0, 1, 0), {V + "36": "0"}
    ),
    "voice/templates/ov500_did.csv": Sheet(
        CALL, ("destination", "prefix"), 1, (1, 0, 0, 1, 0), {V + "Ireland/35314378374": "0"}
    ),
    "voice/templates/ov500_rates_incoming.csv": Sheet(
        CALL, ("prefix",), 3, (3, 0, 0, 1, 0),
        {V + "101": "0.1232", V + "102": "0.057757", V + "21": "0.01"},
    ),
    "voice/templates/ov500_rates_outgoing.csv": Sheet(
        CALL, ("destination", "prefix"), 2, (2, 0, 0, 1, 0),
        {V + "Afghanistan/93": "0.1232", V + "Afghanistan Mobile Areeba/9376": "0.057757"},
    ),
    "whatsapp/whatsapp_meta_usd_2026-01.csv": Sheet(
        "WhatsApp messaging/WhatsApp message", ("whatsapp_region", "pricing_category"),
        105, (32, 0, 0, 1, 0),
        {W + "argentina/marketing": "0.0618", W + "egypt/authentication_international": "0.065",
         W + "north_america/utility": "0.0034", W + "rest_of_latin_america/utility": "0.0113"},
    ),
    "whatsapp/whatsapp_meta_usd_conversation_2024.csv": Sheet(
        "WhatsApp messaging/WhatsApp conversation", ("whatsapp_region", "pricing_category"),
        130, (32, 1, 0, 1, 0),
        # the United States and Canada are both North America, at the same prices
        {C + "north_america/marketing": "0.025", C + "mexico/marketing": "0.0436",
         C + "india/authentication_international": "0.028", C + "spain/service": "Free"},
    ),
    "whatsapp/whatsapp_uspeedo_long_2023.csv": Sheet(
        "WhatsApp messaging/WhatsApp message", ("whatsapp_region", "pricing_category"),
        16, (16, 0, 0, 2, 0),
        {W + "mexico/marketing": "0.0628", W + "india/utility": "0.0061",
         W + "brazil/service": "0.0432"},
    ),
    "roaming/roaming_comium_gambia_prepaid.csv": Sheet(
        SMS, ("direction", "country", "network"), 395, (198, 1, 0, 1, 9),
        {S + "mt/AF/41240": "10", S + "mo/AF/41240": "Free", S + "mt/GB/23415": "10",
         S + "mt/ET/63602": "10"},
        {"is not in Country": 1, "is not in Operator": 4, "too weak": 4},
        currency="GMD",
    ),
}  # fmt: skip

NO_LIST = {"voice/templates/astpp_ratedeck_sample.csv": "no column holds prices"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("real") / "desk.db")
    desk.ok("db", "init")
    return desk


def _import(desk: Desk, path: Path, service: str, *options: str) -> tuple[int, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        ran, report = desk.import_report(
            Path(folder), path, "--service", service, *UNATTENDED, *options
        )
    assert report, ran
    return ran.code, report


def test_every_list_has_its_case() -> None:
    found = {f"{folder}/{p.name}" for folder in FOLDERS for p in (RATES / folder).glob("*.csv")}
    assert found == {*SHEETS, *NO_LIST}


@pytest.mark.parametrize("name", SHEETS)
def test_a_list_comes_out_right(name: str, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = SHEETS[name]
    desk.service(name, sheet.currency, "payg", "--side", "cost")
    code, report = _import(desk, RATES / name, name, *sheet.options)
    rows, levels = report["rows"], report["tree"]["levels"]
    rates = desk.rates(name)
    with capsys.disabled():
        shown = " > ".join(f"{lv['attribute']} {lv['nodes']}" for lv in levels)
        print(f"\n{name}: {report['node']}: {shown}: {len(rates)} leaves, {rows}")
    assert code == (3 if rows["errors"] else 0)
    assert report["node"] == sheet.node
    assert tuple(lv["attribute"] for lv in levels) == sheet.levels
    assert len(rates) == report["tree"]["leaves"] == sheet.leaves
    words = ("imported", "merged", "skipped", "not_data", "errors")
    assert tuple(rows[word] for word in words) == sheet.rows
    assert rows["read"] == sum(sheet.rows) == _lines(RATES / name)
    assert {path: rates.get(path) for path in sheet.prices} == sheet.prices
    assert _reasons(report, tuple(sheet.why)) == sheet.why


def _lines(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _ in csv.reader(stream))


def _reasons(report: dict[str, Any], parts: tuple[str, ...]) -> dict[str, int]:
    """Return how many rejected rows give each reason; a reason of no kind counts as itself."""
    said = {i["row"]: i["reason"] for i in report["issues"] if i["severity"] == "error"}
    kinds = (next((p for p in parts if p in reason), reason) for reason in said.values())
    return dict(Counter(kinds))


def test_several_suppliers_in_one_sheet_are_a_question(desk: Desk) -> None:
    desk.service("five suppliers", "USD", "payg", "--side", "cost")
    path = RATES / "sms" / "sms_multi_supplier_2026-04.csv"
    ran = desk("import", path, "--service", "five suppliers", *UNATTENDED)
    assert ran.code == 2
    assert "choose one with --where" in ran.err
    assert "provider=Sinch" in ran.err
    assert "MessageBird, Telnyx, Clickatell, Azure" in ran.err
    assert desk.rates("five suppliers") == {}


@pytest.mark.parametrize("name", NO_LIST)
def test_a_sheet_without_prices_is_refused_in_one_sentence(name: str, desk: Desk) -> None:
    desk.service(name, "USD")
    ran = desk("import", RATES / name, "--service", name, *UNATTENDED)
    assert ran.code == 1
    assert NO_LIST[name] in ran.err
    assert len(ran.err.strip().splitlines()) == 1


# ---------------------------------------------------- three issues of one list, one after another


def _count(before: Any, after: Any) -> Counter[str]:
    """Count what changed between two outputs of ``tree --json``, leaf by leaf."""

    def leaves(nodes: Any, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
        found: dict[tuple[str, ...], Any] = {}
        for node in nodes:
            path = (*above, node["key"])
            if node["price_type"] != "depends_on":
                found[path] = node
            found |= leaves(node.get("children", []), path)
        return found

    old, new = leaves(before["tree"]), leaves(after["tree"])
    counts = Counter({"removed": len(old.keys() - new.keys()), "new": len(new.keys() - old.keys())})
    for path in old.keys() & new.keys():
        was, now = old[path], new[path]
        if was["price_type"] != "flat" or now["price_type"] != "flat":
            counts["unchanged" if was["text"] == now["text"] else "changed"] += 1
            continue
        step = Decimal(now["price"]) - Decimal(was["price"])
        counts["increased" if step > 0 else "decreased" if step < 0 else "unchanged"] += 1
    return counts


def _raw(path: Path, report: dict[str, Any]) -> tuple[dict[str, Decimal], set[str]]:
    """Return the file's prices by row text, and the texts of the rows that gave a rate."""
    silent = {i["row"] for i in report["issues"] if i["row"] and i["severity"] != "info"}
    silent |= {i["row"] for i in report["issues"] if "the same rate again" in i["reason"]}
    prices: dict[str, Decimal] = {}
    kept = set()
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            text = f"{row['ISO']} {row['Description']}"
            prices[text] = Decimal(row["Price / msg"])
            kept |= {text} if number not in silent else set()
    return prices, kept


def test_three_issues_of_a_list_tell_their_changes(desk: Desk) -> None:
    desk.service("three issues", "USD", "payg", "--side", "cost")
    before: Any = desk.ok("tree", "--service", "three issues", "--json").json
    known: tuple[dict[str, Decimal], set[str]] | None = None
    raised = {"04": 201, "09": 248}
    for month in ("01", "04", "09"):
        path = RATES / "sms" / f"sms_twilio_2024-{month}.csv"
        code, report = _import(desk, path, "three issues", "--mode", "replace")
        assert code == 3
        after = desk.ok("tree", "--service", "three issues", "--json").json
        counts = _count(before, after)
        told = {word: count for word, count in report["changes"].items() if count}
        assert told == {word: count for word, count in counts.items() if count}, month
        raw = _raw(path, report)
        assert len(raw[1]) == report["rows"]["imported"]
        if known is not None:
            _check_against_rows(known, raw, counts, raised[month])
        before, known = after, raw


def _check_against_rows(
    old: tuple[dict[str, Decimal], set[str]],
    new: tuple[dict[str, Decimal], set[str]],
    counts: Counter[str],
    raised: int,
) -> None:
    """Hold the tree's changes against the prices as they stand in the two files."""
    both = old[0].keys() & new[0].keys()
    higher = {text for text in both if new[0][text] > old[0][text]}
    assert len(higher) == raised
    lasting = old[1] & new[1]
    # Rows of one network that merge in one issue and differ in the other stand for each other.
    moved = len((old[1] ^ new[1]) & both)
    assert moved <= 12
    assert abs(counts["increased"] - len(higher & lasting)) <= moved
    lower = {text for text in lasting if new[0][text] < old[0][text]}
    assert abs(counts["decreased"] - len(lower)) <= moved
    assert counts["new"] <= len(new[1] - old[0].keys()) + moved
    assert counts["removed"] <= len(old[1] - new[0].keys()) + moved
