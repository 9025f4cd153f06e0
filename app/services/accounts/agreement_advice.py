"""What forms of agreements and versions propose, and what they warn of without refusing (C13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from app.db.queries import agreements as queries
from app.db.queries import masters as rows
from app.db.queries.agreements import AgreementVersion
from app.db.queries.companies import company_by_id, default_entity
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.tenancy import sees, tenant_of
from app.domain.billing_periods import MONTHLY, period_of
from app.domain.effective import PAST, UPCOMING, state_of
from app.domain.zones import instant_of, local_of
from app.errors import UserError
from app.services.accounts import agreement_terms as terms
from app.services.accounts.agreement_lint import of_agreement
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.agreements"

Proposals = dict[str, tuple[Any, str]]
"""Values with their shown texts, by field."""

DAYS_FOR_PAYMENT = 10


# ------------------------------------------------------------------------------ agreements


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], _changed: str) -> Proposals:
    """Propose the sides, the dates and the invoicing of a new agreement with the chosen company."""
    with ctx.database.read() as connection:
        party = _party(ctx, connection, values)
        found = _sides(connection, ctx, party, values)
        known = None if party is None else queries.newest_with(connection, party)
        zone = company_by_id(connection, party or ctx.actor.company_id)["time_zone"]
    if known is not None:
        found["currency"] = (known.currency, known.currency)
    today = local_of(ctx.clock(), zone).date()
    found["date"] = (today, "")
    found["effective_from"] = (dt.datetime.combine(today, dt.time()), "")
    for name in ("from_zone", "till_zone", "billing_zone"):
        found[name] = (zone, _zone(zone))
    for name, value in (
        ("days_for_payment", DAYS_FOR_PAYMENT),
        ("billing_period", MONTHLY),
        ("billing_day", "1"),
        ("billing_weekday", "1"),
    ):
        found[name] = (value, "")
    return found


def _party(ctx: Context, connection: Any, values: Mapping[str, Any]) -> int | None:
    """Return the chosen company if it is one below the actor's own."""
    company, party = ctx.actor.company_id, chosen(values, "party_id")
    return party if party and party != company and sees(connection, company, party) else None


def _sides(
    connection: Any, ctx: Context, party: int | None, values: Mapping[str, Any]
) -> Proposals:
    """Propose legal entities and the bank account of each that has exactly one."""
    company = ctx.actor.company_id
    seller = company if party is None else tenant_of(connection, party)
    found: Proposals = {}
    for name, account, owner in (
        ("legal_entity_id", "bank_account_id", party),
        ("own_legal_entity_id", "own_bank_account_id", seller),
    ):
        entity = chosen(values, name)
        if entity is None and owner is not None:
            entity = default_entity(connection, owner)
            found |= _entity(connection, company, name, entity)
        only = None if entity is None else _only_account(connection, company, entity)
        if only is not None:
            found[account] = (str(only[0]), only[1])
    return found


def _entity(connection: Any, company: int, name: str, entity: int | None) -> Proposals:
    if entity is None:
        return {}
    row = rows.find(connection, LEGAL_ENTITY, company, entity)
    return {name: (str(entity), row["name"])}


def _only_account(connection: Any, company: int, entity: int) -> tuple[int, str] | None:
    try:
        rows.find(connection, LEGAL_ENTITY, company, entity)
    except UserError:
        return None
    return queries.only_account(connection, entity)


@service(AREA, "view")
def advise(ctx: Context, agreement_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about an agreement and may still be right."""
    if agreement_id is None:
        advice = {**_of_terms(values), **_over(values, ctx.clock())}
    else:
        advice = _linted(ctx, agreement_id)
    if not values.get("own_bank_account_id"):
        advice["own_bank_account_id"] = "Invoices will show no account to pay to."
    if not values.get("invoice_emails"):
        advice["invoice_emails"] = "Nobody will get the invoices by e-mail."
    date, start = values.get("date"), values.get("effective_from")
    if isinstance(date, dt.date) and isinstance(start, dt.datetime) and date > start.date():
        advice["date"] = "The agreement is dated after it takes effect: check both dates."
    return advice


def _linted(ctx: Context, agreement_id: int) -> dict[str, str]:
    with ctx.database.read() as connection:
        owner = queries.agreement_by_id(connection, ctx.actor.company_id, agreement_id)
        found = of_agreement(connection, owner, ctx.actor.company_id, ctx.clock())
    told: dict[str, list[str]] = {}
    for finding in (one for one in found if one.field != "invoice_emails"):
        told.setdefault(finding.field, []).append(finding.sentence)
    return {name: " ".join(sentences) for name, sentences in told.items()}


def _of_terms(values: Mapping[str, Any]) -> dict[str, str]:
    """Return warnings about the terms of a version that is not stored yet."""
    advice = {}
    zone, start_zone = values.get("billing_zone"), values.get("from_zone")
    if zone and start_zone and zone != start_zone:
        advice["billing_zone"] = (
            f"Billing days begin in {_zone(zone)}, the agreement in {_zone(start_zone)}: "
            "the first and the last period will not be whole days."
        )
    if values.get("credit_limit") == 0:
        advice["credit_limit"] = "With a limit of 0 traffic stops as soon as the balance is used."
    return advice


def _zone(zone: str) -> str:
    return zone.replace("_", " ")


# ------------------------------------------------------------------------------ versions


@service(AREA, "view")
def suggest_version(ctx: Context, values: dict[str, Any], _changed: str) -> Proposals:
    """Propose the terms of the newest version, from the next billing period on."""
    newest = _newest(ctx, chosen(values, "agreement_id"))
    if newest is None:
        return {}
    proposed: dict[str, Any] = dict(terms.shown(newest))
    proposed["effective_from"] = _next_period(newest, ctx.clock())
    proposed["from_zone"] = newest.billing_zone
    zones = {"from_zone", "till_zone", "billing_zone"}
    return {
        name: (value, _zone(str(value)) if name in zones else "")
        for name, value in proposed.items()
    }


def _newest(ctx: Context, agreement_id: int | None) -> AgreementVersion | None:
    if agreement_id is None:
        return None
    with ctx.database.read() as connection:
        owner = queries.agreement_by_id(connection, ctx.actor.company_id, agreement_id)
        known = queries.versions_of(connection, owner.id)
    return known[-1] if known else None


def _next_period(version: AgreementVersion, now: dt.datetime) -> dt.datetime:
    """Return the local time at which the next whole billing period begins."""
    billing = terms.billing_of(version)
    after = max(now, version.effective_from)
    return local_of(period_of(after, billing).till, billing.zone)


@service(AREA, "view")
def advise_version(ctx: Context, version_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a version and may still be right."""
    advice = _of_terms(values)
    agreement_id = chosen(values, "agreement_id")
    start = _instant(values, "effective_from", "from_zone")
    if start is None or agreement_id is None:
        return advice
    now = ctx.clock()
    if version_id is None:
        newest = _newest(ctx, agreement_id)
        return {**advice, **_over(values, now), **(_late(start, now) or _cuts(newest, start))}
    with ctx.database.read() as connection:
        _, stored = queries.version_by_id(connection, ctx.actor.company_id, version_id)
    state = state_of(stored.span, now)
    if state == PAST:
        return advice
    return {**advice, **_over(values, now), **(_late(start, now) if state == UPCOMING else {})}


def _instant(values: Mapping[str, Any], name: str, zone: str) -> dt.datetime | None:
    local, place = values.get(name), values.get(zone)
    if not isinstance(local, dt.datetime) or place not in terms.zones():
        return None
    return instant_of(local, str(place))


def _late(start: dt.datetime, now: dt.datetime) -> dict[str, str]:
    if start >= now:
        return {}
    return {"effective_from": "This lies in the past: what was used since then gets these terms."}


def _over(values: Mapping[str, Any], now: dt.datetime) -> dict[str, str]:
    """Warn of an end that lies in the past: what was used since then has no terms."""
    end = _instant(values, "effective_till", "till_zone")
    if end is None:
        end = _instant(values, "effective_till", "from_zone")
    if end is None or end > now:
        return {}
    return {
        "effective_till": "This lies in the past: it ends at once, and for what was used since "
        "then nothing holds."
    }


def _cuts(newest: AgreementVersion | None, start: dt.datetime) -> dict[str, str]:
    """Warn of a gap to the version before, or of a billing period that is cut in two."""
    if newest is None or start <= newest.effective_from:
        return {}
    end = newest.effective_till
    if end is not None and end < start:
        day = terms.moment(end, newest.till_zone)
        return {"effective_from": f"The version before ends on {day}: nothing holds until this."}
    period = period_of(start, terms.billing_of(newest))
    if period.start == start:
        return {}
    return {
        "effective_from": f"This cuts the billing period {period.first} – {period.last} in two."
    }
