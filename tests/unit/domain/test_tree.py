from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tree import (
    LevelCodes,
    TableProblem,
    build,
    empty_tree,
    from_table,
    key_ranks,
)
from tests.unit.domain.trees import STEPS, TARGET, leaf_values, rates_of, snapshot, tree_of

keys = st.sampled_from(["ES", "DE", "*", "21401", "a", "Z", "é"])
rates = st.dictionaries(st.tuples(keys, keys), st.integers(0, 10**9), min_size=1, max_size=12)


def test_siblings_stand_by_key_with_others_last() -> None:
    tree = tree_of(
        {("ES", "*"): 8, ("ES", "21401"): 5, ("*", "*"): 1, ("DE", "*"): 3}, ("country", "network")
    )
    shown = [tree.path(n)[-1][1] for n in range(3, len(tree))]
    assert shown == ["DE", "*", "ES", "21401", "*", "*", "*"]


def test_only_leaves_count_and_branches_depend_on_the_next_level() -> None:
    tree = tree_of({("ES", "21401"): 5, ("ES", "*"): 8}, ("country", "network"))
    assert tree.leaf.sum() == 2
    assert tree.level_counts() == [("domain", 1), ("resource", 1), ("country", 1), ("network", 2)]
    assert tree.find((*TARGET, ("country", "ES"), ("network", "21401"))) > 0
    assert tree.find((*TARGET, ("mcc", "ES"))) == -1


def test_a_target_without_levels_becomes_a_leaf_and_keeps_its_rules() -> None:
    tree = build(STEPS, [], leaf_values([7]))
    assert rates_of(tree) == {TARGET: 7}
    assert tree.billing_rule[2] == 1
    assert tree.depends_on[2] == -1


def test_the_same_path_twice_is_refused() -> None:
    level = LevelCodes("country", ["ES"], np.array([0, 0], np.int32))
    with pytest.raises(ValueError, match="same path"):
        build(STEPS, [level], leaf_values([1, 2]))


@given(rates)
def test_a_built_tree_holds_exactly_the_rates(given_rates: dict[tuple[str, str], int]) -> None:
    tree = tree_of(given_rates, ("country", "network"))
    expected = {
        (*TARGET, ("country", a), ("network", b)): price for (a, b), price in given_rates.items()
    }
    assert rates_of(tree) == expected
    assert (tree.parent[1:] < np.arange(1, len(tree))).all()
    assert (tree.preorder() == np.arange(len(tree))).all()


@given(rates, st.randoms(use_true_random=False))
def test_a_shuffled_table_gives_the_same_tree(given_rates, random) -> None:
    tree = tree_of(given_rates, ("country", "network"))
    rows = list(range(1, len(tree)))
    random.shuffle(rows)
    nodes = np.array(rows, np.int64)
    depth = tree.depth()
    levels = []
    for level in range(1, int(depth.max()) + 1):
        codes = np.full(len(nodes), -1, np.int32)
        for place, node in enumerate(rows):
            above = node
            while depth[above] > level:
                above = int(tree.parent[above])
            if depth[above] == level:
                codes[place] = tree.key[above]
        levels.append(LevelCodes("", tree.keys, codes))
    values = {n: getattr(tree, n)[nodes] for n in leaf_values([]).__slots__ if n != "scales"}
    again = from_table(
        levels,
        tree.depends_on[nodes].astype(np.int32),
        tree.attributes,
        type(leaf_values([]))(**values, scales=[]),
    )
    assert snapshot(again) == snapshot(tree)


def test_a_table_without_a_parent_names_the_row() -> None:
    levels = [
        LevelCodes("", ["sms"], np.array([0], np.int32)),
        LevelCodes("", ["sms_message"], np.array([0], np.int32)),
    ]
    with pytest.raises(TableProblem, match="above it has no row") as caught:
        from_table(levels, np.array([-1], np.int32), [], leaf_values([1]))
    assert caught.value.row == 0


def test_a_node_given_twice_names_the_second_row() -> None:
    levels = [LevelCodes("", ["sms"], np.array([0, 0], np.int32))]
    with pytest.raises(TableProblem, match="twice") as caught:
        from_table(levels, np.array([-1, -1], np.int32), [], leaf_values([1, 2]))
    assert caught.value.row == 1


def test_ranks_put_others_last() -> None:
    ranks = key_ranks(["b", "*", "a", "b"])
    assert ranks[2] < ranks[0] == ranks[3] < ranks[1]
    ranks = key_ranks(["ö", "*", "a"])
    assert ranks[2] < ranks[0] < ranks[1]


def test_a_new_scope_has_a_root_by_domain() -> None:
    tree = empty_tree()
    assert len(tree) == 1
    assert tree.attributes[tree.depends_on[0]] == "domain"
