"""Price changes are exact, rounded as asked, and never make a rate free by accident (item 31)."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.price_changes import NO_PRICE, SCALES_LEFT, PriceChange, outcome
from app.domain.pricing import Scale, ScaleType, Tier
from app.domain.tree_draft import NodeState

ONE = 10**8
SCALE = Scale(ScaleType.TIER, (Tier(5_000_000, 1000), Tier(4_000_000, None)), "country").text()


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (PriceChange("percent", Decimal(3)), "0.05000", "0.05150"),
        (PriceChange("percent", Decimal("-2.5"), decimals=4), "0.05", "0.0488"),
        (PriceChange("percent", Decimal("-2.5"), decimals=4, rounding="up"), "0.05", "0.0488"),
        (PriceChange("percent", Decimal("-2.5"), decimals=3, rounding="down"), "0.05", "0.048"),
        (PriceChange("add", Decimal("0.001")), "0.05", "0.051"),
        (PriceChange("set", Decimal("0.123456"), decimals=5), "7", "0.12346"),
        (PriceChange("multiply", Decimal("1.1"), decimals=2), "0.05", "0.06"),
        (PriceChange("percent", Decimal(10), step=Decimal("0.005")), "0.0502", "0.055"),
        (
            PriceChange("percent", Decimal(10), step=Decimal("0.005"), rounding="up"),
            "0.0502",
            "0.06",
        ),
    ],
)
def test_item_31_kinds_and_rounding(change: PriceChange, before: str, after: str) -> None:
    assert change.problem() == ""
    assert change.applied(int(Decimal(before) * ONE)) == int(Decimal(after) * ONE)


@given(
    st.integers(0, 10**14),
    st.sampled_from(["percent", "add", "set", "multiply"]),
    st.decimals(-1000, 1000, places=6),
    st.integers(0, 8),
    st.sampled_from(["half_up", "up", "down"]),
    st.one_of(st.none(), st.integers(1, 10**9)),
)
def test_item_31_arithmetic_is_exact(
    units: int, kind: str, value: Decimal, decimals: int, rounding: str, step: int | None
) -> None:
    change = PriceChange(
        kind, value, decimals, rounding, None if step is None else Decimal(step).scaleb(-8)
    )
    price = Fraction(units, ONE)
    by = Fraction(value)
    exact = {
        "percent": price * (1 + by / 100), "add": price + by, "set": by, "multiply": price * by,
    }[kind]  # fmt: skip
    grid = Fraction(step, ONE) if step else Fraction(1, 10**decimals)
    steps = exact / grid
    if rounding == "half_up":
        whole = math.floor(abs(steps) + Fraction(1, 2)) * (1 if steps >= 0 else -1)
    else:
        whole = math.ceil(steps) if rounding == "up" else math.floor(steps)
    assert change.applied(units) == whole * grid * ONE


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (PriceChange("double", Decimal(1)), "Choose how"),
        (PriceChange("add", Decimal("NaN")), "Give a number"),
        (PriceChange("add", Decimal(1), decimals=9), "0 to 8 decimals"),
        (PriceChange("add", Decimal(1), step=Decimal(0)), "step must be above 0"),
        (PriceChange("add", Decimal(1), step=Decimal("0.0000000001")), "step must be"),
    ],
)
def test_senseless_changes_say_so(change: PriceChange, sentence: str) -> None:
    assert sentence in change.problem()


def test_item_31_zero_and_negative_prices_are_refused() -> None:
    flat = NodeState("DE", None, 2, 5_000_000)
    for change in (
        PriceChange("percent", Decimal(-100)),
        PriceChange("add", Decimal("-0.06")),
        PriceChange("multiply", Decimal("0.00009"), decimals=5),
        PriceChange("set", Decimal(0)),
    ):
        assert outcome(change, flat).refused
    assert outcome(
        PriceChange("multiply", Decimal(10**9)), NodeState("DE", None, 2, 10**15)
    ).refused


def test_scales_connection_prices_and_unpriced_rates() -> None:
    change = PriceChange("percent", Decimal(10), also_connect=True)
    scaled = outcome(change, NodeState("DE", None, 3, scale=SCALE)).after
    assert scaled is not None
    assert scaled.scale == SCALE.replace('"0.05"', '"0.055"').replace('"0.04"', '"0.044"')
    left = PriceChange("percent", Decimal(10), also_scales=False)
    assert outcome(left, NodeState("DE", None, 3, scale=SCALE)).reason == SCALES_LEFT
    call = NodeState("49", None, 2, 1_000_000, connect_price=2_000_000, first_interval=60)
    changed = outcome(change, call).after
    assert changed == NodeState(
        "49", None, 2, 1_100_000, connect_price=2_200_000, first_interval=60
    )
    alone = outcome(PriceChange("percent", Decimal(10)), call).after
    assert alone is not None
    assert alone.connect_price == 2_000_000
    for kind in (0, 4, 7):
        assert outcome(change, NodeState("DE", None, kind)).reason == NO_PRICE
