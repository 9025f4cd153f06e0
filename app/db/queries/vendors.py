"""Vendors: found by name, made when first named (F7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db.tables.vendors import vendor


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


def vendors(connection: sa.Connection, company_id: int) -> list[VendorRecord]:
    """Return the vendors of a company by name."""
    statement = (
        sa.select(*_COLUMNS).where(vendor.c.company_id == company_id).order_by(vendor.c.name)
    )
    return [VendorRecord(**row) for row in connection.execute(statement).mappings()]
