"""Packs and bundle packs: prices and why there is none, periods, auto extend (ACC-4, L7, L17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from app.db.engine import Database
from app.db.queries.enabled_prices import pack_price
from app.domain.records import ListQuery
from app.errors import FieldProblem
from app.sections.enabled_packs import ENABLED_BUNDLE_PACKS, ENABLED_PACKS
from app.sections.order_of_use import ORDER_OF_USE
from app.services import records
from app.services.accounts import (
    enabled_bundle_packs,
    enabled_extend,
    enabled_initiators,
    enabled_packs,
    enabled_views,
)
from app.services.context import Context
from app.services.tariffs.service_records import archive
from tests.db.conftest import NOW
from tests.db.enabling import MARCH, RCS, SMS, Operator, local
from tests.db.trees import ROOT_ONLY, Tree, Values, branch, commit, flat
from tests.helpers.agreements import START, add_agreement, add_version

PRICE = 10**8
PURCHASE = "service_purchase"
BERLIN = {"from_zone": "Europe/Berlin", "till_zone": "Europe/Berlin"}


@pytest.fixture
def desk(database: Database) -> Operator:
    made = Operator.of(database)
    made.sell("Pack", SMS, kind="unit_pack")
    return made


def prices(**packs: Values) -> Tree:
    """Return a tree with prices of unit packs by key (service ID)."""
    node = (PURCHASE, "unit_pack")
    tree: Tree = {**ROOT_ONLY, (PURCHASE,): branch("resource"), node: branch("pack")}
    return tree | {(*node, key.lstrip("_")): value for key, value in packs.items()}


def charged(desk: Operator, **more: Any) -> dict[str, Any]:
    values = desk.values("Pack", **{"billing": "charge", **more})
    del values["hidden"]
    return values


def told(desk: Operator, **more: Any) -> str:
    return enabled_packs.advise(desk.ctx, None, charged(desk, **more)).get("billing", "")


def test_l17_a_pack_costs_what_a_service_on_the_agreement_says(desk: Operator) -> None:
    assert told(desk) == (
        "Rate not found: no pay-as-you-go service that prices unit packs is enabled on this "
        "agreement. Enable one first, or choose Free of charge."
    )
    assert told(desk, billing="free") == ""
    number = desk.services["Pack"]
    desk.sell("Prices", draft=True)
    commit(desk.database, desk.scopes["Prices"], prices(_999999=flat(PRICE)))
    desk.enable("Prices", effective_till=local("2026-06-01"))
    assert told(desk) == (
        'Rate not found: the prices of unit packs in "Prices" are in a draft. Make it live.'
    )
    desk.sell("Prices, live")
    commit(desk.database, desk.scopes["Prices, live"], prices(_999999=flat(PRICE)))
    desk.enable("Prices, live", effective_till=local("2026-06-01"))
    assert told(desk).startswith('Rate not found: "Prices, live" has no price for this pack.')
    live = prices(**{f"_{number}": flat(4075 * PRICE // 100)})
    commit(desk.database, desk.scopes["Prices, live"], live)
    assert told(desk) == ""
    assert "from 2026-03-01 till 2026-06-01 only" in told(desk, effective_from=local("2026-07-01"))
    assert enabled_packs.suggest(desk.ctx, charged(desk), "billing")["cost"] == ("40.75 EUR", "")
    assert enabled_packs.suggest(desk.ctx, charged(desk, billing="free"), "")["cost"] == ("", "")
    row = enabled_packs.create(desk.ctx, charged(desk))
    assert enabled_packs.load(desk.ctx, row).values["cost"] == "40.75 EUR"
    late = enabled_packs.create(desk.ctx, charged(desk, effective_from=local("2026-07-01")))
    assert enabled_packs.load(desk.ctx, late).values["cost"] == "Rate not found"
    free = enabled_packs.create(desk.ctx, charged(desk, billing="free"))
    assert enabled_packs.load(desk.ctx, free).values["cost"] == ""
    assert listed(desk.ctx, "id", "cost") == {row: "40.75000000", late: "None", free: "None"}


def listed(ctx: Context, key: str, name: str) -> dict[Any, str]:
    query = ListQuery(ENABLED_PACKS.id)
    names = ["id", *(c.name for c in ENABLED_PACKS.columns)]
    rows = records.first_rows(ctx, ENABLED_PACKS, query)
    return {row[names.index(key)]: str(row[names.index(name)]) for row in rows}


@pytest.mark.parametrize(
    ("tree", "price"),
    [
        ({(PURCHASE, "unit_pack"): flat(7 * PRICE)}, "7"),
        ({(PURCHASE, "unit_pack"): branch("pack"), (PURCHASE, "unit_pack", "*"): flat(1)}, "1E-8"),
        (
            {
                (PURCHASE, "unit_pack"): branch("pack"),
                (PURCHASE, "unit_pack", "PACK"): Values(price_type=4),
                (PURCHASE, "unit_pack", "*"): flat(1),
            },
            "0",
        ),
        (
            {
                (PURCHASE, "unit_pack"): branch("pack"),
                (PURCHASE, "unit_pack", "PACK"): Values(price_type=6),
                (PURCHASE, "unit_pack", "*"): flat(1),
            },
            None,
        ),
    ],
)
def test_prices_of_all_packs_of_others_and_of_one(
    desk: Operator, tree: Tree, price: str | None
) -> None:
    number = desk.services["Pack"]
    desk.sell("Prices")
    keyed = {tuple(k.replace("PACK", str(number)) for k in path): v for path, v in tree.items()}
    whole = {**ROOT_ONLY, (PURCHASE,): branch("resource"), **keyed}
    commit(desk.database, desk.scopes["Prices"], whole)
    desk.enable("Prices")
    with desk.database.read() as connection:
        found = pack_price(connection, desk.agreement, number, "unit_pack", NOW)
    assert (None if found is None else f"{found.normalize()}") == price


def test_packs_are_bought_more_than_once_and_keep_their_billing(desk: Operator) -> None:
    values = charged(desk, billing="free")
    first = enabled_packs.create(desk.ctx, values)
    assert enabled_packs.create(desk.ctx, values) != first
    record = records.load(desk.ctx, ENABLED_PACKS, first)
    with pytest.raises(FieldProblem, match="Billing can't be changed"):
        records.update(desk.ctx, ENABLED_PACKS, first, 1, {"billing": "charge"})
    ended = {"effective_till": local("2026-04-01")}
    records.update(desk.ctx, ENABLED_PACKS, first, record.version, ended)
    assert records.load(desk.ctx, ENABLED_PACKS, first).values["effective_till"] == local(
        "2026-04-01"
    )
    assert desk.channels() == [], "packs hold no channel"


def test_rat_1_the_order_of_use(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.sell("Counts", SMS, RCS, kind="bundle_initiator")
    payg = desk.enable("SMS")
    packs = [
        enabled_packs.create(desk.ctx, charged(desk, billing="free", effective_from=at))
        for at in (MARCH + dt.timedelta(hours=9), MARCH)
    ]
    enabled_packs.create(
        desk.ctx, charged(desk, billing="free", effective_from=local("2026-08-01"))
    )

    counts = enabled_initiators.create(desk.ctx, desk.values("Counts"))
    found = enabled_views.order_of_use(desk.ctx, desk.agreement)
    assert [(use.place, use.enabled_id) for use in found] == [
        (1, packs[1]),
        (2, packs[0]),
        (3, payg),
        (0, counts),
    ]
    assert found[0].resources == ("SMS message",)
    assert found[3].resources == ("RCS message", "SMS message")
    archive(desk.ctx, [desk.services["Pack"]])
    assert enabled_views.order_of_use(desk.ctx, desk.agreement)[0].missed
    early = NOW - dt.timedelta(days=30)
    assert enabled_views.order_of_use(desk.ctx, desk.agreement, early) == []


# ------------------------------------------------------------------------------ bundle packs


def bundle(desk: Operator, *, agreement: int | None = None, extend: bool = True) -> int:
    if "Bundle" not in desk.services:
        desk.sell("Bundle", kind="bundle_pack")
    values = {
        "service_id": str(desk.services["Bundle"]),
        "agreement_id": str(agreement or desk.agreement),
        "auto_extend": extend,
    }
    return enabled_bundle_packs.create(desk.ctx, values)


def periods(desk: Operator) -> list[tuple[str, str]]:
    query = ListQuery(ENABLED_BUNDLE_PACKS.id, sorts=(("effective_from", False), ("id", False)))
    names = ["id", *(c.name for c in ENABLED_BUNDLE_PACKS.columns)]
    rows = records.first_rows(desk.ctx, ENABLED_BUNDLE_PACKS, query)
    places = names.index("effective_from"), names.index("effective_till")
    spans = [[row[place].astimezone(dt.UTC) for place in places] for row in rows]
    return [(f"{start:%m-%d %H:%M}", f"{till:%m-%d %H:%M}") for start, till in spans]


def test_l7_a_bundle_pack_holds_from_this_minute_to_the_period_s_end(desk: Operator) -> None:
    desk.ctx = replace(desk.ctx, clock=lambda: NOW + dt.timedelta(seconds=42))
    row = bundle(desk, extend=False)
    assert periods(desk) == [("03-01 12:00", "03-31 22:00")]
    record = enabled_bundle_packs.load(desk.ctx, row)
    assert record.values["effective_from"] == local("2026-03-01 13:00")
    assert record.values["effective_till"] == local("2026-04-01 00:00")
    assert record.values["from_zone"] == "Europe/Berlin"
    enabled_bundle_packs.update(desk.ctx, row, record.version, {"auto_extend": True})
    assert enabled_bundle_packs.load(desk.ctx, row).values["auto_extend"] is True
    with desk.database.write() as connection:
        over = add_agreement(connection, desk.client, "over", till=NOW - dt.timedelta(days=1))
    with pytest.raises(FieldProblem, match="not in force now"):
        bundle(desk, agreement=over)


def test_l7_missed_periods_are_bought_in_order_once(desk: Operator) -> None:
    bundle(desk)
    bundle(desk, extend=False)
    later = replace(desk.ctx, clock=lambda: NOW + dt.timedelta(days=100))
    assert enabled_extend.extend_due(desk.ctx) == 0
    assert enabled_extend.extend_due(later) == 3
    assert periods(desk)[1:] == [
        ("03-01 12:00", "03-31 22:00"),
        ("03-31 22:00", "04-30 22:00"),
        ("04-30 22:00", "05-31 22:00"),
        ("05-31 22:00", "06-30 22:00"),
    ]
    assert enabled_extend.extend_due(later) == 0


def test_extension_ends_with_the_agreement_the_flag_and_the_service(desk: Operator) -> None:
    with desk.database.write() as connection:
        till = dt.datetime(2026, 4, 15, tzinfo=dt.UTC)
        ends = add_agreement(connection, desk.client, "ends", till=till)
    bundle(desk, agreement=ends)
    later = replace(desk.ctx, clock=lambda: NOW + dt.timedelta(days=100))
    assert enabled_extend.extend_due(later) == 1, "cut by the agreement's end"
    assert periods(desk)[-1] == ("03-31 22:00", "04-15 00:00")
    with desk.database.write() as connection:
        add_version(connection, ends, till, till + dt.timedelta(days=10))
    assert enabled_extend.extend_due(later) == 1, "a new version goes on"
    row = bundle(desk)
    archive(desk.ctx, [desk.services["Bundle"]])
    assert enabled_extend.extend_due(later) == 0
    record = enabled_bundle_packs.load(desk.ctx, row)
    assert record.title == "missed option Bundle"


def test_due_work_names_what_is_next_and_does_it_once(desk: Operator) -> None:
    row = bundle(desk)
    ctx = desk.ctx
    with desk.database.read() as connection:
        assert enabled_extend.due(connection, NOW) == []
        [unit] = enabled_extend.due(connection, NOW + dt.timedelta(days=40))
    assert (unit.number, unit.company_id) == (row, 1)
    assert unit.title == "Hornes - 1029, EUR: next period of Bundle"
    with desk.database.write() as connection:
        first = enabled_extend.do(unit, ctx, connection)
        again = enabled_extend.do(unit, ctx, connection)
    assert first.startswith("Enabled again")
    assert again.startswith("It is extended already")
    assert unit.at > START


def test_rat_1_the_list_has_the_same_order(desk: Operator) -> None:
    desk.sell("SMS", SMS)
    desk.enable("SMS")
    enabled_packs.create(desk.ctx, charged(desk, billing="free"))
    bundle(desk)
    earlier = {"effective_from": local("2026-02-01"), "billing": "free"}
    enabled_packs.create(desk.ctx, charged(desk, **earlier))
    enabled_packs.create(desk.ctx, charged(desk, **earlier, effective_till=local("2026-02-02")))
    query = ListQuery(ORDER_OF_USE.id, sorts=ORDER_OF_USE.sort)
    rows = records.first_rows(desk.ctx, ORDER_OF_USE, query)
    place = [c.name for c in ORDER_OF_USE.columns].index("place") + 1
    uses = enabled_views.order_of_use(desk.ctx, desk.agreement)
    assert [(row[place] or 0, row[0]) for row in rows] == [(u.place, u.enabled_id) for u in uses]
    assert len(uses) == 4
