"""Staged edits: apply and revert, counts, recovery, undo across a save (F13, items 18 to 20)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kinds import OTHERS, PriceType
from app.domain.tree_draft import (
    NOWHERE,
    ROOT,
    DraftCounts,
    Edit,
    EditRefused,
    NodeRef,
    NodeState,
    Subtree,
    SubtreeNode,
    TreeDraft,
    mark_of,
)
from app.domain.tree_edits import (
    add_children,
    change_price_type,
    move,
    of_type,
    paste,
    remove,
    set_values,
)

FLAT, BRANCH, FREE = int(PriceType.FLAT), int(PriceType.DEPENDS_ON), int(PriceType.FREE)


def flat(key: str, price: int = 100) -> NodeState:
    return NodeState(key, None, FLAT, price)


def branch(key: str, attribute: str) -> NodeState:
    return NodeState(key, attribute, BRANCH)


class Stored:
    """A stored tree in the smallest form: number → (parent, state)."""

    def __init__(self) -> None:
        self.nodes: dict[int, tuple[int, NodeState]] = {
            0: (-1, branch("", "domain")),
            1: (0, branch("sms", "resource")),
            2: (1, branch("sms_message", "country")),
            3: (2, branch("DE", "network")),
            4: (3, flat("26201", 100)),
            5: (3, flat("26202", 200)),
            6: (3, flat(OTHERS, 300)),
            7: (2, flat("ES", 400)),
            8: (2, flat("FR", 500)),
        }

    def above(self, number: int) -> tuple[int, ...]:
        path: list[int] = []
        while (number := self.nodes[number][0]) >= 0:
            path.append(number)
        return tuple(reversed(path))

    def below(self, number: int) -> int:
        return sum(number in self.above(other) for other in self.nodes)

    def ref(self, number: int) -> NodeRef:
        parent, state = self.nodes[number]
        attribute = self.nodes[parent][1].depends_on or "" if parent >= 0 else ""
        return NodeRef(number, self.above(number), attribute, state, 1, self.below(number))

    def refs(self, draft: TreeDraft) -> list[NodeRef]:
        """Return every node that is shown, with its values as shown."""
        stored = [self.ref(no) for no in self.nodes]
        new = [draft.ref(no) for no, entry in draft if entry.base is None]
        return [r for r in (*stored, *new) if not draft.is_removed(r.node_no, r.above)]

    def shown(self, draft: TreeDraft) -> dict[int, tuple[int, NodeState | None]]:
        return {
            ref.node_no: (ref.parent, draft.state_of(ref.node_no, ref.state))
            for ref in self.refs(draft)
        }

    def save(self, draft: TreeDraft) -> dict[int, int]:
        """Write the draft as the services do, and return the numbers of the new nodes."""
        shown = self.shown(draft)
        after = max([*self.nodes, 100]) + 1
        new = sorted((no for no in shown if no < 0), reverse=True)
        numbers = {no: after + place for place, no in enumerate(new)}
        self.nodes = {
            numbers.get(no, no): (numbers.get(parent, parent), state)
            for no, (parent, state) in shown.items()
            if state is not None
        }
        return numbers


@pytest.fixture
def stored() -> Stored:
    return Stored()


def test_item_18_counts_name_what_save_will_do(stored: Stored) -> None:
    draft = TreeDraft()
    draft.apply(set_values(draft, [stored.ref(7)], {"price": 1}, "price"))
    draft.apply(add_children(draft, stored.ref(2), ["IT", "PT"], flat(""), "add"))
    draft.apply(remove(draft, [stored.ref(3)], "remove"))
    assert draft.counts() == DraftCounts(changed=1, added=2, removed=4)
    assert draft.count == 7


def test_item_16_an_equal_value_marks_nothing(stored: Stored) -> None:
    draft = TreeDraft()
    same = set_values(draft, [stored.ref(7)], {"price": 400}, "paste")
    assert not same
    draft.apply(set_values(draft, [stored.ref(7)], {"price": 1}, "price"))
    draft.apply(set_values(draft, [stored.ref(7)], {"price": 400}, "back"))
    assert len(draft) == 0


def test_item_17_removal_says_how_many_go_and_comes_back_whole(stored: Stored) -> None:
    draft = TreeDraft()
    draft.apply(set_values(draft, [stored.ref(4)], {"price": 9}, "price"))
    draft.apply(add_children(draft, stored.ref(3), ["26203"], flat(""), "add"))
    before = stored.shown(draft)
    step = remove(draft, [stored.ref(3), stored.ref(5)], "remove Germany")
    assert step.removes == 5
    draft.apply(step)
    assert draft.is_removed(5, stored.above(5))
    assert draft.counts() == DraftCounts(removed=4)
    draft.revert(step)
    assert stored.shown(draft) == before


def test_f5_a_leaf_that_gets_children_keeps_its_price_as_others(stored: Stored) -> None:
    draft = TreeDraft()
    step = change_price_type(draft, stored.ref(7), BRANCH, "by network", depends_on="network")
    draft.apply(step)
    assert draft.state_of(7) == branch("ES", "network")
    [others] = draft.children_added(7)
    assert draft.state_of(others) == flat(OTHERS, 400)
    assert draft.ref(others).above == (0, 1, 2, 7)
    back = change_price_type(draft, draft.ref(7), FLAT, "flat", price=400)
    draft.apply(back)
    assert len(draft) == 0
    assert back.removes == 1


def test_a_branch_that_becomes_a_leaf_drops_its_children(stored: Stored) -> None:
    draft = TreeDraft()
    step = change_price_type(draft, stored.ref(3), FLAT, "flat", price=7)
    assert step.removes == 3
    draft.apply(step)
    assert draft.is_removed(4, stored.above(4))
    assert draft.counts() == DraftCounts(changed=1, removed=3)
    draft.apply(change_price_type(draft, draft.ref(3), BRANCH, "back", depends_on="network"))
    assert not draft.is_removed(4, stored.above(4))


def test_twins_are_refused_but_a_removed_key_is_free(stored: Stored) -> None:
    draft = TreeDraft()
    with pytest.raises(EditRefused, match="ES"):
        add_children(draft, stored.ref(2), ["ES"], None, "add", stored_keys={"ES"})
    with pytest.raises(EditRefused, match="IT"):
        add_children(draft, stored.ref(2), ["IT", "IT"], None, "add")
    draft.apply(remove(draft, [stored.ref(7)], "remove"))
    draft.apply(add_children(draft, stored.ref(2), ["ES"], None, "add", stored_keys={"ES"}))
    with pytest.raises(EditRefused, match="ES"):
        add_children(draft, stored.ref(2), ["ES"], None, "add", stored_keys={"ES"})


def test_new_children_stand_in_sibling_order_with_others_last(stored: Stored) -> None:
    draft = TreeDraft()
    draft.apply(add_children(draft, stored.ref(2), ["ZA", OTHERS, "AT"], flat(""), "add"))
    keys = [draft.ref(no).state.key for no in draft.children_added(2)]
    assert keys == ["AT", "ZA", OTHERS]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": -1}, "at least 0"),
        ({"price": 10**18}, "below 10 000 000 000"),
        ({"next_interval": -5}, "whole number of seconds"),
        ({"depends_on": "mcc"}, "not both"),
        ({"scale": "{}"}, "change its price type"),
    ],
)
def test_values_that_a_node_cannot_have_are_refused(
    stored: Stored, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(EditRefused, match=sentence):
        set_values(TreeDraft(), [stored.ref(7)], changes, "x")


def test_the_root_stays(stored: Stored) -> None:
    with pytest.raises(EditRefused):
        remove(TreeDraft(), [stored.ref(ROOT)], "x")
    with pytest.raises(EditRefused):
        change_price_type(TreeDraft(), stored.ref(ROOT), FLAT, "x")


GERMANY = Subtree(
    "country",
    (
        SubtreeNode(-1, branch("DE", "network")),
        SubtreeNode(0, flat("26201", 11)),
        SubtreeNode(0, flat(OTHERS, 12)),
        SubtreeNode(-1, flat("ES", 13)),
        SubtreeNode(-1, flat("IT", 14)),
    ),
    "EUR",
    "sms_message",
    "Sample",
    ("domain", "resource"),
)


def test_item_29_paste_refuses_skips_or_replaces_what_is_there(stored: Stored) -> None:
    draft = TreeDraft()
    there = {"DE": stored.ref(3), "ES": stored.ref(7)}
    with pytest.raises(EditRefused, match="copied values are there already: DE, ES"):
        paste(draft, stored.ref(2), GERMANY, "paste", stored=there)
    skipped = paste(draft, stored.ref(2), GERMANY, "paste", stored=there, conflicts="skip")
    draft.apply(skipped)
    assert draft.counts() == DraftCounts(added=1)
    draft.revert(skipped)
    replaced = paste(draft, stored.ref(2), GERMANY, "paste", stored=there, conflicts="replace")
    draft.apply(replaced)
    assert draft.state_of(7) == flat("ES", 13)
    assert draft.counts() == DraftCounts(changed=1, added=4, removed=4)
    draft.revert(replaced)
    assert len(draft) == 0


def test_item_29_paste_needs_the_same_attribute(stored: Stored) -> None:
    with pytest.raises(EditRefused, match="are of country"):
        paste(TreeDraft(), stored.ref(3), GERMANY, "paste")


def test_item_29_moving_is_one_step(stored: Stored) -> None:
    draft = TreeDraft()
    networks = Subtree("network", (SubtreeNode(-1, flat("26201", 100)),))
    draft.apply(change_price_type(draft, stored.ref(8), BRANCH, "x", depends_on="network"))
    before = stored.shown(draft)
    step = move(draft, [stored.ref(4)], draft.ref(8), networks, "move")
    draft.apply(step)
    assert draft.is_removed(4)
    assert {draft.ref(no).state.key for no in draft.children_added(8)} == {"26201", OTHERS}
    draft.revert(step)
    assert stored.shown(draft) == before
    with pytest.raises(EditRefused, match="into itself"):
        move(draft, [stored.ref(3)], stored.ref(3), GERMANY, "move")


def test_a_subtree_survives_the_clipboard() -> None:
    assert Subtree.from_json(json.loads(json.dumps(GERMANY.to_json()))) == GERMANY
    for wrong in (
        {},
        {"nodes": [[5, "x"]]},
        {**GERMANY.to_json(), "nodes": [[-1, 5] + [None] * 9]},
    ):
        with pytest.raises(ValueError, match="no copied part"):
            Subtree.from_json(wrong)


def test_item_20_steps_can_be_taken_back_after_a_save(stored: Stored) -> None:
    draft = TreeDraft()
    price = set_values(draft, [stored.ref(7)], {"price": 1}, "price")
    draft.apply(price)
    added = add_children(draft, stored.ref(2), ["IT"], flat("", 5), "add")
    draft.apply(added)
    gone = remove(draft, [stored.ref(8)], "remove")
    draft.apply(gone)
    wide = remove(draft, [stored.ref(3)], "remove Germany")
    draft.apply(wide)
    numbers = stored.save(draft)
    draft.saved(2, numbers)
    assert draft.count == 0
    assert "undo that revision" in draft.can_revert(wide)
    for step in (gone, added, price):
        assert draft.can_revert(step) == ""
        draft.revert(step)
    [back] = draft.children_added(2)
    assert draft.state_of(back) == flat("FR", 500)
    assert draft.is_removed(numbers[-2])
    assert draft.state_of(7) == flat("ES", 400)
    assert draft.counts() == DraftCounts(changed=1, added=1, removed=1)
    for step in (price, added, gone):
        draft.apply(step)
    assert draft.count == 0


def test_recovery_gives_the_same_draft(stored: Stored) -> None:
    draft = TreeDraft()
    draft.apply(set_values(draft, [stored.ref(7)], {"price": 1}, "price"))
    draft.apply(add_children(draft, stored.ref(2), ["IT"], None, "add"))
    draft.apply(remove(draft, [stored.ref(3)], "remove"))
    again = TreeDraft.from_json(json.loads(json.dumps(draft.to_json())))
    assert dict(again) == dict(draft)
    assert again.next_number == draft.next_number
    assert again.children_added(2) == draft.children_added(2)
    for wrong in ({}, {"format": 99}, {"format": 1, "next": -1, "staged": [[1, 2, 3]]}):
        with pytest.raises(ValueError):
            TreeDraft.from_json(wrong)


def test_marks_show_the_gravest_first() -> None:
    def mark(state: NodeState, **more: object) -> str:
        facts = {"children": 2, "has_others": True, "others_wanted": True, "known": True, **more}
        return mark_of(state, **facts)  # type: ignore[arg-type]

    assert mark(NodeState("DE", None, 0)) == "incomplete"
    assert mark(NodeState("DE", None, FLAT)) == "incomplete"
    assert mark(branch("DE", "network"), children=0) == "empty"
    assert mark(flat("XX"), known=False) == "missed_option"
    assert mark(branch("DE", "network"), has_others=False) == "no_others"
    assert mark(branch("DE", "network")) == mark(flat("DE")) == ""


# ------------------------------------------------------------------------------ laws


def _step(draw: st.DrawFn, stored: Stored, draft: TreeDraft) -> Edit | None:
    refs = stored.refs(draft)
    ref = draw(st.sampled_from(refs))
    state = draft.state_of(ref.node_no, ref.state)
    assert state is not None
    kind = draw(st.sampled_from(["price", "free", "branch", "add", "remove", "paste"]))
    try:
        if kind == "price":
            price = draw(st.integers(0, 4)) * 100
            return set_values(draft, [ref], lambda s: of_type(s, FLAT, price=price), "price")
        if kind == "free":
            return change_price_type(draft, ref, FREE, "free")
        if kind == "branch":
            keep = draw(st.booleans())
            return change_price_type(
                draft, ref, BRANCH, "by", depends_on="network", keep_as_others=keep
            )
        if kind == "remove":
            chosen = draw(st.lists(st.sampled_from(refs), max_size=3))
            return remove(draft, [ref, *chosen], "remove")
        there = {
            node.key: stored.ref(no)
            for no, (parent, node) in stored.nodes.items()
            if parent == ref.node_no
        }
        if kind == "add":
            keys = draw(st.lists(st.sampled_from(["AT", "DE", "IT", OTHERS]), unique=True))
            return add_children(draft, ref, keys, flat("", 7), "add", stored_keys=there)
        how = draw(st.sampled_from(["refuse", "skip", "replace"]))
        tree = (
            GERMANY
            if state.depends_on == "country"
            else Subtree(state.depends_on or "country", GERMANY.nodes)
        )
        return paste(draft, ref, tree, "paste", stored=there, conflicts=how)
    except EditRefused:
        return None


def _no_twins(shown: dict[int, tuple[int, NodeState | None]]) -> None:
    places = [(parent, state.key) for parent, state in shown.values() if state]
    assert len(places) == len(set(places))
    for parent, _ in shown.values():
        above = shown[parent][1] if parent != NOWHERE else None
        assert parent == NOWHERE or (above is not None and above.is_branch)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_apply_and_revert_are_each_others_inverse(data: st.DataObject) -> None:
    stored, draft = Stored(), TreeDraft()
    states, steps = [stored.shown(draft)], []
    for _ in range(data.draw(st.integers(1, 6))):
        step = _step(data.draw, stored, draft)
        if step:
            draft.apply(step)
            steps.append(step)
            states.append(stored.shown(draft))
            _no_twins(states[-1])
            assert TreeDraft.from_json(draft.to_json()).to_json() == draft.to_json()
    for step, before, after in reversed(list(zip(steps, states, states[1:], strict=False))):
        draft.revert(step)
        assert stored.shown(draft) == before
        draft.apply(step)
        assert stored.shown(draft) == after
        draft.revert(step)
    assert len(draft) == 0


def _paths(stored: Stored, draft: TreeDraft) -> dict[tuple[str, ...], NodeState]:
    shown = stored.shown(draft)

    def path(number: int) -> tuple[str, ...]:
        parent, state = shown[number]
        return (*path(parent), state.key if state else "") if parent != NOWHERE else ()

    return {path(no): state for no, (_, state) in shown.items() if state}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_undo_across_a_save_gives_the_tree_back(data: st.DataObject) -> None:
    stored, draft = Stored(), TreeDraft()
    trees, steps = [_paths(stored, draft)], []
    save_at = data.draw(st.integers(0, 4))
    for place in range(5):
        step = _step(data.draw, stored, draft)
        if step:
            draft.apply(step)
            steps.append(step)
            trees.append(_paths(stored, draft))
        if place == save_at:
            shown = trees[-1]
            draft.saved(place + 2, stored.save(draft))
            assert _paths(stored, draft) == shown
    back = 0
    for step, before in zip(reversed(steps), reversed(trees[:-1]), strict=True):
        if draft.can_revert(step):
            break
        draft.revert(step)
        back += 1
        assert _paths(stored, draft) == before
    for step, after in zip(steps[len(steps) - back :], trees[len(trees) - back :], strict=True):
        draft.apply(step)
        assert _paths(stored, draft) == after
