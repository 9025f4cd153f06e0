"""Rate plans in a network of companies: whose they are, who may look, who may change (USR-3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries.dictionary_entries import AliasRecord, add_entry, set_alias
from app.db.queries.import_runs import import_run_by_id
from app.db.queries.services import create_service
from app.db.tables.audit import audit
from app.db.tables.enabled_services import enabled_service
from app.db.tables.vendors import vendor
from app.domain.price_changes import PriceChange
from app.domain.records import ListQuery
from app.domain.tree_draft import TreeDraft
from app.errors import UserError
from app.sections import section
from app.services import records
from app.services.context import Actor, Context
from app.services.dictionaries import dictionaries_of
from app.services.tariffs import node_history, price_change, revisions, service_records
from app.services.tariffs.edit_tree import save_tree_edits
from app.services.tariffs.find import find_service
from app.services.tariffs.import_commit import commit_draft
from app.services.tariffs.import_job import ImportRequest, place_import
from app.services.tariffs.scope_changes import CreateScope, create_scope, scopes_of
from app.services.tariffs.show_tree import show_tree
from tests.contracts.matrix.arguments import Target, drafted
from tests.contracts.matrix.world import (
    BELOW,
    DOWN,
    NOW,
    OTHER,
    OWN,
    PARENT,
    SIBLING,
    World,
    build,
)
from tests.db.conftest import Template

prepare = build


@pytest.fixture
def world(template: Template) -> World:
    told: World = template.told
    return told


def at(world: World, database: Database, relation: str) -> Context:
    """Return a context of an administrator of a company."""
    return Context(Actor("eve", world.companies[relation]), database, clock=lambda: NOW)


def listed(ctx: Context, name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a list by name."""
    chosen = section(name)
    rows = records.first_rows(ctx, chosen, ListQuery(name))
    names = [column.name for column in chosen.columns]
    made = [dict(zip(names, row[1:], strict=True)) for row in rows]
    return {row[chosen.name_column]: row for row in made}


def test_a_company_lists_its_own_services_those_below_and_what_it_buys(
    world: World, database: Database
) -> None:
    found = listed(at(world, database, OWN), "services")
    assert {name.split()[0] for name in found} == {"Alnus", "Acer", "Donum"}
    assert found["Donum payg"]["company"] == "System owner"
    assert found["Acer payg"]["company"] == "Acer reseller"
    assert found["Donum payg"]["agreements"] is None, "how many others buy it is the seller's"
    assert found["Alnus payg"]["agreements"] == 1
    assert (found["Donum payg"]["scopes"], found["Alnus payg"]["scopes"]) == (1, 2)
    below = listed(at(world, database, BELOW), "services")
    assert {name.split()[0] for name in below} == {"Acer"}
    everything = listed(at(world, database, PARENT), "services")
    words = {"Quercus", "Donum", "Alnus", "Acer", "Betula", "Bromus"}
    assert {name.split()[0] for name in everything} == words


def test_what_is_bought_is_there_to_look_at(world: World, database: Database) -> None:
    ctx, rows = at(world, database, OWN), world.rows[DOWN]
    assert service_records.load(ctx, rows["service"]).title == "Donum payg"
    assert service_records.load(ctx, rows["service"]).history == ()
    assert [scope.id for scope in scopes_of(ctx, rows["service"])] == [rows["scope"]]
    assert show_tree(ctx, "Donum payg")["leaves"] == 3
    assert revisions.scope_revisions(ctx, rows["scope"]) == []
    assert node_history.history(ctx, rows["scope"], 5) == []
    with pytest.raises(UserError, match="belongs to your tenant"):
        service_records.archive(ctx, [rows["service"]])
    with pytest.raises(UserError, match="belongs to your tenant"):
        save_tree_edits(ctx, rows["scope"], TreeDraft(), base_rev=2)
    with pytest.raises(UserError, match="belongs to your tenant"):
        place_import(ctx, ImportRequest(_any_file(), "Donum payg"))


def _any_file() -> Any:
    from pathlib import Path

    return Path(__file__)


def test_the_tree_of_what_is_bought_can_be_copied_into_a_plan_of_ones_own(
    world: World, database: Database
) -> None:
    ctx = at(world, database, OWN)
    source = world.rows[DOWN]["scope"]
    made = create_scope(ctx, CreateScope(world.rows[OWN]["spare"], "2027-01-01", copy_from=source))
    assert made.scope.leaves == 3
    for relation in (SIBLING, OTHER, PARENT):
        foreign = CreateScope(
            world.rows[OWN]["spare"], "2028-01-01", copy_from=world.rows[relation]["scope"]
        )
        with pytest.raises(UserError, match="There is no scope"):
            create_scope(ctx, foreign)


def test_an_enabling_that_is_not_shown_hides_what_is_bought(
    world: World, database: Database
) -> None:
    hide = sa.update(enabled_service).values(hidden=True)
    with database.write() as connection:
        mine = enabled_service.c.id == world.rows[DOWN]["enabled_payg"]
        connection.execute(hide.where(mine))
    ctx = at(world, database, OWN)
    assert "Donum payg" not in listed(ctx, "services")
    with pytest.raises(UserError, match="There is no service"):
        scopes_of(ctx, world.rows[DOWN]["service"])


def test_a_change_from_above_belongs_to_the_tenant_of_the_service(
    world: World, database: Database
) -> None:
    ctx, scope = at(world, database, PARENT), world.rows[OWN]["scope"]
    change = PriceChange("percent", Decimal(10))
    price_change.apply_change(ctx, scope, [1], change, expected_rev=2)
    with database.read() as connection:
        newest = sa.select(audit.c.company_id, audit.c.action).order_by(audit.c.id.desc())
        row = connection.execute(newest.limit(1)).one()
    assert tuple(row) == (world.mine, "change prices")


def test_an_import_from_above_teaches_the_tenant_of_the_service(
    world: World, database: Database, tmp_path: Any
) -> None:
    ctx = at(world, database, PARENT)
    target = Target(world, database, OWN, tmp_path)
    folder, result = drafted(target)
    request = ImportRequest(folder / "list.csv", "Alnus payg", vendor="Fagus")
    place = place_import(ctx, replace(request, profile="Alnus profile", vendor="Alnus vendor"))
    number, _ = commit_draft(ctx, request, place.scope, answers={}, folder=folder, result=result)
    with database.read() as connection:
        assert import_run_by_id(connection, number).company_id == world.mine
        owner = sa.select(vendor.c.company_id).where(vendor.c.name == "Fagus")
        assert connection.execute(owner).scalar_one() == world.mine


def test_dictionaries_are_handed_down_and_the_nearest_word_counts(
    world: World, database: Database
) -> None:
    with database.write() as connection:
        add_entry(
            connection,
            world.mine,
            dictionary="pricing_category",
            key="donum",
            name="Other",
            now=NOW,
            attributes={"name": "Other"},
        )
        alias = AliasRecord("country", "", "Donum country", "ES")
        set_alias(connection, world.mine, alias, now=NOW)
    labels, countries = {}, {}
    with database.read() as connection:
        for relation in (PARENT, OWN, BELOW, SIBLING):
            known = dictionaries_of(connection, world.companies[relation])
            labels[relation] = known["pricing_category"].label("donum")
            countries[relation] = known["country"].index.exact["donum country"][0].key
            assert ("alnus" in known["pricing_category"]) is (relation in (OWN, BELOW))
    assert labels == {
        PARENT: "Donum category",
        OWN: "Other",
        BELOW: "Other",
        SIBLING: "Donum category",
    }
    assert countries == {PARENT: "FR", OWN: "ES", BELOW: "ES", SIBLING: "FR"}


def test_a_name_means_the_own_service_first_and_says_when_it_means_several(
    world: World, database: Database
) -> None:
    with database.write() as connection:
        made = {
            relation: create_service(
                connection, world.companies[relation], name="Twin", now=NOW, currency="EUR"
            ).id
            for relation in (OWN, BELOW, SIBLING)
        }
        assert find_service(connection, world.mine, "Twin").id == made[OWN]
        assert find_service(connection, world.companies[BELOW], "Twin").id == made[BELOW]
        with pytest.raises(UserError, match="Several services"):
            find_service(connection, world.companies[PARENT], "Twin")
        assert find_service(connection, world.companies[PARENT], str(made[BELOW])).id == made[BELOW]
        with pytest.raises(UserError, match="There is no service"):
            find_service(connection, world.companies[OTHER], "Twin")
