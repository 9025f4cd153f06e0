"""Whether a database asks who works on it; light, for every command wants to know."""

from __future__ import annotations

from typing import Any

from app.db.engine import Database
from app.db.queries.settings import read_setting, write_setting
from app.db.tables.companies import SYSTEM_OWNER

SWITCH = "access.sign_in"
"""Setting of the System owner: whether the database asks who works on it."""


def needed(database: Database) -> bool:
    """Return whether the database asks who works on it."""
    with database.read() as connection:
        return is_on(connection)


def is_on(connection: Any) -> bool:
    """Return whether sign-in is switched on, in a transaction that is open already."""
    return read_setting(connection, SYSTEM_OWNER, SWITCH) is True


def set_on(connection: Any, *, on: bool) -> None:
    """Switch sign-in on or off."""
    write_setting(connection, SYSTEM_OWNER, SWITCH, on)
