"""Public price lists read end to end: proposal, rows, balance and spot prices."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dictionaries.catalogue import load_catalogue
from importers.choices import settings_of
from importers.matching.rows import build_rows
from importers.proposals.columns import propose
from importers.records import ParsedSheet
from importers.settings import Duplicates

from .sheets import check_balance, dictionaries, rates

RATES = Path(__file__).resolve().parents[4] / ".." / "shared" / "data" / "rates"
FILES = {
    "sms/sms_aws_sns_2022_a-l.csv": (["AE/42402"], 1700),
    "sms/sms_batchpack_2019.csv": (["AD/21303=0.015", "AD/*=0.015"], 940),
    "sms/sms_sinch_2026-08.csv": (["AD=0.09705", "AE=0.1074"], 237),
    "sms/sms_smsroute_2026.csv": (["MA/60400=0.035"], 36),
    "sms/sms_tencent_usd_zh.csv": (["AD=0.0651", "AF=0.0731"], 216),
    "sms/sms_twilio_2024-01.csv": (["AD/21303=0.1317"], 930),
    "voice/voice_azure_pstn_rates.csv": (["AF/Afghanistan/93=0.32"], 6592),
    "voice/voice_ivozprovider_prices_sample.csv": (["Afghanistan/9377=0.273"], 4743),
    "whatsapp/whatsapp_meta_usd_2026-01.csv": (["argentina/marketing=0.0618"], 32),
    "whatsapp/whatsapp_uspeedo_long_2023.csv": (["mexico/marketing=0.0628"], 16),
}


def read(name: str, **changes):
    path = RATES / name
    if not path.exists():
        pytest.skip("the collection of public price lists is not here")
    delimiter = ";" if "sinch" in name else ","
    with path.open(encoding="utf-8-sig", newline="") as stream:
        sheet = ParsedSheet.from_rows(list(csv.reader(stream, delimiter=delimiter)))
    proposal = propose(sheet, dictionaries(), load_catalogue())
    settings = settings_of(proposal).with_changes(**changes)
    result = build_rows(
        sheet, settings, dictionaries(), load_catalogue(), resource=proposal.resource
    )
    check_balance(result)
    return result


@pytest.mark.parametrize("name", FILES)
def test_public_list(name):
    spots, least = FILES[name]
    result = read(name)
    found = rates(result)
    pairs = {f"{path}={price}" for path, price in found.items()} | set(found)
    assert set(spots) <= pairs
    assert result.counts.imported + result.counts.merged >= least
    assert result.counts.read == len(result.state)


def test_accepting_suggestions_leaves_no_question_about_values():
    result = read("sms/sms_batchpack_2019.csv", accept_suggestions=True, duplicates=Duplicates.LAST)
    assert not result.decisions
    assert result.counts.errors < 90


def test_two_issues_of_a_list_share_most_of_their_paths():
    old, new = (rates(read(f"sms/sms_twilio_2024-{month}.csv")) for month in ("04", "09"))
    common = old.keys() & new.keys()
    assert len(common) > 0.95 * len(old)
    assert sum(old[path] != new[path] for path in common) > 100
