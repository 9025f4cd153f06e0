"""Import runs: the record of each file that made a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight, sees
from app.db.tables.import_runs import import_run
from app.db.tables.rate_nodes import rate_node_history
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.tables.vendors import vendor
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class ImportRunRecord:
    """An import as stored; ``settings``, ``counts`` and ``report`` are plain JSON data."""

    id: int
    company_id: int
    scope_id: int
    rev: int
    file_name: str
    sheet: str
    content_hash: str
    vendor_id: int | None
    profile_id: int | None
    settings: dict[str, Any]
    counts: dict[str, Any]
    report: dict[str, Any]
    actor: str
    at: dt.datetime
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class ListedRun:
    """An import as lists show it; ``undone_by`` is the revision that took it back."""

    id: int
    at: dt.datetime
    actor: str
    service: str
    scope_id: int
    rev: int
    file_name: str
    vendor: str | None
    counts: dict[str, Any]
    report: dict[str, Any]
    undone_by: int | None


_LISTED = ("id", "at", "actor", "scope_id", "rev", "file_name", "counts", "report", "undone_by")


def add_import_run(
    connection: sa.Connection,
    company_id: int,
    scope_id: int,
    rev: int,
    *,
    file_name: str,
    content_hash: str,
    settings: dict[str, Any],
    counts: dict[str, Any],
    report: dict[str, Any],
    actor: str,
    at: dt.datetime,
    sheet: str = "",
    vendor_id: int | None = None,
    profile_id: int | None = None,
) -> int:
    """Record an import before its revision; return its id."""
    statement = (
        sa.insert(import_run)
        .values(
            company_id=company_id,
            scope_id=scope_id,
            rev=rev,
            file_name=file_name[-300:],
            sheet=sheet,
            content_hash=content_hash,
            vendor_id=vendor_id,
            profile_id=profile_id,
            settings=settings,
            counts=counts,
            report=report,
            actor=actor,
            at=at,
        )
        .returning(import_run.c.id)
    )
    return int(connection.execute(statement).scalar_one())


def import_run_by_id(connection: sa.Connection, run_id: int) -> ImportRunRecord:
    """Return an import; UserError if there is none."""
    statement = sa.select(import_run).where(import_run.c.id == run_id)
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise UserError(f"There is no import {run_id}: give the number that the import told.")
    return ImportRunRecord(**row)


def seen_run(connection: sa.Connection, company_id: int, run_id: int) -> ImportRunRecord:
    """Return an import of a company or of one below it; UserError if there is none."""
    found = import_run_by_id(connection, run_id)
    if not sees(connection, company_id, found.company_id):
        raise UserError(f"There is no import {run_id}: give the number that the import told.")
    return found


def import_runs(
    connection: sa.Connection,
    company_id: int,
    *,
    scope_id: int | None = None,
    content_hash: str | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[ImportRunRecord]:
    """Return a page of imports, newest first; ``before`` is the last id of the page above."""
    statement = sa.select(import_run).where(import_run.c.company_id == company_id)
    if scope_id is not None:
        statement = statement.where(import_run.c.scope_id == scope_id)
    if content_hash is not None:
        statement = statement.where(import_run.c.content_hash == content_hash)
    if before is not None:
        statement = statement.where(import_run.c.id < before)
    statement = statement.order_by(import_run.c.id.desc()).limit(limit)
    return [ImportRunRecord(**row) for row in connection.execute(statement).mappings()]


def listed_runs(
    connection: sa.Connection, company_id: int, *, service_id: int | None = None, limit: int = 200
) -> list[ListedRun]:
    """Return the newest imports with the names around them, of one service or of all."""
    origin = (
        import_run.join(scope, import_run.c.scope_id == scope.c.id)
        .join(service, scope.c.service_id == service.c.id)
        .outerjoin(vendor, import_run.c.vendor_id == vendor.c.id)
    )
    columns = [import_run.c[name] for name in _LISTED]
    statement = (
        sa.select(*columns, service.c.name.label("service"), vendor.c.name.label("vendor"))
        .select_from(origin)
        .where(in_sight(import_run.c.company_id, company_id))
    )
    if service_id is not None:
        statement = statement.where(service.c.id == service_id)
    statement = statement.order_by(import_run.c.id.desc()).limit(limit)
    return [ListedRun(**row) for row in connection.execute(statement).mappings()]


def mark_undone(connection: sa.Connection, run_id: int, undone_by: int) -> None:
    """Record the revision that undid an import; UserError if one did before."""
    statement = (
        sa.update(import_run)
        .where(import_run.c.id == run_id, import_run.c.undone_by.is_(None))
        .values(undone_by=undone_by)
    )
    if connection.execute(statement).rowcount != 1:
        raise UserError(f"Import {run_id} is unknown or was undone before: check its number.")


def edited_since(connection: sa.Connection, run: ImportRunRecord, *, limit: int) -> list[int]:
    """Return the first numbers of the nodes that an import wrote and somebody changed later."""
    closed = rate_node_history
    statement = (
        sa.select(closed.c.node_no)
        .where(closed.c.scope_id == run.scope_id, closed.c.from_rev == run.rev)
        .distinct()
        .order_by(closed.c.node_no)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def file_names(connection: sa.Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of the files of some imports by their numbers."""
    wanted = sorted({number for number in ids if number is not None})
    if not wanted:
        return {}
    statement = sa.select(import_run.c.id, import_run.c.file_name).where(
        import_run.c.id.in_(wanted)
    )
    return {int(number): str(name) for number, name in connection.execute(statement)}
