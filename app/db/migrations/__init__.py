"""Migrations of the schema; what every start needs is here, without importing Alembic."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app.db.failures import at_the_start
from app.errors import UserError

HEAD = "0002"
"""Schema of this program; equals the newest file in versions/."""

APPLICATION_ID = 0x54444B31
"""Mark of our files in the SQLite header: "TDK1"."""


class UpgradeNeeded(UserError):
    """The database has an older schema than this program."""


def read_version(connection: sa.Connection, place: str, *, head: str = HEAD) -> str | None:
    """Return the schema number that the database has, None if the database is empty.

    Raises UserError for a newer schema and for the data of another program.
    """
    called = at_the_start(place)
    names = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if names:
            raise UserError(f"{called} is the database of another program: choose another one.")
        return None
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if version is None and names == {"alembic_version"}:
        return None
    if not isinstance(version, str) or not re.fullmatch(r"\d{4}", version):
        raise UserError(f"{called} is the database of another program: choose another one.")
    if version > head:
        raise UserError(
            f"{called} was written by a newer Tariffdesk (schema {version}, this one knows "
            f"{head}): update Tariffdesk."
        )
    return version
