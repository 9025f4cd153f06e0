"""Audit and due work: lists without a form; something done, something failed."""

from __future__ import annotations

import datetime as dt

from app.db.queries import due_work
from app.services.context import Context
from tests.contracts.cases import Case

CASES: dict[str, Case] = {}


def fill(ctx: Context) -> None:
    """Put due work into the office; every change before has put something into the audit."""
    now = ctx.clock()
    with ctx.database.write() as connection:
        for number, state in ((1, "done"), (2, "failed")):
            due_work.mark(
                connection,
                "agreement_versions",
                (f"agreement_version:{number}", now - dt.timedelta(days=number)),
                company_id=ctx.actor.company_id,
                state=state,
                now=now,
                outcome={"title": f"Nordwind - A-{number}", "text": "It is told.", "operation": ""},
            )
