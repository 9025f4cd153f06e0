"""Lists what keeps parts of a rate tree from being used, or is probably forgotten (SVC-4, F4)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.queries import rate_browse, rate_problems
from app.db.queries.rate_browse import Light
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.edit_paths import SEPARATOR
from app.services.tariffs.tree_names import (
    attribute_name,
    is_known,
    others_wanted,
)
from app.services.tariffs.tree_pages import scope_and_service
from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries

GROUPING = frozenset({"country", "destination"})
"""Levels above prefixes that rating skips: below them a prefix may stand once (F4)."""


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """A node to look at: path from the root (numbers and names), kind, a sentence.

    ``kind``: incomplete, empty, no_others, missed_option, twin_prefix.
    """

    node_no: int
    numbers: tuple[int, ...]
    path: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class TreeProblems:
    """The first problems, the gravest kinds first, and the number of each kind."""

    problems: tuple[TreeProblem, ...]
    counts: dict[str, int]


@service("finance.services", "view")
def problems(ctx: Context, scope_id: int, limit: int = 1000) -> TreeProblems:
    """Return what is wrong with a stored tree; takes time with its size."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        dictionaries = shown_dictionaries(connection, owner.company_id)
        lint = _Lint(ctx, connection, scope_id, dictionaries, limit)
        found = [(kind, number) for kind in _KINDS for number in lint.numbers(kind)]
        told = lint.told(found[:limit])
    return TreeProblems(tuple(told), lint.counts)


_REASONS = {
    "incomplete": "It has no price type, or no price, and is not used: fill it in.",
    "twin_prefix": "The same prefix stands in another group as well: remove one of them.",
    "empty": "It depends on {attribute}, but there is no value below it: add one.",
    "missed_option": "Its key is no longer in the dictionary; it still works.",
    "no_others": "Others is missing: what is not listed by {attribute} has no price here.",
}
_KINDS = tuple(_REASONS)


class _Lint:
    """The checks of one tree; ``counts`` = kind → number of nodes, filled by :meth:`numbers`."""

    def __init__(
        self, ctx: Context, connection: Any, scope_id: int, dictionaries: Dictionaries, limit: int
    ) -> None:
        self._ctx, self._connection, self._scope = ctx, connection, scope_id
        self._catalogue: Catalogue = load_catalogue()
        self._dictionaries, self._limit = dictionaries, limit
        self.counts: dict[str, int] = {}

    def numbers(self, kind: str) -> list[int]:
        """Return the first nodes with a problem of this kind."""
        self._ctx.stop_if_cancelled()
        found, count = self._found(kind)
        if count:
            self.counts[kind] = count
        return found

    def _found(self, kind: str) -> tuple[list[int], int]:
        connection, scope, limit = self._connection, self._scope, self._limit
        if kind == "incomplete":
            return rate_problems.unpriced(connection, scope, limit)
        if kind == "empty":
            return rate_problems.empty(connection, scope, limit)
        if kind == "no_others":
            wanted = [a for a in self._catalogue.attributes if self._others_wanted(a)]
            return rate_problems.without_others(connection, scope, wanted, limit)
        found = self._missed() if kind == "missed_option" else self._twins()
        return found[:limit], len(found)

    def _others_wanted(self, attribute: str) -> bool:
        return others_wanted(self._catalogue, self._dictionaries, attribute)

    def _missed(self) -> list[int]:
        named = [key for key, a in self._catalogue.attributes.items() if a.dictionary]
        named += ["domain", "resource"]
        unknown: dict[str, list[str]] = defaultdict(list)
        for attribute, key in rate_problems.used_keys(self._connection, self._scope, named):
            if not is_known(self._catalogue, self._dictionaries, attribute, key):
                unknown[attribute].append(key)
        return sorted(
            number
            for attribute, keys in unknown.items()
            for number, _ in rate_problems.keyed(self._connection, self._scope, attribute, keys)
        )

    def _twins(self) -> list[int]:
        keys = rate_problems.repeated_keys(self._connection, self._scope, "prefix", self._limit)
        nodes = rate_problems.keyed(self._connection, self._scope, "prefix", keys)
        light = self._light(number for number, _ in nodes)
        places: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for number, _ in nodes:
            path = self._path(light, number)
            places[tuple(step for step in path if step[0] not in GROUPING)].append(number)
        return sorted(number for twins in places.values() if len(twins) > 1 for number in twins)

    def told(self, found: Sequence[tuple[str, int]]) -> list[TreeProblem]:
        """Return the problems with their paths and sentences."""
        light = self._light(number for _, number in found)
        rows = []
        for kind, number in found:
            names = [
                self._catalogue.key_text(attribute, key, self._dictionaries)
                for attribute, key in self._path(light, number)
            ]
            by = attribute_name(self._catalogue, light[number].depends_on or "")
            reason = _REASONS[kind].format(attribute=by)
            numbers = rate_browse.above(light, number)
            rows.append(TreeProblem(number, numbers, SEPARATOR.join(names), kind, reason))
        return rows

    def _light(self, numbers: Iterable[int]) -> dict[int, Light]:
        return rate_browse.with_ancestors(self._connection, self._scope, numbers)

    def _path(self, light: dict[int, Light], number: int) -> list[tuple[str, str]]:
        path = rate_browse.above(light, number)
        return [
            (light[parent].depends_on or "", light[own].key)
            for parent, own in itertools.pairwise(path)
        ]
