"""Due work: each thing once and in order, one program at a time, whatever is killed (GEN-9, A1)."""

from __future__ import annotations

import datetime as dt
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.db.engine import Database, open_database
from app.db.queries import due_work as work
from app.db.tables.agreements import agreement_version
from app.db.tables.audit import audit
from app.db.tables.due_work import due_lease, due_work
from app.db.tables.enabled_services import enabled_service
from app.db.tables.users import user_account
from app.domain.due_work import TASKS, Task, Unit
from app.domain.records import ListQuery
from app.errors import Busy, UserError
from app.sections.audit import DUE_WORK
from app.services import audit as trail
from app.services import records
from app.services.context import Actor, Context
from app.services.control import audit_verify
from app.services.due import run as due
from app.services.due.commands import run_now
from app.services.records import named_service
from tests.db.conftest import NOW
from tests.db.desk import context
from tests.helpers.agreements import START, add_agreement, add_company, add_service, add_version
from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer

DAY = dt.timedelta(days=1)


@pytest.fixture
def ctx(database: Database) -> Context:
    """An agreement whose version ended on 1 February, when the next one began."""
    with database.write() as connection:
        client = add_company(connection, "Hornes")
        first = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
        made = add_agreement(connection, client, "A-1", till=first)
        add_version(connection, made, first, NOW + DAY)
    return context(database)


def rows(database: Database, table: sa.Table) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.id)).mappings())


def told(database: Database) -> list[tuple[str, str]]:
    return [(row["action"], row["object_id"]) for row in rows(database, audit)]


# ------------------------------------------------------------------------------ what is done


def test_every_task_names_functions_and_words() -> None:
    assert len({task.id for task in TASKS}) == len(TASKS)
    for task in TASKS:
        assert named_service(task.due)
        assert named_service(task.do)
        assert task.title
        assert task.help.endswith(".")


def test_what_was_missed_is_done_once_in_order_as_the_system(ctx: Context) -> None:
    report = due.run(ctx)
    assert [(o.task, o.subject, o.failed) for o in report.outcomes] == [
        ("agreement_versions", "agreement_version:1", False),
        ("agreement_versions", "agreement_version:2", False),
    ]
    assert {"agreements", "due_work", "audit"} <= report.nouns
    assert told(ctx.database) == [
        ("agreement version ends", "1"),
        ("agreement version begins", "2"),
    ]
    entries = rows(ctx.database, audit)
    assert {row["actor"] for row in entries} == {"due work"}
    assert len({row["operation_id"] for row in entries}) == 2, "each thing is a command"
    done = rows(ctx.database, due_work)
    assert [row["outcome"]["operation"] for row in done] == [r["operation_id"] for r in entries]
    assert {row["state"] for row in done} == {"done"}
    assert rows(ctx.database, due_work)[0]["done_at"] == NOW
    again = due.run(ctx)
    assert (again.outcomes, again.holder) == ((), "")
    assert len(told(ctx.database)) == 2
    assert not rows_of_lease(ctx.database)
    assert audit_verify.verify(ctx).sound


def rows_of_lease(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(sa.select(due_lease)).mappings())


def test_only_what_was_due_by_then_is_done(ctx: Context) -> None:
    january = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    assert due.run(ctx, january).outcomes == ()
    ahead = due.run(ctx, NOW + 30 * DAY)
    assert [o.subject for o in ahead.outcomes] == ["agreement_version:1", "agreement_version:2"]
    soon = due.upcoming(ctx, NOW + 30 * DAY)
    assert [(d.task.id, d.unit.at) for d in soon] == [("agreement_versions", NOW + DAY)]
    assert soon[0].unit.title == "Hornes - A-1, EUR: a version ends"
    tomorrow = replace(ctx, clock=lambda: NOW + DAY)
    assert [o.at for o in due.run(tomorrow).outcomes] == [NOW + DAY]


def test_a_version_entered_after_its_begin_is_no_news(ctx: Context) -> None:
    with ctx.database.write() as connection:
        late = sa.update(agreement_version).values(created_at=NOW)
        connection.execute(late)
    assert due.run(ctx).outcomes == ()


def test_packs_are_bought_for_each_missed_period(ctx: Context) -> None:
    with ctx.database.write() as connection:
        client = add_company(connection, "Packs")
        agreement = add_agreement(connection, client, "P-1", zone="UTC", period="weekly")
        pack = add_service(connection, "Bundle", "bundle_pack", size=Decimal(10))
        row = {
            "company_id": 1,
            "agreement_id": agreement,
            "service_id": pack.id,
            "effective_from": NOW - 28 * DAY,
            "from_zone": "UTC",
            "effective_till": dt.datetime(2026, 2, 2, tzinfo=dt.UTC),
            "till_zone": "UTC",
            "auto_extend": True,
            "created_at": NOW,
            "updated_at": NOW,
        }
        connection.execute(sa.insert(enabled_service).values(**row))
    report = due.run(ctx)
    assert not report.failed
    packs = rows(ctx.database, enabled_service)
    assert [row["effective_from"].day for row in packs[1:]] == [2, 9, 16, 23]
    assert [row["extends_id"] for row in packs] == [None, 1, 2, 3, 4]
    assert Counter(o.task for o in report.done) == {"agreement_versions": 2, "bundle_packs": 4}


def test_invitations_end_and_unused_users_are_blocked(ctx: Context) -> None:
    long_ago = NOW - 400 * DAY
    common = {
        "company_id": 1,
        "application": "backoffice",
        "invited_at": long_ago,
        "created_at": long_ago,
        "updated_at": long_ago,
    }
    guest = {**common, "email": "guest@x.example", "invitation_ends": NOW - 3 * DAY}
    away = {**common, "email": "away@x.example", "login": "away", "registered_at": long_ago}
    with ctx.database.write() as connection:
        for row in (guest, {**away, "last_active_at": NOW - 200 * DAY}):
            connection.execute(sa.insert(user_account).values(**row))
    report = due.run(ctx)
    assert not report.failed
    assert {o.subject: o.task for o in report.done if o.task != "agreement_versions"} == {
        "user_account:1": "invitations",
        "user_account:2": "unused_users",
    }
    users = rows(ctx.database, user_account)
    assert [row["blocked_at"] for row in users] == [None, NOW]
    assert due.run(ctx).outcomes == ()


# ------------------------------------------------------------------------------ failures


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Three things that are due; ``broken`` says which one raises what."""
    state: dict[str, Any] = {"broken": {}}

    def find(_connection: Any, until: dt.datetime) -> list[Unit]:
        units = [Unit(f"bank:{n}", NOW - n * DAY, f"Thing {n}", 1) for n in (1, 2, 3)]
        return [unit for unit in units if unit.at <= until]

    def do(unit: Unit, ctx: Context, connection: Any) -> str:
        trail.record(ctx, connection, "thing", "bank", unit.number, {})
        problem = state["broken"].get(unit.number)
        if problem is not None:
            raise problem
        return "Done so."

    def named(name: str) -> Any:
        return {"find": find, "do": do}[name]

    monkeypatch.setattr(due, "TASKS", (Task("things", "Things", "Things.", "find", "do", ("x",)),))
    monkeypatch.setattr(due, "named_service", named)
    return state


def test_a_failing_thing_is_told_and_stops_nothing(ctx: Context, tasks: dict[str, Any]) -> None:
    tasks["broken"] = {2: UserError("The bank is closed: open it."), 3: KeyError("oh")}
    report = due.run(ctx)
    assert [(o.subject, o.failed) for o in report.outcomes] == [
        ("bank:3", True),
        ("bank:2", True),
        ("bank:1", False),
    ]
    assert report.failed[0].text.startswith("This is a fault of Tariffdesk (KeyError)")
    assert report.failed[1].text == "The bank is closed: open it."
    assert told(ctx.database) == [("thing", "1")], "what failed left nothing"
    with pytest.raises(UserError, match=r"Thing 3: This is a fault .* \(1 more failed"):
        run_now(ctx)
    tries = {row["subject"]: row["outcome"]["tries"] for row in rows(ctx.database, due_work)}
    assert tries == {"bank:3": 2, "bank:2": 2, "bank:1": 1}
    tasks["broken"] = {}
    assert run_now(ctx) == "Done: 2 things."
    assert {row["state"] for row in rows(ctx.database, due_work)} == {"done"}
    assert len(rows(ctx.database, due_work)) == 3
    assert run_now(ctx) == "Nothing is due."
    listed = records.first_rows(ctx, DUE_WORK, ListQuery("due_work"))
    assert len(listed) == 3


def test_a_database_that_does_not_answer_ends_the_run(ctx: Context, tasks: dict[str, Any]) -> None:
    tasks["broken"] = {2: Busy("in use")}
    with pytest.raises(Busy):
        due.run(ctx)
    assert [row["subject"] for row in rows(ctx.database, due_work)] == ["bank:3"]
    assert not rows_of_lease(ctx.database)


def test_a_person_may_stop_between_two_things(ctx: Context, tasks: dict[str, Any]) -> None:
    asked = iter([False, True])
    with pytest.raises(UserError):
        due.run(replace(ctx, cancelled=lambda: next(asked)))
    assert len(rows(ctx.database, due_work)) == 1
    assert len(due.run(ctx).done) == 2


# ------------------------------------------------------------------------------ one at a time


def test_the_lease_keeps_others_away_until_it_ran_out(ctx: Context, tasks: dict[str, Any]) -> None:
    with ctx.database.write() as connection:
        held = work.take_lease(connection, due.LEASE, "Ann", now=NOW, till=NOW + due.LEASE_TIME)
        assert held == ""
    report = due.run(ctx)
    assert (report.holder, report.outcomes) == ("Ann", ())
    assert run_now(ctx) == "The due work is being done by Ann."
    later = replace(ctx, clock=lambda: NOW + due.LEASE_TIME)
    assert len(due.run(later).done) == 3
    with ctx.database.write() as connection:
        assert not work.keep_lease(connection, due.LEASE, "Ann", till=NOW)


def test_who_lost_the_lease_stops(ctx: Context, tasks: dict[str, Any]) -> None:
    def steal() -> bool:
        with ctx.database.write() as connection:
            connection.execute(sa.update(due_lease).values(holder="Bob", ends_at=NOW + DAY))
        return False

    report = due.run(replace(ctx, cancelled=steal))
    assert (report.outcomes, report.holder) == ((), "another program")
    assert rows(ctx.database, due_work) == []
    assert [row["holder"] for row in rows_of_lease(ctx.database)] == ["Bob"]


def test_four_programs_at_once_do_each_thing_once(target: str | Path) -> None:
    with open_database(target, create=False) as database:
        number = _many(database, 20)
    outcomes: list[due.Report] = []
    problems: list[BaseException] = []
    barrier = threading.Barrier(4)

    def program() -> None:
        with open_database(target, create=False) as own:
            barrier.wait()
            try:
                outcomes.append(due.run(Context(Actor("x"), own)))
            except BaseException as problem:  # noqa: BLE001 - told by the test
                problems.append(problem)

    threads = [threading.Thread(target=program) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sum(len(report.done) for report in outcomes) == number
    with open_database(target, create=False) as database:
        _exactly_once(database, number)


def _many(database: Database, versions: int) -> int:
    """Make an agreement with short versions; return how many begins and ends are due."""
    with database.write() as connection:
        client = add_company(connection, "Many")
        made = add_agreement(connection, client, "M-0", till=START + dt.timedelta(hours=1))
        for n in range(versions):
            begin = START + DAY + n * dt.timedelta(hours=1)
            add_version(connection, made, begin, begin + dt.timedelta(minutes=9))
    return 2 * versions + 1


def _exactly_once(database: Database, number: int) -> None:
    done = Counter((r["task"], r["subject"], r["due_at"]) for r in rows(database, due_work))
    facts = Counter(f for f in told(database) if f[0].startswith("agreement version"))
    assert len(done) == len(facts) == number
    assert set(done.values()) == set(facts.values()) == {1}
    assert audit_verify.verify(context(database)).sound


# ------------------------------------------------------------------------------ kills


def _killed(database: Database, target: str | Path, seconds: float) -> bool:
    """Run the command and kill it so long after its first new row; tell whether it still ran."""
    before = len(rows(database, due_work))
    command = [sys.executable, "-m", "app", "--db", str(target), "due"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and len(rows(database, due_work)) == before:
        time.sleep(0.01)
    time.sleep(seconds)
    running.send_signal(signal.SIGKILL)
    return running.wait(30) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="kills are POSIX signals here")
@pytest.mark.parametrize("kills", [3, pytest.param(25, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_next_run_finishes(target: str | Path, kills: int) -> None:
    chance = random.Random(7)
    with open_database(target, create=False) as database:
        number = _many(database, 60 * kills)
        hit = 0
        for _ in range(kills):
            hit += _killed(database, target, chance.random() * 0.15)
            _forget_holder(database)
        done = len(rows(database, due_work))
        assert kills <= done < number
        assert hit == kills
        assert Desk(target)("due").code == 0
        _exactly_once(database, number)


def _forget_holder(database: Database) -> None:
    """Let the lease of the killed program run out at once; a person waits five minutes."""
    with database.write() as connection:
        connection.execute(sa.update(due_lease).values(ends_at=START))


# ------------------------------------------------------------------------------ commands


def test_the_command_shows_does_and_refuses(ctx: Context) -> None:
    path = ctx.database.path
    url = ctx.database.engine.url.set(drivername="postgresql")
    desk = Desk(path or url.render_as_string(hide_password=False))
    plan = desk.ok("due", "--dry-run", "--until", "2026-03-31", "--json").json
    assert [one["subject"] for one in plan] == [
        "agreement_version:1",
        "agreement_version:2",
        "agreement_version:2",
    ]
    assert "Hornes - A-1, EUR: a version ends" in desk.ok("due", "--dry-run").out
    assert desk.ok("due", "--until", "2026-01-31").out == "Nothing is due.\n"
    assert "is past now" in desk.ok("due", "--until", "2026-02-01").out
    assert len(desk.ok("due", "--json").json["outcomes"]) == 1
    assert desk("due", "--until", "soon").err.startswith('"soon" is not a date')
    assert desk.ok("due").out == "Nothing is due.\n"


def test_who_may_not_manage_the_database_does_not_start_it(ctx: Context) -> None:
    viewer = Actor("Eve", owner=False, permissions=frozenset({("settings.database", "view")}))
    with pytest.raises(UserError, match="Eve may not manage"):
        due.run(replace(ctx, actor=viewer))
    assert len(due.upcoming(replace(ctx, actor=viewer), NOW)) == 2
    reseller = Actor("Rob", company_id=2)
    with pytest.raises(UserError, match="only people of the System owner"):
        due.run(replace(ctx, actor=reseller))
    client = replace(ctx, actor=replace(viewer, company_id=2))
    assert due.upcoming(client, NOW) == [], "another tenant's work is not shown"


@pytest.mark.postgres
def test_a_clock_far_ahead_of_the_server_does_nothing(postgres: PostgresServer) -> None:
    target = postgres.address(postgres.create_database())
    with open_database(target, create=True) as database:
        ahead = dt.datetime.now(dt.UTC) + 3 * DAY
        with pytest.raises(UserError, match="ahead of the server's by 72 hours"):
            due.run(replace(context(database), clock=lambda: ahead))
