"""Due work in SQL: what is done already, who does it now, and which moments of agreements came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from app.db.queries.agreements import agreement_title
from app.db.queries.tenancy import subtree
from app.db.tables.agreements import agreement, agreement_version
from app.db.tables.due_work import due_lease, due_work

CHUNK = 500
"""Subjects in one statement."""

Key = tuple[str, dt.datetime]
"""Subject and due moment: what a task does once."""


# ------------------------------------------------------------------------------ the lease


def take_lease(
    connection: sa.Connection, name: str, holder: str, *, now: dt.datetime, till: dt.datetime
) -> str:
    """Take a lease that nobody holds, that ran out, or that is ours; return who else holds it.

    "" = it is ours. Two that take it at once: the other's constraint raises Conflict on a server.
    """
    mine = sa.or_(due_lease.c.holder == holder, due_lease.c.ends_at <= now)
    taken = sa.update(due_lease).where(due_lease.c.name == name, mine)
    if connection.execute(taken.values(holder=holder, ends_at=till)).rowcount:
        return ""
    other = sa.select(due_lease.c.holder).where(due_lease.c.name == name)
    found = connection.execute(other).scalar()
    if found is None:
        connection.execute(sa.insert(due_lease).values(name=name, holder=holder, ends_at=till))
    return found or ""


def keep_lease(connection: sa.Connection, name: str, holder: str, *, till: dt.datetime) -> bool:
    """Prolong our lease and hold its row till the commit; False if another took it over."""
    mine = (due_lease.c.name == name, due_lease.c.holder == holder)
    return connection.execute(sa.update(due_lease).where(*mine).values(ends_at=till)).rowcount == 1


def drop_lease(connection: sa.Connection, name: str, holder: str) -> None:
    """Give our lease back, if it still is ours."""
    connection.execute(
        sa.delete(due_lease).where(due_lease.c.name == name, due_lease.c.holder == holder)
    )


def server_time(connection: sa.Connection) -> dt.datetime | None:
    """Return the server's own time; a file has none but this computer's."""
    if connection.dialect.name == "sqlite":
        return None
    now: dt.datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now


# ------------------------------------------------------------------------------ what is done


def done_keys(connection: sa.Connection, task: str, subjects: Iterable[str]) -> set[Key]:
    """Return which moments of these subjects are done."""
    wanted = sorted(set(subjects))
    found: set[Key] = set()
    for start in range(0, len(wanted), CHUNK):
        statement = sa.select(due_work.c.subject, due_work.c.due_at).where(
            due_work.c.task == task,
            due_work.c.state == "done",
            due_work.c.subject.in_(wanted[start : start + CHUNK]),
        )
        found.update((subject, at) for subject, at in connection.execute(statement))
    return found


def not_done(
    task: str, subject: sa.ColumnElement[str], at: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Return the condition that a task has not been done for a subject at a moment."""
    done = sa.select(due_work.c.id).where(
        due_work.c.task == task,
        due_work.c.subject == subject,
        due_work.c.due_at == at,
        due_work.c.state == "done",
    )
    return sa.not_(done.exists())


def mark(
    connection: sa.Connection,
    task: str,
    key: Key,
    *,
    company_id: int,
    state: str,
    now: dt.datetime,
    outcome: Mapping[str, Any],
) -> int:
    """Keep what came of a piece of work ("done" or "failed"); return how often it was tried."""
    subject, due_at = key
    same = (
        due_work.c.task == task,
        due_work.c.subject == subject,
        due_work.c.due_at == due_at,
    )
    before = connection.execute(sa.select(due_work.c.outcome).where(*same)).scalar()
    tries = 1 + int((before or {}).get("tries", 0))
    values = {
        "company_id": company_id,
        "done_at": now,
        "state": state,
        "outcome": {**outcome, "tries": tries},
    }
    if before is None:
        row = {"task": task, "subject": subject, "due_at": due_at, **values}
        connection.execute(sa.insert(due_work).values(**row))
    else:
        connection.execute(sa.update(due_work).where(*same).values(**values))
    return tries


def is_done(connection: sa.Connection, task: str, key: Key) -> bool:
    """Tell whether a piece of work is done."""
    return key in done_keys(connection, task, [key[0]])


def tenants_in_sight(connection: sa.Connection, company_id: int) -> frozenset[int]:
    """Return the companies whose due work a company sees: itself and all below."""
    return frozenset(connection.execute(subtree(company_id)).scalars())


# ------------------------------------------------------------------------------ agreements


def agreement_moments(
    connection: sa.Connection, task: str, until: dt.datetime
) -> list[dict[str, Any]]:
    """Return when stored versions of agreements begin and end up to ``until``, not told yet.

    Rows: id, agreement_id, company_id, title, word ("begins", "ends"), at. A version that had begun
    before it was entered is no news.
    """
    v = agreement_version.c
    found: list[dict[str, Any]] = []
    subject = sa.literal("agreement_version:") + sa.cast(v.id, sa.Text)
    for word, at in (("begins", v.effective_from), ("ends", v.effective_till)):
        statement = (
            sa.select(
                v.id,
                v.agreement_id,
                agreement.c.company_id,
                agreement_title().label("title"),
                sa.literal(word).label("word"),
                at.label("at"),
            )
            .select_from(agreement_version.join(agreement, v.agreement_id == agreement.c.id))
            .where(at <= until, at > v.created_at, not_done(task, subject, at))
        )
        found += [dict(row) for row in connection.execute(statement).mappings()]
    return found
