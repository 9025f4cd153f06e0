"""Import profiles: the settings for a vendor's file under a name, found by the file's shape."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight
from app.db.queries.versioned import save
from app.db.tables.import_runs import import_run
from app.db.tables.profiles import import_profile
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """A profile as stored; ``settings`` is plain JSON data, ``signature`` the file's shape."""

    id: int
    company_id: int
    vendor_id: int | None
    name: str
    signature: str
    settings: dict[str, Any]
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


def _records(connection: sa.Connection, statement: sa.Select[Any]) -> list[ProfileRecord]:
    return [ProfileRecord(**row) for row in connection.execute(statement).mappings()]


def create_profile(
    connection: sa.Connection,
    company_id: int,
    *,
    name: str,
    signature: str,
    settings: dict[str, Any],
    now: dt.datetime,
    vendor_id: int | None = None,
) -> ProfileRecord:
    """Create a profile; UserError if the name is taken."""
    if find_profile(connection, company_id, name) is not None:
        raise UserError(f'There is a profile "{name}" already: choose another name.')
    statement = (
        sa.insert(import_profile)
        .values(
            company_id=company_id,
            vendor_id=vendor_id,
            name=name,
            signature=signature,
            settings=settings,
            created_at=now,
            updated_at=now,
        )
        .returning(*import_profile.columns)
    )
    return ProfileRecord(**connection.execute(statement).mappings().one())


def find_profile(connection: sa.Connection, company_id: int, name: str) -> ProfileRecord | None:
    """Return the profile of that name, or None."""
    found = _records(
        connection,
        sa.select(import_profile).where(
            import_profile.c.company_id == company_id, import_profile.c.name == name
        ),
    )
    return found[0] if found else None


def profiles(
    connection: sa.Connection, company_id: int, *, signature: str | None = None
) -> list[ProfileRecord]:
    """Return the profiles of a company, or those for a file's shape, last changed first."""
    statement = sa.select(import_profile).where(import_profile.c.company_id == company_id)
    if signature is not None:
        statement = statement.where(import_profile.c.signature == signature)
    order = (import_profile.c.updated_at.desc(), import_profile.c.id.desc())
    return _records(connection, statement.order_by(*order))


def update_profile(
    connection: sa.Connection, record: ProfileRecord, *, now: dt.datetime, **changes: Any
) -> ProfileRecord:
    """Save changed fields; Conflict if somebody else saved since ``record`` was read."""
    save(connection, import_profile, record.id, record.version, {**changes, "updated_at": now})
    statement = sa.select(import_profile).where(import_profile.c.id == record.id)
    return _records(connection, statement)[0]


def profile_by_id(connection: sa.Connection, company_id: int, profile_id: int) -> ProfileRecord:
    """Return a profile of a company or of one below it; UserError if there is none."""
    statement = sa.select(import_profile).where(
        import_profile.c.id == profile_id, in_sight(import_profile.c.company_id, company_id)
    )
    found = _records(connection, statement)
    if not found:
        raise UserError(f"There is no profile {profile_id}: refresh the list.")
    return found[0]


def remove_profile(connection: sa.Connection, profile_id: int) -> None:
    """Remove a profile; imports made with it keep its name in their report."""
    connection.execute(
        sa.update(import_run).where(import_run.c.profile_id == profile_id).values(profile_id=None)
    )
    connection.execute(sa.delete(import_profile).where(import_profile.c.id == profile_id))
