"""The tree as it will be (IMP-12): what a preview shows is what a commit leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.diff import Change, Mode, change_set, diff
from app.domain.outcome import outcome, staying_nodes
from app.domain.tree import empty_tree
from tests.unit.domain.trees import TARGET, applied, by_path, snapshot, stored, tree_of

LEVELS = ("country", "network")
keys = st.sampled_from(["ES", "DE", "FR", "*", "1", "2"])
rates = st.dictionaries(st.tuples(keys, keys), st.integers(0, 5), min_size=1, max_size=10)
flat_rates = st.dictionaries(st.tuples(keys), st.integers(0, 5), min_size=1, max_size=5)
EVERY_MODE = st.sampled_from(list(Mode))


def _trees(old: dict, new: dict):
    """Return both trees; a level less on either side gives splits and conflicts."""
    before = tree_of(old, LEVELS[: len(next(iter(old)))])
    return stored(before), tree_of(new, LEVELS[: len(next(iter(new)))])


@settings(deadline=None)
@given(rates | flat_rates, rates | flat_rates, EVERY_MODE, st.sampled_from([TARGET, TARGET[:1]]))
def test_the_resulting_tree_equals_the_live_one_after_the_changes(old, new, mode, target) -> None:
    current, draft = _trees(old, new)
    found = diff(current, draft, target, mode)
    if found.conflicts:
        return
    live = by_path(applied(current, change_set(found)))
    assert snapshot(outcome(found, target).tree) == live


@settings(deadline=None)
@given(rates | flat_rates, rates | flat_rates, EVERY_MODE)
def test_the_rates_afterwards_add_up(old, new, mode) -> None:
    found = diff(*_trees(old, new), TARGET, mode)
    made = outcome(found, TARGET)
    counts = found.counts()
    after = sum(counts.values()) - counts["removed"] + made.staying
    if not found.conflicts:
        assert after == int(made.tree.leaf.sum())
        assert len(old) + counts["new"] - counts["removed"] == after


@settings(deadline=None)
@given(rates | flat_rates, rates, EVERY_MODE)
def test_every_node_tells_where_it_comes_from(old, new, mode) -> None:
    current, draft = _trees(old, new)
    found = diff(current, draft, TARGET, mode)
    made = outcome(found, TARGET)
    assert made.drafted == len(found.draft)
    assert made.before[made.drafted :].tolist() == staying_nodes(found, TARGET).tolist()
    for node, before in enumerate(made.before.tolist()):
        if before >= 0:
            path = made.tree.path(node)
            assert current.path(before) in (path, path[:-1])


@settings(deadline=None)
@given(rates | flat_rates, rates | flat_rates, EVERY_MODE)
def test_torn_branches_still_give_a_tree(old, new, mode) -> None:
    made = outcome(diff(*_trees(old, new), TARGET, mode), TARGET)
    tree = made.tree
    assert (tree.parent[1:] >= 0).all()
    paths = [tree.path(node) for node in range(len(tree))]
    assert len(set(paths)) == len(paths)
    assert not tree.leaf[tree.parent[1:]].any()


def test_nothing_beside_the_target_is_shown() -> None:
    old = stored(tree_of({("ES", "1"): 1, ("DE", "1"): 2}, LEVELS))
    spain = (*TARGET, ("country", "ES"))
    found = diff(old, tree_of({("ES", "2"): 3}, LEVELS), spain, Mode.MERGE)
    made = outcome(found, spain)
    assert made.staying == 1
    assert {p[-2:] for p in snapshot(made.tree) if len(p) == 4} == {
        (("country", "ES"), ("network", "1")),
        (("country", "ES"), ("network", "2")),
    }


def test_a_new_scope_has_nothing_that_stays() -> None:
    found = diff(empty_tree(), tree_of({("ES",): 1}, ("country",)), TARGET, Mode.MERGE)
    assert outcome(found, TARGET).staying == 0
    assert len(staying_nodes(found, TARGET)) == 0


@pytest.mark.parametrize(("price", "change"), [(4, "unchanged"), (6, "increased")])
def test_an_own_others_below_a_split_rate_is_held_against_its_price(price, change) -> None:
    old = stored(tree_of({("ES",): 4}, ("country",)))
    found = diff(old, tree_of({("ES", "*"): price, ("ES", "1"): 9}, LEVELS), TARGET, Mode.MERGE)
    counts = found.counts()
    assert (counts[change], counts["new"], counts["changed"]) == (1, 1, 0)
    others = int(np.flatnonzero(found.change == Change[change.upper()])[0])
    assert found.before[others] == old.find((*TARGET, ("country", "ES")))
