"""Rate trees in words: names of keys, texts of prices, nested data for printing and JSON."""

from __future__ import annotations

from typing import Any

from app.domain.pricing import parse_scale, price_text
from app.domain.tree import BillingRule, PriceType, QuantityRule, RateTree
from app.domain.tree_draft import NodeState
from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries

PRICE_DECIMALS_SHOWN = 5


def nested(
    tree: RateTree, catalogue: Catalogue, dictionaries: Dictionaries
) -> list[dict[str, Any]]:
    """Return the nodes below the root as nested plain data in sibling order."""
    tree = tree.take(tree.preorder())
    nodes: list[dict[str, Any]] = []
    for index in range(len(tree)):
        node = describe(tree, index, catalogue, dictionaries)
        nodes.append(node)
        if index:
            nodes[int(tree.parent[index])].setdefault("children", []).append(node)
    children: list[dict[str, Any]] = nodes[0].get("children", [])
    return children


def describe(
    tree: RateTree, index: int, catalogue: Catalogue, dictionaries: Dictionaries
) -> dict[str, Any]:
    """Return one node as plain data: attribute, key, name, price type, price or scale, rules."""
    parent = int(tree.parent[index])
    attribute = tree.attributes[tree.depends_on[parent]] if parent >= 0 else ""
    key = tree.keys[tree.key[index]]
    kind = PriceType(int(tree.price_type[index]))
    node: dict[str, Any] = {
        "attribute": attribute,
        "key": key,
        "name": catalogue.key_text(attribute, key, dictionaries) if attribute else "",
        "price_type": kind.name.lower(),
        "text": price_words(tree, index),
    }
    if tree.depends_on[index] >= 0:
        node["depends_on"] = tree.attributes[tree.depends_on[index]]
    if tree.price[index] >= 0:
        node["price"] = price_text(int(tree.price[index]))
    if tree.scale[index] >= 0:
        scale = parse_scale(tree.scales[tree.scale[index]])
        node["scale"] = {
            "type": scale.type.value,
            "group": scale.group or None,
            "tiers": [{"price": price_text(t.price), "up_to": t.up_to} for t in scale.tiers],
        }
    node |= _extras(tree, index)
    return node


def _extras(tree: RateTree, index: int) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if tree.connect_price[index] >= 0:
        extras["connect_price"] = price_text(int(tree.connect_price[index]))
    for name in ("first_interval", "next_interval"):
        if getattr(tree, name)[index] >= 0:
            extras[name] = int(getattr(tree, name)[index])
    if tree.billing_rule[index]:
        extras["billing_rule"] = BillingRule(int(tree.billing_rule[index])).name.lower()
    if tree.quantity_rule[index]:
        extras["quantity_rule"] = QuantityRule(int(tree.quantity_rule[index])).name.lower()
    return extras


def price_words(tree: RateTree, index: int, *, voice: bool = True) -> str:
    """Return what the node costs in words; without ``voice`` as the tree's Price column shows it.

    The rest of a voice price is in :func:`interval_words` and ``connect_price`` then.
    """
    kind = PriceType(int(tree.price_type[index]))
    if kind is PriceType.DEPENDS_ON:
        return f"by {tree.attributes[tree.depends_on[index]].replace('_', ' ')}"
    if kind is PriceType.FLAT:
        price = price_text(int(tree.price[index]), PRICE_DECIMALS_SHOWN)
        return price + (_voice_words(tree, index) if voice else "")
    if kind is PriceType.SCALE:
        return scale_words(tree.scales[tree.scale[index]])
    return {PriceType.NONE: "incomplete: no price type"}.get(
        kind, kind.name.capitalize().replace("_", " ")
    )


def state_words(state: NodeState) -> str:
    """Return what a node with these values costs, in the words of :func:`price_words`."""
    kind = PriceType(state.price_type)
    if kind is PriceType.DEPENDS_ON:
        return f"by {(state.depends_on or '').replace('_', ' ')}"
    if kind is PriceType.SCALE and state.scale is not None:
        return scale_words(state.scale)
    if kind is PriceType.FLAT and state.price is not None:
        intervals = interval_words(state.first_interval, state.next_interval)
        voice = _in_brackets(intervals, state.connect_price)
        return price_text(state.price, PRICE_DECIMALS_SHOWN) + voice
    if kind in {PriceType.NONE, PriceType.FLAT, PriceType.SCALE}:
        return "incomplete"
    return kind.name.capitalize().replace("_", " ")


def interval_words(first: int | None, following: int | None) -> str:
    """Return "60/1 s", of one interval alone "first 60 s" or "next 1 s", "" of none (None)."""
    if first is not None and following is not None:
        return f"{first}/{following} s"
    if first is not None:
        return f"first {first} s"
    return f"next {following} s" if following is not None else ""


def stored_intervals(tree: RateTree, index: int) -> tuple[int | None, int | None]:
    """Return first and next interval of a node in seconds, None where it has none."""
    first, following = int(tree.first_interval[index]), int(tree.next_interval[index])
    return first if first >= 0 else None, following if following >= 0 else None


def connect_words(tree: RateTree, index: int) -> str:
    """Return the price of a connection, "" where the node has none."""
    price = int(tree.connect_price[index])
    return price_text(price, PRICE_DECIMALS_SHOWN) if price >= 0 else ""


def _voice_words(tree: RateTree, index: int) -> str:
    connect = int(tree.connect_price[index])
    intervals = interval_words(*stored_intervals(tree, index))
    return _in_brackets(intervals, connect if connect >= 0 else None)


def _in_brackets(intervals: str, connect: int | None) -> str:
    parts = [intervals] if intervals else []
    if connect is not None:
        parts.append(f"connect {price_text(connect, PRICE_DECIMALS_SHOWN)}")
    return f" ({', '.join(parts)})" if parts else ""


def scale_words(text: str) -> str:
    """Return a scale in words: type, tiers with their thresholds, counter group."""
    scale = parse_scale(text)
    tiers = ", ".join(
        f"{price_text(t.price, PRICE_DECIMALS_SHOWN)} up to {'∞' if t.up_to is None else t.up_to}"
        for t in scale.tiers
    )
    group = f" per {scale.group.replace('_', ' ')}" if scale.group else ""
    return f"{'Tier' if scale.type == 'tier' else 'Back-to-First'}{group}: {tiers}"
