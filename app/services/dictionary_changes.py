"""Changes to dictionaries by name: own entries, aliases, what was learned (GEN-10, IMP-8)."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.queries import dictionary_entries, learned, vendors
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.dictionary_store import context_of, store
from dictionaries.entries import OTHERS, Dictionary, UserEntry
from dictionaries.learn import Learned, LearnedMatch


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
        store(connection, ctx, [entry])
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
        audit.record(ctx, connection, "add alias", "dictionary_alias", f"{name}/{key}", told)


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
        forgotten = learned.forget(
            connection,
            ctx.actor.company_id,
            dictionary=name,
            context=context,
            value=normalise(value),
            vendor_id=found.id if found else None,
        )
        if forgotten:
            old = {"dictionary": name, "context": context, "value": value, "vendor": vendor}
            place = f"{name}/{normalise(value)}"
            audit.record(ctx, connection, "forget answer", "learned_match", place, {}, old=old)
    return forgotten


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
