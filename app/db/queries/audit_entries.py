"""The entries of one command, as the detail of the audit shows them (USR-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.audit import AuditRecord
from app.db.queries.control_sources import company_name, seen
from app.db.queries.object_names import Name, is_id, parts
from app.db.tables.audit import audit
from app.db.tables.columns import metadata


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry with the name of its company; ``first`` = there is none before it on the object."""

    record: AuditRecord
    company: str
    first: bool


def entry(connection: sa.Connection, company_id: int, audit_id: int) -> AuditEntry | None:
    """Return an entry in the sight of a company, None if there is none."""
    found = connection.execute(_entries(company_id).where(audit.c.id == audit_id)).mappings()
    row = found.one_or_none()
    return None if row is None else _entry(row)


def of_operation(
    connection: sa.Connection, company_id: int, operation_id: str, most: int
) -> list[AuditEntry]:
    """Return the first entries of a command in sight, in the order in which it wrote them."""
    statement = (
        _entries(company_id)
        .where(audit.c.operation_id == operation_id)
        .order_by(audit.c.id)
        .limit(most)
    )
    return [_entry(row) for row in connection.execute(statement).mappings()]


def number_of_operation(connection: sa.Connection, company_id: int, operation_id: str) -> int:
    """Return how many entries of a command are in sight."""
    statement = sa.select(sa.func.count()).where(
        audit.c.operation_id == operation_id, *seen(audit.c.company_id, company_id)
    )
    return int(connection.execute(statement).scalar_one())


def objects_of(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> dict[int, tuple[Name, dict[str, Any]]]:
    """Return what entries in sight are about, with all that they tell of it, by their IDs."""
    c = audit.c
    statement = sa.select(c.id, c.table_name, c.object_id, c.old, c.new).where(
        c.id.in_(list(ids)), *seen(c.company_id, company_id)
    )
    return {
        row.id: ((row.table_name, row.object_id), {**(row.old or {}), **(row.new or {})})
        for row in connection.execute(statement)
    }


def existing(connection: sa.Connection, objects: Iterable[Name]) -> set[Name]:
    """Return those objects of entries that still exist, where their tables have an id."""
    wanted: dict[str, set[int]] = {}
    for table_name, object_id in objects:
        if "id" in getattr(metadata.tables.get(table_name), "c", ()) and is_id(object_id):
            wanted.setdefault(table_name, set()).add(int(object_id))
    found: set[Name] = set()
    for table_name, numbers in wanted.items():
        key = metadata.tables[table_name].c.id
        for part in parts(numbers):
            rows = connection.execute(sa.select(key).where(key.in_(part))).scalars()
            found.update((table_name, str(number)) for number in rows)
    return found


def _entries(company_id: int) -> sa.Select[Any]:
    other = audit.alias("other")
    before = sa.select(other.c.id).where(
        other.c.table_name == audit.c.table_name,
        other.c.object_id == audit.c.object_id,
        other.c.id < audit.c.id,
    )
    return sa.select(
        audit, company_name(audit).label("company"), sa.not_(before.exists()).label("first")
    ).where(*seen(audit.c.company_id, company_id))


def _entry(row: Any) -> AuditEntry:
    names = AuditRecord.__slots__
    record = AuditRecord(**{name: row[name] for name in names})
    return AuditEntry(record, str(row["company"]), bool(row["first"]))
