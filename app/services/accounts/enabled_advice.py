"""What looks odd about an enabling and may still be right: periods, scopes, prices (C13, L17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.db.queries import agreements as agreement_rows
from app.db.queries import enabled, enabled_prices, services
from app.domain.effective import Span, holds, uncovered
from app.domain.zones import local_of
from app.errors import UserError
from app.services.accounts.enabled_kinds import agreement_of, span_of
from app.services.masters import chosen

NOT_FOUND = "Rate not found"
_PACK = {
    "unit_pack": "unit packs",
    "monetary_pack": "monetary packs",
    "bundle_pack": "bundle packs",
}
_RESOURCE = {
    "unit_pack": "Unit pack",
    "monetary_pack": "Monetary pack",
    "bundle_pack": "Bundle pack",
}


def advice(
    connection: Any, company_id: int, now: dt.datetime, values: Mapping[str, Any]
) -> dict[str, str]:
    """Return warnings about the service and the times of a form."""
    found: dict[str, str] = {}
    span = span_of(values)
    number = chosen(values, "service_id")
    if number is not None and not enabled.has_scope(connection, number, span or (now, None)):
        found["service_id"] = (
            "The service has no scope in force at that time: make one of its scopes live."
        )
    under = agreement_of(connection, company_id, values)
    if under is not None and span is not None:
        found |= _outside(connection, under.id, span)
    return found


def _outside(connection: Any, agreement_id: int, span: Span) -> dict[str, str]:
    """Return warnings where the period leaves the versions of the agreement."""
    versions = agreement_rows.versions_of(connection, agreement_id)
    spans = [(v.effective_from, v.effective_till) for v in versions]
    gaps = uncovered(span, spans)
    if not gaps:
        return {}
    zone = versions[0].billing_zone if versions else "UTC"
    start, end = (at and local_of(at, zone).date().isoformat() for at in gaps[0])
    when = f"from {start} till {end}" if end else f"from {start} on"
    field = "effective_from" if gaps[0][0] == span[0] else "effective_till"
    return {field: f"The agreement is not in force {when}: nothing is charged by it then."}


def price_advice(
    connection: Any, company_id: int, now: dt.datetime, values: Mapping[str, Any]
) -> str:
    """Return why no rate is found for a pack that is charged, "" if there is one (L17)."""
    found = _charged(connection, company_id, now, values)
    return "" if found is None else price_problem(connection, *found[:-1])


def price_shown(
    connection: Any, company_id: int, now: dt.datetime, values: Mapping[str, Any]
) -> str:
    """Return what the pack of a form costs, or that no rate is found; "" if it is free."""
    found = _charged(connection, company_id, now, values)
    if found is None:
        return ""
    return cost_text(enabled_prices.pack_price(connection, *found[:-1]), found[-1])


def _charged(
    connection: Any, company_id: int, now: dt.datetime, values: Mapping[str, Any]
) -> tuple[int, int, str, dt.datetime, str] | None:
    """Return agreement, pack, its type, the moment and the currency; None if nothing is charged."""
    pack = chosen(values, "service_id")
    under = agreement_of(connection, company_id, values)
    if pack is None or under is None or values.get("billing") != "charge":
        return None
    try:
        bought = services.service_by_id(connection, pack)
    except UserError:
        return None
    if bought.type not in _PACK:
        return None
    span = span_of(values)
    return under.id, bought.id, bought.type, span[0] if span else now, under.currency


def price_problem(
    connection: Any, agreement_id: int, pack_id: int, resource: str, at: dt.datetime
) -> str:
    """Return why a pack has no price at an instant, "" if it has one."""
    if enabled_prices.pack_price(connection, agreement_id, pack_id, resource, at) is not None:
        return ""
    lists = enabled_prices.price_lists(connection, agreement_id, resource)
    if not lists:
        return f"{NOT_FOUND}: {_no_list(connection, agreement_id, resource)}"
    now = [name for name, _, span in lists if holds(span, at)]
    if now:
        return (
            f'{NOT_FOUND}: "{now[0]}" has no price for this pack. Add one under Service purchase, '
            f"{_RESOURCE[resource]}."
        )
    name, zone, span = lists[-1]
    start, end = (one and local_of(one, zone).date().isoformat() for one in span)
    when = f"from {start} till {end}" if end else f"from {start}"
    return (
        f'{NOT_FOUND}: "{name}" prices {_PACK[resource]} on this agreement {when} only. Choose a '
        "time within, or extend its dates."
    )


def _no_list(connection: Any, agreement_id: int, resource: str) -> str:
    drafts = enabled_prices.draft_price_lists(connection, agreement_id, resource)
    if drafts:
        return f'the prices of {_PACK[resource]} in "{drafts[0]}" are in a draft. Make it live.'
    return (
        f"no pay-as-you-go service that prices {_PACK[resource]} is enabled on this agreement. "
        "Enable one first, or choose Free of charge."
    )


def cost_text(price: Decimal | None, currency: str) -> str:
    """Return "40.00 EUR" with at least two decimals, or that there is no rate."""
    if price is None:
        return NOT_FOUND
    whole, _, fraction = f"{price:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')} {currency}"
