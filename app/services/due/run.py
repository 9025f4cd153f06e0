"""Does what is due, once: in order, each thing in its own transaction, one program at a time (A1).

A run may be killed at any moment: what was committed is done, the rest is done by the next run.
Work is done as the system, whoever starts it; the lease keeps two programs from waiting for each
other, the row of each thing (task, subject, due moment) from doing it twice.
"""

from __future__ import annotations

import datetime as dt
import getpass
import logging
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from app.db.queries import due_work
from app.domain.due_work import TASKS, Task, Unit
from app.errors import Busy, Cancelled, Conflict, Unreachable, UserError
from app.services.context import Actor, Context, service
from app.services.records import named_service

AREA = "settings.database"
SYSTEM = "due work"
"""The actor in the audit: the system, not who happened to have the program open."""

LEASE = "due work"
LEASE_TIME = dt.timedelta(minutes=5)
"""A program that has said nothing for so long has ended; another goes on."""

CLOCK_AHEAD = dt.timedelta(hours=12)
"""A clock further ahead of the server's would do things long before their time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A thing to be done: which task, what it is about and when."""

    task: Task
    unit: Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a thing that was due; ``tries`` > 1 = it had failed before."""

    task: str
    title: str
    subject: str
    at: dt.datetime
    failed: bool
    text: str
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did; ``holder`` = another program that does the due work just now."""

    outcomes: tuple[Outcome, ...] = ()
    holder: str = ""

    @property
    def done(self) -> tuple[Outcome, ...]:
        """Return what was done."""
        return tuple(one for one in self.outcomes if not one.failed)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Return what was tried in vain; the next run tries again."""
        return tuple(one for one in self.outcomes if one.failed)

    @property
    def nouns(self) -> frozenset[str]:
        """Return what windows read anew."""
        told = {one.task for one in self.outcomes}
        found = {noun for task in TASKS if task.id in told for noun in task.nouns}
        return frozenset(found | {"due_work", "audit"}) if told else frozenset()


class _Lost(Exception):
    """Another program took the lease over."""


@service(AREA, "manage", whole=True)
def run(ctx: Context, until: dt.datetime | None = None) -> Report:
    """Do everything that was due by ``until`` (now, if not given), oldest first.

    What can't be done is told in the report and in the list, and does not stop the rest. Raises
    UserError if this computer's clock is far ahead of the server's, Busy or Unreachable if the
    database does not answer.
    """
    end = min(until or ctx.clock(), ctx.clock())
    _refuse_early_clock(ctx)
    system = replace(ctx, actor=Actor(SYSTEM))
    if not _found(system, end):  # nothing to write: nobody's lease is asked for
        return Report()
    holder = _holder()
    other = _take(system, holder)
    if other:
        return Report(holder=other)
    outcomes: list[Outcome] = []
    try:
        outcomes.extend(_work(system, end, holder))
    except _Lost:
        return Report(tuple(outcomes), holder="another program")
    finally:
        _give_back(system, holder)
    return Report(tuple(outcomes))


@service(AREA, "view")
def upcoming(ctx: Context, until: dt.datetime, most: int = 500) -> list[Due]:
    """Return what is or will be due up to ``until`` in the actor's sight, soonest first."""
    found = _found(ctx, until)
    with ctx.database.read() as connection:
        seen = due_work.tenants_in_sight(connection, ctx.actor.company_id)
    return [one for one in found if one.unit.company_id in seen][:most]


def _found(ctx: Context, until: dt.datetime) -> list[Due]:
    """Return what is not done yet, in the order of its moments."""
    found = []
    with ctx.database.read() as connection:
        for task in TASKS:
            units: list[Unit] = named_service(task.due)(connection, until)
            done = due_work.done_keys(connection, task.id, (unit.subject for unit in units))
            found += [Due(task, unit) for unit in units if (unit.subject, unit.at) not in done]
    order = {task.id: place for place, task in enumerate(TASKS)}
    return sorted(found, key=lambda d: (d.unit.at, order[d.task.id], d.unit.subject))


def _work(ctx: Context, end: dt.datetime, holder: str) -> Iterator[Outcome]:
    """Do round after round: what is done may make the next thing due (one more period)."""
    tried: set[tuple[str, str, dt.datetime]] = set()
    while True:
        fresh = [d for d in _found(ctx, end) if _key(d) not in tried]
        if not fresh:
            return
        for place, due in enumerate(fresh):
            ctx.stop_if_cancelled()
            ctx.report("due work", place, len(fresh))
            tried.add(_key(due))
            outcome = _one(ctx, due, holder)
            if outcome is not None:
                yield outcome


def _key(due: Due) -> tuple[str, str, dt.datetime]:
    return due.task.id, due.unit.subject, due.unit.at


def _one(ctx: Context, due: Due, holder: str) -> Outcome | None:
    """Do one thing in its own transaction; None if another program did it meanwhile."""
    own = replace(ctx, operation=str(uuid.uuid4()))
    try:
        with own.database.write() as connection:
            _keep(own, connection, holder)
            if due_work.is_done(connection, due.task.id, (due.unit.subject, due.unit.at)):
                return None
            text = str(named_service(due.task.do)(due.unit, own, connection))
            return _marked(own, connection, due, text, failed=False)
    except (Busy, Unreachable, Cancelled, _Lost):
        raise
    except UserError as problem:
        return _failed(own, due, str(problem), holder)
    except Exception as problem:  # noqa: BLE001 - a fault in one thing must not stop the rest
        _log.exception("due work %s %s", due.task.id, due.unit.subject)
        text = f"This is a fault of Tariffdesk ({type(problem).__name__}): report it."
        return _failed(own, due, text, holder)


def _failed(ctx: Context, due: Due, text: str, holder: str) -> Outcome:
    with ctx.database.write() as connection:
        _keep(ctx, connection, holder)
        return _marked(ctx, connection, due, text, failed=True)


def _marked(ctx: Context, connection: Any, due: Due, text: str, *, failed: bool) -> Outcome:
    unit = due.unit
    tries = due_work.mark(
        connection,
        due.task.id,
        (unit.subject, unit.at),
        company_id=unit.company_id,
        state="failed" if failed else "done",
        now=ctx.clock(),
        outcome={"title": unit.title, "text": text, "operation": ctx.operation},
    )
    return Outcome(due.task.id, unit.title, unit.subject, unit.at, failed, text, tries)


# ------------------------------------------------------------------------------ the lease


def _take(ctx: Context, holder: str) -> str:
    now = ctx.clock()
    try:
        with ctx.database.write() as connection:
            return due_work.take_lease(connection, LEASE, holder, now=now, till=now + LEASE_TIME)
    except Conflict:  # two began at once, and the other was first
        return "another program"


def _keep(ctx: Context, connection: Any, holder: str) -> None:
    if not due_work.keep_lease(connection, LEASE, holder, till=ctx.clock() + LEASE_TIME):
        raise _Lost


def _give_back(ctx: Context, holder: str) -> None:
    """Let others begin at once; if the database is away, the lease runs out by itself."""
    with suppress(UserError), ctx.database.write() as connection:
        due_work.drop_lease(connection, LEASE, holder)


def _holder() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "somebody"
    return f"{name} on {socket.gethostname()}, process {os.getpid()}.{uuid.uuid4().hex[:6]}"[:200]


def _refuse_early_clock(ctx: Context) -> None:
    with ctx.database.read() as connection:
        right = due_work.server_time(connection)
    if right is not None and ctx.clock() - right > CLOCK_AHEAD:
        raise UserError(
            "The clock of this computer is ahead of the server's by "
            f"{(ctx.clock() - right).total_seconds() / 3600:.0f} hours: set it right, else things "
            "would be done before their time."
        )
