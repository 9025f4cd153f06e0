"""Nobody hands on what they don't have, and nobody takes over somebody stronger (USR-2, L32)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

import app.services.access
from app.domain.permissions import AREAS, PORTAL, ROLES, system_role
from app.domain.records import ListQuery
from app.domain.sections import Section
from app.errors import FieldProblem, UserError
from app.sections.roles import ROLES as ROLE_SECTION
from app.sections.users import PORTAL_USERS, USERS
from app.services import records
from app.services.access import role_records, sign_in, switch, user_commands, user_records
from app.services.context import NOBODY, Context
from tests.access.conftest import PASSWORD, Office, on_both
from tests.access.test_sign_in import refused


def make_role(office: Office, ctx: Context, name: str, cells: dict[str, str], **more: Any) -> int:
    values = {"name": name, "application": "backoffice", "permissions": cells, **more}
    return records.create(ctx, ROLE_SECTION, values)


def registrar(office: Office, login: str = "reg", company_id: int = 1) -> Context:
    """Return somebody who manages users and roles, and banks, and nothing else."""
    cells = {"users": "manage", "roles": "manage", "accounts.banks": "manage"}
    name = f"Registrar {login}"
    make_role(office, office.ctx, name, cells, companies=[str(company_id)])
    office.user(login, name, company_id=company_id)
    return office.signed(login)


def keys(office: Office, ctx: Context, section: Section) -> list[str]:
    rows = records.first_rows(ctx, section, ListQuery(section.id))
    place = [c.name for c in section.columns].index(section.name_column) + 1
    return [row[place] for row in rows]


# ------------------------------------------------------------------------------ roles


def test_a_role_holds_no_more_than_its_maker(office: Office) -> None:
    reg = registrar(office)
    make_role(office, reg, "Bank clerk", {"accounts.banks": "view"})
    for cells in ({"audit": "view"}, {"accounts.banks": "view", "finance.services": "manage"}):
        with pytest.raises(FieldProblem) as problem:
            make_role(office, reg, "More", cells)
        assert set(problem.value.problems) == {"permissions"}
    template = int(office.role("Finance manager"))
    proposed = role_records.suggest(reg, {"template": str(template)}, "template")
    assert proposed["permissions"][0] == {"accounts.banks": "manage"}
    whole = role_records.suggest(office.ctx, {"template": str(template)}, "template")
    held = dict(system_role("backoffice", "finance_manager").cells)
    assert whole["permissions"][0] == held


def test_system_roles_are_the_same_for_everybody(office: Office) -> None:
    for name, system in (("Admin", "admin"), ("NOC engineer", "noc_engineer")):
        role_id = int(office.role(name))
        record = records.load(office.ctx, ROLE_SECTION, role_id)
        assert record.title == f"{name} (system)"
        assert set(record.locked) == set(record.values)
        assert record.values["permissions"] == dict(system_role("backoffice", system).cells)
        refused(
            lambda r=record: records.update(
                office.ctx, ROLE_SECTION, r.id, r.version, {"name": "X"}
            ),
            "system role",
        )
        refused(lambda r=record: records.remove(office.ctx, ROLE_SECTION, [r.id]))
    copy = records.clone(
        office.ctx, ROLE_SECTION, int(office.role("NOC engineer")), {"name": "Night NOC"}
    )
    cells = records.load(office.ctx, ROLE_SECTION, copy).values["permissions"]
    assert cells == dict(system_role("backoffice", "noc_engineer").cells)


@on_both
def test_a_role_in_use_stays_and_its_change_counts_at_once(office: Office) -> None:
    role_id = make_role(office, office.ctx, "Clerk", {"accounts.banks": "view"})
    office.user("carl", "Clerk")
    session = office.sign_in("carl").session_id or 0
    refused(lambda: records.remove(office.ctx, ROLE_SECTION, [role_id]), "1 user")
    assert role_records.dependants(office.ctx, [role_id]) == ["Clerk: 1 user"]
    new = {"permissions": {"accounts.banks": "manage", "audit": "view"}}
    records.update(office.ctx, ROLE_SECTION, role_id, 1, new)
    actor = sign_in.refresh(office.database, session, office.now)
    assert actor.permissions == {("accounts.banks", "manage"), ("audit", "view")}
    reseller = office.company("Other")
    with pytest.raises(FieldProblem, match="hold this role"):
        records.update(office.ctx, ROLE_SECTION, role_id, 2, {**new, "companies": [str(reseller)]})


@on_both
def test_a_reseller_makes_roles_for_its_own_companies_only(office: Office) -> None:
    north, south = office.company("North"), office.company("South")
    below = office.company("North client", "client", north)
    for_north = make_role(
        office, office.ctx, "For North", {"accounts.banks": "view"}, companies=[str(north)]
    )
    make_role(office, office.ctx, "For South", {"accounts.banks": "view"}, companies=[str(south)])
    everybody = make_role(office, office.ctx, "For all", {"accounts.banks": "view"})
    reg = registrar(office, "nora", north)
    seen = keys(office, reg, ROLE_SECTION)
    assert "For South" not in seen
    assert {"For North", "For all", "Admin"} <= set(seen)
    for role_id in (for_north, everybody):
        record = records.load(reg, ROLE_SECTION, role_id)
        refused(
            lambda r=record: records.update(reg, ROLE_SECTION, r.id, r.version, {"name": "X"}),
            "your tenant",
        )
        refused(lambda r=record: records.remove(reg, ROLE_SECTION, [r.id]), "your tenant")
    own = make_role(office, reg, "Own", {"accounts.banks": "view"}, companies=[str(below)])
    with pytest.raises(FieldProblem, match="not there any more"):
        make_role(office, reg, "Wrong", {"accounts.banks": "view"}, companies=[str(south)])
    sam = registrar(office, "sam", south)
    refused(lambda: records.load(sam, ROLE_SECTION, own), "There is no role")
    assert [c.title for c in role_records.companies(reg, "", {})] == ["North", "North client"]


# ------------------------------------------------------------------------------ users


def test_nobody_gives_a_role_beyond_the_own_rights(office: Office) -> None:
    reg = registrar(office)
    for email, values in (
        ("x1@harbour.example", {"unrestricted": True, "roles": None}),
        ("x2@harbour.example", {"roles": [office.role("Finance manager")]}),
    ):
        with pytest.raises(FieldProblem, match="can't give that right"):
            records.create(reg, USERS, {**office.form(email), **values})
    made = office.invite("ok@harbour.example", "Registrar reg", ctx=reg)
    record = records.load(reg, USERS, made)
    for values in ({"unrestricted": True}, {"roles": [office.role("Admin")]}):
        with pytest.raises(FieldProblem, match="can't give that right"):
            records.update(reg, USERS, made, record.version, values)
    assert office.invite("portal@harbour.example", "Admin", ctx=reg, portal=True)


def test_nobody_takes_over_somebody_stronger(office: Office) -> None:
    reg = registrar(office)
    for call in (
        lambda: user_commands.reset_password(reg, [1]),
        lambda: user_commands.give_password(reg, 1, "Third-way-44"),
        lambda: user_commands.deactivate(reg, [1]),
        lambda: user_commands.activate(reg, [1]),
        lambda: user_commands.end_sessions(reg, [1]),
        lambda: user_records.remove(reg, [1]),
        lambda: records.update(reg, USERS, 1, 2, {"two_factor": True}),
    ):
        refused(call, "may do more than you")
    guest = office.invite("boss@harbour.example", "Admin")
    refused(lambda: user_commands.resend(reg, [guest]), "may do more than you")


@on_both
def test_the_last_administrator_stays_one(office: Office) -> None:
    ann = office.signed()
    record = records.load(office.ctx, USERS, 1)
    weaker = {"unrestricted": False, "roles": [office.role("NOC engineer")]}
    for call in (
        lambda: records.update(office.ctx, USERS, 1, record.version, weaker),
        lambda: records.update(office.ctx, USERS, 1, record.version, {"active": False}),
        lambda: user_commands.deactivate(office.ctx, [1]),
    ):
        refused(call, "one active Admin")
    refused(lambda: user_commands.deactivate(ann, [1]), "your own account")
    refused(lambda: user_records.remove(ann, [1]), "You can't delete yourself")
    office.user("second", "Admin")
    records.update(office.ctx, USERS, 1, record.version, weaker)
    assert not office.signed().actor.may("users", "manage")
    switch.switch_off(office.signed("second"), PASSWORD)
    user_commands.deactivate(office.ctx, [2])


@on_both
def test_users_of_others_are_not_there(office: Office) -> None:
    north, south = office.company("North"), office.company("South")
    client = office.company("North client", "client", north)
    nora, sam = registrar(office, "nora", north), registrar(office, "sam", south)
    pia = office.user("pia", company_id=client, portal=True)
    assert keys(office, nora, PORTAL_USERS) == ["pia@harbour.example"]
    assert keys(office, sam, PORTAL_USERS) == []
    assert keys(office, nora, USERS) == ["nora@harbour.example"]
    for call in (
        lambda: records.load(sam, PORTAL_USERS, pia),
        lambda: user_commands.deactivate(sam, [pia]),
        lambda: user_commands.reset_password(sam, [pia]),
        lambda: user_records.remove(sam, [pia]),
        lambda: records.load(nora, USERS, 1),
    ):
        refused(call, "There is no user")
    with pytest.raises(FieldProblem, match="not there any more"):
        office.invite("new@south.example", "Registrar nora", company_id=north, ctx=sam)
    refused(lambda: user_records.roles_backoffice(sam, "", {"company_id": str(north)}))
    titles = [c.title for c in user_records.companies_portal(nora, "", {})]
    assert titles == ["North", "North client"]
    assert [c.title for c in user_records.companies_backoffice(nora, "", {})] == ["North"]
    user_commands.deactivate(nora, [pia])


@on_both
def test_who_has_done_things_is_kept_who_has_not_is_deleted(office: Office) -> None:
    carl = office.user("carl", "Admin")
    idle = office.user("idle")
    make_role(office, office.signed("carl"), "By Carl", {"accounts.banks": "view"})
    refused(lambda: user_records.remove(office.ctx, [carl]), "deactivate it instead")
    assert len(user_records.dependants(office.ctx, [carl, idle])) == 1
    assert user_records.remove(office.ctx, [idle]).startswith("Deleted")
    refused(lambda: office.sign_in("idle"), "type both")
    assert office.user("idle")


def test_two_edits_of_one_user_meet(office: Office) -> None:
    carl = office.user("carl")
    version = records.load(office.ctx, USERS, carl).version
    records.update(office.ctx, USERS, carl, version, {"two_factor": True})
    with pytest.raises(records.RecordConflict) as stale:
        records.update(office.ctx, USERS, carl, version, {"active": False})
    assert {name for name, _, _ in stale.value.differences} == {"active"}


NO_FLAGS = {"unrestricted": False, "two_factor": False}


@on_both
def test_the_form_follows_the_company(office: Office) -> None:
    strict = office.company("Strict", two_factor=True)
    assert user_records.suggest_backoffice(office.ctx, {}, "") == {
        "company_id": ("1", "System owner"),
        "permissions": ({}, ""),
    }
    chosen: dict[str, object] = {"company_id": str(strict)}
    proposed = user_records.suggest_backoffice(office.ctx, chosen, "company_id")
    assert proposed == {"two_factor": (True, ""), "permissions": ({}, "")}
    chosen["roles"] = [office.role("NOC engineer"), office.role("Rate manager"), "9" * 5000]
    shown = user_records.suggest_backoffice(office.ctx, chosen, "roles")["permissions"][0]
    assert shown["finance.edr_rerate"] == "manage", "the wider right of the two"
    assert shown["settings.http"] == "manage"
    assert "users" not in shown
    chosen["unrestricted"] = True
    shown = user_records.suggest_portal(office.ctx, chosen, "unrestricted")["permissions"][0]
    assert shown == dict(system_role("portal", "admin").cells)
    with pytest.raises(FieldProblem, match="not there any more"):
        user_records.create_backoffice(
            office.ctx, {**office.form("x@y.example"), **NO_FLAGS, "roles": ["9" * 5000]}
        )
    made = office.invite("new@strict.example", company_id=strict)
    record = records.load(office.ctx, USERS, made)
    assert record.values["two_factor"]
    assert "two factors" in record.locked["two_factor"]
    with pytest.raises(FieldProblem, match="two factors"):
        records.update(office.ctx, USERS, made, record.version, {"two_factor": False})
    assert record.values["permissions"] == dict(system_role("backoffice", "finance_manager").cells)


def test_portal_roles_hold_portal_areas(office: Office) -> None:
    areas = {area.id for area in AREAS[PORTAL]}
    for role in ROLES[PORTAL]:
        assert {area for area, _ in role.cells} <= areas
    client = office.company("Client", "client")
    office.user("pia", "Admin", company_id=client, portal=True)
    actor = office.sign_in("pia").actor
    assert actor is not None
    assert (actor.application, actor.company_id) == ("portal", client)
    assert {area for area, _ in actor.permissions} <= areas
    with pytest.raises(FieldProblem, match="not there any more"):
        values = {**office.form("x@harbour.example"), "roles": [office.role("Admin", portal=True)]}
        records.create(office.ctx, USERS, values)


# ------------------------------------------------------------------------------ nobody


def test_nobody_sees_nothing(local: Office) -> None:
    nobody = Context(NOBODY, local.database)
    for section in (USERS, ROLE_SECTION):
        with pytest.raises(UserError, match="sign in first"):
            records.first_rows(nobody, section, ListQuery(section.id))


FREE = {
    "sign_in": {
        "add_phone",
        "by_code",
        "by_password",
        "choose_password",
        "end",
        "refresh",
        "seen",
        "send_code_again",
    },
    "sign_up": {
        "accept_invitation",
        "checked_registration",
        "go_on",
        "register",
    },
    "forgotten": {"ask_reset", "reset_password", "store_reset"},
    "state": {"needed"},
    "protection": {"protection"},
    "entrance": {"entrance"},
    # Parts of the above, and of services that have asked for the right themselves.
    "attempts": {"check_code", "count_attempt", "find_code", "take_typed_code", "tell_failure"},
    "entry": {"advance", "system_context"},
    "invitations": {"deliver", "deliver_all", "why_not_mailed"},
    "mail": {"is_ready", "probe", "send"},
    "new_password": {"check_new", "prepared", "set_password"},
}
"""What works without an actor: signing in, and what it consists of. Nothing else may."""


def test_only_signing_in_works_without_an_actor() -> None:
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(app.services.access.__path__):
        loaded = importlib.import_module(f"app.services.access.{module.name}")
        for name, function in vars(loaded).items():
            if not inspect.isfunction(function) or function.__module__ != loaded.__name__:
                continue
            first = next(iter(inspect.signature(function).parameters), "")
            if first == "database" and not name.startswith("_"):
                found.setdefault(module.name, set()).add(name)
    assert found == FREE


# ------------------------------------------------------------------------------ handed down


@on_both
def test_a_role_tells_nothing_of_other_tenants(office: Office) -> None:
    north, south = office.company("North"), office.company("South")
    both = make_role(
        office,
        office.ctx,
        "Both",
        {"accounts.banks": "view"},
        companies=[str(north), str(south)],
    )
    nora = registrar(office, "nora", north)
    office.user("sam", "Both", company_id=south)
    record = records.load(nora, ROLE_SECTION, both)
    assert record.values["companies"] == [str(north)]
    assert record.labels["companies"] == "North"
    assert (record.history, record.created_by, record.updated_by) == ((), "", "")
    names = [c.name for c in ROLE_SECTION.columns]
    rows = records.first_rows(nora, ROLE_SECTION, ListQuery("roles"))
    shown = next(dict(zip(names, row[1:], strict=True)) for row in rows if row[0] == both)
    assert (shown["companies"], shown["users"]) == ("North", 0)
    whole = records.load(office.ctx, ROLE_SECTION, both)
    assert whole.labels["companies"] == "North\nSouth"
    assert whole.history


@on_both
def test_numbers_that_fit_nowhere_are_no_ids(office: Office) -> None:
    huge = 10**20
    refused(lambda: records.load(office.ctx, USERS, huge), "There is no user")
    with pytest.raises(FieldProblem, match="not there any more"):
        make_role(office, office.ctx, "X", {"accounts.banks": "view"}, companies=[str(huge)])
