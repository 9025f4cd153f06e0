"""The sources of the lists of Account management: master data in a company's sight (SPEC §3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.db.functions import bytewise, folded, named
from app.db.queries.banks import BANK, BANK_ACCOUNT
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.lists import Asked, Source
from app.db.queries.masters import visible
from app.db.queries.reselling import RESELLING_AGREEMENT
from app.db.queries.tenancy import below, kept
from app.db.tables.agreements import agreement, reselling_agreement
from app.db.tables.banks import bank, bank_account
from app.db.tables.companies import company
from app.db.tables.legal_entities import legal_entity
from app.db.tables.users import user_account
from dictionaries.entries import Dictionaries


def by_name(column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the order of a text column: as people read it, the same on both databases."""
    return folded(column), bytewise(column)


def number_of(column: sa.Column[Any], of: sa.Table) -> sa.ColumnElement[int]:
    """Return how many rows refer to the row of ``of`` around it by ``column``."""
    mine = sa.select(sa.func.count()).where(column == of.c.id)
    return mine.correlate(of).scalar_subquery()


def used_or_retired(table: sa.Table) -> sa.ColumnElement[str]:
    """Return "used" or "retired"."""
    return sa.case((table.c.retired_at.is_(None), "used"), else_="retired")


def country_name(code: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return the name of a country; the code itself if no list has it any more."""
    return sa.func.coalesce(named(code, sa.literal(_countries())), code)


@lru_cache(maxsize=1)
def _countries() -> str:
    known = Dictionaries.load()["country"]
    return json.dumps({code: known.label(code) for code in known}, ensure_ascii=False)


def _banks(asked: Asked) -> Source:
    c = bank.c
    plain = ("id", "name", "swift", "branch_code", "bank_code")
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in plain},
            "country": country_name(c.country),
            "country_code": c.country,
            "accounts": _accounts_at(asked),
            "owner": company.c.name,
            "kept": kept(c.company_id, asked.company_id),
            "state": used_or_retired(bank),
            "created_at": c.created_at,
            "updated_at": c.updated_at,
        },
        origin=bank.join(company, c.company_id == company.c.id),
        where=(visible(BANK, asked.company_id),),
        order=by_name(c.name),
        exact=frozenset({"country_code", "state"}),
    )


def _accounts_at(asked: Asked) -> sa.ColumnElement[int]:
    """Return how many accounts in sight are at a bank: other resellers have some there as well."""
    mine = (bank_account.c.bank_id == bank.c.id, visible(BANK_ACCOUNT, asked.company_id))
    counted = sa.select(sa.func.count()).select_from(bank_account).where(*mine)
    return counted.correlate(bank).scalar_subquery()


def _companies(asked: Asked) -> Source:
    c = company.c
    tenant, entity = company.alias("tenant"), legal_entity.alias("own_entity")
    plain = ("id", "name", "type", "tax_id", "kpp", "bik", "bank_account", "email", "phone")
    more = ("correspondent_account", "legal_address", "time_zone", "created_at", "updated_at")
    flags = ("creator_of_resellers", "moderation", "two_factor")
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in (*plain, *more, *flags)},
            "state": sa.case((c.enabled, "enabled"), else_="blocked"),
            "tenant": tenant.c.name,
            "tenant_id": c.parent_id,
            "own_entity": entity.c.name,
            "portal": _portal(),
            "legal_entities": number_of(legal_entity.c.party_id, company),
            "agreements": number_of(agreement.c.party_id, company),
            "users": _users("backoffice"),
            "portal_users": _users("portal"),
            "companies": _children(),
        },
        origin=company.outerjoin(tenant, c.parent_id == tenant.c.id).outerjoin(
            entity, c.own_legal_entity_id == entity.c.id
        ),
        where=(visible(COMPANY, asked.company_id),),
        # The actor's own company stands first.
        order=(sa.case((c.id == asked.company_id, 0), else_=1), *by_name(c.name)),
        exact=frozenset({"type", "state", "tax_id", "kpp", "bik", "time_zone"}),
    )


def _portal() -> sa.ColumnElement[Any]:
    """Return the portal of a company: that of its default legal entity."""
    mine = sa.select(legal_entity.c.portal).where(
        legal_entity.c.party_id == company.c.id, legal_entity.c.is_default
    )
    return sa.func.coalesce(mine.correlate(company).scalar_subquery(), "", type_=sa.Text())


def _users(application: str) -> sa.ColumnElement[int]:
    """Return how many users of an application a company has."""
    c = user_account.c
    mine = sa.and_(
        c.company_id == company.c.id, c.application == application, c.deleted_at.is_(None)
    )
    counted = sa.select(sa.func.count()).select_from(user_account).where(mine)
    return counted.correlate(company).scalar_subquery()


def _children() -> sa.ColumnElement[int]:
    child = company.alias("child")
    mine = sa.select(sa.func.count()).select_from(child).where(child.c.parent_id == company.c.id)
    return mine.correlate(company).scalar_subquery()


def _entities(*, own: bool) -> Callable[[Asked], Source]:
    """Return the source of the actor's own legal entities, or of those of companies below."""

    def source(asked: Asked) -> Source:
        c = legal_entity.c
        party, keeper = company.alias("party"), company.alias("keeper")
        texts = ("name", "portal", "legal_name", "legal_address", "billing_address")
        more = ("tax_id", "legal_id", "vat_id", "is_default", "created_at", "updated_at")
        return Source(
            id=c.id,
            columns={
                **{name: c[name] for name in ("id", *texts, *more, "party_id")},
                "country": country_name(c.country),
                "country_code": c.country,
                "party": party.c.name,
                "keeper": keeper.c.name,
                "kept": kept(c.company_id, asked.company_id),
                "agreements": _agreements_of(c.id, own=own),
                "state": used_or_retired(legal_entity),
            },
            origin=legal_entity.join(party, c.party_id == party.c.id).join(
                keeper, c.company_id == keeper.c.id
            ),
            where=(visible(LEGAL_ENTITY, asked.company_id), _whose(c.party_id, asked, own=own)),
            order=by_name(c.name),
            exact=frozenset({"country_code", "state", "tax_id", "legal_id", "vat_id"}),
        )

    return source


def _agreements_of(entity: sa.ColumnElement[int], *, own: bool) -> sa.ColumnElement[int]:
    """Return in how many agreements a legal entity buys, or as an ``own`` one sells."""
    side = agreement.c.own_legal_entity_id if own else agreement.c.legal_entity_id
    mine = sa.select(sa.func.count()).select_from(agreement).where(side == entity)
    return mine.correlate(legal_entity).scalar_subquery()


def _whose(party: sa.ColumnElement[int], asked: Asked, *, own: bool) -> sa.ColumnElement[bool]:
    return party == asked.company_id if own else below(party, asked.company_id)


def _accounts(*, own: bool) -> Callable[[Asked], Source]:
    """Return the source of the actor's own bank accounts, or of those of companies below."""

    def source(asked: Asked) -> Source:
        c = bank_account.c
        party, keeper = company.alias("party"), company.alias("keeper")
        plain = ("id", "name", "holder", "number", "bank_id", "legal_entity_id", "party_id")
        return Source(
            id=c.id,
            columns={
                **{name: c[name] for name in (*plain, "created_at", "updated_at")},
                "party": party.c.name,
                "keeper": keeper.c.name,
                "kept": kept(c.company_id, asked.company_id),
                "entity": legal_entity.c.name,
                "bank": bank.c.name,
                "state": used_or_retired(bank_account),
            },
            origin=bank_account.join(party, c.party_id == party.c.id)
            .join(keeper, c.company_id == keeper.c.id)
            .join(legal_entity, c.legal_entity_id == legal_entity.c.id)
            .join(bank, c.bank_id == bank.c.id),
            where=(visible(BANK_ACCOUNT, asked.company_id), _whose(c.party_id, asked, own=own)),
            order=by_name(c.name),
            exact=frozenset({"state"}),
        )

    return source


def _reselling(asked: Asked) -> Source:
    c = reselling_agreement.c
    party, keeper = company.alias("party"), company.alias("keeper")
    plain = ("id", "legal_entity_id", "agreement_id", "effective_from", "effective_till")
    zones = ("from_zone", "till_zone")
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in (*plain, *zones, "created_at", "updated_at")},
            "state": sa.case(
                (c.effective_till <= asked.now, "past"),
                (c.effective_from <= asked.now, "current"),
                else_="upcoming",
            ),
            "entity": legal_entity.c.name,
            "party": party.c.name,
            "agreement": agreement.c.code + sa.literal(", ") + agreement.c.currency,
            "keeper": keeper.c.name,
            "kept": kept(c.company_id, asked.company_id),
        },
        origin=reselling_agreement.join(legal_entity, c.legal_entity_id == legal_entity.c.id)
        .join(agreement, c.agreement_id == agreement.c.id)
        .join(party, legal_entity.c.party_id == party.c.id)
        .join(keeper, c.company_id == keeper.c.id),
        where=(visible(RESELLING_AGREEMENT, asked.company_id),),
        order=(*by_name(legal_entity.c.name), c.effective_from.desc()),
        exact=frozenset({"state", *zones}),
        zones={"effective_from": c.from_zone, "effective_till": c.till_zone},
    )


ACCOUNT_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "banks": _banks,
    "companies": _companies,
    "legal_entities": _entities(own=False),
    "own_legal_entities": _entities(own=True),
    "bank_accounts": _accounts(own=False),
    "own_bank_accounts": _accounts(own=True),
    "reselling_agreements": _reselling,
}
