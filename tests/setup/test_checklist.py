"""The set-up checklist: the guide's order, what is missing, the form that takes each step (M4)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from app.bootstrap import open_session
from app.errors import UserError
from app.sections import section
from app.services import records
from app.services.context import Actor, Context
from app.services.setup_checklist import DONE, MISSING, OPTIONAL, Step, missing, of
from tests.contracts.cases.agreements import TERMS
from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer, Unavailable

ORDER = [
    "own_legal_entity",
    "own_bank_account",
    "company",
    "legal_entity",
    "agreement",
    "service",
    "enabled_service",
    "users",
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "new.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.address(server.create_database())


@pytest.fixture
def ctx(target: str) -> Iterator[Context]:
    session = open_session(target, create=True)
    yield session.context()
    session.close()


def states(steps: list[Step]) -> dict[str, str]:
    return {step.id: step.state for step in steps}


def take(ctx: Context, steps: list[Step], step_id: str, **values: object) -> int:
    """Fill the form that a step names, beside what the step fills in itself."""
    address = next(step.address for step in steps if step.id == step_id)
    asked = dict(parse_qsl(address.partition("?")[2]))
    filled = {key[4:]: text for key, text in asked.items() if key.startswith("set.")}
    return int(records.create(ctx, section(asked["section"]), {**filled, **values}))


ENTITY = {
    "name": "Entity",
    "legal_name": "Entity Ltd",
    "country": "DE",
    "legal_id": "HRB 1",
    "is_default": True,
}


def test_m4_the_steps_lead_from_an_empty_database_to_a_client_that_is_charged(
    ctx: Context, target: str
) -> None:
    assert [step.id for step in of(ctx)] == ORDER
    assert missing(of(ctx)) == 6
    own = take(ctx, of(ctx), "own_legal_entity", **ENTITY)
    account = next(step for step in of(ctx) if step.id == "own_bank_account")
    assert account.address == "record?section=banks&new=1", "an account is at a bank"
    client = take(
        ctx,
        of(ctx),
        "company",
        name="Client",
        type="client",
        enabled=True,
        time_zone="UTC",
        dialogues_per_operator=3000,
    )
    steps = of(ctx)
    told = {step.id: step for step in steps}
    assert told["agreement"].address == "", "the legal entity comes first"
    assert "comes first" in told["agreement"].sentence
    entity = take(ctx, steps, "legal_entity", **ENTITY)
    agreed = take(
        ctx,
        of(ctx),
        "agreement",
        direction="client",
        legal_entity_id=str(entity),
        own_legal_entity_id=str(own),
        code="A-1",
        date="2026-01-01",
        currency="EUR",
        **TERMS,
    )
    enabled = next(step for step in of(ctx) if step.id == "enabled_service")
    assert (enabled.address, enabled.sentence[-24:]) == ("", "the service comes first.")
    _sell(target)
    steps = of(ctx)
    assert states(steps)["service"] == DONE
    assert f"set.agreement_id={agreed}" in next(s.address for s in steps if s.id[:3] == "ena")
    zones = {"from_zone": "UTC", "till_zone": "UTC"}
    take(
        ctx, steps, "enabled_service", service_id="1", effective_from="2026-02-01", hidden=False,
        **zones,
    )  # fmt: skip
    assert missing(of(ctx)) == 0
    assert {s.state for s in of(ctx, client)} == {DONE, OPTIONAL}


def _sell(target: str) -> None:
    desk = Desk(target)
    desk.service("Retail", "EUR")
    waits = next(s for s in desk("setup", "--json").json if s["id"] == "service")
    assert waits["state"] == MISSING
    assert waits["sentence"].startswith("Retail has a scope in force, but no prices")
    assert waits["address"] == "service?id=1"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_text("Country,MCCMNC,Price\nDE,26201,0.05\n", encoding="utf-8")
        desk.ok("import", file, "--service", "Retail", "--vendor", "Own")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("setup") / "demo.db")
    desk.ok("demo", "--no-window")
    return desk


def test_a_reseller_has_the_steps_of_14_2(demo: Desk) -> None:
    steps = demo.ok("setup", "--company", "Brindlemoor Telecom", "--json").json
    assert [step["id"] for step in steps] == [
        "legal_entity",
        "agreement",
        "enabled_service",
        "reselling_agreement",
        "reseller_user",
        "handed_down",
        "its_services",
        "its_companies",
    ]
    assert {step["state"] for step in steps} == {DONE}


def test_each_tenant_sees_its_own_business_only(demo: Desk) -> None:
    session = open_session(demo.target)
    ctx = session.context()
    try:
        assert missing(of(ctx)) == 0
        ids = {name: _id(ctx, name) for name in ("Ostervale Media", "Korvanto Airlines")}
        reseller = replace(ctx, actor=Actor("Rui", ids["Ostervale Media"]))
        assert states(of(reseller))["own_legal_entity"] == DONE, "handed down (L34)"
        assert states(of(reseller))["service"] == MISSING
        with pytest.raises(UserError):
            of(reseller, ids["Korvanto Airlines"])
        with pytest.raises(UserError, match="No company"):
            of(reseller, name="Korvanto Airlines")
    finally:
        session.close()


def _id(ctx: Context, name: str) -> int:
    listed = section("companies")
    query = records.ListQuery("companies", search=name)
    return int(records.keys(ctx, listed, query)[0])
