"""Columns of lists that SQL does not have: names of keys, scales in words, numbers of rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import list_counts
from app.db.queries.learned import meanings
from app.db.queries.rate_places import Place, places_of
from app.db.queries.service_sight import seen_scope
from app.domain.records import ListQuery
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.tree_view import scale_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

SEPARATOR = " / "
REMEMBERED = 10_000
"""Numbers of rates kept in memory; each is a few bytes."""

_NO_PLACE = Place((), None)
_rates: dict[tuple[str, int, int], int] = {}


@service("finance.services", "view")
def of_rates(
    ctx: Context, connection: Any, query: ListQuery, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return path, name and scale of the rates of a page."""
    scope_id = int(dict(query.arguments)["scope"])
    _, owner = seen_scope(connection, ctx.actor.company_id, scope_id)
    dictionaries = dictionaries_of(connection, owner.company_id)
    places = places_of(connection, scope_id, ids)
    names: dict[tuple[str, str], str] = {}
    return [_rate_words(places.get(number, _NO_PLACE), dictionaries, names) for number in ids]


def _rate_words(
    place: Place, dictionaries: Dictionaries, names: dict[tuple[str, str], str]
) -> dict[str, Any]:
    catalogue = load_catalogue()
    for step in place.steps:
        if step not in names:
            names[step] = catalogue.key_text(*step, dictionaries)
    words = [names[step] for step in place.steps]
    return {
        "path": SEPARATOR.join(words[:-1]),
        "name": words[-1] if words else "",
        "scale": scale_words(place.scale) if place.scale else None,
    }


@service("finance.services", "view")
def of_scopes(
    ctx: Context, connection: Any, _query: ListQuery, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the number of rates of scopes, counted once for each revision of a tree."""
    place = ctx.database.place
    counts = []
    for scope_id, revision in list_counts.revisions_of(connection, ctx.actor.company_id, ids):
        known = _rates.get((place, scope_id, revision))
        if known is None:
            ctx.stop_if_cancelled()
            if len(_rates) >= REMEMBERED:
                _rates.clear()
            known = list_counts.leaves(connection, scope_id)
            _rates[place, scope_id, revision] = known
        counts.append({"rates": known})
    return counts


@service("mccmnc", "view")
def of_answers(
    ctx: Context, connection: Any, _query: ListQuery, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Return what the keys of remembered answers are called."""
    dictionaries = dictionaries_of(connection, ctx.actor.company_id)
    return [
        {"meaning": dictionaries[name].label(key) if name in dictionaries else key}
        for name, key in meanings(connection, ctx.actor.company_id, ids)
    ]
