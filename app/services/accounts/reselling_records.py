"""Reselling agreements: a reseller's legal entity buys under an agreement, for a time (ACC-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import masters as rows
from app.db.queries import reselling as queries
from app.db.queries.agreements import AGREEMENT, agreement_title
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.reselling import RESELLING_AGREEMENT
from app.db.queries.tenancy import tenant_of
from app.domain.records import Record
from app.domain.sections import Choice
from app.domain.zones import instant_of, local_of, zone_of
from app.errors import FieldProblem, UserError
from app.services import masters
from app.services.accounts.choices import fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.reselling_agreements"

TITLES = {"legal_entity_id": "Legal entity", "agreement_id": "Agreement"}
_ENDS = (("effective_from", "from_zone"), ("effective_till", "till_zone"))


@service(AREA, "view")
def load(ctx: Context, row_id: int) -> Record:
    """Return what the form shows: local times beside their zones. UserError if there is none."""
    with ctx.database.read() as connection:
        row = rows.find(connection, RESELLING_AGREEMENT, ctx.actor.company_id, row_id)
        entity, company, title = queries.names(
            connection, row["legal_entity_id"], row["agreement_id"]
        )
    record = masters.load(ctx, RESELLING_AGREEMENT, row_id)
    for name, zone in _ENDS:
        at = row[name]
        record.values[name] = None if at is None else local_of(at, row[zone])
        record.labels[zone] = str(row[zone]).replace("_", " ")
    record.labels["agreement_id"] = f"{company} - {title}"
    return replace(record, title=f"{entity} – {title}")


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Let a reseller's legal entity buy under an agreement and return the new row's ID."""
    with ctx.database.write() as connection:
        found = _checked(ctx, connection, values, None)
        entity = rows.find(connection, LEGAL_ENTITY, ctx.actor.company_id, found["legal_entity_id"])
        tenant = tenant_of(connection, entity["party_id"])
        return masters.create(ctx, connection, RESELLING_AGREEMENT, found, tenant)


@service(AREA, "manage")
def update(ctx: Context, row_id: int, version: int, values: dict[str, Any]) -> None:
    """Save the period; a start that is past stays. Conflict if ``version`` is not the stored."""
    with ctx.database.write() as connection:
        row = _own(ctx, connection, row_id)
        given = {**values, **{name: row[name] for name in TITLES}}
        found = _checked(ctx, connection, given, row)
        begun = row["effective_from"] <= ctx.clock()
        if begun and found["effective_from"] != row["effective_from"]:
            raise FieldProblem(
                {"effective_from": "It holds already, so its start stays: change its end."}
            )
        masters.update(ctx, connection, RESELLING_AGREEMENT, row, version, found)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete reselling agreements that have not begun; the others are ended instead."""
    with ctx.database.read() as connection:
        for row_id in ids:
            row = _own(ctx, connection, row_id)
            if row["effective_from"] <= ctx.clock():
                raise UserError(
                    f"The reselling agreement {row_id} holds already or did: "
                    "set its end instead of deleting it."
                )
    return masters.remove(ctx, RESELLING_AGREEMENT, ids)


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], changed: str) -> dict[str, tuple[Any, str]]:
    """Propose the start: midnight of today in the zone of the actor's company."""
    if changed:
        return {}
    with ctx.database.read() as connection:
        own = rows.find(connection, COMPANY, ctx.actor.company_id, ctx.actor.company_id)
    zone = str(values.get("from_zone") or own["time_zone"])
    today = local_of(ctx.clock(), zone).replace(hour=0, minute=0, second=0, microsecond=0)
    shown = zone.replace("_", " ")
    return {
        "from_zone": (zone, shown),
        "till_zone": (zone, shown),
        "effective_from": (today, ""),
    }


@service(AREA, "view")
def agreements(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the agreements with the company of the legal entity in ``legal_entity_id``."""
    entity_id = chosen(values, "legal_entity_id")
    if entity_id is None:
        return []
    actor = ctx.actor.company_id
    with ctx.database.read() as connection:
        entity = rows.find(connection, LEGAL_ENTITY, actor, entity_id)
        condition = AGREEMENT.table.c.party_id == entity["party_id"]
        title = agreement_title()
        found = rows.matching(connection, AGREEMENT, actor, condition, label=title, text=text)
    return fitting(found, text)


def _own(ctx: Context, connection: Any, row_id: int) -> dict[str, Any]:
    """Return a row that the actor may change: not one under which it buys itself."""
    actor = ctx.actor.company_id
    row = rows.find(connection, RESELLING_AGREEMENT, actor, row_id, own=True)
    rows.find(connection, LEGAL_ENTITY, actor, row["legal_entity_id"], own=True)
    return row


def _checked(
    ctx: Context, connection: Any, values: Mapping[str, Any], row: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what to store. Raises FieldProblem."""
    given = {name: values.get(name) for name in RESELLING_AGREEMENT.fields}
    company = ctx.actor.company_id
    found = rows.referred(connection, RESELLING_AGREEMENT, company, TITLES, given, row)
    _fitting_parties(ctx, connection, found)
    found |= _period(found, row)
    other = queries.overlapping(
        connection,
        found["legal_entity_id"],
        found["agreement_id"],
        found["effective_from"],
        found["effective_till"],
        but=None if row is None else row["id"],
    )
    if other is not None:
        raise FieldProblem(
            {
                "effective_from": "Both are joined at that time already "
                f"({_shown(other, 0)} – {_shown(other, 1)}): choose another period."
            }
        )
    return found


def _fitting_parties(ctx: Context, connection: Any, found: Mapping[str, Any]) -> None:
    """Refuse an entity that is no reseller's, and an agreement with somebody else."""
    actor = ctx.actor.company_id
    entity = rows.find(connection, LEGAL_ENTITY, actor, found["legal_entity_id"])
    if entity["party_id"] == actor:
        raise FieldProblem(
            {"legal_entity_id": "Your tenant decides what you buy under: choose a reseller's."}
        )
    company = rows.find(connection, COMPANY, actor, entity["party_id"])
    if company["type"] != "reseller":
        raise FieldProblem(
            {"legal_entity_id": f"{company['name']} is no reseller: choose a reseller's."}
        )
    agreement = rows.find(connection, AGREEMENT, actor, found["agreement_id"])
    if agreement["party_id"] != entity["party_id"]:
        raise FieldProblem(
            {"agreement_id": f"The agreement is not with {company['name']}: choose another one."}
        )


def _period(given: Mapping[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the instants and zones of a form's local times.

    A time that was not touched keeps its instant, also the second of an hour that clocks show
    twice.
    """
    found: dict[str, Any] = {"from_zone": given["from_zone"] or "UTC"}
    found["till_zone"] = given["till_zone"] or found["from_zone"]
    for name, zone in _ENDS:
        try:
            zone_of(found[zone])
        except ValueError as problem:
            raise FieldProblem({zone: str(problem)}) from None
        found[name] = _instant(given[name], found[zone], (row[name], row[zone]) if row else None)
    start, till = found["effective_from"], found["effective_till"]
    if till is not None and till <= start:
        raise FieldProblem({"effective_till": "Effective till must come after Effective from."})
    return found


def _instant(
    local: dt.datetime | None, zone: str, before: tuple[dt.datetime | None, str] | None
) -> dt.datetime | None:
    if local is None:
        return None
    at, known = before or (None, "")
    return at if at and known == zone and local_of(at, zone) == local else instant_of(local, zone)


def _shown(row: Mapping[str, Any], end: int) -> str:
    name, zone = _ENDS[end]
    return "∞" if row[name] is None else f"{local_of(row[name], row[zone]):%Y-%m-%d}"
