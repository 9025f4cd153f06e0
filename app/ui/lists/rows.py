"""The rows of a list in memory: all ordered keys, and the pages of rows that were looked at."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from app.domain.records import Row

PAGE = 200
"""Rows per page: some screens, and a query of milliseconds."""

KEPT_PAGES = 50


@dataclass(slots=True)
class RowPage:
    """Rows that stand together; ``texts`` caches the written cells by (place, column)."""

    rows: list[Row | None]
    texts: dict[tuple[int, int], str] = field(default_factory=dict)


class Rows:
    """Random access to the rows of one query; what is not in memory is None."""

    def __init__(self) -> None:
        self.keys: array[int] = array("q")
        self._pages: OrderedDict[int, RowPage] = OrderedDict()
        self._old: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def begin(self, keys: array[int], first: Iterable[Row] = ()) -> None:
        """Take the keys of a new query, and its first rows if they are there.

        Rows in memory serve, by their keys, until their pages come.
        """
        self.age()
        self.keys = keys
        rows = iter(first)
        page = 0
        while part := list(islice(rows, PAGE)):
            self.put(page, part)
            page += 1

    def extend(self, keys: array[int]) -> None:
        """Take all keys where the first of them are known already; pages stay."""
        last, short = divmod(len(self.keys), PAGE)
        self.keys = keys
        if short and len(keys) > last * PAGE + short:
            self._pages.pop(last, None)

    def age(self) -> None:
        """Let every row be asked for again; until then the old ones are shown."""
        if len(self._old) > KEPT_PAGES * PAGE:
            self._old.clear()
        self._old.update(
            (row[0], row) for page in self._pages.values() for row in page.rows if row is not None
        )
        self._pages.clear()

    def put(self, page: int, rows: Sequence[Row]) -> None:
        """Take the rows of a page; one that was deleted meanwhile leaves a gap."""
        found = {row[0]: row for row in rows}
        keys = self.keys[page * PAGE : (page + 1) * PAGE]
        self._pages[page] = RowPage([found.get(key) for key in keys])
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        for key in keys:
            self._old.pop(key, None)

    def page(self, number: int) -> RowPage | None:
        """Return a page that is in memory, and keep it longer."""
        page = self._pages.get(number)
        if page is not None:
            self._pages.move_to_end(number)
        return page

    def row(self, place: int) -> Row | None:
        """Return a row in memory, perhaps one from before the last change."""
        page = self._pages.get(place // PAGE)
        if page is not None:
            return page.rows[place % PAGE]
        return self._old.get(self.keys[place])

    def page_keys(self, number: int) -> list[int]:
        """Return the keys of a page."""
        return list(self.keys[number * PAGE : (number + 1) * PAGE])

    def forget_texts(self) -> None:
        """Write every cell anew: the language changed."""
        for page in self._pages.values():
            page.texts.clear()

    def places(self, ids: Iterable[int]) -> dict[int, int]:
        """Return where keys stand; those that are not there are left out."""
        wanted = np.fromiter(ids, dtype=np.int64)
        if not len(wanted) or not self.keys:
            return {}
        keys = np.frombuffer(self.keys, dtype=np.int64)
        found = np.flatnonzero(np.isin(keys, wanted))
        return dict(zip(keys[found].tolist(), found.tolist(), strict=True))
