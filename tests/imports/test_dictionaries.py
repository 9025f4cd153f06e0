"""Users' own entries, aliases, newer lists and remembered choices, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command_line import Desk


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "own.db")
    desk.ok("db", "init")
    return desk


def _match(desk: Desk, *arguments: object) -> dict[str, object]:
    return desk.ok("match", *arguments).json[0]


def test_an_alias_is_green_from_then_on(own: Desk) -> None:
    assert _match(own, "country", "--json", "--", "Teutonia Inferior")["zone"] == "red"
    own.ok("dictionary", "alias", "country", "DE", "Teutonia Inferior")
    found = _match(own, "country", "--json", "--", "teutonia  inferior")
    assert (found["zone"], found["key"]) == ("green", "DE")


def test_an_own_operator_is_found_within_its_country(own: Desk) -> None:
    own.ok(
        "dictionary", "add", "operator", "26299", "--value", "brand=Nordnetz", "--country", "DE",
        "--code", "26299",
    )  # fmt: skip
    assert _match(own, "operator", "--country", "DE", "--json", "--", "Nordnetz")["key"] == "26299"
    listed = own.ok("dictionary", "list", "operator", "--find", "nordn", "--json").json
    assert listed[0]["key"] == "26299"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "country", "*"), "stands for Others"),
        (("add", "country", "ZZ", "--value", "nmae_en=Zed"), 'no attribute "nmae_en"'),
        (("add", "planets", "mars"), 'no dictionary "planets"'),
        (("alias", "country", "QQ", "Q land"), 'no key "QQ"'),
        (("alias", "country", "DE", "France"), '"France" already names FR (France)'),
        (("alias", "country", "DE", "fr"), '"fr" already names FR (France)'),
        (("alias", "operator", "26202", "Telekom"), '"Telekom" already names 26201'),
        (("forget", "country", "nothing"), "Nothing was learned"),
    ],
)
def test_wrong_changes_end_in_one_sentence(
    own: Desk, arguments: tuple[str, ...], words: str
) -> None:
    ran = own("dictionary", *arguments)
    assert ran.code == 1
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_a_newer_list_adds_changes_and_retires(own: Desk, tmp_path: Path) -> None:
    newer = tmp_path / "periodicity.csv"
    newer.write_text("key,name\nmonthly,Every month\nyearly,Yearly\n", encoding="utf-8")
    said = own.ok("dictionary", "update", "periodicity", newer).out
    assert said == "periodicity: 1 added, 1 changed, 1 retired, 0 unchanged\n"
    assert _match(own, "periodicity", "--json", "--", "yearly")["key"] == "yearly"
    assert _match(own, "periodicity", "--json", "--", "weekly")["zone"] != "green"
    again = own.ok("dictionary", "update", "periodicity", newer).out
    assert again.startswith("periodicity: 0 added, 0 changed")


def test_an_alias_moves_and_operators_share_names_across_countries(own: Desk) -> None:
    own.ok("dictionary", "alias", "country", "DE", "Teutonia Inferior")
    own.ok("dictionary", "alias", "country", "AT", "Teutonia Inferior")
    assert _match(own, "country", "--json", "--", "Teutonia Inferior")["key"] == "AT"
    own.ok("dictionary", "alias", "operator", "20801", "Telekom")


def test_a_decided_value_is_remembered_exported_and_forgotten(own: Desk, tmp_path: Path) -> None:
    own.service("Acme", "EUR")
    sheet, answers = tmp_path / "acme.csv", tmp_path / "open.csv"
    sheet.write_text(
        "Country,Price EUR\nSpain,0.04\nItaly,0.05\nFrance,0.06\nFar Land,0.09\n", encoding="utf-8"
    )
    command = ("import", sheet, "--service", "Acme", "--vendor", "Acme", "--decisions", answers)
    assert own(*command).code == 2
    text = answers.read_text(encoding="utf-8-sig")
    line = next(row for row in text.splitlines() if "Far Land" in row)
    answers.write_text(text.replace(line, f"{line}FI"), encoding="utf-8-sig")
    own.ok(*command)
    assert own.rates("Acme")["sms/sms_message/FI"] == "0.09"
    export = tmp_path / "learned.csv"
    own.ok("dictionary", "learned", "--vendor", "Acme", "--export", export)
    assert "country,,far land,Acme,FI" in export.read_text(encoding="utf-8")
    own.ok("import", sheet, "--service", "Acme", "--vendor", "Acme", "--mode", "replace")
    own.ok("dictionary", "forget", "country", "Far Land", "--vendor", "Acme")
    ran = own("import", sheet, "--service", "Acme", "--vendor", "Acme", "--mode", "replace")
    assert ran.code == 2
