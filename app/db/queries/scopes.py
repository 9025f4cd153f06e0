"""Scopes and their revisions: creation, the scope in force, the lock of a tree, node numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.enabled_channels import keep_scope, keep_service
from app.db.queries.versioned import save
from app.db.tables.import_runs import import_run
from app.db.tables.rate_nodes import ROOT, rate_node, rate_node_history
from app.db.tables.scopes import scope, scope_revision
from app.errors import Conflict, UserError

DEPENDS_ON = 1
ROOT_ATTRIBUTE = "domain"


@dataclass(frozen=True, slots=True)
class ScopeRecord:
    """A scope as stored; instants in UTC, ``effective_till`` None = for ever."""

    id: int
    service_id: int
    name: str
    description: str
    draft: bool
    effective_from: dt.datetime | None
    effective_till: dt.datetime | None
    activated_at: dt.datetime | None
    revision: int
    next_node: int
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A revision of a scope's tree: who, when, how many nodes; ``undone_rev`` for an undo."""

    scope_id: int
    rev: int
    kind: str
    actor: str
    at: dt.datetime
    import_run_id: int | None
    undone_rev: int | None
    inserted: int
    updated: int
    removed: int


def create_scope(
    connection: sa.Connection,
    service_id: int,
    *,
    now: dt.datetime,
    draft: bool = True,
    effective_from: dt.datetime | None = None,
    effective_till: dt.datetime | None = None,
    name: str = "",
    description: str = "",
) -> ScopeRecord:
    """Create a scope with the root of its tree, at revision 0; UserError for an empty period."""
    check_period(effective_from, effective_till, draft=draft)
    statement = (
        sa.insert(scope)
        .values(
            service_id=service_id,
            name=name,
            description=description,
            draft=draft,
            effective_from=effective_from,
            effective_till=effective_till,
            activated_at=None if draft else now,
            created_at=now,
            updated_at=now,
        )
        .returning(*scope.columns)
    )
    record = ScopeRecord(**connection.execute(statement).mappings().one())
    connection.execute(
        sa.insert(rate_node).values(
            scope_id=record.id,
            node_no=ROOT,
            key="",
            depends_on=ROOT_ATTRIBUTE,
            price_type=DEPENDS_ON,
            from_rev=0,
        )
    )
    return record


def check_period(
    effective_from: dt.datetime | None, effective_till: dt.datetime | None, *, draft: bool
) -> None:
    """Raise UserError for a period that ends before it begins, or that an active scope lacks."""
    if effective_from is None and not draft:
        raise UserError("A scope in force needs a date from which it is effective: give one.")
    if effective_from and effective_till and effective_till <= effective_from:
        raise UserError("The scope would end before it begins: correct its dates.")


def scope_by_id(connection: sa.Connection, scope_id: int) -> ScopeRecord:
    """Return a scope; UserError if there is none."""
    row = (
        connection.execute(sa.select(scope).where(scope.c.id == scope_id)).mappings().one_or_none()
    )
    if row is None:
        raise UserError(f"There is no scope {scope_id}: list the scopes of the service.")
    return ScopeRecord(**row)


def scopes_of(connection: sa.Connection, service_id: int) -> list[ScopeRecord]:
    """Return the scopes of a service by date, drafts without a date last."""
    statement = (
        sa.select(scope)
        .where(scope.c.service_id == service_id)
        .order_by(scope.c.effective_from.is_(None), scope.c.effective_from, scope.c.id)
    )
    return [ScopeRecord(**row) for row in connection.execute(statement).mappings()]


def current_scope(
    connection: sa.Connection, service_id: int, instant: dt.datetime
) -> ScopeRecord | None:
    """Return the scope in force at ``instant``: of those that hold, the first activated (F17)."""
    statement = (
        sa.select(scope)
        .where(
            scope.c.service_id == service_id,
            scope.c.draft == sa.false(),
            scope.c.effective_from <= instant,
            sa.or_(scope.c.effective_till.is_(None), scope.c.effective_till > instant),
        )
        .order_by(scope.c.activated_at, scope.c.id)
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else ScopeRecord(**row)


def overlapping_scopes(
    connection: sa.Connection,
    service_id: int,
    effective_from: dt.datetime,
    effective_till: dt.datetime | None,
    *,
    other_than: int | None = None,
) -> list[ScopeRecord]:
    """Return the scopes in force that share time with a period, for the warning of F17."""
    found = []
    for record in scopes_of(connection, service_id):
        begins_before = effective_till is None or (
            record.effective_from is not None and record.effective_from < effective_till
        )
        ends_after = record.effective_till is None or record.effective_till > effective_from
        if not record.draft and record.id != other_than and begins_before and ends_after:
            found.append(record)
    return found


def update_scope(
    connection: sa.Connection, record: ScopeRecord, *, now: dt.datetime, **changes: Any
) -> ScopeRecord:
    """Save changed properties; Conflict if somebody else saved since ``record`` was read.

    Taking the draft mark off activates the scope, once; it keeps that moment if drafted again.
    Raises ChannelTaken if it would price what another enabled service of an agreement prices (A17).
    """
    draft = changes.get("draft", record.draft)
    check_period(
        changes.get("effective_from", record.effective_from),
        changes.get("effective_till", record.effective_till),
        draft=draft,
    )
    if not draft and record.activated_at is None:
        changes["activated_at"] = now
    save(connection, scope, record.id, record.version, {**changes, "updated_at": now})
    if _WHEN & changes.keys():
        keep_service(connection, record.service_id)
    return scope_by_id(connection, record.id)


_WHEN = frozenset({"draft", "effective_from", "effective_till"})
"""What decides when a scope's prices hold."""


def import_count(connection: sa.Connection, scope_id: int) -> int:
    """Count the imports that went into a scope."""
    statement = (
        sa.select(sa.func.count()).select_from(import_run).where(import_run.c.scope_id == scope_id)
    )
    return int(connection.execute(statement).scalar_one())


def delete_scope(connection: sa.Connection, scope_id: int) -> None:
    """Delete a scope with its tree and history; nothing may refer to it."""
    for table in (rate_node, rate_node_history, scope_revision):
        connection.execute(sa.delete(table).where(table.c.scope_id == scope_id))
    connection.execute(sa.delete(scope).where(scope.c.id == scope_id))


# ------------------------------------------------------------------------------ revisions


def lock_scope(
    connection: sa.Connection, scope_id: int, expected_rev: int | None = None
) -> ScopeRecord:
    """Lock the tree of a scope until the transaction ends and return the scope (F14).

    Conflict if its revision is not ``expected_rev``: the preview is stale.
    """
    statement = sa.select(scope).where(scope.c.id == scope_id).with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise UserError(f"There is no scope {scope_id}: list the scopes of the service.")
    record = ScopeRecord(**row)
    if expected_rev is not None and record.revision != expected_rev:
        raise Conflict(
            f"The rate tree was changed meanwhile (revision {record.revision}, not "
            f"{expected_rev}); nothing was written: import again."
        )
    return record


def allocate_nodes(connection: sa.Connection, scope_id: int, count: int) -> int:
    """Reserve ``count`` node numbers and return the first; numbers are never used again (F1)."""
    statement = (
        sa.update(scope)
        .where(scope.c.id == scope_id)
        .values(next_node=scope.c.next_node + count)
        .returning(scope.c.next_node)
    )
    return int(connection.execute(statement).scalar_one()) - count


def add_revision(
    connection: sa.Connection,
    scope_id: int,
    rev: int,
    *,
    kind: str,
    actor: str,
    at: dt.datetime,
    inserted: int,
    updated: int,
    removed: int,
    import_run_id: int | None = None,
    undone_rev: int | None = None,
) -> None:
    """Make ``rev`` the scope's revision and record it; Conflict unless it is the next one.

    Every change of a tree ends here, after its nodes are written. Raises ChannelTaken if the tree
    now prices what another enabled service of an agreement prices (A17).
    """
    statement = (
        sa.update(scope)
        .where(scope.c.id == scope_id, scope.c.revision == rev - 1)
        .values(revision=rev)
    )
    if connection.execute(statement).rowcount != 1:
        raise Conflict("The rate tree was changed meanwhile; nothing was written: import again.")
    connection.execute(
        sa.insert(scope_revision).values(
            scope_id=scope_id,
            rev=rev,
            kind=kind,
            actor=actor,
            at=at,
            import_run_id=import_run_id,
            undone_rev=undone_rev,
            inserted=inserted,
            updated=updated,
            removed=removed,
        )
    )
    keep_scope(connection, scope_id)


def revisions(
    connection: sa.Connection, scope_id: int, *, before: int | None = None, limit: int = 200
) -> list[RevisionRecord]:
    """Return a page of revisions, newest first; ``before`` is the last one of the page above."""
    statement = sa.select(scope_revision).where(scope_revision.c.scope_id == scope_id)
    if before is not None:
        statement = statement.where(scope_revision.c.rev < before)
    statement = statement.order_by(scope_revision.c.rev.desc()).limit(limit)
    return [RevisionRecord(**row) for row in connection.execute(statement).mappings()]


def revision_by_number(connection: sa.Connection, scope_id: int, rev: int) -> RevisionRecord:
    """Return a revision; UserError if there is none."""
    statement = sa.select(scope_revision).where(
        scope_revision.c.scope_id == scope_id, scope_revision.c.rev == rev
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise UserError(f"There is no revision {rev}: list the revisions of the scope.")
    return RevisionRecord(**row)


def revisions_by_number(
    connection: sa.Connection, scope_id: int, revs: Iterable[int]
) -> list[RevisionRecord]:
    """Return those of some revisions that are recorded (the empty tree's is not)."""
    statement = sa.select(scope_revision).where(
        scope_revision.c.scope_id == scope_id, scope_revision.c.rev.in_(list(revs))
    )
    return [RevisionRecord(**row) for row in connection.execute(statement).mappings()]


def revision_at(connection: sa.Connection, scope_id: int, before: dt.datetime) -> int:
    """Return the last revision made before an instant, 0 if there was none."""
    statement = sa.select(sa.func.max(scope_revision.c.rev)).where(
        scope_revision.c.scope_id == scope_id, scope_revision.c.at < before
    )
    return int(connection.execute(statement).scalar_one() or 0)


def known_revision(connection: sa.Connection, scope_id: int, rev: int) -> None:
    """Raise UserError unless the scope has had revision ``rev`` (0 = the empty tree)."""
    newest = scope_by_id(connection, scope_id).revision
    if not 0 <= rev <= newest:
        raise UserError(f"There is no revision {rev}: the newest one is {newest}.")
