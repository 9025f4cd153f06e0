from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing import (
    MAX_PRICE,
    Scale,
    ScaleType,
    Tier,
    from_units,
    parse_scale,
    price_text,
    scale_direction,
    to_units,
)


@given(st.integers(0, MAX_PRICE))
def test_units_and_text_are_exact_both_ways(units: int) -> None:
    assert to_units(from_units(units)) == units
    assert to_units(Decimal(price_text(units))) == units
    assert "E" not in price_text(units)


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [(4_000_000, 5, "0.04000"), (100_000_000, 0, "1"), (1, 0, "0.00000001"), (0, 2, "0.00")],
)
def test_price_text_pads(units: int, decimals: int, text: str) -> None:
    assert price_text(units, decimals) == text


@pytest.mark.parametrize("text", ["0.123456789", "1e-9", "99999999999"])
def test_prices_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"decimals|large"):
        to_units(Decimal(text))


def test_a_scale_survives_its_text() -> None:
    scale = Scale(ScaleType.BACK_TO_FIRST, (Tier(500_000, 1000), Tier(400_000, None)), "sender_id")
    assert scale.text() == (
        '{"type":"back_to_first","group":"sender_id","tiers":[["0.005",1000],["0.004",null]]}'
    )
    assert parse_scale(scale.text()) == scale


@pytest.mark.parametrize("limits", [[], [10], [None, None], [10, 10, None], [20, 10, None]])
def test_thresholds_must_rise_to_an_open_end(limits: list[int | None]) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Scale(ScaleType.TIER, tuple(Tier(1, limit) for limit in limits))


def test_direction_compares_every_volume() -> None:
    old = Scale(ScaleType.TIER, (Tier(5, 1000), Tier(4, None)))
    assert scale_direction(old, Scale(ScaleType.TIER, (Tier(5, 2000), Tier(4, None)))) == 1
    assert scale_direction(old, Scale(ScaleType.TIER, (Tier(4, None),))) == -1
    assert scale_direction(old, Scale(ScaleType.BACK_TO_FIRST, old.tiers)) == 0
