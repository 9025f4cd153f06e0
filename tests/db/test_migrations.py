"""Migrations: all or nothing, with a backup, and the same schema that the tables declare."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import reduce
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.db.backup import verify
from app.db.engine import Database, file_engine, open_database
from app.db.migrations import HEAD
from app.db.migrations.runner import configuration, migrate
from app.db.queries.audit import add_audit
from app.db.queries.scopes import ScopeRecord
from app.db.tables import metadata
from app.errors import UserError
from tests.db.conftest import NOW
from tests.db.trees import ROOT_ONLY, commit, flat
from tests.helpers.postgres import PostgresServer

NEXT = '''
"""Adds a column, slowly."""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("vendor", sa.Column("note", sa.Text))
    op.execute("CREATE TABLE many (n INTEGER)")
    for number in range(2000):
        op.execute(f"INSERT INTO many VALUES ({number})")
    THEN
'''


def next_version(folder: Path, then: str = "") -> Path:
    folder.mkdir()
    (folder / "0003_next.py").write_text(NEXT.replace("THEN", then), encoding="utf-8")
    return folder


def test_head_is_the_newest_version() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def sqlite_schema(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')"
            " AND name NOT LIKE 'sqlite%' AND name <> 'alembic_version'"
        ).fetchall()
    # A table that was made anew under another name has quotes around its own.
    named = ("company", "dictionary_alias")
    return sorted(
        reduce(lambda text, name: text.replace(f'"{name}"', name), named, sql) for (sql,) in rows
    )


def test_the_migrated_file_has_the_declared_schema(sqlite_file: Path, tmp_path: Path) -> None:
    declared = tmp_path / "declared.db"
    engine = sa.create_engine(f"sqlite:///{declared}")
    metadata.create_all(engine)
    engine.dispose()
    found = [sorted(sql.splitlines()) for sql in sqlite_schema(sqlite_file)]
    wanted = [sorted(sql.splitlines()) for sql in sqlite_schema(declared)]
    strip = lambda lines: sorted(line.strip().rstrip(",") for line in lines)  # noqa: E731
    assert list(map(strip, found)) == list(map(strip, wanted))


SCHEMA = (
    (
        "SELECT table_name, column_name, data_type, is_nullable, column_default, numeric_precision,"
        " numeric_scale, collation_name, is_identity FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2"
    ),
    (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " AND conrelid::regclass::text <> 'alembic_version' AND contype <> 't' ORDER BY 1, 2"
    ),
    (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version' ORDER BY 1"
    ),
)


def test_the_migrated_server_has_the_declared_schema(
    postgres: PostgresServer, postgres_template: str
) -> None:
    declared = postgres.create_database()
    address = postgres.address(declared).replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(address)
    metadata.create_all(engine)
    engine.dispose()
    migrated = postgres.create_database(template=postgres_template)
    for statement in SCHEMA:
        found = []
        for name in (migrated, declared):
            with psycopg.connect(postgres.address(name)) as connection:
                found.append(connection.execute(statement).fetchall())
        assert found[0] == found[1]
        assert found[0]
    for name in (migrated, declared):
        postgres.drop_database(name)


def test_audit_and_history_are_append_only(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1)})
    commit(database, scope.id, ROOT_ONLY)
    with database.write() as connection:
        add_audit(
            connection, 1, at=NOW, actor="a", action="b", table_name="c", object_id="d",
            operation_id="e",
        )  # fmt: skip
    for statement in (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "UPDATE rate_node_history SET price = 1",
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="never changed"),
            database.write() as connection,
        ):
            connection.execute(sa.text(statement))


def test_an_upgrade_saves_a_verified_backup_first(sqlite_file: Path, tmp_path: Path) -> None:
    engine = file_engine(sqlite_file)
    saved = migrate(
        engine, place="file", path=sqlite_file, versions=next_version(tmp_path / "more")
    )
    engine.dispose()
    assert saved is not None
    assert verify(saved) == "0002"
    with closing(sqlite3.connect(sqlite_file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("0003",)
        ]
        assert connection.execute("SELECT count(*) FROM many").fetchone() == (2000,)


def test_an_upgrade_that_breaks_references_is_undone(sqlite_file: Path, tmp_path: Path) -> None:
    breaking = "op.execute(\"INSERT INTO vendor VALUES (1, 77, 'x', 1, 'x', 'x', NULL)\")"
    before = sqlite_schema(sqlite_file)
    engine = file_engine(sqlite_file)
    with pytest.raises(UserError, match="vendor"):
        migrate(
            engine,
            place="file",
            path=sqlite_file,
            versions=next_version(tmp_path / "more", breaking),
        )
    engine.dispose()
    assert sqlite_schema(sqlite_file) == before
    open_database(sqlite_file, create=False).close()


CHILD = """
import sys
from pathlib import Path
from app.db.engine import file_engine
from app.db.migrations.runner import migrate
import alembic.command, alembic.op
path, versions = map(Path, sys.argv[1:])
print("ready", flush=True)
migrate(file_engine(path), place="file", path=path, versions=versions)
print("done", flush=True)
"""


def test_a_killed_upgrade_leaves_the_old_schema_or_the_new_one(
    sqlite_template: Path, tmp_path: Path
) -> None:
    versions = next_version(tmp_path / "more")
    outcomes = []
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.4, 2.0):
        path = tmp_path / f"{delay}.db"
        path.write_bytes(sqlite_template.read_bytes())
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str(versions)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay * random.uniform(0.7, 1.3))
            os.kill(child.pid, signal.SIGKILL)
        with closing(sqlite3.connect(path)) as connection:
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            columns = {row[1] for row in connection.execute("PRAGMA table_info(vendor)")}
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            new = version == "0003"
            assert ("note" in columns, "many" in tables) == (new, new)
            if new:
                assert connection.execute("SELECT count(*) FROM many").fetchone() == (2000,)
        outcomes.append(version)
    assert outcomes[0] == "0002"
    assert outcomes[-1] == "0003"


def test_a_killed_creation_can_be_repeated(tmp_path: Path) -> None:
    code = "import sys; from app.db.engine import open_database as o; o(sys.argv[1], create=True)"
    for number, delay in enumerate((0.25, 0.35, 0.45, 0.55)):
        path = tmp_path / f"{number}.db"
        with subprocess.Popen([sys.executable, "-c", code, str(path)]) as child:
            time.sleep(delay)
            os.kill(child.pid, signal.SIGKILL)
        with open_database(path, create=True) as database, database.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM company")) == 1


def test_two_programs_may_create_at_once(tmp_path: Path, postgres: PostgresServer) -> None:
    code = "import sys; from app.db.engine import open_database as o; o(sys.argv[1], create=True)"
    name = postgres.create_database()
    for target in (str(tmp_path / "new.db"), postgres.address(name)):
        children = [subprocess.Popen([sys.executable, "-c", code, target]) for _ in range(3)]
        assert [child.wait(60) for child in children] == [0, 0, 0]
        with open_database(target, create=False) as database, database.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM company")) == 1
    postgres.drop_database(name)
