"""Ending what is enabled: now, later, many at once; what is refused, told and free again (L18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.db.engine import Database
from app.db.queries.audit import audit_trail
from app.errors import FieldProblem, UserError
from app.services.accounts import enabled_services
from app.services.context import Actor
from tests.db.enabling import RCS, SMS, Operator, local
from tests.helpers.agreements import add_agreement, add_company


@pytest.fixture
def desk(database: Database) -> Operator:
    made = Operator.of(database)
    made.sell("SMS", SMS)
    made.sell("SMS new", SMS)
    made.sell("RCS", RCS)
    return made


def at(moment: str, zone: str = "Europe/Berlin") -> dict[str, Any]:
    return {"effective_till": local(moment), "till_zone": zone}


def test_an_end_now_frees_the_channel_and_is_told(desk: Operator) -> None:
    row = desk.enable("SMS")
    proposed = enabled_services.end_proposed(desk.ctx, [row])
    assert {name: value for name, (value, _) in proposed.items()} == at("2026-03-01 13:00")
    said = enabled_services.end(desk.ctx, [row], at("2026-03-01 13:00"))
    assert said == "SMS ended at 2026-03-01 13:00 Europe/Berlin."
    desk.enable("SMS new", effective_from=local("2026-03-01 13:00"))
    with desk.database.read() as connection:
        told = audit_trail(connection, 1, table_name="enabled_service", object_id=str(row))[0]
    assert (told.action, told.new) == (
        "end enabled service",
        {"effective_till": "2026-03-01T13:00:00"},
    )


def test_many_end_at_once_or_none_does(desk: Operator) -> None:
    rows = [desk.enable("SMS"), desk.enable("RCS", effective_from=local("2026-05-01"))]
    with pytest.raises(FieldProblem, match=r'"RCS" on Hornes .* begins at 2026-05-01 00:00'):
        enabled_services.end(desk.ctx, rows, at("2026-04-01"))
    assert enabled_services.load(desk.ctx, rows[0]).values["effective_till"] is None
    said = enabled_services.end(desk.ctx, rows, at("2026-06-01", "UTC"))
    assert said == "2 enabled services end at 2026-06-01 00:00 UTC."
    with pytest.raises(FieldProblem, match="ends at 2026-06-01 00:00 UTC already"):
        enabled_services.end(desk.ctx, rows, at("2026-07-01"))
    for wrong, field in (
        ({"effective_till": None, "till_zone": "UTC"}, "effective_till"),
        (at("2026-04-01", "Mars"), "till_zone"),
    ):
        with pytest.raises(FieldProblem) as refused:
            enabled_services.end(desk.ctx, rows, wrong)
        assert list(refused.value.problems) == [field]


def test_who_buys_ends_nothing_and_is_offered_nothing(desk: Operator) -> None:
    with desk.database.write() as connection:
        reseller = add_company(connection, "Reseller", kind="reseller")
        bought = add_agreement(connection, reseller, "buys")
    row = desk.enable("SMS", bought)
    below = replace(desk.ctx, actor=Actor("Bob", company_id=reseller))
    record = enabled_services.load(below, row)
    assert set(record.locked) == set(record.values)
    assert (record.history, record.created_by) == ((), ""), "who works there is the tenant's alone"
    assert enabled_services.load(desk.ctx, row).locked == {}
    for call in (
        lambda: enabled_services.end_proposed(below, [row]),
        lambda: enabled_services.end(below, [row], at("2026-04-01")),
    ):
        with pytest.raises(UserError, match="belongs to your tenant"):
            call()
