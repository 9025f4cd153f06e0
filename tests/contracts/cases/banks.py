"""Banks."""

from __future__ import annotations

from app.sections.banks import BANKS
from app.services import records
from app.services.context import Context
from tests.contracts.cases import Case

BANK = {
    "name": "Prague Financial House",
    "country": "CZ",
    "address": "Na Porici 1, Praha",
    "swift": "PFHBCZPP",
    "branch_code": "888",
}
CASES = {
    "banks": Case({**BANK, "name": "Bank made here"}, {"name": "Bank made anew"}),
}


def fill(ctx: Context) -> None:
    """Put a bank into the office."""
    records.create(ctx, BANKS, BANK)
