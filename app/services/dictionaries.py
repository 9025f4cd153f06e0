"""The dictionaries of a company: what ships with the program plus what users added (F18)."""

from __future__ import annotations

from typing import Any

from app.db.queries import dictionary_entries
from dictionaries.entries import Dictionaries, UserEntry


def dictionaries_of(connection: Any, company_id: int) -> Dictionaries:
    """Return the dictionaries with the company's own entries and aliases."""
    entries = dictionary_entries.all_entries(connection, company_id)
    return Dictionaries.load([UserEntry(**entry) for entry in entries])
