"""Databases for the tests of this folder: what is in them, row by row, and a desk on each."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import psycopg

from app.db.engine import is_server

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder; commands started as processes run from here."""

SHARED = ROOT.parent / "shared" / "data"
"""Price lists and other files that do not belong to the project."""

Dump = dict[str, list[str]]


def dump(target: str | Path) -> Dump:
    """Return every row of every table as text, in order; two equal dumps are the same data."""
    if is_server(target):
        return _dump_server(str(target))
    return _dump_file(Path(target))


def _dump_file(path: Path) -> Dump:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        )
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
            for (name,) in names.fetchall()
        }


def _dump_server(address: str) -> Dump:
    with psycopg.connect(address) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() ORDER BY table_name"
        )
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"').fetchall()))  # type: ignore[arg-type]
            for (name,) in names.fetchall()
        }


def complaints(target: str | Path) -> list[str]:
    """Return what the database's own checks find wrong; a server checks at every commit."""
    if is_server(target):
        with psycopg.connect(str(target)) as connection:
            orphans = connection.execute(
                "SELECT node_no FROM rate_node AS child WHERE parent_no IS NOT NULL AND NOT EXISTS"
                " (SELECT 1 FROM rate_node WHERE scope_id = child.scope_id"
                " AND node_no = child.parent_no)"
            )
            return [f"node {row[0]} has no parent" for row in orphans]
    with contextlib.closing(sqlite3.connect(target)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [str(row) for row in [*sound, *broken] if row != ("ok",)]


def wait_until_alone(target: str | Path, seconds: float = 20) -> None:
    """Wait until the server has noticed that a killed program is gone (its transaction ends)."""
    if not is_server(target):
        return
    deadline = time.monotonic() + seconds
    with psycopg.connect(str(target), autocommit=True) as connection:
        while True:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
            if others == (0,):
                return
            assert time.monotonic() < deadline, "the server keeps the connection of a dead program"
            time.sleep(0.01)
