"""What matching returns: a zone, a key, a reason, and ranked alternatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

GREEN, YELLOW, RED = "green", "yellow", "red"

FORMER_NAME = "former name"
"""Beginning of the reason of a match by a name that is out of use."""

COUNTRY_ONLY = "names only the country"
"""Reason of a match for a text that holds no operator's name: the row is for all networks."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible key with its label and likeness (0–100)."""

    key: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Limits:
    """When a similar name counts, in points of 0–100.

    ``floor`` and ``margin`` (to the next key) for green, else yellow from ``suggest`` on.
    """

    floor: float = 90.0
    margin: float = 10.0
    suggest: float = 70.0


ACCEPTABLE = 83.0
"""Suggestions may be taken in bulk from this likeness on.

On the real lists 107 of 112 suggestions above it were right, of 22 below it 11.
"""


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for one value.

    ``zone`` green = taken, yellow = suggested (needs a keystroke), red = undecided (``key`` "").
    ``unsafe`` marks a key found after leaving words out or by an unsafe alias, ``conflict`` a
    contradiction with the row's MCC, MNC or country. ``alternatives`` are ranked when asked for.
    """

    value: str
    zone: str
    key: str = ""
    score: float = 0.0
    reason: str = ""
    unsafe: bool = False
    conflict: bool = False
    context: str = ""
    ranker: Callable[[], tuple[Candidate, ...]] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def former(self) -> bool:
        """Whether the value is a name that the key bore once."""
        return self.reason.startswith(FORMER_NAME)

    @property
    def acceptable(self) -> bool:
        """Whether a suggestion is good enough to be taken in bulk, without a look at it."""
        return self.zone == YELLOW and bool(self.key) and self.score >= ACCEPTABLE

    @property
    def alternatives(self) -> tuple[Candidate, ...]:
        """The best keys for the value, the chosen one first, at least five where there are."""
        return self.ranker() if self.ranker else ()

    def but(self, **changes: object) -> Match:
        """Return a copy with some fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
