"""Agreements as the command line shows them: a list, and one with its versions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from app.db.queries import agreements as queries
from app.db.queries.agreements import AgreementRecord, AgreementVersion
from app.db.tables.agreements import EMAIL_LISTS
from app.domain.effective import shown, state_of
from app.errors import UserError
from app.services.accounts import agreement_terms as terms
from app.services.context import Context, service

AREA = "accounts.agreements"


@service(AREA, "view")
def listed(ctx: Context, company: str = "") -> list[dict[str, Any]]:
    """Return the agreements in sight, those of one company if its name is given.

    Raises UserError for a company without any.
    """
    now = ctx.clock()
    with ctx.database.read() as connection:
        known = _of_company(queries.agreements(connection, ctx.actor.company_id), company)
        return [_line(one, queries.versions_of(connection, one.id), now) for one in known]


@service(AREA, "view")
def details(ctx: Context, code: str, company: str = "") -> dict[str, Any]:
    """Return one agreement with its e-mails and versions, found by its code.

    Raises UserError if there is none, or several of different companies.
    """
    now = ctx.clock()
    with ctx.database.read() as connection:
        seen = queries.agreements(connection, ctx.actor.company_id)
        known = [one for one in _of_company(seen, company) if one.code == code]
        if not known:
            raise UserError(f'There is no agreement "{code}": list them with "agreements".')
        if len(known) > 1:
            names = ", ".join(one.party for one in known)
            raise UserError(f'Several companies have an agreement "{code}": add one of {names}.')
        versions = queries.versions_of(connection, known[0].id)
    return {
        **_line(known[0], versions, now),
        **{name: getattr(known[0], name) for name in EMAIL_LISTS},
        "versions": [_version(version, now) for version in versions],
    }


def _of_company(known: list[AgreementRecord], company: str) -> list[AgreementRecord]:
    if not company:
        return known
    found = [one for one in known if one.party.casefold() == company.strip().casefold()]
    if not found:
        raise UserError(f'There is no agreement with "{company}": check the company\'s name.')
    return found


def _line(
    owner: AgreementRecord, versions: list[AgreementVersion], now: dt.datetime
) -> dict[str, Any]:
    version = shown(versions, lambda one: one.span, now)
    last = versions[-1] if versions else None
    return {
        "id": owner.id,
        "company": owner.party,
        "code": owner.code,
        "date": owner.date.isoformat(),
        "currency": owner.currency,
        "status": "no version" if version is None else state_of(version.span, now),
        "from": terms.moment(versions[0].effective_from, versions[0].from_zone) if versions else "",
        "till": terms.moment(last.effective_till, last.till_zone) if last is not None else "",
        "limit": "" if version is None else limit(version.credit_limit),
        "billing": "" if version is None else version.billing_period,
    }


def _version(version: AgreementVersion, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": version.id,
        "status": state_of(version.span, now),
        "from": terms.moment(version.effective_from, version.from_zone),
        "from_zone": version.from_zone,
        "till": terms.moment(version.effective_till, version.till_zone),
        "till_zone": version.till_zone,
        "limit": limit(version.credit_limit),
        "billing": version.billing_period,
        "day": version.billing_day,
        "split": version.split_by_month,
        "zone": version.billing_zone,
        "days": version.days_for_payment,
    }


def limit(value: Decimal | None) -> str:
    """Return a credit limit as text."""
    return "unlimited" if value is None else f"{value.normalize():f}"
