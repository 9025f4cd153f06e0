"""Enabled services and their channels: no two on one, whatever changes (ACC-4, A17, G4)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.db.engine import Database
from app.db.queries.audit import audit_trail
from app.db.queries.enabled_channels import ChannelTaken
from app.db.queries.scopes import ScopeRecord, scope_by_id
from app.db.tables.enabled_services import enabled_channel
from app.domain.records import Filter, ListQuery
from app.errors import Conflict, FieldProblem, UserError
from app.sections.enabled_services import ENABLED_SERVICES
from app.services import records
from app.services.accounts import enabled_services, enabled_views
from app.services.context import Actor
from app.services.list_export import export_list
from app.services.tariffs.edit_tree import undo_revision
from app.services.tariffs.scope_changes import (
    CreateScope,
    ScopeChanges,
    copy_tree_into,
    create_scope,
    update_scope,
)
from app.services.tariffs.service_records import archive
from tests.db.conftest import NOW
from tests.db.enabling import MARCH, RCS, SMS, WHATSAPP, Operator, local, priced
from tests.db.trees import Tree, Values, branch, commit, flat, live
from tests.helpers.agreements import add_agreement, add_company

APRIL, MAY = local("2026-04-01"), local("2026-05-01")


@pytest.fixture
def desk(database: Database) -> Operator:
    return Operator.of(database)


def taken(desk: Operator, name: str, **more: object) -> str:
    with pytest.raises(FieldProblem) as refused:
        desk.enable(name, **more)
    [sentence] = refused.value.problems.values()
    return sentence


# ------------------------------------------------------------------------------ enabling


def test_a17_two_services_of_different_resources_coexist(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Messengers", WHATSAPP, RCS)
    desk.enable("SMS")
    desk.enable("Messengers", effective_till=MAY)
    assert desk.channels() == [
        (RCS, "2026-03-01", "2026-05-01"),
        (SMS, "2026-03-01", None),
        (WHATSAPP, "2026-03-01", "2026-05-01"),
    ]
    assert enabled_views.verify(desk.ctx) == []


def test_a17_a_second_service_on_a_channel_is_refused_by_the_form(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("SMS, cheaper", SMS, RCS)
    first = desk.enable("SMS")
    assert taken(desk, "SMS, cheaper") == (
        '"SMS" prices SMS message on this agreement from 2026-03-01 already: end its enabling '
        "before, choose other dates, or a service without this resource."
    )
    assert "till 2026-05-01" in taken(desk, "SMS, cheaper", effective_till=MAY)
    desk.end(first, APRIL)
    second = desk.enable("SMS, cheaper", effective_from=APRIL)
    assert [row[1:] for row in desk.channels() if row[0] == SMS] == [
        ("2026-03-01", "2026-04-01"),
        ("2026-04-01", None),
    ]
    record = enabled_services.load(desk.ctx, second)
    with pytest.raises(FieldProblem) as refused:
        changed = {**record.values, "effective_from": MARCH}
        enabled_services.update(desk.ctx, second, record.version, changed)
    assert set(refused.value.problems) == {"effective_from"}
    assert enabled_services.load(desk.ctx, second) == record


def test_a_service_is_enabled_once_at_a_time(desk: Operator) -> None:
    desk.sell("Empty")
    desk.enable("Empty", effective_till=MAY)
    assert "is enabled on this agreement at that time already" in taken(desk, "Empty")
    desk.enable("Empty", effective_from=MAY)


def test_a9_the_currency_of_the_agreement_is_that_of_the_service(desk: Operator) -> None:
    desk.sell("Dollars", SMS, currency="USD")
    assert taken(desk, "Dollars") == (
        '"Dollars" is in USD, the agreement is in EUR: choose a service in EUR.'
    )


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ({"side": "cost"}, "for sale"),
        ({"kind": "unit_pack"}, "not a pay-as-you-go service"),
    ],
)
def test_only_what_is_sold_and_fits_is_enabled(
    desk: Operator, made: dict[str, str], sentence: str
) -> None:
    desk.sell("Other", **made)
    assert sentence in taken(desk, "Other")
    assert "Other" not in [c.title for c in enabled_services.services(desk.ctx, "", {})]


def test_times_are_local_and_end_after_they_begin(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    assert "end before it begins" in taken(desk, "SMS", effective_till=MARCH)
    assert "no time zone" in taken(desk, "SMS", from_zone="Mars/Olympus")
    twice = local("2026-10-25 02:30")
    row = desk.enable("SMS", effective_till=twice, till_zone="Europe/Berlin")
    record = enabled_services.load(desk.ctx, row)
    assert record.values["effective_till"] == twice
    assert record.values["effective_from"] == MARCH
    assert record.title == "SMS"
    [entry] = record.history
    assert ("effective_from", None, "2026-03-01T00:00:00") in entry.changes


def test_what_is_proposed_and_offered(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Dollars", SMS, currency="USD")
    ctx, number = desk.ctx, str(desk.agreement)
    assert enabled_services.suggest(ctx, {}, "") == {}
    found = enabled_services.suggest(ctx, {"agreement_id": number}, "agreement_id")
    assert found["effective_from"][0] == NOW.replace(tzinfo=None) + dt.timedelta(hours=1)
    assert found["till_zone"] == ("Europe/Berlin", "Europe/Berlin")
    offered = enabled_services.services(ctx, "", {"agreement_id": number})
    assert [choice.title for choice in offered] == ["SMS, EUR"]
    assert len(enabled_services.services(ctx, "", {})) == 2
    chosen = {"service_id": str(desk.services["Dollars"])}
    assert enabled_services.agreements(ctx, "", chosen) == []
    [choice] = enabled_services.agreements(ctx, "horn", {})
    assert (choice.value, choice.title) == (number, "Hornes - 1029, EUR")


def test_warnings_do_not_refuse(desk: Operator) -> None:
    desk.sell("Draft", SMS, draft=True)
    with desk.database.write() as connection:
        till = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        ends = add_agreement(connection, desk.client, "ends", till=till)
    values = desk.values("Draft", ends)
    told = enabled_services.advise(desk.ctx, None, values)
    assert "no scope in force" in told["service_id"]
    assert told["effective_till"].startswith(
        "The agreement is not in force from 2026-04-01 on: nothing is charged"
    )
    early = {**values, "effective_from": local("2025-12-01")}
    told = enabled_services.advise(desk.ctx, None, early)
    assert "from 2025-12-01 till 2026-01-01" in told["effective_from"]
    desk.enable("Draft", ends)
    assert desk.channels(ends) == []


def test_an_unfinished_form_gets_no_fault(desk: Operator) -> None:
    for values in ({}, {"agreement_id": "x", "effective_from": "soon"}, {"service_id": "999"}):
        assert enabled_services.advise(desk.ctx, None, values).keys() <= {"service_id"}


# ------------------------------------------------------------------------------ trees


def test_an_edit_that_takes_a_channel_is_refused(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Messengers", WHATSAPP)
    desk.enable("SMS")
    desk.enable("Messengers")
    with pytest.raises(ChannelTaken) as refused:
        desk.price("Messengers", WHATSAPP, SMS)
    assert str(refused.value) == (
        '"Messengers" would price SMS message on the agreement Hornes - 1029, EUR together with '
        '"SMS" from 2026-03-01. Two services can\'t price one resource at once: end the enabling '
        "of one of them there first, leave this resource out, or put it into a scope that begins "
        "later."
    )
    assert live(desk.database, desk.scopes["Messengers"]) == priced(WHATSAPP)
    desk.price("Messengers", RCS)
    assert [row[0] for row in desk.channels()] == [RCS, SMS]


def test_many_agreements_are_told_shortly(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Other")
    with desk.database.write() as connection:
        more = [add_agreement(connection, desk.client, f"A{n}") for n in range(5)]
    for agreement in more:
        desk.enable("SMS", agreement)
        desk.enable("Other", agreement)
    with pytest.raises(ChannelTaken, match=r"; and 2 more\. Two services"):
        desk.price("Other", SMS)


@pytest.mark.parametrize(
    ("tree", "channels"),
    [
        ({("sms",): branch("resource")}, []),
        ({("sms", "sms_message"): Values()}, []),
        ({("sms", "sms_message"): Values(price_type=6)}, []),
        ({("sms", "sms_message"): Values(price_type=2)}, []),
        ({("sms", "sms_message"): branch("country")}, []),
        ({("sms", "sms_message"): Values(price_type=4)}, [SMS]),
        ({("sms", "sms_message"): Values(price_type=7)}, [SMS]),
        (
            {("sms", "sms_message"): branch("country"), ("sms", "sms_message", "DE"): flat(1)},
            [SMS],
        ),
    ],
)
def test_a17_what_prices_a_resource(desk: Operator, tree: Tree, channels: list[str]) -> None:
    desk.sell("SMS")
    desk.enable("SMS")
    commit(desk.database, desk.scopes["SMS"], {**priced(), ("sms",): branch("resource"), **tree})
    assert [row[0] for row in desk.channels()] == channels


def test_an_undo_that_brings_a_channel_back_is_refused(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Both", SMS, WHATSAPP)
    desk.enable("Both")
    without = desk.price("Both", WHATSAPP)
    desk.enable("SMS")
    with pytest.raises(ChannelTaken, match="SMS message"):
        undo_revision(desk.ctx, desk.scopes["Both"], without)
    assert enabled_views.verify(desk.ctx) == []


# ------------------------------------------------------------------------------ scopes


def test_a_scope_that_goes_live_or_grows_takes_its_channels(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Later", SMS, draft=True)
    first = desk.enable("SMS", effective_till=APRIL)
    desk.enable("Later")
    scope = scope_of(desk, "Later")
    with pytest.raises(ChannelTaken, match="from 2026-03-01 till 2026-04-01"):
        update_scope(desk.ctx, scope.id, scope.version, ScopeChanges(draft=False))
    assert scope_of(desk, "Later").draft
    live_from_april = ScopeChanges(draft=False, start="2026-04-02")
    update_scope(desk.ctx, scope.id, scope.version, live_from_april)
    assert desk.channels() == [
        (SMS, "2026-03-01", "2026-04-01"),
        (SMS, "2026-04-02", None),
    ]
    scope = scope_of(desk, "Later")
    with pytest.raises(ChannelTaken):
        update_scope(desk.ctx, scope.id, scope.version, ScopeChanges(start="2026-03-15"))
    desk.end(first, local("2026-03-10"))
    update_scope(desk.ctx, scope.id, scope.version, ScopeChanges(start="2026-03-15"))
    scope = scope_of(desk, "Later")
    update_scope(desk.ctx, scope.id, scope.version, ScopeChanges(draft=True))
    assert desk.channels() == [(SMS, "2026-03-01", "2026-03-10")]


def scope_of(desk: Operator, name: str) -> ScopeRecord:
    with desk.database.read() as connection:
        return scope_by_id(connection, desk.scopes[name])


def test_a_copied_tree_takes_its_channels(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Other", RCS)
    desk.enable("SMS")
    desk.enable("Other")
    copied = CreateScope(
        desk.services["Other"], "2026-05-01", draft=False, copy_from=desk.scopes["SMS"]
    )
    with pytest.raises(ChannelTaken, match="from 2026-05-01"):
        create_scope(desk.ctx, copied)
    draft = create_scope(desk.ctx, replace(copied, draft=True)).scope
    copy_tree_into(desk.ctx, draft.id, desk.scopes["SMS"])
    with pytest.raises(ChannelTaken):
        update_scope(desk.ctx, draft.id, draft.version, ScopeChanges(draft=False))


def test_scopes_that_meet_are_one_time(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.enable("SMS")
    scope = scope_of(desk, "SMS")
    update_scope(desk.ctx, scope.id, scope.version, ScopeChanges(till="2026-06-01"))
    more = CreateScope(
        desk.services["SMS"], "2026-05-01", draft=False, copy_from=desk.scopes["SMS"]
    )
    create_scope(desk.ctx, more)
    assert desk.channels() == [(SMS, "2026-03-01", None)]


def test_archiving_changes_no_channel(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    row = desk.enable("SMS")
    before = desk.channels()
    archive(desk.ctx, [desk.services["SMS"]])
    assert desk.channels() == before
    record = enabled_services.load(desk.ctx, row)
    assert record.title == "missed option SMS"
    desk.end(row, MAY)
    assert "is in the archive" in taken(desk, "SMS", effective_from=MAY)


# ------------------------------------------------------------------------------ the database


def test_g4_the_database_refuses_as_well(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.enable("SMS", effective_till=MAY)
    columns = [c for c in enabled_channel.columns if c.name not in {"id", "effective_from"}]
    shifted = sa.select(
        *columns, sa.literal(NOW + dt.timedelta(days=9), enabled_channel.c.effective_from.type)
    )
    names = [*(c.name for c in columns), "effective_from"]
    with pytest.raises((IntegrityError, Conflict)), desk.database.write() as connection:
        connection.execute(sa.insert(enabled_channel).from_select(names, shifted))


def race(*acts: Callable[[], object]) -> list[str]:
    """Run acts at once; return "done", or the class of what was raised, in their order."""
    gate = threading.Barrier(len(acts))
    results = [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            results[place] = "done"
        except UserError as problem:
            results[place] = type(problem).__name__

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


REFUSED = {"FieldProblem", "ChannelTaken", "Conflict"}


def test_g4_of_two_who_enable_at_once_one_wins(desk: Operator) -> None:
    """Two connections, one channel: whoever is second hears of it, and nothing overlaps."""
    desk.sell("One", SMS)
    desk.sell("Two", SMS)
    with desk.database.write() as connection:
        agreements = [add_agreement(connection, desk.client, f"R{n}") for n in range(12)]
    for agreement in agreements:
        results = race(
            lambda a=agreement: desk.enable("One", a),  # type: ignore[misc]
            lambda a=agreement: desk.enable("Two", a),  # type: ignore[misc]
        )
        assert results.count("done") == 1
        assert set(results) - {"done"} <= REFUSED
        assert len(desk.channels(agreement)) == 1
    assert enabled_views.verify(desk.ctx) == []


def test_g4_an_edit_and_an_enabling_at_once_leave_no_gap(desk: Operator) -> None:
    """Both may be first; either way the stored channels are what the trees price."""
    desk.sell("One", SMS)
    for number in range(10):
        desk.sell(f"Two {number}", RCS)
        with desk.database.write() as connection:
            agreement = add_agreement(connection, desk.client, f"E{number}")
        desk.enable("One", agreement)
        results = race(
            lambda n=number: desk.price(f"Two {n}", SMS),  # type: ignore[misc]
            lambda n=number, a=agreement: desk.enable(f"Two {n}", a),  # type: ignore[misc]
        )
        assert results.count("done") == 1
        assert set(results) - {"done"} <= REFUSED
    assert enabled_views.verify(desk.ctx) == []


# ------------------------------------------------------------------------------ checking


def test_stored_channels_are_checked_and_mended(desk: Operator) -> None:
    desk.sell("SMS", SMS, RCS)
    desk.enable("SMS")
    right = desk.channels()
    with desk.database.write() as connection:
        wrong = enabled_channel.c.channel == SMS
        connection.execute(sa.update(enabled_channel).where(wrong).values(channel="x/y"))
    assert enabled_views.verify(desk.ctx) == [
        '"SMS": 1 channel not stored, 1 channel stored in vain.'
    ]
    assert enabled_views.rebuild(desk.ctx) == 1
    assert desk.channels() == right
    assert enabled_views.rebuild(desk.ctx) == 0


# ------------------------------------------------------------------------------ sight


def test_usr_3_who_sees_and_changes_what(desk: Operator) -> None:
    with desk.database.write() as connection:
        reseller = add_company(connection, "Reseller", kind="reseller")
        sibling = add_company(connection, "Sibling", kind="reseller")
        client = add_company(connection, "Client of reseller", parent=reseller)
        bought = add_agreement(connection, reseller, "buys")
        sold = add_agreement(connection, client, "sells", tenant=reseller)
    desk.sell("Wholesale", SMS)
    desk.sell("Retail", SMS, tenant=reseller)
    row = desk.enable("Wholesale", bought)
    below = replace(desk.ctx, actor=Actor("Ann", company_id=reseller))
    other = replace(desk.ctx, actor=Actor("Bob", company_id=sibling))
    record = enabled_services.load(below, row)
    with pytest.raises(UserError, match="belongs to your tenant"):
        enabled_services.update(below, row, record.version, record.values)
    with pytest.raises(UserError, match="There is no enabled service"):
        enabled_services.load(other, row)
    with pytest.raises(FieldProblem, match="can't be used here"):
        enabled_services.create(below, desk.values("Wholesale", bought, effective_from=MAY))
    with pytest.raises(FieldProblem, match="does not sell"):
        enabled_services.create(below, desk.values("Wholesale", sold))
    made = enabled_services.create(below, desk.values("Retail", sold))
    assert enabled_services.load(desk.ctx, made).title == "Retail"
    with pytest.raises(FieldProblem, match="can't be used here"):
        enabled_services.create(other, desk.values("Retail", sold))
    record = enabled_services.load(desk.ctx, row)
    enabled_services.update(desk.ctx, row, record.version, {**record.values, "hidden": True})
    with pytest.raises(UserError, match="There is no enabled service"):
        enabled_services.load(below, row)


def test_every_change_is_told_to_the_tenant_s_audit(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    row = desk.enable("SMS")
    desk.end(row, MAY)
    with desk.database.read() as connection:
        trail = audit_trail(connection, 1, table_name="enabled_service", object_id=str(row))
    assert [entry.action for entry in trail] == ["change enabled service", "add enabled service"]
    assert trail[0].new == {"effective_till": "2026-05-01T00:00:00"}
    assert trail[0].old == {"effective_till": None}


def test_lists_have_local_times_in_the_zone_they_say(desk: Operator, tmp_path: Path) -> None:
    desk.sell("SMS", SMS)
    start, zone = local("2026-02-01 00:30"), "Pacific/Auckland"
    desk.enable("SMS", effective_from=start, from_zone=zone)

    def listed(*filters: Filter) -> list[Any]:
        rows = records.first_rows(
            desk.ctx, ENABLED_SERVICES, ListQuery("enabled_services", filters=filters)
        )
        place = [column.name for column in ENABLED_SERVICES.columns].index("effective_from")
        return [row[1 + place] for row in rows]

    [found] = listed(Filter("effective_from", "equals", (start.date(),)))
    assert (found.replace(tzinfo=None), str(found.tzinfo)) == (start, zone)
    assert listed(Filter("effective_from", "lt", (start.date(),))) == []
    file = tmp_path / "enabled.csv"
    columns = ["service", "effective_from"]
    export_list(desk.ctx, ENABLED_SERVICES, ListQuery("enabled_services"), columns, file)
    assert file.read_text("utf-8-sig").splitlines() == [
        "Service,Effective from,Time zone of the start",
        f"SMS,2026-02-01 00:30:00,{zone}",
    ]
