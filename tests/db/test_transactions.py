"""Snapshots, locks and failures of both databases."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from app.db.engine import Database, open_database
from app.db.queries.companies import system_owner
from app.db.queries.rate_nodes import apply_changes, read_tree
from app.db.queries.scopes import ScopeRecord, add_revision, lock_scope, scope_by_id
from app.db.queries.settings import read_setting, write_setting
from app.errors import Conflict, UserError
from tests.db.conftest import NOW
from tests.db.trees import ROOT_ONLY, changes, flat, live
from tests.helpers.postgres import PostgresServer


def test_what_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        write_setting(connection, 1, "a", {"x": 1})
        _ = 1 / 0
    with database.read() as connection:
        assert read_setting(connection, 1, "a") is None


def test_a_snapshot_does_not_move(database: Database) -> None:
    with database.write() as connection:
        write_setting(connection, 1, "a", 1)
    with database.read() as connection:
        assert read_setting(connection, 1, "a") == 1
        if database.kind == "postgresql":  # a SQLite file with the DELETE journal waits instead
            with database.write() as other:
                write_setting(other, 1, "a", 2)
        assert read_setting(connection, 1, "a") == 1


def test_a_read_cannot_write_on_a_server(database: Database) -> None:
    if database.kind == "sqlite":
        pytest.skip("a file has no read-only transactions")
    with pytest.raises(UserError, match="only allows reading"), database.read() as connection:
        write_setting(connection, 1, "a", 1)


@pytest.mark.parametrize("template", ["postgres"], indirect=True)
def test_a_server_that_is_set_to_reading_only_is_obeyed(
    target: str, postgres: PostgresServer
) -> None:
    name = urlsplit(target).path.strip("/")
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with open_database(target, create=False) as database:
        with database.read() as connection:  # a used connection goes back to the pool
            read_setting(connection, 1, "a")
        with pytest.raises(UserError, match="only allows reading"), database.write() as connection:
            write_setting(connection, 1, "a", 1)


def test_a_stale_preview_is_refused(database: Database, scope: ScopeRecord) -> None:
    with database.write() as connection:
        lock_scope(connection, scope.id, 0)
        add_revision(
            connection, scope.id, 1, kind="edit", actor="a", at=NOW, inserted=0, updated=0,
            removed=0,
        )  # fmt: skip
    with pytest.raises(Conflict, match="revision 1, not 0"), database.write() as connection:
        lock_scope(connection, scope.id, 0)
    with pytest.raises(Conflict), database.write() as connection:
        add_revision(
            connection, scope.id, 1, kind="edit", actor="a", at=NOW, inserted=0, updated=0,
            removed=0,
        )  # fmt: skip


def test_of_two_writers_with_one_preview_one_wins(database: Database, scope: ScopeRecord) -> None:
    """50 rounds: both have seen revision r; exactly one commits, the other hears of it."""
    for rev in range(50):
        with database.read() as connection:
            tree = read_tree(connection, scope.id)
        gate = threading.Barrier(2)
        outcomes: list[str] = []

        def run(price: int, rev: int = rev, gate: threading.Barrier = gate) -> None:
            difference = changes(tree, {**ROOT_ONLY, ("a",): flat(price)})  # noqa: B023
            gate.wait()
            try:
                with database.write() as connection:
                    lock_scope(connection, scope.id, rev)
                    apply_changes(connection, scope.id, difference, rev + 1)
                    add_revision(
                        connection, scope.id, rev + 1, kind="edit", actor=str(price), at=NOW,
                        inserted=0, updated=0, removed=0,
                    )  # fmt: skip
                outcomes.append(str(price))  # noqa: B023
            except Conflict:
                outcomes.append("conflict")  # noqa: B023

        threads = [threading.Thread(target=run, args=(2 * rev + n,)) for n in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert "conflict" in outcomes
        winner = next(outcome for outcome in outcomes if outcome != "conflict")
        assert live(database, scope.id)["a",] == flat(int(winner))
    with database.read() as connection:
        assert scope_by_id(connection, scope.id).revision == 50


def test_a_locked_file_is_told_in_a_sentence(sqlite_file: Path) -> None:
    with open_database(sqlite_file, create=False, busy_seconds=0.2) as database:
        with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with pytest.raises(UserError, match="in use by another program"), database.write():
                pass
            assert time.monotonic() - began < 5
            other.execute("ROLLBACK")
        with database.write() as connection:
            write_setting(connection, 1, "a", 1)


def test_readers_may_read_while_a_bulk_write_goes_on(sqlite_file: Path) -> None:
    with open_database(sqlite_file, create=False, busy_seconds=0.2) as database:
        with database.write(bulk=True) as connection:
            for number in range(300):
                write_setting(connection, 1, f"{number}", "x" * 50_000)
            with database.read() as other:
                assert read_setting(other, 1, "1") is None
        with database.read() as connection:
            assert len(read_setting(connection, 1, "299")) == 50_000


def test_a_full_disk_is_told_in_a_sentence(sqlite_file: Path) -> None:
    with open_database(sqlite_file, create=False) as database:
        with database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        with pytest.raises(UserError, match="full"), database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            write_setting(connection, 1, "big", "x" * 1_000_000)
        with database.read() as connection:
            assert read_setting(connection, 1, "big") is None


def test_a_lost_connection_is_told_in_a_sentence(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    with open_database(postgres.address(name), create=True) as database:
        with pytest.raises(UserError, match="was lost"), database.write() as connection:
            write_setting(connection, 1, "a", 1)
            postgres.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
            system_owner(connection)
        with database.read() as connection:  # a new connection is made by itself
            assert read_setting(connection, 1, "a") is None
    postgres.drop_database(name)


def test_errors_of_ours_stay_errors(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.write() as connection:
        connection.execute(sa.text("SELECT no_such_column FROM company"))
