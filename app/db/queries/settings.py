"""Settings of a company by name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db.tables.settings import setting


def read_setting(connection: sa.Connection, company_id: int, name: str) -> Any:
    """Return a setting's plain data, None if it was never set."""
    statement = sa.select(setting.c.value).where(
        setting.c.company_id == company_id, setting.c.name == name
    )
    return connection.scalar(statement)


def write_setting(connection: sa.Connection, company_id: int, name: str, value: Any) -> None:
    """Set a setting to plain data."""
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert = build(setting).values(company_id=company_id, name=name, value=value)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[setting.c.company_id, setting.c.name],
            set_={"value": insert.excluded.value, "version": setting.c.version + 1},
        )
    )
