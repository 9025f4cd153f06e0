"""Subtrees between scopes, history of a rate, problems of a tree."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.db.engine import Database
from app.db.queries.scopes import ScopeRecord
from app.domain.tree_draft import NodeState, Subtree, TreeDraft
from app.domain.tree_edits import add_children, paste, remove, set_values
from app.errors import UserError
from app.services.tariffs import subtrees
from app.services.tariffs.edit_tree import undo_revision
from app.services.tariffs.node_history import history, price_on
from app.services.tariffs.subtrees import fits, paste_warning, read_subtree
from app.services.tariffs.tree_lint import problems
from tests.db.conftest import NOW
from tests.db.desk import MT, SMS, context, number, ref, save
from tests.db.trees import ROOT_ONLY, Tree, branch, commit, flat, live

DE = (*MT, "DE")
PATH = (("domain", "sms"), ("resource", "sms_message"), ("direction", "mt"))


@pytest.fixture
def sms(database: Database, scope: ScopeRecord) -> ScopeRecord:
    commit(database, scope.id, SMS)
    return scope


def test_item_29_a_subtree_goes_from_scope_to_scope(
    database: Database, sms: ScopeRecord, new_scope: Callable[[], ScopeRecord]
) -> None:
    ctx, draft = context(database), TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, sms.id, *DE, "26201")], {"price": 1}, "price"))
    draft.apply(remove(draft, [ref(ctx, sms.id, *DE, "26202")], "remove"))
    draft.apply(
        add_children(draft, ref(ctx, sms.id, *DE), ["26203"], NodeState("", None, 2, 2), "add")
    )
    wanted = [
        number(ctx, sms.id, (*MT, "ES")),
        number(ctx, sms.id, DE),
        number(ctx, sms.id, (*DE, "*")),
    ]
    copied = read_subtree(ctx, sms.id, wanted, draft)
    assert copied.attribute == "country"
    assert [(n.parent, n.state.key) for n in copied.nodes] == [
        (-1, "DE"), (0, "26201"), (0, "26203"), (0, "*"), (-1, "ES"),
    ]  # fmt: skip
    assert copied.fixed == ("domain", "resource", "direction")
    assert copied.resource == "sms_message"
    assert copied.source.endswith("SMS messaging / SMS message / A2P (MT)")
    other = new_scope()
    commit(
        database, other.id, {p: v for p, v in SMS.items() if p[:3] != MT} | {MT: branch("country")}
    )
    assert fits(ctx, other.id, PATH, copied) == ""
    target = TreeDraft()
    copied = Subtree.from_json(json.loads(json.dumps(copied.to_json())))
    target.apply(paste(target, ref(ctx, other.id, *MT), copied, "paste"))
    save(ctx, other.id, target, 1)
    tree = live(database, other.id)
    assert {p: v.price for p, v in tree.items() if p[:4] == DE} == {
        DE: -1, (*DE, "26201"): 1, (*DE, "26203"): 2, (*DE, "*"): 9_000_000,
    }  # fmt: skip


def test_item_29_only_where_it_fits(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    copied = read_subtree(ctx, sms.id, [number(ctx, sms.id, DE)], TreeDraft())
    assert "can't stand here" in fits(ctx, sms.id, (*PATH, ("country", "ES")), copied)
    assert "can't stand here" in fits(ctx, sms.id, (), copied)
    voice = (("domain", "voice"), ("resource", "call"))
    assert "Network is fixed above, or no attribute" in fits(ctx, sms.id, voice, copied)
    network = read_subtree(ctx, sms.id, [number(ctx, sms.id, (*DE, "26201"))], TreeDraft())
    assert fits(ctx, sms.id, (*PATH, ("country", "ES")), network) == ""
    assert paste_warning(ctx, sms.id, network) == ""
    assert "in USD" in paste_warning(ctx, sms.id, replace(network, currency="USD"))
    mixed = [number(ctx, sms.id, (*DE, "*")), number(ctx, sms.id, (*MT, "*"))]
    with pytest.raises(UserError, match="one level"):
        read_subtree(ctx, sms.id, mixed, TreeDraft())
    with pytest.raises(UserError, match="below the top"):
        read_subtree(ctx, sms.id, [0], TreeDraft())


def test_a_clipboard_has_an_end(
    database: Database, sms: ScopeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subtrees, "LARGEST", 3)
    ctx = context(database)
    with pytest.raises(UserError, match="Copy rate tree from"):
        read_subtree(ctx, sms.id, [number(ctx, sms.id, DE)], TreeDraft())


def test_history_tells_each_version_and_the_price_on_a_date(
    database: Database, sms: ScopeRecord
) -> None:
    draft = TreeDraft()
    ctx = replace(context(database, "Ann"), clock=lambda: NOW + dt.timedelta(days=2))
    es = ref(ctx, sms.id, *MT, "ES")
    draft.apply(set_values(draft, [es], {"price": 1_000_000, "billing_rule": 1}, "price"))
    save(ctx, sms.id, draft, 1)
    gone = TreeDraft()
    later = replace(context(database, "Bob"), clock=lambda: NOW + dt.timedelta(days=4))
    gone.apply(remove(gone, [ref(ctx, sms.id, *MT, "ES")], "remove"))
    save(later, sms.id, gone, 2)
    undo_revision(later, sms.id, 3)
    told = [(v.rev, v.actor, v.kind, v.old, v.new) for v in history(ctx, sms.id, es.node_no)]
    assert told == [
        (4, "Bob", "undo", "", "0.01000"),
        (3, "Bob", "removed", "0.01000", ""),
        (2, "Ann", "edit", "0.07000", "0.01000"),
        (1, "tester", "edit", "", "0.07000"),
    ]
    assert history(ctx, sms.id, es.node_no)[2].fields == (
        ("price", "0.07000", "0.01000"),
        ("billing_rule", "Default", "Submitted"),
    )
    day = NOW.date()
    assert price_on(ctx, sms.id, es.node_no, day - dt.timedelta(days=1)).price == ""
    assert price_on(ctx, sms.id, es.node_no, day).price == "0.07000"
    assert price_on(ctx, sms.id, es.node_no, day + dt.timedelta(days=2)).price == "0.01000"
    assert history(ctx, sms.id, -2) == []


def test_item_33_problems_of_a_tree_are_named(database: Database, scope: ScopeRecord) -> None:
    voice: Tree = {
        ("voice", "call"): branch("destination"),
        **{("voice", "call", name): branch("prefix") for name in ("A", "B")},
        ("voice", "call", "A", "49"): flat(1),
        ("voice", "call", "A", "491"): flat(1),
        ("voice", "call", "B", "49"): flat(2),
    }
    tree = SMS | voice
    del tree[*MT, "DE", "*"]
    commit(database, scope.id, {**ROOT_ONLY, **tree, ("rcs",): branch("resource")})
    found = problems(context(database), scope.id)
    assert found.counts == {
        "incomplete": 1, "twin_prefix": 2, "empty": 1, "missed_option": 1, "no_others": 1,
    }  # fmt: skip
    told = {(p.kind, p.path) for p in found.problems}
    assert told == {
        ("incomplete", "SMS messaging / Platform fee"),
        ("twin_prefix", "Voice calls / Call / A / 49"),
        ("twin_prefix", "Voice calls / Call / B / 49"),
        ("empty", "RCS messaging"),
        ("missed_option", "SMS messaging / SMS message / A2P (MT) / Missed option: XX"),
        ("no_others", "SMS messaging / SMS message / A2P (MT) / Germany"),
    }
    others = next(p for p in found.problems if p.kind == "no_others")
    assert "not listed by Network" in others.reason
    assert others.numbers[-1] == others.node_no
