"""For every section with ``create``: a new record and a change to it; and what fills the lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.services.context import Context

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """``values`` of a new record, ``changes`` to it; either may be made from the office.

    ``field`` = the changed field that tests look at; ``taken`` = the field that a second record
    with the same values is refused for, "" if there may be two.
    """

    values: Values | Callable[[Context], Values]
    changes: Values | Callable[[Context], Values]
    field: str = "name"
    taken: str = "name"

    def made(self, ctx: Context) -> tuple[Values, Values]:
        """Return both as plain values."""
        values, changes = (
            found(ctx) if callable(found) else dict(found) for found in (self.values, self.changes)
        )
        return values, changes
