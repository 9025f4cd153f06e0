"""Versions of agreements: dates, credit limit and invoicing, one after the other (ACC-3, G6).

A new version ends the one before at its start. What has ended is a record of the past. Of the one
in force only the end, the credit limit and the days for payment change, for its billing periods
have begun: other terms are a new version. Upcoming ones change in everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import agreements as queries
from app.db.queries import masters as rows
from app.db.queries.agreements import AGREEMENT, AgreementRecord, AgreementVersion
from app.db.queries.record_history import authors, record_history
from app.db.queries.versioned import save
from app.db.tables.agreements import agreement_version
from app.domain.counting import counted
from app.domain.effective import PAST, UPCOMING, state_of
from app.domain.records import HistoryEntry, Record
from app.domain.zones import local_of
from app.errors import Conflict, FieldProblem, UserError
from app.services import audit
from app.services.accounts import agreement_terms as terms
from app.services.context import Context, service
from app.services.masters import HANDED_DOWN, chosen, told

AREA = "accounts.agreements"

FREE = ("effective_till", "till_zone", "credit_limit", "days_for_payment")
"""What may change in a version that is in force."""

_TITLES = {
    "effective_from": "Effective from",
    "from_zone": "Time zone of the start",
    "effective_till": "Effective till",
    "till_zone": "Time zone of the end",
    "credit_limit": "Credit limit",
    "days_for_payment": "Days for payment",
    "billing_zone": "Billing time zone",
    "billing_period": "Billing period",
    "billing_weekday": "Billing day",
    "billing_day": "Billing day",
    "split_by_month": "Split by month",
}


@service(AREA, "view")
def load(ctx: Context, version_id: int) -> Record:
    """Return what the form of a version shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        owner, version = queries.version_by_id(connection, ctx.actor.company_id, version_id)
        created, updated = queries.times_of(connection, version_id)
        mine = rows.is_own(connection, AGREEMENT, ctx.actor.company_id, owner.id)
        created_by, updated_by = "", ""
        history: tuple[HistoryEntry, ...] = ()
        if mine:  # who works for the tenant is the tenant's alone
            place = (connection, owner.company_id, agreement_version.name, version_id)
            created_by, updated_by = authors(*place)
            history = record_history(*place)
    values = {"agreement_id": str(owner.id), **terms.shown(version)}
    return Record(
        id=version_id,
        version=version.version,
        values=values,
        title=owner.code,
        begins=local_of(version.effective_from, version.from_zone),
        created_at=created,
        created_by=created_by,
        updated_at=updated,
        updated_by=updated_by,
        labels={"agreement_id": owner.title},
        history=history,
        locked=_locked(version, ctx.clock()) if mine else dict.fromkeys(values, HANDED_DOWN),
    )


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a version to an agreement; it ends the one before. Returns its ID."""
    with ctx.database.write() as connection:
        owner = _held(ctx, connection, _named(values))
        known = queries.versions_of(connection, owner.id)
        columns = terms.stored(values)
        newest = known[-1] if known else None
        if newest is not None and columns["effective_from"] <= newest.effective_from:
            start = terms.moment(newest.effective_from, newest.from_zone)
            problem = f"A new version starts after the newest one, which starts on {start}."
            raise FieldProblem({"effective_from": problem})
        if newest is not None and _lasts(newest, columns["effective_from"]):
            _end(ctx, connection, owner, newest, columns)
        return add(connection, ctx, owner.id, owner.company_id, columns).id


def add(
    connection: Any, ctx: Context, agreement_id: int, tenant: int, columns: Mapping[str, Any]
) -> AgreementVersion:
    """Insert a version and tell the audit; the caller has looked that it fits."""
    made = queries.insert_version(connection, agreement_id, columns, now=ctx.clock())
    new = {"agreement_id": agreement_id, **told(terms.shown(made))}
    _tell(ctx, connection, "add", made, tenant, new)
    return made


@service(AREA, "manage")
def update(ctx: Context, version_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a version; Conflict if ``version`` is not the stored one, FieldProblem for the past."""
    with ctx.database.write() as connection:
        owner, before = _held_version(ctx, connection, version_id)
        _refuse_stale(before, version)
        columns = terms.stored(values, before)
        after = replace(before, **columns)
        _refuse_fixed(before, after, ctx.clock())
        earlier, later = _neighbours(connection, before)
        _refuse_overlap(after, earlier, later)
        ended = earlier if earlier is not None and _ends_with(earlier, before, after) else None
        # The order keeps two versions from holding at once, which the database refuses.
        if ended is not None and after.effective_from < before.effective_from:
            _end(ctx, connection, owner, ended, columns)
        _save(ctx, connection, owner, before, after)
        if ended is not None and after.effective_from > before.effective_from:
            _end(ctx, connection, owner, ended, columns)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete upcoming versions, all or none; the one before goes on in their place.

    Raises UserError for one that has begun, or for the only one.
    """
    with ctx.database.write() as connection:
        for version_id in ids:
            owner, version = _held_version(ctx, connection, version_id)
            earlier, _ = _neighbours(connection, version)
            only = len(queries.versions_of(connection, owner.id)) == 1
            reason = _why_kept(version, only=only, now=ctx.clock())
            if reason:
                raise UserError(f"Agreement {owner.code}: {reason}")
            _remove(ctx, connection, owner, version)
            if earlier is not None and earlier.effective_till == version.effective_from:
                _reopen(ctx, connection, owner, earlier, version)
    return f"Deleted {counted(len(ids), 'version')}."


@service(AREA, "view")
def consequences(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what deleting versions would mean, a line for each."""
    lines = []
    with ctx.database.read() as connection:
        for version_id in ids:
            owner, version = queries.version_by_id(connection, ctx.actor.company_id, version_id)
            known = queries.versions_of(connection, owner.id)
            reason = _why_kept(version, only=len(known) == 1, now=ctx.clock())
            lines.append(f"Agreement {owner.code}: {reason or _after(connection, version)}")
    return lines


def _after(connection: Any, version: AgreementVersion) -> str:
    earlier, _ = _neighbours(connection, version)
    if earlier is None:
        return f"{terms.named(version)} goes."
    till = terms.moment(version.effective_till, version.till_zone)
    if earlier.effective_till == version.effective_from:
        end = "without end" if version.effective_till is None else f"until {till}"
        return f"{terms.named(version)} goes, and {terms.named(earlier)} goes on {end}."
    return f"{terms.named(version)} goes; nothing holds in its time."


# ------------------------------------------------------------------------------ rules


def _named(values: Mapping[str, Any]) -> int:
    agreement_id = chosen(values, "agreement_id")
    if agreement_id is None:
        raise FieldProblem({"agreement_id": "Agreement is not there any more: choose another one."})
    return agreement_id


def _held(ctx: Context, connection: Any, agreement_id: int) -> AgreementRecord:
    """Return an agreement that the actor may change, locked against others."""
    company = ctx.actor.company_id
    rows.find(connection, AGREEMENT, company, agreement_id, own=True)
    queries.hold(connection, agreement_id)
    return queries.agreement_by_id(connection, company, agreement_id)


def _held_version(
    ctx: Context, connection: Any, version_id: int
) -> tuple[AgreementRecord, AgreementVersion]:
    company = ctx.actor.company_id
    found, _ = queries.version_by_id(connection, company, version_id)
    owner = _held(ctx, connection, found.id)
    return owner, queries.version_by_id(connection, company, version_id)[1]


def _refuse_stale(stored: AgreementVersion, version: int) -> None:
    if stored.version != version:
        raise Conflict("Somebody else changed this version meanwhile: look at the new values.")


def _refuse_fixed(before: AgreementVersion, after: AgreementVersion, now: dt.datetime) -> None:
    """Raise FieldProblem for a change that would rewrite what has begun or has ended."""
    locked = _locked(before, now)
    _, changed = terms.changes(before, after)
    why = "can't be changed in a version that is in force: add a new version instead."
    if state_of(before.span, now) == PAST:
        why = "can't be changed in a version that has ended: it shows what held then."
    problems = {name: f"{_TITLES[name]} {why}" for name in changed if name in locked}
    if problems:
        raise FieldProblem(problems)


def _locked(version: AgreementVersion, now: dt.datetime) -> dict[str, str]:
    """Return why fields of a version can't be changed, by their names."""
    state = state_of(version.span, now)
    if state == UPCOMING:
        return {}
    if state == PAST:
        return dict.fromkeys(terms.FIELDS, "This version has ended.")
    return {name: "A new version changes it." for name in terms.FIELDS if name not in FREE}


def _neighbours(
    connection: Any, version: AgreementVersion
) -> tuple[AgreementVersion | None, AgreementVersion | None]:
    """Return the versions of the agreement right before and right after one."""
    known = queries.versions_of(connection, version.agreement_id)
    place = [one.id for one in known].index(version.id)
    earlier = known[place - 1] if place else None
    return earlier, known[place + 1] if place + 1 < len(known) else None


def _refuse_overlap(
    after: AgreementVersion, earlier: AgreementVersion | None, later: AgreementVersion | None
) -> None:
    if earlier is not None and after.effective_from <= earlier.effective_from:
        start = terms.moment(earlier.effective_from, earlier.from_zone)
        problem = f"This version starts after the one before it, which starts on {start}."
        raise FieldProblem({"effective_from": problem})
    if later is None:
        return
    if after.effective_till is None or after.effective_till > later.effective_from:
        start = terms.moment(later.effective_from, later.from_zone)
        problem = f"The next version starts on {start}: this one ends by then."
        raise FieldProblem({"effective_till": problem})


def _ends_with(
    earlier: AgreementVersion, before: AgreementVersion, after: AgreementVersion
) -> bool:
    """Return whether the version before has to end anew because this one's start moved."""
    if before.effective_from == after.effective_from:
        return False
    touched = earlier.effective_till == before.effective_from
    return touched or _lasts(earlier, after.effective_from)


def _lasts(version: AgreementVersion, beyond: dt.datetime) -> bool:
    """Return whether a version holds at an instant after its start."""
    return version.effective_till is None or version.effective_till > beyond


def _why_kept(version: AgreementVersion, *, only: bool, now: dt.datetime) -> str:
    """Return why a version can't be deleted, "" if it can."""
    if state_of(version.span, now) != UPCOMING:
        start = terms.moment(version.effective_from, version.from_zone)
        return f"the version that began on {start} can't be deleted, only an upcoming one can."
    if only:
        return "its only version can't be deleted: delete the agreement instead."
    return ""


# ------------------------------------------------------------------------------ writing


def _end(
    ctx: Context,
    connection: Any,
    owner: AgreementRecord,
    version: AgreementVersion,
    following: Mapping[str, Any],
) -> None:
    """Let a version end where the following one starts."""
    start, zone = following["effective_from"], following["from_zone"]
    after = replace(version, effective_till=start, till_zone=zone)
    _save(ctx, connection, owner, version, after, action="end")


def _reopen(
    ctx: Context,
    connection: Any,
    owner: AgreementRecord,
    version: AgreementVersion,
    gone: AgreementVersion,
) -> None:
    """Let a version go on for the time of the one that followed and was deleted."""
    after = replace(version, effective_till=gone.effective_till, till_zone=gone.till_zone)
    _save(ctx, connection, owner, version, after, action="reopen")


def _save(
    ctx: Context,
    connection: Any,
    owner: AgreementRecord,
    before: AgreementVersion,
    after: AgreementVersion,
    *,
    action: str = "change",
) -> None:
    names = [name for name in AgreementVersion.__slots__ if name not in ("id", "agreement_id")]
    columns = {name: getattr(after, name) for name in names if name != "version"}
    columns["updated_at"] = ctx.clock()
    save(connection, agreement_version, before.id, before.version, columns)
    old, new = terms.changes(before, after)
    _tell(ctx, connection, action, before, owner.company_id, told(new), old=told(old))


def _remove(
    ctx: Context, connection: Any, owner: AgreementRecord, version: AgreementVersion
) -> None:
    queries.delete_version(connection, version.id)
    old = {"agreement_id": owner.id, **told(terms.shown(version))}
    _tell(ctx, connection, "delete", version, owner.company_id, {}, old=old)


def remove_all(connection: Any, ctx: Context, owner: AgreementRecord) -> None:
    """Delete the versions of an agreement that is about to go itself."""
    queries.hold(connection, owner.id)
    for version in queries.versions_of(connection, owner.id):
        _remove(ctx, connection, owner, version)


def _tell(
    ctx: Context,
    connection: Any,
    action: str,
    version: AgreementVersion,
    tenant: int,
    new: Mapping[str, Any],
    *,
    old: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        ctx,
        connection,
        f"{action} agreement version",
        agreement_version.name,
        version.id,
        new,
        old=old,
        company_id=tenant,
    )
