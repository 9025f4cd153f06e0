"""Bulk imports: what is done and what is left of a manifest (IMP-15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.batches import batch, batch_item
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A run over a manifest as stored."""

    id: int
    company_id: int
    name: str
    manifest_hash: str
    options: dict[str, Any]
    actor: str
    started_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BatchItemRecord:
    """A file of a batch as stored; ``state`` is a word of app.db.tables.batches.ITEM_STATES."""

    batch_id: int
    position: int
    file_name: str
    options: dict[str, Any]
    state: str
    content_hash: str | None
    exit_code: int | None
    report: dict[str, Any] | None
    import_run_id: int | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


def start_batch(
    connection: sa.Connection,
    company_id: int,
    *,
    name: str,
    manifest_hash: str,
    options: dict[str, Any],
    files: Sequence[tuple[str, dict[str, Any]]],
    actor: str,
    now: dt.datetime,
) -> BatchRecord:
    """Record a batch with its files (name, options) in order, all pending."""
    statement = (
        sa.insert(batch)
        .values(
            company_id=company_id,
            name=name,
            manifest_hash=manifest_hash,
            options=options,
            actor=actor,
            started_at=now,
        )
        .returning(*batch.columns)
    )
    record = BatchRecord(**connection.execute(statement).mappings().one())
    rows = [
        {
            "batch_id": record.id,
            "position": position,
            "file_name": file_name,
            "options": given,
            "state": "pending",
        }
        for position, (file_name, given) in enumerate(files)
    ]
    if rows:
        connection.execute(sa.insert(batch_item), rows)
    return record


def unfinished_batch(
    connection: sa.Connection, company_id: int, manifest_hash: str
) -> BatchRecord | None:
    """Return the newest batch of that manifest that did not come to its end, or None."""
    statement = (
        sa.select(batch)
        .where(
            batch.c.company_id == company_id,
            batch.c.manifest_hash == manifest_hash,
            batch.c.finished_at.is_(None),
        )
        .order_by(batch.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else BatchRecord(**row)


def batch_items(connection: sa.Connection, batch_id: int) -> list[BatchItemRecord]:
    """Return the files of a batch in order."""
    statement = (
        sa.select(batch_item)
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.position)
    )
    return [BatchItemRecord(**row) for row in connection.execute(statement).mappings()]


def update_item(connection: sa.Connection, batch_id: int, position: int, **changes: Any) -> None:
    """Record how far a file has come; UserError if the batch has no such file."""
    statement = (
        sa.update(batch_item)
        .where(batch_item.c.batch_id == batch_id, batch_item.c.position == position)
        .values(**changes)
    )
    if connection.execute(statement).rowcount != 1:
        raise UserError(f"Batch {batch_id} has no file number {position + 1}.")


def finish_batch(connection: sa.Connection, batch_id: int, *, now: dt.datetime) -> None:
    """Record that a batch came to its end."""
    statement = sa.update(batch).where(batch.c.id == batch_id).values(finished_at=now)
    connection.execute(statement)
