"""Finds nodes of a tree by name, key, prefix or price, in the order the tree shows (item 30)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from app.db.queries import rate_browse, rate_search
from app.db.queries.rate_browse import Light
from app.db.queries.rate_search import Wanted
from app.domain.pricing import MAX_PRICE, parse_scale, to_units
from app.domain.tree_draft import ROOT, NodeState, TreeDraft, sibling_order
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.tree_pages import scope_and_service
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries, Dictionary
from dictionaries.normalise import normalise

FEW = 20_000
"""Hits up to which all are fetched and put in order; more are walked branch by branch."""

_PRICE = re.compile(r"(=|!=|<>|>=|<=|>|<)\s*(\d[\d\s]*(?:[.,]\d+)?|[.,]\d+)")


@dataclass(frozen=True, slots=True)
class Hits:
    """Found nodes in tree order; ``paths`` run from the root down to each node, itself included.

    ``total`` counts all, ``paths`` holds the first of them only (``capped``). Numbers below -1 are
    nodes of the draft.
    """

    total: int
    paths: tuple[tuple[int, ...], ...]
    capped: bool


@service("finance.services", "view")
def find(
    ctx: Context, scope_id: int, text: str, *, draft: TreeDraft | None = None, limit: int = 2000
) -> Hits:
    """Return the nodes whose name or key holds ``text``; ``=0.05`` ``>1`` ``<=2`` seek prices."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        wanted = _wanted(text, shown_dictionaries(connection, owner.company_id))
        if wanted is None:
            return Hits(0, (), capped=False)
        walk = _Walk(connection, scope_id, wanted, draft or TreeDraft())
        walk.load()
        ctx.stop_if_cancelled()
        paths = tuple(walk.paths(limit))
    return Hits(max(walk.total, len(paths)), paths, walk.total > len(paths))


# ------------------------------------------------------------------------------ what is sought


def _wanted(text: str, dictionaries: Dictionaries) -> Wanted | None:
    plain = " ".join(text.split())
    if not plain:
        return None
    priced = _PRICE.fullmatch(plain)
    if priced:
        return _wanted_price(priced[1], priced[2])
    catalogue = load_catalogue()
    by_dictionary: dict[str, list[str]] = defaultdict(list)
    for attribute in catalogue.attributes.values():
        by_dictionary[attribute.dictionary].append(attribute.key)
    free = by_dictionary.pop("", [])
    named = [
        (tuple(attributes), _named(dictionaries[name], plain))
        for name, attributes in by_dictionary.items()
    ]
    norm = normalise(plain)
    domains = {k: d.name for k, d in catalogue.domains.items()}
    resources = {k: r.name for k, r in catalogue.resources.items()}
    for attribute_key, items in (("domain", domains), ("resource", resources)):
        keys = tuple(key for key, name in items.items() if norm and norm in normalise(name))
        named.append(((attribute_key,), keys))
    if norm == "others":
        named.append((tuple(catalogue.attributes), ("*",)))
    digits = re.sub(r"[+\s]", "", plain)
    return Wanted(
        named=tuple((attributes, keys) for attributes, keys in named if keys),
        part=plain,
        free=tuple(a for a in free if catalogue.attributes[a].kind != "prefix"),
        start=digits if digits.isdigit() else "",
        prefixes=tuple(a for a in free if catalogue.attributes[a].kind == "prefix"),
        keys=tuple(rate_search.forms(plain)),
    )


def _wanted_price(operator: str, number: str) -> Wanted | None:
    try:
        units = to_units(Decimal(number.replace(" ", "").replace(",", ".")))
    except (ValueError, InvalidOperation):
        return None
    operator = "!=" if operator == "<>" else operator
    return Wanted(price=(operator, units)) if units <= MAX_PRICE else None


def _named(dictionary: Dictionary, text: str) -> tuple[str, ...]:
    """Return the keys whose shown name holds ``text``, or that are it; digits begin codes."""
    norm = normalise(text)
    folded = text.casefold()
    return tuple(
        key
        for key, name in _shown_names(dictionary)
        if (norm and norm in name)
        or key.casefold() == folded
        or (folded.isdigit() and key.startswith(folded))
    )


@lru_cache(maxsize=64)
def _shown_names(dictionary: Dictionary) -> tuple[tuple[str, str], ...]:
    return tuple((key, normalise(dictionary.label(key))) for key in dictionary.entries)


def _predicate(wanted: Wanted) -> Callable[[str, NodeState], bool]:
    """Return the same test for nodes of a draft, given their attribute and values."""
    if wanted.price is not None:
        operator, units = wanted.price
        return lambda _, state: _price_fits(operator, units, state)
    named = {a: frozenset(keys) for attributes, keys in wanted.named for a in attributes}
    part = wanted.part.casefold()

    def fits(attribute: str, state: NodeState) -> bool:
        key = state.key
        return (
            key in wanted.keys
            or key in named.get(attribute, ())
            or (attribute in wanted.free and part in key.casefold())
            or bool(attribute in wanted.prefixes and wanted.start and key.startswith(wanted.start))
        )

    return fits


def _price_fits(operator: str, units: int, state: NodeState) -> bool:
    if operator == "=":
        tiers = parse_scale(state.scale).tiers if state.scale else ()
        return state.price == units or any(tier.price == units for tier in tiers)
    if state.price is None:
        return False
    return {
        "!=": state.price != units, ">": state.price > units, ">=": state.price >= units,
        "<": state.price < units, "<=": state.price <= units,
    }[operator]  # fmt: skip


# ------------------------------------------------------------------------------ tree order


class _Walk:
    """Walks the branches that hold hits, in sibling order, and yields the paths of the hits."""

    def __init__(self, connection: Any, scope_id: int, wanted: Wanted, draft: TreeDraft) -> None:
        self._connection, self._scope = connection, scope_id
        self._wanted, self._draft = wanted, draft
        self.total = 0
        self._light: dict[int, Light] = {}
        self._own: dict[int, list[tuple[int, str]]] = defaultdict(list)  # hits that are in memory
        self._fetched: set[int] = set()  # parents whose stored hits must be fetched
        self._inner: dict[int, dict[int, str]] = defaultdict(dict)  # branches with hits below

    def load(self) -> None:
        """Find where the hits are; all of them if they are few."""
        found = rate_search.hits(self._connection, self._scope, self._wanted, FEW + 1)
        if len(found) <= FEW:
            parents = {hit.parent_no for hit in found}
            self._light = rate_browse.with_ancestors(self._connection, self._scope, parents)
            for hit in found:
                if self._stands(hit.node_no, self._path(hit.parent_no)):
                    self._own[hit.parent_no].append((hit.node_no, hit.key))
                    self.total += 1
        else:
            counts = dict(rate_search.hit_parents(self._connection, self._scope, self._wanted))
            self._light = rate_browse.with_ancestors(self._connection, self._scope, counts)
            self._fetched = set(counts)
            self.total = sum(counts.values())
        self._add_staged()
        for parent in (*self._own, *self._fetched):
            self._open(parent)

    def paths(self, limit: int) -> Iterator[tuple[int, ...]]:
        """Yield the paths of the first ``limit`` hits."""
        left = limit
        for path in self._below((ROOT,), limit):
            if left <= 0:
                return
            left -= 1
            yield path

    def _below(self, path: tuple[int, ...], limit: int) -> Iterator[tuple[int, ...]]:
        hits = dict(self._hits(path, limit))
        inner = self._inner.get(path[-1], {})
        keys = {**hits, **inner}
        for number in sorted(keys, key=lambda found: sibling_order(keys[found])):
            if number in hits:
                yield (*path, number)
            if number in inner:
                yield from self._below((*path, number), limit)

    def _hits(self, path: tuple[int, ...], limit: int) -> Iterator[tuple[int, str]]:
        yield from self._own.get(path[-1], ())
        if path[-1] in self._fetched:
            found = rate_search.hits_under(
                self._connection, self._scope, self._wanted, path[-1], limit + len(self._draft)
            )
            yield from ((h.node_no, h.key) for h in found if self._stands(h.node_no, path))

    def _stands(self, number: int, above: tuple[int, ...]) -> bool:
        """Tell whether a stored hit is shown as stored: staged ones are looked at by themselves."""
        return self._draft.get(number) is None and not self._draft.is_removed(number, above)

    def _add_staged(self) -> None:
        fits = _predicate(self._wanted)
        above = {number for _, entry in self._draft for number in entry.above if number >= 0}
        missing = above - self._light.keys()
        self._light |= rate_browse.with_ancestors(self._connection, self._scope, missing)
        for number, entry in self._draft:
            shown = entry.now is not None and not self._draft.is_removed(number, entry.above)
            if shown and entry.now is not None and fits(entry.attribute, entry.now):
                self._own[entry.parent].append((number, entry.now.key))
                self.total += 1

    def _open(self, number: int) -> None:
        """Mark the way from the root down to a branch with hits."""
        while number not in {ROOT, -1}:
            entry = self._draft.get(number)
            if entry is not None and (entry.now or entry.base) is not None:
                parent, key = entry.parent, (entry.now or entry.base).key  # type: ignore[union-attr]
            elif number in self._light:
                parent, key = self._light[number].parent_no, self._light[number].key
            else:
                return
            if number in self._inner[parent]:
                return
            self._inner[parent][number] = key
            number = parent

    def _path(self, number: int) -> tuple[int, ...]:
        return rate_browse.above(self._light, number)
