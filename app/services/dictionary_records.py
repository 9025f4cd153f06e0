"""Entries of dictionaries as records of a list: add, change, retire, back to shipped (GEN-10).

What is stored is only how an entry differs from the shipped one; its number follows from its place
(app.services.dictionary_keys).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.db.queries import dictionary_aliases, dictionary_entries
from app.db.queries.dictionary_entries import EntryRecord
from app.db.queries.record_history import authors, record_history
from app.domain.counting import counted
from app.domain.records import Record
from app.errors import Conflict, FieldProblem, UserError
from app.services import audit
from app.services.accounts.choices import country_name
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.dictionary_changes import refuse_taken
from app.services.dictionary_keys import Place, number_of, place_of
from app.services.dictionary_lists import Stored, base, entries, one_entry, origin_of
from app.services.dictionary_store import context_of
from app.services.dictionary_usage import uses_of, uses_of_all
from app.services.dictionary_values import (
    MADE_ELSEWHERE,
    attributes_for,
    display_name,
    form_values,
    plain_values,
    problems_of,
)
from dictionaries.entries import Dictionaries

TABLE = "dictionary_entry"
COMPUTED = ("known_as", "linked", "origin", "state", "shipped")


# ------------------------------------------------------------------------------ form


@service("mccmnc", "view")
def load(ctx: Context, number: int) -> Record:
    """Return what the form of an entry shows. Raises UserError if there is none."""
    company = ctx.actor.company_id
    name, key = _place(ctx, number)
    with ctx.database.read() as connection:
        found = one_entry(connection, company, name, key)
        if key not in found.merged[name]:
            raise _gone()
        own = dictionary_entries.own_entry(connection, company, name, key)
        aliases = _own_aliases(connection, company, name, key)
        path = f"{name}/{key}"
        history = record_history(connection, company, TABLE, path)
        created_by, updated_by = authors(connection, company, TABLE, path)
        found = Stored(company, found.entries, found.aliases, _with_links(connection, found))
    values = form_values(found, name, key, aliases)
    record = found.entries.get((name, key))
    return Record(
        id=number,
        version=own.version if own else 0,
        values=values,
        title=f"{found.merged[name].title} {found.merged[name].label(key)}",
        created_at=record.created_at if record else None,
        created_by=created_by,
        updated_at=record.updated_at if record else None,
        updated_by=updated_by,
        labels={"countries": "\n".join(map(country_name, values["countries"]))},
        history=history,
        locked=dict.fromkeys(values, MADE_ELSEWHERE[name]) if name in MADE_ELSEWHERE else {},
    )


def _with_links(connection: Any, found: Stored) -> Dictionaries:
    """Return dictionaries that know the links of all keys, the entry's own among them."""
    return shown_dictionaries(connection, found.company_id)


def _own_aliases(connection: Any, company_id: int, name: str, key: str) -> list[str]:
    return [
        one.alias for one in dictionary_aliases.own_aliases(connection, company_id, name, [key])
    ]


@service("mccmnc", "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add an entry and return its number; FieldProblem for a key that is there already."""
    company, name, key = ctx.actor.company_id, values["dictionary"], values["key"]
    if name in MADE_ELSEWHERE:
        raise FieldProblem({"dictionary": MADE_ELSEWHERE[name]})
    with ctx.database.write() as connection:
        found = one_entry(connection, company, name, key)
        if key in found.merged[name]:
            entry = found.merged[name].entries[key]
            way = "use it again instead" if entry.retired else "change that entry"
            label = found.merged[name].label(key)
            raise FieldProblem({"key": f"{found.merged[name].title} has {key} ({label}): {way}."})
        _check(connection, company, name, key, values, [])
        _insert(ctx, connection, name, key, values)
        added = _save_aliases(ctx, connection, name, key, values)
        _tell(ctx, connection, "add entry", name, key, {}, {**_told(values), "aliases": added})
    return number_of(name, key)


@service("mccmnc", "manage")
def update(ctx: Context, number: int, version: int, values: dict[str, Any]) -> None:
    """Save an entry; Conflict if ``version`` is not the stored one (0 = nothing stored yet)."""
    company = ctx.actor.company_id
    name, key = _place(ctx, number)
    _refuse_made_elsewhere([(name, key)])
    with ctx.database.write() as connection:
        found = one_entry(connection, company, name, key)
        if key not in found.merged[name]:
            raise _gone()
        own = dictionary_entries.own_entry(connection, company, name, key)
        _refuse_stale(own, version)
        aliases = _own_aliases(connection, company, name, key)
        before = plain_values(found, name, key, aliases)
        _check(connection, company, name, key, values, aliases)
        if own is None:
            retired = found.merged[name].entries[key].retired
            _insert(ctx, connection, name, key, values, retired=retired)
        else:
            _change(ctx, connection, own, values)
        _save_aliases(ctx, connection, name, key, values)
        changed = [n for n, v in values.items() if (v or None) != (before.get(n) or None)]
        old, new = ({n: side[n] for n in changed} for side in (before, values))
        _tell(ctx, connection, "change entry", name, key, old, new)


def _refuse_stale(own: EntryRecord | None, version: int) -> None:
    if (own.version if own else 0) != version:
        raise Conflict(
            "Somebody else changed this dictionary entry meanwhile; nothing was saved: look at the "
            "new values and repeat your change."
        )


@service("mccmnc", "view")
def advise(ctx: Context, number: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about an entry: a name that another entry has, no country."""
    name, key = values.get("dictionary"), str(values.get("key") or "")
    if name not in Dictionaries() or name in MADE_ELSEWHERE:
        return {}
    advice = {}
    if name in {"operator", "mccmnc"} and not values.get("countries"):
        advice["countries"] = "Without a country imports rarely find it: choose one."
    text = str(values.get("name") or "").strip()
    if text and name == "operator" and number is None:
        with ctx.database.read() as connection:
            known = shown_dictionaries(connection, ctx.actor.company_id)[name]
        try:
            refuse_taken(known, key, text, values.get("countries") or ())
        except UserError:
            advice["name"] = "Another network of this country has that name: compare them."
    return advice


# ------------------------------------------------------------------------------ commands


@service("mccmnc", "manage")
def retire(ctx: Context, numbers: Sequence[int]) -> str:
    """Let matching no longer find entries; rates that use their keys keep them."""
    return _mark(ctx, numbers, retired=True)


@service("mccmnc", "manage")
def restore(ctx: Context, numbers: Sequence[int]) -> str:
    """Let matching find retired entries again."""
    return _mark(ctx, numbers, retired=False)


def _mark(ctx: Context, numbers: Sequence[int], *, retired: bool) -> str:
    company, now, names = ctx.actor.company_id, ctx.clock(), []
    places = _places(ctx, numbers)
    _refuse_made_elsewhere(places)
    with ctx.database.write() as connection:
        for done, (name, key) in enumerate(places):
            ctx.report("saving", done, len(places))
            ctx.stop_if_cancelled()
            found = one_entry(connection, company, name, key)
            if key not in found.merged[name]:
                raise _gone()
            if found.merged[name].entries[key].retired is retired:
                continue
            own = dictionary_entries.own_entry(connection, company, name, key)
            if own is None:
                own = _insert(ctx, connection, name, key, plain_values(found, name, key, []))
            at = now if retired else None
            dictionary_entries.update_entry(connection, own, now=now, retired_at=at)
            verb = "retire entry" if retired else "restore entry"
            states = ("used", "retired") if retired else ("retired", "used")
            _tell(ctx, connection, verb, name, key, {"state": states[0]}, {"state": states[1]})
            names.append(found.merged[name].label(key))
    if not names:
        return "They are retired already." if retired else "None of them is retired."
    told = names[0] if len(names) == 1 else f"{len(names)} entries"
    return f"{'Retired' if retired else 'Using again'}: {told}."


@service("mccmnc", "manage")
def revert(ctx: Context, numbers: Sequence[int]) -> str:
    """Take back what was changed of shipped entries; own aliases stay."""

    def back(connection: Any, found: Stored, place: Place, own: EntryRecord | None) -> bool:
        name, key = place
        if own is None or key not in base()[name]:
            return False
        before = plain_values(found, name, key, [])
        dictionary_entries.remove_entry(connection, own)
        after = plain_values(one_entry(connection, own.company_id, name, key), name, key, [])
        changed = [n for n, v in after.items() if v != before[n]]
        old, new = ({n: side[n] for n in changed} for side in (before, after))
        _tell(ctx, connection, "revert entry", name, key, old, new)
        return True

    done = _each(ctx, numbers, back)
    if not done:
        raise UserError("None of these is a shipped entry that you changed: choose such ones.")
    return f"As shipped again: {done[0] if len(done) == 1 else counted(len(done), 'entry')}."


@service("mccmnc", "manage")
def remove(ctx: Context, numbers: Sequence[int]) -> str:
    """Delete entries that were added and that nothing uses, all or none, with their aliases."""

    def gone(connection: Any, found: Stored, place: Place, own: EntryRecord | None) -> bool:
        name, key = place
        _refuse_deletion(connection, found, place, own)
        aliases = dictionary_aliases.own_aliases(connection, found.company_id, name, [key])
        old = _told(plain_values(found, name, key, [one.alias for one in aliases]))
        for alias in aliases:
            dictionary_aliases.remove_alias(connection, alias.id)
        if own is not None:
            dictionary_entries.remove_entry(connection, own)
        _tell(ctx, connection, "delete entry", name, key, old, {})
        return True

    done = _each(ctx, numbers, gone)
    return f"Deleted {done[0] if len(done) == 1 else counted(len(done), 'entry')}."


def _refuse_deletion(connection: Any, found: Stored, place: Place, own: EntryRecord | None) -> None:
    name, key = place
    origin = origin_of(found, name, key)
    if origin == "tenant":
        raise UserError(f"{key} belongs to your tenant: ask there, or retire it for yourself.")
    if own is None or key in base()[name]:
        raise UserError(f"{key} comes with the program and can't be deleted: retire it instead.")
    used = uses_of(connection, found.company_id, name, key)
    if used:
        raise UserError(f"{key} can't be deleted because of {used}: retire it instead.")


@service("mccmnc", "view")
def uses(ctx: Context, numbers: Sequence[int]) -> list[str]:
    """Return what uses the entries, a line for each that is in use."""
    places = _places(ctx, numbers)
    with ctx.database.read() as connection:
        found = uses_of_all(connection, ctx.actor.company_id, places)
    return [f"{key}: {used}" for (_, key), used in found.items()]


def _each(
    ctx: Context,
    numbers: Sequence[int],
    act: Callable[[Any, Stored, Place, EntryRecord | None], bool],
) -> list[str]:
    """Do something to each entry in one transaction; return the labels of those it was done to."""
    company, labels = ctx.actor.company_id, []
    places = _places(ctx, numbers)
    _refuse_made_elsewhere(places)
    with ctx.database.write() as connection:
        for done, (name, key) in enumerate(places):
            ctx.report("saving", done, len(places))
            ctx.stop_if_cancelled()
            found = one_entry(connection, company, name, key)
            if key not in found.merged[name]:
                raise _gone()
            label = found.merged[name].label(key)
            own = dictionary_entries.own_entry(connection, company, name, key)
            if act(connection, found, (name, key), own):
                labels.append(label)
    return labels


# ------------------------------------------------------------------------------ parts


def _places(ctx: Context, numbers: Sequence[int]) -> list[Place]:
    return [_place(ctx, number) for number in dict.fromkeys(numbers)]


def _place(ctx: Context, number: int) -> Place:
    """Return the place of a number; after a restart the list of entries tells it."""
    known = place_of(number)
    if known is None:
        entries(ctx)
        known = place_of(number)
    if known is None:
        raise _gone()
    return known


def _gone() -> UserError:
    return UserError("There is no such dictionary entry here: refresh the list.")


def _refuse_made_elsewhere(places: Sequence[Place]) -> None:
    for name, _ in places:
        if name in MADE_ELSEWHERE:
            raise UserError(MADE_ELSEWHERE[name])


def _insert(
    ctx: Context,
    connection: Any,
    name: str,
    key: str,
    values: dict[str, Any],
    *,
    retired: bool = False,
) -> EntryRecord:
    return dictionary_entries.add_entry(
        connection,
        ctx.actor.company_id,
        dictionary=name,
        key=key,
        name=display_name(key, values),
        now=ctx.clock(),
        attributes=attributes_for(name, key, values, {}),
        retired=retired,
    )


def _change(ctx: Context, connection: Any, own: EntryRecord, values: dict[str, Any]) -> None:
    attributes = attributes_for(own.dictionary, own.key, values, own.attributes)
    shown = display_name(own.key, values)
    now = ctx.clock()
    dictionary_entries.update_entry(connection, own, now=now, attributes=attributes, name=shown)


def _check(
    connection: Any,
    company_id: int,
    name: str,
    key: str,
    values: dict[str, Any],
    aliases: Sequence[str],
) -> None:
    problems = problems_of(name, key, values)
    fresh = [text for text in values.get("aliases") or () if text not in aliases]
    codes = list(values.get("codes") or ())
    if fresh or codes:
        known = shown_dictionaries(connection, company_id)[name]
        owners = {code: known.index.code_owner.get(code, key) for code in codes}
        for code, owner in owners.items():
            if owner != key:
                problems["codes"] = (
                    f"{code} is a code of {known.label(owner)} ({owner}): take it away there first."
                )
        try:
            for text in fresh:
                refuse_taken(known, key, text, values.get("countries") or ())
                refuse_other_meaning(connection, company_id, known, key, text, values)
        except UserError as taken:
            problems["aliases"] = str(taken)
    if problems:
        raise FieldProblem(problems)


def refuse_other_meaning(
    connection: Any,
    company_id: int,
    known: Any,
    key: str,
    text: str,
    values: dict[str, Any],
) -> None:
    """Raise UserError if an own alias of the same text means another key already."""
    context = context_of(known, key, values.get("countries") or ())
    for one in dictionary_aliases.own_aliases(connection, company_id, known.name):
        same = one.alias.casefold() == text.casefold() and one.context == context
        if same and one.key != key:
            raise UserError(
                f'"{text}" is an alias of {known.label(one.key)} ({one.key}) already: change or '
                "delete that alias first."
            )


def _save_aliases(
    ctx: Context, connection: Any, name: str, key: str, values: dict[str, Any]
) -> list[str]:
    """Add and remove aliases so that the entry has those of ``values``; return these."""
    company = ctx.actor.company_id
    stored = dictionary_aliases.own_aliases(connection, company, name, [key])
    wanted = list(dict.fromkeys(values.get("aliases") or ()))
    context = context_of(base()[name], key, values.get("countries") or ())
    for one in stored:
        if one.alias not in wanted:
            dictionary_aliases.remove_alias(connection, one.id)
    known = {one.alias for one in stored}
    for text in wanted:
        if text not in known:
            dictionary_aliases.add_alias(
                connection,
                company,
                dictionary=name,
                context=context,
                alias=text,
                key=key,
                now=ctx.clock(),
            )
    return wanted


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit keeps of an entry: its filled fields."""
    return {n: v for n, v in values.items() if v and n not in (*COMPUTED, "dictionary", "key")}


def _tell(
    ctx: Context,
    connection: Any,
    action: str,
    name: str,
    key: str,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    audit.record(ctx, connection, action, TABLE, f"{name}/{key}", new, old=old)
