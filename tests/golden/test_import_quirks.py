"""Quirks that only a whole import shows: list types, duplicates, formulas, no half import."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.helpers.command_line import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk.db")
    desk.ok("db", "init")
    desk.service("S", "USD", "payg", "--side", "cost")
    return desk


def _list(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["Country,SMS price USD", *rows]) + "\n", encoding="utf-8")
    return path


def test_q34_the_list_type_is_asked_when_rates_are_there(desk: Desk, tmp_path: Path) -> None:
    desk.ok("import", _list(tmp_path / "full.csv", "DE,0.05", "FR,0.06"), "--service", "S")
    second = _list(tmp_path / "partial.csv", "DE,0.07", "ES,0.08")
    asked = desk("import", second, "--service", "S")
    assert asked.code == 2
    assert all(word in asked.err for word in ("--mode merge", "replace", "replace-listed"))
    merged = desk.ok("import", second, "--service", "S", "--mode", "merge", "--dry-run")
    assert "0 removed" in merged.out
    replaced = desk.ok("import", second, "--service", "S", "--mode", "replace")
    assert "1 removed" in replaced.out
    assert set(desk.rates("S")) == {"sms/sms_message/DE", "sms/sms_message/ES"}


def test_q36_every_contradicting_row_is_listed_with_its_number(desk: Desk, tmp_path: Path) -> None:
    many = [f"{country},0.0{n}" for n in range(1, 9) for country in ("DE", "Germany", "DEU")]
    path = _list(tmp_path / "twice.csv", *many, "FR,0.06", "France,0.060")
    ran, report = desk.import_report(tmp_path, path, "--service", "S", "--skip-errors")
    assert ran.code == 3
    listed = [i["row"] for i in report["issues"] if i["severity"] == "error"]
    assert sorted(listed) == list(range(2, 26))
    assert report["rows"] == {
        "read": 27, "imported": 1, "merged": 1, "skipped": 0, "not_data": 1, "errors": 24,
    }  # fmt: skip
    assert desk.rates("S") == {"sms/sms_message/FR": "0.06"}


def test_q38_formulas_stay_text_and_are_shown_not_run(desk: Desk, tmp_path: Path) -> None:
    path = _list(tmp_path / "evil.csv", '"=HYPERLINK(""http://x"")",0.05', "@cmd,0.06", "DE,+0.07")
    rejects = tmp_path / "rejects.csv"
    ran = desk("import", path, "--service", "S", "--accept-suggestions", "--skip-errors",
               "--rejects", rejects)  # fmt: skip
    assert ran.code == 3
    assert desk.rates("S") == {"sms/sms_message/DE": "0.07"}
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        cells = [row["Country"] for row in csv.DictReader(stream)]
    assert cells == ['\'=HYPERLINK("http://x")', "'@cmd"]


def test_q39_nothing_is_written_before_everything_is_decided(desk: Desk, tmp_path: Path) -> None:
    path = _list(tmp_path / "typo.csv", "DE,0.05", "Brundi,0.06")
    before = desk.ok("tree", "--service", "S", "--json").json
    decisions = tmp_path / "decisions.csv"
    asked = desk("import", path, "--service", "S", "--decisions", decisions)
    dry = desk("import", path, "--service", "S", "--accept-suggestions", "--dry-run")
    assert (asked.code, dry.code) == (2, 0)
    assert desk.ok("tree", "--service", "S", "--json").json == before
    text = decisions.read_text(encoding="utf-8-sig").splitlines()
    assert text[1].endswith("BI,")
    decisions.write_text("\n".join([text[0], text[1] + "BI"]) + "\n", encoding="utf-8")
    desk.ok("import", path, "--service", "S", "--decisions", decisions)
    assert desk.rates("S") == {"sms/sms_message/BI": "0.06", "sms/sms_message/DE": "0.05"}


@pytest.mark.parametrize(
    ("sheet", "leaf", "price"),
    [
        ("Country,Price type\nUSA,Included\nFrance,Blocked\n", "US", "Included"),
        ("Direction,Price type\nP2A (MO),Free\n", "mo", "Free"),
    ],
)
def test_a_sheet_of_price_types_is_understood_by_itself(
    sheet: str, leaf: str, price: str, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "types.csv"
    path.write_text(sheet, encoding="utf-8")
    desk.ok("import", path, "--service", "S", "--node", "SMS messaging/SMS message")
    assert desk.rates("S")[f"sms/sms_message/{leaf}"] == price


def test_q35_prices_of_the_past_are_warned_about(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "dated.csv"
    path.write_text(
        "Country,SMS price USD,Effective from\nDE,0.05,2019-03-01\nFR,0.06,2019-03-01\n",
        encoding="utf-8",
    )
    ran = desk.ok("import", path, "--service", "S")
    assert "2019-03-01, a past date" in ran.err


def test_q18_the_order_of_day_and_month_is_asked_and_settled(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "dated.csv"
    path.write_text(
        "Country,SMS price USD,Effective from\nDE,0.05,01/02/2030\nFR,0.06,03/02/2030\n",
        encoding="utf-8",
    )
    asked = desk("import", path, "--service", "S")
    assert asked.code == 2
    assert "--date-order" in asked.err
    desk.ok("import", path, "--service", "S", "--date-order", "dmy")
    assert len(desk.rates("S")) == 2
