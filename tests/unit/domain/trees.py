"""Small trees written as {path of keys: price}, and an oracle of what a commit does to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.domain.diff import ChangeSet
from app.domain.tree import PAYLOAD, LeafValues, LevelCodes, PathStep, PriceType, RateTree, build

TARGET = (("domain", "sms"), ("resource", "sms_message"))
STEPS = [PathStep("domain", "sms"), PathStep("resource", "sms_message", 1, 1)]


def leaf_values(prices: list[int]) -> LeafValues:
    count = len(prices)
    return LeafValues(
        price_type=np.full(count, PriceType.FLAT, np.int8),
        price=np.array(prices, np.int64),
        billing_rule=np.zeros(count, np.int8),
        quantity_rule=np.zeros(count, np.int8),
        connect_price=np.full(count, -1, np.int64),
        first_interval=np.full(count, -1, np.int32),
        next_interval=np.full(count, -1, np.int32),
        scale=np.full(count, -1, np.int32),
        scales=[],
    )


def tree_of(rates: dict[tuple[str, ...], int], attributes: tuple[str, ...]) -> RateTree:
    """Build a tree with one level per attribute."""
    levels = []
    for depth, attribute in enumerate(attributes):
        keys = list(dict.fromkeys(path[depth] for path in rates))
        codes = np.array([keys.index(path[depth]) for path in rates], np.int32)
        levels.append(LevelCodes(attribute, keys, codes))
    return build(STEPS, levels, leaf_values(list(rates.values())))


def stored(tree: RateTree) -> RateTree:
    """Give a tree the numbers it would have in a database."""
    return replace(tree, node_no=np.arange(len(tree), dtype=np.int64) * 3)


def rates_of(tree: RateTree) -> dict[tuple[tuple[str, str], ...], int]:
    """Return {full path: price} of the leaves."""
    return {tree.path(int(n)): int(tree.price[n]) for n in np.flatnonzero(tree.leaf)}


def snapshot(tree: RateTree) -> dict[tuple[tuple[str, str], ...], tuple[object, ...]]:
    """Return every node's values by path, with pool codes spelled out."""
    return {tree.path(n): _values(tree, n) for n in range(len(tree))}


def _values(tree: RateTree, node: int) -> tuple[object, ...]:
    return tuple(_spelled(tree, name, int(getattr(tree, name)[node])) for name in PAYLOAD)


def _spelled(tree: RateTree, name: str, value: int) -> object:
    if name == "depends_on":
        return tree.attributes[value] if value >= 0 else None
    if name == "scale":
        return tree.scales[value] if value >= 0 else None
    return value


def applied(
    current: RateTree, changes: ChangeSet
) -> dict[int, tuple[int, str, tuple[object, ...]]]:
    """Apply a change set row by row: {node number: (parent number, key, values)}."""
    assert current.node_no is not None
    rows = {}
    for node in range(len(current)):
        parent = int(current.parent[node])
        rows[int(current.node_no[node])] = (
            int(current.node_no[parent]) if parent >= 0 else -1,
            current.keys[current.key[node]],
            _values(current, node),
        )
    for number in changes.remove_no.tolist():
        del rows[number]
    for place, number in enumerate(changes.update_no.tolist()):
        parent_no, key, _ = rows[number]
        rows[number] = (parent_no, key, _change_values(changes, changes.update, place))
    fresh = max(rows) + 1
    for place, parent_no in enumerate(changes.insert_parent.tolist()):
        at = parent_no if parent_no >= 0 else fresh - parent_no - 1
        assert at in rows, "a node stands before its parent"
        key = changes.keys[changes.insert.key[place]]
        rows[fresh + place] = (at, key, _change_values(changes, changes.insert, place))
    return rows


def _change_values(changes: ChangeSet, values: object, place: int) -> tuple[object, ...]:
    spelled = []
    for name in PAYLOAD:
        value = int(getattr(values, name)[place])
        if name == "depends_on":
            spelled.append(changes.attributes[value] if value >= 0 else None)
        elif name == "scale":
            spelled.append(changes.scales[value] if value >= 0 else None)
        else:
            spelled.append(value)
    return tuple(spelled)


def by_path(
    rows: dict[int, tuple[int, str, tuple[object, ...]]],
) -> dict[tuple[tuple[str, str], ...], tuple[object, ...]]:
    """Return applied rows as a :func:`snapshot`."""

    def path(number: int) -> tuple[tuple[str, str], ...]:
        parent, key, _ = rows[number]
        if parent < 0:
            return ()
        return (*path(parent), (str(rows[parent][2][0]), key))

    return {path(number): values for number, (_, _, values) in rows.items()}
