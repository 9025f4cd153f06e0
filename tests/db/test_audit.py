"""The trail: append-only, chained without gaps, masked, seen from above only (USR-6, G5)."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from app.db.engine import Database, file_engine, open_database, server_url
from app.db.migrations.runner import configuration
from app.db.queries.audit_chain import stored_links
from app.db.tables.companies import company
from app.domain.audit_chain import link_hash
from app.domain.records import ListQuery
from app.errors import UserError
from app.sections.audit import AUDIT
from app.services import audit, records
from app.services.context import Actor, Context
from app.services.control import audit_entries, audit_verify
from app.services.tariffs.import_file import ImportRequest, import_file
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from importers.choices import Choices
from tests.db.conftest import BOTH, NOW
from tests.db.desk import context
from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer

TABLES = ("audit", "audit_link")


def write(
    ctx: Context, number: int = 1, *, company_id: int = 1, action: str = "change bank"
) -> None:
    """Run one command that writes so many entries."""
    with ctx.database.write() as connection:
        for n in range(number):
            audit.record(
                ctx, connection, action, "bank", n + 1, {"name": f"Ö{n}"}, company_id=company_id
            )


def add_company(database: Database, name: str, parent: int, kind: str = "reseller") -> int:
    with database.write() as connection:
        made = connection.execute(
            sa.insert(company).values(
                parent_id=parent, name=name, type=kind, created_at=NOW, updated_at=NOW
            )
        ).inserted_primary_key
    assert made is not None
    return int(made[0])


def anew(ctx: Context) -> Context:
    """Return a context for another command."""
    fresh = Context(ctx.actor, ctx.database)
    return replace(ctx, operation=fresh.operation)


@pytest.fixture
def trail(database: Database) -> Context:
    """Five entries of the owner and three of a reseller, each command's in one transaction."""
    reseller = add_company(database, "North", 1)
    ctx = context(database)
    for tenant, number in ((1, 2), (reseller, 3), (1, 3)):
        write(anew(ctx), number, company_id=tenant)
    return ctx


# ------------------------------------------------------------------------------ sound chains


def test_a_sound_trail_holds_with_its_heads(trail: Context) -> None:
    verdict = audit_verify.verify(trail)
    assert verdict.sound
    assert verdict.entries == 8
    assert [(h.company_id, h.number) for h in verdict.heads] == [(1, 5), (2, 3)]
    kept = [head.text for head in audit_verify.heads(trail)]
    assert kept == [head.text for head in verdict.heads]
    write(anew(trail))
    assert audit_verify.verify(trail, kept).sound, "what was kept stays right"
    assert ("accidents" in verdict.meaning) == (trail.database.kind == "sqlite")
    with pytest.raises(UserError, match="is no head"):
        audit_verify.verify(trail, ["1:2:nothing"])


def test_a_command_that_is_undone_leaves_nothing(trail: Context) -> None:
    before = audit_verify.heads(trail)
    with pytest.raises(UserError, match="no more"), trail.database.write() as connection:
        audit.record(trail, connection, "change bank", "bank", 1, {"name": "x"})
        raise UserError("no more")
    assert audit_verify.heads(trail) == before
    assert audit_verify.verify(trail).sound


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_entries_and_links_are_never_changed(trail: Context, table: str, verb: str) -> None:
    database = trail.database
    statement = {
        "UPDATE": f"UPDATE {table} SET company_id = 1",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]
    with pytest.raises(sa.exc.DBAPIError), database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert audit_verify.verify(trail).sound


def test_eight_at_once_make_one_chain_without_gaps(database: Database) -> None:
    reseller = add_company(database, "North", 1)
    ctx = context(database)
    problems: list[BaseException] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        for turn in range(6):
            for _ in range(20):  # a file may be busy, as for everybody
                try:
                    write(anew(ctx), 1 + turn % 3, company_id=(1, reseller)[(number + turn) % 2])
                    break
                except UserError as busy:
                    problem: BaseException = busy
                except BaseException as other:  # noqa: BLE001 - told by the test
                    problems.append(other)
                    return
            else:
                problems.append(problem)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    verdict = audit_verify.verify(ctx)
    assert verdict.sound, verdict.breaks
    assert verdict.entries == sum(head.number for head in verdict.heads) == 8 * 12


def test_an_import_is_one_entry(database: Database, tmp_path: Path) -> None:
    ctx = context(database)
    add_service(ctx, NewService("Nordwind", currency="EUR"))
    add_scope(ctx, NewScope("Nordwind", "2026-01-01"))
    sheet = tmp_path / "list.csv"
    lines = ["DE,26201,0.05", "DE,26202,0.06", "FR,20801,0.04"]
    sheet.write_text("\n".join(["Country,MCCMNC,Price", *lines]) + "\n", encoding="utf-8")
    own = anew(ctx)
    outcome = import_file(own, ImportRequest(file=sheet, service="Nordwind", choices=Choices()))
    assert outcome.import_id
    with database.read() as connection:
        told = connection.exec_driver_sql(
            f"SELECT table_name FROM audit WHERE operation_id = '{own.operation}'"
        ).fetchall()
    assert [row[0] for row in told] == ["scope"]
    assert audit_verify.verify(ctx).sound


# ------------------------------------------------------------------------------ tampering


def tamper(database: Database, *statements: str) -> None:
    """Change the trail as somebody who owns the database can: without triggers."""
    if database.kind == "sqlite":
        assert database.path is not None
        with closing(sqlite3.connect(database.path)) as connection, connection:
            triggers = connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'"
            ).fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


ROW = (
    "INSERT INTO audit (company_id, at, actor, address, action, table_name, object_id, "
    "operation_id) SELECT company_id, at, 'Eve', address, action, table_name, object_id, "
    "operation_id FROM audit WHERE id = 2"
)
SWAP = (
    "UPDATE audit SET object_id = '1' WHERE id = 2",
    "UPDATE audit SET object_id = '2' WHERE id = 1",
)
SAME_HASH = (
    "UPDATE audit_link SET hash = (SELECT hash FROM audit_link WHERE audit_id = 1) "
    "WHERE audit_id = 2"
)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit SET actor = 'Eve' WHERE id = 2"], [(1, 2, "not what was written")]),
        (["UPDATE audit SET new = '{}' WHERE id = 2"], [(1, 2, "not what was written")]),
        (
            ["UPDATE audit SET at = '2026-03-01T12:00:00.000001Z' WHERE id = 2"],
            [(1, 2, "not what was written")],
        ),
        (["DELETE FROM audit WHERE id = 2"], [(1, 2, "was deleted")]),
        (
            ["DELETE FROM audit_link WHERE audit_id = 2", "DELETE FROM audit WHERE id = 2"],
            [(1, 2, "1 entry missing before 3")],
        ),
        (["DELETE FROM audit_link WHERE audit_id = 2"], [(1, 2, "missing"), (1, 0, "in no chain")]),
        ([ROW], [(1, 0, "in no chain")]),
        (SWAP, [(1, 1, "not what was written"), (1, 2, "not what was written")]),
        (["UPDATE audit SET company_id = 2 WHERE id = 2"], [(1, 2, "moved to company 2")]),
        (
            [SAME_HASH],
            [(1, 2, "not what was written"), (1, 3, "not what was written")],
        ),
    ],
    ids=[
        "actor",
        "new",
        "same time",
        "row",
        "row and link",
        "link",
        "insert",
        "swap",
        "move",
        "hash",
    ],
)
def test_tampering_is_found_and_told(
    trail: Context, statements: list[str], expected: list[tuple[int, int, str]]
) -> None:
    tamper(trail.database, *statements)
    verdict = audit_verify.verify(trail)
    assert [(b.company_id, b.number) for b in verdict.breaks] == [e[:2] for e in expected]
    for found, (_, _, words) in zip(verdict.breaks, expected, strict=True):
        assert words in found.text
    told = Desk(_target(trail.database))("audit", "verify")
    assert told.code == (1 if expected else 0)
    assert all(f"Company {b.company_id}: {b.text}" in told.err for b in verdict.breaks)


def _target(database: Database) -> str:
    if database.path is not None:
        return str(database.path)
    url = database.engine.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def test_a_trail_cut_off_or_written_anew_does_not_lead_to_the_kept_head(trail: Context) -> None:
    kept = [head.text for head in audit_verify.heads(trail)]
    cut = "DELETE FROM {} WHERE {} > 7"
    tamper(trail.database, cut.format("audit_link", "audit_id"), cut.format("audit", "id"))
    assert audit_verify.verify(trail).sound, "by itself a chain that ends earlier holds"
    (found,) = audit_verify.verify(trail, kept).breaks
    assert (found.company_id, found.number) == (1, 5)
    assert "cut off" in found.text
    tamper(trail.database, "UPDATE audit SET actor = 'Eve' WHERE id = 1")
    _write_anew(trail)
    write(anew(trail))
    assert audit_verify.verify(trail).sound
    (found,) = audit_verify.verify(trail, kept).breaks
    assert "written anew" in found.text


def _write_anew(ctx: Context) -> None:
    """Compute all hashes again, as somebody can who knows how."""
    with ctx.database.read() as connection:
        links = list(stored_links(connection, 1))
    before: dict[int, str] = {}
    for link in links:
        assert link.parts is not None
        before[link.company_id] = link_hash(before.get(link.company_id, ""), link.parts)
        tamper(
            ctx.database,
            f"UPDATE audit_link SET hash = '{before[link.company_id]}' "
            f"WHERE audit_id = {link.audit_id}",
        )


# ------------------------------------------------------------------------------ older databases


@pytest.mark.parametrize("kind", BOTH)
def test_an_older_trail_is_chained_by_the_upgrade(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    if kind == "sqlite":
        target: str | Path = tmp_path / "old.db"
        engine = file_engine(tmp_path / "old.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        target = server.address(server.create_database())
        engine = sa.create_engine(server_url(target))
    _first_schema(engine)
    engine.dispose()
    with open_database(target, create=False, upgrade=True) as database:
        ctx = context(database)
        verdict = audit_verify.verify(ctx)
        assert verdict.sound, verdict.breaks
        assert verdict.entries == 3000
        write(ctx, 3)
        assert audit_verify.verify(ctx, [h.text for h in verdict.heads]).entries == 3003


def _first_schema(engine: sa.Engine) -> None:
    """Make a database of the first schema with a long trail, by its own migration."""
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        at = "'2026-01-01T00:00:00.000000Z'"
        rows = ",".join(
            f"(1, {at}, 'Ann', 'desk', 'change bank', 'bank', '{n}', 'op-{n}', NULL, "
            f"""'{{"name":"Ö{n}"}}')"""
            for n in range(3000)
        )
        connection.exec_driver_sql(
            "INSERT INTO audit (company_id, at, actor, address, action, table_name, object_id, "
            f"operation_id, old, new) VALUES {rows}"
        )


# ------------------------------------------------------------------------------ sight, detail


def test_a_company_sees_its_entries_and_those_below(database: Database) -> None:
    north = add_company(database, "North", 1)
    below = add_company(database, "Below", north)
    other = add_company(database, "South", 1)
    ctx = context(database)
    for tenant in (1, north, below, other):
        write(anew(ctx), company_id=tenant)
    query = ListQuery("audit")

    def seen(tenant: int) -> list[int]:
        own = replace(ctx, actor=Actor("Ann", company_id=tenant))
        return sorted(records.keys(own, AUDIT, query))

    assert seen(1) == [1, 2, 3, 4]
    assert seen(north) == [2, 3]
    assert seen(below) == [3]
    assert seen(other) == [4]
    stranger = replace(ctx, actor=Actor("Eve", company_id=other))
    with pytest.raises(UserError, match="There is no entry 2"):
        audit_entries.detail(stranger, 2)
    assert [h.company_id for h in audit_verify.heads(stranger)] == [other]
    assert audit_verify.verify(stranger).entries == 1


def test_a_command_is_shown_field_by_field_and_written_to_a_file(
    database: Database, tmp_path: Path
) -> None:
    ctx = context(database)
    with database.write() as connection:
        audit.record(ctx, connection, "add bank", "bank", 7, {"name": "A", "swift": None})
        old, new = {"name": "A", "hosts": []}, {"name": "B", "hosts": ["x", "y"]}
        audit.record(ctx, connection, "change bank", "bank", 7, new, old=old)
        audit.record(ctx, connection, "delete bank", "bank", 7, {}, old={"name": "B"})
    found = audit_entries.detail(ctx, 2)
    assert [c.operation for c in found.changes] == ["INSERT", "UPDATE", "DELETE"]
    assert (found.action, found.actor, found.more) == ("Change bank", "tester", 0)
    assert found.address
    assert [(f.name, f.old, f.new) for f in found.changes[1].fields] == [
        ("hosts", "", "x, y"),
        ("name", "A", "B"),
    ]
    assert not any(change.exists for change in found.changes)
    path = tmp_path / "entry.csv"
    assert audit_entries.export_detail(ctx, 2, path) == 5
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    last = dict(zip(rows[0], rows[-1], strict=True))
    assert last["Operation"] == "Deleted"
    assert [last[n] for n in ("Table", "Stored operation", "Stored field", "Stored old value")] == [
        *("bank", "DELETE", "name", "B")
    ]
    assert last["Name"] == "B", "it is gone; its last name is told"
    viewer = Actor("Eve", owner=False, permissions=frozenset({("audit", "view")}))
    with pytest.raises(UserError, match="Eve may not take data out"):
        audit_entries.export_detail(replace(ctx, actor=viewer), 2, path)
    assert audit_entries.detail(replace(ctx, actor=viewer), 2) == found


def test_what_a_trail_says_of_an_operation() -> None:
    assert audit_entries.operation(None, {"a": 1}, first=True) == "INSERT"
    assert audit_entries.operation(None, {"rows": 3}, first=False) == "UPDATE"
    assert audit_entries.operation({"a": 1}, {}, first=True) == "DELETE"
    assert audit_entries.operation({"a": 1}, {"a": 2}, first=True) == "UPDATE"


def test_secrets_are_masked_however_deep(database: Database) -> None:
    ctx = context(database)
    canary = "canary-4711-secret"
    new: dict[str, Any] = {
        "password": canary,
        "name": "mail",
        "TOTP_secret": canary,
        "mail": {"host": "h", "api_key": canary, "lists": [{"token": canary, "n": 1}]},
        "password_length": 12,
        "password_hash": "",
    }
    with database.write() as connection:
        audit.record(ctx, connection, "change settings", "setting", 1, new, old=new)
        texts = connection.exec_driver_sql("SELECT old, new FROM audit").one()
    assert all(canary not in text for text in texts)
    assert '"password_length":12' in texts[0]
    assert new["mail"]["api_key"] == canary, "the caller's own values stay"


# ------------------------------------------------------------------------------ commands, size


def test_commands_list_show_and_keep_heads(trail: Context, tmp_path: Path) -> None:
    desk = Desk(_target(trail.database))
    listed = desk.ok("audit", "list", "--action", "bank", "--limit", 3, "--json").json
    assert [row["id"] for row in listed] == [8, 7, 6]
    assert desk.ok("audit", "list", "--table", "vendor", "--json").json == []
    shown = desk.ok("audit", "show", 8, "--json").json
    assert [change["id"] for change in shown["changes"]] == [6, 7, 8]
    assert "Ö2" in desk.ok("audit", "show", 8).out
    heads = tmp_path / "heads.txt"
    heads.write_text(desk.ok("audit", "head").out, encoding="utf-8")
    assert "The trail holds: 8 entries." in desk.ok("audit", "verify", "--head", heads).out
    wrong = "1:5:" + "0" * 64
    told = desk("audit", "verify", "--head", wrong, "--json")
    assert told.code == 1
    assert not told.json["sound"]
    assert desk("audit", "verify", "--head", tmp_path / "none.txt").code == 1
    assert desk("audit", "show", 99).err.startswith("There is no entry 99")


@pytest.fixture
def long_trail(sqlite_template: Path, tmp_path: Path) -> Callable[[int], Database]:
    """Return a file with so many entries, put in past the program, for measuring lists."""

    def make(number: int) -> Database:
        path = tmp_path / "long.db"
        shutil.copy(sqlite_template, path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) "
                "INSERT INTO audit (company_id, at, actor, address, action, table_name, "
                "object_id, operation_id) SELECT 1, strftime('%Y-%m-%dT%H:%M:%S.000000Z', "
                "1760000000 + i, 'unixepoch'), 'Ann', 'desk', 'change bank', 'bank', i % 1000, i "
                "FROM n",
                (number,),
            )
        return open_database(path, create=False)

    return make


def test_a_long_trail_opens_at_once(long_trail: Callable[[int], Database]) -> None:
    with long_trail(200_000) as database:
        ctx = context(database)
        begin = dt.datetime.now(dt.UTC)
        rows = records.first_rows(ctx, AUDIT, ListQuery("audit"))
        seconds = (dt.datetime.now(dt.UTC) - begin).total_seconds()
        assert [row[0] for row in rows[:2]] == [200_000, 199_999]
        assert seconds < 0.3
        plan = _plan(database)
        assert "TEMP B-TREE" not in plan


def _plan(database: Database) -> str:
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM audit ORDER BY id DESC LIMIT 200"
        ).fetchall()
    return " ".join(str(row) for row in rows)


@pytest.mark.postgres
def test_the_server_says_who_it_was(postgres: PostgresServer) -> None:
    target = postgres.address(postgres.create_database())
    with open_database(target, create=True) as database:
        write(context(database))
        assert audit_entries.detail(context(database), 1).login == "tester"
    with psycopg.connect(target) as connection, pytest.raises(psycopg.Error):
        connection.execute("INSERT INTO audit_link VALUES (1, 2, 1, repeat('0', 64))")
