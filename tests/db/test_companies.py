"""Rules of companies, legal entities, bank accounts and reselling agreements on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.db.engine import Database, open_database
from app.domain.records import Filter, ListQuery
from app.errors import Cancelled, Conflict, FieldProblem, UserError
from app.sections import section
from app.services import records
from app.services.accounts import (
    bank_records,
    company_profile,
    company_records,
    legal_records,
    own_legal_records,
    register_fill,
    reselling_records,
)
from app.services.accounts.register_load import load_register, register_size
from app.services.context import Actor, Context
from tests.db.conftest import NOW
from tests.helpers import office
from tests.helpers.command_line import Desk


@pytest.fixture
def ctx(database: Database) -> Context:
    return Context(Actor("Ann"), database, clock=lambda: NOW)


def refused(ctx: Context, section_id: str, row_id: int | None, **values: Any) -> dict[str, str]:
    """Return the problems of saving these values."""
    chosen = section(section_id)
    with pytest.raises(FieldProblem) as problem:
        if row_id is None:
            records.create(ctx, chosen, values)
        else:
            save(ctx, section_id, row_id, **values)
    return problem.value.problems


def save(ctx: Context, section_id: str, row_id: int, **values: Any) -> None:
    chosen = section(section_id)
    record = records.load(ctx, chosen, row_id)
    records.update(ctx, chosen, row_id, record.version, values)


def values_of(ctx: Context, section_id: str, row_id: int) -> dict[str, Any]:
    return records.load(ctx, section(section_id), row_id).values


COMPANY = {
    "name": "Acme",
    "type": "client",
    "enabled": True,
    "time_zone": "UTC",
    "dialogues_per_operator": 3000,
}


# ------------------------------------------------------------------------------ companies


def test_a_company_begins_with_the_guides_values(ctx: Context) -> None:
    own = office.own_entity(ctx)
    made = company_records.create(ctx, {"name": "Acme"})
    values = values_of(ctx, "companies", made)
    assert values["type"] == "client"
    assert values["enabled"] is True
    assert values["dialogues_per_operator"] == 3000
    assert values["own_legal_entity_id"] == str(own), "the tenant's default one"
    assert values["parent_id"] == "1"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tax_id", "7707083894", "Digit 10 of the INN"),
        ("kpp", "7736010O1", "The KPP 7736010O1 is wrong"),
        ("bik", "144525225", "Digits 1 and 2 of the BIK"),
        ("email", "nobody", '"nobody" is not a mail address'),
        ("phone", "call me", "A phone number has digits"),
        ("time_zone", "Mars/Olympus", "not a time zone"),
        ("dialogues_per_operator", "0", "must be 1 or more"),
        ("credit_limit", "-1", "A credit limit is 0 or more"),
        ("limit_currency", "EURO", "is not a currency"),
    ],
)
def test_wrong_values_are_refused_by_sentences(
    ctx: Context, field: str, value: str, words: str
) -> None:
    problems = refused(ctx, "companies", None, **{**COMPANY, field: value})
    assert words in problems[field]


def test_an_account_must_fit_its_bank(ctx: Context) -> None:
    given = {**COMPANY, "bik": "044525225", "bank_account": "40703810438000004033"}
    assert "Digit 9 of the account" in refused(ctx, "companies", None, **given)["bank_account"]
    given = {**given, "bank_account": "4070 3810 3380 0000 4033"}
    made = records.create(ctx, section("companies"), given)
    assert values_of(ctx, "companies", made)["bank_account"] == "40703810338000004033"


def test_foreign_numbers_are_told_and_saved(ctx: Context) -> None:
    given = {**COMPANY, "tax_id": "PL 526-000-12-46", "bik": "DEUTDEFF"}
    assert set(company_records.advise(ctx, None, given)) >= {"tax_id", "bik"}
    made = records.create(ctx, section("companies"), given)
    assert values_of(ctx, "companies", made)["tax_id"] == "PL 526-000-12-46"


def test_caps_are_offered_with_fz230_and_go_with_it(ctx: Context) -> None:
    offered = company_records.suggest(ctx, {"fz230": True}, "fz230")
    assert {name: value for name, (value, _) in offered.items()} == {
        "calls_per_day": 2,
        "calls_per_week": 4,
        "calls_per_month": 16,
    }
    assert company_records.suggest(ctx, {"fz230": False}, "fz230") == {}
    caps = {name: value for name, (value, _) in offered.items()}
    made = office.company(ctx, "Caller", fz230=True, **caps)
    assert values_of(ctx, "companies", made)["calls_per_month"] == 16
    save(ctx, "companies", made, fz230=False)
    assert values_of(ctx, "companies", made)["calls_per_month"] is None


def test_c11_a_client_has_no_companies_below(ctx: Context) -> None:
    client = office.company(ctx, "Client")
    problems = refused(ctx, "companies", None, **{**COMPANY, "parent_id": str(client)})
    assert problems["parent_id"].startswith("Client is a client and has no companies below it")


def test_only_a_creator_has_resellers(ctx: Context) -> None:
    plain = office.company(ctx, "Plain", "reseller")
    creator = office.company(ctx, "Creator", "reseller", creator_of_resellers=True)
    given = {**COMPANY, "type": "reseller"}
    problems = refused(ctx, "companies", None, **given, parent_id=str(plain))
    assert problems["type"].startswith("Plain may not have resellers")
    records.create(ctx, section("companies"), {**given, "parent_id": str(creator)})
    problems = refused(ctx, "companies", creator, creator_of_resellers=False)
    assert "Creator has 1 reseller below it" in problems["creator_of_resellers"]


def test_the_type_stays_with_what_hangs_on_it(ctx: Context) -> None:
    reseller = office.company(ctx, "Tenant", "reseller")
    save(ctx, "companies", reseller, type="client")
    save(ctx, "companies", reseller, type="reseller")
    office.company(ctx, "Below", parent_id=str(reseller))
    problems = refused(ctx, "companies", reseller, type="client")
    assert problems == {"type": "The type can't be changed because of Tenant's 1 company."}
    assert "1 company" in records.load(ctx, section("companies"), reseller).locked["type"]


def test_mnp_needs_a_connection_and_known_channels(ctx: Context) -> None:
    standing = {"standing": "top", "mnp_requests": True}
    problems = refused(ctx, "companies", None, **COMPANY, **standing)
    assert set(problems) == {"mnp_connection", "mnp_channels"}
    given = {**COMPANY, **standing, "mnp_connection": "VA", "mnp_channels": ["nothing"]}
    assert "no channel" in refused(ctx, "companies", None, **given)["mnp_channels"]


def test_limits_of_a_company_are_in_a_currency(ctx: Context) -> None:
    for name in ("credit_limit", "notification_threshold"):
        assert refused(ctx, "companies", None, **COMPANY, **{name: "5"}) == {
            "limit_currency": "Currency is required with a limit: choose the one it is in."
        }
    made = records.create(ctx, section("companies"), {**COMPANY, "limit_currency": "EUR"})
    save(ctx, "companies", made, credit_limit="5")
    assert values_of(ctx, "companies", made)["credit_limit"] == 5


def test_block_and_unblock(ctx: Context) -> None:
    made = office.company(ctx, "Acme")
    assert company_records.block(ctx, [made]) == "Blocked Acme."
    assert values_of(ctx, "companies", made)["enabled"] is False
    assert company_records.unblock(ctx, [made]) == "Unblocked Acme."
    with pytest.raises(UserError, match="own company can't be blocked"):
        company_records.block(ctx, [1])
    with pytest.raises(UserError, match="own company can't be deleted"):
        company_records.remove(ctx, [1])


def test_a_company_with_dependants_is_not_deleted(ctx: Context) -> None:
    made = office.company(ctx, "Acme")
    office.entity(ctx, made, "Acme Ltd")
    with pytest.raises(UserError, match="because of its 1 legal entity: block it instead"):
        company_records.remove(ctx, [made])
    assert company_records.dependants(ctx, [made]) == ["Acme: 1 legal entity"]


def test_the_owner_says_who_it_is_and_nothing_else(ctx: Context) -> None:
    values = values_of(ctx, "companies", 1)
    assert values["standing"] == values["type"] == "owner"
    save(ctx, "companies", 1, name="Harbour Telecom", credit_limit="5", time_zone="Europe/Berlin")
    values = values_of(ctx, "companies", 1)
    assert values["name"] == "Harbour Telecom"
    assert values["credit_limit"] is None, "nobody stands above it"
    rows = records.first_rows(ctx, section("companies"), ListQuery("companies"))
    assert rows[0][0] == 1


def test_companies_are_found_by_parts_of_requisites(ctx: Context) -> None:
    made = office.company(ctx, "New ways company", tax_id="7707083893", bik="044525225")
    for word in ("ways", "COMP", "70708", "044525", str(made)):
        rows = records.first_rows(ctx, section("companies"), ListQuery("companies", search=word))
        assert made in {row[0] for row in rows}, word


# ------------------------------------------------------------------------------ legal entities


def test_exactly_one_legal_entity_is_the_default(ctx: Context) -> None:
    party = office.company(ctx, "Acme")
    first = office.entity(ctx, party, "First")
    assert values_of(ctx, "legal_entities", first)["is_default"] is True
    second = office.entity(ctx, party, "Second", is_default=True)
    third = office.entity(ctx, party, "Third")

    def default() -> list[int]:
        return [
            number
            for number in (first, second, third)
            if values_of(ctx, "legal_entities", number)["is_default"]
        ]

    assert default() == [second]
    entry = records.load(ctx, section("legal_entities"), first).history[0]
    assert ("Is default", True, False) in entry.changes
    problems = refused(ctx, "legal_entities", second, is_default=False)
    assert "make another one the default instead" in problems["is_default"]
    told = legal_records.advise(ctx, third, {"party_id": str(party), "is_default": True})
    assert told["is_default"].startswith("Second is the default one until")
    save(ctx, "legal_entities", third, is_default=True)
    assert default() == [third]
    assert legal_records.retire(ctx, [third]) == "Retired Third. First is the default one now."
    assert default() == [first]
    assert legal_records.remove(ctx, [first]).endswith("Second is the default one now.")


def test_the_only_legal_entity_stays_the_default_when_retired(ctx: Context) -> None:
    party = office.company(ctx, "Acme")
    first = office.entity(ctx, party, "First")
    assert legal_records.retire(ctx, [first]) == "Retired First."
    assert values_of(ctx, "legal_entities", first)["is_default"] is True
    second = office.entity(ctx, party, "Second")
    assert values_of(ctx, "legal_entities", second)["is_default"] is True
    assert values_of(ctx, "legal_entities", first)["is_default"] is False


def test_numbers_of_russia_are_checked_others_told(ctx: Context) -> None:
    party = office.company(ctx, "Acme")
    given = {"party_id": str(party), "name": "E", "legal_name": "E", "country": "RU"}
    problems = refused(
        ctx, "legal_entities", None, **given, tax_id="7707083894", legal_id="1027700132196"
    )
    assert set(problems) == {"tax_id", "legal_id"}
    german = {**given, "country": "DE", "tax_id": "7707083894", "vat_id": "DE1"}
    assert set(legal_records.advise(ctx, None, german)) == {"vat_id"}
    records.create(ctx, section("legal_entities"), german)


def test_own_and_clients_entities_are_apart(ctx: Context) -> None:
    own = office.own_entity(ctx)
    clients = office.entity(ctx, office.company(ctx, "Acme"), "Acme Ltd")
    with pytest.raises(UserError, match="There is no legal entity"):
        legal_records.load(ctx, own)
    with pytest.raises(UserError, match="There is no legal entity"):
        own_legal_records.load(ctx, clients)
    problems = refused(
        ctx, "legal_entities", None, party_id="1", name="X", legal_name="X", country="DE"
    )
    assert "own legal entities" in problems["party_id"]


# ------------------------------------------------------------------------------ bank accounts


def test_one_number_written_two_ways_is_one_account(ctx: Context) -> None:
    party = office.company(ctx, "Acme")
    given = {
        "party_id": str(party),
        "legal_entity_id": str(office.entity(ctx, party, "Acme Ltd")),
        "bank_id": str(office.bank(ctx, "Harbour bank")),
        "name": "Main",
        "holder": "Acme",
        "number": "DE89 3704 0044 0532 0130 00",
    }
    made = records.create(ctx, section("bank_accounts"), given)
    assert values_of(ctx, "bank_accounts", made)["number"] == given["number"]
    again = {**given, "name": "Other", "number": "de89370400440532013000"}
    problems = refused(ctx, "bank_accounts", None, **again)
    assert problems == {"number": 'This is the number of the account "Main": choose another one.'}


def test_an_account_is_of_its_companys_entity(ctx: Context) -> None:
    one, other = office.company(ctx, "One"), office.company(ctx, "Other")
    given = {
        "party_id": str(one),
        "legal_entity_id": str(office.entity(ctx, other, "Other Ltd")),
        "bank_id": str(office.bank(ctx, "Harbour bank")),
        "name": "Main",
        "holder": "One",
        "number": "1",
    }
    problems = refused(ctx, "bank_accounts", None, **given)
    assert problems["legal_entity_id"].startswith("The legal entity is of another company")


def test_banks_are_listed_by_the_names_of_their_countries(ctx: Context) -> None:
    banks = section("banks")
    for name, country in (("One", "CH"), ("Two", "AT"), ("Three", "DE")):
        office.bank(ctx, name, country=country)

    def listed(**asked: Any) -> list[str]:
        rows = records.first_rows(ctx, banks, ListQuery("banks", **asked))
        return [str(row[1 + banks.columns.index(banks.column("country"))]) for row in rows]

    assert listed(sorts=(("country", False),)) == ["Austria", "Germany", "Switzerland"]
    assert listed(filters=(Filter("country", "contains", ("ger",)),)) == ["Germany"]
    assert listed(filters=(Filter("country_code", "equals", ("CH",)),)) == ["Switzerland"]
    assert listed(search="at") == ["Austria"]


def test_a_retired_bank_or_entity_is_named_by_nothing_new(ctx: Context) -> None:
    party = office.company(ctx, "Acme")
    banks = [office.bank(ctx, name) for name in ("Harbour bank", "Old bank", "Gone bank")]
    entities = [office.entity(ctx, party, name) for name in ("Acme Ltd", "Acme Old")]
    given = {
        "party_id": str(party),
        "legal_entity_id": str(entities[1]),
        "bank_id": str(banks[1]),
        "name": "Main",
        "holder": "Acme",
        "number": "1",
    }
    made = records.create(ctx, section("bank_accounts"), given)
    bank_records.retire(ctx, banks[1:])
    legal_records.retire(ctx, entities[1:])
    save(ctx, "bank_accounts", made, holder="Acme Ltd")
    assert refused(ctx, "bank_accounts", None, **{**given, "number": "2"}) == {
        "bank_id": "Bank: Old bank is retired; choose another one, or use it again first.",
        "legal_entity_id": "Legal entity: Acme Old is retired; choose another one, or use it again "
        "first.",
    }
    assert (
        "Gone bank is retired"
        in refused(ctx, "bank_accounts", made, bank_id=str(banks[2]))["bank_id"]
    )
    save(ctx, "bank_accounts", made, bank_id=str(banks[0]))
    own = office.own_entity(ctx)
    save(ctx, "companies", party, own_legal_entity_id=str(own))
    spare = office.own_entity(ctx, "Spare")
    own_legal_records.retire(ctx, [spare])
    problems = refused(ctx, "companies", party, own_legal_entity_id=str(spare))
    assert "Spare is retired" in problems["own_legal_entity_id"]


@pytest.mark.parametrize("name", ["agreement_versions", "enabled_services", "banks", "services"])
def test_a_number_that_no_id_can_be_is_answered_by_a_sentence(ctx: Context, name: str) -> None:
    with pytest.raises(UserError, match=r"refresh the list|too large|list the services"):
        records.load(ctx, section(name), 10**20)
    chosen = section(name)
    query = ListQuery(name, filters=(Filter("id", "equals", (10**20,)),))
    with suppress(UserError):  # a server finds nothing, a file can't even ask
        assert not records.keys(ctx, chosen, query)


# ------------------------------------------------------------------------------ reselling


@pytest.fixture
def joined(ctx: Context) -> dict[str, int]:
    """A reseller with a legal entity and an agreement, and a client with both."""
    own = office.own_entity(ctx)
    found = {}
    for name, kind in (("reseller", "reseller"), ("client", "client")):
        party = office.company(ctx, name.title(), kind)
        found[name] = office.entity(ctx, party, f"{name} Ltd")
        found[f"{name} agreement"] = office.agreement(ctx, party, found[name], own, f"{name} 1")
    return found


def pair(joined: dict[str, int], entity: str = "reseller", agreement: str = "") -> dict[str, Any]:
    return {
        "legal_entity_id": str(joined[entity]),
        "agreement_id": str(joined[f"{agreement or entity} agreement"]),
        "effective_from": "2026-01-01",
        "from_zone": "Europe/Berlin",
        "till_zone": "Europe/Berlin",
    }


def test_a_resellers_entity_buys_under_its_own_agreement(
    ctx: Context, joined: dict[str, int]
) -> None:
    problems = refused(ctx, "reselling_agreements", None, **pair(joined, "client"))
    assert problems["legal_entity_id"].startswith("Client is no reseller")
    problems = refused(ctx, "reselling_agreements", None, **pair(joined, "reseller", "client"))
    assert problems["agreement_id"].startswith("The agreement is not with Reseller")
    choices = reselling_records.agreements(ctx, "", {"legal_entity_id": str(joined["reseller"])})
    assert [choice.value for choice in choices] == [str(joined["reseller agreement"])]


def test_periods_of_a_pair_never_overlap(ctx: Context, joined: dict[str, int]) -> None:
    chosen = section("reselling_agreements")
    first = records.create(ctx, chosen, {**pair(joined), "effective_till": "2026-06-01"})
    problems = refused(
        ctx, "reselling_agreements", None, **{**pair(joined), "effective_from": "2026-05-31"}
    )
    assert "2026-01-01 – 2026-06-01" in problems["effective_from"]
    second = records.create(ctx, chosen, {**pair(joined), "effective_from": "2026-06-01"})
    rows = records.first_rows(ctx, chosen, ListQuery(chosen.id))
    place = [c.name for c in chosen.columns].index("state") + 1
    assert {row[0]: row[place] for row in rows} == {first: "current", second: "upcoming"}
    with pytest.raises(UserError, match="set its end instead"):
        reselling_records.remove(ctx, [first])
    assert (
        "its start stays"
        in refused(ctx, "reselling_agreements", first, effective_from="2026-01-02")[
            "effective_from"
        ]
    )
    save(ctx, "reselling_agreements", first, effective_till="2026-05-01")
    reselling_records.remove(ctx, [second])


def test_the_database_refuses_an_overlap_as_well(
    ctx: Context, joined: dict[str, int], target: str | Path
) -> None:
    """Two people join the same pair at once: one of them gets a sentence."""
    said: list[str] = []
    ready = threading.Barrier(2)

    def join() -> None:
        with open_database(target, create=False) as other:
            mine = Context(Actor("Bob"), other, clock=lambda: NOW)
            ready.wait()
            try:
                records.create(mine, section("reselling_agreements"), pair(joined))
                said.append("")
            except (FieldProblem, Conflict) as problem:
                said.append(str(problem))

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, said)) == [False, True]


# ------------------------------------------------------------------------------ register, profile


HEADINGS = ("ИНН", "КПП", "Наименование организации", "Юридический адрес")
SBER = ("7707083893", "773601001", "ПАО Сбербанк", "г. Москва, ул. Вавилова, 19")


def test_a_register_is_loaded_once_however_often(ctx: Context, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    rows = [HEADINGS, SBER, ("500100732259", "", "ИП Иванов", ""), ("7707083894", "", "Wrong", "")]
    file.write_text("\n".join(";".join(row) for row in rows), encoding="cp1251")
    first = load_register(ctx, file)
    assert (first.read, first.added, first.changed, first.rejected) == (2, 2, 0, 1)
    assert first.reasons[0].startswith("Row 4: Digit 10 of the INN 7707083894")
    again = load_register(ctx, file)
    assert (again.added, again.changed, again.total) == (0, 0, 2)
    file.write_text("INN,Name\n7707083893,Sber\n", encoding="utf-8")
    changed = load_register(ctx, file)
    assert (changed.added, changed.changed, changed.total) == (0, 1, 2)
    assert register_size(ctx) == 2


def test_the_command_line_loads_a_register(sqlite_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("INN,Name\n7707083893,Sber\n7707083894,Wrong\n", encoding="utf-8")
    done = Desk(sqlite_file)("register", "load", file)
    assert done.code == 3
    assert "Read 1 company: 1 added, 0 changed" in done.out
    assert "Row 3: Digit 10" in done.err


def test_a_spreadsheet_is_a_register_too(ctx: Context, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["The register of March"])
    book.active.append(list(HEADINGS))
    book.active.append([7707083893, 773601001, "ПАО Сбербанк", "Москва"])
    book.save(tmp_path / "register.xlsx")
    assert load_register(ctx, tmp_path / "register.xlsx").added == 1
    filled = register_fill.company(ctx, {"tax_id": "7707083893", "name": ""})
    assert filled["name"] == "ПАО Сбербанк"
    assert filled["kpp"] == "773601001"


def test_fill_by_tax_id_spares_a_written_name(ctx: Context, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(";".join(HEADINGS) + "\n" + ";".join(SBER), encoding="utf-8")
    load_register(ctx, file)
    filled = register_fill.company(ctx, {"tax_id": "7707 083 893", "name": "Mine"})
    assert "name" not in filled
    assert filled["legal_address"] == SBER[3]
    entity = register_fill.own_legal_entity(ctx, {"tax_id": "7707083893"})
    assert (entity["legal_name"], entity["country"]) == (SBER[2], "RU")
    for tax_id, words in (("", "first"), ("7707083894", "Digit 10"), ("7736050003", "has no")):
        with pytest.raises(FieldProblem, match=words):
            register_fill.company(ctx, {"tax_id": tax_id})


def test_a_cancelled_register_leaves_nothing(ctx: Context, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(";".join(HEADINGS) + "\n" + ";".join(SBER), encoding="utf-8")
    stopping = Context(ctx.actor, ctx.database, clock=ctx.clock, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        load_register(stopping, file)
    assert register_size(ctx) == 0


@pytest.mark.parametrize(
    ("text", "words"), [("a;b\n1;2\n", "no headings INN and Name"), ("", "no headings")]
)
def test_a_file_that_is_no_register_is_refused(
    ctx: Context, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "other.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        load_register(ctx, file)
    with pytest.raises(UserError, match="can't be read"):
        load_register(ctx, tmp_path / "missing.csv")


def test_the_profile_tells_attributes_and_agreements(ctx: Context, joined: dict[str, int]) -> None:
    values = values_of(ctx, "legal_entities", joined["reseller"])
    party = int(values["party_id"])
    save(ctx, "companies", party, moderation=True, description="Sells on")
    profile = company_profile.profile(ctx, party)
    assert profile.attributes == ("moderation",)
    assert profile.counts["agreements"] == 1
    assert profile.details["description"] == "Sells on"
    (card,) = company_profile.agreements(ctx, party)
    assert (card.title, card.state, card.credit_limit) == ("reseller 1", "current", None)
    assert card.starts == dt.datetime.fromisoformat("2026-01-01")
