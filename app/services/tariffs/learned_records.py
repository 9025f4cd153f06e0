"""Remembered answers as records of a list: they can be forgotten (IMP-8)."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.queries import learned
from app.domain.counting import counted
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service

CHUNK = 5000


@service("mccmnc", "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Forget answers; the next import asks again."""
    company, count, word = ctx.actor.company_id, 0, ""
    with ctx.database.write() as connection:
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            ctx.stop_if_cancelled()
            for row in learned.answers_by_id(connection, company, part):
                told = {name: row[name] for name in ("dictionary", "context", "value", "key")}
                audit.record(
                    ctx,
                    connection,
                    "forget answer",
                    "learned_match",
                    row["id"],
                    {},
                    old=told,
                    company_id=row["company_id"],
                )
                word = row["value"]
            count += learned.forget_by_id(connection, company, part)
    if not count:
        raise UserError("These answers are gone already: refresh the list.")
    return f'Forgot what "{word}" means.' if count == 1 else f"Forgot {counted(count, 'answer')}."
