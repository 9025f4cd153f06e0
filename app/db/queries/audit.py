"""The audit trail: written in the transaction of the change itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.tables.audit import audit, audit_link
from app.db.types import canonical_json, utc_text
from app.domain.audit_chain import link_hash


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as stored; ``login`` is the server's own word for who it was."""

    id: int
    company_id: int
    at: dt.datetime
    actor: str
    login: str | None
    address: str
    action: str
    table_name: str
    object_id: str
    operation_id: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


def add_audit(
    connection: sa.Connection,
    company_id: int,
    *,
    at: dt.datetime,
    actor: str,
    action: str,
    table_name: str,
    object_id: str,
    operation_id: str,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    address: str = "",
) -> None:
    """Write an entry; an import writes one, which points at its scope and revision (F15)."""
    values = {
        "company_id": company_id,
        "at": at,
        "actor": actor,
        "address": address,
        "action": action,
        "table_name": table_name,
        "object_id": object_id,
        "operation_id": operation_id,
        "old": old,
        "new": new,
    }
    # not .values(): a statement with them is built and looked at anew for each row of a file
    made = connection.execute(sa.insert(audit), values).inserted_primary_key
    if connection.dialect.name == "sqlite":
        assert made is not None
        _link(connection, {**values, "id": made[0], "login": None})


def _link(connection: sa.Connection, entry: dict[str, Any]) -> None:
    """Put an entry at the end of its company's chain; a server's trigger does so by itself."""
    number, before = chain_head(connection, entry["company_id"])
    link = {
        "company_id": entry["company_id"],
        "number": number + 1,
        "audit_id": entry["id"],
        "hash": link_hash(before, entry_parts(entry)),
    }
    connection.execute(sa.insert(audit_link), link)


def chain_head(connection: sa.Connection, company_id: int) -> tuple[int, str]:
    """Return the number and the hash of a company's last entry; (0, "") before the first."""
    statement = (
        sa.select(audit_link.c.number, audit_link.c.hash)
        .where(audit_link.c.company_id == company_id)
        .order_by(audit_link.c.number.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def entry_parts(entry: Any) -> list[str | None]:
    """Return what the chain's hash covers of an entry, as texts (a mapping of the table's row)."""
    return [
        str(entry["company_id"]),
        str(entry["id"]),
        utc_text(entry["at"].astimezone(dt.UTC)),
        entry["actor"],
        entry["login"],
        entry["address"],
        entry["action"],
        entry["table_name"],
        entry["object_id"],
        entry["operation_id"],
        canonical_json(entry["old"]),
        canonical_json(entry["new"]),
    ]


def audit_trail(
    connection: sa.Connection,
    company_id: int,
    *,
    table_name: str | None = None,
    object_id: str | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[AuditRecord]:
    """Return a page of entries, newest first; ``before`` is the last id of the page above."""
    statement = sa.select(audit).where(audit.c.company_id == company_id)
    if table_name is not None:
        statement = statement.where(audit.c.table_name == table_name)
    if object_id is not None:
        statement = statement.where(audit.c.object_id == object_id)
    if before is not None:
        statement = statement.where(audit.c.id < before)
    statement = statement.order_by(audit.c.id.desc()).limit(limit)
    return [AuditRecord(**row) for row in connection.execute(statement).mappings()]
