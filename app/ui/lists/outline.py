"""The headings of a grouped list over its ordered keys.

The keys are ordered by the grouped columns first, so a group is a stretch of them and nothing but
the groups themselves has to be loaded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.domain.records import Group

Path = tuple[Any, ...]


@dataclass(slots=True)
class Heading:
    """A group: its values from the outermost level on, its rows' number, sums and first key."""

    path: Path
    start: int
    count: int = 0
    sums: dict[str, Any] = field(default_factory=dict)
    parts: list[Heading] = field(default_factory=list)
    is_open: bool = False

    @property
    def level(self) -> int:
        """Return 0 for an outermost group."""
        return len(self.path) - 1


class Outline:
    """Visible rows of a grouped list, in order; groups with parts start open, others closed."""

    def __init__(self, groups: Iterable[Group], turned: frozenset[str]) -> None:
        self._turned = set(turned)
        self.headings = _headings(groups)
        for heading in self._all(self.headings):
            heading.is_open = bool(heading.parts) != (_key(heading.path) in turned)
        self._lay_out()

    @property
    def turned(self) -> frozenset[str]:
        """Return which groups a person opened or closed, for the next time."""
        return frozenset(self._turned)

    def __len__(self) -> int:
        return self._length

    def at(self, row: int) -> Heading | int:
        """Return the heading of a visible row, or the place of its key."""
        place = bisect_right(self._starts, row) - 1
        item = self._items[place]
        return item if isinstance(item, Heading) else item + row - self._starts[place]

    def row_of(self, key: int) -> int | None:
        """Return the visible row of the key at a place, None if its group is closed."""
        for place in range(self._first_block(key), len(self._items)):
            item = self._items[place]
            if isinstance(item, Heading):
                continue
            length = self._end(place) - self._starts[place]
            return self._starts[place] + key - item if item <= key < item + length else None
        return None

    def row_of_heading(self, path: Path) -> int | None:
        """Return the visible row of a group's heading."""
        for row, item in zip(self._starts, self._items, strict=True):
            if isinstance(item, Heading) and item.path == path:
                return row
        return None

    def turn(self, heading: Heading) -> None:
        """Open or close a group; its :meth:`below` rows come or go after its heading."""
        heading.is_open = not heading.is_open
        self._turned ^= {_key(heading.path)}
        self._lay_out()

    def below(self, heading: Heading) -> int:
        """Return how many visible rows a group has below its heading when it is open."""
        if not heading.parts:
            return heading.count
        return sum(1 + (self.below(part) if part.is_open else 0) for part in heading.parts)

    def turn_all(self, opened: bool) -> None:
        """Open or close every heading."""
        self._turned.clear()
        for heading in self._all(self.headings):
            heading.is_open = opened
            if opened != bool(heading.parts):
                self._turned.add(_key(heading.path))
        self._lay_out()

    def _first_block(self, key: int) -> int:
        places = self._block_places
        place = bisect_right(self._block_keys, key) - 1
        return places[place] if place >= 0 else len(self._items)

    def _end(self, place: int) -> int:
        return self._starts[place + 1] if place + 1 < len(self._starts) else self._length

    def _lay_out(self) -> None:
        self._starts: list[int] = []
        self._items: list[Heading | int] = []
        self._block_keys: list[int] = []
        self._block_places: list[int] = []
        self._length = 0
        self._add(self.headings)

    def _add(self, headings: list[Heading]) -> None:
        for heading in headings:
            self._put(heading, 1)
            if heading.is_open and heading.parts:
                self._add(heading.parts)
            elif heading.is_open and heading.count:
                self._block_keys.append(heading.start)
                self._block_places.append(len(self._items))
                self._put(heading.start, heading.count)

    def _put(self, item: Heading | int, rows: int) -> None:
        self._starts.append(self._length)
        self._items.append(item)
        self._length += rows

    def _all(self, headings: list[Heading]) -> Iterator[Heading]:
        for heading in headings:
            yield heading
            yield from self._all(heading.parts)


def _headings(groups: Iterable[Group]) -> list[Heading]:
    """Return the outermost headings; the groups come in the order of the keys."""
    top: list[Heading] = []
    start = 0
    for group in groups:
        siblings = top
        for level in range(1, len(group.values) + 1):
            path = group.values[:level]
            if not siblings or siblings[-1].path != path:
                siblings.append(Heading(path, start))
            heading = siblings[-1]
            heading.count += group.count
            for name, total in group.sums.items():
                if total is not None:
                    heading.sums[name] = heading.sums.get(name, 0) + total
            siblings = heading.parts
        start += group.count
    return top


def _key(path: Path) -> str:
    """Return a group's path as text, for what a restart restores."""
    return "\x1f".join("" if value is None else str(value) for value in path)
