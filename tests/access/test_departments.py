"""Departments of portal users: of one company, deleted for all who are in them (guide 8.2)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.db.tables.audit import audit
from app.errors import FieldProblem, UserError
from app.sections.users import PORTAL_USERS
from app.services import records
from app.services.access import departments
from tests.access.conftest import Office, on_both
from tests.access.test_sign_in import refused


def member(office: Office, name: str, company_id: int, *words: str) -> int:
    email = f"{name}@client.example"
    return int(office.invite(email, portal=True, company_id=company_id, departments=[*words]))


@on_both
def test_a_department_is_taken_from_all_of_its_company(office: Office) -> None:
    cats, dogs = office.company("Cats", "client"), office.company("Dogs", "client")
    pia = member(office, "pia", cats, "Help", "Sales")
    member(office, "tom", cats, "Help")
    rex = member(office, "rex", dogs, "Help", "Yard")
    of_cats = {"company_id": str(cats)}

    def offered(text: str = "") -> list[str]:
        return [choice.value for choice in departments.departments(office.ctx, text, of_cats)]

    assert (offered(), offered("sal")) == (["Help", "Sales"], ["Sales"])
    assert departments.departments(office.ctx, "", {}) == []
    both = ["pia@client.example", "tom@client.example"]
    assert departments.members(office.ctx, of_cats, "Help") == both
    refused(
        lambda: departments.delete_department(office.ctx, of_cats, "Help"),
        "tom@client.example would be in no department",
    )
    tom = records.load(office.ctx, PORTAL_USERS, pia + 1)
    records.update(
        office.ctx, PORTAL_USERS, tom.id, tom.version, {"departments": ["Help", "Office"]}
    )
    opened = records.load(office.ctx, PORTAL_USERS, pia)
    told = departments.delete_department(office.ctx, of_cats, "Help")
    assert told == "Help was deleted: 2 users were in it."
    assert offered() == ["Office", "Sales"]
    assert records.load(office.ctx, PORTAL_USERS, rex).values["departments"] == ["Help", "Yard"]
    with pytest.raises(UserError):  # whoever has the old departments open is told
        records.update(office.ctx, PORTAL_USERS, pia, opened.version, {"active": False})
    with office.database.read() as connection:
        rows = sa.select(audit.c.object_id).where(audit.c.action == "delete department")
        assert set(connection.execute(rows).scalars()) == {str(pia), str(pia + 1)}


def test_only_who_manages_the_company_s_users_deletes_and_each_is_in_one(local: Office) -> None:
    north, south = local.company("North"), local.company("South")
    client = local.company("Client", "client", south)
    member(local, "pia", client, "Help", "Sales")
    local.user("nora", "Admin", company_id=north)
    of_client = {"company_id": str(client)}
    nora = local.signed("nora")
    for call in (departments.delete_department, departments.members):
        refused(lambda c=call: c(nora, of_client, "Help"), "There is no company")
    refused(lambda: departments.departments(nora, "", of_client), "There is no company")
    local.user("carl", "Client manager")
    refused(
        lambda: departments.delete_department(local.signed("carl"), of_client, "Help"),
        "may not manage Users",
    )
    with pytest.raises(FieldProblem, match="Departments is required"):
        member(local, "tom", client)
