"""Compares two scopes of any size and shows the differences page by page (SVC-8, item 32)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from app.services.context import Context, service

KINDS = ("new", "increased", "decreased", "changed", "unchanged", "removed")


@dataclass(frozen=True, slots=True)
class ScopeTitle:
    """A compared scope in words."""

    scope_id: int
    service_id: int
    service_name: str
    period: str
    currency: str
    revision: int


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One rate: path in names, prices in words, the change in percent ("" = not comparable).

    ``keys`` = the path of keys, ``first_node`` and ``second_node`` its numbers, -1 = not there.
    """

    path: str
    old: str
    new: str
    percent: str
    kind: str
    keys: tuple[str, ...]
    first_node: int
    second_node: int


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """Rows from ``first`` on, of ``total`` that pass the filter."""

    rows: list[DifferenceRow]
    first: int
    total: int


class Comparison:
    """A finished comparison; its arrays lie in a folder of its own until :meth:`close`."""

    first: ScopeTitle
    second: ScopeTitle
    counts: dict[str, int]
    """Kind → rates; those of the first scope + new = those of the second + removed."""

    def page(
        self,
        *,
        kinds: Collection[str] = (),
        text: str = "",
        sort: str = "path",
        descending: bool = False,
        first: int = 0,
        limit: int = 200,
    ) -> DifferencePage:
        """Return a page; call it in a job. ``kinds`` () = all but unchanged; sort path|percent."""
        raise NotImplementedError

    def export(
        self, ctx: Context, file: Path, *, kinds: Collection[str] = (), text: str = ""
    ) -> int:
        """Write the rows that pass to .xlsx or .csv and return their number."""
        raise NotImplementedError

    def close(self) -> None:
        """Remove the folder."""
        raise NotImplementedError


@service("finance.services", "view")
def start_compare(ctx: Context, first: int, second: int) -> Comparison:
    """Compare scope ``first`` with ``second`` (what became of the first one); takes seconds."""
    raise NotImplementedError
