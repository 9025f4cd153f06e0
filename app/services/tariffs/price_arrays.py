"""A change of prices over a whole tree in arrays: distinct prices are changed once (DESIGN §2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain.diff import ChangeSet, NodeValues
from app.domain.kinds import PriceType
from app.domain.price_changes import NOT_POSITIVE, TOO_LARGE, PriceChange, prices_of
from app.domain.pricing import MAX_PRICE
from app.domain.tree import PAYLOAD, Bools, Int64, RateTree
from app.domain.tree_draft import NodeState
from app.errors import UserError


def changed_prices(tree: RateTree, nodes: Sequence[int], change: PriceChange) -> ChangeSet:
    """Return what a change writes to the rates at or below the stored ``nodes``.

    Raises UserError if one of them would cost nothing or less, or too much.
    """
    inside = _at_or_below(tree, nodes)
    flat = inside & (tree.price_type == PriceType.FLAT) & (tree.price >= 0)
    scaled = inside & (tree.price_type == PriceType.SCALE) & (tree.scale >= 0)
    scaled &= np.bool_(change.also_scales)
    changed = replace(tree, price=_mapped(tree.price, flat, change.applied))
    if scaled.any():
        changed = _with_scales(changed, scaled, change)
    if change.also_connect:
        charged = (flat | scaled) & (tree.connect_price > 0)
        changed = replace(
            changed, connect_price=_mapped(tree.connect_price, charged, change.applied)
        )
    differs = changed.price != tree.price
    differs |= changed.connect_price != tree.connect_price
    differs |= changed.scale != tree.scale
    return _updates(changed, np.flatnonzero(differs))


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """Leaves that share what a price change looks at, and how many they are."""

    state: NodeState
    leaves: int


def price_groups(tree: RateTree, nodes: Sequence[int]) -> list[PriceGroup]:
    """Return the distinct prices of the rates at or below the stored ``nodes``, unpriced too."""
    places = leaves_of(tree, nodes)
    composite = np.zeros(len(places), np.int64)
    for values in (tree.price_type, tree.scale, tree.connect_price, tree.price):
        distinct, codes = np.unique(values[places], return_inverse=True)
        composite = composite * len(distinct) + codes
    _, first, counts = np.unique(composite, return_index=True, return_counts=True)
    return [
        PriceGroup(state_at(tree, place), count)
        for place, count in zip(places[first].tolist(), counts.tolist(), strict=True)
    ]


def leaves_of(tree: RateTree, nodes: Sequence[int]) -> Int64:
    """Return the places of the rates at or below the stored ``nodes``, unpriced ones included."""
    inside = _at_or_below(tree, nodes)
    return np.flatnonzero(inside & (tree.price_type != PriceType.DEPENDS_ON))


def state_at(tree: RateTree, place: int) -> NodeState:
    """Return the values of a leaf."""

    def number(name: str) -> int | None:
        value = int(getattr(tree, name)[place])
        return None if value < 0 else value

    scale = number("scale")
    return NodeState(
        key=tree.keys[tree.key[place]],
        depends_on=None,
        price_type=int(tree.price_type[place]),
        price=number("price"),
        scale=None if scale is None else tree.scales[scale],
        billing_rule=int(tree.billing_rule[place]),
        quantity_rule=int(tree.quantity_rule[place]),
        connect_price=number("connect_price"),
        first_interval=number("first_interval"),
        next_interval=number("next_interval"),
    )


def _at_or_below(tree: RateTree, nodes: Sequence[int]) -> Bools:
    assert tree.node_no is not None, "a stored tree has numbers"
    mask = np.isin(tree.node_no, np.array(list(nodes), np.int64))
    inner = tree.parent >= 0
    for _ in range(int(tree.depth().max(initial=0))):
        mask |= inner & mask[tree.parent]
    return mask


def _mapped(values: Int64, where: Bools, change: Callable[[int], int]) -> Int64:
    distinct, inverse = np.unique(values[where], return_inverse=True)
    after = [change(value) for value in distinct.tolist()]
    _refuse(after)
    result = values.copy()
    result[where] = np.array(after, np.int64)[inverse]
    return result


def _with_scales(tree: RateTree, scaled: Bools, change: PriceChange) -> RateTree:
    distinct, inverse = np.unique(tree.scale[scaled], return_inverse=True)
    texts = [change.applied_to_scale(tree.scales[code]) for code in distinct.tolist()]
    for text in texts:
        _refuse(prices_of(NodeState("", None, int(PriceType.SCALE), scale=text)))
    pool = list(tree.scales)
    places = {text: code for code, text in reversed(list(enumerate(pool)))}
    for text in texts:
        if text not in places:
            places[text] = len(pool)
            pool.append(text)
    scale = tree.scale.copy()
    scale[scaled] = np.array([places[text] for text in texts], np.int32)[inverse]
    return replace(tree, scale=scale, scales=pool)


def _refuse(prices: Sequence[int]) -> None:
    for reason, wrong in ((NOT_POSITIVE, min(prices, default=1) <= 0),
                          (TOO_LARGE, max(prices, default=1) > MAX_PRICE)):  # fmt: skip
        if wrong:
            raise UserError(f"Some rates {reason}; no price was changed: choose a smaller change.")


def _updates(tree: RateTree, nodes: Int64) -> ChangeSet:
    assert tree.node_no is not None, "a stored tree has numbers"
    names = ("key", *PAYLOAD)
    none = np.empty(0, np.int64)
    return ChangeSet(
        insert=NodeValues(**{name: getattr(tree, name)[none] for name in names}),
        insert_parent=none,
        update=NodeValues(**{name: getattr(tree, name)[nodes] for name in names}),
        update_no=tree.node_no[nodes],
        remove_no=none,
        keys=tree.keys,
        attributes=tree.attributes,
        scales=tree.scales,
    )
