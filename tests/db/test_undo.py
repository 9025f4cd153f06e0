"""Undo of a revision: exact if nothing was edited since, otherwise edits stay and are named."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.db.queries.rate_nodes import read_tree_at
from app.db.queries.scopes import ScopeRecord, scope_by_id
from app.errors import Conflict, UserError
from tests.db.trees import ROOT_ONLY, Tree, branch, commit, flat, live, plain, undo

BEFORE: Tree = {
    **ROOT_ONLY,
    ("sms",): branch("country"),
    ("sms", "AF"): flat(10),
    ("sms", "DE"): branch("network"),
    ("sms", "DE", "26201"): flat(20),
    ("sms", "DE", "*"): flat(30),
    ("sms", "FR"): flat(40),
}
AFTER: Tree = {
    **ROOT_ONLY,
    ("sms",): branch("country"),
    ("sms", "AF"): branch("network"),  # a leaf became a branch
    ("sms", "AF", "41201"): flat(11),
    ("sms", "AF", "*"): flat(10),
    ("sms", "DE"): flat(25),  # a branch became a leaf
    ("sms", "FR"): flat(41),
    ("sms", "IT"): flat(50),
}


def import_it(database: Database, scope: ScopeRecord) -> int:
    commit(database, scope.id, BEFORE)
    return commit(database, scope.id, AFTER, kind="import")


def test_with_nothing_edited_since_the_tree_is_the_previous_one(
    database: Database, scope: ScopeRecord
) -> None:
    rev = import_it(database, scope)
    result = undo(database, scope.id, rev)
    assert live(database, scope.id) == BEFORE
    assert (result.updated, result.inserted, result.removed, result.kept) == (3, 2, 3, [])
    assert result.restored == 5
    with database.read() as connection:
        assert plain(read_tree_at(connection, scope.id, rev)) == AFTER
        assert plain(read_tree_at(connection, scope.id, rev + 1)) == BEFORE
        assert scope_by_id(connection, scope.id).revision == 3


def test_an_undo_can_be_undone(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    undo(database, scope.id, rev)
    undo(database, scope.id, rev + 1)
    assert live(database, scope.id) == AFTER
    undo(database, scope.id, rev + 2)
    assert live(database, scope.id) == BEFORE


def test_a_revision_is_undone_once(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    undo(database, scope.id, rev)
    with pytest.raises(UserError, match="already undone by revision 3"):
        undo(database, scope.id, rev)
    with pytest.raises(UserError, match="no revision 9"):
        undo(database, scope.id, 9)


def test_an_edited_price_stays_and_is_named(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    commit(database, scope.id, {**AFTER, ("sms", "FR"): flat(44), ("sms", "JP"): flat(1)})
    result = undo(database, scope.id, rev)
    assert result.kept == [("sms", "FR")]
    assert live(database, scope.id) == {
        **BEFORE,
        ("sms", "FR"): flat(44),
        ("sms", "JP"): flat(1),
    }


def test_strict_refuses_and_changes_nothing(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    edited = {**AFTER, ("sms", "FR"): flat(44)}
    commit(database, scope.id, edited)
    with pytest.raises(Conflict, match="sms / FR"):
        undo(database, scope.id, rev, strict=True)
    assert live(database, scope.id) == edited
    assert undo(database, scope.id, rev).kept == [("sms", "FR")]


def test_an_edited_new_child_keeps_its_branch(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    commit(database, scope.id, {**AFTER, ("sms", "AF", "41201"): flat(12)})
    result = undo(database, scope.id, rev)
    assert result.kept == [("sms", "AF"), ("sms", "AF", "41201")]
    expected = {**BEFORE, ("sms", "AF"): branch("network"), ("sms", "AF", "41201"): flat(12)}
    assert live(database, scope.id) == expected


def test_a_child_added_since_keeps_the_new_branch(database: Database, scope: ScopeRecord) -> None:
    rev = commit(database, scope.id, {**ROOT_ONLY, ("a",): branch("x"), ("a", "1"): flat(1)})
    added = {**ROOT_ONLY, ("a",): branch("x"), ("a", "1"): flat(1), ("a", "2"): flat(2)}
    commit(database, scope.id, added)
    result = undo(database, scope.id, rev)
    assert result.kept == [("a",)]
    assert live(database, scope.id) == {**ROOT_ONLY, ("a",): branch("x"), ("a", "2"): flat(2)}


def test_an_edited_leaf_does_not_get_its_old_children_back(
    database: Database, scope: ScopeRecord
) -> None:
    rev = import_it(database, scope)
    commit(database, scope.id, {**AFTER, ("sms", "DE"): flat(26)})
    result = undo(database, scope.id, rev)
    lost = [("sms", "DE"), ("sms", "DE", "*"), ("sms", "DE", "26201")]
    assert result.kept == lost
    tree = live(database, scope.id)
    assert tree["sms", "DE"] == flat(26)
    assert not any(path[:2] == ("sms", "DE") and len(path) == 3 for path in tree)


def test_a_path_made_again_since_stays(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, BEFORE)
    less = {path: values for path, values in BEFORE.items() if path != ("sms", "FR")}
    rev = commit(database, scope.id, less)
    commit(database, scope.id, {**less, ("sms", "FR"): flat(99)})
    result = undo(database, scope.id, rev)
    assert result.kept == [("sms", "FR")]
    assert live(database, scope.id) == {**BEFORE, ("sms", "FR"): flat(99)}


def test_a_removed_subtree_comes_back(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, BEFORE)
    rev = commit(database, scope.id, ROOT_ONLY, kind="import")
    result = undo(database, scope.id, rev)
    assert (result.inserted, result.kept) == (6, [])
    assert live(database, scope.id) == BEFORE


def test_a_subtree_whose_place_is_gone_stays_away(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, BEFORE)
    without = {path: values for path, values in BEFORE.items() if path[:2] != ("sms", "DE")}
    rev = commit(database, scope.id, without)
    commit(database, scope.id, ROOT_ONLY)
    result = undo(database, scope.id, rev)
    assert result.kept == [("sms", "DE"), ("sms", "DE", "*"), ("sms", "DE", "26201")]
    assert live(database, scope.id) == ROOT_ONLY


def test_a_new_node_that_is_gone_already_is_no_news(database: Database, scope: ScopeRecord) -> None:
    rev = import_it(database, scope)
    commit(database, scope.id, {p: v for p, v in AFTER.items() if p != ("sms", "IT")})
    assert undo(database, scope.id, rev).kept == []
    assert live(database, scope.id) == BEFORE


def test_an_older_revision_is_undone_below_later_ones(
    database: Database, scope: ScopeRecord
) -> None:
    first = {**ROOT_ONLY, ("a",): flat(1), ("b",): flat(1)}
    commit(database, scope.id, first)
    rev = commit(database, scope.id, {**first, ("a",): flat(2)})
    commit(database, scope.id, {**first, ("a",): flat(2), ("b",): flat(2), ("c",): flat(3)})
    assert undo(database, scope.id, rev).kept == []
    assert live(database, scope.id) == {
        **ROOT_ONLY, ("a",): flat(1), ("b",): flat(2), ("c",): flat(3),
    }  # fmt: skip
