"""What the four tabs of Enabled services do alike: load, enable, change, choices (ACC-4).

Each tab is an :class:`EnabledKind`; its own module decides the right and calls these functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.db.queries import agreements as agreement_rows
from app.db.queries import enabled, services
from app.db.queries import masters as rows
from app.db.queries.agreements import AGREEMENT, AgreementRecord
from app.db.queries.enabled import EnabledRecord
from app.db.queries.enabled_channels import ChannelTaken, channel_name, shared_time
from app.db.queries.record_history import authors, record_history
from app.db.queries.services import ServiceRecord
from app.domain.effective import Span, shown
from app.domain.records import HistoryEntry, Record
from app.domain.sections import Choice
from app.domain.zones import instant_of, local_of
from app.errors import Conflict, FieldProblem, UserError
from app.services import audit
from app.services.accounts.choices import fitting
from app.services.context import Context
from app.services.masters import HANDED_DOWN, chosen

TABLE = "enabled_service"
TIMES = ("effective_from", "from_zone", "effective_till", "till_zone")


@dataclass(frozen=True, slots=True)
class EnabledKind:
    """A tab: ``noun`` of a row, ``types`` of services, ``own`` = its fields beside the times.

    ``needed`` = what a person should choose instead of a service of another type.
    """

    noun: str
    types: tuple[str, ...]
    needed: str
    own: tuple[str, ...] = ()


SERVICES = EnabledKind("enabled service", ("payg",), "a pay-as-you-go service", ("hidden",))
INITIATORS = EnabledKind(
    "enabled bundle initiator", ("bundle_initiator",), "a bundle initiator", ("hidden",)
)
PACKS = EnabledKind("enabled pack", ("unit_pack", "monetary_pack"), "a pack", ("billing",))
BUNDLE_PACKS = EnabledKind("enabled bundle pack", ("bundle_pack",), "a bundle pack")
KINDS = (SERVICES, INITIATORS, PACKS, BUNDLE_PACKS)


# ------------------------------------------------------------------------------ records


def load(
    kind: EnabledKind, ctx: Context, row_id: int, values: Mapping[str, Any] | None = None
) -> Record:
    """Return what the form of a row shows; ``values`` instead of the times and own fields."""
    with ctx.database.read() as connection:
        row = enabled.enabled_by_id(
            connection, ctx.actor.company_id, row_id, kind.types, noun=kind.noun
        )
        mine = rows.is_own(connection, enabled.ENABLED, ctx.actor.company_id, row_id)
        created_by, updated_by = "", ""
        history: tuple[HistoryEntry, ...] = ()
        if mine:  # who works for the tenant, and what for, is the tenant's alone
            created_by, updated_by = authors(connection, row.company_id, TABLE, row_id)
            history = record_history(connection, row.company_id, TABLE, row_id)
    own = {name: getattr(row, name) for name in kind.own}
    found = {
        "service_id": str(row.service_id),
        "agreement_id": str(row.agreement_id),
        **({**times_of(row), **own} if values is None else values),
    }
    return Record(
        id=row_id,
        version=row.version,
        values=found,
        title=named(row),
        created_at=row.created_at,
        created_by=created_by,
        updated_at=row.updated_at,
        updated_by=updated_by,
        labels={
            "service_id": named(row),
            "agreement_id": row.agreement,
            "from_zone": row.from_zone,
            "till_zone": row.till_zone,
        },
        history=history,
        locked={} if mine else dict.fromkeys(found, HANDED_DOWN),
    )


def named(row: EnabledRecord) -> str:
    """Return the name of the service; one in the archive is a missed option (SVC-1)."""
    return row.service if row.archived_at is None else f"missed option {row.service}"


def times_of(row: EnabledRecord) -> dict[str, Any]:
    """Return the times of a row as its form has them: local, each in its own zone."""
    till = row.effective_till
    return {
        "effective_from": local_of(row.effective_from, row.from_zone),
        "from_zone": row.from_zone,
        "effective_till": None if till is None else local_of(till, row.till_zone),
        "till_zone": row.till_zone,
    }


def create(kind: EnabledKind, ctx: Context, values: Mapping[str, Any]) -> int:
    """Enable a service from the values of a form and return the row's ID.

    Raises FieldProblem for what can't be enabled (A9), and for a channel that another service of
    the agreement holds at that time (A17).
    """
    with ctx.database.write() as connection:
        under, bought = checked_pair(kind, ctx, connection, values)
        times = _checked_times(values)
        _refuse_twice(connection, under, bought, times, None)
        columns = {**times, **{name: values[name] for name in kind.own}}
        return add(kind, ctx, connection, under, bought, columns)


def add(
    kind: EnabledKind,
    ctx: Context,
    connection: Any,
    under: AgreementRecord,
    bought: ServiceRecord,
    columns: Mapping[str, Any],
) -> int:
    """Write a new row of checked columns and tell the audit."""
    row = {
        "company_id": under.company_id,
        "agreement_id": under.id,
        "service_id": bought.id,
        **columns,
    }
    try:
        made = enabled.add_enabled(connection, row, now=ctx.clock())
    except ChannelTaken as problem:
        raise FieldProblem({"service_id": _taken(problem)}) from None
    told = {"service": bought.name, "agreement": under.title, **plain(columns)}
    audit.record(
        ctx,
        connection,
        f"add {kind.noun}",
        TABLE,
        made,
        told,
        company_id=under.company_id,
    )
    return made


def update(
    kind: EnabledKind, ctx: Context, row_id: int, version: int, values: Mapping[str, Any]
) -> None:
    """Save times and own fields; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = own_row(kind, ctx, connection, row_id, version)
        times = _checked_times(values, row)
        changes = {**times, **{name: values[name] for name in kind.own}}
        save(kind, ctx, connection, row, changes)
        under = agreement_rows.agreement_by_id(connection, ctx.actor.company_id, row.agreement_id)
        bought = services.service_by_id(connection, row.service_id)
        _refuse_twice(connection, under, bought, times, row_id)


def own_row(
    kind: EnabledKind, ctx: Context, connection: Any, row_id: int, version: int
) -> EnabledRecord:
    """Return a row that the actor may change. Raises Conflict unless ``version`` is stored."""
    row = enabled.enabled_by_id(
        connection, ctx.actor.company_id, row_id, kind.types, noun=kind.noun, own=True
    )
    if row.version != version:
        raise Conflict(
            f"Somebody else changed this {kind.noun} meanwhile; nothing was saved: look at the "
            "new values and repeat your change."
        )
    return row


def save(
    kind: EnabledKind,
    ctx: Context,
    connection: Any,
    row: EnabledRecord,
    changes: Mapping[str, Any],
    *,
    verb: str = "change",
) -> None:
    """Write the columns that differ and tell the audit; ``verb`` = what was done to the row."""
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    try:
        enabled.change_enabled(connection, row, row.version, changed, now=ctx.clock())
    except ChannelTaken as problem:
        raise FieldProblem({"effective_from": _taken(problem)}) from None
    zones = {"from_zone": row.from_zone, "till_zone": row.till_zone}
    old = {name: getattr(row, name) for name in changed}
    audit.record(
        ctx,
        connection,
        f"{verb} {kind.noun}",
        TABLE,
        row.id,
        plain({**zones, **changes}, changed),
        old=plain({**zones, **old}, changed),
        company_id=row.company_id,
    )


def plain(columns: Mapping[str, Any], only: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return columns (``only`` these) as the audit keeps them: times local, as texts."""
    told = {}
    for name, value in columns.items():
        if only is not None and name not in only:
            continue
        if isinstance(value, dt.datetime):
            zone = columns["till_zone" if name == "effective_till" else "from_zone"]
            told[name] = local_of(value, zone).isoformat()
        else:
            told[name] = value
    return told


def _taken(problem: ChannelTaken) -> str:
    first = problem.taken[0]
    return (
        f'"{first.other}" prices {channel_name(first.channel)} on this agreement '
        f"{shared_time(first)} already: end its enabling before, choose other dates, or a service "
        "without this resource."
    )


# ------------------------------------------------------------------------------ checks


def checked_pair(
    kind: EnabledKind, ctx: Context, connection: Any, values: Mapping[str, Any]
) -> tuple[AgreementRecord, ServiceRecord]:
    """Return the agreement and the service of a new row. Raises FieldProblem."""
    under = agreement_of(connection, ctx.actor.company_id, values)
    if under is None:
        raise FieldProblem({"agreement_id": "This agreement can't be used here: choose another."})
    bought = _service_of(connection, values)
    if bought is None or bought.company_id != under.company_id:
        raise FieldProblem(
            {"service_id": "The agreement's tenant does not sell this service: choose another."}
        )
    problem = _unfit(kind, bought, under)
    if problem:
        raise FieldProblem({"service_id": problem})
    return under, bought


def agreement_of(
    connection: Any, company_id: int, values: Mapping[str, Any]
) -> AgreementRecord | None:
    """Return the agreement that a form names, None if the company does not manage it."""
    number = chosen(values, "agreement_id")
    if number is None:
        return None
    try:
        rows.find(connection, AGREEMENT, company_id, number, own=True)
    except UserError:
        return None
    return agreement_rows.agreement_by_id(connection, company_id, number)


def _service_of(connection: Any, values: Mapping[str, Any]) -> ServiceRecord | None:
    number = chosen(values, "service_id")
    try:
        return None if number is None else services.service_by_id(connection, number)
    except UserError:
        return None


def _unfit(kind: EnabledKind, bought: ServiceRecord, under: AgreementRecord) -> str:
    """Return why a service can't be enabled on an agreement, "" if it can."""
    if bought.type not in kind.types or bought.side != "sell":
        return f'"{bought.name}" is not {kind.needed} for sale: choose another service.'
    if bought.archived_at is not None:
        return f'"{bought.name}" is in the archive: restore it first, or choose another service.'
    if bought.currency is not None and bought.currency != under.currency:
        return (
            f'"{bought.name}" is in {bought.currency}, the agreement is in {under.currency}: '
            f"choose a service in {under.currency}."
        )
    return ""


def _checked_times(values: Mapping[str, Any], row: EnabledRecord | None = None) -> dict[str, Any]:
    """Return the columns of the times. Raises FieldProblem for an end before the start."""
    problems = {
        name: f'There is no time zone "{values[name]}": choose one of the list.'
        for name in ("from_zone", "till_zone")
        if not is_zone(values[name])
    }
    if problems:
        raise FieldProblem(problems)
    times = {
        "effective_from": _at(values, "effective_from", "from_zone", row),
        "from_zone": values["from_zone"],
        "effective_till": _at(values, "effective_till", "till_zone", row),
        "till_zone": values["till_zone"],
    }
    till = times["effective_till"]
    if till is not None and till <= times["effective_from"]:
        raise FieldProblem({"effective_till": "It would end before it begins: choose a later end."})
    return times


def _at(
    values: Mapping[str, Any], name: str, zone: str, row: EnabledRecord | None
) -> dt.datetime | None:
    """Return a local time of a form as an instant; one that was not touched stays as stored."""
    local = values[name]
    stored = None if row is None else getattr(row, name)
    if local is None or (stored is not None and _untouched(row, values, name, zone)):
        return stored if local is not None else None
    return instant_of(local, values[zone])


def _untouched(row: EnabledRecord | None, values: Mapping[str, Any], name: str, zone: str) -> bool:
    """Tell whether a form still shows what is stored; of two equal local times it keeps its own."""
    assert row is not None
    return bool(values[zone] == getattr(row, zone) and values[name] == times_of(row)[name])


def is_zone(name: object) -> bool:
    """Return whether a time zone has this name."""
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _refuse_twice(
    connection: Any,
    under: AgreementRecord,
    bought: ServiceRecord,
    times: Mapping[str, Any],
    row_id: int | None,
) -> None:
    """Raise FieldProblem if a service that is no pack is enabled twice at once."""
    if bought.type not in {"payg", "bundle_initiator"}:
        return
    enabled.hold_service(connection, bought.id)
    span = (times["effective_from"], times["effective_till"])
    other = enabled.meeting(connection, under.id, bought.id, span, other_than=row_id)
    if other is not None:
        raise FieldProblem(
            {
                "effective_from": f'"{bought.name}" is enabled on this agreement at that time '
                f"already (ID {other.id}): change its dates instead."
            }
        )


# ------------------------------------------------------------------------------ choices


def service_choices(
    kind: EnabledKind, ctx: Context, text: str, values: Mapping[str, Any]
) -> list[Choice]:
    """Return the services that can be enabled, on the agreement of the form if it has one."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        under = agreement_of(connection, company, values)
        found = enabled.services_to_enable(connection, company, kind.types, under)
    return fitting(found, text)


def agreement_choices(
    connection: Any, company_id: int, text: str, values: Mapping[str, Any]
) -> list[Choice]:
    """Return the agreements on which the service of the form, if it has one, can be enabled."""
    bought = _service_of(connection, values)
    return fitting(enabled.agreements_to_enable(connection, company_id, bought, text), text)


# ------------------------------------------------------------------------------ proposals


def suggested_times(
    connection: Any, company_id: int, now: dt.datetime, values: Mapping[str, Any]
) -> dict[str, tuple[Any, str]]:
    """Return now and the zone of the chosen agreement; nothing before one is chosen."""
    under = agreement_of(connection, company_id, values)
    if under is None:
        return {}
    zone = zone_of_agreement(connection, under.id, now)
    return {
        "effective_from": (local_of(now.replace(second=0, microsecond=0), zone), ""),
        "from_zone": (zone, zone),
        "till_zone": (zone, zone),
    }


def zone_of_agreement(connection: Any, agreement_id: int, now: dt.datetime) -> str:
    """Return the billing zone of an agreement, now or when it begins; UTC without versions."""
    versions = agreement_rows.versions_of(connection, agreement_id)
    found = shown(versions, lambda v: (v.effective_from, v.effective_till), now)
    return "UTC" if found is None else found.billing_zone


def span_of(values: Mapping[str, Any]) -> Span | None:
    """Return the span of a form that may be unfinished, None if there is none yet."""
    start = _lenient(values.get("effective_from"), values.get("from_zone"))
    if start is None:
        return None
    end = _lenient(values.get("effective_till"), values.get("till_zone"))
    return (start, end) if end is None or start < end else None


def _lenient(value: Any, zone: Any) -> dt.datetime | None:
    if isinstance(value, str) and value:
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, dt.datetime) or value.tzinfo is not None or not is_zone(zone):
        return None
    return instant_of(value, str(zone))
