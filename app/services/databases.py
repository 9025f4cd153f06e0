"""Describes, backs up and restores a database (GEN-7)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.db import backup
from app.db import info as described
from app.db.engine import is_server
from app.errors import UserError
from app.services.context import Context, service


@service("settings.database", "view")
def database_info(ctx: Context) -> dict[str, Any]:
    """Return kind, place, schema, counts and size as plain data."""
    return asdict(described.database_info(ctx.database))


@service("settings.database", "view")
def ping(ctx: Context) -> None:
    """Ask the database for anything; Unreachable while it is away."""
    described.ping(ctx.database)


@service("settings.database", "manage", export=True, whole=True)
def backup_database(ctx: Context, file: Path) -> None:
    """Write a verified copy of a local database to ``file``."""
    backup.backup(ctx.database, file)


def restore_database(target: str, file: Path) -> Path | None:
    """Replace the local database ``target`` by a backup; return where the old one is kept.

    There is no open database to ask for permissions: whoever may write the file owns it.
    """
    if is_server(target):
        raise UserError("A server's database is restored with the server's own tools (pg_restore).")
    return backup.restore(file, Path(target).expanduser())
