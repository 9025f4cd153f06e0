"""Vendors: found by name, made when first named (F7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db.queries.tenancy import in_sight
from app.db.queries.versioned import save
from app.db.tables.import_runs import import_run
from app.db.tables.learned import learned_match
from app.db.tables.profiles import import_profile
from app.db.tables.vendors import vendor
from app.errors import UserError


@dataclass(frozen=True, slots=True)
class VendorRecord:
    """A vendor as stored."""

    id: int
    company_id: int
    name: str
    version: int


_COLUMNS = (vendor.c.id, vendor.c.company_id, vendor.c.name, vendor.c.version)


def find_vendor(connection: sa.Connection, company_id: int, name: str) -> VendorRecord | None:
    """Return the vendor of that name, or None."""
    statement = sa.select(*_COLUMNS).where(
        vendor.c.company_id == company_id, vendor.c.name == name.strip()
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else VendorRecord(**row)


def ensure_vendor(
    connection: sa.Connection, company_id: int, name: str, *, now: dt.datetime
) -> VendorRecord:
    """Return the vendor of that name, made if there is none."""
    found = find_vendor(connection, company_id, name)
    if found is not None:
        return found
    values = {"company_id": company_id, "name": name.strip(), "created_at": now, "updated_at": now}
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    # Another import may name the same new vendor at the same moment.
    connection.execute(build(vendor).values(values).on_conflict_do_nothing())
    made = find_vendor(connection, company_id, name)
    assert made is not None
    return made


def add_vendor(connection: sa.Connection, company_id: int, name: str, *, now: dt.datetime) -> int:
    """Add a vendor and return its id; the database refuses a name that somebody else just added."""
    values = {"company_id": company_id, "name": name.strip(), "created_at": now, "updated_at": now}
    made = connection.execute(sa.insert(vendor).values(**values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def vendors(connection: sa.Connection, company_id: int) -> list[VendorRecord]:
    """Return the vendors of a company by name."""
    statement = (
        sa.select(*_COLUMNS).where(vendor.c.company_id == company_id).order_by(vendor.c.name)
    )
    return [VendorRecord(**row) for row in connection.execute(statement).mappings()]


def vendor_by_id(connection: sa.Connection, company_id: int, vendor_id: int) -> dict[str, Any]:
    """Return a vendor of a company or of one below it; UserError if there is none."""
    statement = sa.select(vendor).where(
        vendor.c.id == vendor_id, in_sight(vendor.c.company_id, company_id)
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise UserError(f"There is no vendor {vendor_id}: refresh the list.")
    return dict(row)


def update_vendor(
    connection: sa.Connection, vendor_id: int, version: int, *, now: dt.datetime, name: str
) -> None:
    """Rename a vendor; Conflict if somebody else saved since."""
    save(connection, vendor, vendor_id, version, {"name": name, "updated_at": now})


def uses_of(connection: sa.Connection, vendor_id: int) -> dict[str, int]:
    """Return how many imports, profiles and answers name a vendor."""
    tables = {"import": import_run, "profile": import_profile, "remembered answer": learned_match}
    return {
        word: int(
            connection.execute(
                sa.select(sa.func.count()).select_from(t).where(t.c.vendor_id == vendor_id)
            ).scalar_one()
        )
        for word, t in tables.items()
    }


def remove_vendor(connection: sa.Connection, vendor_id: int) -> None:
    """Remove a vendor that nothing names."""
    connection.execute(sa.delete(vendor).where(vendor.c.id == vendor_id))
