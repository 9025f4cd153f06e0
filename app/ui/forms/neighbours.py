"""Which records stand before and after one in the list that it was opened from."""

from __future__ import annotations

from collections.abc import Sequence


class Neighbours:
    """Ids in the order of a list; a record that is not in it has no neighbours."""

    def __init__(self, ids: Sequence[int] = ()) -> None:
        self._ids = ids
        self._place: dict[int, int] = {}

    def count(self) -> int:
        """Return how many records the list had."""
        return len(self._ids)

    def place(self, record_id: int) -> int:
        """Return where a record stands, from 0; -1 if it is not in the list."""
        if record_id not in self._place:
            try:
                self._place[record_id] = self._ids.index(record_id)
            except ValueError:
                self._place[record_id] = -1
        return self._place[record_id]

    def step(self, record_id: int, by: int) -> int | None:
        """Return the id that stands ``by`` places further, None beyond the ends."""
        place = self.place(record_id)
        wanted = place + by
        return self._ids[wanted] if place >= 0 and 0 <= wanted < len(self._ids) else None
