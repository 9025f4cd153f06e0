"""Stores the same nodes through the product and by bare calls into the same indexed table."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from app.db.engine import Database, open_database
from app.db.queries import rate_nodes, scopes
from app.db.unit_of_work import driver_connection
from app.domain.diff import ChangeSet, change_set, into_empty
from app.domain.tree import LeafValues, LevelCodes, PathStep, PriceType, build

COLUMNS = (
    "scope_id, node_no, parent_no, key, depends_on, price_type, price, billing_rule, "
    "quantity_rule, connect_price, first_interval, next_interval, scale, from_rev"
)


def changes(rows: int) -> ChangeSet:
    """Return the insertion of ``rows`` prefixes in 500 destinations."""
    destinations = [f"Destination {n:03d}" for n in range(500)]
    leaves = LeafValues(
        price_type=np.full(rows, PriceType.FLAT, np.int8),
        price=np.arange(rows, dtype=np.int64) * 1000,
        billing_rule=np.zeros(rows, np.int8),
        quantity_rule=np.zeros(rows, np.int8),
        connect_price=np.full(rows, -1, np.int64),
        first_interval=np.full(rows, 60, np.int32),
        next_interval=np.full(rows, 60, np.int32),
        scale=np.full(rows, -1, np.int32),
        scales=[],
    )
    place = np.arange(rows, dtype=np.int32)
    levels = [
        LevelCodes("destination", destinations, (place // (rows // 500 + 1)).astype(np.int32)),
        LevelCodes("prefix", [str(10_000_000 + n) for n in range(rows)], place),
    ]
    path = [PathStep("domain", "voice"), PathStep("resource", "call", 3, 4)]
    return change_set(into_empty(build(path, levels, leaves)))


def _rows(written: ChangeSet) -> list[tuple[Any, ...]]:
    insert = written.insert
    count = len(insert)
    node = list(range(1, count + 1))
    parent = [p if p >= 0 else -p for p in written.insert_parent.tolist()]
    depends = [written.attributes[d] if d >= 0 else None for d in insert.depends_on.tolist()]

    def nullable(values: np.ndarray[Any, Any]) -> list[int | None]:
        return [None if v < 0 else v for v in values.tolist()]

    return list(
        zip(
            itertools.repeat(1),
            node,
            parent,
            [written.keys[k] for k in insert.key.tolist()],
            depends,
            insert.price_type.tolist(),
            nullable(insert.price),
            insert.billing_rule.tolist(),
            insert.quantity_rule.tolist(),
            nullable(insert.connect_price),
            nullable(insert.first_interval),
            nullable(insert.next_interval),
            itertools.repeat(None),
            itertools.repeat(1),
        )
    )


def raw_sqlite(path: Path, rows: int) -> float:
    """Return the seconds of one executemany in one transaction."""
    values = _rows(changes(rows))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    marks = ",".join("?" * 14)
    connection.executemany(f"INSERT INTO rate_node ({COLUMNS}) VALUES ({marks})", values)
    connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def through_changes(path: Path, rows: int) -> float:
    """Return the seconds of the product's own way, from arrays to commit."""
    with open_database(path, create=False) as database:
        return _applied(database, 1, changes(rows))


def _applied(database: Database, scope_id: int, written: ChangeSet) -> float:
    start = time.perf_counter()
    with database.write(bulk=True) as connection:
        scopes.lock_scope(connection, scope_id)
        rate_nodes.apply_changes(connection, scope_id, written, 1)
    return time.perf_counter() - start


def postgres_pair(rounds: int, rows: int) -> list[tuple[float, float]]:
    """Return (raw COPY, product) seconds per round on a server started for this."""
    from tests.helpers.postgres import PostgresServer

    server = PostgresServer()
    try:
        written = changes(rows)
        values = _rows(written)
        return [
            (
                _on_new_database(server, lambda db, scope: _copied(db, values)),
                _on_new_database(server, lambda db, scope: _applied(db, scope, written)),
            )
            for _ in range(rounds)
        ]
    finally:
        server.stop()


def _on_new_database(server: Any, run: Callable[[Database, int], float]) -> float:
    name = server.create_database()
    try:
        with open_database(server.address(name), create=True) as database:
            return run(database, _scope(database))
    finally:
        server.drop_database(name)


def _scope(database: Database) -> int:
    import datetime as dt

    from app.db.queries import services

    now = dt.datetime.now(dt.UTC)
    with database.write() as connection:
        made = services.create_service(connection, 1, name="Voice", now=now, currency="USD")
        return scopes.create_scope(connection, made.id, now=now, draft=True).id


def _copied(database: Database, values: list[tuple[Any, ...]]) -> float:
    from decimal import Decimal

    prices = [6, 9]
    rows = [
        tuple(
            Decimal(v).scaleb(-8) if i in prices and v is not None else v for i, v in enumerate(row)
        )
        for row in values
    ]
    start = time.perf_counter()
    with database.write() as connection:
        cursor = driver_connection(connection).cursor()
        with cursor.copy(f"COPY rate_node ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return time.perf_counter() - start
