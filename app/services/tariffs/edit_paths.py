"""Where the nodes of a draft stand: paths as (attribute, key) pairs and as names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.db.queries import rate_browse, rate_nodes
from app.db.queries.rate_browse import Light
from app.domain.tree_draft import ROOT, TreeDraft
from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries

Path = tuple[tuple[str, str], ...]
SEPARATOR = " / "


class DraftPaths:
    """Paths of staged nodes, and of the stored nodes above them and above ``numbers``."""

    def __init__(
        self,
        connection: Any,
        scope_id: int,
        draft: TreeDraft,
        catalogue: Catalogue,
        dictionaries: Dictionaries,
        numbers: Iterable[int] = (),
    ) -> None:
        self._connection, self._scope, self._draft = connection, scope_id, draft
        self.catalogue, self.dictionaries = catalogue, dictionaries
        wanted = {*numbers, *(number for _, entry in draft for number in entry.above)}
        above = {number for number in wanted if number >= 0}
        self._light: dict[int, Light] = rate_browse.with_ancestors(connection, scope_id, above)
        self._pairs: dict[tuple[int, ...], Path] = {(): (), (ROOT,): ()}

    def pairs(self, above: Sequence[int]) -> Path:
        """Return the path of the last node of ``above``, which runs down from the root."""
        numbers = tuple(above)
        known = self._pairs.get(numbers)
        if known is None:
            known = (*self.pairs(numbers[:-1]), self._pair(numbers))
            self._pairs[numbers] = known
        return known

    def text(self, above: Sequence[int], attribute: str, key: str) -> str:
        """Return the names from the top down to the node ``key`` under ``above``."""
        path = (*self.pairs(above), (attribute, key)) if above else ()
        return SEPARATOR.join(self.names(path))

    def names(self, path: Path) -> list[str]:
        """Return what a person sees for each step of a path."""
        return [self.catalogue.key_text(name, value, self.dictionaries) for name, value in path]

    def _pair(self, numbers: tuple[int, ...]) -> tuple[str, str]:
        number = numbers[-1]
        held = self._draft.get(number)
        if held is not None:
            state = held.now or held.base
            return held.attribute, state.key if state else ""
        light = self._light.get(number)
        if light is None:  # somebody removed it meanwhile
            keys = rate_nodes.path_of(self._connection, self._scope, number)
            return "", keys[-1] if keys else "?"
        parent = self._light.get(numbers[-2]) if len(numbers) > 1 else None
        return (parent.depends_on or "" if parent else ""), light.key
