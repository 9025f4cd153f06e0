"""Stores what is said about entries of dictionaries: only how they differ from the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import dictionary_entries
from app.db.queries.dictionary_entries import AliasRecord, EntryRecord
from app.services.context import Context
from app.services.dictionaries import REPLACES
from dictionaries.entries import Dictionary, UserEntry
from dictionaries.shipped import load_dictionary

STEP = 500
"""Entries between two looks at whether to stop."""


def store(connection: Any, ctx: Context, entries: Sequence[UserEntry]) -> None:
    """Add entries to what the company stores, or change what it stores of their keys.

    Values replace stored ones, links and aliases add to them, ``retired`` holds.
    """
    company, now = ctx.actor.company_id, ctx.clock()
    names = {entry.dictionary for entry in entries}
    known = {
        (one.dictionary, one.key): one
        for name in names
        for one in dictionary_entries.entries(connection, company, dictionary=name)
    }
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for done, entry in enumerate(entries):
        if done % STEP == 0:
            ctx.report("saving", done, len(entries))
            ctx.stop_if_cancelled()
        stored = known.get((entry.dictionary, entry.key))
        if stored is None:
            fresh[entry.dictionary, entry.key] = _row(entry)
        else:
            _change(ctx, connection, stored, entry)
        context = _context(entry) if entry.aliases else ""
        for alias in entry.aliases:
            record = AliasRecord(entry.dictionary, context, alias, entry.key)
            dictionary_entries.set_alias(connection, company, record, now=now)
    dictionary_entries.add_entries(connection, company, list(fresh.values()), now=now)


def context_of(dictionary: Dictionary, key: str, countries: Sequence[str] | None = None) -> str:
    """Return within what an alias of ``key`` holds: operators share names across countries."""
    if dictionary.name != "operator":
        return ""
    places = countries if countries is not None else dictionary.entry(key).countries
    return places[0] if places else ""


def _context(entry: UserEntry) -> str:
    """Return within what the aliases of an entry to be stored hold."""
    base = load_dictionary(entry.dictionary)
    known = base.entries.get(entry.key)
    return context_of(base, entry.key, known.countries if known else entry.countries)


def _row(entry: UserEntry) -> dict[str, Any]:
    return {
        "dictionary": entry.dictionary,
        "key": entry.key,
        "name": next((text for _, text in entry.values if text), entry.key),
        "attributes": {
            **dict(entry.values),
            "countries": list(entry.countries),
            "codes": list(entry.codes),
        },
        "retired": entry.retired,
    }


def _change(ctx: Context, connection: Any, stored: EntryRecord, entry: UserEntry) -> None:
    now, old = ctx.clock(), stored.attributes
    attributes = {**old, **dict(entry.values)}
    for link, given in (("countries", entry.countries), ("codes", entry.codes)):
        attributes[link] = list(dict.fromkeys((*old.get(link, ()), *given)))
    if not attributes.get(REPLACES):
        attributes.pop(REPLACES, None)
    changes: dict[str, Any] = {}
    if attributes != {"countries": [], "codes": [], **old}:
        changes["attributes"] = attributes
    if entry.retired != (stored.retired_at is not None):
        changes["retired_at"] = now if entry.retired else None
    if changes:
        dictionary_entries.update_entry(connection, stored, now=now, **changes)
