"""The history of a rate and its price on a date (SVC-7, F1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.services.context import Context, service


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a node: when, who, how (edit, import …), from which file; price words.

    ``fields`` = (field, old, new) texts of what changed; ``kind`` "removed" closes a history.
    """

    rev: int
    at: dt.datetime | None
    actor: str
    kind: str
    file: str
    old: str
    new: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PriceOnDate:
    """What a node cost at an instant, by which revision; ``price`` "" = it was not there."""

    price: str
    rev: int
    since: dt.datetime | None


@service("finance.services", "view")
def history(ctx: Context, scope_id: int, node_no: int) -> list[VersionRow]:
    """Return the versions of a node, newest first."""
    raise NotImplementedError


@service("finance.services", "view")
def price_on(ctx: Context, scope_id: int, node_no: int, date: dt.date) -> PriceOnDate:
    """Return what the tree said for a node at the end of ``date`` in the service's time zone."""
    raise NotImplementedError
