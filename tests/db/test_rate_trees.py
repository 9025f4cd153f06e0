"""Rate trees go in and come out as they were, whole and page by page, now and at any revision."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from app.db.engine import Database
from app.db.queries.rate_nodes import (
    apply_changes,
    changed_since,
    children,
    copy_tree,
    node_by_path,
    node_history,
    path_of,
    read_tree,
    read_tree_at,
    tree_counts,
)
from app.db.queries.scopes import ScopeRecord, add_revision, lock_scope, revisions, scope_by_id
from app.errors import Conflict, UserError
from tests.db.conftest import NOW
from tests.db.trees import ROOT_ONLY, Tree, Values, branch, changes, commit, flat, live, plain

SMS: Tree = {
    **ROOT_ONLY,
    ("sms",): branch("resource"),
    ("sms", "sms_message"): Values("country", 1, billing_rule=1, quantity_rule=2),
    ("sms", "sms_message", "AF"): branch("network"),
    ("sms", "sms_message", "AF", "41201"): flat(12_345_678),
    ("sms", "sms_message", "AF", "*"): flat(0),
    ("sms", "sms_message", "DE"): Values(price_type=3, scale='[{"price":"0.05"}]'),
    ("sms", "sms_message", "*"): Values(price_type=7),
    ("voice",): branch("prefix"),
    ("voice", "93"): flat(10**17 + 1, connect_price=7, first_interval=60, next_interval=1),
    ("voice", "a\\b\tc\nd\re % ünï 字"): flat(1),
}


def test_a_tree_comes_back_as_it_was_written(database: Database, scope: ScopeRecord) -> None:
    assert live(database, scope.id) == ROOT_ONLY
    commit(database, scope.id, SMS)
    assert live(database, scope.id) == SMS


def test_parents_stand_before_children_and_arrays_have_their_types(
    database: Database, scope: ScopeRecord
) -> None:
    commit(database, scope.id, SMS)
    commit(database, scope.id, {**SMS, ("sms", "fee"): branch("x"), ("sms", "fee", "1"): flat(1)})
    with database.read() as connection:
        tree = read_tree(connection, scope.id)
    assert (tree.parent[1:] < np.arange(1, len(tree))).all()
    assert tree.parent[0] == -1
    assert tree.node_no is not None
    assert tree.node_no[0] == 0
    kinds = {name: str(getattr(tree, name).dtype) for name in ("parent", "key", "depends_on")}
    assert kinds == {"parent": "int32", "key": "int32", "depends_on": "int16"}
    assert [str(tree.price.dtype), str(tree.price_type.dtype)] == ["int64", "int8"]
    assert len(set(tree.keys)) == len(tree.keys)


def test_every_revision_can_be_read_again(database: Database, scope: ScopeRecord) -> None:
    second = {path: values for path, values in SMS.items() if path[:1] != ("voice",)}
    second["sms", "sms_message", "AF", "41201"] = flat(5)
    third = {**second, ("voice",): flat(9)}
    for tree in (SMS, second, third):
        commit(database, scope.id, tree)
    with database.read() as connection:
        found = [plain(read_tree_at(connection, scope.id, rev)) for rev in range(4)]
        with pytest.raises(UserError, match="no revision 4"):
            read_tree_at(connection, scope.id, 4)
    assert found == [ROOT_ONLY, SMS, second, third]


def test_scopes_do_not_see_one_another(
    database: Database, new_scope: Callable[[], ScopeRecord]
) -> None:
    one, two = new_scope(), new_scope()
    commit(database, one.id, SMS)
    commit(database, two.id, {**ROOT_ONLY, ("push",): flat(3)})
    commit(database, one.id, ROOT_ONLY)
    assert live(database, two.id) == {**ROOT_ONLY, ("push",): flat(3)}
    assert live(database, one.id) == ROOT_ONLY


def test_pages_of_children_go_by_bytes_with_others_last(
    database: Database, scope: ScopeRecord
) -> None:
    keys = ["1", "10", "2", "B", "a", "é", "字", "+", "*", "~"]
    commit(database, scope.id, {**ROOT_ONLY, **{(key,): flat(1) for key in keys}})
    expected = [*sorted(key for key in keys if key != "*"), "*"]
    with database.read() as connection:
        for size in (1, 3, 4, 9, 10, 50):
            found: list[str] = []
            last: str | None = None
            while page := children(connection, scope.id, 0, after_key=last, limit=size):
                assert len(page) <= size
                found += [node.key for node in page]
                last = page[-1].key
            assert found == expected


def test_a_node_is_found_by_its_path_and_the_other_way(
    database: Database, scope: ScopeRecord
) -> None:
    commit(database, scope.id, SMS)
    path = ("voice", "93")
    with database.read() as connection:
        node = node_by_path(connection, scope.id, path)
        assert node is not None
        assert path_of(connection, scope.id, node.node_no) == path
        assert node_by_path(connection, scope.id, ("voice", "94")) is None
        root = node_by_path(connection, scope.id, ())
        assert root is not None
        assert root.node_no == 0
    assert node.price == Decimal("1000000000.00000001")
    assert node.connect_price == Decimal("0.00000007")
    assert (node.first_interval, node.next_interval, node.scale) == (60, 1, None)


def test_a_node_tells_its_versions(database: Database, scope: ScopeRecord) -> None:
    path = ("voice", "93")
    commit(database, scope.id, SMS)
    commit(database, scope.id, {**SMS, path: flat(7)})
    with database.read() as connection:
        node = node_by_path(connection, scope.id, path)
        assert node is not None
    commit(database, scope.id, {key: value for key, value in SMS.items() if key != path})
    with database.read() as connection:
        versions = node_history(connection, scope.id, node.node_no)
        assert path_of(connection, scope.id, node.node_no) == path
    assert [(v.node.from_rev, v.to_rev, v.actor, v.at) for v in versions] == [
        (1, 2, "tester", NOW),
        (2, 3, "tester", NOW),
    ]
    assert versions[1].node.price == Decimal("0.00000007")


def test_counts_are_of_leaves_and_nodes(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, SMS)
    with database.read() as connection:
        counts = tree_counts(connection, scope.id)
    assert (counts.nodes, counts.leaves) == (10, 6)
    assert counts.by_type == {1: 4, 2: 4, 3: 1, 7: 1}


def test_changed_since_names_new_changed_and_removed_nodes(
    database: Database, scope: ScopeRecord
) -> None:
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1), ("b",): flat(1), ("c",): flat(1)})
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1), ("b",): flat(2), ("d",): flat(1)})
    with database.read() as connection:
        assert changed_since(connection, scope.id, 1).tolist() == [2, 3, 4]
        assert changed_since(connection, scope.id, 2).tolist() == []


def test_a_copy_replaces_what_was_there_and_the_old_tree_stays_in_history(
    database: Database, new_scope: Callable[[], ScopeRecord]
) -> None:
    source, target = new_scope(), new_scope()
    commit(database, source.id, {**SMS, ("x",): flat(1)})
    commit(database, source.id, {**SMS, (): Values("domain", 1, billing_rule=2)})
    commit(database, target.id, {**ROOT_ONLY, ("old",): flat(4)})
    with database.write() as connection:
        rev = lock_scope(connection, target.id, 1).revision + 1
        done = copy_tree(connection, source.id, target.id, rev)
        add_revision(
            connection, target.id, rev, kind="copy", actor="tester", at=NOW,
            inserted=done.inserted, updated=done.updated, removed=done.removed,
        )  # fmt: skip
    assert (done.inserted, done.removed) == (len(SMS) - 1, 1)
    assert live(database, target.id) == live(database, source.id)
    with database.read() as connection:
        before = plain(read_tree_at(connection, target.id, 1))
    assert before == {**ROOT_ONLY, ("old",): flat(4)}
    # numbers go on after the copy
    commit(database, target.id, {**SMS, ("new",): flat(1)})
    assert live(database, target.id)["new",] == flat(1)


def test_numbers_of_nodes_are_never_used_again(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1)})
    commit(database, scope.id, ROOT_ONLY)
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1)})
    with database.read() as connection:
        node = node_by_path(connection, scope.id, ("a",))
        assert node is not None
        assert node.node_no == 2
        assert scope_by_id(connection, scope.id).next_node == 3
        found = [(r.rev, r.inserted, r.removed) for r in revisions(connection, scope.id)]
    assert found == [(3, 1, 0), (2, 0, 1), (1, 1, 0)]


def test_progress_is_told_and_may_stop_everything(database: Database, scope: ScopeRecord) -> None:
    told: list[tuple[int, int]] = []

    class GiveUp(Exception):
        pass

    def note(done: int, total: int) -> None:
        told.append((done, total))
        raise GiveUp

    with pytest.raises(GiveUp), database.write(bulk=True) as connection:
        lock_scope(connection, scope.id)
        difference = changes(read_tree(connection, scope.id), SMS)
        apply_changes(connection, scope.id, difference, 1, note)
    assert told == [(10, 10)]
    assert live(database, scope.id) == ROOT_ONLY


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        (("dear",), flat(10**18), "10000000000"),
        (("connect",), flat(1, connect_price=10**18), "connect"),
        (("negative",), flat(-5), "negative"),
        (("k" * 401,), flat(1), "401 characters"),
        (("nul\0",), flat(1), "can't be stored"),
        (("half\ud800",), flat(1), "can't be stored"),
    ],
)
def test_what_cannot_be_stored_exactly_is_refused(
    database: Database, scope: ScopeRecord, path: tuple[str, ...], values: Values, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        commit(database, scope.id, {**ROOT_ONLY, path: values})
    assert live(database, scope.id) == ROOT_ONLY


def test_the_largest_price_is_stored(database: Database, scope: ScopeRecord) -> None:
    tree = {**ROOT_ONLY, ("a",): flat(10**18 - 1, connect_price=10**18 - 1)}
    commit(database, scope.id, tree)
    assert live(database, scope.id) == tree


def test_a_key_of_the_largest_size_is_stored(database: Database, scope: ScopeRecord) -> None:
    tree = {**ROOT_ONLY, ("字" * 400,): flat(1)}
    commit(database, scope.id, tree)
    assert live(database, scope.id) == tree


@pytest.mark.parametrize(
    "values",
    [
        Values(price_type=8),
        Values(depends_on="country", price_type=2),
        Values(billing_rule=4),
        Values(quantity_rule=5),
    ],
)
def test_the_database_refuses_values_that_mean_nothing(
    database: Database, scope: ScopeRecord, values: Values
) -> None:
    with pytest.raises(IntegrityError) if database.kind != "sqlite" else pytest.raises(Exception):
        commit(database, scope.id, {**ROOT_ONLY, ("a",): values})
    assert live(database, scope.id) == ROOT_ONLY


def test_children_of_a_removed_node_may_not_stay(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, {**ROOT_ONLY, ("a",): branch("x"), ("a", "b"): flat(1)})
    with database.read() as connection:
        tree = read_tree(connection, scope.id)
    removal = changes(tree, {path: v for path, v in plain(tree).items() if path != ("a",)})
    with pytest.raises((IntegrityError, Conflict)), database.write() as connection:
        lock_scope(connection, scope.id)
        apply_changes(connection, scope.id, removal, 2)
    assert len(live(database, scope.id)) == 3


def test_changing_or_removing_a_node_that_is_gone_is_a_conflict(
    database: Database, scope: ScopeRecord
) -> None:
    commit(database, scope.id, {**ROOT_ONLY, ("a",): flat(1)})
    with database.read() as connection:
        tree = read_tree(connection, scope.id)
    update = changes(tree, {**ROOT_ONLY, ("a",): flat(2)})
    removal = changes(tree, ROOT_ONLY)
    commit(database, scope.id, ROOT_ONLY)
    for stale in (update, removal):
        with pytest.raises(Conflict), database.write() as connection:
            lock_scope(connection, scope.id)
            apply_changes(connection, scope.id, stale, 3)


def test_looking_for_children_uses_the_index_of_children(sqlite_file: object) -> None:
    """Otherwise removing n nodes walks the scope n times (the foreign key looks for children)."""
    from app.db.engine import open_database

    with open_database(str(sqlite_file), create=False) as database, database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT 1 FROM rate_node WHERE scope_id = ? AND parent_no = ?",
            (1, 1),
        ).all()
    assert "parent_no=?" in str(plan)
