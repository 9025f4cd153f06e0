"""What the profile of a company shows: facts, checked attributes, agreements (guide 6.1.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.db.queries import agreements as agreement_rows
from app.db.queries import companies as queries
from app.db.queries import masters as rows
from app.db.queries.agreements import AgreementRecord, AgreementVersion
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import COMPANY_RECORD
from app.domain.effective import shown, state_of
from app.domain.zones import local_of
from app.services.accounts.company_rules import MNP, changeable, standing
from app.services.context import Context, service

ATTRIBUTES = (
    "creator_of_resellers",
    "invoices_enabled",
    "mnp_requests",
    "moderation",
    "two_factor",
    "fz230",
)
"""Flags of a company that its profile shows when they are checked."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A company as its profile shows it; ``standing`` as in company_rules, own = may be edited.

    ``counts`` = legal entities, agreements, users of both kinds, companies below.
    """

    id: int
    name: str
    type: str
    enabled: bool
    standing: str
    tenant: str
    own_entity: str
    created_at: dt.datetime
    updated_at: dt.datetime
    attributes: tuple[str, ...]
    details: dict[str, str]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class AgreementCard:
    """An agreement in the profile: the terms of its current version, else of the next or last.

    Times are local ones of the zones in which they were entered. ``till`` None = indefinitely;
    ``credit_limit`` None = unlimited; ``state`` "" = it has no version.
    """

    id: int
    title: str
    currency: str
    entity_id: int
    entity: str
    state: str
    starts: dt.datetime | None
    till: dt.datetime | None
    credit_limit: Decimal | None


DETAILS = (
    "email",
    "phone",
    "time_zone",
    "tax_id",
    "kpp",
    "legal_address",
    "bank_name",
    "bik",
    "bank_account",
    "description",
)


@service("accounts.companies", "view")
def profile(ctx: Context, company_id: int) -> Profile:
    """Return the profile of a company in sight. Raises UserError if there is none."""
    place = standing(ctx, company_id)
    with ctx.database.read() as connection:
        row = rows.find(connection, COMPANY, ctx.actor.company_id, company_id)
        labels = rows.labels(connection, COMPANY_RECORD, row)
        counts = queries.counts(connection, company_id)
    untold = () if "mnp_requests" in changeable(place) else MNP
    details = DETAILS if place != "own" else tuple(n for n in DETAILS if n != "description")
    return Profile(
        id=company_id,
        name=row["name"],
        type=row["type"],
        enabled=row["enabled"],
        standing=place,
        tenant=labels.get("parent_id", ""),
        own_entity=labels.get("own_legal_entity_id", "") if place != "own" else "",
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        attributes=tuple(n for n in ATTRIBUTES if row[n] and n not in untold),
        details={name: str(row[name]) for name in details if row[name]},
        counts=counts,
    )


@service("accounts.agreements", "view")
def agreements(ctx: Context, company_id: int) -> list[AgreementCard]:
    """Return the agreements with a company, running ones first."""
    now = ctx.clock()
    with ctx.database.read() as connection:
        rows.find(connection, COMPANY, ctx.actor.company_id, company_id)
        mine = agreement_rows.AGREEMENT.table.c.party_id == company_id
        cards = [
            _card(connection, one, now)
            for one in agreement_rows.agreements(connection, ctx.actor.company_id, mine)
        ]
    order = {"current": 0, "upcoming": 1, "": 2, "past": 3}
    return sorted(cards, key=lambda card: (order[card.state], card.title, card.id))


def _card(connection: Any, one: AgreementRecord, now: dt.datetime) -> AgreementCard:
    def span(version: AgreementVersion) -> tuple[dt.datetime, dt.datetime | None]:
        return version.effective_from, version.effective_till

    version = shown(agreement_rows.versions_of(connection, one.id), span, now)
    till = version.effective_till if version else None
    return AgreementCard(
        id=one.id,
        title=one.code,
        currency=one.currency,
        entity_id=one.legal_entity_id,
        entity=queries.entity_name(connection, one.legal_entity_id),
        state=state_of(span(version), now) if version else "",
        starts=local_of(version.effective_from, version.from_zone) if version else None,
        till=local_of(till, version.till_zone) if version and till else None,
        credit_limit=version.credit_limit if version else None,
    )
