"""The rate tree and the importers may not import each other, but must mean the same by a number."""

from __future__ import annotations

from enum import IntEnum

import pytest

from app.domain import tree
from importers import records


@pytest.mark.parametrize("name", ["PriceType", "BillingRule", "QuantityRule"])
def test_stored_numbers_mean_the_same_in_both_layers(name: str) -> None:
    ours: type[IntEnum] = getattr(tree, name)
    theirs: type[IntEnum] = getattr(records, name)
    assert {m.name: m.value for m in ours} == {m.name: m.value for m in theirs}


def test_others_and_none_mean_the_same_in_both_layers() -> None:
    assert tree.OTHERS == records.OTHERS
