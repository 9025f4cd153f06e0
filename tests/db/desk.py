"""A scope with the beginnings of the guide's first example, and a context to work on it."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.engine import Database
from app.domain.tree_draft import NodeRef, TreeDraft
from app.services.context import Actor, Context
from app.services.tariffs import tree_pages
from app.services.tariffs.edit_tree import SavedEdits, save_tree_edits
from tests.db.conftest import NOW
from tests.db.trees import ROOT_ONLY, Tree, Values, branch, flat

PRICE = 10**8


def context(database: Database, name: str = "tester") -> Context:
    return Context(actor=Actor(name), database=database, clock=lambda: NOW)


SMS: Tree = {
    **ROOT_ONLY,
    ("sms",): branch("resource"),
    ("sms", "sms_message"): Values("direction", 1, billing_rule=2),
    ("sms", "sms_message", "mo"): Values(price_type=4),
    ("sms", "sms_message", "mt"): branch("country"),
    ("sms", "sms_message", "mt", "DE"): branch("network"),
    ("sms", "sms_message", "mt", "DE", "26201"): flat(5 * PRICE // 100),
    ("sms", "sms_message", "mt", "DE", "26202"): flat(6 * PRICE // 100),
    ("sms", "sms_message", "mt", "DE", "*"): flat(9 * PRICE // 100),
    ("sms", "sms_message", "mt", "ES"): flat(7 * PRICE // 100),
    ("sms", "sms_message", "mt", "XX"): flat(8 * PRICE // 100),
    ("sms", "sms_message", "mt", "*"): Values(
        price_type=3,
        scale='{"type":"tier","group":"","tiers":[["0.05",1000],["0.04",null]]}',
    ),
    ("sms", "sms_platform_fee"): Values(),
    ("voice",): branch("resource"),
}
MT = ("sms", "sms_message", "mt")


def number(ctx: Context, scope_id: int, path: Sequence[str]) -> int:
    found = tree_pages.node_at(ctx, scope_id, path)
    assert tree_pages.path_of(ctx, scope_id, found)[-1].above.__len__() == len(path)
    return found


def ref(ctx: Context, scope_id: int, *path: str) -> NodeRef:
    found = number(ctx, scope_id, path)
    below = tree_pages.count_below(ctx, scope_id, [found])[found]
    return tree_pages.rows_by_number(ctx, scope_id, [found])[0].ref(below)


def save(
    ctx: Context, scope_id: int, draft: TreeDraft, base_rev: int, **more: object
) -> SavedEdits:
    return save_tree_edits(ctx, scope_id, draft, base_rev=base_rev, **more)  # type: ignore[arg-type]
