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


def test_a_newer_list_is_tried_taken_and_undone(own: Desk, tmp_path: Path) -> None:
    newer = tmp_path / "codes.csv"
    newer.write_text("MCC,MNC,Brand,CountryISO\n262,99,Newcomer,DE\nx,,,\n", encoding="utf-8")
    tried = own.ok("dictionary", "update", "mccmnc", newer, "--partial", "--dry-run")
    assert tried.out == "mccmnc: 1 to add, 0 to change, 0 to retire, 0 unchanged\n"
    assert "Line 3 has no usable key" in tried.err
    assert own("dictionary", "undo", "mccmnc").code == 1
    own.ok("dictionary", "update", "mccmnc", newer, "--partial")
    assert own.ok("dictionary", "list", "mccmnc", "--find", "26299", "--json").json
    assert own.ok("dictionary", "undo", "mccmnc").out.startswith("Undone: 1 entry of mccmnc")
    assert not own.ok("dictionary", "list", "mccmnc", "--find", "26299", "--json").json


def test_entries_are_retired_used_again_reverted_and_deleted(own: Desk) -> None:
    assert own.ok("dictionary", "retire", "country", "DE").out == "Retired: Germany.\n"
    assert _match(own, "country", "--json", "--", "Germany")["key"] != "DE"
    assert (
        own.ok("dictionary", "retire", "country", "DE", "--back").out == "Using again: Germany.\n"
    )
    own.ok("dictionary", "add", "country", "FR", "--value", "name_en=Gaul")
    assert own.ok("dictionary", "revert", "country", "FR").out == "As shipped again: Gaul.\n"
    own.ok("dictionary", "add", "country", "QQ", "--value", "name_en=Quux")
    assert own.ok("dictionary", "delete", "country", "QQ").out == "Deleted Quux.\n"
    own.ok("dictionary", "alias", "country", "DE", "Teutonia Inferior")
    own.ok("dictionary", "unalias", "country", "teutonia inferior")
    assert _match(own, "country", "--json", "--", "Teutonia Inferior")["zone"] == "red"
    assert 'no own alias "nothing"' in own("dictionary", "unalias", "country", "nothing").err
    assert 'no dictionary "planets"' in own("dictionary", "retire", "planets", "mars").err


def test_missed_options_are_listed_and_repaired(own: Desk, tmp_path: Path) -> None:
    own.ok("service", "add", "--name", "N", "--currency", "EUR", "--side", "cost")
    own.ok("scope", "add", "--service", "N", "--from", "2026-01-01")
    rates = tmp_path / "rates.csv"
    rates.write_text("Country,MCCMNC,Price\nDE,26201,0.05\nDE,26202,0.06\n", encoding="utf-8")
    own.ok("import", rates, "--service", "N")
    assert own.ok("dictionary", "missed", "--json").json == []
    own.ok("dictionary", "retire", "mccmnc", "26201")
    (found,) = own.ok("dictionary", "missed", "--json").json
    assert (found["key"], found["why"], found["places"][0]["service"]) == ("26201", "retired", "N")
    assert "26201" in own.ok("dictionary", "missed").out
    refused = own("dictionary", "repair", "mccmnc", "26201", "26202")
    assert "Two branches would become one" in refused.err
    done = own.ok("dictionary", "repair", "mccmnc", "26201", "26203")
    assert done.out == ("mccmnc: 26201 is 26203 now in 1 place of 1 scope, 0 answers, 0 profiles\n")
    assert own.ok("dictionary", "missed", "--json").json == []
