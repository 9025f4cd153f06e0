"""The ratios of the import: whole imports against a bare read, and its parts against raw calls."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.bench.process import Cost, python
from tests.bench.sheets import voice_deck

SMALL = 100_000
BARE_READ = (
    "import sys; from python_calamine import CalamineWorkbook as W; "
    "rows = W.from_path(sys.argv[1]).get_sheet_by_index(0).to_python(); print(len(rows))"
)


def run_import_benchmark(rounds: int, rows: int, only: str) -> None:
    """Print each ratio with its goal."""
    folder = Path(tempfile.gettempdir()) / "tariffdesk-bench"
    folder.mkdir(exist_ok=True)
    parts: dict[str, Callable[[], None]] = {
        "match": lambda: _matching(rounds),
        "store": lambda: _store(rounds, min(rows, 500_000), folder),
        "node": lambda: _node(rounds, folder),
        "small": lambda: _whole(folder, SMALL, rounds, goal=4.0, memory=None),
        "large": lambda: _whole(folder, rows, rounds, goal=2.5, memory=1.5),
        "replace": lambda: _replacing(folder, rows, rounds),
    }
    for name, part in parts.items():
        if only in ("", name):
            part()


def _line(what: str, ratio: float, goal: str, detail: str) -> None:
    sys.stdout.write(f"{what:<58} {ratio:6.2f}x  goal {goal:<9} {detail}\n")
    sys.stdout.flush()


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _fresh(folder: Path, name: str) -> Path:
    database = folder / name
    database.unlink(missing_ok=True)
    run = ("-m", "app", "--db", str(database))
    python(*run, "db", "init")
    python(*run, "service", "add", "--name", "Voice", "--type", "payg", "--currency", "USD")
    python(*run, "scope", "add", "--service", "Voice", "--from", "2026-01-01")
    return database


def _import(database: Path, deck: Path, *options: str) -> Cost:
    return python(
        "-m", "app", "--db", str(database), "import", str(deck), "--service", "Voice",
        "--accept-suggestions", *options,
    )  # fmt: skip


def _whole(folder: Path, rows: int, rounds: int, *, goal: float, memory: float | None) -> None:
    deck = voice_deck(folder / f"deck-{rows}.xlsx", rows)
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(python("-c", BARE_READ, str(deck)))
        database = _fresh(folder, "fresh.db")
        ours.append(_import(database, deck))
    _compare(f"import {rows} rows into an empty scope", bare, ours, goal, memory)
    shutil.move(folder / "fresh.db", folder / f"full-{rows}.db")


def _replacing(folder: Path, rows: int, rounds: int) -> None:
    deck = voice_deck(folder / f"deck-{rows}.xlsx", rows)
    following = voice_deck(folder / f"deck-{rows}-next.xlsx", rows, raised=True)
    full = folder / f"full-{rows}.db"
    if not full.exists():
        _import(_fresh(folder, full.name), deck)
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(python("-c", BARE_READ, str(following)))
        database = folder / "replaced.db"
        shutil.copyfile(full, database)
        ours.append(_import(database, following, "--mode", "replace"))
    _compare(f"import {rows} rows replacing as many, a third changed", bare, ours, 2.5, 1.5)


def _compare(
    what: str, bare: list[Cost], ours: list[Cost], goal: float, memory: float | None
) -> None:
    cpu, base = _median([c.cpu for c in ours]), _median([c.cpu for c in bare])
    _line(f"{what}: cpu", cpu / base, f"<= {goal}", f"{cpu:.2f} s against {base:.2f} s")
    if memory:
        peak, floor = _median([c.peak for c in ours]), _median([c.peak for c in bare])
        detail = f"{peak:.0f} MiB against {floor:.0f} MiB"
        _line(f"{what}: peak memory", peak / floor, f"<= {memory}", detail)


def _timed(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _matching(rounds: int) -> None:
    """5 000 noisy distinct names against the operators, beside one cdist over the same names."""
    from rapidfuzz import fuzz, process

    from dictionaries.entries import Dictionaries
    from dictionaries.match import match
    from dictionaries.normalise import normalise

    operators = Dictionaries.load()["operator"]
    labels = [(key, operators.label(key)) for key in operators]
    rng = np.random.default_rng(7)
    labels = [pair for pair in labels if operators.entry(pair[0]).countries]
    chosen = [labels[i] for i in rng.integers(0, len(labels), 5000)]
    values = [_noisy(name, rng) for _, name in chosen]
    contexts = [operators.entry(key).countries[0] for key, _ in chosen]
    match(operators, values[:10], contexts=contexts[:10])
    names = [normalise(name) for _, name in labels]
    queries = [normalise(value) for value in values]

    def yardstick() -> object:
        return process.cdist(queries, names, scorer=fuzz.token_sort_ratio)

    bare = _median([_timed(yardstick) for _ in range(rounds)])
    ours = _median(
        [_timed(lambda: match(operators, values, contexts=contexts)) for _ in range(rounds)]
    )
    _line(
        "match 5000 operator names within their country", ours / bare, "<= 3",
        f"{ours:.2f} s against one cdist {bare:.2f} s",
    )  # fmt: skip
    loose = _median([_timed(lambda: match(operators, values)) for _ in range(rounds)])
    _line(
        "match 5000 operator names without a country", loose / bare, "<= 3",
        f"{loose:.2f} s against one cdist {bare:.2f} s",
    )  # fmt: skip


def _noisy(name: str, rng: np.random.Generator) -> str:
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return name.upper()
    if kind == 1:
        return f"{name} Mobile"
    if kind == 2:
        return " ".join(reversed(name.split()))
    place = int(rng.integers(0, max(1, len(name))))
    return name[:place] + name[place + 1 :]


def _store(rounds: int, rows: int, folder: Path) -> None:
    """Writing a tree's nodes beside a raw executemany into the same table with the same indexes."""
    from tests.bench.storing import raw_sqlite, through_changes

    ours, bare = [], []
    for _ in range(rounds):
        bare.append(raw_sqlite(_fresh(folder, "raw.db"), rows))
        ours.append(through_changes(_fresh(folder, "store.db"), rows))
    speed = _median(bare) / _median(ours)
    detail = f"{rows / _median(ours):,.0f} rows/s against {rows / _median(bare):,.0f}"
    _line("store nodes, SQLite, speed against raw executemany", speed, ">= 0.5", detail)
    _store_postgres(rounds, rows)


def _store_postgres(rounds: int, rows: int) -> None:
    from tests.bench.storing import postgres_pair

    pairs = postgres_pair(rounds, rows)
    bare, ours = _median([b for b, _ in pairs]), _median([o for _, o in pairs])
    detail = f"{rows / ours:,.0f} rows/s against {rows / bare:,.0f}"
    _line("store nodes, PostgreSQL, speed against raw COPY", bare / ours, ">= 0.5", detail)


def _node(rounds: int, folder: Path) -> None:
    """Opening a node (a page of children) beside the raw keyset query."""
    from app.db.engine import open_database
    from app.db.queries.rate_nodes import children
    from tests.bench.storing import through_changes

    path = _fresh(folder, "node.db")
    through_changes(path, 200_000)
    raw = sqlite3.connect(path)
    sql = (
        "SELECT * FROM rate_node WHERE scope_id = 1 AND parent_no = ? AND key > '' "
        "ORDER BY key LIMIT 200"
    )
    parent = raw.execute(
        "SELECT parent_no FROM rate_node WHERE parent_no IS NOT NULL GROUP BY parent_no "
        "ORDER BY count(*) DESC LIMIT 1"
    ).fetchone()[0]
    ours, bare = [], []
    with open_database(path, create=False) as database, database.read() as connection:
        for _ in range(rounds * 200):
            bare.append(_wall(lambda: raw.execute(sql, (parent,)).fetchall()))
            ours.append(_wall(lambda: children(connection, 1, parent, limit=200)))
    raw.close()
    ratio = _median(ours) / _median(bare)
    detail = f"{1e6 * _median(ours):.0f} us against {1e6 * _median(bare):.0f} us"
    _line("open a node (200 children) against a raw query", ratio, "<= 3", detail)


def _wall(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
