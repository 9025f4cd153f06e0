"""Changes, copies and deletes scopes, and says beforehand what that does (SVC-2, F17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from app.db.queries import rate_nodes, scopes
from app.db.queries.scopes import ScopeRecord
from app.db.queries.service_sight import seen_scopes, seen_service, seen_services
from app.db.queries.services import ServiceRecord
from app.errors import Conflict, UserError
from app.services import audit
from app.services.context import Context, service
from app.services.tariffs.find import MANY
from app.services.tariffs.scopes import instant, state
from app.services.tariffs.tree_pages import scope_and_service


@dataclass(frozen=True, slots=True)
class ScopeChanges:
    """What the scope panel sets; None = as it is. Dates as ``YYYY-MM-DD`` in the service's zone.

    ``till`` is the first day after the scope, "" = no end; ``start`` "" = none (drafts only).
    """

    name: str | None = None
    description: str | None = None
    start: str | None = None
    till: str | None = None
    draft: bool | None = None


@dataclass(frozen=True, slots=True)
class ScopeView:
    """A scope as the panel shows it; dates as in ScopeChanges; ``leaves`` -1 = not counted."""

    id: int
    service_id: int
    name: str
    description: str
    draft: bool
    start: str
    till: str
    state: str
    revision: int
    version: int
    leaves: int
    zone: str


@dataclass(frozen=True, slots=True)
class CreateScope:
    """A new scope of a service; ``copy_from`` = a scope of any service of the company."""

    service_id: int
    start: str = ""
    till: str = ""
    draft: bool = True
    name: str = ""
    description: str = ""
    copy_from: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedScope:
    """A saved scope, and sentences a person should know of (overlaps)."""

    scope: ScopeView
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopiedTree:
    """The new revision, the rates it has, and how many nodes went."""

    revision: int
    leaves: int
    replaced: int


@dataclass(frozen=True, slots=True)
class CopySource:
    """A scope whose tree can be copied, with what to show in a list."""

    scope_id: int
    service_id: int
    title: str
    detail: str
    currency: str


NOT_COUNTED = -1
LONGEST_NAME, LONGEST_DESCRIPTION = 200, 4000


@service("finance.services", "view")
def scopes_of(ctx: Context, service_id: int, *, count: bool = True) -> list[ScopeView]:
    """Return the scopes of a service, newest first; ``count`` counts their rates as well."""
    with ctx.database.read() as connection:
        owner = _service(connection, ctx, service_id)
        found = seen_scopes(connection, ctx.actor.company_id, owner)
        views = [_view(ctx, connection, owner, scope, found, count=count) for scope in found]
    return views[::-1]


@service("finance.services", "view")
def copy_sources(ctx: Context, text: str = "", limit: int = 50) -> list[CopySource]:
    """Return scopes of all services whose service, name or number holds ``text``."""
    now, wanted = ctx.clock(), text.strip().casefold()
    found: list[CopySource] = []
    with ctx.database.read() as connection:
        company = ctx.actor.company_id
        for owner in seen_services(connection, company, limit=MANY):
            known = seen_scopes(connection, company, owner)
            current = _current(known, now)
            for scope in reversed(known):
                words = f"{owner.name} {scope.name} {scope.id}".casefold()
                if wanted in words:
                    found.append(_source(owner, scope, state(scope, current, now)))
    found.sort(key=lambda source: (str(source.scope_id) != wanted, source.title.casefold()))
    return found[:limit]


def _source(owner: ServiceRecord, scope: ScopeRecord, word: str) -> CopySource:
    period = _period(scope, owner.time_zone)
    title = f"{owner.name}, {period or f'scope {scope.id}'}"
    detail = ", ".join(part for part in (scope.name, word, period and f"scope {scope.id}") if part)
    return CopySource(scope.id, owner.id, title, detail, owner.currency or "")


def _service(connection: Any, ctx: Context, service_id: int, *, own: bool = False) -> ServiceRecord:
    return seen_service(connection, ctx.actor.company_id, service_id, own=own)


def _view(
    ctx: Context,
    connection: Any,
    owner: ServiceRecord,
    scope: ScopeRecord,
    known: Sequence[ScopeRecord],
    *,
    count: bool,
) -> ScopeView:
    now = ctx.clock()
    leaves = rate_nodes.tree_counts(connection, scope.id).leaves if count else NOT_COUNTED
    return ScopeView(
        id=scope.id,
        service_id=owner.id,
        name=scope.name,
        description=scope.description,
        draft=scope.draft,
        start=_day(scope.effective_from, owner.time_zone),
        till=_day(scope.effective_till, owner.time_zone),
        state=state(scope, _current(known, now), now),
        revision=scope.revision,
        version=scope.version,
        leaves=leaves,
        zone=owner.time_zone,
    )


def _day(at: dt.datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).date().isoformat() if at else ""


def _period(scope: ScopeRecord, zone: str) -> str:
    """Return "2026-01-01 – ∞", "" without a start; the end is the first day after."""
    if scope.effective_from is None:
        return ""
    return f"{_day(scope.effective_from, zone)} – {_day(scope.effective_till, zone) or '∞'}"


def _title(scope: ScopeRecord, zone: str) -> str:
    """Return "the scope 2026-01-01 – ∞" with its name if it has one; its number without dates."""
    period = _period(scope, zone) or str(scope.id)
    return f"the scope “{scope.name}” ({period})" if scope.name else f"the scope {period}"


def _sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------------------ consequences


@service("finance.services", "view")
def consequences(ctx: Context, scope_id: int, changes: ScopeChanges) -> list[str]:
    """Return what saving ``changes`` would mean, as sentences to show before (SVC-2).

    Raises UserError for dates that are wrong.
    """
    with ctx.database.read() as connection:
        scope, owner = scope_and_service(connection, ctx, scope_id, own=True)
        known = scopes.scopes_of(connection, owner.id)
    after = _changed(scope, owner, changes, ctx.clock())
    return _told(
        known, [after if s.id == scope.id else s for s in known], after, owner, ctx.clock()
    )


@service("finance.services", "view")
def consequences_of_new(ctx: Context, new: CreateScope) -> list[str]:
    """Return what adding a scope would mean, as sentences to show before."""
    with ctx.database.read() as connection:
        owner = _service(connection, ctx, new.service_id, own=True)
        known = scopes.scopes_of(connection, owner.id)
        source = _copied_service(connection, ctx, new.copy_from)
    now = ctx.clock()
    blank = ScopeRecord(
        id=_NEW, service_id=owner.id, name="", description="", draft=True, effective_from=None,
        effective_till=None, activated_at=None, revision=0, next_node=1, version=1,
        created_at=now, updated_at=now,
    )  # fmt: skip
    changes = ScopeChanges(start=new.start, till=new.till, draft=new.draft)
    after = _changed(blank, owner, changes, now)
    told = _told(known, [*known, after], after, owner, now)
    if source is not None and (source.currency or "") != (owner.currency or ""):
        told.append(
            f"The copied prices are in {source.currency or 'no currency'}, this service is in "
            f"{owner.currency or 'no currency'}: the numbers stay as they are."
        )
    return told


_NEW = 2**62
"""Number of a scope that is not there yet: the youngest of all."""


def _copied_service(connection: Any, ctx: Context, scope_id: int | None) -> ServiceRecord | None:
    return None if scope_id is None else scope_and_service(connection, ctx, scope_id)[1]


def _changed(
    scope: ScopeRecord, owner: ServiceRecord, changes: ScopeChanges, now: dt.datetime
) -> ScopeRecord:
    """Return the scope as it would be. Raises UserError for what can't be saved."""
    values = _values(owner, changes)
    draft = values.get("draft", scope.draft)
    after = replace(scope, **values)
    scopes.check_period(after.effective_from, after.effective_till, draft=draft)
    if not draft and after.activated_at is None:
        after = replace(after, activated_at=now)
    return after


def _values(owner: ServiceRecord, changes: ScopeChanges) -> dict[str, Any]:
    """Return the columns that ``changes`` sets. Raises UserError for texts that are no dates."""
    values: dict[str, Any] = {}
    if changes.name is not None:
        values["name"] = changes.name.strip()
    if changes.description is not None:
        values["description"] = changes.description
    if changes.draft is not None:
        values["draft"] = changes.draft
    if changes.start is not None:
        values["effective_from"] = _instant(changes.start, owner, "Effective from")
    if changes.till is not None:
        values["effective_till"] = _instant(changes.till, owner, "Effective till")
    if len(values.get("name", "")) > LONGEST_NAME:
        raise UserError(f"A name has up to {LONGEST_NAME} characters: shorten it.")
    if len(values.get("description", "")) > LONGEST_DESCRIPTION:
        raise UserError(f"A description has up to {LONGEST_DESCRIPTION} characters: shorten it.")
    return values


def _instant(day: str, owner: ServiceRecord, field: str) -> dt.datetime | None:
    return instant(day, owner.time_zone, field) if day else None


def _current(known: Sequence[ScopeRecord], now: dt.datetime) -> int | None:
    """Return the scope in force: of those that hold, the first activated (F17)."""
    holding = [
        scope
        for scope in known
        if not scope.draft
        and scope.effective_from is not None
        and scope.effective_from <= now
        and (scope.effective_till is None or scope.effective_till > now)
    ]
    first = min(holding, key=lambda s: (s.activated_at or now, s.id), default=None)
    return first.id if first else None


def _told(
    before: Sequence[ScopeRecord],
    after: Sequence[ScopeRecord],
    scope: ScopeRecord,
    owner: ServiceRecord,
    now: dt.datetime,
) -> list[str]:
    zone = owner.time_zone
    then, current = _current(before, now), _current(after, now)
    told: list[str] = []
    if current == scope.id and then != scope.id:
        told.append("It becomes the current scope at once: its rates are live when you save.")
    if then is not None and then != current:
        old = next(s for s in before if s.id == then)
        who = "This scope" if then == scope.id else _sentence_start(_title(old, zone))
        told.append(f"{who} is no longer the current one.")
        if current is None:
            told.append("No scope of this service is in force then: traffic finds no rates.")
        elif current != scope.id:
            heir = next(s for s in after if s.id == current)
            told.append(f"{_sentence_start(_title(heir, zone))} becomes current at once.")
    if current == scope.id and then == scope.id:
        told.append("This is the current scope: its new dates hold at once.")
    if not scope.draft and scope.effective_from is not None and scope.effective_from > now:
        told.append(f"It takes effect on {_day(scope.effective_from, zone)}.")
    return told + _overlaps(after, scope, zone)


def _overlaps(known: Sequence[ScopeRecord], scope: ScopeRecord, zone: str) -> list[str]:
    """Return a sentence for each scope in force that shares days with ``scope``."""
    if scope.draft:
        return []
    told = []
    for other in known:
        if other.id == scope.id or other.draft or not _share_time(scope, other):
            continue
        first = _age(scope) < _age(other)
        holds = "this one holds" if first else "that one stays current"
        told.append(
            f"It overlaps {_title(other, zone)}: {holds} while both cover a day, because it was "
            "made live first. Change its dates or set it to Draft to change that."
        )
    return told


def _age(scope: ScopeRecord) -> tuple[dt.datetime, int]:
    return scope.activated_at or scope.updated_at, scope.id


def _share_time(one: ScopeRecord, other: ScopeRecord) -> bool:
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: ScopeRecord, other: ScopeRecord) -> bool:
    if one.effective_from is None or other.effective_from is None:
        return False
    return other.effective_till is None or one.effective_from < other.effective_till


# ------------------------------------------------------------------------------ changes


@service("finance.services", "manage")
def create_scope(ctx: Context, new: CreateScope) -> ChangedScope:
    """Add a scope, with a copy of another one's tree if asked."""
    changes = ScopeChanges(new.name, new.description, new.start, new.till, new.draft)
    with ctx.database.write(bulk=new.copy_from is not None) as connection:
        owner = _service(connection, ctx, new.service_id, own=True)
        if owner.archived_at is not None:
            raise UserError(f'The service "{owner.name}" is archived: restore it first.')
        values = _values(owner, changes)
        added = scopes.create_scope(connection, owner.id, now=ctx.clock(), **values)
        _record(ctx, connection, "add scope", owner, added.id, _plain(values, owner))
        if new.copy_from is not None:
            _copy(ctx, connection, owner, added, new.copy_from)
        result = _result(ctx, connection, owner, added.id)
        ctx.stop_if_cancelled()
    return result


@service("finance.services", "manage")
def update_scope(ctx: Context, scope_id: int, version: int, changes: ScopeChanges) -> ChangedScope:
    """Save changes to the version that was read. Raises Conflict if somebody else saved."""
    with ctx.database.write() as connection:
        scope, owner = scope_and_service(connection, ctx, scope_id, own=True)
        _refuse_stale(scope, version)
        values = _values(owner, changes)
        scopes.update_scope(connection, scope, now=ctx.clock(), **values)
        old = {name: getattr(scope, name) for name in values}
        new = _plain(values, owner)
        _record(ctx, connection, "change scope", owner, scope_id, new, old=_plain(old, owner))
        return _result(ctx, connection, owner, scope_id)


def _refuse_stale(scope: ScopeRecord, version: int) -> None:
    if scope.version != version:
        raise Conflict(
            "Somebody else changed this scope meanwhile; nothing was saved: look at its new "
            "dates and repeat your change."
        )


def _plain(values: dict[str, Any], owner: ServiceRecord) -> dict[str, Any]:
    """Return values as the audit trail keeps them: days instead of instants."""
    return {
        name: _day(value, owner.time_zone) if isinstance(value, dt.datetime) else value
        for name, value in values.items()
    }


def _result(ctx: Context, connection: Any, owner: ServiceRecord, scope_id: int) -> ChangedScope:
    known = scopes.scopes_of(connection, owner.id)
    scope = next(s for s in known if s.id == scope_id)
    view = _view(ctx, connection, owner, scope, known, count=True)
    return ChangedScope(view, tuple(_overlaps(known, scope, owner.time_zone)))


@service("finance.services", "manage")
def delete_scope(ctx: Context, scope_id: int, version: int) -> None:
    """Delete a draft scope that was never in force. Raises UserError with the reason why not."""
    with ctx.database.write(bulk=True) as connection:
        scope, owner = scope_and_service(connection, ctx, scope_id, own=True)
        _refuse_stale(scope, version)
        if not scope.draft:
            raise UserError("Only a draft can be deleted: set the scope to Draft, or end it.")
        if scope.activated_at is not None:
            raise UserError(
                "This scope was in force once and stays as history: it harms nothing as a draft."
            )
        imports = scopes.import_count(connection, scope_id)
        if imports:
            what = "1 import" if imports == 1 else f"{imports} imports"
            raise UserError(f"{what} went into this scope and would be lost: keep it as a draft.")
        scopes.delete_scope(connection, scope_id)
        told = {"service": owner.name, "name": scope.name}
        _record(ctx, connection, "delete scope", owner, scope_id, {}, old=told)
        ctx.stop_if_cancelled()


@service("finance.services", "manage")
def copy_tree_into(
    ctx: Context, scope_id: int, source_id: int, *, expected_rev: int | None = None
) -> CopiedTree:
    """Replace a draft scope's tree by a copy of another one's, as a revision."""
    with ctx.database.write(bulk=True) as connection:
        scope, owner = scope_and_service(connection, ctx, scope_id, own=True)
        if not scope.draft:
            raise UserError("Only a draft's tree can be replaced: add a new scope with the copy.")
        if expected_rev is not None and scope.revision != expected_rev:
            raise Conflict(
                f"The rate tree was changed meanwhile (revision {scope.revision}, not "
                f"{expected_rev}); nothing was copied: look at it first."
            )
        replaced = _copy(ctx, connection, owner, scope, source_id)
        leaves = rate_nodes.tree_counts(connection, scope_id).leaves
        ctx.stop_if_cancelled()
    return CopiedTree(scope.revision + 1, leaves, replaced)


def _copy(
    ctx: Context, connection: Any, owner: ServiceRecord, scope: ScopeRecord, source_id: int
) -> int:
    """Copy a tree as the next revision and return how many nodes it replaced."""
    scope_and_service(connection, ctx, source_id)
    revision = scopes.lock_scope(connection, scope.id).revision + 1
    copied = rate_nodes.copy_tree(connection, source_id, scope.id, revision)
    scopes.add_revision(
        connection,
        scope.id,
        revision,
        kind="copy",
        actor=ctx.actor.name,
        at=ctx.clock(),
        inserted=copied.inserted,
        updated=copied.updated,
        removed=copied.removed,
    )
    told = {"from": source_id, "revision": revision, "nodes": copied.inserted}
    _record(ctx, connection, "copy tree", owner, scope.id, told)
    return copied.removed


def _record(
    ctx: Context,
    connection: Any,
    action: str,
    owner: ServiceRecord,
    scope_id: int,
    new: dict[str, Any],
    *,
    old: dict[str, Any] | None = None,
) -> None:
    """Tell the audit of the service's tenant."""
    audit.record(
        ctx, connection, action, "scope", scope_id, new, old=old, company_id=owner.company_id
    )
