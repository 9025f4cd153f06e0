"""Services as records of a list and a form: load, create, save, clone, archive, restore (SVC-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.db.queries import import_runs, rate_nodes, scopes, services
from app.db.queries.enabled import agreements_with
from app.db.queries.record_history import authors, record_history
from app.db.queries.service_sight import seen_service
from app.db.queries.tenancy import sees
from app.domain.counting import counted
from app.domain.records import Record
from app.services import audit
from app.services.context import Context, service
from app.services.names import LONGEST
from app.services.tariffs.services import (
    NewService,
    add_service,
    checked_size,
    plain,
    refuse_taken,
)

AREA = "finance.services"
SHOWN = 20
"""Names of dependants listed in a question; more are counted."""

NAMED = 3
"""Agreements of a service that are named there."""


@service(AREA, "view")
def load(ctx: Context, service_id: int) -> Record:
    """Return what the form of a service shows. Raises UserError if there is none."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        found = seen_service(connection, company, service_id)
        # Who changed what is not handed down to those who buy a service.
        tenant = found.company_id if sees(connection, company, found.company_id) else 0
        created_by, updated_by = authors(connection, tenant, "service", service_id)
        history = record_history(connection, tenant, "service", service_id)
    return Record(
        id=found.id,
        version=found.version,
        values={
            "name": found.name,
            "type": found.type,
            "side": found.side,
            "currency": found.currency,
            "size": None if found.size is None else Decimal(plain(found)["size"]),
            "time_zone": found.time_zone,
            "description": found.description,
        },
        title=found.name,
        created_at=found.created_at,
        created_by=created_by,
        updated_at=found.updated_at,
        updated_by=updated_by,
        labels={"currency": found.currency or "", "time_zone": found.time_zone},
        history=history,
    )


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a service from the values of its form and return its ID."""
    return add_service(
        ctx,
        NewService(
            name=values["name"],
            type=values["type"],
            currency=values.get("currency") or "",
            size=_size_text(values),
            description=values.get("description") or "",
            side=values["side"],
            zone=values.get("time_zone") or "UTC",
        ),
    )


@service(AREA, "manage")
def update(ctx: Context, service_id: int, version: int, values: dict[str, Any]) -> None:
    """Save name, size and description; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        found = _own(ctx, connection, service_id)
        changes = {
            "name": values["name"],
            "size": checked_size(found.type, _size_text(values)),
            "description": values.get("description") or "",
        }
        if changes["name"] != found.name:
            refuse_taken(connection, found.company_id, changes["name"])
        saved = services.update_service(
            connection, _at_version(found, version), now=ctx.clock(), **changes
        )
        _told(ctx, connection, "change service", found, saved)


def _size_text(values: dict[str, Any]) -> str:
    size = values.get("size")
    return "" if size is None else str(size)


def _at_version(found: services.ServiceRecord, version: int) -> services.ServiceRecord:
    return services.ServiceRecord(
        **{name: getattr(found, name) for name in found.__slots__ if name != "version"},
        version=version,
    )


def _told(
    ctx: Context,
    connection: Any,
    action: str,
    before: services.ServiceRecord,
    after: services.ServiceRecord,
) -> None:
    old, new = plain(before), plain(after)
    for told, record in ((old, before), (new, after)):
        told["archived"] = record.archived_at is not None
    differ = [name for name in new if old[name] != new[name]]
    audit.record(
        ctx,
        connection,
        action,
        "service",
        after.id,
        {name: new[name] for name in differ},
        old={name: old[name] for name in differ},
        company_id=after.company_id,
    )


# ------------------------------------------------------------------------------ clone


@service(AREA, "manage")
def clone(ctx: Context, ids: Sequence[int]) -> str:
    """Copy a service with its scopes as drafts, under a free name; return the sentence for it."""
    names = []
    with ctx.database.write(bulk=True) as connection:
        for service_id in ids:
            found = _own(ctx, connection, service_id)
            name = _free_name(connection, found)
            made, copied = _clone(ctx, connection, found, {**_fields(found), "name": name})
            names.append(f'"{made.name}" with {counted(copied, "draft scope")}')
    return f"Made {', '.join(names)}."


@service(AREA, "manage")
def clone_as(ctx: Context, service_id: int, values: dict[str, Any]) -> int:
    """Copy a service and its scopes as drafts under the name, size and description of a form."""
    with ctx.database.write(bulk=True) as connection:
        found = _own(ctx, connection, service_id)
        refuse_taken(connection, found.company_id, values["name"])
        fields = {
            **_fields(found),
            "name": values["name"],
            "size": checked_size(found.type, _size_text(values)),
            "description": values.get("description") or "",
        }
        made, _ = _clone(ctx, connection, found, fields)
    return made.id


def _fields(found: services.ServiceRecord) -> dict[str, Any]:
    names = ("name", "type", "side", "currency", "size", "description", "time_zone")
    return {name: getattr(found, name) for name in names}


def _free_name(connection: Any, found: services.ServiceRecord) -> str:
    number = 1
    while True:
        ending = " (copy)" if number == 1 else f" (copy {number})"
        name = found.name[: LONGEST - len(ending)] + ending
        if services.find_service(connection, found.company_id, name) is None:
            return name
        number += 1


def _clone(
    ctx: Context, connection: Any, found: services.ServiceRecord, fields: dict[str, Any]
) -> tuple[services.ServiceRecord, int]:
    """Make the copy, drafts of all scopes with it; nobody is enabled for it."""
    now = ctx.clock()
    made = services.create_service(connection, found.company_id, now=now, **fields)
    told = {**plain(made), "copy of": found.name}
    audit.record(
        ctx, connection, "clone service", "service", made.id, told, company_id=made.company_id
    )
    known = scopes.scopes_of(connection, found.id)
    for done, scope in enumerate(known):
        ctx.stop_if_cancelled()
        ctx.report("copying", done, len(known))
        _clone_scope(ctx, connection, scope, made.id, now)
    return made, len(known)


def _clone_scope(
    ctx: Context, connection: Any, scope: scopes.ScopeRecord, service_id: int, now: datetime
) -> None:
    draft = scopes.create_scope(
        connection,
        service_id,
        now=now,
        draft=True,
        effective_from=scope.effective_from,
        effective_till=scope.effective_till,
        name=scope.name,
        description=scope.description,
    )
    copied = rate_nodes.copy_tree(connection, scope.id, draft.id, 1)
    scopes.add_revision(
        connection,
        draft.id,
        1,
        kind="copy",
        actor=ctx.actor.name,
        at=now,
        inserted=copied.inserted,
        updated=copied.updated,
        removed=copied.removed,
    )


# ------------------------------------------------------------------------------ archive


@service(AREA, "manage")
def archive(ctx: Context, ids: Sequence[int]) -> str:
    """Archive services: lists hide them, agreements no longer rate by them."""
    done = _mark(ctx, ids, archived=True)
    return f"Archived {_named(done)}." if done else "They were archived already."


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Take services back from the archive."""
    done = _mark(ctx, ids, archived=False)
    return f"Restored {_named(done)}." if done else "None of them is archived."


def _mark(ctx: Context, ids: Sequence[int], *, archived: bool) -> list[str]:
    now, names = ctx.clock(), []
    with ctx.database.write() as connection:
        for service_id in ids:
            found = _own(ctx, connection, service_id)
            if (found.archived_at is not None) is archived:
                continue
            at = now if archived else None
            saved = services.update_service(connection, found, now=now, archived_at=at)
            action = "archive service" if archived else "restore service"
            _told(ctx, connection, action, found, saved)
            names.append(found.name)
    return names


def _named(names: Sequence[str]) -> str:
    if len(names) > 3:
        return counted(len(names), "service")
    return ", ".join(f'"{name}"' for name in names)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what hangs on services: agreements that use them, scopes, imports into them."""
    now, lines = ctx.clock(), []
    with ctx.database.read() as connection:
        for service_id in ids[:SHOWN]:
            found = _own(ctx, connection, service_id)
            known = scopes.scopes_of(connection, service_id)
            current = scopes.current_scope(connection, service_id, now)
            runs = import_runs.listed_runs(
                connection, found.company_id, service_id=service_id, limit=SHOWN + 1
            )
            imports = f"more than {SHOWN} imports" if len(runs) > SHOWN else ""
            first, agreements = agreements_with(connection, service_id, now, limit=NAMED)
            parts = [
                _used_by(first, agreements),
                counted(len(known), "scope") if known else "",
                ("one of them current" if len(known) > 1 else "current") if current else "",
                imports or (counted(len(runs), "import") if runs else ""),
            ]
            told = ", ".join(part for part in parts if part)
            if told:
                lines.append(f"{found.name}: {told}")
    if len(ids) > SHOWN:
        lines.append(f"and {counted(len(ids) - SHOWN, 'more service')}")
    return lines


def _used_by(first: Sequence[str], count: int) -> str:
    """Return "enabled on 5 agreements (A, B, C and 2 more)", "" for none."""
    if not count:
        return ""
    more = f" and {count - len(first)} more" if count > len(first) else ""
    return f"enabled on {counted(count, 'agreement')} ({'; '.join(first)}{more})"


def _own(ctx: Context, connection: Any, service_id: int) -> services.ServiceRecord:
    """Return a service that the actor may change. Raises UserError."""
    return seen_service(connection, ctx.actor.company_id, service_id, own=True)
