"""Master data as records of lists and forms: the verbs that every such section shares (GEN-2).

A section's own service module decides the right and the rules, then calls these with its Master.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.db.queries import masters
from app.db.queries.masters import Master
from app.db.queries.record_history import authors, record_history
from app.domain.counting import counted
from app.domain.records import HistoryEntry, Record
from app.errors import UserError
from app.services import audit
from app.services.context import Context

BeforeDeletion = Callable[[Any, Mapping[str, Any]], None]
"""What else to delete of a row, in the same transaction."""

After = Callable[[Context, Any, Mapping[str, Any]], str]
"""What else happens to a row, ``f(ctx, connection, row)``; returns a sentence about it, or ""."""

HANDED_DOWN = "Your tenant keeps this: ask there for changes."
"""Why nothing of a record can be changed here."""


def load(
    ctx: Context, master: Master, row_id: int, more: Mapping[str, Any] | None = None
) -> Record:
    """Return what the form of a row shows; ``more`` = computed values beside the columns."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        row = masters.find(connection, master, company, row_id)
        own = masters.is_own(connection, master, company, row_id)
        shown = masters.labels(connection, master, row)
        tenant = master.tenant_of(row)
        created_by, updated_by = "", ""
        history: tuple[HistoryEntry, ...] = ()
        if own:  # who works for the tenant, and for whom else, is the tenant's alone
            created_by, updated_by = authors(connection, tenant, master.name, row_id)
            history = record_history(connection, tenant, master.name, row_id)
    return Record(
        id=row_id,
        version=row["version"],
        values={**form_values(master, row), **(more or {})},
        title=str(row[master.title]),
        created_at=row["created_at"],
        created_by=created_by,
        updated_at=row["updated_at"],
        updated_by=updated_by,
        labels=shown,
        history=history,
        locked={} if own else dict.fromkeys(master.fields, HANDED_DOWN),
    )


def create(
    ctx: Context, connection: Any, master: Master, values: Mapping[str, Any], company_id: int
) -> int:
    """Add a row of the tenant ``company_id``, tell the audit, and return the row's id."""
    now = ctx.clock()
    row = {**values, master.tenant: company_id}
    made = masters.insert(connection, master, row, now=now)
    audit.record(
        ctx,
        connection,
        f"add {master.noun}",
        master.name,
        made,
        told(values),
        company_id=company_id,
    )
    return made


def update(
    ctx: Context,
    connection: Any,
    master: Master,
    row: Mapping[str, Any],
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Save a row that :func:`masters.find` gave; only what differs is told to the audit."""
    changed = {name: value for name, value in values.items() if row[name] != value}
    masters.change(connection, master, row, version, changed, now=ctx.clock())
    audit.record(
        ctx,
        connection,
        f"change {master.noun}",
        master.name,
        row["id"],
        told(changed),
        old=told({name: row[name] for name in changed}),
        company_id=master.tenant_of(row),
    )


def remove(
    ctx: Context,
    master: Master,
    ids: Sequence[int],
    *,
    before: BeforeDeletion | None = None,
    after: After | None = None,
) -> str:
    """Delete rows that nothing refers to, all or none; UserError with what does.

    ``before(connection, row)`` deletes what is a part of a row.
    """
    names, said = [], []
    with ctx.database.write() as connection:
        for row_id in ids:
            row = _remove_one(ctx, connection, master, row_id, before)
            names.append(str(row[master.title]))
            said.append(after(ctx, connection, row) if after else "")
    what = names[0] if len(names) == 1 else counted(len(names), master.noun)
    return " ".join([f"Deleted {what}.", *filter(None, said)])


def _remove_one(
    ctx: Context, connection: Any, master: Master, row_id: int, before: BeforeDeletion | None
) -> Mapping[str, Any]:
    row = masters.find(connection, master, ctx.actor.company_id, row_id, own=True)
    used = masters.uses(connection, master, row_id)
    if used:
        retires = "retire it instead" if master.retires else "remove these first"
        way_out = master.instead or retires
        raise UserError(
            f"The {master.noun} {row[master.title]} can't be deleted because of its "
            f"{_counts(used)}: {way_out}."
        )
    if before is not None:
        before(connection, row)
    masters.delete(connection, master, row_id)
    old = told({name: row[name] for name in master.fields})
    audit.record(
        ctx,
        connection,
        f"delete {master.noun}",
        master.name,
        row_id,
        {},
        old=old,
        company_id=master.tenant_of(row),
    )
    return row


def dependants(ctx: Context, master: Master, ids: Sequence[int]) -> list[str]:
    """Return what refers to the rows, a line for each that is in use."""
    lines = []
    with ctx.database.read() as connection:
        for row_id in ids:
            row = masters.find(connection, master, ctx.actor.company_id, row_id)
            used = masters.uses(connection, master, row_id)
            if used:
                lines.append(f"{row[master.title]}: {_counts(used)}")
    return lines


def retire(
    ctx: Context,
    master: Master,
    ids: Sequence[int],
    *,
    back: bool = False,
    after: After | None = None,
) -> str:
    """Take rows out of use, or ``back`` into it; what refers to them goes on as it is."""
    now = ctx.clock()
    done, said = [], []
    verb = "restore" if back else "retire"
    with ctx.database.write() as connection:
        for row_id in ids:
            row = masters.find(connection, master, ctx.actor.company_id, row_id, own=True)
            if (row["retired_at"] is None) == back:
                continue
            change = {"retired_at": None if back else now}
            masters.change(connection, master, row, row["version"], change, now=now)
            audit.record(
                ctx,
                connection,
                f"{verb} {master.noun}",
                master.name,
                row_id,
                {"retired": not back},
                old={"retired": back},
                company_id=master.tenant_of(row),
            )
            done.append(str(row[master.title]))
            said.append(after(ctx, connection, row) if after else "")
    word = "Restored" if back else "Retired"
    what = done[0] if len(done) == 1 else counted(len(done), master.noun)
    return " ".join([f"{word} {what}.", *filter(None, said)])


def form_values(master: Master, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored row as its form has it: references are IDs as texts."""
    values = {name: row[name] for name in master.fields}
    named = {name: str(values[name]) for name in master.references if values[name] is not None}
    return {**values, **named}


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the audit keeps them: plain data, no amounts or times as objects."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value


def _counts(used: Mapping[str, int]) -> str:
    return ", ".join(counted(number, word) for word, number in used.items())


def chosen(values: Mapping[str, Any], name: str) -> int | None:
    """Return the id that a reference field of a form holds, None for nothing that is one."""
    text = str(values.get(name) or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
