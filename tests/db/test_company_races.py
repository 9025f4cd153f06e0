"""Two at once on companies and legal entities: what each decides still holds after both (GEN-4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.db.engine import Database
from app.db.queries import companies as queries
from app.db.queries import masters as rows
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.errors import Conflict, FieldProblem, UserError
from app.sections import section
from app.services import masters, records
from app.services.accounts import company_rules, legal_records
from app.services.context import Actor, Context
from tests.db.conftest import NOW
from tests.helpers import office


@pytest.fixture
def ctx(database: Database) -> Context:
    return Context(Actor("Ann"), database, clock=lambda: NOW)


def at_once(ctx: Context, held: Callable[[Any], object], other: Callable[[], object]) -> object:
    """Do something in a transaction, the other thing meanwhile, and return what that came to."""
    with ThreadPoolExecutor(1) as pool:
        with ctx.database.write() as connection:
            held(connection)
            second = pool.submit(other)
            time.sleep(0.3)
        try:
            return second.result(20)
        except UserError as problem:
            return problem


def test_no_company_comes_below_one_that_becomes_a_client(ctx: Context) -> None:
    reseller = office.company(ctx, "North", "reseller", creator_of_resellers=True)
    values = {"name": "Below", "type": "reseller", "parent_id": str(reseller)}

    def add(connection: Any) -> None:
        found = company_rules.checked(ctx, connection, {**values, "time_zone": "UTC"}, None)
        tenant = found.pop("parent_id")
        masters.create(ctx, connection, COMPANY, {**found, "dialogues_per_operator": 1}, tenant)

    def change(**new: object) -> None:
        record = records.load(ctx, section("companies"), reseller)
        records.update(ctx, section("companies"), reseller, record.version, new)

    problem = at_once(ctx, add, lambda: change(type="client"))
    assert isinstance(problem, FieldProblem)
    values["name"] = "Another"
    problem = at_once(ctx, add, lambda: change(creator_of_resellers=False))
    assert isinstance(problem, FieldProblem)


def test_two_who_retire_at_once_leave_a_default_in_use(ctx: Context) -> None:
    client = office.company(ctx, "Client")
    first, second, third = (office.entity(ctx, client, f"{n} Ltd") for n in "ABC")

    def retire_second(connection: Any) -> None:
        row = rows.find(connection, LEGAL_ENTITY, 1, second)
        change = {"retired_at": ctx.clock()}
        rows.change(connection, LEGAL_ENTITY, row, row["version"], change, now=ctx.clock())

    at_once(ctx, retire_second, lambda: legal_records.retire(ctx, [first]))
    with ctx.database.read() as connection:
        assert queries.default_entity(connection, client) == third


def test_a_name_that_is_taken_at_that_moment_is_no_change_of_the_record(ctx: Context) -> None:
    made = office.company(ctx, "North")

    def add(connection: Any) -> None:
        values = {"name": "South", "type": "client", "time_zone": "UTC"}
        found = company_rules.checked(ctx, connection, values, None)
        tenant = found.pop("parent_id")
        masters.create(ctx, connection, COMPANY, {**found, "dialogues_per_operator": 1}, tenant)

    def rename() -> None:
        records.update(ctx, section("companies"), made, 1, {"name": "South"})

    problem = at_once(ctx, add, rename)
    assert isinstance(problem, FieldProblem | Conflict)
    assert not isinstance(problem, records.RecordConflict)
    with pytest.raises(FieldProblem, match="already"):
        rename()
