"""An operator's small world through the services: own entity, companies, agreements."""

from __future__ import annotations

from typing import Any

from app.sections import section
from app.services import records
from app.services.context import Context

TERMS = {
    "effective_from": "2026-01-01",
    "from_zone": "Europe/Berlin",
    "till_zone": "Europe/Berlin",
    "billing_zone": "Europe/Berlin",
    "days_for_payment": 10,
    "billing_period": "monthly",
    "billing_day": "1",
}


def add(ctx: Context, section_id: str, **values: Any) -> int:
    """Add a record as its form would, and return its ID."""
    return records.create(ctx, section(section_id), values)


def own_entity(ctx: Context, name: str = "Harbour EU", **more: Any) -> int:
    """Add an own legal entity of the actor's company."""
    given = {"name": name, "legal_name": f"{name} GmbH", "country": "DE", "legal_id": "HRB 1"}
    return add(ctx, "own_legal_entities", **{**given, **more})


def company(ctx: Context, name: str, kind: str = "client", **more: Any) -> int:
    """Add a company below the actor's own one."""
    given = {
        "name": name,
        "type": kind,
        "enabled": True,
        "time_zone": "Europe/Berlin",
        "dialogues_per_operator": 3000,
    }
    return add(ctx, "companies", **{**given, **more})


def entity(ctx: Context, party: int, name: str, **more: Any) -> int:
    """Add a legal entity of a company below."""
    given = {"party_id": str(party), "name": name, "legal_name": f"{name} Ltd", "country": "DE"}
    return add(ctx, "legal_entities", **{**given, **more})


def agreement(ctx: Context, party: int, entity_id: int, own: int, code: str, **more: Any) -> int:
    """Add an agreement with a company, under which it buys from 2026 on."""
    given = {
        "party_id": str(party),
        "direction": "client",
        "legal_entity_id": str(entity_id),
        "own_legal_entity_id": str(own),
        "code": code,
        "date": "2026-01-01",
        "currency": "EUR",
    }
    return add(ctx, "agreements", **{**given, **TERMS, **more})


def bank(ctx: Context, name: str, **more: Any) -> int:
    """Add a bank of the actor's company."""
    given = {"name": name, "country": "DE", "address": "Kai 1", "swift": "HARBDEFF"}
    return add(ctx, "banks", **{**given, **more})
