"""Changes to dictionaries: own entries, aliases, newer lists, what was learned (GEN-10, IMP-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.db.queries import dictionary_entries, learned, vendors
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from dictionaries.entries import OTHERS, Dictionary, UserEntry
from dictionaries.learn import Learned, LearnedMatch


@dataclass(frozen=True, slots=True)
class Updated:
    """Numbers of keys that a newer list added, changed and retired, and the lines left out."""

    added: int
    changed: int
    retired: int
    unchanged: int
    problems: tuple[str, ...]


@service("mccmnc", "manage")
def add_entry(
    ctx: Context,
    name: str,
    key: str,
    values: Sequence[tuple[str, str]],
    *,
    countries: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> None:
    """Add a key to dictionary ``name``, or change one; ``values`` are (attribute, text) pairs."""
    entry = UserEntry(name, key.strip(), tuple(values), (), tuple(countries), tuple(codes))
    with ctx.database.write() as connection:
        known = dictionaries_of(connection, ctx.actor.company_id)
        checked(known.names(), name)
        _check_entry(known[name], entry)
        _store(connection, ctx, [entry])
        told = {"dictionary": name, "key": key, **dict(values)}
        audit.record(
            ctx, connection, "change dictionary", "dictionary_entry", f"{name}/{key}", told
        )


@service("mccmnc", "manage")
def add_alias(ctx: Context, name: str, key: str, alias: str) -> None:
    """Let ``alias`` mean ``key`` of dictionary ``name`` from now on."""
    with ctx.database.write() as connection:
        known = dictionaries_of(connection, ctx.actor.company_id)
        checked(known.names(), name)
        if key not in known[name]:
            raise UserError(f'{known[name].title} has no key "{key}": add the entry first.')
        if not alias.strip():
            raise UserError("An alias needs a text: give one.")
        refuse_taken(known[name], key, alias)
        context = context_of(known[name], key)
        record = dictionary_entries.AliasRecord(name, context, alias.strip(), key)
        dictionary_entries.set_alias(connection, ctx.actor.company_id, record, now=ctx.clock())
        told = {"dictionary": name, "key": key, "alias": alias}
        audit.record(ctx, connection, "add alias", "dictionary_alias", key, told)


@service("mccmnc", "manage")
def update_dictionary(ctx: Context, name: str, file: Path, *, complete: bool) -> Updated:
    """Bring dictionary ``name`` up to a newer list; ``complete`` retires keys it does not have."""
    from dictionaries.update import update_from_csv

    if not file.is_file():
        raise UserError(f"There is no file {file}: check the name.")
    with ctx.database.write() as connection:
        known = dictionaries_of(connection, ctx.actor.company_id)
        checked(known.names(), name)
        try:
            found = update_from_csv(known[name], file, complete=complete)
        except (ValueError, OSError) as problem:
            raise UserError(str(problem)) from None
        _refuse_gutting(known[name], file, len(found.retired))
        _store(connection, ctx, found.entries)
        result = Updated(
            len(found.added),
            len(found.changed),
            len(found.retired),
            found.unchanged,
            found.problems,
        )
        told = {"dictionary": name, "file": file.name, **asdict(result), "problems": None}
        audit.record(ctx, connection, "update dictionary", "dictionary_entry", name, told)
    return result


@service("mccmnc", "view", export=True)
def export_learned(ctx: Context, vendor: str = "") -> str:
    """Return what was learned (for ``vendor`` and for all) as CSV text."""
    with ctx.database.read() as connection:
        found = vendors.find_vendor(connection, ctx.actor.company_id, vendor) if vendor else None
        if vendor and found is None:
            raise UserError(f'There is no vendor "{vendor}"; vendors are made by --vendor.')
        matches = learned.recall(
            connection, ctx.actor.company_id, vendor_id=found.id if found else None
        )
    return Learned(
        LearnedMatch(
            m.dictionary, m.context, m.value, vendor if m.own else "", m.key, m.actor, m.at
        )
        for m in matches
    ).to_csv()


@service("mccmnc", "manage")
def forget_learned(
    ctx: Context, name: str, value: str, *, context: str = "", vendor: str = ""
) -> bool:
    """Forget one learned match; return whether there was one."""
    from dictionaries.normalise import normalise

    with ctx.database.write() as connection:
        found = vendors.find_vendor(connection, ctx.actor.company_id, vendor) if vendor else None
        return learned.forget(
            connection,
            ctx.actor.company_id,
            dictionary=name,
            context=context,
            value=normalise(value),
            vendor_id=found.id if found else None,
        )


def checked(names: Sequence[str], name: str) -> None:
    """Raise UserError listing the dictionaries unless ``name`` is one of them."""
    if name not in names:
        known = ", ".join(sorted(names))
        raise UserError(f'There is no dictionary "{name}"; choose one of {known}.')


def _check_entry(dictionary: Dictionary, entry: UserEntry) -> None:
    if not entry.key or entry.key == OTHERS:
        raise UserError('A key is a text other than "*", which stands for Others: give one.')
    details = {name for known in dictionary.entries.values() for name, _ in known.details}
    possible = {*dictionary.attributes, *details}
    for name, _ in entry.values:
        if name not in possible:
            listed = ", ".join(sorted(possible)) or "none"
            raise UserError(f'{dictionary.title} has no attribute "{name}"; it has {listed}.')


def context_of(dictionary: Dictionary, key: str, countries: Sequence[str] | None = None) -> str:
    """Return within what an alias of ``key`` holds: operators share names across countries."""
    if dictionary.name != "operator":
        return ""
    places = countries if countries is not None else dictionary.entry(key).countries
    return places[0] if places else ""


def refuse_taken(
    dictionary: Dictionary, key: str, alias: str, countries: Sequence[str] | None = None
) -> None:
    """Raise UserError if ``alias`` is the key or a name of another key: it would mean both.

    A user's own alias may move. Operators share names across countries, so only those of the same
    country count; names less trusted than an alias (former ones, companies) give way to it.
    ``countries`` = those of a key that is not there yet.
    """
    from dictionaries.normalise import normalise

    index = dictionary.index
    places = set(countries if countries is not None else dictionary.entry(key).countries)
    taken = [
        name.key
        for name in index.exact.get(normalise(alias), ())
        if name.kind != "user" and index.tier(name) <= 1
    ]
    taken.append(index.keys_by_case.get(alias.strip().casefold(), key))
    for other in sorted(set(taken) - {key}):
        shared = places & set(dictionary.entry(other).countries)
        if shared or dictionary.name != "operator":
            raise UserError(
                f'"{alias.strip()}" already names {other} ({dictionary.label(other)}) in '
                f"{dictionary.title}, so it can't mean {key} too: choose another text."
            )


def _refuse_gutting(dictionary: Dictionary, file: Path, retired: int) -> None:
    """Raise UserError if a list lacks most keys: then it is hardly the whole dictionary."""
    live = sum(not entry.retired for entry in dictionary.entries.values())
    if retired * 2 > live:
        raise UserError(
            f"{file.name} lacks {retired} of the {live} keys of {dictionary.title}, so it is "
            "hardly the whole list: check the file, or give --partial to retire nothing."
        )


def _store(connection: Any, ctx: Context, entries: Sequence[UserEntry]) -> None:
    company, now = ctx.actor.company_id, ctx.clock()
    known = {(e.dictionary, e.key): e for e in dictionary_entries.entries(connection, company)}
    for entry in entries:
        attributes: dict[str, Any] = dict(entry.values)
        attributes |= {"countries": list(entry.countries), "codes": list(entry.codes)}
        stored = known.get((entry.dictionary, entry.key))
        if stored is None:
            stored = dictionary_entries.add_entry(
                connection,
                company,
                dictionary=entry.dictionary,
                key=entry.key,
                name=next((text for _, text in entry.values if text), entry.key),
                now=now,
                attributes=attributes,
            )
        elif stored.attributes != attributes:
            attributes = {**stored.attributes, **attributes}
            stored = dictionary_entries.update_entry(
                connection, stored, now=now, attributes=attributes
            )
        if entry.retired != (stored.retired_at is not None):
            at = now if entry.retired else None
            dictionary_entries.update_entry(connection, stored, now=now, retired_at=at)
        for alias in entry.aliases:
            record = dictionary_entries.AliasRecord(entry.dictionary, "", alias, entry.key)
            dictionary_entries.set_alias(connection, company, record, now=now)
