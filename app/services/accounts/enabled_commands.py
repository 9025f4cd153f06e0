"""Enabling from the command line: names of services and codes of agreements as a form's values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.db.queries.agreements import AGREEMENT, agreement_by_id
from app.db.queries.masters import find
from app.domain.zones import local_of
from app.errors import UserError
from app.services.accounts.agreement_views import details
from app.services.accounts.enabled_kinds import zone_of_agreement
from app.services.context import Context, service
from app.services.tariffs.find import find_service

SECTIONS = {
    "payg": "enabled_services",
    "bundle_initiator": "enabled_initiators",
    "bundle_pack": "enabled_bundle_packs",
    "unit_pack": "enabled_packs",
    "monetary_pack": "enabled_packs",
}


@dataclass(frozen=True, slots=True)
class EnableRequest:
    """What to enable: names and codes; ``start``, ``till`` = local times as ISO text, "" = now, ∞.

    ``zone`` "" = the billing zone of the agreement; ``billing`` "free" or "charge" (packs).
    """

    service: str
    agreement: str
    company: str = ""
    start: str = ""
    till: str = ""
    zone: str = ""
    billing: str = ""
    auto_extend: bool = False
    hidden: bool = False


@service("accounts.agreements", "view")
def prepared(ctx: Context, asked: EnableRequest) -> tuple[str, dict[str, Any]]:
    """Return the section in which the service is enabled, and the values of its form.

    Raises UserError for names that are not there, and for options that its type does not have.
    """
    number = details(ctx, asked.agreement, asked.company)["id"]
    with ctx.database.read() as connection:
        find(connection, AGREEMENT, ctx.actor.company_id, number, own=True)
        under = agreement_by_id(connection, ctx.actor.company_id, number)
        bought = find_service(connection, under.company_id, asked.service)
        zone = asked.zone or zone_of_agreement(connection, number, ctx.clock())
    section = SECTIONS[bought.type]
    _refuse_foreign(section, asked)
    values: dict[str, Any] = {"service_id": str(bought.id), "agreement_id": str(number)}
    if section == "enabled_bundle_packs":
        return section, {**values, "auto_extend": asked.auto_extend}
    values |= {
        "effective_from": asked.start or _now(ctx, zone),
        "from_zone": zone,
        "effective_till": asked.till or None,
        "till_zone": zone,
    }
    own = {"billing": asked.billing} if section == "enabled_packs" else {"hidden": asked.hidden}
    return section, {**values, **own}


def _now(ctx: Context, zone: str) -> dt.datetime:
    try:
        return local_of(ctx.clock().replace(second=0, microsecond=0), zone)
    except ValueError as problem:
        raise UserError(str(problem)) from None


def _refuse_foreign(section: str, asked: EnableRequest) -> None:
    """Raise UserError for options that this section's rows do not have."""
    bundle, pack = section == "enabled_bundle_packs", section == "enabled_packs"
    if asked.billing and not pack:
        raise UserError(
            f'"{asked.service}" is no unit or monetary pack: leave out --free and --charge.'
        )
    if pack and not asked.billing:
        raise UserError("A pack is free or charged: add --free or --charge.")
    if asked.auto_extend and not bundle:
        raise UserError(f'"{asked.service}" is no bundle pack: leave out --auto-extend.')
    if bundle and (asked.start or asked.till):
        raise UserError(
            "A bundle pack holds for the billing period of the agreement: leave out --from and "
            "--till."
        )
    if asked.hidden and (pack or bundle):
        raise UserError("Packs are shown to the client: leave out --hidden.")
