"""Brings a database to the newest schema; a kill leaves the old schema or the new one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.db.failures import explained
from app.db.migrations import HEAD, read_version
from app.db.unit_of_work import BEGIN_OPTION, pragma
from app.errors import UserError

_LOCK = 0x54444B31
"""Advisory lock on PostgreSQL: two programs must not migrate at once."""


def configuration(versions: Path | None = None) -> Config:
    """Return Alembic's configuration, from the package; ``versions`` is one more folder."""
    config = Config()
    here = Path(__file__).parent
    config.set_main_option("script_location", str(here).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folders = [here / "versions", *([versions] if versions else [])]
    config.set_main_option("version_locations", "\n".join(map(str, folders)).replace("%", "%%"))
    return config


def migrate(
    engine: sa.Engine, *, place: str, path: Path | None, versions: Path | None = None
) -> Path | None:
    """Migrate to the newest schema; return the backup made before, if there was data in a file.

    Raises UserError for a newer schema, a foreign database or a failed check.
    """
    config = configuration(versions)
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    assert versions is not None or head == HEAD
    kind = engine.dialect.name
    with explained(kind, place), engine.connect() as connection:
        if kind == "sqlite":
            return _migrate_file(connection, config, head, place=place, path=path)
        with connection.begin():
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            current = read_version(connection, place, head=head)
            for step in _steps(config, current, head, place):
                _run(connection, config, step)
    return None


def _migrate_file(
    connection: sa.Connection, config: Config, head: str, *, place: str, path: Path | None
) -> Path | None:
    connection = connection.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
    with connection.begin():
        current = read_version(connection, place, head=head)
    steps = _steps(config, current, head, place)
    saved = _saved(place, path, current) if current not in {None, head} else None
    # A killed creation leaves nothing, not an older schema; an upgrade keeps each step it made.
    parts = [steps] if current is None else [[step] for step in steps]
    # With foreign keys on, rebuilding a table would delete the rows that refer to it.
    pragma(connection, "foreign_keys=OFF")
    try:
        for part in parts:
            with connection.begin():
                for step in part:
                    # Another program may have migrated while this one waited for the lock.
                    now = read_version(connection, place, head=head)
                    if now is None or now < step:
                        _run(connection, config, step)
                        _check_references(connection, place)
    finally:
        pragma(connection, "foreign_keys=ON")
    return saved


def _saved(place: str, path: Path | None, current: str | None) -> Path | None:
    from app.db.backup import copy_file

    if path is None:
        return None
    target = path.with_name(f"{path.name}.schema-{current}.bak")
    copy_file(path, target, place=place, replace=True)
    return target


def _steps(config: Config, current: str | None, head: str, place: str) -> list[str]:
    """Return the schema numbers after ``current``, oldest first; UserError if that is none."""
    script = ScriptDirectory.from_config(config)
    if current is not None and all(s.revision != current for s in script.walk_revisions()):
        raise UserError(
            f"{place} has the schema {current}, which no Tariffdesk ever had: restore a backup."
        )
    found = script.iterate_revisions(head, current or "base")
    return [step.revision for step in reversed(list(found))]


def _run(connection: sa.Connection, config: Config, step: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def _check_references(connection: sa.Connection, place: str) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise UserError(
            f"{place} has rows of {broken[0]} that refer to missing {broken[2]}; nothing was "
            "upgraded: restore a backup."
        )
