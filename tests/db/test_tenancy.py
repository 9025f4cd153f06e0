"""What each of four levels sees and may change: owner, reseller, sub-reseller, client (C3, L34)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.db.engine import Database
from app.domain.records import ListQuery
from app.errors import FieldProblem, UserError
from app.sections import section
from app.services import records
from app.services.access import user_records
from app.services.accounts import (
    bank_records,
    company_profile,
    company_records,
    legal_records,
    own_bank_account_records,
    own_legal_records,
    register_fill,
)
from app.services.accounts.register_load import load_register
from app.services.context import Actor, Context
from tests.db.conftest import NOW, Template
from tests.helpers import office


@dataclass(frozen=True, slots=True)
class World:
    """The tree owner → A → A1 → client, with B beside A; ids by name."""

    owner: Context
    ids: dict[str, int]

    def at(self, company: str) -> Context:
        """Return the context of an administrator of a company."""
        actor = Actor("Eve", company_id=self.ids[company])
        return replace(self.owner, actor=actor)


def party(world: World, maker: str, name: str, kind: str, **more: Any) -> None:
    """Add a company with a legal entity and an agreement, as its tenant would."""
    ctx = world.at(maker)
    made = office.company(ctx, name, kind, **more)
    entity = office.entity(ctx, made, f"{name} Ltd")
    own = world.ids[f"{maker} own"]
    agreement = office.agreement(ctx, made, entity, own, f"{name} 1")
    account = office.add(
        ctx,
        "bank_accounts",
        party_id=str(made),
        legal_entity_id=str(entity),
        bank_id=str(world.ids["owner bank"]),
        name=f"{name} account",
        holder=name,
        number=f"ACC {name}",
    )
    found = {name: made, f"{name} Ltd": entity, f"{name} 1": agreement, f"{name} account": account}
    world.ids.update(found)


def prepare(database: Database) -> dict[str, int]:
    """Make the four levels and return the ids."""
    ctx = _owner(database)
    world = World(ctx, {"owner": 1})
    world.ids["owner bank"] = office.bank(ctx, "Owner bank")
    world.ids["owner own"] = office.own_entity(ctx, "Owner EU")
    for name in ("A", "B"):
        party(world, "owner", name, "reseller", creator_of_resellers=True)
    world.ids["A bank"] = office.bank(world.at("A"), "A bank")
    world.ids["B bank"] = office.bank(world.at("B"), "B bank")
    world.ids["A own"] = office.own_entity(world.at("A"), "A second")
    party(world, "A", "A1", "reseller")
    world.ids["A1 own"] = office.own_entity(world.at("A1"), "A1 second")
    party(world, "A1", "client", "client")
    return world.ids


def _owner(database: Database) -> Context:
    return Context(Actor("Ann"), database, clock=lambda: NOW)


@pytest.fixture
def world(database: Database, template: Template) -> World:
    return World(_owner(database), dict(template.told))


def seen(ctx: Context, section_id: str, column: str = "name") -> set[str]:
    """Return what a list shows."""
    chosen = section(section_id)
    query = ListQuery(section_id)
    place = [c.name for c in chosen.columns].index(column) + 1
    rows = records.rows_by_keys(ctx, chosen, query, records.keys(ctx, chosen, query))
    return {row[place] for row in rows}


def change(ctx: Context, section_id: str, row_id: int, **values: Any) -> None:
    chosen = section(section_id)
    record = records.load(ctx, chosen, row_id)
    records.update(ctx, chosen, row_id, record.version, values)


# ------------------------------------------------------------------------------ what is seen


@pytest.mark.parametrize(
    ("who", "section_id", "names"),
    [
        ("owner", "companies", {"System owner", "A", "A1", "B", "client"}),
        ("A", "companies", {"A", "A1", "client"}),
        ("A1", "companies", {"A1", "client"}),
        ("client", "companies", {"client"}),
        (
            "owner",
            "legal_entities",
            {"A Ltd", "A second", "A1 Ltd", "A1 second", "B Ltd", "client Ltd"},
        ),
        ("A", "legal_entities", {"A1 Ltd", "A1 second", "client Ltd"}),
        ("A1", "legal_entities", {"client Ltd"}),
        ("B", "legal_entities", set()),
        ("owner", "own_legal_entities", {"Owner EU"}),
        ("A", "own_legal_entities", {"A Ltd", "A second"}),
        ("A1", "own_legal_entities", {"A1 Ltd", "A1 second"}),
        ("owner", "banks", {"Owner bank", "A bank", "B bank"}),
        ("A", "banks", {"Owner bank", "A bank"}),
        ("A1", "banks", {"Owner bank", "A bank"}),
        ("B", "banks", {"Owner bank", "B bank"}),
        ("owner", "bank_accounts", {"A account", "A1 account", "B account", "client account"}),
        ("A", "bank_accounts", {"A1 account", "client account"}),
        ("A", "own_bank_accounts", {"A account"}),
        ("A1", "own_bank_accounts", {"A1 account"}),
        ("owner", "own_bank_accounts", set()),
    ],
)
def test_lists_show_what_is_in_sight(
    world: World, who: str, section_id: str, names: set[str]
) -> None:
    assert seen(world.at(who), section_id) == names


def test_choices_offer_what_a_company_may_name(world: World) -> None:
    def named(found: list[Any]) -> set[str]:
        return {choice.title for choice in found}

    at_a = world.at("A")
    assert named(company_records.choices(at_a, "", {})) == {"A1", "client (A1)"}
    assert named(company_records.own_and_below(at_a, "", {})) == {"A", "A1", "client (A1)"}
    assert named(company_records.tenants(at_a, "", {})) == {"A", "A1"}
    assert named(bank_records.choices(at_a, "", {})) == {"Owner bank", "A bank"}
    assert named(own_legal_records.choices(at_a, "", {})) == {"A Ltd", "A second"}
    client = {"party_id": str(world.ids["client"])}
    assert named(own_legal_records.choices(at_a, "", client)) == {"A1 Ltd", "A1 second"}
    assert named(legal_records.choices(at_a, "", client)) == {"client Ltd"}
    foreign = {"party_id": str(world.ids["B"])}
    assert named(legal_records.choices(at_a, "", foreign)) == set()
    assert named(own_legal_records.choices(at_a, "", foreign)) == {"A Ltd", "A second"}


# ------------------------------------------------------------------------------ what is not


@pytest.mark.parametrize(
    ("section_id", "name"),
    [
        ("companies", "B"),
        ("companies", "owner"),
        ("legal_entities", "B Ltd"),
        ("own_legal_entities", "owner own"),
        ("banks", "B bank"),
        ("bank_accounts", "B account"),
    ],
)
def test_siblings_and_tenants_are_out_of_sight(world: World, section_id: str, name: str) -> None:
    chosen, ctx, number = section(section_id), world.at("A"), world.ids[name]
    version = 1
    for act in (
        lambda: records.load(ctx, chosen, number),
        lambda: records.remove(ctx, chosen, [number]),
        lambda: records.named_service(chosen.update)(ctx, number, version, {"name": "Mine"}),
    ):
        with pytest.raises(UserError, match=r"There is no"):
            act()
    with pytest.raises(UserError, match="There is no company"):
        company_profile.profile(ctx, world.ids["B"])


@pytest.mark.parametrize(
    ("who", "section_id", "name"),
    [
        ("A", "own_legal_entities", "A Ltd"),
        ("A", "own_bank_accounts", "A account"),
        ("A", "banks", "owner bank"),
        ("A1", "own_legal_entities", "A1 Ltd"),
        ("A1", "banks", "A bank"),
    ],
)
def test_what_is_handed_down_is_seen_and_not_changed(
    world: World, who: str, section_id: str, name: str
) -> None:
    chosen, ctx, number = section(section_id), world.at(who), world.ids[name]
    record = records.load(ctx, chosen, number)
    assert record.locked["name"].startswith("Your tenant keeps this")
    values = {"name": "Mine"} | ({"legal_id": "1"} if "legal_id" in record.values else {})
    for act in (
        lambda: records.update(ctx, chosen, number, record.version, values),
        lambda: records.remove(ctx, chosen, [number]),
        lambda: records.named_service(f"{chosen.update.rpartition('.')[0]}.retire")(ctx, [number]),
    ):
        with pytest.raises(UserError, match="belongs to your tenant"):
            act()


def test_rows_of_companies_below_are_managed(world: World) -> None:
    """The owner keeps house for everybody, a reseller for its own subtree."""
    change(world.owner, "companies", world.ids["client"], name="Renamed")
    change(world.at("A"), "legal_entities", world.ids["client Ltd"], legal_name="Renamed")
    change(world.at("A"), "bank_accounts", world.ids["client account"], name="Renamed")
    change(world.owner, "banks", world.ids["A bank"], name="Renamed")
    record = records.load(world.at("A1"), section("legal_entities"), world.ids["client Ltd"])
    assert record.history[0].actor == "Eve", "the tenant sees who changed its row"


def test_new_rows_belong_to_the_tenant_of_the_company(world: World) -> None:
    made = office.entity(world.owner, world.ids["client"], "From above")
    assert "From above" in seen(world.at("A1"), "legal_entities")
    change(world.at("A1"), "legal_entities", made, name="Renamed by its tenant")
    below = office.company(world.owner, "From above", parent_id=str(world.ids["A1"]))
    change(world.at("A1"), "companies", below, name="Renamed by its tenant")


# ------------------------------------------------------------------------------ references


def test_references_out_of_sight_are_refused(world: World) -> None:
    ctx = world.at("A")
    for section_id, field, values in (
        ("companies", "parent_id", {"parent_id": world.ids["B"]}),
        ("companies", "own_legal_entity_id", {"own_legal_entity_id": world.ids["B Ltd"]}),
        ("legal_entities", "party_id", {"party_id": world.ids["B"]}),
    ):
        given = {
            "name": "X",
            "legal_name": "X",
            "country": "DE",
            "type": "client",
            "time_zone": "UTC",
            "dialogues_per_operator": 1,
            **{name: str(value) for name, value in values.items()},
        }
        with pytest.raises(FieldProblem) as problem:
            records.create(ctx, section(section_id), given)
        assert set(problem.value.problems) == {field}


def test_an_account_names_a_bank_that_its_tenant_sees(world: World) -> None:
    given = {
        "party_id": str(world.ids["B"]),
        "legal_entity_id": str(world.ids["B Ltd"]),
        "bank_id": str(world.ids["A bank"]),
        "name": "X",
        "holder": "X",
        "number": "1",
    }
    with pytest.raises(FieldProblem) as problem:
        records.create(world.owner, section("bank_accounts"), given)
    assert problem.value.problems == {
        "bank_id": "The bank is another tenant's: choose another one."
    }


# ------------------------------------------------------------------------------ the own company


def test_a_reseller_says_who_it_is_and_not_what_it_may(world: World) -> None:
    ctx, number = world.at("A"), world.ids["A"]
    limit = {"credit_limit": "100", "limit_currency": "EUR"}
    change(world.owner, "companies", number, **limit, description="Slow payer")
    record = records.load(ctx, section("companies"), number)
    assert record.values["standing"] == "own"
    change(
        ctx,
        "companies",
        number,
        name="A renamed",
        credit_limit="1000000",
        creator_of_resellers=False,
        description="Good payer",
        moderation=True,
        two_factor=True,
    )
    stored = records.load(world.owner, section("companies"), number).values
    assert stored["name"] == "A renamed"
    assert stored["credit_limit"] == 100
    assert stored["creator_of_resellers"] is True
    assert stored["description"] == "Slow payer"
    assert stored["moderation"] is stored["two_factor"] is False
    for act in (company_records.block, company_records.unblock, company_records.remove):
        with pytest.raises(UserError, match="Your own company can't be"):
            act(ctx, [number])


def test_what_a_tenant_says_about_a_reseller_is_not_told_to_it(world: World) -> None:
    number = world.ids["A"]
    secret = {"description": "Slow payer", "credit_limit": "100", "notification_threshold": "7"}
    change(world.owner, "companies", number, **secret, limit_currency="EUR")
    own = records.load(world.at("A"), section("companies"), number)
    told = repr((own.values, own.history, company_profile.profile(world.at("A"), number)))
    assert "Slow payer" not in told
    assert own.values["credit_limit"] is own.values["notification_threshold"] is None


def test_mnp_is_the_topmost_back_offices(world: World) -> None:
    number = world.ids["A1"]
    mnp = {"mnp_requests": True, "mnp_connection": "VA", "mnp_channels": ["sms"]}
    channel = next(iter(_channels()))
    change(world.owner, "companies", number, **{**mnp, "mnp_channels": [channel]})
    ctx = world.at("A")
    values = records.load(ctx, section("companies"), number).values
    assert (values["standing"], values["mnp_requests"], values["mnp_connection"]) == (
        "below",
        False,
        "",
    )
    assert company_profile.profile(ctx, number).attributes == ()
    change(ctx, "companies", number, name="A1 renamed")
    stored = records.load(world.owner, section("companies"), number).values
    assert (stored["name"], stored["mnp_connection"]) == ("A1 renamed", "VA")


def _channels() -> set[str]:
    from dictionaries.catalogue import load_catalogue

    return set(load_catalogue().domains)


def test_the_register_is_handed_down(world: World, tmp_path: Any) -> None:
    file = tmp_path / "register.csv"
    file.write_text("INN,Name\n7707083893,Sber\n", encoding="utf-8")
    load_register(world.owner, file)
    assert register_fill.company(world.at("A1"), {"tax_id": "7707083893"})["name"] == "Sber"
    file.write_text("INN,Name\n7707083893,Sber of A\n", encoding="utf-8")
    load_register(world.at("A"), file)
    assert register_fill.company(world.at("A1"), {"tax_id": "7707083893"})["name"] == "Sber of A"
    assert register_fill.company(world.at("B"), {"tax_id": "7707083893"})["name"] == "Sber"


# ------------------------------------------------------------------------------ numbers, parts


def test_counts_are_of_what_is_in_sight(world: World) -> None:
    chosen = section("banks")
    names = [c.name for c in chosen.columns]

    def accounts(who: str) -> int:
        rows = records.first_rows(world.at(who), chosen, ListQuery("banks"))
        bank = next(row for row in rows if row[0] == world.ids["owner bank"])
        return int(bank[names.index("accounts") + 1])

    assert (accounts("owner"), accounts("A"), accounts("B")) == (4, 3, 1)


def test_an_own_account_is_not_given_away(world: World) -> None:
    ctx = world.at("A")
    made = office.add(
        ctx,
        "own_bank_accounts",
        legal_entity_id=str(world.ids["A own"]),
        bank_id=str(world.ids["A bank"]),
        name="Own",
        holder="A",
        number="1",
    )
    given = {
        "name": "Own",
        "holder": "A",
        "number": "1",
        "bank_id": str(world.ids["A bank"]),
        "party_id": str(world.ids["A1"]),
        "legal_entity_id": str(world.ids["A1 Ltd"]),
    }
    with pytest.raises(FieldProblem, match="of another company"):
        own_bank_account_records.update(ctx, made, 1, given)


def test_a_reseller_with_users_of_the_back_office_stays_one(world: World) -> None:
    made = office.company(world.owner, "New", "reseller")
    role = next(
        choice.value
        for choice in user_records.roles_backoffice(world.owner, "", {"company_id": str(made)})
        if choice.title == "Admin"
    )
    invited = {"email": "x@new.example", "company_id": str(made), "roles": [role]}
    office.add(world.owner, "users", **invited)
    with pytest.raises(FieldProblem, match="1 back office user"):
        change(world.owner, "companies", made, type="client")
