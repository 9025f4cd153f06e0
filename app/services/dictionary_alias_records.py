"""Aliases as records of a list: the words of price lists that mean a key (GEN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import dictionary_aliases as rows
from app.db.queries.dictionary_aliases import StoredAlias
from app.db.queries.record_history import authors, record_history
from app.domain.records import ListQuery, Record
from app.domain.sections import Choice
from app.errors import Conflict, FieldProblem, UserError
from app.services import audit
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.dictionary_changes import refuse_taken
from app.services.dictionary_store import context_of
from app.services.masters import HANDED_DOWN
from dictionaries.entries import Dictionary
from dictionaries.match import candidates
from dictionaries.results import Candidate
from dictionaries.search import search

TABLE = "dictionary_alias"
MOST = 50


@service("mccmnc", "view")
def load(ctx: Context, alias_id: int) -> Record:
    """Return what the form of an alias shows. Raises UserError if there is none."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        found = rows.alias_by_id(connection, company, alias_id)
        own = rows.is_own(connection, company, found)
        known = shown_dictionaries(connection, found.company_id)[found.dictionary]
        history = record_history(connection, found.company_id, TABLE, alias_id)
        created_by, updated_by = authors(connection, found.company_id, TABLE, alias_id)
    values = _values(found)
    return Record(
        id=alias_id,
        version=found.version,
        values=values,
        title=found.alias,
        created_at=found.created_at,
        created_by=created_by,
        updated_at=found.updated_at or found.created_at,
        updated_by=updated_by,
        labels={"key": _shown(known, found.key)},
        history=history,
        locked={} if own else dict.fromkeys(values, HANDED_DOWN),
    )


@service("mccmnc", "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add an alias and return its ID; FieldProblem for a word that means something already."""
    company = ctx.actor.company_id
    with ctx.database.write() as connection:
        context = _checked(connection, company, values)
        made = rows.add_alias(
            connection,
            company,
            dictionary=values["dictionary"],
            context=context,
            alias=values["alias"],
            key=values["key"],
            now=ctx.clock(),
        )
        told = {**_plain(values), "context": context}
        audit.record(ctx, connection, "add alias", TABLE, made, told)
    return made


@service("mccmnc", "manage")
def update(ctx: Context, alias_id: int, version: int, values: dict[str, Any]) -> None:
    """Save an alias; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        found = rows.alias_by_id(connection, ctx.actor.company_id, alias_id, own=True)
        if found.version != version:
            raise Conflict(
                "Somebody else changed this alias meanwhile; nothing was saved: look at the new "
                "values and repeat your change."
            )
        context = _checked(connection, found.company_id, values, alias_id)
        new = {"alias": values["alias"], "key": values["key"], "context": context}
        rows.change_alias(connection, found, version, now=ctx.clock(), **new)
        before = _values(found)
        changed = [name for name, value in new.items() if before[name] != value]
        audit.record(
            ctx,
            connection,
            "change alias",
            TABLE,
            alias_id,
            {name: new[name] for name in changed},
            old={name: before[name] for name in changed},
            company_id=found.company_id,
        )


@service("mccmnc", "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete aliases, all or none; imports no longer know these words."""
    names = []
    with ctx.database.write() as connection:
        for alias_id in dict.fromkeys(ids):
            ctx.stop_if_cancelled()
            found = rows.alias_by_id(connection, ctx.actor.company_id, alias_id, own=True)
            rows.remove_alias(connection, alias_id)
            audit.record(
                ctx,
                connection,
                "delete alias",
                TABLE,
                alias_id,
                {},
                old=_values(found),
                company_id=found.company_id,
            )
            names.append(found.alias)
    return f"Deleted {names[0] if len(names) == 1 else f'{len(names)} aliases'}."


@service("mccmnc", "manage")
def remove_named(ctx: Context, name: str, text: str) -> str:
    """Delete the own aliases of a dictionary that are ``text``. Raises UserError if none is."""
    with ctx.database.read() as connection:
        known = rows.own_aliases(connection, ctx.actor.company_id, name)
    ids = [one.id for one in known if one.alias.casefold() == text.strip().casefold()]
    if not ids:
        raise UserError(f'{name} has no own alias "{text}": list them with dictionary list.')
    return remove(ctx, ids)


@service("mccmnc", "view")
def keys(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the keys of the form's dictionary for a text being typed, the likeliest first.

    Without a text: those most like the alias.
    """
    name = str(values.get("dictionary") or "")
    with ctx.database.read() as connection:
        known = shown_dictionaries(connection, ctx.actor.company_id)
    if name not in known:
        return []
    found = likely_keys(known[name], text, str(values.get("alias") or ""))
    return [Choice(c.key, f"{c.name} · {c.score:.0f} %" if c.score >= 1 else c.name) for c in found]


def likely_keys(dictionary: Dictionary, text: str, meant: str, place: str = "") -> list[Candidate]:
    """Return keys for a typed ``text``; for none, those most like ``meant``, with their scores.

    ``place`` (country or MCC) limits networks. A score of 0 says nothing.
    """
    if not text.strip() and meant.strip():
        ranked = candidates(dictionary, meant, context=place, limit=MOST)
        likely = [Candidate(c.key, _shown(dictionary, c.key), c.score) for c in ranked]
        if likely:
            return likely
    hits = search(dictionary, text, MOST)
    return [Candidate(hit.key, _shown(dictionary, hit.key), 0.0) for hit in hits]


@service("mccmnc", "view")
def meanings(
    ctx: Context, connection: Any, _query: ListQuery, ids: Sequence[int]
) -> list[dict[str, str]]:
    """Return what the aliases of a page of the list mean, by name."""
    known = shown_dictionaries(connection, ctx.actor.company_id)
    found = rows.aliases_by_id(connection, ctx.actor.company_id, ids)
    return [{"meaning": known[found[n].dictionary].label(found[n].key)} for n in ids if n in found]


def _shown(dictionary: Dictionary, key: str) -> str:
    label = dictionary.label(key)
    return label if key in label else f"{label} ({key})"


def _values(found: StoredAlias) -> dict[str, Any]:
    names = ("alias", "dictionary", "key", "context")
    return {name: getattr(found, name) for name in names}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("alias", "dictionary", "key")}


def _checked(
    connection: Any, company_id: int, values: dict[str, Any], alias_id: int | None = None
) -> str:
    """Return within what the alias holds; FieldProblem for an unknown key or a taken word."""
    known = shown_dictionaries(connection, company_id)[values["dictionary"]]
    key, text = values["key"], values["alias"]
    if key not in known:
        raise FieldProblem({"key": f'{known.title} has no key "{key}": choose one of the list.'})
    context = context_of(known, key)
    for one in rows.own_aliases(connection, company_id, known.name):
        same = one.alias.casefold() == text.casefold() and one.context == context
        if same and one.id != alias_id:
            raise FieldProblem(
                {"alias": f"It means {_shown(known, one.key)} already: change that."}
            )
    try:
        refuse_taken(known, key, text)
    except UserError as taken:
        raise FieldProblem({"alias": str(taken)}) from None
    return context
