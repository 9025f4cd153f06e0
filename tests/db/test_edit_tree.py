"""Saving staged edits: one revision, all or nothing, rebased by node (F14, GEN-4, item 18)."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.db.queries.audit import audit_trail
from app.db.queries.scopes import ScopeRecord, revisions, scope_by_id
from app.domain.kinds import PriceType
from app.domain.tree_draft import EditRefused, NodeState, Subtree, SubtreeNode, TreeDraft
from app.domain.tree_edits import add_children, change_price_type, paste, remove, set_values
from app.errors import UserError
from app.services.tariffs.edit_tree import EditConflict, undo_revision
from tests.db.desk import MT, SMS, context, ref, save
from tests.db.trees import Tree, Values, branch, commit, flat, live

FLAT, BRANCH = int(PriceType.FLAT), int(PriceType.DEPENDS_ON)
DE, ES = (*MT, "DE"), (*MT, "ES")


@pytest.fixture
def sms(database: Database, scope: ScopeRecord) -> ScopeRecord:
    commit(database, scope.id, SMS)
    return scope


def new(key: str, price: int) -> NodeState:
    return NodeState(key, None, FLAT, price)


def test_item_18_a_draft_is_saved_as_one_revision(database: Database, sms: ScopeRecord) -> None:
    ctx, draft = context(database), TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, sms.id, *ES)], {"price": 1}, "price"))
    draft.apply(add_children(draft, ref(ctx, sms.id, *MT), ["IT", "PT"], new("", 2), "add"))
    draft.apply(remove(draft, [ref(ctx, sms.id, *DE)], "remove"))
    draft.apply(
        change_price_type(
            draft, ref(ctx, sms.id, *MT, "XX"), BRANCH, "by network", depends_on="network"
        )
    )
    count = draft.count
    saved = save(ctx, sms.id, draft, 1)
    wanted: Tree = {p: v for p, v in SMS.items() if p[:4] != DE}
    wanted |= {ES: flat(1), (*MT, "IT"): flat(2), (*MT, "PT"): flat(2)}
    wanted |= {(*MT, "XX"): branch("network"), (*MT, "XX", "*"): SMS[*MT, "XX"]}
    assert live(database, sms.id) == wanted
    assert (saved.revision, saved.changed, saved.rebased) == (2, count, 0)
    assert ref(ctx, sms.id, *MT, "IT").node_no in saved.numbers.values()
    with database.read() as connection:
        [newest, _] = revisions(connection, sms.id)
        trail = audit_trail(connection, 1, table_name="scope", object_id=str(sms.id))
    assert (newest.kind, newest.inserted, newest.updated, newest.removed) == ("edit", 3, 2, 4)
    assert trail[0].action == "edit rates"
    assert trail[0].new == {"revision": 2, "inserted": 3, "updated": 2, "removed": 4}
    draft.saved(saved.revision, saved.numbers)
    assert draft.count == 0
    assert save(ctx, sms.id, draft, 2).revision == 2


def test_a_branch_may_become_one_of_another_attribute(database: Database, sms: ScopeRecord) -> None:
    """Old children go before new ones with the same keys come."""
    ctx, draft = context(database), TreeDraft()
    de = ref(ctx, sms.id, *DE)
    draft.apply(change_price_type(draft, de, BRANCH, "by MCCMNC", depends_on="mccmnc"))
    draft.apply(
        add_children(draft, de, ["26201", "*"], new("", 3), "add", stored_keys=["26201", "*"])
    )
    save(ctx, sms.id, draft, 1)
    tree = live(database, sms.id)
    assert tree[DE] == branch("mccmnc")
    assert {p[-1]: v for p, v in tree.items() if p[:4] == DE and len(p) == 5} == {
        "26201": flat(3),
        "*": flat(3),
    }


def test_f14_edits_without_a_node_in_common_are_merged(
    database: Database, sms: ScopeRecord
) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()
    mine.apply(set_values(mine, [ref(ctx, sms.id, *ES)], {"price": 1}, "price"))
    mine.apply(add_children(mine, ref(ctx, sms.id, *DE), ["26203"], new("", 4), "add"))
    theirs.apply(set_values(theirs, [ref(ctx, sms.id, *DE, "26201")], {"price": 2}, "price"))
    theirs.apply(add_children(theirs, ref(ctx, sms.id, *MT), ["IT"], new("", 3), "add"))
    save(ctx, sms.id, theirs, 1)
    assert save(ctx, sms.id, mine, 1).rebased == 0
    tree = live(database, sms.id)
    assert [tree[p].price for p in (ES, (*DE, "26201"), (*MT, "IT"), (*DE, "26203"))] == [
        1,
        2,
        3,
        4,
    ]


def _both(database: Database, sms: ScopeRecord, mine: dict[str, object], theirs: dict[str, object]):  # type: ignore[no-untyped-def]
    ctx, ours, others = context(database), TreeDraft(), TreeDraft()
    es = ref(ctx, sms.id, *ES)
    ours.apply(set_values(ours, [es], mine, "mine"))
    others.apply(set_values(others, [es], theirs, "theirs"))
    save(ctx, sms.id, others, 1)
    return ctx, ours, es.node_no


def test_gen_4_a_node_in_common_is_a_choice_field_by_field(
    database: Database, sms: ScopeRecord
) -> None:
    ctx, draft, es = _both(
        database, sms, {"price": 1, "billing_rule": 1}, {"price": 2, "quantity_rule": 2}
    )
    with pytest.raises(EditConflict, match="1 node that you changed") as caught:
        save(ctx, sms.id, draft, 1)
    [conflict] = caught.value.conflicts
    assert caught.value.revision == 2
    assert conflict.path == "SMS messaging / SMS message / A2P (MT) / Spain"
    told = {f.field: (f.base, f.theirs, f.mine, f.both) for f in conflict.fields}
    assert told == {
        "price": (7_000_000, 2, 1, True),
        "billing_rule": (0, 0, 1, False),
        "quantity_rule": (0, 2, 0, False),
    }
    assert live(database, sms.id)[ES].price == 2
    choice = {es: {"price": "theirs", "billing_rule": "mine", "quantity_rule": "theirs"}}
    assert save(ctx, sms.id, draft, 1, resolutions=choice).rebased == 1
    assert live(database, sms.id)[ES] == flat(2, billing_rule=1, quantity_rule=2)


@pytest.mark.parametrize(("answer", "price"), [("mine", 1), ("theirs", 2)])
def test_gen_4_whole_node(database: Database, sms: ScopeRecord, answer: str, price: int) -> None:
    ctx, draft, es = _both(database, sms, {"price": 1}, {"price": 2})
    saved = save(ctx, sms.id, draft, 1, resolutions={es: answer})
    assert live(database, sms.id)[ES].price == price
    # what is staged next begins from what was stored, whoever's it is
    step = set_values(TreeDraft(), [ref(ctx, sms.id, *ES)], {"price": 3}, "later")
    draft.saved(saved.revision, saved.numbers, saved.states)
    draft.apply(step)
    entry = draft.get(es)
    assert entry is not None
    assert entry.base is not None
    assert entry.base.price == price
    save(ctx, sms.id, draft, saved.revision)
    assert live(database, sms.id)[ES].price == 3


def test_the_same_change_on_both_sides_is_no_conflict(database: Database, sms: ScopeRecord) -> None:
    ctx, draft, _ = _both(database, sms, {"price": 2}, {"price": 2})
    saved = save(ctx, sms.id, draft, 1)
    assert (saved.revision, saved.changed, saved.rebased) == (2, 0, 1)


@pytest.mark.parametrize("answer", ["mine", "theirs"])
def test_removing_what_others_changed_below_is_a_conflict(
    database: Database, sms: ScopeRecord, answer: str
) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()
    de = ref(ctx, sms.id, *DE)
    mine.apply(remove(mine, [de], "remove"))
    theirs.apply(set_values(theirs, [ref(ctx, sms.id, *DE, "26201")], {"price": 2}, "price"))
    theirs.apply(add_children(theirs, de, ["26203"], new("", 4), "add"))
    save(ctx, sms.id, theirs, 1)
    with pytest.raises(EditConflict) as caught:
        save(ctx, sms.id, mine, 1)
    assert [(c.node_no, c.below, c.mine) for c in caught.value.conflicts] == [(de.node_no, 2, None)]
    save(ctx, sms.id, mine, 1, resolutions={de.node_no: answer})
    tree = live(database, sms.id)
    assert (DE in tree) == ((*DE, "26203") in tree) == (answer == "theirs")


def test_changing_what_others_removed(database: Database, sms: ScopeRecord) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()
    es, one = ref(ctx, sms.id, *ES), ref(ctx, sms.id, *DE, "26201")
    mine.apply(set_values(mine, [es, one], {"price": 1}, "price"))
    mine.apply(add_children(mine, ref(ctx, sms.id, *DE), ["26203"], new("", 4), "add"))
    theirs.apply(remove(theirs, [es, ref(ctx, sms.id, *DE)], "remove"))
    save(ctx, sms.id, theirs, 1)
    with pytest.raises(EditConflict) as caught:
        save(ctx, sms.id, mine, 1)
    told = {c.path.rpartition(" / ")[2]: c.choices for c in caught.value.conflicts}
    assert len(told) == 3
    assert told["Spain"] == ("mine", "theirs")
    assert set(told.values()) == {("mine", "theirs"), ("theirs",)}
    answers = dict.fromkeys((c.node_no for c in caught.value.conflicts), "theirs")
    save(ctx, sms.id, mine, 1, resolutions={**answers, es.node_no: "mine"})
    tree = live(database, sms.id)
    assert tree[ES].price == 1
    assert DE not in tree


def test_the_same_new_branch_on_both_sides_is_merged(database: Database, sms: ScopeRecord) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()

    def italy(draft: TreeDraft, prices: dict[str, int]) -> None:
        nodes = [SubtreeNode(-1, NodeState("IT", "network", BRANCH))]
        nodes += [SubtreeNode(0, new(key, price)) for key, price in prices.items()]
        copied = Subtree("country", tuple(nodes))
        draft.apply(paste(draft, ref(ctx, sms.id, *MT), copied, "paste"))

    italy(mine, {"22201": 1, "22210": 2})
    italy(theirs, {"22201": 1, "22288": 3})
    save(ctx, sms.id, theirs, 1)
    saved = save(ctx, sms.id, mine, 1)
    assert saved.rebased == 2
    assert saved.numbers.keys() == {-2, -3, -4}
    tree = live(database, sms.id)
    assert {p[-1]: v.price for p, v in tree.items() if p[3:4] == ("IT",) and len(p) == 5} == {
        "22201": 1, "22210": 2, "22288": 3,
    }  # fmt: skip


def test_the_same_new_rate_with_another_price_is_a_conflict(
    database: Database, sms: ScopeRecord
) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()
    for draft, price in ((mine, 1), (theirs, 2)):
        draft.apply(add_children(draft, ref(ctx, sms.id, *MT), ["IT"], new("", price), "add"))
    save(ctx, sms.id, theirs, 1)
    with pytest.raises(EditConflict) as caught:
        save(ctx, sms.id, mine, 1)
    assert [(c.node_no, c.base, c.fields[0].mine) for c in caught.value.conflicts] == [
        (-2, None, 1)
    ]
    save(ctx, sms.id, mine, 1, resolutions={-2: "mine"})
    assert live(database, sms.id)[*MT, "IT"] == flat(1)


@pytest.mark.parametrize(
    ("path", "depends_on", "key", "state", "sentence"),
    [
        (MT, "", "  ", new("", 1), "text of 1 to 400"),
        (MT, "", "a\nb", new("", 1), "line breaks"),
        ((), "", "smoke", None, "no such service domain"),
        (("voice",), "", "sms_message", None, "no such resource"),
        (MT, "", "IT", NodeState("", None, int(PriceType.INCLUDED)), '"included" is not possible'),
        (MT, "", "IT", NodeState("", "direction", BRANCH), "can't depend on Direction"),
        (MT, "", "IT", NodeState("", None, 3, scale='{"type":"tier","group":"","tiers":[]}'),
         "scale is not complete"),
        (MT, "", "IT", NodeState("", None, FLAT, -5), "at least 0"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_is_written(
    database: Database, sms: ScopeRecord, path: tuple[str, ...], depends_on: str, key: str,
    state: NodeState | None, sentence: str,
) -> None:  # fmt: skip
    ctx, draft = context(database), TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, sms.id, *ES)], {"price": 1}, "price"))
    parent = ref(ctx, sms.id, *path)
    with pytest.raises((UserError, EditRefused), match=sentence):
        draft.apply(add_children(draft, parent, [key], state, "add"))
        save(ctx, sms.id, draft, 1)
    assert live(database, sms.id) == SMS


def test_a_missed_option_stays_editable(database: Database, sms: ScopeRecord) -> None:
    ctx, draft = context(database), TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, sms.id, *MT, "XX")], {"price": 1}, "price"))
    save(ctx, sms.id, draft, 1)
    assert live(database, sms.id)[*MT, "XX"].price == 1


def test_any_revision_can_be_undone(database: Database, sms: ScopeRecord) -> None:
    ctx, draft = context(database), TreeDraft()
    draft.apply(remove(draft, [ref(ctx, sms.id, *DE)], "remove"))
    draft.apply(set_values(draft, [ref(ctx, sms.id, *ES)], {"price": 1}, "price"))
    save(ctx, sms.id, draft, 1)
    later = TreeDraft()
    later.apply(set_values(later, [ref(ctx, sms.id, *ES)], {"price": 2}, "price"))
    save(ctx, sms.id, later, 2)
    undone = undo_revision(ctx, sms.id, 2)
    assert (undone.revision, undone.restored) == (4, 4)
    assert undone.kept == [" / ".join(ES)]
    assert live(database, sms.id) == {**SMS, ES: flat(2)}
    with database.read() as connection:
        assert scope_by_id(connection, sms.id).revision == 4
    with pytest.raises(UserError, match="already undone"):
        undo_revision(ctx, sms.id, 2)


def test_values_survive_the_way_through_the_window(database: Database, sms: ScopeRecord) -> None:
    """What a page shows is what a save writes, field by field."""
    ctx, draft = context(database), TreeDraft()
    voice = Values(
        price_type=2, price=1, billing_rule=3, quantity_rule=4, connect_price=10**17,
        first_interval=60, next_interval=1,
    )  # fmt: skip
    state = NodeState("IT", None, 2, 1, None, 3, 4, 10**17, 60, 1)
    draft.apply(add_children(draft, ref(ctx, sms.id, *MT), ["IT"], state, "add"))
    save(ctx, sms.id, draft, 1)
    assert live(database, sms.id)[*MT, "IT"] == voice
    assert ref(ctx, sms.id, *MT, "IT").state == state


def test_a_node_that_others_removed_comes_back_with_its_new_children(
    database: Database, sms: ScopeRecord
) -> None:
    ctx, mine, theirs = context(database), TreeDraft(), TreeDraft()
    es = ref(ctx, sms.id, *ES)
    split = change_price_type(mine, es, BRANCH, "by network", depends_on="network")
    mine.apply(split)
    theirs.apply(remove(theirs, [es], "remove"))
    save(ctx, sms.id, theirs, 1)
    saved = save(ctx, sms.id, mine, 1, resolutions={es.node_no: "mine"})
    wanted = {**SMS, ES: branch("network"), (*ES, "*"): SMS[ES]}
    assert live(database, sms.id) == wanted
    mine.saved(saved.revision, saved.numbers, saved.states)
    mine.revert(split)
    save(ctx, sms.id, mine, saved.revision)
    assert live(database, sms.id) == SMS
