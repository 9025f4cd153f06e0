from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from dictionaries.entries import Dictionaries, UserEntry
from dictionaries.learn import Learned, LearnedMatch, learned_match
from dictionaries.match import match
from dictionaries.search import search
from dictionaries.shipped import DATA
from dictionaries.update import update_from_csv

DAY = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def _choice(value: str, key: str, *, vendor: str = "", days: int = 0) -> LearnedMatch:
    when = DAY + dt.timedelta(days=days)
    return learned_match("country", value, key, vendor=vendor, who="ann", when=when)


def test_a_choice_is_used_next_time_with_its_reason(dictionaries: Dictionaries) -> None:
    learned = Learned([_choice("Zone Alpha", "FR", vendor="ACME")])
    country = dictionaries["country"]
    found = match(country, ["ZONE  alpha"], learned=learned, vendor="ACME")[0]
    assert (found.zone, found.key, found.reason) == ("green", "FR", "learned 2026-03-01 ACME")
    assert match(country, ["Zone Alpha"], learned=learned, vendor="Other Ltd")[0].key != "FR"


def test_the_vendor_goes_before_everybody(dictionaries: Dictionaries) -> None:
    learned = Learned([_choice("ZA1", "FR"), _choice("ZA1", "DE", vendor="ACME")])
    country = dictionaries["country"]
    assert match(country, ["ZA1"], learned=learned, vendor="ACME")[0].key == "DE"
    assert match(country, ["ZA1"], learned=learned)[0].key == "FR"


def test_the_newest_of_contradicting_choices_counts() -> None:
    old, new = _choice("x", "FR"), _choice("x", "DE", days=3)
    learned = Learned([new, old])
    found = learned.find("country", "x")
    assert found is new
    assert learned.contradictions(new) == (old,)


def test_a_vanished_key_is_not_taken(dictionaries: Dictionaries) -> None:
    found = match(dictionaries["country"], ["qqqq"], learned=Learned([_choice("qqqq", "ZZ")]))[0]
    assert (found.zone, found.key) == ("yellow", "")
    assert "ZZ, which is gone" in found.reason


def test_two_vendors_alike_propose_a_global_choice() -> None:
    learned = Learned([_choice("x", "FR", vendor="A"), _choice("x", "FR", vendor="B", days=1)])
    assert [(m.key, m.vendor) for m in learned.global_proposals()] == [("FR", "")]
    learned.add(_choice("x", "DE", vendor="C"))
    assert learned.global_proposals() == []


def test_choices_survive_export_and_import() -> None:
    learned = Learned([_choice("x", "FR", vendor="A"), _choice("x", "DE", vendor="A", days=2)])
    again = Learned.from_csv(learned.to_csv())
    assert again.to_csv() == learned.to_csv()
    found = again.find("country", "x", vendor="A")
    assert found is not None
    assert found.key == "DE"


def test_a_malformed_export_is_told() -> None:
    with pytest.raises(ValueError, match="lack the column"):
        Learned.from_csv("a,b\n1,2\n")
    text = Learned([_choice("x", "FR")]).to_csv().replace("2026-03-01T12:00:00+00:00", "soon")
    with pytest.raises(ValueError, match="Line 2"):
        Learned.from_csv(text)


def test_operators_are_learned_per_country(dictionaries: Dictionaries) -> None:
    choice = learned_match("operator", "Red", "26202", context="DE", who="ann", when=DAY)
    operator = dictionaries["operator"]
    found = match(operator, ["Red", "Red"], contexts=["DE", "FR"], learned=Learned([choice]))
    assert found[0].key == "26202"
    assert found[1].key != "26202"


def test_search_is_incremental_and_accent_blind(dictionaries: Dictionaries) -> None:
    country = dictionaries["country"]
    assert search(country, "cote d")[0].key == "CI"
    assert search(country, "DE")[0].key == "DE"
    assert search(country, "германия")[0].key == "DE"
    assert search(country, "ivory")[0].key == "CI"
    assert [h.key for h in search(country, "united", 4)] == ["AE", "GB", "UM", "US"]
    assert len(search(country, "", 20)) == 20
    assert search(country, "qqqq") == []


def test_search_of_operators_stays_in_the_country(dictionaries: Dictionaries) -> None:
    operator = dictionaries["operator"]
    hits = search(operator, "voda", context="DE")
    assert hits[0].key == "26202"
    assert all("DE" in operator.entry(h.key).countries for h in hits)


def test_update_tells_added_changed_and_retired(tmp_path: Path, dictionaries: Dictionaries) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        "MCC;MNC;Brand;Operator;CountryISO;Status\n"
        "262;01;Telekom;Telekom Deutschland GmbH;DE;Operational\n"
        "262;02;Vodafone Neu;Vodafone D2 GmbH;DE;Operational\n"
        "262;99;Newcomer;Newcomer AG;DE;Operational\n"
        "x;1;bad;;;\n",
        encoding="utf-8",
    )
    result = update_from_csv(dictionaries["mccmnc"], path)
    assert [e.key for e in result.added] == ["26299"]
    assert result.added[0].countries == ("DE",)
    assert [(e.key, e.values) for e in result.changed] == [("26202", (("brand", "Vodafone Neu"),))]
    assert result.unchanged == 1
    assert len(result.retired) == len(dictionaries["mccmnc"]) - 2
    assert result.problems == ("Line 5 has no usable key (x1) and was left out.",)
    assert update_from_csv(dictionaries["mccmnc"], path, complete=False).retired == ()


def test_an_applied_update_leaves_nothing_to_update(
    tmp_path: Path, dictionaries: Dictionaries
) -> None:
    path = tmp_path / "countries.csv"
    path.write_text("key,name_en,aliases\nDE,Germania,Deutschl|BRD\nQQ,Quuxland,\n", "utf-8")
    first = update_from_csv(dictionaries["country"], path, complete=False)
    assert [e.key for e in first.added] == ["QQ"]
    updated = Dictionaries.load(first.entries)
    assert updated["country"].label("DE") == "Germania"
    assert match(updated["country"], ["Quuxland", "Deutschl"])[0].key == "QQ"
    second = update_from_csv(updated["country"], path, complete=False)
    assert (second.added, second.changed) == ((), ())


def test_update_from_the_old_edition(sources: Path, dictionaries: Dictionaries) -> None:
    old = update_from_csv(dictionaries["mccmnc"], sources / "mccmnc" / "mccmnc_wikipedia_2018.csv")
    assert len(old.retired) > 500
    at_2018 = Dictionaries.load(old.entries)
    newer = update_from_csv(at_2018["mccmnc"], sources / "mccmnc" / "mcc-mnc-list.csv")
    still_gone = {e.key for e in old.retired} - {e.key for e in newer.changed}
    with (DATA / "own" / "operators.csv").open(encoding="utf-8", newline="") as own:
        assert still_gone <= {row["code"] for row in csv.DictReader(own)}
    assert [e.values for e in newer.changed if e.key == "28401"] == [
        (("brand", "A1 BG"), ("operator", "A1 Bulgaria"))
    ]


def test_network_codes_are_keys_of_networks_only(
    tmp_path: Path, dictionaries: Dictionaries
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("MCC,MNC,Brand\n262,01,Telekom\n", encoding="utf-8")
    assert not update_from_csv(dictionaries["operator"], path, complete=False).added
    with pytest.raises(ValueError, match=r"name it key\.$"):
        update_from_csv(dictionaries["country"], path)
    path.write_text("MCCMNC,Name\n26201,Telekom\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column with the keys of Country"):
        update_from_csv(dictionaries["country"], path)


def test_a_retired_key_is_never_proposed() -> None:
    without = Dictionaries.load([UserEntry("country", "KR", retired=True)])
    values = ["Korea", "South Korea", "KR", "Republic of Korea", "Korea mobile", "Corea"]
    for found in match(without["country"], values):
        assert found.key != "KR"
        assert "KR" not in [c.key for c in found.alternatives]
    both = [UserEntry("country", key, retired=True) for key in ("KR", "KP")]
    assert match(Dictionaries.load(both)["country"], ["Korea"])[0].key not in {"KR", "KP"}


def test_a_file_that_is_no_list_is_told(tmp_path: Path, dictionaries: Dictionaries) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column with the keys of MCCMNC"):
        update_from_csv(dictionaries["mccmnc"], path)
    with pytest.raises(ValueError, match="can't be read"):
        update_from_csv(dictionaries["mccmnc"], tmp_path / "absent.csv")


def test_a_code_of_the_user_is_found(dictionaries: Dictionaries) -> None:
    own = Dictionaries.load([UserEntry("operator", "26201", codes=("26299",))])
    assert match(own["operator"], ["26299"], contexts=["DE"])[0].key == "26201"
    assert match(dictionaries["operator"], ["26299"], contexts=["DE"])[0].zone == "red"
