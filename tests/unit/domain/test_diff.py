from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.diff import Change, Mode, change_set, compare, diff, into_empty
from app.domain.pricing import Scale, ScaleType, Tier
from app.domain.tree import PriceType, build, empty_tree
from tests.unit.domain.trees import (
    STEPS,
    TARGET,
    applied,
    by_path,
    leaf_values,
    rates_of,
    snapshot,
    stored,
    tree_of,
)

LEVELS = ("country", "network")
keys = st.sampled_from(["ES", "DE", "FR", "*", "1", "2"])
rates = st.dictionaries(st.tuples(keys, keys), st.integers(0, 5), min_size=1, max_size=10)

OLD = {("ES", "1"): 5, ("ES", "*"): 8, ("DE", "*"): 3, ("ES", "2"): 9}
NEW = {("ES", "1"): 6, ("ES", "*"): 8, ("FR", "*"): 3, ("ES", "2"): 1}


@pytest.mark.parametrize(
    ("mode", "removed"), [(Mode.MERGE, 0), (Mode.REPLACE, 1), (Mode.REPLACE_LISTED, 0)]
)
def test_counts_per_mode(mode: Mode, removed: int) -> None:
    found = diff(stored(tree_of(OLD, LEVELS)), tree_of(NEW, LEVELS), TARGET, mode)
    assert found.counts() == {
        "new": 1, "increased": 1, "decreased": 1, "changed": 0, "unchanged": 1, "removed": removed,
    }  # fmt: skip


def test_replace_listed_closes_only_inside_the_named_countries() -> None:
    old = stored(tree_of({("ES", "1"): 1, ("ES", "2"): 1, ("DE", "1"): 1}, LEVELS))
    found = diff(old, tree_of({("ES", "1"): 1}, LEVELS), TARGET, Mode.REPLACE_LISTED)
    gone = {found.current.path(int(n))[-2:] for n in found.removed}
    assert gone == {(("country", "ES"), ("network", "2"))}


def _expected(old: dict, new: dict, mode: Mode) -> dict:
    if mode is Mode.REPLACE:
        kept = {}
    elif mode is Mode.REPLACE_LISTED:
        named = {country for country, _ in new}
        kept = {path: price for path, price in old.items() if path[0] not in named}
    else:
        kept = old
    return {**kept, **new}


@given(rates, rates, st.sampled_from(list(Mode)))
def test_applying_the_changes_gives_what_the_mode_promises(old, new, mode) -> None:
    current = stored(tree_of(old, LEVELS))
    found = diff(current, tree_of(new, LEVELS), TARGET, mode)
    assert not found.conflicts
    result = by_path(applied(current, change_set(found)))
    expected = snapshot(tree_of(_expected(old, new, mode), LEVELS))
    if (
        mode is Mode.REPLACE_LISTED
    ):  # a country whose networks all went stays as a branch only if named
        result = {p: v for p, v in result.items() if p in expected or v[1] != PriceType.DEPENDS_ON}
    assert result == expected


@given(rates, rates)
def test_counts_add_up(old, new) -> None:
    found = diff(stored(tree_of(old, LEVELS)), tree_of(new, LEVELS), TARGET, Mode.REPLACE)
    counts = found.counts()
    assert sum(counts.values()) - counts["removed"] == len(new)
    assert counts["removed"] == len(set(old) - set(new))
    assert counts["unchanged"] == sum(old.get(path) == price for path, price in new.items())
    assert counts["increased"] == sum(old.get(path, price) < price for path, price in new.items())


@given(rates)
def test_the_same_tree_again_changes_nothing(old) -> None:
    found = diff(stored(tree_of(old, LEVELS)), tree_of(old, LEVELS), TARGET, Mode.REPLACE)
    assert len(change_set(found)) == 0
    assert compare(tree_of(old, LEVELS), tree_of(old, LEVELS)).counts()["unchanged"] == len(old)


@given(rates)
def test_into_an_empty_scope_everything_is_new(new) -> None:
    found = into_empty(tree_of(new, LEVELS))
    assert found.counts()["new"] == len(new)
    rows = by_path(applied(empty_tree(), change_set(found)))
    assert rows == snapshot(tree_of(new, LEVELS))


def test_merging_networks_under_a_flat_country_keeps_its_price_as_others() -> None:
    old = stored(tree_of({("ES",): 4, ("DE",): 7}, ("country",)))
    found = diff(old, tree_of({("ES", "1"): 6}, LEVELS), TARGET, Mode.MERGE)
    assert found.counts() == {
        "new": 1, "increased": 0, "decreased": 0, "changed": 1, "unchanged": 0, "removed": 0,
    }  # fmt: skip
    result = by_path(applied(old, change_set(found)))
    spain = (*TARGET, ("country", "ES"))
    assert result[spain][:3] == ("network", PriceType.DEPENDS_ON, -1)
    assert result[(*spain, ("network", "*"))][2] == 4
    assert result[(*spain, ("network", "1"))][2] == 6
    assert result[(*TARGET, ("country", "DE"))][2] == 7


def test_merging_brings_its_own_others() -> None:
    old = stored(tree_of({("ES",): 4}, ("country",)))
    found = diff(old, tree_of({("ES", "*"): 9}, LEVELS), TARGET, Mode.MERGE)
    result = by_path(applied(old, change_set(found)))
    assert result[(*TARGET, ("country", "ES"), ("network", "*"))][2] == 9


@pytest.mark.parametrize("flat_side", ["current", "draft"])
def test_another_structure_is_a_conflict_for_merge_and_fine_for_replace(flat_side: str) -> None:
    deep = tree_of(OLD, LEVELS)
    other = tree_of({("26201",): 3}, ("mccmnc",)) if flat_side == "draft" else deep
    current = deep if flat_side == "draft" else tree_of({("26201",): 3}, ("mccmnc",))
    found = diff(stored(current), other, TARGET, Mode.MERGE)
    assert found.conflicts[0].path == TARGET
    replaced = diff(stored(current), other, TARGET, Mode.REPLACE)
    assert not replaced.conflicts
    result = by_path(applied(stored(current), change_set(replaced)))
    assert result == snapshot(other)


def test_a_flat_country_over_networks_is_a_conflict_for_merge() -> None:
    found = diff(
        stored(tree_of(OLD, LEVELS)), tree_of({("ES",): 1}, ("country",)), TARGET, Mode.MERGE
    )
    assert {c.path for c in found.conflicts} == {(*TARGET, ("country", "ES"))}


def test_dropping_a_fallback_is_told() -> None:
    old = stored(tree_of({("ES", "*"): 1, ("ES", "1"): 2}, LEVELS))
    new = tree_of({("ES", "1"): 2}, LEVELS)
    assert diff(old, new, TARGET, Mode.REPLACE).drops_others
    assert not diff(old, new, TARGET, Mode.MERGE).drops_others


@pytest.mark.parametrize("mode", list(Mode))
def test_rules_of_the_target_stay_unless_the_draft_names_some(mode: Mode) -> None:
    current = stored(tree_of(OLD, LEVELS))
    bare = build([STEPS[0], type(STEPS[1])("resource", "sms_message")], *_levels_and_leaves())
    found = diff(current, bare, TARGET, mode)
    result = by_path(applied(current, change_set(found)))
    assert result[TARGET][3:5] == (1, 1)


def _levels_and_leaves():
    import numpy as np

    from app.domain.tree import LevelCodes

    zero = np.zeros(1, np.int32)
    return [LevelCodes("country", ["ES"], zero), LevelCodes("network", ["1"], zero)], leaf_values(
        [5]
    )


def _scale(*prices: int) -> str:
    tiers = [Tier(p, (n + 1) * 100) for n, p in enumerate(prices[:-1])]
    return Scale(ScaleType.TIER, (*tiers, Tier(prices[-1], None))).text()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ((5, 4), (5, 4), Change.UNCHANGED),
        ((5, 4), (6, 4), Change.INCREASED),
        ((5, 4), (5, 3), Change.DECREASED),
        ((5, 4), (6, 3), Change.CHANGED),
    ],
)
def test_scales_move_up_down_or_both_ways(old, new, word) -> None:
    from dataclasses import replace

    def scaled(prices):
        tree = tree_of({("ES",): 0}, ("country",))
        kind, price, scale = tree.price_type.copy(), tree.price.copy(), tree.scale.copy()
        kind[3], price[3], scale[3] = PriceType.SCALE, -1, 0
        return replace(tree, price_type=kind, price=price, scale=scale, scales=[_scale(*prices)])

    found = compare(stored(scaled(old)), scaled(new))
    assert found.change[3] == word


def test_free_to_flat_is_changed_not_increased() -> None:
    from dataclasses import replace

    flat = tree_of({("ES",): 5}, ("country",))
    kind, price = flat.price_type.copy(), flat.price.copy()
    kind[3], price[3] = PriceType.FREE, -1
    free = replace(flat, price_type=kind, price=price)
    assert compare(stored(free), flat).counts()["changed"] == 1
    assert rates_of(flat)[(*TARGET, ("country", "ES"))] == 5
