"""Dictionaries on both databases: entries, aliases, newer lists, missed options (GEN-10, M1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.db.engine import Database
from app.db.queries import dictionary_entries, profiles
from app.db.queries.learned import LearnedMatch, recall, remember
from app.db.queries.scopes import ScopeRecord
from app.domain.records import Filter, ListQuery
from app.errors import Cancelled, Conflict, FieldProblem, UserError
from app.sections import section
from app.services import dictionary_lists, dictionary_missed, dictionary_update, records
from app.services.context import Actor, Context
from app.services.dictionaries import dictionaries_of
from app.services.dictionary_keys import number_of
from app.services.dictionary_repair import repair
from app.services.dictionary_update import preview_update, undo_update, update_dictionary
from app.services.tariffs.edit_tree import undo_revision
from dictionaries.entries import Dictionaries
from dictionaries.match import match
from tests.db.conftest import NOW
from tests.db.desk import SMS, context
from tests.db.trees import commit, flat, live
from tests.helpers import office

MT = ("sms", "sms_message", "mt")
MANY = 60_000


@pytest.fixture
def ctx(database: Database) -> Context:
    return context(database)


def known(ctx: Context) -> Dictionaries:
    with ctx.database.read() as connection:
        return dictionaries_of(connection, ctx.actor.company_id)


def act(name: str, ctx: Context, *places: tuple[str, str]) -> str:
    service = records.named_service(f"dictionary_records.{name}")
    return str(service(ctx, [number_of(*place) for place in places]))


def values(ctx: Context, name: str, key: str) -> dict[str, Any]:
    return records.load(ctx, section("entries"), number_of(name, key)).values


def save(ctx: Context, name: str, key: str, **changed: Any) -> None:
    number = number_of(name, key)
    version = records.load(ctx, section("entries"), number).version
    records.update(ctx, section("entries"), number, version, changed)


def listed(ctx: Context, section_id: str, *filters: Filter, **asked: Any) -> list[dict[str, Any]]:
    chosen = section(section_id)
    query = ListQuery(section_id, filters, chosen.sort, **asked)
    rows = records.rows_by_keys(ctx, chosen, query, records.keys(ctx, chosen, query))
    return [dict(zip([c.name for c in chosen.columns], row[1:], strict=True)) for row in rows]


def entry(ctx: Context, name: str, key: str) -> dict[str, Any]:
    wanted = (Filter("dictionary", "equals", (name,)), Filter("key", "equals", (key,)))
    (found,) = listed(ctx, "entries", *wanted)
    return found


# ------------------------------------------------------------------------------ entries


def test_shipped_and_own_stand_in_one_list(ctx: Context) -> None:
    assert entry(ctx, "operator", "26201") | {"other_names": ""} == {
        "dictionary": "operator",
        "key": "26201",
        "name": "Telekom (Telekom Deutschland GmbH)",
        "countries": "DE",
        "codes": "26206, 26278",
        "origin": "shipped",
        "state": "used",
        "other_names": "",
        "details": "network operational",
        "aliases": 10,
        "updated_at": None,
        "created_at": None,
    }
    assert listed(ctx, "entries", search="d1 nowhere") == []
    assert "26201" in {row["key"] for row in listed(ctx, "entries", search="d1 telekom")}
    numbers = {row["dictionary"]: row for row in listed(ctx, "dictionaries")}
    assert set(numbers) == set(Dictionaries.names())
    assert numbers["country"]["used"] == numbers["country"]["shipped"] > 240


def test_a_changed_entry_goes_back_to_the_shipped_value(ctx: Context) -> None:
    before = values(ctx, "operator", "26201")
    assert "D1 (former name, until 2002)" in before["known_as"]
    assert "MCC: 262 Germany" in before["linked"]
    save(
        ctx, "operator", "26201", brand="Magenta", codes=["26201", "26206"], countries=["DE", "AT"]
    )
    assert known(ctx)["operator"].entry("26201").codes == ("26201", "26206")
    assert known(ctx)["operator"].entry("26201").countries == ("DE", "AT")
    changed = values(ctx, "operator", "26201")
    assert (changed["origin"], changed["brand"]) == ("changed", "Magenta")
    assert changed["shipped"].startswith("Telekom (Telekom Deutschland GmbH)")
    assert entry(ctx, "operator", "26201")["origin"] == "changed"
    assert act("revert", ctx, ("operator", "26201")).startswith("As shipped again: Magenta")
    assert values(ctx, "operator", "26201") == before
    history = records.load(ctx, section("entries"), number_of("operator", "26201")).history
    assert [one.action for one in history] == ["Revert entry", "Change entry"]
    with pytest.raises(UserError, match="None of these"):
        act("revert", ctx, ("operator", "26201"))


def test_keys_names_and_codes_are_checked(ctx: Context) -> None:
    def refused(**given: Any) -> dict[str, str]:
        with pytest.raises(FieldProblem) as problem:
            records.create(ctx, section("entries"), given)
        return problem.value.problems

    assert "two capital letters" in refused(dictionary="country", key="Germany")["key"]
    assert "stands for Others" in refused(dictionary="direction", key="*")["key"]
    assert "change that entry" in refused(dictionary="country", key="DE")["key"]
    assert "Packs are services" in refused(dictionary="pack", key="9")["dictionary"]
    network = {"dictionary": "operator", "key": "26299", "countries": ["DE"]}
    assert "Telekom" in refused(**network, codes=["26206"])["codes"]
    assert "no MCCMNC" in refused(**network, codes=["1"])["codes"]
    assert '"Vodafone" already names 26202' in refused(**network, aliases=["Vodafone"])["aliases"]
    number = number_of("country", "DE")
    with pytest.raises(FieldProblem, match="Missed options"):
        records.update(ctx, section("entries"), number, 0, {"key": "DX"})
    with pytest.raises(UserError, match="come with the program"):
        act("retire", ctx, ("resource", "sms_message"))


def test_two_people_do_not_overwrite_each_other(ctx: Context) -> None:
    number = number_of("country", "FR")
    save(ctx, "country", "FR", name_en="France (European)")
    with pytest.raises(records.RecordConflict) as stale:
        records.update(ctx, section("entries"), number, 0, {"name_en": "Frankland"})
    assert [d[0] for d in stale.value.differences] == ["name_en"]
    alias = office.add(ctx, "aliases", dictionary="country", key="FR", alias="Gallia")
    update = records.named_service("dictionary_alias_records.update")
    changed = {"dictionary": "country", "key": "FR", "alias": "Gaul"}
    update(ctx, alias, 1, changed)
    with pytest.raises(Conflict):
        update(ctx, alias, 1, changed)


def test_an_added_entry_is_deleted_while_nothing_uses_it(ctx: Context, scope: ScopeRecord) -> None:
    commit(ctx.database, scope.id, {**SMS, (*MT, "QQ"): flat(1)})
    given = {"dictionary": "country", "name_en": "Quux", "aliases": ["Quuxland"]}
    for key in ("QQ", "QZ"):
        office.add(ctx, "entries", **given, key=key)
        given = {**given, "name_en": "Quuz", "aliases": []}
    assert match(known(ctx)["country"], ["Quuxland"])[0].key == "QQ"
    used = records.named_service("dictionary_records.uses")
    assert used(ctx, [number_of("country", "QQ")]) == ["QQ: 1 node of 1 scope"]
    with pytest.raises(UserError, match="because of 1 node of 1 scope: retire it instead"):
        act("remove", ctx, ("country", "QZ"), ("country", "QQ"))
    assert "QZ" in known(ctx)["country"], "all or none"
    assert act("remove", ctx, ("country", "QZ")) == "Deleted Quuz."
    assert "QZ" not in known(ctx)["country"]
    with pytest.raises(UserError, match="comes with the program"):
        act("remove", ctx, ("country", "DE"))


def test_what_a_tenant_adds_is_seen_below_and_changed_there_only_for_itself(
    ctx: Context,
) -> None:
    reseller = office.company(ctx, "Brindle", "reseller")
    client = office.company(ctx, "Other")
    office.add(ctx, "entries", dictionary="country", key="QQ", name_en="Quux")
    below = replace(ctx, actor=Actor("Bo", reseller))
    assert entry(below, "country", "QQ")["origin"] == "tenant"
    save(below, "country", "QQ", name_en="Quuxistan")
    assert values(below, "country", "QQ")["name_en"] == "Quuxistan"
    assert values(ctx, "country", "QQ")["name_en"] == "Quux"
    assert entry(replace(ctx, actor=Actor("Cy", client)), "country", "QQ")["name"] == "Quux"
    alias = office.add(ctx, "aliases", dictionary="country", key="DE", alias="Teutonia")
    assert [row["alias"] for row in listed(below, "aliases")] == ["Teutonia"]
    assert "tenant" in records.load(below, section("aliases"), alias).locked["alias"]
    with pytest.raises(UserError, match="There is no such alias here"):
        records.remove(below, section("aliases"), [alias])


# ------------------------------------------------------------------------------ aliases


def test_aliases_say_what_they_contradict(ctx: Context) -> None:
    office.add(ctx, "aliases", dictionary="operator", key="26201", alias="Rosa")
    with pytest.raises(FieldProblem, match=r"Telekom .* already: change that"):
        office.add(ctx, "aliases", dictionary="operator", key="26202", alias="rosa")
    office.add(ctx, "aliases", dictionary="operator", key="20801", alias="Rosa")
    rows = {row["key"]: row for row in listed(ctx, "aliases")}
    assert (rows["26201"]["context"], rows["20801"]["context"]) == ("DE", "FR")
    assert rows["20801"]["meaning"].startswith("Orange")
    with pytest.raises(FieldProblem, match="already names FR"):
        office.add(ctx, "aliases", dictionary="country", key="DE", alias="France")
    keys = records.named_service("dictionary_alias_records.keys")
    likely = keys(ctx, "", {"dictionary": "country", "alias": "Germny"})
    assert likely[0].value == "DE"
    assert "%" in likely[0].title
    assert keys(ctx, "ital", {"dictionary": "country"})[0].value == "IT"


# ------------------------------------------------------------------------------ newer lists

LIST = (
    ("MCC", "MNC", "Brand", "Operator", "CountryISO", "Status", "Aliases"),
    ("262", "01", "Telekom", "Telekom Deutschland GmbH", "DE", "Operational", ""),
    ("262", "02", "Vodafone Neu", "Vodafone D2 GmbH", "DE", "Operational", "Voda Neu"),
    ("262", "99", "Newcomer", "Newcomer AG", "DE", "Operational", ""),
    ("x", "1", "bad", "", "", "", ""),
)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    file = tmp_path / "codes.csv"
    file.write_text("\n".join(";".join(row) for row in LIST), encoding="utf-8")
    return file


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    file = tmp_path / "codes.xlsx"
    book = openpyxl.Workbook()
    for row in LIST:
        book.active.append(row)
    book.save(file)
    return file


def test_a_newer_list_is_looked_at_taken_and_undone(ctx: Context, newer: Path) -> None:
    save(ctx, "mccmnc", "26202", brand="Mine")
    before = known(ctx)["mccmnc"].entries
    seen = preview_update(ctx, "mccmnc", newer, complete=False)
    assert [(x.what, x.key) for x in seen.lines] == [("added", "26299"), ("changed", "26202")]
    assert seen.lines[1].details == "brand Mine → Vodafone Neu; aliases +Voda Neu"
    assert seen.counts.problems == ("Line 5 has no usable key (x1) and was left out.",)
    assert known(ctx)["mccmnc"].entries == before, "looking changes nothing"
    done = update_dictionary(ctx, "mccmnc", newer, complete=False)
    assert (done.counts, done.undoable) == (seen.counts, True)
    assert known(ctx)["mccmnc"].label("26299") == "26299 Newcomer"
    assert dictionary_update.last_update(ctx, "mccmnc") == f"{newer.name}, by tester"
    assert undo_update(ctx, "mccmnc").startswith("Undone: 2 entries of mccmnc")
    assert known(ctx)["mccmnc"].entries == before
    assert listed(ctx, "aliases") == []
    with pytest.raises(UserError, match="no update of mccmnc to undo"):
        undo_update(ctx, "mccmnc")


def test_a_workbook_says_the_same(ctx: Context, newer: Path, workbook: Path) -> None:
    text = preview_update(ctx, "mccmnc", newer, complete=False)
    assert preview_update(ctx, "mccmnc", workbook, complete=False) == replace(
        text, file=workbook.name
    )


def test_undoing_leaves_what_was_changed_since(ctx: Context, newer: Path) -> None:
    update_dictionary(ctx, "mccmnc", newer, complete=False)
    save(ctx, "mccmnc", "26299", brand="Newer still")
    assert "left as they are: 26299" in undo_update(ctx, "mccmnc")
    assert known(ctx)["mccmnc"].label("26299") == "26299 Newer still"
    assert known(ctx)["mccmnc"].label("26202") == "26202 Vodafone"


def test_a_list_that_lacks_most_keys_is_refused(ctx: Context, newer: Path) -> None:
    assert "hardly the whole list" in preview_update(ctx, "mccmnc", newer, complete=True).refusal
    with pytest.raises(UserError, match="hardly the whole list"):
        update_dictionary(ctx, "mccmnc", newer, complete=True)
    stopped = replace(ctx, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        update_dictionary(stopped, "mccmnc", newer, complete=False)
    assert "26299" not in known(ctx)["mccmnc"]


def test_links_of_a_list_add_to_those_there_are(ctx: Context, tmp_path: Path) -> None:
    save(ctx, "operator", "26201", countries=["DE", "AT"])
    file = tmp_path / "operators.csv"
    file.write_text("key,brand\n26201,Magenta\n", encoding="utf-8")
    update_dictionary(ctx, "operator", file, complete=False)
    found = known(ctx)["operator"].entry("26201")
    assert (found.values[1], found.countries) == ("Magenta", ("DE", "AT"))


# ------------------------------------------------------------------------------ missed options


def test_keys_that_left_their_dictionary_are_listed_and_repaired(
    ctx: Context, new_scope: Callable[[], ScopeRecord]
) -> None:
    first, second = new_scope(), new_scope()
    for scope in (first, second):
        commit(ctx.database, scope.id, SMS)
    act("retire", ctx, ("operator", "26202"))
    rows = {row["key"]: row for row in listed(ctx, "missed")}
    assert {key: (row["why"], row["scopes"], row["nodes"]) for key, row in rows.items()} == {
        "XX": ("gone", 2, 2),
        "26202": ("retired", 2, 2),
    }
    with pytest.raises(UserError, match=r"Two branches .* / DE / 26202 and .* / DE / 26201"):
        repair(ctx, "operator", "26202", "26201")
    assert live(ctx.database, first.id) == SMS, "nothing was changed"
    done = repair(ctx, "operator", "26202", "26203", scopes=[first.id])
    assert (done.scopes, done.nodes) == (1, 1)
    tree = live(ctx.database, first.id)
    assert tree[(*MT, "DE", "26203")] == SMS[(*MT, "DE", "26202")]
    assert set(tree) == {*SMS, (*MT, "DE", "26203")} - {(*MT, "DE", "26202")}
    assert live(ctx.database, second.id) == SMS
    undo_revision(ctx, first.id, 2)
    assert live(ctx.database, first.id) == SMS
    assert repair(ctx, "operator", "26202", "26203").scopes == 2
    assert [row["key"] for row in listed(ctx, "missed")] == ["XX"]


def test_a_repaired_branch_takes_its_children_along(ctx: Context, scope: ScopeRecord) -> None:
    tree = {path: node for path, node in SMS.items() if path[3:4] != ("XX",)}
    commit(ctx.database, scope.id, tree)
    act("retire", ctx, ("country", "DE"))
    repair(ctx, "country", "DE", "AT")
    moved = {
        tuple("AT" if key == "DE" else key for key in path): node for path, node in tree.items()
    }
    assert live(ctx.database, scope.id) == moved
    assert act("restore", ctx, ("country", "DE")) == "Using again: Germany."


def test_answers_and_profiles_are_repaired_too(ctx: Context) -> None:
    company = ctx.actor.company_id
    with ctx.database.write() as connection:
        remember(connection, company, [LearnedMatch("country", "", "quux", "QQ")],
                 actor="Ann", now=NOW)  # fmt: skip
        made = profiles.create_profile(
            connection,
            company,
            name="Monthly",
            signature="x",
            settings={
                "answers": {"country||quux": "QQ", "price||n/a": "blocked", "country||d": "DE"},
                "constants": [["country", "QQ"]],
            },
            now=NOW,
        )
    (row,) = listed(ctx, "missed")
    assert (row["key"], row["answers"], row["profiles"], row["nodes"]) == ("QQ", 1, 1, 0)
    number = dictionary_missed.number_for((company, "country", "QQ"))
    assert dictionary_missed.option(ctx, number).answers == 1
    done = repair(ctx, "country", "QQ", "FR")
    assert (done.answers, done.profiles) == (1, 1)
    with ctx.database.read() as connection:
        assert [m.key for m in recall(connection, company)] == ["FR"]
        found = profiles.profile_by_id(connection, company, made.id).settings
    assert found["answers"]["country||quux"] == "FR"
    assert found["constants"] == [["country", "FR"]]
    assert listed(ctx, "missed") == []
    with pytest.raises(UserError, match="Nothing uses"):
        dictionary_missed.option(ctx, number)


def test_a_repair_needs_a_key_in_use_and_the_right_for_rates(
    ctx: Context, scope: ScopeRecord
) -> None:
    commit(ctx.database, scope.id, SMS)
    act("retire", ctx, ("country", "AT"))
    for new, words in (("QQ", "has no key"), ("AT", "is retired"), ("XX", "has no key")):
        with pytest.raises(UserError, match=words):
            repair(ctx, "country", "XX", new)
    rights = frozenset({("mccmnc", "manage"), ("finance.services", "view")})
    looker = replace(ctx, actor=Actor("Eve", owner=False, permissions=rights))
    with pytest.raises(UserError, match="Eve may not manage Services"):
        repair(looker, "country", "XX", "FR")
    stranger = replace(ctx, actor=Actor("Bo", office.company(ctx, "Other")))
    with pytest.raises(UserError, match="no such company"):
        repair(stranger, "country", "XX", "FR", company_id=1)
    assert live(ctx.database, scope.id) == SMS
    number = dictionary_missed.number_for((1, "country", "XX"))
    assert dictionary_missed.keys(ctx, number, "fran")[0].key == "FR"
    with pytest.raises(UserError, match="no such missed option"):
        dictionary_missed.option(stranger, number)


# ------------------------------------------------------------------------------ many


def test_tens_of_thousands_of_entries_show_at_once(ctx: Context) -> None:
    many = MANY if ctx.database.kind == "sqlite" else MANY // 10
    rows = [
        {
            "dictionary": "operator",
            "key": str(900_000 + number),
            "name": f"Net {number}",
            "attributes": {"name": f"Net {number}", "countries": ["DE"], "codes": []},
            "retired": False,
        }
        for number in range(many)
    ]
    with ctx.database.write(bulk=True) as connection:
        dictionary_entries.add_entries(connection, 1, rows, now=NOW)
    dictionary_lists.base()
    chosen = section("entries")
    only = Filter("dictionary", "equals", ("operator",))
    asked = ListQuery("entries", (only,), chosen.sort)
    began, worked = time.perf_counter(), time.process_time()
    first = records.first_rows(ctx, chosen, asked)
    took = min(time.perf_counter() - began, time.process_time() - worked)
    assert len(first) == 200
    assert took < 0.3, f"{took:.2f} s until the first rows"
    assert first == records.rows_by_keys(ctx, chosen, asked, records.keys(ctx, chosen, asked)[:200])
    assert records.count(ctx, chosen, asked)[0] > many
    assert first == records.first_rows(ctx, chosen, asked)
