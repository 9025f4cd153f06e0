"""The sample operator's companies and users: resellers at two levels, all states and roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from app.bootstrap import opened
from app.domain.permissions import BACKOFFICE, PORTAL, ROLES
from app.domain.records import ListQuery
from app.sections import SECTIONS, section
from app.services import records
from app.services.accounts.agreement_lint import ERROR, findings
from app.services.context import Context
from app.services.demo import make_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    path = tmp_path_factory.mktemp("operator") / "demo.db"
    with opened(str(path), create=True) as ctx:
        assert "16 companies made" in list(make_demo(ctx, SECTIONS))
        yield ctx


def rows(ctx: Context, name: str) -> list[dict[str, object]]:
    """Return the rows of a list by the names of their columns."""
    listed = section(name)
    query = ListQuery(name)
    found = records.rows_by_keys(ctx, listed, query, records.keys(ctx, listed, query))
    return [dict(zip([c.name for c in listed.columns], row[1:], strict=True)) for row in found]


def test_it_has_resellers_at_two_levels_and_clients_of_each(demo: Context) -> None:
    companies = rows(demo, "companies")
    assert Counter(one["type"] for one in companies)["client"] >= 12
    tenant = {one["name"]: one["tenant"] for one in companies}
    assert tenant["Marzelinho Books"] == "Ostervale Media"
    assert tenant["Ostervale Media"] == "Brindlemoor Telecom"
    assert tenant["Brindlemoor Telecom"] == "Quillhaven Messaging"
    assert len({one["country"] for one in rows(demo, "legal_entities")}) >= 8


def test_agreements_are_in_every_state_and_billed_in_every_period(demo: Context) -> None:
    found = rows(demo, "agreements")
    assert {one["state"] for one in found} == {"past", "current", "upcoming"}
    assert {one["billing_period"] for one in found} == {"daily", "weekly", "monthly", "quarterly"}
    versions = [one for one in rows(demo, "agreement_versions") if "QH-1001" in str(one)]
    assert {one["state"] for one in versions} == {"past", "current", "upcoming"}
    assert not [one for one in findings(demo) if one.severity == ERROR]


def test_something_of_every_kind_is_enabled(demo: Context) -> None:
    for name in (
        "enabled_services",
        "enabled_packs",
        "enabled_initiators",
        "enabled_bundle_packs",
        "reselling_agreements",
        "own_bank_accounts",
        "bank_accounts",
    ):
        assert rows(demo, name), name
    assert any(one["cost"] for one in rows(demo, "enabled_packs"))


def test_every_system_role_is_held_by_somebody_active_or_invited(demo: Context) -> None:
    for name, application in (("users", BACKOFFICE), ("portal_users", PORTAL)):
        found = rows(demo, name)
        held = " ".join(str(one["roles"]) for one in found)
        for role in ROLES[application]:
            assert role.title in held, (role.title, held)
        assert {one["status"] for one in found} >= {"active", "invited"}
        assert all(str(one["email"]).endswith(".example") for one in found)


def test_whoever_has_no_restrictions_counts_as_an_admin(demo: Context) -> None:
    users = {(one["name"], one["application"]): one["users"] for one in rows(demo, "roles")}
    for name, application in (("users", BACKOFFICE), ("portal_users", PORTAL)):
        admins = [one for one in rows(demo, name) if one["roles"] == "Admin"]
        assert users["Admin", application] == len(admins) > 0


NUMBERS = {"swift", "number", "vat_id", "tax_id", "bik", "kpp"}


def test_numbers_of_it_pass_the_checks_of_its_forms(demo: Context) -> None:
    odd = {}
    for name in ("banks", "bank_accounts", "own_bank_accounts", "legal_entities", "companies"):
        listed = section(name)
        advise = records.named_service(listed.advise)
        for number in records.keys(demo, listed, ListQuery(name)):
            told = advise(demo, number, records.load(demo, listed, number).values)
            odd |= {
                (name, number, field): words for field, words in told.items() if field in NUMBERS
            }
    assert not odd
