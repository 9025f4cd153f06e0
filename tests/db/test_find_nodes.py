"""Find in a tree: names, keys, prefixes, prices, staged nodes, in tree order (item 30)."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.db.queries.scopes import ScopeRecord
from app.domain.tree_draft import NodeState, TreeDraft
from app.domain.tree_edits import add_children, remove, set_values
from app.services.context import Context
from app.services.tariffs import find_nodes
from app.services.tariffs.find_nodes import Hits, find
from app.services.tariffs.tree_pages import rows_by_number
from tests.db.desk import MT, SMS, context, ref
from tests.db.trees import Tree, branch, commit, flat

VOICE: Tree = {
    ("voice", "call"): branch("destination"),
    ("voice", "call", "Österreich Mobil"): branch("prefix"),
    ("voice", "call", "Österreich Mobil", "43664"): flat(3),
    ("voice", "call", "Österreich Mobil", "43676"): flat(4),
    ("voice", "call", "Austria_50%"): branch("prefix"),
    ("voice", "call", "Austria_50%", "431"): flat(3),
}


@pytest.fixture
def desk(database: Database, scope: ScopeRecord) -> ScopeRecord:
    commit(database, scope.id, SMS | VOICE)
    return scope


def keys(ctx: Context, scope_id: int, hits: Hits, draft: TreeDraft | None = None) -> list[str]:
    numbers = [path[-1] for path in hits.paths]
    stored = {row.node_no: row.key for row in rows_by_number(ctx, scope_id, numbers)}
    return [stored[no] if no in stored else draft.ref(no).state.key for no in numbers]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("germ", ["DE"]),
        ("vodafone", ["26202"]),
        ("26201", ["26201"]),
        ("2620", ["26201", "26202"]),
        ("others", ["*", "*"]),
        ("messag", ["sms", "sms_message"]),
        ("xx", ["XX"]),
        ("+43 6", ["43664", "43676"]),
        ("österreich", ["Österreich Mobil"]),
        ("ÖSTERREICH", ["Österreich Mobil"]),
        ("_50%", ["Austria_50%"]),
        ("%", ["Austria_50%"]),
        ("=0.07", ["ES"]),
        ("=0,04", ["*"]),
        (">= 0.08", ["*", "XX"]),
        ("<0.06", ["26201", "431", "43664", "43676"]),
        ("=0.000000001", []),
        ("nowhere", []),
        ("  ", []),
    ],
)
def test_item_30_what_is_found(
    database: Database, desk: ScopeRecord, text: str, found: list[str]
) -> None:
    ctx = context(database)
    hits = find(ctx, desk.id, text)
    assert keys(ctx, desk.id, hits) == found
    assert (hits.total, hits.capped) == (len(found), False)
    for path in hits.paths:
        assert path[0] == 0
        assert rows_by_number(ctx, desk.id, [path[-1]])[0].above == path[:-1]


def test_item_30_staged_nodes_are_found_and_removed_ones_are_not(
    database: Database, desk: ScopeRecord
) -> None:
    ctx, draft = context(database), TreeDraft()
    mt = ref(ctx, desk.id, *MT)
    draft.apply(add_children(draft, mt, ["AT", "GB"], NodeState("", None, 2, 7_000_000), "add"))
    draft.apply(remove(draft, [ref(ctx, desk.id, *MT, "DE")], "remove"))
    draft.apply(set_values(draft, [ref(ctx, desk.id, *MT, "ES")], {"price": 1}, "price"))
    assert keys(ctx, desk.id, find(ctx, desk.id, "austria", draft=draft), draft) == [
        "AT",
        "Austria_50%",
    ]
    assert find(ctx, desk.id, "germany", draft=draft).total == 0
    assert find(ctx, desk.id, "26201", draft=draft).total == 0
    assert keys(ctx, desk.id, find(ctx, desk.id, "=0.07", draft=draft), draft) == ["AT", "GB"]


def test_item_30_many_hits_come_in_tree_order_too(
    database: Database, desk: ScopeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context(database)
    all_of_them = find(ctx, desk.id, ">0").paths
    assert len(all_of_them) == 8
    monkeypatch.setattr(find_nodes, "FEW", 2)
    many = find(ctx, desk.id, ">0", limit=5)
    assert many.paths == all_of_them[:5]
    assert (many.total, many.capped) == (8, True)
    draft = TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, desk.id, *MT, "ES")], {"price": 1}, "price"))
    assert set(find(ctx, desk.id, ">0", draft=draft).paths) == set(all_of_them)
