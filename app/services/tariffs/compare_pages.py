"""Compares two scopes of any size and shows the differences page by page (SVC-8, item 32)."""

from __future__ import annotations

import shutil
import threading
import weakref
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from app.db.queries import rate_nodes
from app.domain.diff import Change
from app.domain.kinds import PriceType
from app.domain.pricing import from_units
from app.domain.sections import Column, Kind
from app.domain.tree import Bools, Int64
from app.domain.tree_draft import NOWHERE, NodeState
from app.services.context import Context, require_export, service
from app.services.dictionaries import shown_dictionaries, user_entries
from app.services.list_export import open_table
from app.services.tariffs.comparing import ROWS, Texts, compare_folder, searched
from app.services.tariffs.edit_paths import SEPARATOR
from app.services.tariffs.tree_files import load_texts, save_tree
from app.services.tariffs.tree_pages import scope_and_service
from app.services.tariffs.tree_view import state_words
from app.services.worker_process import Limits, make_job_folder, run_job

SMALL = 20_000
"""Nodes of both trees up to which no child process is started: it would take longer."""

LIMITS = Limits(memory=6 * 2**30, seconds=900)
CHUNK = 1000

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
    """A finished comparison; its arrays lie in a folder of its own until :meth:`close`.

    ``counts`` = kind → rates: those of the first scope and the new ones are together as many as
    those of the second and the removed ones. Methods may be called in any thread.
    """

    def __init__(
        self, folder: Path, first: ScopeTitle, second: ScopeTitle, counts: dict[str, int]
    ) -> None:
        self.first, self.second, self.counts = first, second, counts
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._sides = (_Side(folder / "first"), _Side(folder / "second"))
        rows = folder / ROWS
        names = ("node", "then", "now", "kind", "percent", "by_percent", "parent", "key", "name")
        self._arrays: dict[str, Any] = {name: np.load(rows / f"{name}.npy") for name in names}
        self._keys, self._names = Texts(rows, "keys"), Texts(rows, "names")
        self._searched = Texts(rows, "searched")
        self._lock = threading.Lock()
        self._chosen: tuple[Any, Int64] = (None, np.empty(0, np.int64))

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
        """Return a page; call it in a job. ``kinds`` () = all but unchanged; sort path|percent.

        Rates whose prices can't be compared in percent stand behind the others.
        """
        chosen = self._rows(kinds, text, sort, descending=descending)
        rows = [self._row(row) for row in chosen[first : first + limit].tolist()]
        return DifferencePage(rows, first, len(chosen))

    def export(
        self, ctx: Context, file: Path, *, kinds: Collection[str] = (), text: str = ""
    ) -> int:
        """Write the rows that pass to .xlsx or .csv and return their number."""
        require_export(ctx)
        chosen = self._rows(kinds, text, "path", descending=False)
        with open_table(file, "Comparison", _COLUMNS, len(chosen)) as sink:
            for start in range(0, len(chosen), CHUNK):
                ctx.stop_if_cancelled()
                ctx.report("writing", start, len(chosen))
                for row in chosen[start : start + CHUNK].tolist():
                    sink.write(self._cells(row))
        return len(chosen)

    def close(self) -> None:
        """Remove the folder; the comparison can't be used any more."""
        self._remove()

    # -------------------------------------------------------------------------- choosing

    def _rows(self, kinds: Collection[str], text: str, sort: str, *, descending: bool) -> Int64:
        wanted = frozenset(kinds) or frozenset(KINDS) - {"unchanged"}
        words = tuple(map(searched, text.split()))
        asked = (wanted, words, sort, descending)
        with self._lock:
            if self._chosen[0] != asked:
                self._chosen = (asked, self._find(wanted, words, sort, descending=descending))
            return self._chosen[1]

    def _find(
        self, kinds: Collection[str], words: Sequence[str], sort: str, *, descending: bool
    ) -> Int64:
        codes = [int(Change[kind.upper()]) for kind in kinds]
        mask = np.isin(self._arrays["kind"], codes)
        for word in words:
            mask &= self._nodes_with(word)[self._arrays["node"]]
        if sort != "percent":
            rows = np.flatnonzero(mask)
            return rows[::-1] if descending else rows
        order = self._arrays["by_percent"]
        ordered: Int64 = order[mask[order]].astype(np.int64)
        if descending:  # rates without a percentage stay behind
            compared = int((~np.isnan(self._arrays["percent"][ordered])).sum())
            ordered = np.concatenate([ordered[:compared][::-1], ordered[compared:]])
        return ordered

    def _nodes_with(self, word: str) -> Bools:
        """Return the mask of the nodes whose own name, or one above, holds ``word``."""
        parent = self._arrays["parent"]
        mask: Bools = self._searched.holding(word)[self._arrays["name"]]
        inner = parent >= 0
        while True:
            grown: Bools = mask | (inner & mask[parent])
            if (grown == mask).all():
                return grown
            mask = grown

    # -------------------------------------------------------------------------- rows

    def _row(self, row: int) -> DifferenceRow:
        old, new = self._states(row)
        then, now = self._places(row)
        percent = _percent(old, new)
        path = self._path(row)
        return DifferenceRow(
            path=SEPARATOR.join(self._names[name] for _, name in path),
            old=state_words(old) if old else "",
            new=state_words(new) if new else "",
            percent="" if percent is None else f"{percent:+.1f}",
            kind=self._kind(row),
            keys=tuple(self._keys[key] for key, _ in path),
            first_node=self._sides[0].number(then) if then >= 0 else NOWHERE,
            second_node=self._sides[1].number(now) if now >= 0 else NOWHERE,
        )

    def _cells(self, row: int) -> list[str | Decimal | None]:
        old, new = self._states(row)
        percent = _percent(old, new)
        path = SEPARATOR.join(self._names[name] for _, name in self._path(row))
        return [
            self._kind(row).capitalize(),
            path,
            state_words(old) if old else None,
            state_words(new) if new else None,
            _price(old),
            _price(new),
            None if percent is None else round(percent, 2),
        ]

    def _kind(self, row: int) -> str:
        return Change(int(self._arrays["kind"][row])).name.lower()

    def _places(self, row: int) -> tuple[int, int]:
        return int(self._arrays["then"][row]), int(self._arrays["now"][row])

    def _states(self, row: int) -> tuple[NodeState | None, NodeState | None]:
        then, now = self._places(row)
        old = self._sides[0].state(then) if then >= 0 else None
        return old, self._sides[1].state(now) if now >= 0 else None

    def _path(self, row: int) -> list[tuple[int, int]]:
        """Return (key, name) codes from the top down to the node of a row."""
        arrays, steps = self._arrays, []
        node = int(arrays["node"][row])
        while arrays["parent"][node] >= 0:
            steps.append((int(arrays["key"][node]), int(arrays["name"][node])))
            node = int(arrays["parent"][node])
        return steps[::-1]


_COLUMNS = (
    Column("kind", "Change", width=12),
    Column("path", "Path", width=60),
    Column("old", "Old", width=24),
    Column("new", "New", width=24),
    Column("old_price", "Old price", Kind.PRICE),
    Column("new_price", "New price", Kind.PRICE),
    Column("percent", "Change, %", Kind.AMOUNT, width=10),
)


class _Side:
    """The values of one of the two trees, node by node."""

    def __init__(self, folder: Path) -> None:
        self._arrays = {
            name: np.load(folder / f"{name}.npy")
            for name in ("node_no", "price_type", "price", "connect_price", "first_interval",
                         "next_interval", "scale")
        }  # fmt: skip
        self._scales = load_texts(folder / "scales.txt")

    def number(self, place: int) -> int:
        """Return the stored number of a node."""
        return int(self._arrays["node_no"][place])

    def state(self, place: int) -> NodeState:
        """Return what a leaf costs; its key and rules are left out."""
        scale = self._value("scale", place)
        return NodeState(
            key="",
            depends_on=None,
            price_type=int(self._arrays["price_type"][place]),
            price=self._value("price", place),
            scale=None if scale is None else self._scales[scale],
            connect_price=self._value("connect_price", place),
            first_interval=self._value("first_interval", place),
            next_interval=self._value("next_interval", place),
        )

    def _value(self, name: str, place: int) -> int | None:
        value = int(self._arrays[name][place])
        return None if value < 0 else value


def _percent(old: NodeState | None, new: NodeState | None) -> Decimal | None:
    """Return the exact change between two flat prices in percent, None if there is none."""
    flat = int(PriceType.FLAT)
    if old is None or new is None or {old.price_type, new.price_type} != {flat}:
        return None
    if not old.price or new.price is None:
        return None
    return Decimal(new.price - old.price) * 100 / Decimal(old.price)


def _price(state: NodeState | None) -> Decimal | None:
    return None if state is None or state.price is None else from_units(state.price)


# ------------------------------------------------------------------------------ comparing


@service("finance.services", "view")
def start_compare(ctx: Context, first: int, second: int) -> Comparison:
    """Compare scope ``first`` with ``second`` (what became of the first one); takes seconds."""
    folder = make_job_folder()
    try:
        return _compared(ctx, folder, first, second)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _compared(ctx: Context, folder: Path, first: int, second: int) -> Comparison:
    titles: list[ScopeTitle] = []
    nodes = 0
    with ctx.database.read() as connection:
        for name, scope_id in (("first", first), ("second", second)):
            ctx.report("reading", len(titles), 2)
            title, tenant = _title(ctx, connection, scope_id)
            titles.append(title)
            tree = rate_nodes.read_tree(connection, scope_id)
            nodes += len(tree)
            save_tree(folder / name, tree)
            ctx.stop_if_cancelled()
        dictionaries = shown_dictionaries(connection, tenant)
        entries = user_entries(connection, tenant)
    if nodes <= SMALL:
        counts = compare_folder(folder, dictionaries, ctx.report)
    else:
        job = {
            "task": "compare",
            "file": "comparison",
            "user_entries": [asdict(entry) for entry in entries],
        }
        counts = run_job(
            folder,
            job,
            LIMITS,
            name="Comparison",
            report=ctx.report,
            cancelled=ctx.cancelled,
        )["counts"]
    return Comparison(folder, titles[0], titles[1], counts)


def _title(ctx: Context, connection: Any, scope_id: int) -> tuple[ScopeTitle, int]:
    """Return what names a scope, and the tenant whose names its keys have."""
    scope, owner = scope_and_service(connection, ctx, scope_id)
    zone = ZoneInfo(owner.time_zone)
    begin, end = (
        at.astimezone(zone).date().isoformat() if at else ""
        for at in (scope.effective_from, scope.effective_till)
    )
    period = f"{begin} – {end or '∞'}" if begin else ""
    currency = owner.currency or ""
    title = ScopeTitle(scope.id, owner.id, owner.name, period, currency, scope.revision)
    return title, owner.company_id
