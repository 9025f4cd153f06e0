"""The sources of the lists of control: the audit trail, and the due work (USR-6, GEN-9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.db.functions import json_number, json_value
from app.db.queries.lists import Asked, Source
from app.db.queries.tenancy import in_sight
from app.db.tables.audit import audit
from app.db.tables.companies import SYSTEM_OWNER, company
from app.db.tables.due_work import due_work
from app.domain.audit_kinds import BEGINNINGS, OTHERWISE


def seen(column: sa.Column[Any], company_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition that a row is of a company or below it; the owner's sight needs none.

    Without it a list of a million entries is read in the order of its key.
    """
    return () if company_id == SYSTEM_OWNER else (in_sight(column, company_id),)


def company_name(of: sa.Table) -> sa.ColumnElement[str]:
    """Return the name of a row's company; looked up for the rows that are shown only."""
    name = sa.select(company.c.name).where(company.c.id == of.c.company_id)
    return name.correlate(of).scalar_subquery()


def capital(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return a text with a capital first letter."""
    first = sa.func.upper(sa.func.substr(text, 1, 1), type_=sa.Text)
    return first + sa.func.substr(text, 2, type_=sa.Text)


def _kind(action: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return what kind of thing an action is."""
    cases = [
        (sa.or_(*(action.startswith(word, autoescape=True) for word in words)), kind)
        for kind, words in BEGINNINGS
    ]
    return sa.case(*cases, else_=OTHERWISE)


def _values() -> sa.ColumnElement[str]:
    """Return what an object became, or was when it was deleted, as the text that is stored."""
    old, new = (sa.type_coerce(audit.c[name], sa.Text) for name in ("old", "new"))
    return sa.func.coalesce(sa.func.nullif(new, "{}"), old, type_=sa.Text)


def _audit(asked: Asked) -> Source:
    c = audit.c
    plain = ("id", "at", "actor", "login", "address", "table_name", "object_id")
    return Source(
        id=c.id,
        columns={
            **{name: c[name] for name in plain},
            "action": capital(c.action),
            "kind": _kind(c.action),
            "values": _values(),
            "company": company_name(audit),
            "operation_id": c.operation_id,
        },
        origin=audit,
        where=seen(c.company_id, asked.company_id),
        order=(c.id.desc(),),
        exact=frozenset({"kind", "table_name", "object_id", "operation_id", "address"}),
    )


def _due_work(asked: Asked) -> Source:
    c = due_work.c
    return Source(
        id=c.id,
        columns={
            "id": c.id,
            "done_at": c.done_at,
            "task": c.task,
            "title": json_value(c.outcome, "title"),
            "due_at": c.due_at,
            "state": c.state,
            "text": json_value(c.outcome, "text"),
            "tries": json_number(c.outcome, "tries"),
            "subject": c.subject,
            "operation_id": json_value(c.outcome, "operation"),
            "company": company_name(due_work),
        },
        origin=due_work,
        where=seen(c.company_id, asked.company_id),
        order=(c.done_at.desc(),),
        exact=frozenset({"task", "state", "subject", "operation_id"}),
    )


CONTROL_SOURCES: dict[str, Callable[[Asked], Source]] = {
    "audit": _audit,
    "due_work": _due_work,
}
