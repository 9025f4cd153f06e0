"""Companies, legal entities, bank accounts, reselling agreements."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from app.db.tables.agreements import agreement
from app.sections.bank_accounts import BANK_ACCOUNTS
from app.sections.banks import BANKS
from app.sections.companies import COMPANIES
from app.sections.legal_entities import LEGAL_ENTITIES
from app.sections.own_bank_accounts import OWN_BANK_ACCOUNTS
from app.sections.own_legal_entities import OWN_LEGAL_ENTITIES
from app.sections.reselling_agreements import RESELLING_AGREEMENTS
from app.services import records
from app.services.context import Context
from tests.contracts.cases import Case, Values

OWN_ENTITY = {
    "name": "Harbour EU",
    "legal_name": "Harbour Telecom GmbH",
    "country": "DE",
    "legal_id": "HRB 100200",
    "vat_id": "DE123456789",
    "payment_systems": ["Harbour Pay"],
}
COMPANY = {
    "name": "Telecom Monsters",
    "type": "reseller",
    "enabled": True,
    "time_zone": "Europe/Moscow",
    "dialogues_per_operator": 3000,
    "email": "office@monsters.example",
    "phone": "+7 495 1234567",
    "tax_id": "7707083893",
    "kpp": "773601001",
    "bik": "044525225",
    "bank_account": "40703810338000004033",
    "credit_limit": "1000",
    "limit_currency": "EUR",
}
ENTITY = {
    "name": "Monsters Spain",
    "legal_name": "Monsters de España S.L.",
    "country": "ES",
    "notification_emails": ["billing@monsters.example"],
}
ACCOUNT = {
    "name": "Main account",
    "holder": "Monsters de España S.L.",
    "number": "DE89 3704 0044 0532 0130 00",
}
BANK = {"name": "Harbour bank", "country": "DE", "address": "Kai 1"}


def id_of(ctx: Context, section: Any, name: str, column: str = "name") -> str:
    """Return the ID, as a form has it, of the only row with a name."""
    query = records.ListQuery(section.id)
    place = [c.name for c in section.columns].index(column) + 1
    rows = records.rows_by_keys(ctx, section, query, records.keys(ctx, section, query))
    return str(next(row[0] for row in rows if row[place] == name))


def _entity(ctx: Context) -> Values:
    company = id_of(ctx, COMPANIES, COMPANY["name"])
    return {**ENTITY, "name": "Entity made here", "party_id": company}


def _account(ctx: Context) -> Values:
    return {
        **ACCOUNT,
        "name": "Account made here",
        "number": "ES91 2100 0418 4502 0005 1332",
        "party_id": id_of(ctx, COMPANIES, COMPANY["name"]),
        "legal_entity_id": id_of(ctx, LEGAL_ENTITIES, ENTITY["name"]),
        "bank_id": id_of(ctx, BANKS, BANK["name"]),
    }


def _own_account(ctx: Context) -> Values:
    return {
        **ACCOUNT,
        "name": "Own account made here",
        "number": "SA03 8000 0000 6080 1016 7519",
        "legal_entity_id": id_of(ctx, OWN_LEGAL_ENTITIES, OWN_ENTITY["name"]),
        "bank_id": id_of(ctx, BANKS, BANK["name"]),
    }


def _reselling(ctx: Context) -> Values:
    return {
        "legal_entity_id": id_of(ctx, LEGAL_ENTITIES, ENTITY["name"]),
        "agreement_id": str(_agreement_id(ctx)),
        "effective_from": dt.datetime.fromisoformat("2098-01-01"),
        "from_zone": "Europe/Madrid",
        "effective_till": dt.datetime.fromisoformat("2099-01-01"),
        "till_zone": "Europe/Madrid",
    }


CASES = {
    "companies": Case(
        {**COMPANY, "name": "Company made here", "type": "client"},
        {"name": "Company made anew", "kpp": ""},
    ),
    "own_legal_entities": Case(
        {**OWN_ENTITY, "name": "Own entity made here"}, {"name": "Own entity made anew"}
    ),
    "legal_entities": Case(_entity, {"name": "Entity made anew"}),
    "bank_accounts": Case(_account, {"name": "Account made anew"}, taken="number"),
    "own_bank_accounts": Case(_own_account, {"name": "Own account made anew"}, taken="number"),
    "reselling_agreements": Case(
        _reselling,
        {"effective_till": dt.datetime.fromisoformat("2099-06-01")},
        field="effective_till",
        taken="effective_from",
    ),
}


def _agreement_id(ctx: Context) -> int:
    with ctx.database.read() as connection:
        found = sa.select(agreement.c.id).where(agreement.c.code == "Reseller 1")
        return int(connection.execute(found).scalar_one())


def fill(ctx: Context) -> None:
    """Put a reseller with all that hangs on it into the office."""
    own = records.create(ctx, OWN_LEGAL_ENTITIES, OWN_ENTITY)
    bank = records.create(ctx, BANKS, BANK)
    company = records.create(ctx, COMPANIES, COMPANY)
    entity = records.create(ctx, LEGAL_ENTITIES, {**ENTITY, "party_id": str(company)})
    places = {"legal_entity_id": str(entity), "bank_id": str(bank)}
    records.create(ctx, BANK_ACCOUNTS, {**ACCOUNT, **places, "party_id": str(company)})
    records.create(ctx, OWN_BANK_ACCOUNTS, {**ACCOUNT, **places, "legal_entity_id": str(own)})
    with ctx.database.write() as connection:
        now = ctx.clock()
        made = connection.execute(
            sa.insert(agreement).values(
                company_id=1,
                party_id=company,
                direction="client",
                legal_entity_id=entity,
                own_legal_entity_id=own,
                code="Reseller 1",
                date=dt.date(2026, 1, 1),
                currency="EUR",
                created_at=now,
                updated_at=now,
            )
        ).inserted_primary_key
        assert made is not None
    period = {
        "effective_from": dt.datetime.fromisoformat("2026-01-01"),
        "effective_till": dt.datetime.fromisoformat("2098-01-01"),
        "from_zone": "Europe/Madrid",
        "till_zone": "Europe/Madrid",
    }
    pair = {"legal_entity_id": str(entity), "agreement_id": str(made[0])}
    records.create(ctx, RESELLING_AGREEMENTS, {**pair, **period})
