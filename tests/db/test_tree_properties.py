"""Random histories of edits and undos, held against trees kept in memory."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.db.engine import Database
from app.db.queries.rate_nodes import read_tree_at
from app.db.queries.scopes import ScopeRecord
from tests.db.trees import ROOT_ONLY, Path, Tree, Values, branch, commit, live, plain, undo

KEYS = st.sampled_from(["*", "AF", "DE", "26201", "é"])
LEAVES = st.builds(
    Values,
    price_type=st.sampled_from([0, 2, 3, 4, 7]),
    price=st.sampled_from([-1, 0, 1, 10**8, 10**18 - 1]),
    billing_rule=st.integers(0, 3),
    quantity_rule=st.integers(0, 4),
    connect_price=st.sampled_from([-1, 0, 5]),
    first_interval=st.sampled_from([-1, 0, 60]),
    next_interval=st.sampled_from([-1, 1]),
    scale=st.sampled_from([None, "[1]", "[2]"]),
)
BRANCHES = st.builds(branch, st.sampled_from(["country", "network"]))
NODES = st.dictionaries(
    st.lists(KEYS, min_size=1, max_size=3).map(tuple), st.one_of(LEAVES, BRANCHES), max_size=12
)
SLOWLY = settings(
    deadline=None,
    max_examples=12,
    # Shrinking against a database takes minutes; a failure prints its trees anyway.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def whole(nodes: dict[Path, Values]) -> Tree:
    """Return a tree of ``nodes`` with what stands above them; what has children is a branch."""
    tree: Tree = dict(ROOT_ONLY)
    for path, values in nodes.items():
        for depth in range(1, len(path)):
            if tree.get(path[:depth], Values()).depends_on is None:
                tree[path[:depth]] = branch("country")
        if tree.get(path, Values()).depends_on is None:
            tree[path] = values
    return tree


TREES = st.builds(whole, NODES)


@SLOWLY
@given(trees=st.lists(TREES, min_size=1, max_size=5))
def test_the_tree_of_every_revision_is_the_one_that_was_committed(
    database: Database, new_scope: Callable[[], ScopeRecord], trees: list[Tree]
) -> None:
    scope = new_scope()
    for tree in trees:
        commit(database, scope.id, tree)
        assert live(database, scope.id) == tree
    with database.read() as connection:
        found = [plain(read_tree_at(connection, scope.id, r)) for r in range(len(trees) + 1)]
    assert found == [ROOT_ONLY, *trees]


@SLOWLY
@given(trees=st.lists(TREES, min_size=2, max_size=4))
def test_undoing_from_the_last_revision_down_leads_back(
    database: Database, new_scope: Callable[[], ScopeRecord], trees: list[Tree]
) -> None:
    scope = new_scope()
    for tree in trees:
        commit(database, scope.id, tree)
    before = [ROOT_ONLY, *trees]
    for rev in range(len(trees), 0, -1):
        assert undo(database, scope.id, rev).kept == []
        assert live(database, scope.id) == before[rev - 1]


@SLOWLY
@given(base=TREES, imported=TREES, edited=TREES)
def test_undo_below_edits_reverses_the_rest_and_keeps_a_sound_tree(
    database: Database,
    new_scope: Callable[[], ScopeRecord],
    base: Tree,
    imported: Tree,
    edited: Tree,
) -> None:
    scope = new_scope()
    commit(database, scope.id, base)
    rev = commit(database, scope.id, imported)
    commit(database, scope.id, edited)
    result = undo(database, scope.id, rev)
    tree = live(database, scope.id)
    for path in tree:
        assert not path or tree[path[:-1]].depends_on is not None, "children below a leaf"
    kept = set(result.kept)
    for path in base.keys() | imported.keys() | edited.keys():
        was, became, now = base.get(path), imported.get(path), edited.get(path)
        # Untouched by the import, or touched after it: as the edit left it.
        if was == became or became != now:
            assert tree.get(path) == now, path
            continue
        # Touched by the import only: as it was, unless it is named as kept.
        assert tree.get(path) == (now if path in kept else was), path
    assert not {path for path in kept if base.get(path) == imported.get(path)}
