"""Prices and scales as exact values: integers of 1e-8 (F16) and canonical scale texts (SVC-5)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

PRICE_DECIMALS = 8
PRICE_ONE = 10**PRICE_DECIMALS
MAX_PRICE = 10**18 - 1
"""Greatest price that fits NUMERIC(18,8), in 1e-8."""


def to_units(price: Decimal) -> int:
    """Return ``price`` in 1e-8.

    Raises ValueError if it has more than 8 decimals or is too large.
    """
    scaled = price.scaleb(PRICE_DECIMALS)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{price} has more than {PRICE_DECIMALS} decimals")
    if abs(units) > MAX_PRICE:
        raise ValueError(f"{price} is too large for a price")
    return units


def from_units(units: int) -> Decimal:
    """Return 1e-8 units as an exact Decimal without trailing zeros."""
    value = Decimal(units).scaleb(-PRICE_DECIMALS).normalize()
    return value if value.as_tuple().exponent <= 0 else value.quantize(Decimal(1))  # type: ignore[operator]


def price_text(units: int, decimals: int = 0) -> str:
    """Return units as plain text with at least ``decimals`` decimals, never an exponent."""
    text = f"{from_units(units):f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(decimals, "0")
    return f"{whole}.{fraction}" if fraction else whole


class ScaleType(StrEnum):
    """SVC-5."""

    TIER = "tier"
    BACK_TO_FIRST = "back_to_first"


@dataclass(frozen=True, slots=True)
class Tier:
    """Price in 1e-8 up to and including ``up_to`` units; None = no limit."""

    price: int
    up_to: int | None


@dataclass(frozen=True, slots=True)
class Scale:
    """Tiers of a node; ``group`` is the counter group's attribute, "" = all traffic of the node.

    Raises ValueError unless thresholds rise and only the last one is open.
    """

    type: ScaleType
    tiers: tuple[Tier, ...]
    group: str = ""

    def __post_init__(self) -> None:
        limits = [tier.up_to for tier in self.tiers]
        if not limits or limits[-1] is not None or None in limits[:-1]:
            raise ValueError("the last tier, and only the last, must have no upper threshold")
        closed = [limit for limit in limits if limit is not None]
        if any(low >= high for low, high in itertools.pairwise(closed)):
            raise ValueError("the thresholds of a scale must rise")

    def text(self) -> str:
        """Return the canonical text that is stored and compared."""
        tiers = [[price_text(t.price), t.up_to] for t in self.tiers]
        plain = {"type": self.type.value, "group": self.group, "tiers": tiers}
        return json.dumps(plain, separators=(",", ":"))


def parse_scale(text: str) -> Scale:
    """Return the scale of a canonical text. Raises ValueError if it is not one."""
    plain = json.loads(text)
    tiers = tuple(Tier(to_units(Decimal(price)), up_to) for price, up_to in plain["tiers"])
    return Scale(ScaleType(plain["type"]), tiers, plain["group"])


def scale_direction(old: Scale, new: Scale) -> int:
    """Return 1 if no volume gets cheaper, -1 if none gets dearer, 0 if mixed, equal or unlike."""
    if (old.type, old.group) != (new.type, new.group):
        return 0
    signs = {_sign(b - a) for a, b in _paired(old.tiers, new.tiers)} - {0}
    return signs.pop() if len(signs) == 1 else 0


def _paired(old: Sequence[Tier], new: Sequence[Tier]) -> list[tuple[int, int]]:
    """Return the two prices at every threshold of either scale, and above the last."""
    limits = {t.up_to for t in (*old, *new)}
    return [(_price_at(old, limit), _price_at(new, limit)) for limit in limits]


def _price_at(tiers: Sequence[Tier], units: int | None) -> int:
    for tier in tiers:
        if tier.up_to is None or (units is not None and units <= tier.up_to):
            return tier.price
    return tiers[-1].price


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
