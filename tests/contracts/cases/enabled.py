"""Enabled services, packs, bundle initiators and bundle packs."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from app.db.tables.agreements import agreement
from app.db.tables.services import service
from app.sections.enabled_packs import ENABLED_BUNDLE_PACKS, ENABLED_PACKS
from app.sections.enabled_services import ENABLED_INITIATORS, ENABLED_SERVICES
from app.services import records
from app.services.context import Context
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from tests.contracts.cases import Case, Values
from tests.helpers.agreements import add_agreement, add_company

SERVICES = (
    NewService("Retail SMS", currency="EUR"),
    NewService("Retail prices of packs", currency="EUR"),
    NewService("Retail pack", type="unit_pack", size="1000"),
    NewService("Retail credit", type="monetary_pack", currency="EUR", size="50"),
    NewService("Retail initiator", type="bundle_initiator"),
    NewService("Retail initiator of voice", type="bundle_initiator"),
    NewService("Retail bundle", type="bundle_pack", size="500"),
)
ZONES = {"from_zone": "Europe/Berlin", "till_zone": "UTC"}


def new(ctx: Context, name: str, **more: Any) -> Values:
    """Return the values of an enabling of a service on the agreement ENABLED-1."""
    with ctx.database.read() as connection:
        bought = connection.execute(sa.select(service.c.id).where(service.c.name == name))
        under = connection.execute(sa.select(agreement.c.id).where(agreement.c.code == "ENABLED-1"))
        place = {"service_id": str(bought.scalar()), "agreement_id": str(under.scalar())}
    return {**place, **more}


def timed(ctx: Context, name: str, **more: Any) -> Values:
    """Return the same with the times that all but bundle packs have."""
    return new(ctx, name, effective_from="2026-02-01 08:30", **ZONES, **more)


CASES = {
    "enabled_services": Case(
        partial(timed, name="Retail prices of packs", hidden=False),
        {"hidden": True},
        field="hidden",
        taken="effective_from",
    ),
    "enabled_initiators": Case(
        partial(timed, name="Retail initiator of voice", hidden=False),
        {"hidden": True},
        field="hidden",
        taken="effective_from",
    ),
    "enabled_packs": Case(
        partial(timed, name="Retail pack", billing="free"),
        {"effective_till": "2099-01-01 00:00:00"},
        field="effective_till",
        taken="",
    ),
    "enabled_bundle_packs": Case(
        partial(new, name="Retail bundle", auto_extend=False),
        {"auto_extend": True},
        field="auto_extend",
        taken="",
    ),
}


def fill(ctx: Context) -> None:
    """Put services and a client with an agreement into the office, and enable one of each type."""
    for sold in SERVICES:
        add_service(ctx, sold)
        add_scope(ctx, NewScope(sold.name, "2026-01-01"))
    with ctx.database.write() as connection:
        add_agreement(connection, add_company(connection, "Delta Messaging"), "ENABLED-1")
    records.create(ctx, ENABLED_SERVICES, timed(ctx, "Retail SMS", hidden=True))
    ending = {"effective_till": "2026-02-02", "billing": "charge"}
    records.create(ctx, ENABLED_PACKS, timed(ctx, "Retail pack", billing="free"))
    records.create(ctx, ENABLED_PACKS, timed(ctx, "Retail credit", **ending))
    records.create(ctx, ENABLED_INITIATORS, timed(ctx, "Retail initiator", hidden=False))
    records.create(ctx, ENABLED_BUNDLE_PACKS, new(ctx, "Retail bundle", auto_extend=True))
