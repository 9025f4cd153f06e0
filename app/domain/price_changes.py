"""A change of many prices at once: exact decimals, rounding, and what is refused (item 31)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache

from app.domain.kinds import PriceType
from app.domain.pricing import MAX_PRICE, PRICE_DECIMALS, Scale, Tier, from_units, parse_scale
from app.domain.tree_draft import NodeState

KINDS = ("percent", "add", "set", "multiply")
ROUNDINGS = {"half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What to do to prices: ``kind`` percent, add, set or multiply, then rounding.

    ``rounding`` half_up, up or down; to ``step`` (0.005 …) if given, else to ``decimals``.
    ``also_scales`` changes the price of every tier, ``also_connect`` voice's connection prices.
    """

    kind: str
    value: Decimal
    decimals: int = 5
    rounding: str = "half_up"
    step: Decimal | None = None
    also_scales: bool = True
    also_connect: bool = False

    def problem(self) -> str:
        """Return "", or a sentence why nothing can be changed like this."""
        if self.kind not in KINDS or self.rounding not in ROUNDINGS:
            return "Choose how to change and how to round the prices."
        if not self.value.is_finite() or abs(self.value) >= 10**10:
            return "Give a number for the change."
        if not 0 <= self.decimals <= PRICE_DECIMALS:
            return f"Prices have 0 to {PRICE_DECIMALS} decimals."
        if self.step is not None and not _fits(self.step):
            return f"The step must be above 0, with up to {PRICE_DECIMALS} decimals."
        return ""

    def applied(self, units: int) -> int:
        """Return the new price of an old one, both in 1e-8; it may be 0 or less, or too large."""
        return _applied(self, units)

    def applied_to_scale(self, text: str) -> str:
        """Return the canonical text of a scale with changed tier prices."""
        scale = parse_scale(text)
        tiers = tuple(Tier(self.applied(tier.price), tier.up_to) for tier in scale.tiers)
        return Scale(scale.type, tiers, scale.group).text()


@lru_cache(maxsize=1 << 16)
def _applied(change: PriceChange, units: int) -> int:
    with localcontext(_EXACT):
        price = from_units(units)
        if change.kind == "percent":
            price *= 1 + change.value / 100
        elif change.kind == "multiply":
            price *= change.value
        else:
            price = change.value + (price if change.kind == "add" else 0)
        step = change.step or Decimal(1).scaleb(-change.decimals)
        steps = (price / step).to_integral_value(ROUNDINGS[change.rounding])
        return int((steps * step).scaleb(PRICE_DECIMALS))


def _fits(step: Decimal) -> bool:
    scaled = step.scaleb(PRICE_DECIMALS)
    return step.is_finite() and step > 0 and scaled == int(scaled)


NO_PRICE = "have no price (free, blocked or incomplete)"
SCALES_LEFT = "have a scale, which stays as it is"
NOT_POSITIVE = "would cost nothing or less"
TOO_LARGE = "would cost 10 000 000 000 or more"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does to the values of a node: ``after`` None = nothing, for ``reason``.

    ``refused`` = the reason forbids the whole change.
    """

    after: NodeState | None
    reason: str = ""
    refused: bool = False


def outcome(change: PriceChange, state: NodeState) -> Outcome:
    """Return what ``change`` makes of a leaf's values."""
    if state.price_type == PriceType.FLAT and state.price is not None:
        after = replace(state, price=change.applied(state.price))
    elif state.price_type == PriceType.SCALE and state.scale is not None:
        if not change.also_scales:
            return Outcome(None, SCALES_LEFT)
        after = replace(state, scale=change.applied_to_scale(state.scale))
    else:
        return Outcome(None, NO_PRICE)
    if change.also_connect and state.connect_price:
        after = replace(after, connect_price=change.applied(state.connect_price))
    prices = prices_of(after, connect=change.also_connect)
    if min(prices) <= 0:
        return Outcome(None, NOT_POSITIVE, refused=True)
    if max(prices) > MAX_PRICE:
        return Outcome(None, TOO_LARGE, refused=True)
    return Outcome(after)


def prices_of(state: NodeState, *, connect: bool = False) -> list[int]:
    """Return the prices of a leaf in 1e-8: its own, or those of its tiers; [] if it has none."""
    prices: list[int] = []
    if state.price is not None:
        prices.append(state.price)
    if state.scale is not None:
        prices += [tier.price for tier in parse_scale(state.scale).tiers]
    if connect and state.connect_price:
        prices.append(state.connect_price)
    return prices
