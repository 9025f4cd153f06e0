"""Agreements and versions on both databases: rules, races, tenancy, what is missing (ACC-3)."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries import agreements as queries
from app.db.queries.audit import audit_trail
from app.db.queries.services import create_service
from app.db.tables.companies import SYSTEM_OWNER
from app.db.tables.enabled_services import enabled_service
from app.domain.records import Filter, ListQuery
from app.errors import Conflict, FieldProblem, UserError
from app.sections.agreement_versions import AGREEMENT_VERSIONS
from app.sections.agreements import AGREEMENTS
from app.services import records
from app.services.accounts import agreement_advice as advice
from app.services.accounts import agreement_lint as lint
from app.services.accounts import agreement_records, agreement_versions
from app.services.context import Actor, Context
from tests.db.conftest import NOW
from tests.helpers.command_line import Desk
from tests.helpers.parties import Party, add_account, add_entity, add_party, sides

TERMS = {
    "from_zone": "Europe/Berlin",
    "till_zone": "Europe/Berlin",
    "credit_limit": "500",
    "billing_zone": "Europe/Berlin",
    "days_for_payment": 10,
    "billing_period": "monthly",
    "billing_day": "1",
}


@dataclass(frozen=True)
class Office:
    """The owner with a client, a reseller and the reseller's client."""

    ctx: Context
    own: Party
    client: Party
    reseller: Party
    below: Party

    def values(self, code: str = "A-1", party: Party | None = None, **more: Any) -> dict[str, Any]:
        """Return the form of a new agreement of the owner, from January on."""
        party = party or self.client
        return {
            "party_id": str(party.id),
            "direction": "client",
            "legal_entity_id": str(party.entity),
            "own_legal_entity_id": str(self.own.entity),
            "code": code,
            "date": "2025-12-20",
            "currency": "EUR",
            "effective_from": "2026-01-01",
            **TERMS,
            **more,
        }

    def agreement(self, code: str = "A-1", **more: Any) -> int:
        return records.create(self.ctx, AGREEMENTS, self.values(code, **more))

    def version(self, agreement_id: int, start: str, **more: Any) -> int:
        values = {"agreement_id": str(agreement_id), **TERMS, "effective_from": start, **more}
        return records.create(self.ctx, AGREEMENT_VERSIONS, values)

    def change(self, version_id: int, **values: Any) -> None:
        stored = records.load(self.ctx, AGREEMENT_VERSIONS, version_id)
        records.update(self.ctx, AGREEMENT_VERSIONS, version_id, stored.version, values)

    def spans(self, agreement_id: int) -> list[tuple[str, str]]:
        """Return the (start, end) of the versions as dates in UTC."""
        with self.ctx.database.read() as connection:
            known = queries.versions_of(connection, agreement_id)
        return [tuple("∞" if at is None else f"{at:%m-%d %H}" for at in v.span) for v in known]  # type: ignore[misc]

    def at(self, now: dt.datetime) -> Office:
        return replace(self, ctx=replace(self.ctx, clock=lambda: now))

    def as_company(self, company: int) -> Context:
        return replace(self.ctx, actor=replace(self.ctx.actor, company_id=company))


@pytest.fixture
def office(database: Database) -> Office:
    ctx = Context(Actor("Ann"), database, clock=lambda: NOW)
    with database.write() as connection:
        own = sides(connection, SYSTEM_OWNER, tenant=SYSTEM_OWNER, name="Owner")
        client = add_party(connection, "Client")
        reseller = add_party(connection, "Reseller", kind="reseller")
        below = add_party(connection, "Below", tenant=reseller.id)
    return Office(ctx, own, client, reseller, below)


# ------------------------------------------------------------------------------ agreements


def test_a_new_agreement_has_its_first_version_and_both_are_told(office: Office) -> None:
    made = office.agreement(invoice_emails="a@b.example; A@b.example, c@d.example")
    record = records.load(office.ctx, AGREEMENTS, made)
    assert record.values["invoice_emails"] == ["a@b.example", "c@d.example"]
    assert record.values["effective_from"] == dt.datetime(2026, 1, 1)  # noqa: DTZ001 - as forms
    assert record.values["credit_limit"] == Decimal(500)
    assert record.labels["own_legal_entity_id"] == "Owner Ltd"
    assert office.spans(made) == [("12-31 23", "∞")]
    with office.ctx.database.read() as connection:
        trail = audit_trail(connection, SYSTEM_OWNER, limit=10)
    assert {entry.action for entry in trail} >= {"add agreement", "add agreement version"}
    assert len({entry.operation_id for entry in trail[:2]}) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"direction": "vendor"}, "direction"),
        ({"currency": "EURO"}, "currency"),
        ({"party_id": "1"}, "party_id"),
        ({"from_zone": "Europe/Nowhere"}, "from_zone"),
        ({"credit_limit": "-1"}, "credit_limit"),
        ({"days_for_payment": 4000}, "days_for_payment"),
        ({"effective_till": "2026-01-01"}, "effective_till"),
        ({"billing_day": "32"}, "billing_day"),
        ({"invoice_emails": "nobody"}, "invoice_emails"),
        ({"legal_entity_id": "99"}, "legal_entity_id"),
        ({"own_legal_entity_id": "9" * 30}, "own_legal_entity_id"),
        ({"bank_account_id": "none of them"}, "bank_account_id"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(
    office: Office, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldProblem) as refused:
        office.agreement(**wrong)
    assert list(refused.value.problems) == [field]
    with office.ctx.database.read() as connection:
        assert queries.agreements(connection, SYSTEM_OWNER) == []


def test_each_side_signs_in_its_own_name_with_its_own_account(office: Office) -> None:
    client, own = office.client, office.own
    swapped = {"legal_entity_id": str(own.entity), "own_legal_entity_id": str(client.entity)}
    with pytest.raises(FieldProblem) as refused:
        office.agreement(**swapped)
    assert list(refused.value.problems) == list(swapped)
    accounts = {"bank_account_id": str(own.account), "own_bank_account_id": str(client.account)}
    with pytest.raises(FieldProblem) as refused:
        office.agreement(**accounts)
    assert list(refused.value.problems) == list(accounts)
    made = office.agreement(bank_account_id=str(client.account))
    stored = records.load(office.ctx, AGREEMENTS, made)
    with pytest.raises(FieldProblem, match="own legal entity"):
        change = {"own_bank_account_id": str(client.account)}
        records.update(office.ctx, AGREEMENTS, made, stored.version, change)
    right = {"bank_account_id": None, "own_bank_account_id": str(own.account)}
    records.update(office.ctx, AGREEMENTS, made, stored.version, right)
    assert records.load(office.ctx, AGREEMENTS, made).labels["own_bank_account_id"] == "Owner EUR"


def test_codes_are_unique_for_a_company_and_fixed(office: Office) -> None:
    made = office.agreement()
    with pytest.raises(FieldProblem, match='There is an agreement "A-1" already'):
        office.agreement()
    office.agreement(party=office.reseller)
    with pytest.raises(FieldProblem, match="change its version, or add a new one"):
        records.update(office.ctx, AGREEMENTS, made, 1, {"credit_limit": "9"})


def test_only_an_agreement_that_nothing_names_is_deleted_with_its_versions(office: Office) -> None:
    made, other = office.agreement(), office.agreement("A-2")
    office.version(made, "2026-06-01")
    enable(office, other, "2026-01-05")
    with pytest.raises(UserError, match="its 1 enabled service: end its version in force"):
        records.remove(office.ctx, AGREEMENTS, [made, other])
    assert agreement_records.dependants(office.ctx, [made, other]) == ["A-2: 1 enabled service"]
    assert len(office.spans(made)) == 2, "all or none"
    assert records.remove(office.ctx, AGREEMENTS, [made]) == "Deleted A-1."
    assert office.spans(made) == []
    with office.ctx.database.read() as connection:
        trail = audit_trail(connection, SYSTEM_OWNER, limit=3)
    assert sorted(entry.action for entry in trail) == [
        "delete agreement",
        "delete agreement version",
        "delete agreement version",
    ]


def enable(office: Office, agreement_id: int, start: str, till: str | None = None) -> None:
    """Enable a service on an agreement, without its form."""
    times = {"created_at": NOW, "updated_at": NOW, "from_zone": "UTC", "till_zone": "UTC"}
    span = [
        None if day is None else dt.datetime.fromisoformat(f"{day}T00Z") for day in (start, till)
    ]
    with office.ctx.database.write() as connection:
        name = f"SMS {start} {agreement_id}"
        service = create_service(connection, SYSTEM_OWNER, name=name, now=NOW, currency="EUR")
        row = {"company_id": SYSTEM_OWNER, "agreement_id": agreement_id, "service_id": service.id}
        period = {"effective_from": span[0], "effective_till": span[1]}
        connection.execute(sa.insert(enabled_service).values(**row, **period, **times))


# ------------------------------------------------------------------------------ versions


def test_g6_a_new_version_ends_the_one_before(office: Office) -> None:
    made = office.agreement()
    office.version(made, "2026-06-01", credit_limit=None)
    assert office.spans(made) == [("12-31 23", "05-31 22"), ("05-31 22", "∞")]
    for start in ("2026-06-01", "2026-05-01"):
        with pytest.raises(FieldProblem, match="starts after the newest one"):
            office.version(made, start)
    office.version(made, "2026-09-01 12:00", effective_till="2026-12-01")
    assert office.spans(made)[1:] == [("05-31 22", "09-01 10"), ("09-01 10", "11-30 23")]
    with office.ctx.database.read() as connection:
        held = [
            queries.version_at(connection, made, dt.datetime(2026, month, 1, tzinfo=dt.UTC))
            for month in (1, 7, 10, 12)
        ]
    assert [v and v.credit_limit for v in held] == [Decimal(500), None, Decimal(500), None]
    assert held[3] is None


def test_of_the_version_in_force_only_end_limit_and_days_change(office: Office) -> None:
    made = office.agreement()
    with office.ctx.database.read() as connection:
        first = queries.versions_of(connection, made)[0].id
    locked = records.load(office.ctx, AGREEMENT_VERSIONS, first).locked
    assert set(locked) == set(agreement_versions._TITLES) - set(agreement_versions.FREE)
    for field, value in (
        ("effective_from", "2026-01-02"),
        ("billing_zone", "UTC"),
        ("billing_day", "5"),
        ("billing_period", "daily"),
    ):
        with pytest.raises(FieldProblem, match="in force: add a new version instead"):
            office.change(first, **{field: value})
    office.change(first, credit_limit=None, days_for_payment=30, effective_till="2026-12-31 18:30")
    assert office.spans(made) == [("12-31 23", "12-31 17")]
    ended = office.at(dt.datetime(2027, 2, 1, tzinfo=dt.UTC))
    with pytest.raises(FieldProblem, match="has ended"):
        ended.change(first, credit_limit="7")
    history = records.load(office.ctx, AGREEMENT_VERSIONS, first).history[0]
    assert ("Credit limit", Decimal(500), None) in history.changes


def test_upcoming_versions_move_with_the_end_of_the_one_before(office: Office) -> None:
    made = office.agreement()
    later = office.version(made, "2026-06-01")
    office.change(later, effective_from="2026-07-01")
    assert office.spans(made) == [("12-31 23", "06-30 22"), ("06-30 22", "∞")]
    office.change(later, effective_from="2026-05-01", billing_period="weekly", billing_weekday="7")
    assert office.spans(made) == [("12-31 23", "04-30 22"), ("04-30 22", "∞")]
    last = office.version(made, "2026-09-01")
    with pytest.raises(FieldProblem, match="next version starts on 2026-09-01"):
        office.change(later, effective_till="2026-09-02")
    office.change(later, effective_till="2026-08-01")
    office.change(last, effective_from="2026-10-01")
    assert office.spans(made)[1:] == [("04-30 22", "07-31 22"), ("09-30 22", "∞")], "a gap stays"
    with pytest.raises(FieldProblem, match="starts after the one before"):
        office.change(last, effective_from="2026-04-01")


def test_deleting_an_upcoming_version_lets_the_one_before_go_on(office: Office) -> None:
    made = office.agreement()
    later = office.version(made, "2026-06-01")
    last = office.version(made, "2026-09-01", effective_till="2027-01-01")
    told = agreement_versions.consequences(office.ctx, [later])
    goes, stays = "the version 2026-06-01 – 2026-09-01", "the version 2026-01-01 – 2026-06-01"
    assert told == [f"Agreement A-1: {goes} goes, and {stays} goes on until 2026-09-01."]
    assert records.remove(office.ctx, AGREEMENT_VERSIONS, [later]) == "Deleted 1 version."
    assert office.spans(made) == [("12-31 23", "08-31 22"), ("08-31 22", "12-31 23")]
    records.remove(office.ctx, AGREEMENT_VERSIONS, [last])
    assert office.spans(made) == [("12-31 23", "12-31 23")]


def test_versions_that_began_and_only_ones_stay(office: Office) -> None:
    made, future = office.agreement(), office.agreement("A-2", effective_from="2026-09-01")
    with office.ctx.database.read() as connection:
        began, only = (queries.versions_of(connection, one)[0].id for one in (made, future))
    office.version(made, "2026-06-01")
    with pytest.raises(UserError, match="began on 2026-01-01 can't be deleted"):
        records.remove(office.ctx, AGREEMENT_VERSIONS, [began])
    with pytest.raises(UserError, match="its only version can't be deleted"):
        records.remove(office.ctx, AGREEMENT_VERSIONS, [only])
    assert "only version" in agreement_versions.consequences(office.ctx, [only])[0]


def test_a_time_that_was_not_touched_keeps_its_instant(office: Office) -> None:
    """The second 02:30 of an autumn night can't be typed, but must not move when saved again."""
    made = office.agreement(effective_from="2026-10-25 02:30")
    second = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    table = queries.agreement_version
    with office.ctx.database.write() as connection:
        connection.execute(sa.update(table).values(effective_from=second))
        version = queries.versions_of(connection, made)[0].id
    office.change(version, credit_limit="8")
    assert office.spans(made) == [("10-25 01", "∞")]
    office.change(version, from_zone="UTC")
    assert office.spans(made) == [("10-25 02", "∞")]


# ------------------------------------------------------------------------------ races


def test_overlaps_are_refused_by_the_database_with_two_connections(office: Office) -> None:
    """Two commands that do not look, at the same time: one of them is refused."""
    made = office.agreement()
    columns = {**row_of(office, made), "effective_from": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}
    with office.ctx.database.write() as connection:
        table = queries.agreement_version
        end = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
        connection.execute(sa.update(table).values(effective_till=end))
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def insert(days: int) -> None:
        both.wait(10)
        start = columns["effective_from"] + dt.timedelta(days=days)
        try:
            with office.ctx.database.write() as connection:
                queries.insert_version(
                    connection, made, {**columns, "effective_from": start}, now=NOW
                )
            outcomes.append("saved")
        except (UserError, sa.exc.IntegrityError) as refused:
            text = str(refused)
            known = isinstance(refused, Conflict) or "ex_agreement_version_overlap" in text
            outcomes.append("refused" if known else text)

    threads = [threading.Thread(target=insert, args=(days,)) for days in (0, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused", "saved"]


def row_of(office: Office, agreement_id: int) -> dict[str, Any]:
    with office.ctx.database.read() as connection:
        version = queries.versions_of(connection, agreement_id)[0]
    kept = ("id", "agreement_id", "version")
    return {name: getattr(version, name) for name in version.__slots__ if name not in kept}


def test_of_two_who_add_a_version_the_later_is_told_at_its_field(office: Office) -> None:
    made = office.agreement()
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def add() -> None:
        both.wait(10)
        try:
            office.version(made, "2026-06-01")
            outcomes.append("saved")
        except FieldProblem as refused:
            outcomes.append(next(iter(refused.problems)))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["effective_from", "saved"]
    assert len(office.spans(made)) == 2


def test_the_second_of_two_savers_gets_both_sides(office: Office) -> None:
    made = office.agreement()
    with office.ctx.database.read() as connection:
        version = queries.versions_of(connection, made)[0].id
    office.change(version, credit_limit="600")
    with pytest.raises(records.RecordConflict) as stale:
        records.update(office.ctx, AGREEMENT_VERSIONS, version, 1, {"credit_limit": "700"})
    assert stale.value.differences == [("credit_limit", Decimal("600.0000"), Decimal(700))]


# ------------------------------------------------------------------------------ tenancy


def test_a_company_sees_what_it_buys_under_and_its_tenant_changes_it(office: Office) -> None:
    made = office.agreement(party=office.reseller)
    reseller, client = office.as_company(office.reseller.id), office.as_company(office.client.id)
    seen = records.load(reseller, AGREEMENTS, made)
    assert seen.title == "A-1"
    for act in (
        lambda: records.update(reseller, AGREEMENTS, made, 1, {"invoice_emails": ["x@y.example"]}),
        lambda: records.remove(reseller, AGREEMENTS, [made]),
        lambda: records.create(
            reseller,
            AGREEMENT_VERSIONS,
            {"agreement_id": str(made), **TERMS, "effective_from": "2026-06-01"},
        ),
    ):
        with pytest.raises(UserError, match="belongs to your tenant"):
            act()
    for act in (
        lambda: records.load(client, AGREEMENTS, made),
        lambda: lint.findings(client, made),
        lambda: advice.advise(client, made, {}),
    ):
        with pytest.raises(UserError, match="There is no agreement"):
            act()
    assert list(records.keys(client, AGREEMENTS, ListQuery("agreements"))) == []
    assert len(records.keys(reseller, AGREEMENT_VERSIONS, ListQuery("agreement_versions"))) == 1


def test_the_owner_signs_for_a_reseller_only_in_the_resellers_name(office: Office) -> None:
    below = office.below
    with pytest.raises(FieldProblem, match="the company that sells"):
        office.agreement(party=below)
    made = office.agreement(party=below, own_legal_entity_id=str(office.reseller.entity))
    with office.ctx.database.read() as connection:
        assert queries.agreement_by_id(connection, 1, made).company_id == office.reseller.id
    reseller = office.as_company(office.reseller.id)
    records.update(reseller, AGREEMENTS, made, 1, {"invoice_emails": ["x@y.example"]})
    sibling = office.as_company(office.client.id)
    with pytest.raises(FieldProblem, match="is not there any more"):
        records.create(sibling, AGREEMENTS, office.values("A-9", below))


# ------------------------------------------------------------------------------ lists, advice


def test_lists_count_what_is_enabled_and_show_the_version_in_force(office: Office) -> None:
    made = office.agreement(effective_till="2027-01-01")
    office.version(made, "2026-06-01", credit_limit="900", effective_till="2028-01-01")
    enable(office, made, "2026-01-05")
    later = office.agreement("A-2", effective_from="2026-09-01")
    query = ListQuery("agreements", (Filter("state", "equals", ("current",)),))
    assert list(records.keys(office.ctx, AGREEMENTS, query)) == [made]
    places = {column.name: place for place, column in enumerate(AGREEMENTS.columns, start=1)}
    rows = records.first_rows(office.ctx, AGREEMENTS, ListQuery("agreements"))
    shown = {
        row[0]: [row[places[n]] for n in ("state", "effective_till", "credit_limit", "services")]
        for row in rows
    }
    assert shown == {
        made: ["current", dt.date(2028, 1, 1), Decimal(500), 1],
        later: ["upcoming", None, Decimal(500), 0],
    }
    choices = agreement_records.choices(office.ctx, "a-2", {"party_id": str(office.client.id)})
    assert [(c.value, c.title) for c in choices] == [(str(later), "Client - A-2, EUR")]
    assert agreement_records.choices(office.ctx, "", {"party_id": str(office.below.id)}) == []
    by_id = agreement_records.choices(office.ctx, str(made), {})
    assert by_id[0].value == str(made), "forms find the text of a value by its ID"


def test_the_billing_day_of_a_week_is_listed_by_its_name(office: Office) -> None:
    made = office.agreement()
    weekly = {"billing_period": "weekly", "billing_weekday": "3", "billing_day": None}
    office.version(made, "2026-04-01", **weekly)
    office.version(made, "2026-05-01", billing_day="31")
    day = AGREEMENT_VERSIONS.column("billing_day")
    place = 1 + AGREEMENT_VERSIONS.columns.index(day)
    query = ListQuery("agreement_versions", sorts=(("billing_day", False),))
    rows = records.first_rows(office.ctx, AGREEMENT_VERSIONS, query)
    titles = {choice.value: choice.title for choice in day.choices}
    assert [titles[row[place]] for row in rows] == ["1", "31", "Wednesday"]


def test_forms_propose_the_sides_and_the_dates(office: Office) -> None:
    with office.ctx.database.write() as connection:
        spare = add_entity(connection, office.client.id, tenant=1, name="Spare")
        add_account(connection, office.client.id, spare, tenant=1, name="Spare EUR")
    found = advice.suggest(office.ctx, {"party_id": str(office.client.id)}, "party_id")
    assert found["legal_entity_id"] == (str(office.client.entity), "Client Ltd")
    assert found["own_bank_account_id"] == (str(office.own.account), "Owner EUR")
    assert found["date"] == (dt.date(2026, 3, 1), "")
    assert found["billing_zone"] == ("Europe/Berlin", "Europe/Berlin")
    other = advice.suggest(
        office.ctx,
        {"party_id": str(office.client.id), "legal_entity_id": str(spare)},
        "legal_entity_id",
    )
    assert other["bank_account_id"][1] == "Spare EUR"
    assert "legal_entity_id" not in other
    below = advice.suggest(office.ctx, {"party_id": str(office.below.id)}, "party_id")
    assert below["own_legal_entity_id"][1] == "Reseller Ltd", "the tenant of the company sells"
    assert "legal_entity_id" not in advice.suggest(office.ctx, {}, "")
    reseller = office.as_company(office.reseller.id)
    own = advice.suggest(reseller, {"party_id": str(office.reseller.id)}, "party_id")
    assert own["own_legal_entity_id"][1] == "Reseller Ltd"


def test_a_new_version_begins_with_the_terms_in_force_at_the_next_period(office: Office) -> None:
    made = office.agreement(billing_period="weekly", billing_weekday="1")
    found = advice.suggest_version(office.ctx, {"agreement_id": str(made)}, "agreement_id")
    assert found["effective_from"][0] == dt.datetime(2026, 3, 2)  # noqa: DTZ001 - as forms
    assert found["credit_limit"][0] == Decimal(500)
    assert found["billing_weekday"] == ("1", "")
    assert advice.suggest_version(office.ctx, {}, "") == {}


def test_warnings_tell_what_may_still_be_right(office: Office) -> None:
    values = {
        **office.values(),
        "date": dt.date(2026, 2, 1),
        "effective_from": dt.datetime(2026, 1, 1),  # noqa: DTZ001 - as forms
        "billing_zone": "UTC",
    }
    told = advice.advise(office.ctx, None, values)
    assert set(told) == {"own_bank_account_id", "invoice_emails", "date", "billing_zone"}
    made = office.agreement()
    version = {"agreement_id": str(made), **TERMS}
    for start, word in (
        (dt.datetime(2026, 2, 1), "past"),  # noqa: DTZ001 - as forms
        (dt.datetime(2026, 3, 14), "cuts the billing period 2026-03-01 – 2026-03-31"),  # noqa: DTZ001
    ):
        told = advice.advise_version(office.ctx, None, {**version, "effective_from": start})
        assert word in told["effective_from"]
    whole = {**version, "effective_from": dt.datetime(2026, 4, 1)}  # noqa: DTZ001
    assert advice.advise_version(office.ctx, None, whole) == {}


def test_an_end_in_the_past_is_warned_of_and_saved(office: Office) -> None:
    made = office.agreement()
    with office.ctx.database.read() as connection:
        [version] = queries.versions_of(connection, made)
    stored = records.load(office.ctx, AGREEMENT_VERSIONS, version.id)

    def told(day: dt.datetime | None) -> dict[str, str]:
        return advice.advise_version(
            office.ctx, stored.id, {**stored.values, "effective_till": day}
        )

    assert told(None) == told(dt.datetime(2026, 5, 1)) == {}  # noqa: DTZ001 - as forms
    assert "in the past" in told(dt.datetime(2026, 2, 1))["effective_till"]  # noqa: DTZ001
    office.change(stored.id, effective_till="2026-02-01")
    assert told(dt.datetime(2026, 2, 1)) == {}, "it has ended and can't change"  # noqa: DTZ001


def test_the_look_for_gaps_finds_what_does_not_fit(office: Office, target: object) -> None:
    made = office.agreement(effective_till="2026-06-01", invoice_emails="a@b.example")
    office.version(made, "2026-07-01", effective_till="2026-09-01")
    enable(office, made, "2026-02-01")
    fine = office.agreement("A-2", invoice_emails="a@b.example")
    enable(office, fine, "2026-02-01", "2026-03-01")
    found = lint.findings(office.ctx)
    assert [(f.where, f.severity) for f in found] == [("Client - A-1, EUR", "warning")] * 3
    text = " ".join(finding.sentence for finding in found)
    assert "No version holds in 2026-06-01 – 2026-07-01" in text
    assert "is enabled in 2026-06-01 – 2026-07-01 without a version" in text
    assert "The agreement ends on 2026-09-01, but SMS" in text
    assert lint.findings(office.ctx, fine) == []
    after = office.at(dt.datetime(2026, 10, 1, tzinfo=dt.UTC))
    assert [f.severity for f in lint.findings(after.ctx, made)] == ["error", "warning", "warning"]
    told = advice.advise(office.ctx, made, {"invoice_emails": ["a@b.example"]})
    assert {"effective_from", "effective_till"} <= set(told)


def test_the_command_line_lists_shows_and_checks(office: Office, target: Any) -> None:
    made = office.agreement(effective_till="2026-06-01")
    office.version(made, "2026-07-01", credit_limit=None)
    office.agreement("A-2", party=office.reseller, invoice_emails="a@b.example")
    desk = Desk(target)
    assert [row["code"] for row in desk.ok("agreements", "--json").json] == ["A-1", "A-2"]
    assert "A-2" not in desk.ok("agreements", "--company", "client").out
    shown = desk.ok("agreement", "show", "A-1", "--json").json
    assert [version["limit"] for version in shown["versions"]] == ["500", "unlimited"]
    assert "2026-07-01" in desk.ok("agreement", "show", "A-1").out
    assert "No version holds in 2026-06-01 – 2026-07-01" in desk.ok("agreements", "check").out
    assert desk("agreement", "show", "A-3").code == 1


def test_hidden_services_are_not_told_to_who_buys(office: Office) -> None:
    made = office.agreement(party=office.reseller, effective_till="2026-05-01")
    enable(office, made, "2026-01-05")
    with office.ctx.database.write() as connection:
        connection.execute(sa.update(enabled_service).values(hidden=True))
    places = [column.name for column in AGREEMENTS.columns]

    def told(ctx: Context) -> tuple[int, int]:
        rows = records.first_rows(ctx, AGREEMENTS, ListQuery("agreements"))
        found = [one for one in lint.findings(ctx, made) if one.field == "effective_till"]
        return int(rows[0][places.index("services") + 1]), len(found)

    assert told(office.ctx) == (1, 1)
    assert told(office.as_company(office.reseller.id)) == (0, 0)
