"""Terms of an agreement version: what its form holds, what is stored, how sentences name it.

Forms have local times with the zone beside them; a version has instants. A time that was not
touched keeps its instant, also the second of an hour that clocks show twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from app.db.queries.agreements import AgreementVersion
from app.domain.billing_periods import DAILY, WEEKLY, Billing
from app.domain.zones import instant_of, local_of
from app.errors import FieldProblem

FIELDS = (
    "effective_from",
    "from_zone",
    "effective_till",
    "till_zone",
    "credit_limit",
    "billing_zone",
    "days_for_payment",
    "billing_period",
    "billing_weekday",
    "billing_day",
    "split_by_month",
)
"""Fields of a form with terms; ``billing_weekday`` stands for the day of weekly periods."""

LONGEST_DAYS = 3650
_ZONES = {
    "from_zone": "Time zone of the start",
    "till_zone": "Time zone of the end",
    "billing_zone": "Billing time zone",
}


def stored(values: Mapping[str, Any], before: AgreementVersion | None = None) -> dict[str, Any]:
    """Return the columns of a version from validated values of a form.

    Raises FieldProblem for terms that can't be.
    """
    given = {**values, "till_zone": values["till_zone"] or values["from_zone"]}
    _refuse_wrong(given)
    start = _instant(given, "effective_from", "from_zone", before)
    till = _instant(given, "effective_till", "till_zone", before)
    assert start is not None
    if till is not None and till <= start:
        raise FieldProblem({"effective_till": "Effective till must come after Effective from."})
    period = given["billing_period"]
    day = 1 if period == DAILY else given["billing_weekday" if period == WEEKLY else "billing_day"]
    return {
        "effective_from": start,
        "from_zone": given["from_zone"],
        "effective_till": till,
        "till_zone": given["till_zone"],
        "credit_limit": given["credit_limit"],
        "billing_zone": given["billing_zone"],
        "days_for_payment": given["days_for_payment"],
        "billing_period": period,
        "billing_day": int(day),
        "split_by_month": bool(given["split_by_month"]) and period in (DAILY, WEEKLY),
    }


def _refuse_wrong(given: Mapping[str, Any]) -> None:
    problems = {
        name: f'{title}: "{given[name]}" is not a time zone: choose one like Europe/Berlin.'
        for name, title in _ZONES.items()
        if given[name] not in zones()
    }
    limit, days = given["credit_limit"], given["days_for_payment"]
    if limit is not None and limit < 0:
        problems["credit_limit"] = (
            "Credit limit can't be less than zero: leave it blank for an unlimited one."
        )
    if not 0 <= days <= LONGEST_DAYS:
        problems["days_for_payment"] = f"Days for payment must be from 0 to {LONGEST_DAYS}."
    if problems:
        raise FieldProblem(problems)


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def _instant(
    given: Mapping[str, Any], name: str, zone: str, before: AgreementVersion | None
) -> dt.datetime | None:
    local = given[name]
    if local is None:
        return None
    if before is not None and getattr(before, zone) == given[zone]:
        known: dt.datetime | None = getattr(before, name)
        if known is not None and local_of(known, given[zone]) == local:
            return known
    return instant_of(local, given[zone])


def shown(version: AgreementVersion) -> dict[str, Any]:
    """Return the values of a form for a version; fields that its period hides are None."""
    weekly, daily = version.billing_period == WEEKLY, version.billing_period == DAILY
    till = version.effective_till
    return {
        "effective_from": local_of(version.effective_from, version.from_zone),
        "from_zone": version.from_zone,
        "effective_till": None if till is None else local_of(till, version.till_zone),
        "till_zone": version.till_zone,
        "credit_limit": version.credit_limit,
        "billing_zone": version.billing_zone,
        "days_for_payment": version.days_for_payment,
        "billing_period": version.billing_period,
        "billing_weekday": str(version.billing_day) if weekly else None,
        "billing_day": None if weekly or daily else str(version.billing_day),
        "split_by_month": version.split_by_month if weekly or daily else None,
    }


def changes(
    before: AgreementVersion, after: AgreementVersion
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (old, new) form values that differ; a time has its zone with it."""
    old, new = shown(before), shown(after)
    names = {name for name in FIELDS if old[name] != new[name]}
    for name, zone in (("effective_from", "from_zone"), ("effective_till", "till_zone")):
        if names & {name, zone}:
            names |= {name, zone}
    ordered = [name for name in FIELDS if name in names]
    return {name: old[name] for name in ordered}, {name: new[name] for name in ordered}


def billing_of(version: AgreementVersion) -> Billing:
    """Return how a version is billed, for its billing periods."""
    return Billing(
        version.billing_zone, version.billing_period, version.billing_day, version.split_by_month
    )


def moment(at: dt.datetime | None, zone: str) -> str:
    """Return an instant as sentences write it: its local date, the time if not midnight, or ∞."""
    if at is None:
        return "∞"
    local = local_of(at, zone)
    return f"{local:%Y-%m-%d}" if local.time() == dt.time() else f"{local:%Y-%m-%d %H:%M}"


def named(version: AgreementVersion) -> str:
    """Return "the version 2026-01-01 – ∞"."""
    start = moment(version.effective_from, version.from_zone)
    return f"the version {start} – {moment(version.effective_till, version.till_zone)}"
