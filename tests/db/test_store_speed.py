"""Storing a tree against the driver's own bulk path into the same table, in turns.

The ratio is printed (``-s``) and kept in the report's properties; time itself fails no test.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from app.db.engine import Database
from app.db.queries.rate_nodes import apply_changes, read_tree
from app.db.queries.scopes import ScopeRecord
from app.db.unit_of_work import driver_connection
from app.domain.diff import ChangeSet, NodeValues

COUNTRIES, DESTINATIONS = 200, 2000
ROUNDS = 3


def deck(prefixes: int) -> ChangeSet:
    """Return a voice deck: country, destination, prefix."""
    above = 1 + COUNTRIES + DESTINATIONS
    count = above + prefixes
    parent = np.zeros(count, np.int64)
    parent[1 : 1 + COUNTRIES] = -1
    parent[1 + COUNTRIES : above] = -2 - np.arange(DESTINATIONS) % COUNTRIES
    parent[above:] = -2 - COUNTRIES - np.arange(prefixes) * DESTINATIONS // prefixes
    leaf = np.arange(count) >= above
    steps = [0, 1, 1 + COUNTRIES, above]
    depends = np.full(count, -1, np.int16)
    for code, (start, stop) in enumerate(itertools.pairwise(steps), start=1):
        depends[start:stop] = code
    price = np.random.default_rng(1).integers(0, 10**9, count)
    intervals = np.where(leaf, 60, -1).astype(np.int32)
    values = NodeValues(
        key=np.arange(count, dtype=np.int32),
        depends_on=depends,
        price_type=np.where(leaf, 2, 1).astype(np.int8),
        price=np.where(leaf, price, -1),
        billing_rule=np.zeros(count, np.int8),
        quantity_rule=np.zeros(count, np.int8),
        connect_price=np.full(count, -1, np.int64),
        first_interval=intervals,
        next_interval=intervals,
        scale=np.full(count, -1, np.int32),
    )
    nothing = NodeValues(*(getattr(values, name)[:0] for name in NodeValues.__slots__))
    none = np.empty(0, np.int64)
    keys = [
        "voice",
        *(f"key {n}" for n in range(above - 1)),
        *map(str, range(10**9, 10**9 + prefixes)),
    ]
    attributes = ("domain", "country", "destination", "prefix")
    return ChangeSet(values, parent, nothing, none, none, keys, attributes, [])


def raw_rows(tree: ChangeSet, scope_id: int, kind: str) -> list[tuple[Any, ...]]:
    """Return the rows of the deck as the driver wants them."""
    values = tree.insert
    parent = np.where(tree.insert_parent >= 0, tree.insert_parent, -tree.insert_parent)
    attributes = [*tree.attributes, None]

    def price(unit: int) -> Any:
        if unit < 0:
            return None
        return unit if kind == "sqlite" else Decimal(unit).scaleb(-8)

    return [
        (scope_id, n, p, tree.keys[k], attributes[d], t, price(u), 0, 0, None, i, i, None, 1)
        for n, p, k, d, t, u, i in zip(
            range(1, len(values) + 1),
            parent.tolist(),
            values.key.tolist(),
            values.depends_on.tolist(),
            values.price_type.tolist(),
            values.price.tolist(),
            (None if x < 0 else x for x in values.first_interval.tolist()),
            strict=True,
        )
    ]


def store_raw(database: Database, rows: list[tuple[Any, ...]], lines: bytes) -> float:
    began = time.perf_counter()
    with database.write(bulk=True) as connection:
        raw = driver_connection(connection)
        if database.kind == "sqlite":
            marks = ", ".join("?" * len(rows[0]))
            raw.executemany(f"INSERT INTO rate_node VALUES ({marks})", rows)
        else:
            with raw.cursor() as cursor, cursor.copy("COPY rate_node FROM STDIN") as copy:
                for start in range(0, len(lines), 1 << 20):
                    copy.write(lines[start : start + (1 << 20)])
    return time.perf_counter() - began


def store(database: Database, scope_id: int, tree: ChangeSet) -> float:
    began = time.perf_counter()
    with database.write(bulk=True) as connection:
        apply_changes(connection, scope_id, tree, 1)
    return time.perf_counter() - began


@pytest.mark.parametrize("prefixes", [20_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_storing_is_nearly_as_fast_as_the_driver(
    database: Database,
    new_scope: Callable[[], ScopeRecord],
    record_property: Callable[[str, object], None],
    prefixes: int,
) -> None:
    tree = deck(prefixes)
    own, raw = [], []
    for _ in range(ROUNDS):
        ours, theirs = new_scope().id, new_scope().id
        rows = raw_rows(tree, theirs, database.kind)
        lines = b""
        if database.kind != "sqlite":
            texts = ("\t".join("\\N" if c is None else str(c) for c in row) for row in rows)
            lines = ("\n".join(texts) + "\n").encode()
        raw.append(store_raw(database, rows, lines))
        own.append(store(database, ours, tree))
        with database.read() as connection:
            stored, given = read_tree(connection, ours), read_tree(connection, theirs)
        assert (stored.price == given.price).all()
        assert stored.keys == given.keys
        assert (stored.parent == given.parent).all()
    ratio = statistics.median(raw) / statistics.median(own)
    rate = len(tree) / statistics.median(own)
    record_property("store ratio", round(ratio, 2))
    print(f"\n{database.kind}: {len(tree)} nodes, {rate:,.0f}/s, {ratio:.2f} of the driver's speed")
