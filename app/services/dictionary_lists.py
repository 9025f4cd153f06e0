"""The lists Dictionaries and Dictionary entries: shipped and own together (GEN-10).

The shipped base is no table, so the merged rows are held in memory under the lists' own SQL
(app.db.held_lists); they are made again when what is stored has changed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from app.db.held_lists import HeldRows
from app.db.pauses import no_collections
from app.db.queries import dictionary_entries
from app.db.queries.dictionary_entries import AliasRecord, EntryRecord
from app.db.queries.dictionary_held import DICTIONARIES, ENTRIES, held_source
from app.db.queries.lists import Source
from app.db.types import utc_text
from app.domain.records import ListQuery
from app.services.context import Context, service
from app.services.dictionaries import overlay, packs
from app.services.dictionary_keys import number_of
from dictionaries.entries import Dictionaries, Dictionary, Entry
from dictionaries.shipped import load_dictionary

Row = tuple[Any, ...]

_DETAILS = {
    "country": (("alpha3", "alpha-3"), ("numeric", "numeric")),
    "operator": (("status", "network"),),
    "mccmnc": (("operator", "company"), ("status", "network")),
    "currency": (("numeric", "numeric"), ("minor_units", "decimals")),
    "whatsapp_market": (("type", "type"),),
}
"""Dictionary → (attribute or detail, how it is called) of what the list tells besides names."""

BY_KEY = (("dictionary", False), ("key", False))
"""The order of the list without another one."""

_DIGITS = frozenset({"mcc", "mnc", "mccmnc", "operator"})
_NO_NAMES = frozenset({"alpha3", "numeric"})
_OTHER_KEYS = frozenset({"member", "country code", "token"})
"""Kinds of names that are other keys, not what a key is called."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What holds for a company besides the shipped base."""

    company_id: int
    entries: dict[tuple[str, str], EntryRecord]
    aliases: list[AliasRecord]
    merged: Dictionaries


def stored(
    connection: Any, company_id: int, *, places: Mapping[str, Sequence[str]] | None = None
) -> Stored:
    """Read what holds for a company; ``places`` = keys by dictionary: of these only."""
    records = dictionary_entries.entries_in_force(connection, company_id, places=places)
    aliases = dictionary_entries.aliases(connection, company_id, places=places)
    own = packs(connection, company_id) if places is None or "pack" in places else ()
    user = overlay(own, records, aliases)
    return Stored(
        company_id,
        {(one.dictionary, one.key): one for one in records},
        aliases,
        Dictionaries.load(user),
    )


@lru_cache(maxsize=1)
def base() -> dict[str, Dictionary]:
    """Return the shipped dictionaries by name."""
    return {name: load_dictionary(name) for name in Dictionaries.names()}


# ------------------------------------------------------------------------------ lists


class _Kept:
    """Rows in memory by what they are of, each until its stamp changes."""

    def __init__(self) -> None:
        self._locks: dict[str, Lock] = defaultdict(Lock)
        self._rows: WeakKeyDictionary[Any, dict[tuple[str, int], tuple[Any, HeldRows]]]
        self._rows = WeakKeyDictionary()

    def known(self, ctx: Context, what: str, stamp: Any) -> HeldRows | None:
        """Return the rows kept for ``stamp``, None if there are none yet; never waits."""
        mine = self._rows.get(ctx.database.engine, {})
        found = mine.get((what, ctx.actor.company_id))
        return found[1] if found is not None and found[0] == stamp else None

    def rows(self, ctx: Context, what: str, stamp: Any, make: Any) -> HeldRows:
        """Return the rows kept for ``stamp``, else those that ``make()`` gives."""
        with self._locks[what]:
            mine = self._rows.setdefault(ctx.database.engine, {})
            place = (what, ctx.actor.company_id)
            if place not in mine or mine[place][0] != stamp:
                with no_collections():
                    mine[place] = (stamp, make())
            return mine[place][1]


kept = _Kept()


@service("mccmnc", "view")
def dictionaries(ctx: Context, _query: ListQuery | None = None, _limit: int = 0) -> Source:
    """Return the source of the list of dictionaries with their numbers."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        stamp = dictionary_entries.stamp(connection, company)

        def made() -> HeldRows:
            return HeldRows(DICTIONARIES, _dictionary_rows(stored(connection, company)))

        return held_source(kept.rows(ctx, "dictionaries", stamp, made))


@service("mccmnc", "view")
def entries(ctx: Context, query: ListQuery | None = None, limit: int = 0) -> Source:
    """Return the source of the list of all entries of all dictionaries.

    ``limit``: only so many rows of ``query`` are wanted; where its order is that of the keys, no
    more are read, so that the list shows something at once.
    """
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        stamp = dictionary_entries.stamp(connection, company)
        whole = kept.known(ctx, "entries", stamp)
        names = _first_of(query) if query is not None and limit and whole is None else ()
        if names:
            keys = _first_keys(connection, company, names, limit)
            found = stored(connection, company, places=keys)
            return held_source(HeldRows(ENTRIES, entry_rows(found, keys)))

        def made() -> HeldRows:
            ctx.report("reading", 0, None)
            return HeldRows(ENTRIES, entry_rows(stored(connection, company)))

        return held_source(kept.rows(ctx, "entries", stamp, made))


def _first_of(query: ListQuery) -> tuple[str, ...]:
    """Return the dictionaries of a query that wants them by dictionary and key, () for another."""
    filters = (*query.within, *query.filters)
    plain = all(f.column == "dictionary" and f.op in {"equals", "in"} for f in filters)
    if query.search.strip() or not plain or query.sorts not in (BY_KEY, ()):
        return ()
    names = set(Dictionaries.names())
    for one in filters:
        names &= set(map(str, one.values))
    return tuple(sorted(names))


def _first_keys(
    connection: Any, company_id: int, names: Iterable[str], limit: int
) -> dict[str, list[str]]:
    """Return the first keys in the order of the list, by dictionary."""
    found: dict[str, list[str]] = {}
    left = limit
    for name in names:
        own = dictionary_entries.first_keys(
            connection, company_id, name, left, digits=name in _DIGITS
        )
        if name == "pack":
            own += [pack.key for pack in packs(connection, company_id)]
        keys = sorted({*base()[name].entries, *own}, key=lambda key: (key.lower(), key))
        found[name] = keys[:left]
        left -= len(found[name])
        if not left:
            break
    return found


def _dictionary_rows(found: Stored) -> Iterator[Row]:
    aliases = Counter(alias.dictionary for alias in found.aliases)
    updated: dict[str, dt.datetime] = {}
    for (name, _), record in found.entries.items():
        updated[name] = max(record.updated_at, updated.get(name, record.updated_at))
    for number, name in enumerate(Dictionaries.names(), start=1):
        shipped, merged = base()[name], found.merged[name]
        origins = Counter(origin_of(found, name, key) for key in merged.entries)
        retired = sum(entry.retired for entry in merged.entries.values())
        last = updated.get(name)
        yield (
            number,
            name,
            merged.title,
            len(merged) - retired,
            len(shipped),
            origins["added"],
            origins["changed"],
            retired,
            aliases[name],
            _instant(last) if last else None,
        )


def entry_rows(found: Stored, keys: dict[str, list[str]] | None = None) -> Iterator[Row]:
    """Yield the rows of the list of entries; ``keys``: only these of each dictionary."""
    for name in Dictionaries.names() if keys is None else keys:
        merged = found.merged[name]
        other = _other_names(merged.further_names())
        for key in merged.keys() if keys is None else keys[name]:
            yield _entry_row(found, merged, merged.entries[key], other.get(key, []))


def _entry_row(found: Stored, merged: Dictionary, entry: Entry, other: list[str]) -> Row:
    name, record = merged.name, found.entries.get((merged.name, entry.key))
    called = called_as(merged, entry)
    texts = dict.fromkeys(
        text
        for attribute, text in zip(merged.attributes, entry.values, strict=True)
        if text and text != called and attribute not in _NO_NAMES
    )
    texts |= dict.fromkeys(text for text in other if text != called)
    return (
        number_of(name, entry.key),
        name,
        entry.key,
        called,
        ", ".join(entry.countries),
        ", ".join(code for code in entry.codes if code != entry.key),
        details_of(merged, entry),
        "; ".join(texts),
        origin_of(found, name, entry.key),
        "retired" if entry.retired else "used",
        len(texts),
        _instant(record.created_at) if record else None,
        _instant(record.updated_at) if record else None,
    )


@lru_cache(maxsize=4096)
def _instant(at: dt.datetime) -> str:
    """Return an instant as SQLite stores it; a file brings thousands of entries at one moment."""
    return utc_text(at.astimezone(dt.UTC))


def origin_of(found: Stored, name: str, key: str) -> str:
    """Return where an entry comes from: shipped, changed, added, tenant or service (packs)."""
    record, shipped = found.entries.get((name, key)), base()[name].entries.get(key)
    if record is None:
        return "shipped" if shipped is not None else "service" if name == "pack" else "added"
    if shipped == found.merged[name].entries[key]:
        return "shipped"
    if record.company_id != found.company_id:
        return "tenant"
    return "added" if shipped is None else "changed"


def called_as(dictionary: Dictionary, entry: Entry) -> str:
    """Return the name of an entry without its key."""
    if dictionary.name == "currency":
        return dictionary.value(entry.key, "name") or entry.key
    if dictionary.name == "mccmnc":
        return entry.detail("brand") or entry.detail("operator")
    return dictionary.label(entry.key).removeprefix(f"{entry.key} ")


def details_of(dictionary: Dictionary, entry: Entry) -> str:
    """Return the facts of an entry that are no names, in a line."""
    told = []
    for name, word in _DETAILS.get(dictionary.name, ()):
        text = dictionary.value(entry.key, name)
        if text:
            told.append(f"{word} {text}")
    return " · ".join(told)


def _other_names(names: Iterable[Any]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.kind not in _OTHER_KEYS:
            table[name.key].append(name.text)
    return table


def one_entry(connection: Any, company_id: int, name: str, key: str) -> Stored:
    """Read what holds for a single key: quick whatever the size of its dictionary."""
    return stored(connection, company_id, places={name: [key]})
