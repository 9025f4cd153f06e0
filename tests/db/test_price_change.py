"""Many prices at once: the preview is the result, staged or as its own revision (item 31)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.db.engine import Database
from app.db.queries.scopes import ScopeRecord
from app.domain.tree_draft import NodeState, TreeDraft
from app.domain.tree_edits import add_children, remove, set_values
from app.errors import Conflict, UserError
from app.services.tariffs import price_change
from app.services.tariffs.price_change import (
    PriceChange,
    apply_change,
    preview_change,
    staged_change,
)
from tests.db.desk import MT, SMS, context, number, ref, save
from tests.db.trees import commit, flat, live

UP = PriceChange("percent", Decimal(10))


@pytest.fixture
def sms(database: Database, scope: ScopeRecord) -> ScopeRecord:
    commit(database, scope.id, SMS)
    return scope


def test_item_31_preview_equals_result_and_is_one_step(
    database: Database, sms: ScopeRecord
) -> None:
    ctx, draft = context(database), TreeDraft()
    top = number(ctx, sms.id, MT[:1])
    preview = preview_change(ctx, sms.id, [top], draft, UP)
    assert (preview.count, preview.unchanged, preview.at_once) == (6, 0, False)
    assert preview.problems == ()
    assert preview.skipped == {"have no price (free, blocked or incomplete)": 2}
    assert (preview.minimum, preview.maximum) == (4_400_000, 9_900_000)
    lines = {line.path.rpartition(" / ")[2]: (line.before, line.after) for line in preview.sample}
    assert lines["Spain"] == ("0.07000", "0.07700")
    step = staged_change(ctx, sms.id, [top], draft, UP, "+10 % on 6 rates")
    assert (step.text, step.count) == ("+10 % on 6 rates", 6)
    draft.apply(step)
    save(ctx, sms.id, draft, 1)
    tree = live(database, sms.id)
    assert tree[*MT, "ES"] == flat(7_700_000)
    assert tree[*MT, "DE", "*"] == flat(9_900_000)
    assert '"0.055",1000' in (tree[*MT, "*"].scale or "")
    draft.revert(step)


def test_staged_values_count_and_removed_rates_do_not(database: Database, sms: ScopeRecord) -> None:
    ctx, draft = context(database), TreeDraft()
    de = ref(ctx, sms.id, *MT, "DE")
    draft.apply(remove(draft, [ref(ctx, sms.id, *MT, "DE", "26201")], "remove"))
    draft.apply(set_values(draft, [ref(ctx, sms.id, *MT, "DE", "26202")], {"price": 100}, "set"))
    draft.apply(add_children(draft, de, ["26203"], NodeState("", None, 2, 200), "add"))
    change = PriceChange("multiply", Decimal(2), decimals=8)
    step = staged_change(ctx, sms.id, [de.node_no], draft, change)
    draft.apply(step)
    prices = sorted(
        entry.now.price for _, entry in draft if entry.now is not None and entry.now.price
    )
    assert prices == [200, 400, 18_000_000]
    assert preview_change(ctx, sms.id, [-2], draft, change).count == 1


def test_item_31_a_refused_change_says_why(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    top = number(ctx, sms.id, MT[:1])
    down = PriceChange("add", Decimal("-0.06"))
    preview = preview_change(ctx, sms.id, [top], TreeDraft(), down)
    assert preview.problems == (
        "3 rates would cost nothing or less: choose a smaller change, or the price type Free.",
    )
    with pytest.raises(UserError, match="3 rates would cost nothing"):
        staged_change(ctx, sms.id, [top], TreeDraft(), down)
    with pytest.raises(UserError, match="Some rates would cost nothing"):
        apply_change(ctx, sms.id, [top], down, expected_rev=1)
    free = number(ctx, sms.id, (*MT[:2], "mo"))
    assert (
        "No price would change" in preview_change(ctx, sms.id, [free], TreeDraft(), UP).problems[0]
    )
    assert live(database, sms.id) == SMS


def test_many_rates_change_at_once_as_a_revision(
    database: Database, sms: ScopeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_change, "STAGED_LIMIT", 3)
    ctx = context(database)
    top = number(ctx, sms.id, MT[:1])
    change = replace(UP, decimals=3, rounding="up")
    preview = preview_change(ctx, sms.id, [top, number(ctx, sms.id, MT)], TreeDraft(), change)
    assert (preview.at_once, preview.count, preview.problems) == (True, 6, ())
    with pytest.raises(UserError, match="can't be staged"):
        staged_change(ctx, sms.id, [top], TreeDraft(), change)
    draft = TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, sms.id, *MT, "ES")], {"price": 1}, "x"))
    assert "discard the 1 staged" in preview_change(ctx, sms.id, [top], draft, change).problems[0]
    done = apply_change(ctx, sms.id, [top], change, expected_rev=1)
    assert (done.revision, done.changed) == (2, preview.count)
    tree = live(database, sms.id)
    prices = [v.price for v in tree.values() if v.price >= 0]
    scale = tree[*MT, "*"].scale or ""
    assert '["0.055",1000],["0.044",null]' in scale
    assert (min(4_400_000, *prices), max(prices)) == (preview.minimum, preview.maximum)
    assert tree[*MT, "DE", "26201"].price == 5_500_000
    with pytest.raises(Conflict, match="preview again"):
        apply_change(ctx, sms.id, [top], change, expected_rev=1)
