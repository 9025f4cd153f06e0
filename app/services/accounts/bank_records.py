"""Banks: what invoices say about where to pay (ACC-7). A tenant's banks serve all below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.db.queries import masters as rows
from app.db.queries.banks import BANK
from app.domain.records import Record
from app.domain.sections import Choice
from app.services import masters
from app.services.accounts.choices import country_name, fitting
from app.services.context import Context, service

AREA = "accounts.banks"

SWIFT = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
"""ISO 9362: bank, country, place, perhaps a branch."""


@service(AREA, "view")
def load(ctx: Context, bank_id: int) -> Record:
    """Return what the form of a bank shows. Raises UserError if there is none."""
    record = masters.load(ctx, BANK, bank_id)
    record.labels["country"] = country_name(record.values["country"])
    return record


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a bank and return its ID."""
    with ctx.database.write() as connection:
        return masters.create(ctx, connection, BANK, values, ctx.actor.company_id)


@service(AREA, "manage")
def update(ctx: Context, bank_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a bank; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = rows.find(connection, BANK, ctx.actor.company_id, bank_id, own=True)
        masters.update(ctx, connection, BANK, row, version, values)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete banks that no account names. Raises UserError with what does."""
    return masters.remove(ctx, BANK, ids)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the banks, one line for each that is in use."""
    return masters.dependants(ctx, BANK, ids)


@service(AREA, "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Offer the banks no longer; accounts there go on."""
    return masters.retire(ctx, BANK, ids)


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Offer retired banks again."""
    return masters.retire(ctx, BANK, ids, back=True)


@service(AREA, "view")
def advise(_ctx: Context, _bank_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a bank and may still be right (C13, A36)."""
    advice = {}
    swift = str(values.get("swift") or "").replace(" ", "").upper()
    if not swift:
        advice["swift"] = "Invoices show no SWIFT code: fill it in if the bank has one."
    elif not SWIFT.fullmatch(swift):
        advice["swift"] = (
            "A SWIFT code has 8 or 11 letters and digits and its country in places 5 and 6: "
            "compare it with the bank's papers."
        )
    elif swift[4:6] != values.get("country"):
        advice["swift"] = "The SWIFT code is of another country than the bank: check both."
    if not values.get("branch_code"):
        advice["branch_code"] = "Invoices show no branch code: fill it in if the bank has one."
    return advice


@service(AREA, "view")
def choices(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the banks in use whose name holds the words of ``text``; the value is the ID."""
    with ctx.database.read() as connection:
        return fitting(rows.matching(connection, BANK, ctx.actor.company_id), text)
