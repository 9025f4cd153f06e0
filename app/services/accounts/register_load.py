"""Loads the register of companies that "Fill by tax ID" looks into (ACC-1, G6)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from app.db.queries import company_register as queries
from app.db.queries.company_register import RegisterEntry
from app.services import audit
from app.services.accounts.register_file import Rejects, entries
from app.services.context import Context, service

AREA = "accounts.companies"

CHUNK = 10_000
"""Entries written at once, and between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class RegisterLoaded:
    """What came of a file: rows read, new and changed entries, rows left out and why."""

    read: int
    added: int
    changed: int
    rejected: int
    reasons: tuple[str, ...]
    total: int


@service(AREA, "manage")
def load_register(ctx: Context, path: Path) -> RegisterLoaded:
    """Add the companies of a file to the register of the actor's company; all or none.

    An entry that is there already gets the file's name, KPP and address; of two with one tax ID
    the later counts. Loading a file twice changes nothing. Raises UserError, Cancelled.
    """
    rejects = Rejects()
    company = ctx.actor.company_id
    read = written = 0
    ctx.report("reading", 0, None)
    with ctx.database.write(bulk=True) as connection:
        before = queries.size(connection, company)
        chunk: dict[str, RegisterEntry] = {}
        for entry in entries(path, rejects):
            read += 1
            chunk[entry.tax_id] = entry
            if len(chunk) >= CHUNK:
                written += queries.put(connection, company, list(chunk.values()))
                chunk.clear()
                ctx.stop_if_cancelled()
                ctx.report("loading", read, None)
        written += queries.put(connection, company, list(chunk.values()))
        ctx.stop_if_cancelled()
        total = queries.size(connection, company)
        added = total - before
        reasons = tuple(rejects.sentences)
        found = RegisterLoaded(read, added, written - added, rejects.number, reasons, total)
        told = {**asdict(found), "file": path.name, "reasons": list(reasons)}
        audit.record(ctx, connection, "load register", "company_register", company, told)
    return found


@service(AREA, "view")
def register_size(ctx: Context) -> int:
    """Return how many companies "Fill by tax ID" finds for the actor's company."""
    with ctx.database.read() as connection:
        return queries.reach(connection, ctx.actor.company_id)
