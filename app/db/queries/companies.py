"""Companies as master data: the tree of tenants, their counts, and what is told of one (ACC-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.masters import Master, Use
from app.db.tables.agreements import agreement
from app.db.tables.columns import metadata
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.legal_entities import legal_entity
from app.db.tables.users import user_account
from app.db.unit_of_work import holding

REQUISITES = (
    "tax_id",
    "kpp",
    "legal_address",
    "postal_address",
    "bank_name",
    "bik",
    "bank_account",
    "correspondent_account",
)
CAPS = ("calls_per_day", "calls_per_week", "calls_per_month")

_WORDS = {
    ("company", "parent_id"): "company",
    ("legal_entity", "party_id"): "legal entity",
    ("agreement", "party_id"): "agreement",
    ("bank_account", "party_id"): "bank account",
    ("user_account", "company_id"): "user",
    ("bank", "company_id"): "bank",
    ("service", "company_id"): "service",
    ("role", "company_id"): "role",
    ("vendor", "company_id"): "vendor",
    ("audit", "company_id"): "audit entry",
}
"""What the rows that name a company are called; those of other tables are its "other record"."""

_UNTOLD = {("audit_link", "company_id")}
"""Rows that stand and fall with others."""


def _uses() -> tuple[Use, ...]:
    """Return every column of the database that names a company."""
    found = {
        (table.name, column.name): column
        for table in metadata.tables.values()
        for column in table.c
        if any(key.target_fullname == "company.id" for key in column.foreign_keys)
    }
    named = {
        place: column
        for place, column in found.items()
        # What a tenant keeps about others is told by the companies that it is about.
        if place not in _UNTOLD and (place[1] != "company_id" or "party_id" not in column.table.c)
    }
    order = [*(p for p in _WORDS if p in named), *(p for p in named if p not in _WORDS)]
    return tuple(Use(_WORDS.get(place, "other record"), named[place]) for place in order)


COMPANY = Master(
    table=company,
    noun="company",
    fields=(
        "name",
        "parent_id",
        "type",
        "enabled",
        "own_legal_entity_id",
        "description",
        "creator_of_resellers",
        "invoices_enabled",
        "mnp_requests",
        "mnp_connection",
        "mnp_channels",
        "moderation",
        "two_factor",
        "email",
        "phone",
        "time_zone",
        "dialogues_per_operator",
        *REQUISITES,
        "credit_limit",
        "notification_threshold",
        "limit_currency",
        "fz230",
        *CAPS,
    ),
    unique=(("name", "parent_id"),),
    uses=_uses(),
    tenant="parent_id",
    keeper="id",
    instead="block it instead",
)


def company_title(actor_company: int) -> sa.ColumnElement[str]:
    """Return a company's name in SQL; one of another tenant than the actor's has that behind."""
    above = company.alias("above")
    tenant = sa.select(above.c.name).where(above.c.id == company.c.parent_id)
    name = tenant.correlate(company).scalar_subquery()
    own = sa.or_(company.c.id == actor_company, company.c.parent_id == actor_company)
    return sa.case((own, company.c.name), else_=company.c.name + " (" + name + ")")


def company_by_id(connection: sa.Connection, company_id: int) -> dict[str, Any]:
    """Return the row of a company that is known to be there, whoever asks."""
    return dict(
        connection.execute(sa.select(company).where(company.c.id == company_id)).mappings().one()
    )


def hold(connection: sa.Connection, company_id: int) -> None:
    """Let nobody else add a company below one, or change what it may have below, till the end."""
    row = sa.select(company.c.id).where(company.c.id == company_id)
    connection.execute(holding(connection, row, key_share=True))


def may_have_resellers(row: dict[str, Any]) -> bool:
    """Return whether a company may make resellers: the System owner, or a reseller let to."""
    return row["id"] == SYSTEM_OWNER or (
        row["type"] == "reseller" and bool(row["creator_of_resellers"])
    )


def may_have_companies() -> sa.ColumnElement[bool]:
    """Return the condition that a company is a tenant: a client has nobody below it (C11)."""
    return company.c.type != "client"


def tenants_hold(connection: sa.Connection, company_id: int) -> dict[str, int]:
    """Return what hangs on the type of a company: companies, agreements, users of the back office.

    Clients have no such users, for they would go on managing what a reseller manages.
    """
    user = user_account.c
    conditions = {
        "company": company.c.parent_id == company_id,
        "agreement": agreement.c.party_id == company_id,
        "back office user": sa.and_(
            user.company_id == company_id, user.application == "backoffice", _is_there()
        ),
    }
    found = {}
    for word, condition in conditions.items():
        number = connection.execute(sa.select(sa.func.count()).where(condition))
        if total := int(number.scalar_one()):
            found[word] = total
    return found


def _is_there() -> sa.ColumnElement[bool]:
    """Return the condition that a user is not one who deleted the own account."""
    return user_account.c.deleted_at.is_(None)


def resellers_below(connection: sa.Connection, company_id: int) -> int:
    """Return how many resellers a company has made."""
    mine = sa.and_(company.c.parent_id == company_id, company.c.type == "reseller")
    return int(connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def users_without_phone(connection: sa.Connection, company_id: int) -> int:
    """Return how many users of a company could not sign in with a code by phone."""
    c = user_account.c
    mine = sa.and_(c.company_id == company_id, c.phone == "", _is_there())
    return int(connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def default_entity(connection: sa.Connection, company_id: int) -> int | None:
    """Return the default legal entity of a company, None if it has none in use."""
    c = legal_entity.c
    mine = sa.select(c.id).where(c.party_id == company_id, c.is_default, c.retired_at.is_(None))
    return connection.execute(mine).scalar()


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company as stored; only the System owner has no parent."""

    id: int
    parent_id: int | None
    name: str
    version: int


def system_owner(connection: sa.Connection) -> CompanyRecord:
    """Return the company at the top."""
    columns = (company.c.id, company.c.parent_id, company.c.name, company.c.version)
    statement = sa.select(*columns).where(company.c.id == SYSTEM_OWNER)
    return CompanyRecord(**connection.execute(statement).mappings().one())


def counts(connection: sa.Connection, company_id: int) -> dict[str, int]:
    """Return how many legal entities, agreements, users and companies below a company has."""
    user = user_account.c
    mine = {
        "legal_entities": legal_entity.c.party_id == company_id,
        "agreements": agreement.c.party_id == company_id,
        **{
            word: sa.and_(user.company_id == company_id, user.application == name, _is_there())
            for word, name in (("users", "backoffice"), ("portal_users", "portal"))
        },
        "companies": company.c.parent_id == company_id,
    }
    return {
        name: int(connection.execute(sa.select(sa.func.count()).where(condition)).scalar_one())
        for name, condition in mine.items()
    }


def entity_name(connection: sa.Connection, entity_id: int) -> str:
    """Return the name of a legal entity that is known to be there."""
    found = sa.select(legal_entity.c.name).where(legal_entity.c.id == entity_id)
    return str(connection.execute(found).scalar_one())
