"""The dictionaries of a company: what ships with the program plus what users added (F18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.db.queries import dictionary_entries, services
from app.db.queries.dictionary_entries import AliasRecord, EntryRecord
from dictionaries.entries import Dictionaries, UserEntry

REPLACES = "replaces"
"""Among the stored attributes of an entry: which of its links replace those of the base."""

KEPT = 3
"""Sets of user entries whose dictionaries are kept: usually one company's, before and after."""

_LISTS = frozenset({"countries", "codes", REPLACES})


def user_entries(connection: Any, company_id: int) -> list[UserEntry]:
    """Return a company's entries, aliases and packs as the dictionaries take them.

    What its tenants added holds for it too, its own goes first (C3); packs are only its own.
    """
    return overlay(
        packs(connection, company_id),
        dictionary_entries.entries_in_force(connection, company_id),
        dictionary_entries.aliases(connection, company_id),
    )


def overlay(
    packs: Iterable[UserEntry], entries: Iterable[EntryRecord], aliases: Iterable[AliasRecord]
) -> list[UserEntry]:
    """Return stored entries and aliases as the dictionaries take them."""
    found = {("pack", pack.key): pack for pack in packs}
    for entry in entries:
        found[entry.dictionary, entry.key] = _entry(entry)
    for alias in aliases:
        place = (alias.dictionary, alias.key)
        known = found.get(place, UserEntry(alias.dictionary, alias.key))
        found[place] = replace(known, aliases=(*known.aliases, alias.alias))
    return list(found.values())


def packs(connection: Any, company_id: int) -> Iterator[UserEntry]:
    """Yield the services that can be bought as a pack: key = their ID, so they may be renamed."""
    after: str | None = None
    while page := services.services(connection, company_id, after_name=after, archived=True):
        for record in page:
            if record.type.endswith("_pack"):
                retired = record.archived_at is not None
                yield UserEntry("pack", str(record.id), (("name", record.name),), retired=retired)
        after = page[-1].name


def _entry(entry: EntryRecord) -> UserEntry:
    given = entry.attributes
    return UserEntry(
        entry.dictionary,
        entry.key,
        tuple((name, str(text)) for name, text in given.items() if name not in _LISTS),
        countries=tuple(given.get("countries", ())),
        codes=tuple(given.get("codes", ())),
        retired=entry.retired_at is not None,
        replaces=tuple(given.get(REPLACES, ())),
    )


def dictionaries_of(connection: Any, company_id: int) -> Dictionaries:
    """Return the dictionaries with the company's own entries and aliases."""
    return Dictionaries.load(user_entries(connection, company_id))


def shown_dictionaries(connection: Any, company_id: int) -> Dictionaries:
    """Return the company's dictionaries; loaded again only when its own entries have changed."""
    return _loaded(tuple(user_entries(connection, company_id)))


@lru_cache(maxsize=KEPT)
def _loaded(entries: tuple[UserEntry, ...]) -> Dictionaries:
    return Dictionaries.load(entries)
