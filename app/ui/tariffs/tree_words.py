"""What the cells of the rate tree say: columns, price types, prices, scales and rules in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.domain.kinds import BillingRule, PriceType, QuantityRule
from app.domain.pricing import Scale, ScaleType, parse_scale
from app.ui import formats
from dictionaries.catalogue import load_catalogue

if TYPE_CHECKING:
    from app.domain.tree_draft import NodeState

INFINITE = "∞"


def _tr(text: str) -> str:
    return QCoreApplication.translate("tree_words", text)


class Column(IntEnum):
    """The columns of the tree, in their order."""

    NAME = 0
    TYPE = 1
    PRICE = 2
    CONNECT = 3
    FIRST = 4
    NEXT = 5
    BILLING = 6
    QUANTITY = 7


FIELDS = {
    Column.TYPE: ("price_type", "depends_on"),
    Column.PRICE: ("price", "scale"),
    Column.CONNECT: ("connect_price",),
    Column.FIRST: ("first_interval",),
    Column.NEXT: ("next_interval",),
    Column.BILLING: ("billing_rule",),
    Column.QUANTITY: ("quantity_rule",),
}
"""Column → fields of a node's state that it shows."""

VOICE = (Column.CONNECT, Column.FIRST, Column.NEXT)
"""Columns that only voice rates have."""

NUMBERS = (Column.PRICE, *VOICE)
"""Columns that stand on the right."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A validity mark: the glyph left of the name, its word and the theme's tone."""

    glyph: str
    word: str
    tone: str


def column_title(column: Column, *, currency: str = "", priced: bool = True) -> str:
    """Return the header of a column; trees without prices (packs, bundles) have a status."""
    return {
        Column.NAME: _tr("Resources"),
        Column.TYPE: _tr("Price type") if priced else _tr("Status"),
        Column.PRICE: f"{_tr('Price')}, {currency}" if currency else _tr("Price"),
        Column.CONNECT: _tr("Connection price"),
        Column.FIRST: _tr("First interval, s"),
        Column.NEXT: _tr("Next interval, s"),
        Column.BILLING: _tr("Billing rule"),
        Column.QUANTITY: _tr("Quantity rule"),
    }[column]


@cache
def attribute_name(attribute: str) -> str:
    """Return the name of an attribute, a service domain and a resource included."""
    if attribute in {"domain", "resource"}:
        return {"domain": "Service domain", "resource": "Resource"}[attribute]
    known = load_catalogue().attributes.get(attribute)
    return known.name if known else attribute.replace("_", " ")


def type_name(price_type: int) -> str:
    """Return a price type in words."""
    return {
        PriceType.NONE: _tr("Not set"),
        PriceType.DEPENDS_ON: _tr("Depends on"),
        PriceType.FLAT: _tr("Flat rate"),
        PriceType.SCALE: _tr("Scale"),
        PriceType.FREE: _tr("Free"),
        PriceType.INCLUDED: _tr("Included"),
        PriceType.NOT_INCLUDED: _tr("Not included"),
        PriceType.BLOCKED: _tr("Blocked"),
    }[PriceType(price_type)]


def type_text(state: NodeState) -> str:
    """Return the Price type cell: "by Country" for Depends on."""
    if state.price_type == PriceType.DEPENDS_ON and state.depends_on:
        return _tr("by {attribute}").format(attribute=attribute_name(state.depends_on))
    return type_name(state.price_type)


def price_text(state: NodeState) -> str:
    """Return the Price cell: the price, or a scale in short."""
    if state.price_type == PriceType.FLAT:
        return formats.price(state.price)
    if state.price_type == PriceType.SCALE and state.scale:
        return scale_text(parse_scale(state.scale))
    return ""


def scale_name(kind: ScaleType) -> str:
    """Return the name of a scale type."""
    return _tr("Tier") if kind is ScaleType.TIER else _tr("Back-to-First")


def scale_text(scale: Scale) -> str:
    """Return a scale in short: type, number of tiers, lowest and highest price."""
    prices = [tier.price for tier in scale.tiers]
    low, high = formats.price(min(prices)), formats.price(max(prices))
    span = low if low == high else f"{low}–{high}"
    count = _tr("{n} tiers").format(n=len(prices)) if len(prices) > 1 else _tr("1 tier")
    return f"{scale_name(scale.type)} · {count} {span}"


def scale_lines(scale: Scale) -> list[tuple[str, str]]:
    """Return (volume, price) of each tier in words."""
    lines = []
    start = 0
    for tier in scale.tiers:
        if tier.up_to is None:
            over = _tr("over {n}").format(n=formats.number(start)) if start else _tr("any volume")
            lines.append((over, formats.price(tier.price)))
        else:
            span = f"{formats.number(start + 1)} – {formats.number(tier.up_to)}"
            lines.append((span, formats.price(tier.price)))
            start = tier.up_to
    return lines


def scale_tooltip(scale: Scale) -> str:
    """Return a whole scale, a line each tier, with its counter group."""
    head = scale_name(scale.type)
    if scale.group:
        group = attribute_name(scale.group)
        head += " · " + _tr("counted per {group}").format(group=group)
    return "\n".join([head, *(f"{volume}: {price}" for volume, price in scale_lines(scale))])


def billing_name(rule: int) -> str:
    """Return a billing rule in words."""
    return {
        BillingRule.INHERIT: _tr("Default"),
        BillingRule.SUBMITTED: _tr("Submitted"),
        BillingRule.DELIVERED: _tr("Delivered"),
        BillingRule.DEFAULT: _tr("Default"),
    }[BillingRule(rule)]


def quantity_name(rule: int) -> str:
    """Return a quantity rule in words."""
    return {
        QuantityRule.INHERIT: _tr("Default"),
        QuantityRule.MESSAGES: _tr("Messages"),
        QuantityRule.SEGMENTS: _tr("Segments"),
        QuantityRule.FULL_PERIOD: _tr("Full period"),
        QuantityRule.DEFAULT: _tr("Default"),
    }[QuantityRule(rule)]


def rule_text(column: Column, rule: int, effective: int) -> str:
    """Return a rule cell; an inherited one is "Default (Submitted)"."""
    name = billing_name if column is Column.BILLING else quantity_name
    plain, told = _tr("Default"), name(effective)
    return name(rule) if rule else plain if told == plain else f"{plain} ({told})"


def mark_of(name: str) -> Mark | None:
    """Return the validity mark of a row, None for a row in order."""
    return {
        "incomplete": Mark(
            "⚠", _tr("Incomplete: no usable price type, not used for rating"), "warn"
        ),
        "empty": Mark("⚠", _tr("Incomplete: nothing below yet, add values"), "warn"),
        "no_others": Mark("◌", _tr("Others missing: values not listed here have no rate"), "info"),
        "missed_option": Mark("✕", _tr("Missed option: not in the dictionary any more"), "error"),
        "expired": Mark("◷", _tr("Expired: the entry is retired in its dictionary"), "warn"),
    }.get(name)
