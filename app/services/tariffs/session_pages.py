"""Pages of a draft: its changes against today, and the remarks on its rows (IMP-12).

Runs in the child process. A million rows stay arrays: sorting and filtering work on codes, and only
the rows of a page become words.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.diff import Change
from app.domain.tree import PriceType, RateTree
from app.services.tariffs.drafts import Draft
from app.services.tariffs.import_views import (
    ChangeRow,
    ChangesPage,
    IssueRow,
    IssuesPage,
)
from app.services.tariffs.preview_tree import source_row
from app.services.tariffs.rejects import escaped
from app.services.tariffs.tree_view import price_words
from app.services.tariffs.window_words import in_window_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from importers.matching.remarks import MoreRows
from importers.records import Issue, Severity, column_letter
from importers.settings import Role

Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

KINDS = ("new", "increased", "decreased", "changed", "unchanged", "removed")
"""Words of change; a row holds its place in this tuple."""

_REMOVED = KINDS.index("removed")
_KIND_OF = {
    Change.NEW: 0,
    Change.INCREASED: 1,
    Change.DECREASED: 2,
    Change.CHANGED: 3,
    Change.UNCHANGED: 4,
}
SEARCHED = 200_000
"""Remarks beyond the worded ones that a text filter looks through."""


# ------------------------------------------------------------------------------ changes


@dataclass(frozen=True, slots=True)
class _Listed:
    """Changes as arrays: kind, node of the draft or -1, node of the live tree or -1."""

    kind: npt.NDArray[np.int8]
    now: Int64
    then: Int64

    def at(self, index: npt.NDArray[Any]) -> _Listed:
        return _Listed(self.kind[index], self.now[index], self.then[index])

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Changes:
    """What a commit would do to every leaf."""

    made: Draft
    dictionaries: Dictionaries

    def page(
        self,
        *,
        kinds: Collection[str],
        text: str,
        sort: str,
        descending: bool,
        first: int,
        count: int,
    ) -> ChangesPage:
        """Return a page of the changes of ``kinds`` (none = all but unchanged)."""
        chosen = self._sorted(self._chosen(kinds, text), sort, descending=descending)
        shown = chosen.at(np.arange(len(chosen))[max(first, 0) :][: max(count, 0)])
        counts = self.made.difference.counts()
        rows = tuple(self._row(shown, place) for place in range(len(shown)))
        return ChangesPage(first=max(first, 0), total=len(chosen), rows=rows, counts=counts)

    def export(self, path: Path) -> int:
        """Write all changes but unchanged ones as CSV (UTF-8 with BOM); return their number."""
        listed = self._chosen((), "")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["change", "path", "old", "new", "percent", "row", "column"])
            for place in range(len(listed)):
                row = self._row(listed, place)
                percent = "" if row.percent is None else f"{row.percent:+.2f}"
                where = (row.source_row or "", row.source_column)
                words = (escaped(row.path), escaped(row.old), escaped(row.new))
                writer.writerow([row.change, *words, percent, *where])
        return len(listed)

    @cached_property
    def _all(self) -> _Listed:
        found = self.made.difference
        table = np.full(len(Change), -1, np.int8)
        for change, kind in _KIND_OF.items():
            table[change] = kind
        kinds = table[found.change]
        kinds[found.split] = KINDS.index("changed")
        now = np.flatnonzero(kinds >= 0)
        gone = found.closed().astype(np.int64)
        none = np.full(len(gone), -1, np.int64)
        return _Listed(
            np.concatenate([kinds[now], np.full(len(gone), _REMOVED, np.int8)]),
            np.concatenate([now, none]),
            np.concatenate([found.before[now].astype(np.int64), gone]),
        )

    def _chosen(self, kinds: Collection[str], text: str) -> _Listed:
        wanted = [KINDS.index(k) for k in kinds or KINDS if kinds or k != "unchanged"]
        listed = self._all
        keep = np.isin(listed.kind, wanted)
        for word in text.casefold().split():
            now, then = self._now.bearing(word), self._then.bearing(word)
            keep &= np.where(listed.now >= 0, now[listed.now], then[listed.then])
        return listed.at(np.flatnonzero(keep))

    @cached_property
    def _now(self) -> _Names:
        return _Names(self.made.difference.draft, self.dictionaries)

    @cached_property
    def _then(self) -> _Names:
        return _Names(self.made.difference.current, self.dictionaries)

    def _sorted(self, listed: _Listed, sort: str, *, descending: bool) -> _Listed:
        if sort == "path":
            order = np.arange(len(listed))
            return listed.at(order[::-1]) if descending else listed
        old, new = self._prices(listed)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = {"old": old, "new": new, "percent": (new - old) / old}[sort]
        values = np.where(np.isfinite(values), -values if descending else values, np.inf)
        return listed.at(np.argsort(values, kind="stable"))

    def _prices(self, listed: _Listed) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return old and new flat prices, NaN where there is none; for sorting only."""
        found = self.made.difference
        return _flat(found.current, listed.then), _flat(found.draft, listed.now)

    def _row(self, listed: _Listed, place: int) -> ChangeRow:
        found = self.made.difference
        now, then = int(listed.now[place]), int(listed.then[place])
        had = then >= 0 and bool(found.current.leaf[then])
        old = _flat_price(found.current, then) if had else None
        new = _flat_price(found.draft, now) if now >= 0 else None
        path = found.draft.path(now) if now >= 0 else found.current.path(then)
        return ChangeRow(
            change=KINDS[int(listed.kind[place])],
            path=self._path_text(path),
            old=price_words(found.current, then) if had else "",
            new=price_words(found.draft, now) if now >= 0 else "",
            old_price=old,
            new_price=new,
            percent=(new - old) * 100 / old if old and new is not None else None,
            node=now if now >= 0 else None,
            source_row=source_row(self.made, now) if now >= 0 else None,
            source_column=self._column(path) if now >= 0 else "",
        )

    def _path_text(self, path: Sequence[tuple[str, str]]) -> str:
        """Return the names below the target, or the whole path where there is no target."""
        above = len(self.made.target.path) if self.made.target else 0
        return load_catalogue().path_text(path[above:] or path[-1:], self.dictionaries)

    def _column(self, path: Sequence[tuple[str, str]]) -> str:
        """Return the letter of the price column that gave a leaf."""
        uses = self.made.settings.columns if self.made.settings else ()
        own = set(path)
        for use in uses:
            if use.role is Role.PRICE and not use.rival and set(use.keys) <= own:
                return column_letter(use.column)
        return ""


def _flat(tree: RateTree, nodes: Int64) -> npt.NDArray[np.float64]:
    at = np.maximum(nodes, 0)
    priced = (nodes >= 0) & (tree.price_type[at] == PriceType.FLAT)
    return np.where(priced, tree.price[at].astype(np.float64), np.nan)


def _flat_price(tree: RateTree, node: int) -> int | None:
    return int(tree.price[node]) if tree.price_type[node] == PriceType.FLAT else None


@dataclass(frozen=True)
class _Names:
    """Finds the nodes of a tree that bear a word in their name or key, or stand below such."""

    tree: RateTree
    dictionaries: Dictionaries

    def bearing(self, word: str) -> Bools:
        """Return a mask over the nodes; ``word`` is case-folded."""
        tree = self.tree
        own = np.fromiter((word in name for name in self._texts), np.bool_, len(self._texts))
        mask: Bools = own[self._places]
        depth = tree.depth()
        for level in range(1, int(depth.max(initial=0)) + 1):
            nodes = np.flatnonzero(depth == level)
            mask[nodes] |= mask[tree.parent[nodes]]
        return mask

    @cached_property
    def _pairs(self) -> tuple[Int64, Int64]:
        tree = self.tree
        by = np.where(tree.parent >= 0, tree.depends_on[tree.parent], -1).astype(np.int64)
        joined = (by + 1) * max(len(tree.keys), 1) + tree.key
        return np.unique(joined, return_inverse=True)

    @property
    def _places(self) -> Int64:
        return self._pairs[1].ravel()

    @cached_property
    def _texts(self) -> list[str]:
        """Name and key of every distinct (attribute, key), case-folded."""
        catalogue, tree = load_catalogue(), self.tree
        texts = []
        for pair in self._pairs[0].tolist():
            by, key = divmod(pair, max(len(tree.keys), 1))
            text = tree.keys[key]
            if by:
                name = catalogue.key_text(tree.attributes[by - 1], text, self.dictionaries)
                text = text if name == text else f"{name} {text}"
            texts.append(text.casefold() if by else "")
        return texts


# ------------------------------------------------------------------------------ remarks


@dataclass(frozen=True)
class Issues:
    """Every remark on the file: those with words, and rows that get theirs when looked at."""

    made: Draft

    def page(self, *, severities: Collection[str], text: str, first: int, count: int) -> IssuesPage:
        """Return a page of remarks, errors first; with a text only what it finds."""
        wanted = [s for s in Severity if not severities or s.value in severities]
        start = max(first, 0)
        if text.strip():
            found = list(self._found(wanted, text.casefold().split()))
            total, shown = len(found), found[start : start + max(count, 0)]
        else:
            total = sum(self._size(s) for s in wanted)
            shown = list(islice(self._from(wanted, start), max(count, 0)))
        rows = tuple(issue_row(issue) for issue in shown)
        return IssuesPage(first=start, total=total, rows=rows, counts=self.counts())

    def counts(self) -> dict[str, int]:
        """Return the number of remarks per severity."""
        return {s.value: self._size(s) for s in Severity}

    @cached_property
    def _worded(self) -> dict[Severity, list[Issue]]:
        trail = self.made.result.trail if self.made.result else None
        lines = set(trail.surplus) if trail else set()
        found: dict[Severity, list[Issue]] = {s: [] for s in Severity}
        for issue in self.made.issues:
            if issue not in lines:
                found[issue.severity].append(issue)
        for issues in found.values():
            issues.sort(key=lambda i: (i.row is not None, i.row or 0))
        return found

    def _more(self, severity: Severity) -> list[MoreRows]:
        trail = self.made.result.trail if self.made.result else None
        return [m for m in trail.more if m.severity is severity] if trail else []

    def _size(self, severity: Severity) -> int:
        return len(self._worded[severity]) + sum(len(m.rows) for m in self._more(severity))

    def _from(self, severities: Sequence[Severity], start: int) -> Iterator[Issue]:
        """Yield remarks from position ``start`` on, without wording those before it."""
        for severity in severities:
            worded = self._worded[severity]
            yield from worded[start:]
            start = max(start - len(worded), 0)
            for more in self._more(severity):
                yield from (more.issue(place) for place in range(start, len(more.rows)))
                start = max(start - len(more.rows), 0)

    def _found(self, severities: Sequence[Severity], words: list[str]) -> Iterator[Issue]:
        for severity in severities:
            worded = self._worded[severity]
            for issue in islice(self._from([severity], 0), len(worded) + SEARCHED):
                place = f"{issue.column or ''}{issue.row or ''}"
                line = f"{issue.reason} {issue.value} {place} {issue.sheet}".casefold()
                if all(word in line for word in words):
                    yield issue


def issue_row(issue: Issue) -> IssueRow:
    """Return one remark as it is shown."""
    return IssueRow(
        severity=issue.severity.value,
        sheet=issue.sheet,
        row=issue.row,
        column=issue.column or "",
        value=issue.value,
        reason=in_window_words(issue.reason),
    )
